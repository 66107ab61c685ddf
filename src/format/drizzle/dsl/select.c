#include "format/drizzle/dsl/select.h"

/*
 * qb.select({ ... }).from(table).where(...): what views are made of.
 */

static struct select_thing *self_of(const struct call *call)
{
	return (struct select_thing *)call->native->self.host;
}

static bool done(struct call *call, struct value *ret_value)
{
	*ret_value = call->native->self;
	return true;
}

/* ---- qb ---- */

/* The builder itself, or what its with() gives. */
struct builder_thing {
	struct host host;
	struct slots with;
};

static bool start_select(struct call *call, struct value *ret_value)
{
	struct select_thing *select = arena_alloc(call->interp->arena, sizeof(*select));
	*select = (struct select_thing){ .host = { &select_class },
					 .at = call->node,
					 .distinct = call->native->tag,
					 .with = ((const struct builder_thing *)call->native->self.host)->with };
	bool on = select->distinct == DISTINCT_ON;
	struct value columns;
	*ret_value = js_host(select);
	if (on && (!call_arg(call, 0, &columns) || !js_items(call->interp, call->node, &columns, &select->distinct_on)))
		return false;
	if (!call_arg(call, on ? 1 : 0, &select->fields))
		return false;
	select->partial = !js_is_nullish(&select->fields);
	return true;
}

static bool start_with(struct call *call, struct value *ret_value);
static bool name_with(struct call *call, struct value *ret_value);

static const struct method builder_methods[] = {
	{ "select", start_select, ALL },
	{ "selectDistinct", start_select, DISTINCT },
	{ "selectDistinctOn", start_select, DISTINCT_ON },
	{ "with", start_with, 0 },
	{ "$with", name_with, 0 },
};
static const struct host_class builder_class = {
	.name = "a query builder",
	.methods = builder_methods,
	.nmethods = LEN(builder_methods),
};

struct value query_builder(struct arena *arena)
{
	struct builder_thing *builder = arena_alloc(arena, sizeof(*builder));
	builder->host.class = &builder_class;
	return js_host(builder);
}

/* new QueryBuilder() */
static bool make_builder(struct call *call, struct value *ret_value)
{
	*ret_value = query_builder(call->interp->arena);
	return true;
}

static const struct host_class builder_maker_class = { .name = "QueryBuilder", .call = make_builder };
static struct host builder_maker = { &builder_maker_class };

struct value query_builder_class(void)
{
	return js_host(&builder_maker);
}

/* with(a, b).select(...) */
static bool start_with(struct call *call, struct value *ret_value)
{
	*ret_value = query_builder(call->interp->arena);
	struct builder_thing *builder = (struct builder_thing *)ret_value->host;
	for (size_t i = 0; i < call->nargs; i++) {
		struct value value;
		if (!call_arg(call, i, &value))
			return false;
		if (!js_is(&value, &subquery_class))
			return call_refuse(call, "with() of %s is not understood; it takes what $with() made",
					   js_describe(call->interp->arena, &value));
		vec_push(call->interp->arena, &builder->with, call->args[i]);
	}
	return true;
}

/* $with("name", fields).as(query) */
struct with_thing {
	struct host host;
	const char *name;
	struct value fields;
};

static bool with_as(struct call *call, struct value *ret_value)
{
	const struct with_thing *with = (const struct with_thing *)call->native->self.host;
	struct value query, fields = js_object(call->interp->arena);
	if (!call_arg(call, 0, &query))
		return false;
	if (query.kind == V_CLOSURE) {
		struct slot *args[] = { slot_ready(call->interp->arena, query_builder(call->interp->arena)) };
		if (!js_call(call->interp, call->node, &query, NULL, args, 1, &query))
			return false;
	}
	if (js_is(&query, &select_class))
		fields = ((const struct select_thing *)query.host)->fields;
	else if (!js_is(&query, &sql_class))
		return call_refuse(call, "the query of \"%s\" is %s", with->name,
				   js_describe(call->interp->arena, &query));
	return subquery_new(call, with->name, true, &query, js_is_nullish(&with->fields) ? &fields : &with->fields,
			    ret_value);
}

static const struct method with_methods[] = { { "as", with_as, 0 } };
static const struct host_class with_class = { .name = "a query's name",
					      .methods = with_methods,
					      .nmethods = LEN(with_methods) };

static bool name_with(struct call *call, struct value *ret_value)
{
	struct with_thing *with = arena_alloc(call->interp->arena, sizeof(*with));
	struct str name;
	if (!call_text(call, 0, &name))
		return false;
	*with = (struct with_thing){ .host = { &with_class }, .name = str_dup(call->interp->arena, name) };
	*ret_value = js_host(with);
	return call_arg(call, 1, &with->fields);
}

/* ---- from, joins ---- */

static bool set_from(struct call *call, struct value *ret_value)
{
	struct select_thing *select = self_of(call);
	struct value fields = select->fields;
	if (!call_arg(call, 0, &select->from))
		return false;
	if (!is_source(&select->from))
		return call_refuse(call, "a query from %s is not understood",
				   js_describe(call->interp->arena, &select->from));
	if (!select->partial && !source_fields(call->interp, call->node, &select->from, &fields))
		return false;
	struct object *members;
	if (!js_members(call->interp, call->node, &fields, &members))
		return false;
	select->fields = (struct value){ .kind = V_OBJECT, .object = members };
	return done(call, ret_value);
}

/* Where nothing was selected by name, all columns of each are, under its name. */
static bool add_joined_fields(struct call *call, struct select_thing *select, const struct value *source)
{
	struct arena *arena = call->interp->arena;
	const char *base = source_name(&select->from), *name = source_name(source);
	struct value fields = js_object(arena), joined;
	const struct map *old = &select->fields.object->map;
	if (base && !select->joins.len)
		js_object_set(arena, fields.object, str_of(base), slot_ready(arena, select->fields));
	for (size_t i = 0; i < old->len && (!base || select->joins.len); i++)
		js_object_set(arena, fields.object, old->ptr[i].key, old->ptr[i].value);
	if (!source_fields(call->interp, call->node, source, &joined))
		return false;
	if (name)
		js_object_set(arena, fields.object, str_of(name), slot_ready(arena, joined));
	select->fields = fields;
	return true;
}

static const char *const join_kinds[] = { "inner", "left", "right", "full", "cross" };
enum { JOIN_LATERAL = 8 };

static bool add_join(struct call *call, struct value *ret_value)
{
	struct select_thing *select = self_of(call);
	struct join join = { .kind = join_kinds[call->native->tag & 7], .lateral = call->native->tag & JOIN_LATERAL };
	if (!call_arg(call, 0, &join.source))
		return false;
	if (!is_source(&join.source))
		return call_refuse(call, "a join with %s is not understood",
				   js_describe(call->interp->arena, &join.source));
	if (select->fields.kind != V_OBJECT)
		return call_refuse(call, "this query has no from()");
	if (!select->partial && !add_joined_fields(call, select, &join.source))
		return false;
	join.on = (struct clause){ call->nargs > 1 ? call->args[1] : NULL, select->fields };
	vec_push(call->interp->arena, &select->joins, join);
	return done(call, ret_value);
}

/* ---- clauses ---- */

enum clause_kind { CLAUSE_WHERE, CLAUSE_HAVING, CLAUSE_LIMIT, CLAUSE_OFFSET, CLAUSE_GROUP, CLAUSE_ORDER };

static bool set_clause(struct call *call, struct value *ret_value)
{
	struct select_thing *select = self_of(call);
	struct clause condition = { call->nargs ? call->args[0] : NULL, select->fields };
	struct items all = { { call->args, call->nargs, call->nargs }, select->fields };
	/* Behind a union() it is the union that is ordered. */
	struct tail *tail = select->others.len ? &select->others.ptr[select->others.len - 1].tail : &select->tail;
	switch ((enum clause_kind)call->native->tag) {
	case CLAUSE_WHERE:
		select->where = condition;
		break;
	case CLAUSE_HAVING:
		select->having = condition;
		break;
	case CLAUSE_LIMIT:
		tail->limit = condition.slot;
		break;
	case CLAUSE_OFFSET:
		tail->offset = condition.slot;
		break;
	case CLAUSE_GROUP:
		select->group_by = all;
		break;
	case CLAUSE_ORDER:
		tail->order_by = all;
		break;
	}
	return done(call, ret_value);
}

/* ---- union and the like ---- */

static const struct {
	const char *function, *word;
} set_words[] = {
	{ "union", "union" },         { "unionAll", "union all" },
	{ "intersect", "intersect" }, { "intersectAll", "intersect all" },
	{ "except", "except" },       { "exceptAll", "except all" },
};

static bool add_set_operation(struct call *call, struct select_thing *select, const char *word, struct value right)
{
	if (!js_is(&right, &select_class))
		return call_refuse(call, "%s with %s is not understood", word,
				   js_describe(call->interp->arena, &right));
	vec_push(call->interp->arena, &select->others, (struct set_operation){ .word = word, .right = right });
	return true;
}

/* union(a, b, c): a goes on */
bool make_set_operation(struct call *call, struct value *ret_value)
{
	struct value right;
	if (!call_arg(call, 0, ret_value))
		return false;
	if (!js_is(ret_value, &select_class))
		return call_refuse(call, "%s of %s is not understood", set_words[call->native->tag].word,
				   js_describe(call->interp->arena, ret_value));
	for (size_t i = 1; i < call->nargs; i++)
		if (!call_arg(call, i, &right) ||
		    !add_set_operation(call, (struct select_thing *)ret_value->host, set_words[call->native->tag].word,
				       right))
			return false;
	return true;
}

size_t set_operation_find(struct str name)
{
	for (size_t i = 0; i < LEN(set_words); i++)
		if (str_eq(str_of(set_words[i].function), name))
			return i;
	return (size_t)-1;
}

/* a.union(b), and a.union(({ union }) => ...) */
static bool set_operation(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct value right;
	if (!call_arg(call, 0, &right))
		return false;
	if (right.kind == V_CLOSURE) {
		struct value functions = js_object(arena);
		for (size_t i = 0; i < LEN(set_words); i++)
			js_object_set(
				arena, functions.object, str_of(set_words[i].function),
				slot_ready(arena, js_native(arena, set_words[i].function, make_set_operation, (int)i)));
		struct slot *args[] = { slot_ready(arena, functions) };
		if (!js_call(call->interp, call->node, &right, NULL, args, 1, &right))
			return false;
	}
	return add_set_operation(call, self_of(call), set_words[call->native->tag].word, right) &&
		done(call, ret_value);
}

/* ---- other ---- */

static bool select_as(struct call *call, struct value *ret_value)
{
	struct str name;
	if (self_of(call)->fields.kind != V_OBJECT)
		return call_refuse(call, "this query has no from()");
	return call_text(call, 0, &name) &&
		subquery_new(call, str_dup(call->interp->arena, name), false, &call->native->self,
			     &self_of(call)->fields, ret_value);
}

static bool select_sql(struct call *call, struct value *ret_value)
{
	struct sql_thing *sql = dsl_sql_new(call->interp->arena);
	struct buf text = buf_init(call->interp->arena);
	if (!select_render(call->interp, call->node, call->native->self.host, &text))
		return false;
	sql_add_text(call->interp->arena, sql, buf_as_str(&text));
	*ret_value = js_host(sql);
	return true;
}

static bool set_locking(struct call *call, struct value *ret_value)
{
	struct locking *locking = &self_of(call)->locking;
	struct str strength;
	if (!call_text(call, 0, &strength) || !call_arg(call, 1, &locking->options))
		return false;
	locking->strength = str_dup(call->interp->arena, strength);
	return done(call, ret_value);
}

static const struct method select_methods[] = {
	{ "from", set_from, 0 },
	{ "innerJoin", add_join, 0 },
	{ "leftJoin", add_join, 1 },
	{ "rightJoin", add_join, 2 },
	{ "fullJoin", add_join, 3 },
	{ "crossJoin", add_join, 4 },
	{ "innerJoinLateral", add_join, 0 | JOIN_LATERAL },
	{ "leftJoinLateral", add_join, 1 | JOIN_LATERAL },
	{ "crossJoinLateral", add_join, 4 | JOIN_LATERAL },
	{ "where", set_clause, CLAUSE_WHERE },
	{ "having", set_clause, CLAUSE_HAVING },
	{ "limit", set_clause, CLAUSE_LIMIT },
	{ "offset", set_clause, CLAUSE_OFFSET },
	{ "groupBy", set_clause, CLAUSE_GROUP },
	{ "orderBy", set_clause, CLAUSE_ORDER },
	{ "union", set_operation, 0 },
	{ "unionAll", set_operation, 1 },
	{ "intersect", set_operation, 2 },
	{ "intersectAll", set_operation, 3 },
	{ "except", set_operation, 4 },
	{ "exceptAll", set_operation, 5 },
	{ "as", select_as, 0 },
	{ "getSQL", select_sql, 0 },
	{ "$dynamic", done, 0 },
	{ "$withCache", done, 0 },
	{ "for", set_locking, 0 },
};
const struct host_class select_class = { .name = "a query",
					 .methods = select_methods,
					 .nmethods = LEN(select_methods) };

/* ---- for views ---- */

bool select_fields(struct interp *interp, const struct node *at, const struct value *select, struct value *ret_fields)
{
	*ret_fields = ((const struct select_thing *)select->host)->fields;
	return ret_fields->kind == V_OBJECT || interp_refuse(interp, at, "this query has no from()");
}
