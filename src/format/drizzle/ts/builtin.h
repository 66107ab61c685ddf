/*
 * builtin.h - what the files of JavaScript's own objects share.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_BUILTIN_H
#define BRANT_FORMAT_DRIZZLE_TS_BUILTIN_H

#include "format/drizzle/ts/evaluate.h"

struct methods {
	const struct method *ptr;
	size_t len;
};

/* array.c, string.c: methods of every array and text. */
extern const struct methods array_methods, string_methods;

/* search.c: what takes regular expressions. */
extern const struct methods regex_methods;
bool replace_matches(struct call *call, const struct value *what, const struct value *by, struct value *ret_value);
bool split_matches(struct call *call, const struct value *at, struct value *ret_value);
bool string_match(struct call *call, struct value *ret_value);

/* What takes the place of a text that was found: a function's answer, or a text with $& and its kin. */
bool replace_found(struct call *call, const struct value *by, struct str found, struct buf *out);

/* object.c: Object itself, with Object.keys() and the like; collection.c: Set and Map. */
extern const struct host_class object_class, set_maker_class, map_maker_class;

/* ---- builtin.c: arguments ---- */

/* An array of these. */
bool call_array(struct call *call, struct slots items, struct value *ret_value);

/* The argument, which has to be a function. */
bool call_function(struct call *call, size_t index, struct value *ret_function);

/* function(item, index), and whether that is true. */
bool call_each(struct call *call, const struct value *function, struct slot *item, size_t index,
	       struct value *ret_value);
bool call_test(struct call *call, const struct value *function, struct slot *item, size_t index, bool *ret_truth);

/* A whole number (may be infinite); what is no number is 0. */
bool call_integer(struct call *call, size_t index, double otherwise, double *ret_number);

/* A position as slice() takes it: from the end where it is negative, and within. */
bool call_position(struct call *call, size_t index, size_t len, size_t otherwise, size_t *ret_position);

/* The place of an item as at() takes it: *ret_there is whether there is one. */
bool call_place(struct call *call, size_t len, size_t *ret_place, bool *ret_there);

/* The first argument as it is. */
bool call_identity(struct call *call, struct value *ret_value);

#endif
