/*
 * naming.h - how statements write names.
 *
 * brant quotes what has to be quoted and names the schema; the ORMs' tools quote every name and leave out the schema that their connection is in.
 * So that their migrations look as if the tool had written them, the names in a finished statement are written again: token by token, so that
 * strings, comments and the bodies of functions stay as they are.
 */
#ifndef BRANT_SCHEMA_NAMING_H
#define BRANT_SCHEMA_NAMING_H

#include "schema/schema.h"

struct naming {
	bool always_quoted;
	const char *leave_out; /* the schema that is not written; NULL: all are */
};

/* Adds the names of a schema's objects to a set: a word that is none of them is a keyword, a function or a type of PostgreSQL's. */
void naming_learn(struct arena *arena, struct map *names, const struct schema *schema);

const char *naming_apply(struct arena *arena, const struct naming *naming, const struct map *names, const char *sql);

#endif
