/*
 * load_query.h - the catalog queries of load.c as they are sent.
 */
#ifndef BRANT_SCHEMA_LOAD_QUERY_H
#define BRANT_SCHEMA_LOAD_QUERY_H

#include "base/str.h"

/* The lines of a load_*.sql for servers of this version; oids: of the tables that are loaded alone and of what belongs to them, an expression; NULL: all. */
struct str load_query(struct arena *arena, const char *sql, int major, const char *oids);

/* What is outside of any schema that is loaded, as an array of patterns. */
const char *load_outside(struct arena *arena, const struct strs *outside);

#endif
