/*
 * suggest.h - "did you mean": the known word that is nearest to an unknown one.
 *
 * Commands, options, names of errors and keys of files are written with a slip now and then.  A word cut short counts as near, too.
 */
#ifndef BRANT_BASE_SUGGEST_H
#define BRANT_BASE_SUGGEST_H

#include "base/str.h"

struct words {
	const char **ptr;
	size_t len, cap;
};

/* NULL where nothing is near. */
const char *suggest(struct arena *arena, const char *word, const struct words *known);

#endif
