/*
 * normal.h - two texts of one expression.
 *
 * PostgreSQL's text of an expression is not always the text of what that text is read as: IN lists of varchar come back as
 * (ARRAY['a'::character varying])::text[] the first time and as ARRAY[('a'::character varying)::text] the second.  Comparing schemas that
 * came about in different ways must see through that.
 */
#ifndef BRANT_SCHEMA_NORMAL_H
#define BRANT_SCHEMA_NORMAL_H

#include "base/str.h"

/* Are they equal, or do they differ only in where an array is cast? */
bool same_expression(const char *a, const char *b);

/* The text with each cast of an array written on its elements. */
char *normal_expression(struct arena *arena, const char *text);

#endif
