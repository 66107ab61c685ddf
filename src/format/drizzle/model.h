/*
 * model.h - what a Drizzle schema describes: the entities of schema.ts, as drizzle-kit's snapshot holds them.
 *
 * Everything is said twice where drizzle-kit is wrong: once as drizzle-kit writes it (for the snapshot, so that the real one finds nothing to do
 * afterwards) and once as it was meant (for the DDL).  Where both agree, both point to the same text.
 *
 * Names are as in the database, casing applied.  Vectors keep drizzle-kit's order: entities by file and export, columns by object key.
 */
#ifndef BRANT_FORMAT_DRIZZLE_MODEL_H
#define BRANT_FORMAT_DRIZZLE_MODEL_H

#include "base/str.h"
#include "format/drizzle/line.h"

enum drizzle_casing { CASING_NONE, CASING_SNAKE, CASING_CAMEL };

/* SQL, as drizzle-kit writes it and as it was meant.  kit is NULL where there is none. */
struct drizzle_sql {
	const char *kit;
	const char *meant;
};

struct drizzle_names {
	const char **ptr;
	size_t len, cap;
};

/* Of a sequence or an identity column.  All numbers are texts, as in the snapshot. */
struct drizzle_sequence {
	const char *schema; /* "public" where none is said */
	const char *name;
	const char *increment, *min_value, *max_value, *start_with, *cache;
	bool cycle;
};

enum drizzle_default {
	DEFAULT_NONE,
	DEFAULT_TEXT,   /* the snapshot holds a string */
	DEFAULT_NUMBER, /* ... a JSON number, */
	DEFAULT_BOOLEAN /* ... true or false */
};

struct drizzle_column {
	const char *name;
	const char *type;        /* getSQLType(): "varchar(20)", "mood[]" */
	const char *type_meant;  /* the type as it can stand in DDL, quoted where it has to be */
	const char *type_schema; /* enums only: "public" or a schema; NULL: not an enum */
	bool custom;             /* made with customType() */
	bool primary_key, not_null;
	enum drizzle_default has_default;
	struct drizzle_sql initial;   /* the default */
	struct drizzle_sql generated; /* GENERATED ALWAYS AS (...) STORED */
	bool has_identity, identity_always;
	struct drizzle_sequence identity; /* its schema is the table's */
	/* 1.0 only: what was derived rather than written; the array's dimensions are in type for 0.x. */
	unsigned dimensions;
};

struct drizzle_index_column {
	const char *expression; /* a column's name, or SQL */
	const char *meant;      /* the same, with parameters written out */
	bool is_expression;
	bool asc;
	const char *nulls;   /* "first" or "last" */
	const char *opclass; /* NULL: none */
};

/* An option of WITH (...): JSON on the snapshot's side, its text in DDL. */
struct drizzle_option {
	const char *name;
	const char *value;
	bool is_text; /* the value is a JSON string */
};

struct drizzle_options {
	struct drizzle_option *ptr;
	size_t len, cap;
};

struct drizzle_index {
	const char *name;
	bool name_explicit;
	struct {
		struct drizzle_index_column *ptr;
		size_t len, cap;
	} columns;
	bool unique, concurrently;
	struct drizzle_sql where;
	const char *method;
	struct drizzle_options with;
};

struct drizzle_foreign_key {
	const char *name;
	bool name_explicit;
	const char *table_to, *schema_to; /* schema_to: "public" where none is said */
	struct drizzle_names columns, columns_to;
	const char *on_delete,
		*on_update; /* "no action", "cascade", ...; NULL: not said (only where onDelete: undefined was) */
	bool done;          /* the last snapshot has the same: where it cannot be made, it is not missed */
	bool certain;       /* schema.ts makes unique what it points at */
};

/* A unique constraint, or a primary key of several columns. */
struct drizzle_key {
	const char *name;
	bool name_explicit;
	struct drizzle_names columns;
	bool nulls_not_distinct;
};

struct drizzle_check {
	const char *name;
	struct drizzle_sql value;
};

struct drizzle_policy {
	const char *name;
	const char *as;          /* "PERMISSIVE", "RESTRICTIVE" */
	const char *command;     /* "ALL", "SELECT", ... */
	struct drizzle_names to; /* sorted */
	struct drizzle_sql use, with_check;
	const char *schema, *table; /* of a policy that is linked to a table outside of the schema; else NULL */
};

struct drizzle_keys {
	struct drizzle_key *ptr;
	size_t len, cap;
};

struct drizzle_policies {
	struct drizzle_policy *ptr;
	size_t len, cap;
};

struct drizzle_table {
	const char *schema; /* NULL: public */
	const char *name;
	bool rls; /* enableRLS() itself: a table with policies has it as well */
	struct {
		struct drizzle_column *ptr;
		size_t len, cap;
	} columns;
	struct {
		struct drizzle_index *ptr;
		size_t len, cap;
	} indexes;
	struct {
		struct drizzle_foreign_key *ptr;
		size_t len, cap;
	} foreign_keys;
	struct drizzle_keys primary_keys; /* primaryKey({ columns }); a column's own primaryKey() is at the column */
	struct drizzle_keys uniques;
	struct {
		struct drizzle_check *ptr;
		size_t len, cap;
	} checks;
	struct drizzle_policies policies;
};

struct drizzle_enum {
	const char *schema; /* "public" where none is said */
	const char *name;
	struct drizzle_names values;
};

struct drizzle_view {
	const char *schema; /* "public" where none is said */
	const char *name;
	bool materialized, existing, with_no_data;
	const char *definition;      /* NULL where it exists already */
	struct drizzle_options with; /* names as in schema.ts: "securityBarrier" */
	const char *method, *tablespace;
	struct {
		struct drizzle_column *ptr; /* the columns selected or declared */
		size_t len, cap;
	} columns;
};

struct drizzle_role {
	const char *name;
	bool create_db, create_role, inherit;
};

struct drizzle_model {
	enum drizzle_line line;
	struct drizzle_names schemas;
	struct {
		struct drizzle_enum *ptr;
		size_t len, cap;
	} enums;
	struct {
		struct drizzle_sequence *ptr;
		size_t len, cap;
	} sequences;
	struct {
		struct drizzle_role *ptr;
		size_t len, cap;
	} roles;
	struct {
		struct drizzle_table *ptr;
		size_t len, cap;
	} tables;
	struct {
		struct drizzle_view *ptr;
		size_t len, cap;
	} views;
	struct drizzle_policies policies; /* linked to tables that are not in the schema */

	/* Not in a snapshot, and missed by PostgreSQL: what is used without being exported, and the extensions that the types come from. */
	struct drizzle_names implied_schemas, implied_extensions;
	struct {
		struct drizzle_enum *ptr;
		size_t len, cap;
	} implied_enums;

	/* Of a snapshot: enums that columns are of and that it does not contain, so that nobody knows their labels. */
	struct {
		struct drizzle_enum *ptr;
		size_t len, cap;
	} unknown_enums;
};

/* A name, always in quotes, as drizzle-kit has it. */
char *drizzle_quoted(struct arena *arena, const char *name);

/* type.c: a type as it can stand in DDL, from getSQLType() or a snapshot; of an enum, whose schema may be NULL. */
const char *drizzle_type_sql(struct arena *arena, const char *type);
const char *drizzle_enum_sql(struct arena *arena, const char *schema, const char *name);

/* Notes the extensions that a column's type and default come from, or an operator class (which may be NULL). */
void drizzle_imply_extensions(struct arena *arena, struct drizzle_model *model, const struct drizzle_column *column);
void drizzle_imply_operators(struct arena *arena, struct drizzle_model *model, const char *opclass);
void drizzle_add_once(struct arena *arena, struct drizzle_names *names, const char *name);

/* What is said is not implied. */
void drizzle_drop_said_schemas(struct drizzle_model *model);

/* CREATE ROLE. */
char *drizzle_role_sql(struct arena *arena, const struct drizzle_role *role);

/* The DDL that makes all of it in an empty database: drizzle-kit's own, right where drizzle-kit's is not. */
struct str drizzle_ddl(struct arena *arena, const struct drizzle_model *model);

#endif
