/*
 * expansion.h - a statement's text where psql variables changed it, and the way back to the file.
 *
 * The text is put together from pieces: slices of the file, whose bytes map one to one, and values, all of whose bytes map to the
 * variable reference that they replaced.
 */
#ifndef BRANT_SQL_EXPANSION_H
#define BRANT_SQL_EXPANSION_H

#include "base/str.h"

struct piece {
	size_t at;     /* where it starts in the expanded text */
	size_t source; /* where it starts in the file */
	bool is_value;
};

struct expansion {
	struct buf text;
	VEC(struct piece) pieces;
};

void expansion_add(struct expansion *expansion, struct str text, size_t source, bool is_value);

/* The place in the file of an offset into the expanded text. */
size_t expansion_source(const struct expansion *expansion, size_t offset);

#endif
