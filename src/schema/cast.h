/*
 * cast.h - from one type to another.
 */
#ifndef BRANT_SCHEMA_CAST_H
#define BRANT_SCHEMA_CAST_H

#include "base/str.h"

/* Is every value of one a value of the other?  Then no data can be lost, and no USING is needed. */
bool is_wider(const char *from, const char *to);

/* The same, but it may take a USING: anything has a text. */
bool is_lossless(const char *from, const char *to);

/* Are values of both compared with each other, as a foreign key's are while only one of its ends has changed? */
bool is_comparable(const char *a, const char *b);

/*
 * "n::bigint", "b::integer::bigint", "to_jsonb(a)"; where PostgreSQL has no way between the two, the text of the value is read again:
 * "d::text::interval".
 */
char *cast_text(struct arena *arena, const char *value, const char *from, const char *to);

char *cast_through_text(struct arena *arena, const char *value, const char *to);

#endif
