/*
 * json.h - JSON as a tree, read from files that other tools write and written back the way they do.
 *
 * The tree lives in the arena.  Each value knows where it stood (so that "this entry has no tag" can name a line), members keep their
 * order, and a number keeps its spelling: what is read and printed again differs in white space only.  Of a key that is there twice
 * the last one counts, as in JavaScript.  Read by hand and not by jansson, which tells where it stopped but not where a value stands;
 * the tests hold the two against each other.
 */
#ifndef BRANT_BASE_JSON_H
#define BRANT_BASE_JSON_H

#include "base/err.h"
#include "base/str.h"

enum json_kind { JS_NULL, JS_BOOL, JS_NUMBER, JS_STRING, JS_ARRAY, JS_OBJECT };

struct json {
	enum json_kind kind;
	struct str key;  /* where it is a member of an object */
	struct str text; /* a string without quotes and escapes, a number as it was written; terminated */
	bool truth;
	struct json *ptr; /* elements or members, in order */
	size_t len, cap;
	unsigned line, column; /* where it was read, from 1; 0: made here */
};

enum { JSON_MAX_BYTES = 64 * 1024 * 1024, JSON_MAX_DEPTH = 200 };

enum json_dialect {
	JSON_PLAIN,
	JSON_WITH_COMMENTS, /* tsconfig.json: comments, and commas behind the last element */
};

/* Errors are "json-invalid", "nul-byte", "not-utf8" or "file-unusable" with path:line:column.  A byte order mark in front is skipped. */
bool json_parse(struct arena *arena, enum json_dialect dialect, const char *path, struct str text,
		struct json *ret_value, struct err *err);
bool json_load(struct arena *arena, enum json_dialect dialect, const char *path, struct json *ret_value,
	       struct err *err);

/* The member of that name; NULL where it is missing or object is NULL or no object. */
const struct json *json_get(const struct json *object, const char *key);

/* The same where it has that kind, else NULL. */
const struct json *json_get_kind(const struct json *object, const char *key, enum json_kind kind);

/* A member that is a string (without U+0000, which C would end at), or otherwise; a member that is true. */
const char *json_get_text(const struct json *object, const char *key, const char *otherwise);
bool json_get_true(const struct json *object, const char *key);

/* A number without fraction and exponent; false for anything else and for what does not fit. */
bool json_integer_of(const struct json *value, long long *ret_number);

/* "an object", for messages; "nothing" for NULL. */
const char *json_kind_text(const struct json *value);

/* Values to be put somewhere; text is borrowed. */
struct json json_new(enum json_kind empty);
struct json json_of_text(const char *text); /* NULL: null */
struct json json_of_str(struct str text);
struct json json_of_bool(bool truth);
struct json json_of_integer(struct arena *arena, long long number);

/* At the end; the value is copied, and where the copy is, valid until the next put, is returned. */
struct json *json_add(struct arena *arena, struct json *array, struct json value);
struct json *json_put(struct arena *arena, struct json *object, const char *key, struct json value);

/* The same value with the members of all its objects by name: two that mean the same print alike. */
struct json json_in_order(struct arena *arena, const struct json *value);

/* What JSON.stringify(value, null, indent) makes of it: no newline at the end. */
struct str json_print(struct arena *arena, const struct json *value, unsigned indent);

#endif
