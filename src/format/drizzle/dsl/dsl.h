/*
 * dsl.h - drizzle-orm's pg-core, as far as a schema is described with it.
 *
 * Each thing that schema.ts can make (a column's builder, a table, an index, ...) is a host of the evaluator with a class.  Builders are changed in place, as
 * drizzle-orm's are.  What stands in a function (references, a table's extra configuration) is called when all modules are there: read.c turns the
 * exported things into the model then.
 *
 * Sources: drizzle-orm 0.45.4 and 1.0.0-rc.5 (pg-core/, sql/sql.js), drizzle-kit 0.31.11 (pgSerializer).
 */
#ifndef BRANT_FORMAT_DRIZZLE_DSL_DSL_H
#define BRANT_FORMAT_DRIZZLE_DSL_DSL_H

#include "format/drizzle/model.h"
#include "format/drizzle/ts/interp.h"

struct dsl {
	enum drizzle_line line;
	enum drizzle_casing casing;
};

static inline const struct dsl *dsl_of(const struct interp *interp)
{
	return interp->context;
}

/* ---- things ---- */

struct schema_thing {
	struct host host;
	const char *name;
	enum drizzle_casing casing;
	bool existing;
};

struct enum_thing {
	struct host host;
	const struct node *at;
	const char *name, *schema; /* schema: NULL is public */
	struct drizzle_names values;
};

struct sequence_thing {
	struct host host;
	const char *name, *schema;
	struct value options;
	const struct node *at;
};

struct role_thing {
	struct host host;
	const char *name;
	struct value options;
	bool existing;
};

struct policy_thing {
	struct host host;
	const char *name;
	struct value options;
	struct table_thing *linked;
	const struct node *at;
};

struct reference {
	struct slot *function, *actions;
};

struct column_kind;

/* A column's builder, and (with a table) the column. */
struct column_thing {
	struct host host;
	const struct column_kind *kind;
	const struct node *at;
	const char *name; /* said, or NULL */
	struct value config;
	const struct enum_thing *enumeration; /* of an enum's column */
	struct slot *custom;                  /* customType's parameters */
	struct {
		struct slot **ptr; /* the size of each dimension */
		size_t len, cap;
	} sizes;
	bool not_null, primary_key, unique, nulls_not_distinct;
	const char *unique_name;
	struct slot *initial;    /* default() */
	const char *initial_sql; /* defaultNow(), defaultRandom() */
	struct slot *generated;
	bool has_identity, identity_always;
	struct slot *identity;
	struct {
		struct reference *ptr;
		size_t len, cap;
	} references;
	/* In a table: */
	struct table_thing *table;
	struct str key;
	const char *db_name; /* casing applied */
	const char *as_name; /* .as("name") in a query; NULL: its own */
};

/* A table, or a view's columns. */
struct table_thing {
	struct host host;
	const char *name, *schema;  /* schema: NULL is public */
	enum drizzle_casing casing; /* none: the configuration's */
	const char *alias;          /* NULL: none */
	const struct node *at;
	struct map columns;  /* keys to column_thing */
	struct slot *extras; /* the function, or NULL */
	bool rls;
	struct view_thing *view; /* whose columns these are */
};

/* t.a.desc().nullsFirst().op("...") */
struct indexed_thing {
	struct host host;
	struct column_thing *column;
	const char *order, *nulls, *opclass; /* NULL: not said */
};

enum index_state { INDEX_NAMED, INDEX_ON };

struct index_thing {
	struct host host;
	const char *name;
	bool unique, concurrently;
	const char *method;
	struct slots columns;
	struct slot *where, *with;
	const struct node *at;
};

enum key_kind { KEY_UNIQUE, KEY_PRIMARY };

struct key_thing {
	struct host host;
	enum key_kind kind;
	const char *name;
	struct slots columns;
	bool nulls_not_distinct;
	const struct node *at;
};

struct check_thing {
	struct host host;
	const char *name;
	struct slot *value;
	const struct node *at;
};

struct foreign_key_thing {
	struct host host;
	struct value config;
	struct value on_delete, on_update; /* undefined: not said */
	const struct node *at;
};

struct view_thing {
	struct host host;
	const char *name, *schema;
	const char *alias; /* NULL: none */
	bool materialized, existing, with_no_data, done;
	struct value with, columns_said;
	const char *method, *tablespace;
	struct value query;          /* SQL or a select */
	struct table_thing *columns; /* as the snapshot has them */
	struct value fields;         /* an object: as they are used elsewhere */
	const struct node *at;
};

/* sql`...`: texts and values. */
struct chunk {
	enum { CHUNK_TEXT, CHUNK_NAME, CHUNK_VALUE, CHUNK_PARAM } kind;
	struct str text;
	struct value value;
	const struct column_thing *encoder; /* of a parameter: what it is compared with; NULL: nothing */
	const struct node *at;
};

struct sql_thing {
	struct host host;
	struct {
		struct chunk *ptr;
		size_t len, cap;
	} chunks;
	const char *alias; /* .as("name") */
	bool selected;     /* of a query inside: nothing but its name, and in 1.0 that of the query in front of it */
	const char *origin;
};

extern const struct host_class schema_class, enum_class, sequence_class, role_class, policy_class, column_class,
	table_class, indexed_class, index_class, index_on_class, key_class, key_on_class, check_class,
	foreign_key_class, view_builder_class, view_class, sql_class, sql_tag_class, select_class;

/* ---- library.c ---- */

/* "drizzle-orm/pg-core" for what hands the same on under another name, else the specifier itself. */
const char *drizzle_package(struct arena *arena, const char *specifier);

/* The external_fn of the packages that are known. */
bool drizzle_external(struct interp *interp, const char *specifier, struct str name, struct value *ret_value);

/* helpers.c: the little of other packages that schemas compute with. */
bool drizzle_helper(struct interp *interp, const char *specifier, struct str name, struct value *ret_value);

/* validators.c: of zod, valibot and effect what labels of enums are taken from. */
bool drizzle_validator(struct interp *interp, const char *specifier, struct str name, struct value *ret_value);

/* ---- column.c ---- */

/* integer(), text(), ...; the native's tag is the index of the kind. */
bool make_column(struct call *call, struct value *ret_value);
size_t column_kind_find(struct str name); /* (size_t)-1: none */
void column_kind_names(struct arena *arena, struct words *words);
bool make_custom_type(struct call *call, struct value *ret_value);
struct column_thing *enum_column(struct call *call, const struct enum_thing *enumeration);

/* All column functions by name: what the callback of pgTable("t", (t) => ...) gets. */
struct value column_functions(struct arena *arena);

/* ---- type.c ---- */

/* getSQLType(); ret_meant: as it can stand in DDL. */
bool dsl_column_type(struct interp *interp, const struct column_thing *column, const char **ret_type,
		     const char **ret_meant);
/* The same without what was assigned to the column's own getSQLType. */
bool column_own_type(struct interp *interp, const struct column_thing *column, const char **ret_type);

/* ---- table.c ---- */

bool make_table_creator(struct call *call, struct value *ret_value);

/* What makes tables when it is called: pgTable, pgSchema("s").table. */
struct value table_maker(struct arena *arena, const char *schema, enum drizzle_casing casing);

/* snakeCase and camelCase. */
struct value casing_of(struct arena *arena, enum drizzle_casing casing);
bool casing_argument(struct call *call, size_t index, enum drizzle_casing *ret_casing);
struct table_thing *dsl_table_new(struct interp *interp, const char *name, const char *schema, const struct node *at);
bool table_add_columns(struct interp *interp, struct table_thing *table, const struct value *columns);
bool make_alias(struct call *call, struct value *ret_value);
const char *dsl_cased(struct arena *arena, enum drizzle_casing casing, const char *name);

/* ---- extras.c ---- */

bool make_index(struct call *call, struct value *ret_value); /* tag: unique */
bool make_key(struct call *call, struct value *ret_value);   /* tag: key_kind */
bool make_check(struct call *call, struct value *ret_value);
bool make_foreign_key(struct call *call, struct value *ret_value);
struct value indexed_of(struct interp *interp, struct column_thing *column);
bool indexed_method(struct call *call, struct value *ret_value);

/* ---- entity.c ---- */

bool make_schema(struct call *call, struct value *ret_value);
bool make_schema_cased(struct call *call, enum drizzle_casing casing, struct value *ret_value);
bool make_enum(struct call *call, struct value *ret_value);
bool make_sequence(struct call *call, struct value *ret_value);
bool make_role(struct call *call, struct value *ret_value);
bool make_policy(struct call *call, struct value *ret_value);
bool make_crud_policy(struct call *call, struct value *ret_value);
struct value existing_role(struct arena *arena, const char *name);

/* ---- view.c, select.c, render.c ---- */

bool make_view(struct call *call, struct value *ret_value); /* tag: materialized */
bool make_view_in(struct call *call, const char *schema, bool materialized, struct value *ret_value);
struct value query_builder(struct arena *arena);
struct value query_builder_class(void);                              /* what "new QueryBuilder()" calls */
bool make_set_operation(struct call *call, struct value *ret_value); /* union(), ...; tag: which */
size_t set_operation_find(struct str name);

/* What a query selects, and its text. */
bool select_fields(struct interp *interp, const struct node *at, const struct value *select, struct value *ret_fields);
bool select_render(struct interp *interp, const struct node *at, struct host *select, struct buf *out);

/* ---- sql.c ---- */

enum sql_mode {
	SQL_QUALIFIED, /* "table"."column" */
	SQL_BARE,      /* "column": in index expressions */
	SQL_PLAIN      /* of a default: neither names nor parameters */
};

struct sql_thing *dsl_sql_new(struct arena *arena);
void sql_add_text(struct arena *arena, struct sql_thing *sql, struct str text);
void sql_add_value(struct arena *arena, struct sql_thing *sql, struct value value, const struct node *at);

struct rendering {
	struct interp *interp;
	enum sql_mode mode;
	bool inline_parameters;
	unsigned parameters; /* so far */
	struct buf *out;
};
bool dsl_render_value(struct rendering *rendering, const struct value *value, const struct node *at);
bool dsl_render_sql(struct rendering *rendering, const struct sql_thing *sql);

/* The text as drizzle-kit writes it (parameters as $1) and as it was meant. */
bool sql_texts(struct interp *interp, const struct node *at, const struct value *value, enum sql_mode mode,
	       struct drizzle_sql *ret_sql);

/* ---- parameter.c ---- */

/* A value's text in DDL: 'x', 5, true. */
bool dsl_literal_text(struct interp *interp, const struct node *at, const struct value *value, struct str *ret_text);

/* The same, or $1; column: what it is compared with, or NULL. */
bool dsl_render_parameter(struct rendering *r, const struct value *value, const struct column_thing *column,
			  const struct node *at);

bool make_operator(struct call *call, struct value *ret_value);  /* eq(), isNull(), ...; tag: which */
bool make_junction(struct call *call, struct value *ret_value);  /* and(), or() */
bool make_aggregate(struct call *call, struct value *ret_value); /* count(), sum(), ... */
size_t operator_find(struct str name);
size_t aggregate_find(struct str name);

#endif
