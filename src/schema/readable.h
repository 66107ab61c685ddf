/*
 * readable.h - an expression as a person would have written it.
 *
 * PostgreSQL keeps no text of an expression, and shows varchar IN ('a', 'b') as (s)::text = ANY ((ARRAY['a'::character varying, ...])::text[]).
 * Read again, that becomes yet another expression (see normal.h); IN becomes the same one.
 */
#ifndef BRANT_SCHEMA_READABLE_H
#define BRANT_SCHEMA_READABLE_H

#include "base/str.h"

/* text itself where there is nothing to do. */
const char *readable_expression(struct arena *arena, const char *text);

#endif
