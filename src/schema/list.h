/*
 * list.h - attributes that are lists: labels, options, privileges, columns.
 *
 * Their elements stand between commas, in quotes where they have to: 'a', 'it''s, b', "a, b".  Elements are slices of the text.
 */
#ifndef BRANT_SCHEMA_LIST_H
#define BRANT_SCHEMA_LIST_H

#include "base/str.h"

/* text may be NULL: no elements. */
struct strs list_elements(struct arena *arena, const char *text);

/* What stands before the separator: the name in "name=value". */
struct str list_name(struct str element, char separator);

/* The element of that name, or NULL. */
const struct str *list_find(const struct strs *list, struct str name, char separator);

bool list_has(const struct strs *list, struct str element);

/* The elements of one that the other has not, as text. */
const char *list_difference(struct arena *arena, const struct strs *from, const struct strs *without);

/* Does the list begin with all elements of the other? */
bool list_is_prefix(struct arena *arena, const char *before, const char *after);

/* Appends to a list that is being written. */
void list_add(struct buf *buf, const char *prefix, struct str text);

#endif
