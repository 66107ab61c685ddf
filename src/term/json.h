/*
 * json.h - JSON written piece by piece.
 *
 * What comes out is always valid JSON in UTF-8: bytes that are not UTF-8 become U+FFFD, control characters are escaped.  Written by hand
 * and not by jansson, which refuses a string with a bad byte in it, and a name from a disk or a server may have one.
 * Its names keep clear of jansson's, which other layers link.
 *
 * Members of an object are written on lines of their own up to a depth, deeper ones on one line: a row of a table is a line.
 */
#ifndef BRANT_TERM_JSON_H
#define BRANT_TERM_JSON_H

#include "base/str.h"

struct writer {
	struct buf *buf;
	unsigned depth;
	unsigned lines; /* objects and arrays down to this depth are spread over lines */
	bool comma;     /* something stands before in this object or array */
	bool after_key;
};

void writer_open(struct writer *writer, char bracket); /* '{' or '[' */
void writer_close(struct writer *writer, char bracket);
void writer_key(struct writer *writer, const char *key); /* the value must follow */
void writer_string(struct writer *writer, struct str value);
void writer_raw(struct writer *writer, const char *value); /* a number, true, false, null */

/* A string, or null for NULL. */
void writer_text(struct writer *writer, const char *value);

/* Does it read as a JSON number? */
bool reads_as_number(struct str text);

#endif
