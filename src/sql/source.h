/*
 * source.h - a text of the user's, and where in it a place is.
 *
 * Slices of the text keep pointing into it, so that every error can say file:line:column.  The text has
 * been found to be UTF-8 without NUL bytes; a byte order mark has been skipped.  CRLF stays as it is.
 */
#ifndef BRANT_SQL_SOURCE_H
#define BRANT_SQL_SOURCE_H

#include "base/err.h"
#include "base/str.h"

struct source {
	const char *path; /* as the user would write it, for messages */
	struct str text;
};

/* Reads and checks a file: not UTF-8, UTF-16, NUL bytes are errors with their line and column. */
bool source_load(struct arena *arena, const char *path, struct source *ret_source, struct err *err);

/* The same checks for a text that is already here. */
bool source_check(struct source *source, struct err *err);

/* Line and column (in characters) of a byte offset, both from 1. */
void source_position(const struct source *source, size_t offset, unsigned *ret_line, unsigned *ret_column);

/* err_at() with the position of an offset. */
bool source_err_at(struct err *err, const struct source *source, size_t offset);

#endif
