/*
 * rename.h - what may have been renamed: one thing goes while another comes that looks like it.
 *
 * A column of the same type in the same table, a table with mostly the same columns.  Nobody but the author knows; brant asks, and says
 * what speaks for it.
 */
#ifndef BRANT_SCHEMA_RENAME_H
#define BRANT_SCHEMA_RENAME_H

#include "schema/plan.h"

/* A column or table that went while another came that looks the same. */
struct rename {
	const struct object *from, *to; /* in the old schema, in the new one */
	const char *evidence;           /* "text, same position, 2 things depend on each" */
	int score;                      /* the higher, the more speaks for it */
};

struct renames {
	struct rename *ptr;
	size_t len, cap;
};

/* The likeliest first. */
void renames_find(struct arena *arena, const struct schema *from, const struct schema *to, struct renames *ret_renames);

/* The same statement for the server, and the one that undoes it. */
struct rename_statements {
	const char *there, *back;
	const struct object *object; /* the table */
	bool is_table;
	const char *column, *name; /* bare: what is renamed (NULL: the table), and to what */
};

/*
 * given is table.old=new, schema.table.old=new, table=new or schema.table=new; names may be quoted and are taken as they are.  False where the
 * schema has no such table or column.
 */
bool rename_read(struct arena *arena, const struct schema *schema, struct str given,
		 struct rename_statements *ret_statements);

/* As rename_read() takes it. */
char *rename_text(struct arena *arena, const struct rename *rename);

/* Constraints, indexes and sequences of columns that are the same on both sides but for their names: what renames them, and what undoes that. */
void names_follow(struct arena *arena, const struct schema *from, const struct schema *to, struct statements *there,
		  struct statements *back);

#endif
