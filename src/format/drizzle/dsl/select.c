#include "format/drizzle/dsl/dsl.h"

/*
 * qb.select({ ... }).from(table).where(...): what views are made of, written as drizzle-orm's PgDialect.buildSelectQuery() does it.
 */

struct join {
	const char *kind; /* "left", "inner", ... */
	struct value source;
	struct slot *on;
};

struct select_thing {
	struct host host;
	const struct node *at;
	struct value fields; /* undefined: all columns */
	enum { ALL, DISTINCT, DISTINCT_ON } distinct;
	struct slots distinct_on;
	struct value from;
	struct {
		struct join *ptr;
		size_t len, cap;
	} joins;
	struct slot *where, *having, *limit, *offset;
	struct slots group_by, order_by;
};

/* ---- building ---- */

static struct select_thing *self_of(const struct call *call)
{
	return (struct select_thing *)call->native->self.host;
}

static bool start_select(struct call *call, struct value *ret_value)
{
	struct select_thing *select = arena_alloc(call->interp->arena, sizeof(*select));
	*select = (struct select_thing){ .host = { &select_class }, .at = call->node, .distinct = call->native->tag };
	bool on = select->distinct == DISTINCT_ON;
	struct value columns;
	*ret_value = js_host(select);
	if (on && (!call_arg(call, 0, &columns) || !js_items(call->interp, call->node, &columns, &select->distinct_on)))
		return false;
	return call_arg(call, on ? 1 : 0, &select->fields);
}

static bool not_here(struct call *call, struct value *ret_value)
{
	(void)ret_value;
	return call_refuse(call, "%s() in a view's query is not understood; write the view with sql``",
			   call->native->name);
}

static const struct method builder_methods[] = {
	{ "select", start_select, ALL },
	{ "selectDistinct", start_select, DISTINCT },
	{ "selectDistinctOn", start_select, DISTINCT_ON },
	{ "with", not_here, 0 },
	{ "$with", not_here, 0 },
};
static const struct host_class builder_class = {
	.name = "a query builder",
	.methods = builder_methods,
	.nmethods = LEN(builder_methods),
};

struct value query_builder(struct arena *arena)
{
	struct host *host = arena_alloc(arena, sizeof(*host));
	host->class = &builder_class;
	return js_host(host);
}

static bool set_from(struct call *call, struct value *ret_value)
{
	struct select_thing *select = self_of(call);
	if (!call_arg(call, 0, &select->from))
		return false;
	*ret_value = call->native->self;
	return js_is(&select->from, &table_class) || js_is(&select->from, &view_class) ||
		js_is(&select->from, &sql_class) ||
		call_refuse(call, "a query from %s is not understood", js_describe(call->interp->arena, &select->from));
}

static const char *const join_kinds[] = { "inner", "left", "right", "full", "cross" };

static bool add_join(struct call *call, struct value *ret_value)
{
	struct join join = { .kind = join_kinds[call->native->tag], .on = call->nargs > 1 ? call->args[1] : NULL };
	if (!call_arg(call, 0, &join.source))
		return false;
	vec_push(call->interp->arena, &self_of(call)->joins, join);
	*ret_value = call->native->self;
	return js_is(&join.source, &table_class) || js_is(&join.source, &view_class) ||
		call_refuse(call, "a join with %s is not understood", js_describe(call->interp->arena, &join.source));
}

enum clause { CLAUSE_WHERE, CLAUSE_HAVING, CLAUSE_LIMIT, CLAUSE_OFFSET, CLAUSE_GROUP, CLAUSE_ORDER };

static bool set_clause(struct call *call, struct value *ret_value)
{
	struct select_thing *select = self_of(call);
	struct slot *argument = call->nargs ? call->args[0] : NULL;
	struct slots all = { call->args, call->nargs, call->nargs };
	switch ((enum clause)call->native->tag) {
	case CLAUSE_WHERE:
		select->where = argument;
		break;
	case CLAUSE_HAVING:
		select->having = argument;
		break;
	case CLAUSE_LIMIT:
		select->limit = argument;
		break;
	case CLAUSE_OFFSET:
		select->offset = argument;
		break;
	case CLAUSE_GROUP:
		select->group_by = all;
		break;
	case CLAUSE_ORDER:
		select->order_by = all;
		break;
	}
	*ret_value = call->native->self;
	return true;
}

static const struct method select_methods[] = {
	{ "from", set_from, 0 },
	{ "innerJoin", add_join, 0 },
	{ "leftJoin", add_join, 1 },
	{ "rightJoin", add_join, 2 },
	{ "fullJoin", add_join, 3 },
	{ "crossJoin", add_join, 4 },
	{ "where", set_clause, CLAUSE_WHERE },
	{ "having", set_clause, CLAUSE_HAVING },
	{ "limit", set_clause, CLAUSE_LIMIT },
	{ "offset", set_clause, CLAUSE_OFFSET },
	{ "groupBy", set_clause, CLAUSE_GROUP },
	{ "orderBy", set_clause, CLAUSE_ORDER },
	{ "union", not_here, 0 },
	{ "unionAll", not_here, 0 },
	{ "intersect", not_here, 0 },
	{ "except", not_here, 0 },
	{ "as", not_here, 0 },
	{ "for", not_here, 0 },
};
const struct host_class select_class = { .name = "a query",
					 .methods = select_methods,
					 .nmethods = LEN(select_methods) };

/* ---- fields ---- */

struct field {
	struct str key;
	struct value value;
};
struct fields {
	struct field *ptr;
	size_t len, cap;
};

static bool add_field(struct interp *interp, const struct node *at, struct str key, const struct value *value,
		      unsigned depth, struct fields *fields);

static bool add_members(struct interp *interp, const struct node *at, const struct object *members, unsigned depth,
			struct fields *fields)
{
	for (size_t i = 0; i < members->map.len; i++) {
		struct value value;
		if (!slot_value(interp, members->map.ptr[i].value, &value) ||
		    !add_field(interp, at, members->map.ptr[i].key, &value, depth + 1, fields))
			return false;
	}
	return true;
}

static bool add_field(struct interp *interp, const struct node *at, struct str key, const struct value *value,
		      unsigned depth, struct fields *fields)
{
	struct object *members;
	if (js_is(value, &column_class) || js_is(value, &sql_class)) {
		vec_push(interp->arena, fields, (struct field){ key, *value });
		return true;
	}
	if (depth < 8 && (value->kind == V_OBJECT || js_is(value, &table_class)))
		return js_members(interp, at, value, &members) && add_members(interp, at, members, depth, fields);
	return interp_refuse(interp, at, "the field \"" STR_FMT "\" of a query is %s", STR_ARG(key),
			     js_describe(interp->arena, value));
}

static struct value columns_of(const struct value *source)
{
	if (js_is(source, &view_class))
		return js_host(((const struct view_thing *)source->host)->columns);
	return *source;
}

static bool all_fields(struct interp *interp, const struct select_thing *select, struct fields *fields)
{
	struct value source = columns_of(&select->from);
	if (select->fields.kind != V_UNDEFINED)
		return add_field(interp, select->at, STR(""), &select->fields, 0, fields);
	if (!add_field(interp, select->at, STR(""), &source, 0, fields))
		return false;
	for (size_t i = 0; i < select->joins.len; i++) {
		source = columns_of(&select->joins.ptr[i].source);
		if (!add_field(interp, select->at, STR(""), &source, 0, fields))
			return false;
	}
	return true;
}

bool select_columns(struct interp *interp, const struct node *at, struct value *select, struct table_thing *table)
{
	struct fields fields = { 0 };
	(void)at;
	if (!all_fields(interp, (const struct select_thing *)select->host, &fields))
		return false;
	for (size_t i = 0; i < fields.len; i++) {
		struct column_thing *column = arena_alloc(interp->arena, sizeof(*column));
		if (!js_is(&fields.ptr[i].value, &column_class))
			continue;
		*column = *(const struct column_thing *)fields.ptr[i].value.host;
		column->table = table;
		if (column->as_name)
			column->db_name = column->as_name;
		column->as_name = NULL;
		map_set(interp->arena, &table->columns, fields.ptr[i].key, column);
	}
	return true;
}

/* ---- rendering ---- */

static void add_name(struct buf *out, const char *name)
{
	buf_printf(out, "\"%s\"", name);
}

/* Of one table, columns stand without its name: also those directly in a field's sql``. */
static bool render_single(struct rendering *r, const struct sql_thing *sql)
{
	struct sql_thing bare = *sql;
	bare.alias = NULL;
	bare.chunks.ptr = arena_alloc(r->interp->arena, (sql->chunks.len + 1) * sizeof(*bare.chunks.ptr));
	for (size_t i = 0; i < sql->chunks.len; i++) {
		struct chunk chunk = sql->chunks.ptr[i];
		if (chunk.kind == CHUNK_VALUE && js_is(&chunk.value, &column_class))
			chunk = (struct chunk){ .kind = CHUNK_NAME,
						.at = chunk.at,
						.text = str_of(
							((const struct column_thing *)chunk.value.host)->db_name) };
		bare.chunks.ptr[i] = chunk;
	}
	return dsl_render_sql(r, &bare);
}

static void add_as(struct buf *out, const char *name)
{
	if (!name)
		return;
	buf_text(out, " as ");
	add_name(out, name);
}

static bool render_column_field(struct rendering *r, const struct value *value, bool single, const struct node *at)
{
	const struct column_thing *column = (const struct column_thing *)value->host;
	if (single)
		add_name(r->out, column->db_name);
	else if (!dsl_render_value(r, value, at))
		return false;
	add_as(r->out, column->as_name);
	return true;
}

static bool render_field(struct rendering *r, const struct value *value, bool single, const struct node *at)
{
	if (js_is(value, &column_class))
		return render_column_field(r, value, single, at);
	const struct sql_thing *sql = (const struct sql_thing *)value->host;
	struct sql_thing unnamed = *sql;
	unnamed.alias = NULL;
	if (!(single ? render_single(r, sql) : dsl_render_sql(r, &unnamed)))
		return false;
	add_as(r->out, sql->alias);
	return true;
}

static bool render_source(struct rendering *r, const struct value *source, const struct node *at)
{
	if (js_is(source, &view_class) || js_is(source, &sql_class))
		return dsl_render_value(r, source, at);
	const struct table_thing *table = (const struct table_thing *)source->host;
	if (table->schema) {
		add_name(r->out, table->schema);
		buf_char(r->out, '.');
	}
	add_name(r->out, table->name);
	if (table->alias) {
		buf_char(r->out, ' ');
		add_name(r->out, table->alias);
	}
	return true;
}

static bool render_clause(struct rendering *r, const char *keyword, struct slot *slot, const struct value *fields,
			  const struct node *at)
{
	struct value value;
	if (!slot)
		return true;
	if (!slot_value(r->interp, slot, &value))
		return false;
	if (value.kind == V_CLOSURE) {
		struct slot *args[] = { slot_ready(r->interp->arena, *fields) };
		if (!js_call(r->interp, at, &value, NULL, args, 1, &value))
			return false;
	}
	if (value.kind == V_UNDEFINED)
		return true;
	buf_text(r->out, keyword);
	return dsl_render_value(r, &value, at);
}

/* The fields as groupBy() and orderBy() hand them to a function: what has a name of its own is that name. */
static bool named_fields(struct rendering *r, const struct select_thing *select, struct value *ret_fields)
{
	struct arena *arena = r->interp->arena;
	struct value fields = select->fields.kind == V_UNDEFINED ? columns_of(&select->from) : select->fields;
	struct object *members;
	if (!js_members(r->interp, select->at, &fields, &members))
		return false;
	*ret_fields = js_object(arena);
	for (size_t i = 0; i < members->map.len; i++) {
		struct value value;
		if (!slot_value(r->interp, members->map.ptr[i].value, &value))
			return false;
		const char *as = js_is(&value, &sql_class) ? ((const struct sql_thing *)value.host)->alias
			: js_is(&value, &column_class)     ? ((const struct column_thing *)value.host)->as_name
							   : NULL;
		if (as) {
			struct sql_thing *name = dsl_sql_new(arena);
			struct chunk chunk = { .kind = CHUNK_NAME, .text = str_of(as), .at = select->at };
			vec_push(arena, &name->chunks, chunk);
			value = js_host(name);
		}
		js_object_set(arena, ret_fields->object, members->map.ptr[i].key, slot_ready(arena, value));
	}
	return true;
}

/* groupBy((fields) => [...]) */
static bool items_of_function(struct rendering *r, const struct select_thing *select, struct slots *items)
{
	struct value first, fields, result;
	if (!items->len)
		return true;
	if (!slot_value(r->interp, items->ptr[0], &first))
		return false;
	if (first.kind != V_CLOSURE)
		return true;
	if (!named_fields(r, select, &fields))
		return false;
	struct slot *args[] = { slot_ready(r->interp->arena, fields) };
	if (!js_call(r->interp, select->at, &first, NULL, args, 1, &result))
		return false;
	if (result.kind == V_ARRAY)
		return js_items(r->interp, select->at, &result, items);
	*items = (struct slots){ 0 };
	vec_push(r->interp->arena, items, slot_ready(r->interp->arena, result));
	return true;
}

static bool render_items(struct rendering *r, const char *keyword, const struct slots *items, const struct node *at)
{
	for (size_t i = 0; i < items->len; i++) {
		struct value value;
		buf_text(r->out, i ? ", " : keyword);
		if (!slot_value(r->interp, items->ptr[i], &value) || !dsl_render_value(r, &value, at))
			return false;
	}
	return true;
}

static bool render_joins(struct rendering *r, const struct select_thing *select)
{
	for (size_t i = 0; i < select->joins.len; i++) {
		const struct join *join = &select->joins.ptr[i];
		buf_printf(r->out, " %s join ", join->kind);
		if (!render_source(r, &join->source, select->at) ||
		    !render_clause(r, " on ", join->on, &select->fields, select->at))
			return false;
	}
	return true;
}

static bool render_selection(struct rendering *r, const struct select_thing *select)
{
	struct fields fields = { 0 };
	if (!all_fields(r->interp, select, &fields))
		return false;
	buf_text(r->out, "select");
	if (select->distinct == DISTINCT)
		buf_text(r->out, " distinct");
	if (select->distinct == DISTINCT_ON) {
		if (!render_items(r, " distinct on (", &select->distinct_on, select->at))
			return false;
		buf_char(r->out, ')');
	}
	for (size_t i = 0; i < fields.len; i++) {
		buf_text(r->out, i ? ", " : " ");
		if (!render_field(r, &fields.ptr[i].value, !select->joins.len, select->at))
			return false;
	}
	return true;
}

bool select_render(struct interp *interp, const struct node *at, struct host *host, struct buf *out)
{
	const struct select_thing *select = (const struct select_thing *)host;
	struct rendering r = { interp, SQL_QUALIFIED, true, 0, out };
	struct slots group_by = select->group_by, order_by = select->order_by;
	(void)at;
	if (js_is_nullish(&select->from))
		return interp_refuse(interp, select->at, "this query has no from()");
	if (!render_selection(&r, select) || !items_of_function(&r, select, &group_by) ||
	    !items_of_function(&r, select, &order_by))
		return false;
	buf_text(out, " from ");
	return render_source(&r, &select->from, select->at) && render_joins(&r, select) &&
		render_clause(&r, " where ", select->where, &select->fields, select->at) &&
		render_items(&r, " group by ", &group_by, select->at) &&
		render_clause(&r, " having ", select->having, &select->fields, select->at) &&
		render_items(&r, " order by ", &order_by, select->at) &&
		render_clause(&r, " limit ", select->limit, &select->fields, select->at) &&
		render_clause(&r, " offset ", select->offset, &select->fields, select->at);
}
