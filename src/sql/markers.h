/*
 * markers.h - comments that say something: brant's directives, and the marks of other migration tools.
 *
 * Eight tools have eight ways to say that a file must not be in a transaction.  Three put the way up and the way down into one file:
 * running all of it would undo what it did, so that has to be noticed.
 */
#ifndef BRANT_SQL_MARKERS_H
#define BRANT_SQL_MARKERS_H

#include "base/str.h"

enum marker {
	MARKER_NONE,
	MARKER_DIRECTIVE,      /* -- brant: KEY [ARGUMENTS] */
	MARKER_NO_TRANSACTION, /* of another tool, for the whole file */
	MARKER_DOWN,           /* what follows undoes the rest of the file */
	MARKER_HEADING_UP, /* "Up Migration" and "Down Migration": a mark of node-pg-migrate's where both are there, */
	MARKER_HEADING_DOWN, /* else something that anybody may write */
};

/* What a line comment (with its "--") is; key and arguments of a directive. */
enum marker marker_read(struct str comment, struct str *ret_key, struct str *ret_arguments);

#endif
