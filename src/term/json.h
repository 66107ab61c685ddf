/*
 * json.h - JSON written piece by piece.
 *
 * What comes out is always valid JSON in UTF-8: bytes that are not UTF-8 become U+FFFD, control characters are escaped.  Written by hand
 * and not by jansson, which refuses a string with a bad byte in it, and a name from a disk or a server may have one.
 * Members of an object are written on lines of their own up to a depth, deeper ones on one line: a row of a table is a line.
 */
#ifndef BRANT_TERM_JSON_H
#define BRANT_TERM_JSON_H

#include "base/str.h"

struct json {
	struct buf *buf;
	unsigned depth;
	unsigned lines; /* objects and arrays down to this depth are spread over lines */
	bool comma;     /* something stands before in this object or array */
	bool after_key;
};

void json_open(struct json *json, char bracket); /* '{' or '[' */
void json_close(struct json *json, char bracket);
void json_key(struct json *json, const char *key); /* the value must follow */
void json_string(struct json *json, struct str value);
void json_raw(struct json *json, const char *value); /* a number, true, false, null */

/* A string, or null for NULL. */
void json_text(struct json *json, const char *value);

/* Does it read as a JSON number? */
bool json_is_number(struct str text);

#endif
