/*
 * patch.h - a text with some of its places replaced, and the unified diff that shows it.
 */
#ifndef BRANT_BASE_PATCH_H
#define BRANT_BASE_PATCH_H

#include "base/str.h"

/* In order, without overlap. */
struct edit {
	size_t from, to;
	struct str with;
};

struct edits {
	struct edit *ptr;
	size_t len, cap;
};

char *patch_apply(struct arena *arena, struct str text, const struct edits *edits);

/* As `diff -u` would print it, with three lines around each place. */
char *patch_diff(struct arena *arena, const char *path, struct str text, const struct edits *edits);

#endif
