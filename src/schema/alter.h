/*
 * alter.h - changes in place that take more than a template, a file for each family of them.
 *
 * Each function appends what makes a into b, as far as one attribute goes.
 */
#ifndef BRANT_SCHEMA_ALTER_H
#define BRANT_SCHEMA_ALTER_H

#include "schema/kind.h"
#include "schema/work.h"

static inline bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* alter_options.c: ALTER ... SET (what is new or other), RESET (what is gone); OPTIONS (ADD, SET, DROP). */
void alter_options(struct work *work, const char *alter, const char *old, const char *new,
		   struct statements *statements);
void alter_server_options(struct work *work, const char *alter, const char *old, const char *new,
			  struct statements *statements);

/* alter_type.c: enums and domains. */
bool labels_added_only(struct arena *arena, const char *before, const char *after);
void add_labels(struct work *work, const struct object *a, const struct object *b, struct statements *statements);
void make_type_again(struct work *work, const struct object *a, const struct object *b, struct statements *statements);

/* A type whose name one of another kind takes: it keeps its values under another one, and goes when nothing has it any more. */
void give_way(struct work *work, const struct object *a, const struct object *heir, struct statements *statements);
void drop_what_gave_way(struct work *work, const struct object *a, struct statements *statements);

/* For a moment: its name with the suffix, and a number where another one is called so. */
const char *free_name(const struct work *work, const struct object *object, const char *suffix);

/* Row security that is forced holds for the table's owner, too, and would hide rows from the plan's own statements: lifted around these. */
void lift_forced_security(const struct work *work, const struct object *table, struct statements *statements);
void force_security_again(const struct work *work, const struct object *table, struct statements *statements);

/* refill.c: the rows of a table that is made again. */
bool is_refilled(const struct work *work, const struct object *a);
void put_rows_aside(struct work *work, const struct object *a, struct statements *statements);
void put_rows_back(struct work *work, const struct object *a, const struct object *b, struct statements *statements);

/* alter_column.c */
void follow_type(struct work *work, const struct object *a, const struct object *b, struct statements *statements);
void alter_column(struct work *work, const struct object *a, const struct object *b, const char *name,
		  struct statements *statements);

/* alter_sequence.c */
void alter_sequence(struct work *work, const struct object *a, const struct object *b, struct statements *statements);
void alter_identity_options(struct work *work, const struct object *a, const struct object *b,
			    struct statements *statements);
/* Of a column that has numbers already, and gets a sequence: an identity, or a default that counts. */
void identity_goes_on(struct work *work, const struct object *column, struct statements *statements);
void default_goes_on(struct work *work, const struct object *value, struct statements *statements);
/* The same of a part of a table that is filled anew; nothing of what does not count. */
void counting_goes_on(struct work *work, const struct object *part, struct statements *statements);

/* alter_table.c */
/* PostgreSQL tells all children of a default, and forgets theirs: they are said again.  A default, or a column. */
void keep_defaults_below(struct work *work, const struct object *value, struct statements *statements);
void alter_partition(struct work *work, const struct object *a, const struct object *b, const char *name,
		     struct statements *statements);
bool leaves_type(const struct object *a, const struct object *b); /* before it becomes a partition */
/* Parents that come stand behind those that stay: are they wanted so? */
bool joins_in_order(struct arena *arena, const char *before, const char *after);
void alter_inherits(struct work *work, const struct object *a, const struct object *b, struct statements *statements);

/* Takes privileges away; what the grantee has in the other form then, with the option to grant it on or without, only changes its form. */
void take_privileges(struct work *work, const struct object *grant, const char *privileges,
		     struct statements *statements);

void give_privileges(struct work *work, const struct object *grant, const char *privileges,
		     struct statements *statements);

/* A REVOKE on a table takes the privileges on its columns along: those that are to be. */
void regrant_columns(struct work *work, const struct object *relation, const char *grantee, const char *privileges,
		     struct statements *statements);

/* safe.c */
void set_not_null(struct work *work, const struct object *column, struct statements *statements);

#endif
