/*
 * quote.h - names and values in generated SQL.
 *
 * The counterpart of format()'s %I and %L: what comes out reads back as what went in, whatever
 * standard_conforming_strings says.
 */
#ifndef BRANT_SQL_QUOTE_H
#define BRANT_SQL_QUOTE_H

#include "base/str.h"

/* An identifier, quoted only where PostgreSQL 13 to 18 need it (keywords included). */
char *sql_ident(struct arena *arena, struct str name);

/* "name", also where a bare name would do: as psql and Prisma write it. */
struct str sql_quoted(struct arena *arena, struct str name);

/* schema.name, both quoted as needed; without a schema only the name. */
char *sql_qualified(struct arena *arena, struct str schema, struct str name);

/* An array of texts as one parameter: {"a","b"}. */
char *sql_array(struct arena *arena, const struct strs *texts);

/* A string constant: '...' or, where there are backslashes, E'...'. */
char *sql_literal(struct arena *arena, struct str value);

/*
 * Reads a possibly qualified, possibly quoted name such as public.users or "My Schema"."T" into its parts, unquoted and folded.
 * false when it is not a name of one or two parts; ret_schema->ptr is NULL where there is only one.
 */
bool sql_parse_name(struct arena *arena, struct str text, struct str *ret_schema, struct str *ret_name);

/* A search_path as people write it (app, "My Schema", "$user") as SET takes it; NULL where it is no list of names. */
const char *sql_path(struct arena *arena, struct str text);

/* The names in it, as they are; false where it is no list of names. */
bool sql_path_names(struct arena *arena, struct str text, struct strs *ret_names);

#endif
