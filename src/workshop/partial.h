/*
 * partial.h - a wanted schema that differs in a few tables from one that was loaded before.
 *
 * A tool's source becomes one script of DDL.  Where only statements about tables have changed, only these tables, and those that refer to them, are made and
 * loaded (schema/splice.h puts them into what is known); what they refer to is made along with them.  A catalog row of any other table cannot differ: the same
 * statements made it, and none of them names what has changed.  Whatever is not seen to be so (views, functions and types that change or that read such a table,
 * inheritance, a search_path) is a reason to make the whole schema.
 */
#ifndef BRANT_WORKSHOP_PARTIAL_H
#define BRANT_WORKSHOP_PARTIAL_H

#include "sql/script.h"

struct partial {
	struct strs tables; /* bare names, of which all objects are taken from the new loading */
	struct strs all;    /* and those that they refer to */
	bool alone; /* there is nothing but tables and their schemas in the script: what these need are tables, or is built in */
	bool *runs; /* by statement of the new script */
	size_t len; /* how many of them run */
};

/* It changes one table, and nothing beside it but what belongs to that; ret_table: its bare name. */
bool stmt_changes_one_table(const struct stmt *stmt, struct str *ret_table);

/* before: the text of the earlier script, whose schema is known.  False: all of it has to be made. */
bool partial_plan(struct arena *arena, struct str before, const struct script *now, struct partial *ret_partial);

#endif
