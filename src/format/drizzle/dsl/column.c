#include "format/drizzle/dsl/column.h"

static const struct column_kind kinds[] = {
	{ "integer", "integer", TYPE_PLAIN },
	{ "smallint", "smallint", TYPE_PLAIN },
	{ "bigint", "bigint", TYPE_PLAIN },
	{ "serial", "serial", TYPE_SERIAL },
	{ "smallserial", "smallserial", TYPE_SERIAL },
	{ "bigserial", "bigserial", TYPE_SERIAL },
	{ "numeric", "numeric", TYPE_NUMERIC },
	{ "decimal", "numeric", TYPE_NUMERIC },
	{ "real", "real", TYPE_PLAIN },
	{ "doublePrecision", "double precision", TYPE_PLAIN },
	{ "text", "text", TYPE_PLAIN },
	{ "varchar", "varchar", TYPE_LENGTH },
	{ "char", "char", TYPE_LENGTH },
	{ "boolean", "boolean", TYPE_PLAIN },
	{ "uuid", "uuid", TYPE_PLAIN },
	{ "json", "json", TYPE_PLAIN },
	{ "jsonb", "jsonb", TYPE_PLAIN },
	{ "date", "date", TYPE_PLAIN },
	{ "time", "time", TYPE_TIME },
	{ "timestamp", "timestamp", TYPE_TIMESTAMP },
	{ "interval", "interval", TYPE_INTERVAL },
	{ "inet", "inet", TYPE_PLAIN },
	{ "cidr", "cidr", TYPE_PLAIN },
	{ "macaddr", "macaddr", TYPE_PLAIN },
	{ "macaddr8", "macaddr8", TYPE_PLAIN },
	{ "point", "point", TYPE_PLAIN },
	{ "line", "line", TYPE_PLAIN },
	{ "geometry", "geometry", TYPE_GEOMETRY },
	{ "vector", "vector", TYPE_DIMENSIONS },
	{ "halfvec", "halfvec", TYPE_DIMENSIONS },
	{ "sparsevec", "sparsevec", TYPE_DIMENSIONS },
	{ "bit", "bit", TYPE_DIMENSIONS },
	{ "bytea", "bytea", TYPE_PLAIN },
};
static const struct column_kind enum_kind = { "pgEnum", NULL, TYPE_ENUM };
static const struct column_kind custom_kind = { "customType", NULL, TYPE_CUSTOM };

size_t column_kind_find(struct str name)
{
	for (size_t i = 0; i < LEN(kinds); i++)
		if (str_eq(str_of(kinds[i].function), name))
			return i;
	return (size_t)-1;
}

void column_kind_names(struct arena *arena, struct words *words)
{
	for (size_t i = 0; i < LEN(kinds); i++)
		vec_push(arena, words, kinds[i].function);
}

struct value column_functions(struct arena *arena)
{
	struct value all = js_object(arena);
	for (size_t i = 0; i < LEN(kinds); i++)
		js_object_set(arena, all.object, str_of(kinds[i].function),
			      slot_ready(arena, js_native(arena, kinds[i].function, make_column, (int)i)));
	js_object_set(arena, all.object, STR("customType"),
		      slot_ready(arena, js_native(arena, "customType", make_custom_type, 0)));
	return all;
}

/* ---- making ---- */

/* (name, config), (config) or (): drizzle's getColumnNameAndConfig(). */
static bool take_name_and_config(struct call *call, struct column_thing *column)
{
	struct value first, second;
	if (!call_arg(call, 0, &first) || !call_arg(call, 1, &second))
		return false;
	first = js_settle(call->interp, &first);
	if (first.kind == V_STRING) {
		column->name = first.text.len ? str_dup(call->interp->arena, first.text) : NULL;
		column->config = second;
		return true;
	}
	column->config = first;
	return js_is_nullish(&first) || first.kind == V_OBJECT ||
		call_refuse(call, "a column's name is %s", js_describe(call->interp->arena, &first));
}

static struct column_thing *column_new(struct call *call, const struct column_kind *kind)
{
	struct column_thing *column = arena_alloc(call->interp->arena, sizeof(*column));
	*column = (struct column_thing){ .host = { &column_class }, .kind = kind, .at = call->node };
	return column;
}

bool make_column(struct call *call, struct value *ret_value)
{
	struct column_thing *column = column_new(call, &kinds[call->native->tag]);
	struct slot *mode;
	struct value value = js_undefined();
	if (!take_name_and_config(call, column))
		return false;
	if (js_member(call->interp, &column->config, "mode", &mode) && !slot_value(call->interp, mode, &value))
		return false;
	/* In 0.x bigserial({ mode: "bigint" }) forgets to say NOT NULL; the type implies it. */
	bool forgets = dsl_of(call->interp)->line == DRIZZLE_0 && js_is_text(&value, "bigint") &&
		strcmp(column->kind->type, "bigserial") == 0;
	column->not_null = column->kind->form == TYPE_SERIAL && !forgets;
	*ret_value = js_host(column);
	return true;
}

struct column_thing *enum_column(struct call *call, const struct enum_thing *enumeration)
{
	struct column_thing *column = column_new(call, &enum_kind);
	column->enumeration = enumeration;
	return take_name_and_config(call, column) ? column : NULL;
}

/* customType({ dataType() { ... } }) is a function that makes columns. */
static bool custom_call(struct call *call, struct value *ret_value)
{
	struct column_thing *column = column_new(call, &custom_kind);
	column->custom = ((struct custom_thing *)call->self.host)->parameters;
	*ret_value = js_host(column);
	return take_name_and_config(call, column);
}

static const struct host_class custom_class = { .name = "a custom type", .call = custom_call };

bool make_custom_type(struct call *call, struct value *ret_value)
{
	struct custom_thing *custom = arena_alloc(call->interp->arena, sizeof(*custom));
	if (!call->nargs)
		return call_refuse(call, "customType() without its parameters");
	*custom = (struct custom_thing){ { &custom_class }, call->args[0] };
	*ret_value = js_host(custom);
	return true;
}

/* ---- the builder's methods ---- */

static struct column_thing *self_of(const struct call *call)
{
	return (struct column_thing *)call->native->self.host;
}

static bool done(struct call *call, struct value *ret_value)
{
	*ret_value = call->native->self;
	return true;
}

enum flag { FLAG_NONE, FLAG_NOT_NULL, FLAG_PRIMARY_KEY, FLAG_NOW, FLAG_RANDOM };

/* What needs no argument; $type(), $default() and the like change nothing in the database. */
static bool set_flag(struct call *call, struct value *ret_value)
{
	struct column_thing *column = self_of(call);
	switch ((enum flag)call->native->tag) {
	case FLAG_NONE:
		break;
	case FLAG_PRIMARY_KEY:
		column->primary_key = true;
		column->not_null = true;
		break;
	case FLAG_NOT_NULL:
		column->not_null = true;
		break;
	case FLAG_NOW:
		column->initial_sql = "now()";
		break;
	case FLAG_RANDOM:
		column->initial_sql = "gen_random_uuid()";
		break;
	}
	return done(call, ret_value);
}

static bool set_default(struct call *call, struct value *ret_value)
{
	struct column_thing *column = self_of(call);
	column->initial = call->nargs ? call->args[0] : NULL;
	column->initial_sql = NULL;
	return done(call, ret_value);
}

static bool set_unique(struct call *call, struct value *ret_value)
{
	struct column_thing *column = self_of(call);
	struct value name, options, nulls = js_undefined();
	struct slot *slot;
	if (!call_arg(call, 0, &name) || !call_arg(call, 1, &options))
		return false;
	if (js_member(call->interp, &options, "nulls", &slot) && !slot_value(call->interp, slot, &nulls))
		return false;
	column->unique = true;
	column->unique_name = name.kind == V_STRING && name.text.len ? str_dup(call->interp->arena, name.text) : NULL;
	column->nulls_not_distinct = js_is_text(&nulls, "not distinct");
	return name.kind == V_UNDEFINED || name.kind == V_STRING
		? done(call, ret_value)
		: call_refuse(call, "a constraint's name is %s", js_describe(call->interp->arena, &name));
}

static bool add_reference(struct call *call, struct value *ret_value)
{
	struct column_thing *column = self_of(call);
	if (!call->nargs)
		return call_refuse(call, "references() without a column");
	struct reference reference = { call->args[0], call->nargs > 1 ? call->args[1] : NULL };
	vec_push(call->interp->arena, &column->references, reference);
	return done(call, ret_value);
}

/* 0.x wraps the builder: what was said before (notNull(), default()) is the element's, and lost.  1.0 keeps it. */
static bool make_array(struct call *call, struct value *ret_value)
{
	struct column_thing *column = self_of(call);
	struct slot *size = call->nargs ? call->args[0] : NULL;
	if (dsl_of(call->interp)->line == DRIZZLE_1) {
		struct value dimensions;
		if (!call_arg(call, 0, &dimensions))
			return false;
		column->sizes.len = 0;
		size_t n = dimensions.kind == V_STRING ? dimensions.text.len / 2 : 1;
		for (size_t i = 0; i < n; i++)
			vec_push(call->interp->arena, &column->sizes, NULL);
		return done(call, ret_value);
	}
	struct column_thing *array = arena_alloc(call->interp->arena, sizeof(*array));
	*array = (struct column_thing){ .host = { &column_class },
					.kind = column->kind,
					.at = column->at,
					.name = column->name,
					.config = column->config,
					.enumeration = column->enumeration,
					.custom = column->custom };
	for (size_t i = 0; i < column->sizes.len; i++)
		vec_push(call->interp->arena, &array->sizes, column->sizes.ptr[i]);
	vec_push(call->interp->arena, &array->sizes, size);
	*ret_value = js_host(array);
	return true;
}

static bool set_generated(struct call *call, struct value *ret_value)
{
	if (!call->nargs)
		return call_refuse(call, "generatedAlwaysAs() without an expression");
	self_of(call)->generated = call->args[0];
	return done(call, ret_value);
}

static bool set_identity(struct call *call, struct value *ret_value)
{
	struct column_thing *column = self_of(call);
	column->has_identity = column->not_null = true;
	column->identity_always = call->native->tag;
	column->identity = call->nargs ? call->args[0] : NULL;
	return done(call, ret_value);
}

/* Since 1.0: a column under another name in a query. */
static bool column_as(struct call *call, struct value *ret_value)
{
	struct column_thing *column = arena_alloc(call->interp->arena, sizeof(*column));
	struct str name;
	*column = *self_of(call);
	if (dsl_of(call->interp)->line != DRIZZLE_1 || !column->table)
		return call_refuse(call, "\"as\" of a column is not known here");
	if (!call_text(call, 0, &name))
		return false;
	column->as_name = str_dup(call->interp->arena, name);
	*ret_value = js_host(column);
	return true;
}

static const struct method methods[] = {
	{ "notNull", set_flag, FLAG_NOT_NULL },
	{ "primaryKey", set_flag, FLAG_PRIMARY_KEY },
	{ "default", set_default, 0 },
	{ "defaultNow", set_flag, FLAG_NOW },
	{ "defaultRandom", set_flag, FLAG_RANDOM },
	{ "unique", set_unique, 0 },
	{ "references", add_reference, 0 },
	{ "array", make_array, 0 },
	{ "generatedAlwaysAs", set_generated, 0 },
	{ "generatedAlwaysAsIdentity", set_identity, 1 },
	{ "generatedByDefaultAsIdentity", set_identity, 0 },
	{ "$type", set_flag, FLAG_NONE },
	{ "$default", set_flag, FLAG_NONE },
	{ "$defaultFn", set_flag, FLAG_NONE },
	{ "$onUpdate", set_flag, FLAG_NONE },
	{ "$onUpdateFn", set_flag, FLAG_NONE },
	{ "as", column_as, 0 },
	/* in an index */
	{ "asc", indexed_method, 0 },
	{ "desc", indexed_method, 1 },
	{ "nullsFirst", indexed_method, 2 },
	{ "nullsLast", indexed_method, 3 },
	{ "op", indexed_method, 4 },
};

static bool type_text(struct call *call, struct value *ret_value)
{
	const char *type;
	if (!column_own_type(call->interp, self_of(call), &type))
		return false;
	*ret_value = js_text(type);
	return true;
}

static struct value enum_values(struct arena *arena, const struct enum_thing *enumeration)
{
	struct value values = js_array(arena);
	for (size_t i = 0; i < enumeration->values.len; i++)
		js_array_add(arena, values.array, slot_ready(arena, js_text(enumeration->values.ptr[i])));
	return values;
}

static bool column_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	struct column_thing *column = (struct column_thing *)host;
	struct slot *values;
	if (str_eq(key, STR("name")))
		*ret_value = column->db_name ? js_text(column->db_name)
			: column->name       ? js_text(column->name)
					     : js_text("");
	else if (str_eq(key, STR("table")) && column->table)
		*ret_value = js_host(column->table);
	else if (str_eq(key, STR("notNull")) || str_eq(key, STR("primary")))
		*ret_value = js_boolean(key.ptr[0] == 'n' ? column->not_null : column->primary_key);
	else if (str_eq(key, STR("enumValues")) && column->enumeration)
		*ret_value = enum_values(interp->arena, column->enumeration);
	else if (str_eq(key, STR("enumValues")) && js_member(interp, &column->config, "enum", &values))
		return slot_value(interp, values, ret_value);
	else if (str_eq(key, STR("getSQLType"))) {
		struct native *native = arena_alloc(interp->arena, sizeof(*native));
		*native = (struct native){ .name = "getSQLType", .run = type_text, .self = js_host(column) };
		*ret_value = (struct value){ .kind = V_NATIVE, .native = native };
	}
	return true;
}

/* column.getSQLType = () => "...": what people do where the DSL has no words, a collation for one. */
const struct host_class column_class = {
	.name = "a column",
	.methods = methods,
	.nmethods = LEN(methods),
	.get = column_get,
	.extensible = true,
};
