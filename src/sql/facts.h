/*
 * facts.h - reading the facts of a statement from its tree: what the files facts_*.c share.
 *
 * One table says for each kind of statement what it is called and who reads it.  Whatever is not in the table claims nothing and is
 * opaque.
 */
#ifndef BRANT_SQL_FACTS_H
#define BRANT_SQL_FACTS_H

#include "sql/parse.h"
#include "sql/stmt.h"

/* Names of common table expressions that hide tables, the innermost first. */
struct hidden {
	const char *name;
	const struct hidden *outer;
};

struct facts {
	struct arena *arena;   /* where what is kept goes */
	struct arena *scratch; /* where the tree is */
	struct stmt *stmt;
	struct touches touches;
	const struct hidden *hidden;
	const char *in_schema; /* CREATE SCHEMA ... CREATE TABLE t: where t goes */
	bool stored;           /* what is being read is kept for later (a view, a policy), it does not run now */
	bool fires;            /* it inserts rows, which may fire triggers */
};

typedef void facts_reader(struct facts *f, const void *message);

/* Reads any statement: the top one, or one inside another. */
void facts_statement(struct facts *f, const PgQuery__Node *node);

/*
 * Adding touches (facts_names.c)
 */

struct name {
	const char *schema, *name, *part; /* NULL where there is none */
	int location;                     /* of the name, or 0 */
};

void facts_touch(struct facts *f, enum touch_verb verb, enum object_kind kind, struct name name);

/* A relation; kind is what the statement says it is. */
void facts_relation(struct facts *f, enum touch_verb verb, enum object_kind kind, const PgQuery__RangeVar *relation);
/* Something that belongs to it: a trigger, a column, ... */
void facts_part(struct facts *f, enum touch_verb verb, enum object_kind kind, const PgQuery__RangeVar *relation,
		const char *part);
/* A name with dots, as a list of String nodes. */
void facts_named(struct facts *f, enum touch_verb verb, enum object_kind kind, size_t n, PgQuery__Node *const *names);
/* A type as it is used. */
void facts_type(struct facts *f, enum touch_verb verb, const PgQuery__TypeName *type);
/* Something in no schema: a role, a database, ... */
void facts_plain(struct facts *f, enum touch_verb verb, enum object_kind kind, const char *name);
/* A role; CURRENT_USER and SESSION_USER go by these names, PUBLIC is none. */
void facts_role(struct facts *f, enum touch_verb verb, const PgQuery__RoleSpec *role);

/* The object of DROP, COMMENT, ALTER ... OWNER and so on, in whatever form the grammar has it. */
void facts_object(struct facts *f, enum touch_verb verb, PgQuery__ObjectType type, const PgQuery__RangeVar *relation,
		  const PgQuery__Node *object);

enum object_kind facts_kind(PgQuery__ObjectType type);
const char *facts_type_text(PgQuery__ObjectType type); /* "TABLE", "TEXT SEARCH PARSER", ... */

/* "DROP TABLE": sets the tag. */
void facts_tag(struct facts *f, const char *verb, PgQuery__ObjectType type);

/* Text of a String, an A_Const or a TypeName node; NULL where it is something else. */
const char *node_text(const PgQuery__Node *node);

/* The option of that name among DefElem nodes, or NULL; whether it is there and not switched off. */
const PgQuery__DefElem *option_find(size_t n, PgQuery__Node *const *options, const char *name);
bool option_is_on(size_t n, PgQuery__Node *const *options, const char *name);

/*
 * Queries and expressions (facts_walk.c)
 */

/* Anything that may hold queries, tables or function calls; NULL is allowed. */
void facts_walk(struct facts *f, const void *message);
void facts_walk_all(struct facts *f, size_t n, PgQuery__Node *const *nodes);
/* The same for what is only stored. */
void facts_walk_stored(struct facts *f, const void *message);

/* A column or a constraint of a table, with what it refers to. */
void facts_column(struct facts *f, const PgQuery__ColumnDef *column);
void facts_constraint(struct facts *f, const PgQuery__Constraint *constraint);

/* It runs code that cannot be read here. */
void facts_opaque(struct facts *f);

/*
 * Statement families
 */

facts_reader read_select, read_insert, read_update, read_delete, read_merge, read_copy, read_truncate, read_lock,
	read_explain, read_prepare, read_cursor, read_execute, read_do, read_call; /* facts_query.c */
facts_reader read_alter_table, read_move_all;                                      /* facts_alter.c */
facts_reader read_create_table, read_create_foreign_table, read_create_table_as, read_index, read_view, read_refresh,
	read_trigger, read_rule, read_create_policy, read_alter_policy, read_create_sequence, read_alter_sequence,
	read_statistics, read_alter_statistics, read_vacuum, read_cluster, read_reindex; /* facts_table.c */
facts_reader read_drop, read_rename, read_set_schema, read_owner, read_depends, read_comment,
	read_label; /* facts_object.c */
facts_reader read_function, read_alter_function, read_define, read_enum, read_alter_enum, read_range, read_composite,
	read_domain, read_alter_domain, read_alter_type, read_cast, read_conversion, read_operator_class,
	read_operator_family, read_alter_operator_family, read_alter_operator, read_transform, read_language,
	read_access_method, read_dictionary, read_text_config, read_collation; /* facts_type.c */
facts_reader read_grant, read_grant_role, read_default_privileges, read_create_role, read_alter_role,
	read_alter_role_set, read_drop_role, read_drop_owned, read_reassign_owned; /* facts_role.c */
facts_reader read_schema, read_extension, read_alter_extension, read_extension_contents, read_publication,
	read_alter_publication, read_subscription, read_alter_subscription, read_drop_subscription, read_event_trigger,
	read_alter_event_trigger, read_create_database, read_alter_database, read_alter_database_set,
	read_refresh_database, read_drop_database, read_tablespace, read_drop_tablespace, read_alter_tablespace,
	read_wrapper, read_alter_wrapper, read_server, read_alter_server, read_user_mapping, read_alter_user_mapping,
	read_drop_user_mapping, read_import;                                   /* facts_database.c */
facts_reader read_set, read_discard, read_transaction, read_system, read_load; /* facts_session.c */

/* Is it a call of pg_catalog's function of that name? */
bool is_system_function(const PgQuery__FuncCall *call, const char *name);

/* set_config(name, value, is_local), called while the statement runs. */
void read_set_config(struct facts *f, const PgQuery__FuncCall *call);

/* Is the query nothing but set_config() for the session?  It is SET then, in another form. */
bool is_session_set(const PgQuery__SelectStmt *select);

/* May the function of pg_catalog be called without anything happening that cannot be seen?  Is it an operator or a type of its? */
bool function_is_harmless(const char *name);
bool operator_is_builtin(const char *name);
bool type_is_builtin(const char *name);

/*
 * Without a tree (facts_tokens.c)
 */

/* INSERT INTO t VALUES with constants only, which may be huge: reads it without the parser.  false: it is something else. */
bool facts_plain_insert(struct arena *arena, struct stmt *stmt);

/* What the first words of a statement say that nobody understands. */
void facts_from_tokens(struct arena *arena, struct stmt *stmt);

#endif
