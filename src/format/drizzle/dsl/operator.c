#include "format/drizzle/dsl/dsl.h"

/*
 * drizzle-orm's operators: each is a template of texts between its arguments.  Values that are compared with a column become parameters, as they
 * do anywhere in sql``.
 */
static const struct {
	const char *name, *before, *between, *second, *after;
	bool plain; /* its values are not of the column's type */
} operators[] = {
	{ "eq", "", " = ", NULL, "" },
	{ "ne", "", " <> ", NULL, "" },
	{ "gt", "", " > ", NULL, "" },
	{ "gte", "", " >= ", NULL, "" },
	{ "lt", "", " < ", NULL, "" },
	{ "lte", "", " <= ", NULL, "" },
	{ "like", "", " like ", NULL, "", true },
	{ "notLike", "", " not like ", NULL, "", true },
	{ "ilike", "", " ilike ", NULL, "", true },
	{ "notIlike", "", " not ilike ", NULL, "", true },
	{ "inArray", "", " in ", NULL, "" },
	{ "notInArray", "", " not in ", NULL, "" },
	{ "between", "", " between ", " and ", "" },
	{ "notBetween", "", " not between ", " and ", "" },
	{ "arrayContains", "", " @> ", NULL, "" },
	{ "arrayContained", "", " <@ ", NULL, "" },
	{ "arrayOverlaps", "", " && ", NULL, "" },
	{ "isNull", "", NULL, NULL, " is null" },
	{ "isNotNull", "", NULL, NULL, " is not null" },
	{ "not", "not ", NULL, NULL, "" },
	{ "exists", "exists ", NULL, NULL, "" },
	{ "notExists", "not exists ", NULL, NULL, "" },
	{ "asc", "", NULL, NULL, " asc" },
	{ "desc", "", NULL, NULL, " desc" },
};

size_t operator_find(struct str name)
{
	for (size_t i = 0; i < LEN(operators); i++)
		if (str_eq(str_of(operators[i].name), name))
			return i;
	return (size_t)-1;
}

static bool add_argument(struct call *call, size_t index, struct sql_thing *sql)
{
	struct value value;
	if (!call_arg(call, index, &value))
		return false;
	sql_add_value(call->interp->arena, sql, value, call->node);
	return true;
}

static void add_bound(struct call *call, const struct value *value, const struct column_thing *column,
		      struct sql_thing *sql)
{
	struct chunk chunk = { .kind = CHUNK_PARAM, .value = *value, .encoder = column, .at = call->node };
	if (!column || value->kind == V_HOST || value->kind == V_UNDEFINED)
		sql_add_value(call->interp->arena, sql, *value, call->node);
	else
		vec_push(call->interp->arena, &sql->chunks, chunk);
}

/* in (1, 2): each is the column's, not the list. */
static bool add_list(struct call *call, const struct array *array, const struct column_thing *column,
		     struct sql_thing *sql)
{
	sql_add_text(call->interp->arena, sql, STR("("));
	for (size_t i = 0; i < array->items.len; i++) {
		struct value item;
		if (!slot_value(call->interp, array->items.ptr[i], &item))
			return false;
		if (i)
			sql_add_text(call->interp->arena, sql, STR(", "));
		add_bound(call, &item, column, sql);
	}
	sql_add_text(call->interp->arena, sql, STR(")"));
	return true;
}

/* What is compared with the first argument, where that is a column. */
static bool add_compared(struct call *call, size_t index, const struct value *first, struct sql_thing *sql)
{
	const char *name = operators[call->native->tag].name;
	const struct column_thing *column = js_is(first, &column_class) && !operators[call->native->tag].plain
		? (const struct column_thing *)first->host
		: NULL;
	struct value value;
	if (!call_arg(call, index, &value))
		return false;
	if (value.kind == V_ARRAY && (strcmp(name, "inArray") == 0 || strcmp(name, "notInArray") == 0))
		return add_list(call, value.array, column, sql);
	add_bound(call, &value, column, sql);
	return true;
}

/* in () is no SQL: drizzle-orm writes false and true. */
static bool is_empty_list(const struct call *call, const struct value *value)
{
	const char *name = operators[call->native->tag].name;
	return (strcmp(name, "inArray") == 0 || strcmp(name, "notInArray") == 0) && value->kind == V_ARRAY &&
		!value->array->items.len;
}

/* The 1.0 line puts a test for null, and what is negated, in parentheses. */
static bool is_wrapped(struct call *call, const char *name, const struct value *first)
{
	return dsl_of(call->interp)->line == DRIZZLE_1 &&
		(str_starts(str_of(name), STR("is")) || (strcmp(name, "not") == 0 && js_is(first, &sql_class)));
}

static void add_empty_list(struct call *call, struct sql_thing *sql, bool in)
{
	static const char *const texts[2][2] = { { "true", "false" }, { "1 = 1", "1 = 0" } };
	sql_add_text(call->interp->arena, sql, str_of(texts[dsl_of(call->interp)->line == DRIZZLE_1][in]));
}

bool make_operator(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct sql_thing *sql = dsl_sql_new(arena);
	size_t which = (size_t)call->native->tag;
	const char *name = operators[which].name;
	struct value first, second;
	*ret_value = js_host(sql);
	if (!call_arg(call, 0, &first) || !call_arg(call, 1, &second))
		return false;
	if (is_empty_list(call, &second)) {
		add_empty_list(call, sql, name[0] == 'i');
		return true;
	}
	bool wrapped = is_wrapped(call, name, &first);
	sql_add_text(arena, sql, str_of(operators[which].before));
	if (wrapped)
		sql_add_text(arena, sql, STR("("));
	if (!add_argument(call, 0, sql))
		return false;
	if (operators[which].between) {
		sql_add_text(arena, sql, str_of(operators[which].between));
		if (!add_compared(call, 1, &first, sql))
			return false;
	}
	if (operators[which].second) {
		sql_add_text(arena, sql, str_of(operators[which].second));
		if (!add_compared(call, 2, &first, sql))
			return false;
	}
	sql_add_text(arena, sql, str_of(operators[which].after));
	if (wrapped)
		sql_add_text(arena, sql, STR(")"));
	return true;
}

/* and(), or(): undefined conditions are left out, several are put in parentheses; the 1.0 line gives each a pair of its own as well. */
bool make_junction(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct sql_thing *sql = dsl_sql_new(arena);
	bool new = dsl_of(call->interp)->line == DRIZZLE_1;
	const char *word = call->native->tag ? "or" : "and";
	size_t n = 0;
	for (size_t i = 0; i < call->nargs; i++) {
		struct value value;
		if (!call_arg(call, i, &value))
			return false;
		if (value.kind == V_UNDEFINED)
			continue;
		if (n++)
			sql_add_text(arena, sql, str_of(arena_printf(arena, new ? ") %s (" : " %s ", word)));
		sql_add_value(arena, sql, value, call->node);
	}
	*ret_value = js_undefined();
	if (!n)
		return true;
	*ret_value = js_host(sql);
	if (n == 1)
		return true;
	struct sql_thing *wrapped = dsl_sql_new(arena);
	sql_add_text(arena, wrapped, new ? STR("((") : STR("("));
	sql_add_value(arena, wrapped, *ret_value, call->node);
	sql_add_text(arena, wrapped, new ? STR("))") : STR(")"));
	*ret_value = js_host(wrapped);
	return true;
}

static const struct {
	const char *name, *before;
} aggregates[] = {
	{ "count", "count(" }, { "countDistinct", "count(distinct " },
	{ "avg", "avg(" },     { "avgDistinct", "avg(distinct " },
	{ "sum", "sum(" },     { "sumDistinct", "sum(distinct " },
	{ "max", "max(" },     { "min", "min(" },
};

size_t aggregate_find(struct str name)
{
	for (size_t i = 0; i < LEN(aggregates); i++)
		if (str_eq(str_of(aggregates[i].name), name))
			return i;
	return (size_t)-1;
}

bool make_aggregate(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct sql_thing *sql = dsl_sql_new(arena);
	sql_add_text(arena, sql, str_of(aggregates[call->native->tag].before));
	if (!call->nargs)
		sql_add_text(arena, sql, STR("*"));
	else if (!add_argument(call, 0, sql))
		return false;
	sql_add_text(arena, sql, STR(")"));
	*ret_value = js_host(sql);
	return true;
}
