/*
 * select.h - queries of drizzle-orm's query builder: what the files that build and write them share.
 *
 *     fields.c      what a query selects, and how that is seen from outside: by a condition, by a query around it, by a view
 *     select.c      qb.select(...).from(...).where(...): building
 *     render.c      writing it as PgDialect.buildSelectQuery() does
 *
 * As in drizzle-orm, fields are an object of columns, SQL, subqueries, and objects of these.  Nothing is looked up by its name in the SQL.
 */
#ifndef BRANT_FORMAT_DRIZZLE_DSL_SELECT_H
#define BRANT_FORMAT_DRIZZLE_DSL_SELECT_H

#include "format/drizzle/dsl/dsl.h"

/* A condition, or a function that makes one of the fields that there were when it was said. */
struct clause {
	struct slot *slot;
	struct value fields;
};

/* What to group or order by; the first may be a function that gives all of them. */
struct items {
	struct slots slots;
	struct value fields;
};

struct join {
	const char *kind; /* "left", "inner", ... */
	bool lateral;
	struct value source;
	struct clause on;
};

/* What stands at the end: of a query, or of a set operation. */
struct tail {
	struct items order_by;
	struct slot *limit, *offset;
};

/* ... union (right) order by ... */
struct set_operation {
	const char *word; /* "union all" */
	struct value right;
	struct tail tail;
};

/* for("update", { of: t, noWait: true }) */
struct locking {
	const char *strength; /* NULL: nothing is locked */
	struct value options;
};

struct select_thing {
	struct host host;
	const struct node *at;
	struct slots with;   /* subqueries */
	struct value fields; /* what select() was given; an object from from() on */
	bool partial;        /* it was given something */
	enum { ALL, DISTINCT, DISTINCT_ON } distinct;
	struct slots distinct_on;
	struct value from;
	struct {
		struct join *ptr;
		size_t len, cap;
	} joins;
	struct clause where, having;
	struct items group_by;
	struct tail tail;
	struct locking locking;
	struct {
		struct set_operation *ptr;
		size_t len, cap;
	} others;
};

/* A query under a name: .as("name"), or qb.$with("name").as(...). */
struct subquery_thing {
	struct host host;
	const char *name;
	bool with;
	struct value query;  /* a select or SQL */
	struct value fields; /* an object: as they are seen from outside */
};
extern const struct host_class subquery_class;

/* ---- fields.c ---- */

/* How fields are seen: drizzle-orm's SelectionProxyHandler. */
struct proxy {
	const char *alias; /* the name whose columns they become, or NULL */
	bool as_sql;       /* SQL with a name is itself, not its name */
};
bool fields_proxied(struct interp *interp, const struct node *at, const struct proxy *proxy, const struct value *fields,
		    struct value *ret_fields);

/* alias(view, "name"): the view's columns under that name; SQL stays what it is. */
bool view_renamed(struct call *call, const struct view_thing *view, const char *name, struct value *ret_view);

/* Of a table, a view, a subquery, or SQL; the name is NULL for SQL. */
bool source_fields(struct interp *interp, const struct node *at, const struct value *source, struct value *ret_fields);
const char *source_name(const struct value *source);
bool is_source(const struct value *value);

/* What stands between select and from: columns, SQL and subqueries, in order. */
bool fields_flatten(struct interp *interp, const struct node *at, const struct value *fields, struct slots *ret_flat);

bool subquery_new(struct call *call, const char *name, bool with, const struct value *query, const struct value *fields,
		  struct value *ret_value);

/* ---- render.c ---- */

bool subquery_render(struct rendering *r, const struct subquery_thing *subquery, const struct node *at);

#endif
