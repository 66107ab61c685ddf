/*
 * fix_parts.h - a rewritten migration of a tool that sends a file as one message, and so in one transaction.
 *
 * What refuses a transaction (CREATE INDEX CONCURRENTLY) cannot stand in such a file beside anything else: it is cut there.  The first part stays
 * in the migration's folder, each other gets one of its own that sorts right behind: NAME_2, NAME_3.
 */
#ifndef BRANT_AUTHOR_FIX_PARTS_H
#define BRANT_AUTHOR_FIX_PARTS_H

#include "sql/script.h"

struct fix_part {
	const char *path;
	struct str text;
};

struct fix_parts {
	struct fix_part *ptr;
	size_t len, cap;
};

/* The script's text as it is to be written, one part where nothing in it refuses a transaction or it stands alone. */
void fix_cut(struct arena *arena, const char *path, const struct script *script, struct fix_parts *ret_parts);

/* Behind the statement's semicolon, a comment on its line, and the line end. */
size_t fix_end_of(struct str text, const struct stmt *stmt);

#endif
