#include "format/drizzle/dsl/dsl.h"

/* ---- pgSchema ---- */

static const char *schema_of(const struct call *call)
{
	return ((const struct schema_thing *)call->native->self.host)->name;
}

bool make_schema_cased(struct call *call, enum drizzle_casing casing, struct value *ret_value)
{
	struct schema_thing *schema = arena_alloc(call->interp->arena, sizeof(*schema));
	struct str name;
	if (!call_text(call, 0, &name))
		return false;
	if (str_eq(name, STR("public")))
		return call_refuse(call, "drizzle-orm refuses pgSchema(\"public\"); use pgTable()");
	*schema = (struct schema_thing){ .host = { &schema_class },
					 .name = str_dup(call->interp->arena, name),
					 .casing = casing };
	*ret_value = js_host(schema);
	return true;
}

bool make_schema(struct call *call, struct value *ret_value)
{
	enum drizzle_casing casing;
	return casing_argument(call, 1, &casing) && make_schema_cased(call, casing, ret_value);
}

/* One that is there: it is not made. */
static bool schema_existing(struct call *call, struct value *ret_value)
{
	((struct schema_thing *)call->native->self.host)->existing = true;
	*ret_value = call->native->self;
	return true;
}

static bool schema_view(struct call *call, struct value *ret_value)
{
	return make_view_in(call, schema_of(call), call->native->tag, ret_value);
}

static bool make_enum_in(struct call *call, const char *schema, struct value *ret_value);
static bool make_sequence_in(struct call *call, const char *schema, struct value *ret_value);

static bool schema_enum(struct call *call, struct value *ret_value)
{
	return make_enum_in(call, schema_of(call), ret_value);
}

static bool schema_sequence(struct call *call, struct value *ret_value)
{
	return make_sequence_in(call, schema_of(call), ret_value);
}

static const struct method schema_methods[] = {
	{ "view", schema_view, 0 },         { "materializedView", schema_view, 1 }, { "enum", schema_enum, 0 },
	{ "sequence", schema_sequence, 0 }, { "existing", schema_existing, 0 },
};

static bool schema_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	const struct schema_thing *schema = (const struct schema_thing *)host;
	if (str_eq(key, STR("table")))
		*ret_value = table_maker(interp->arena, schema->name, schema->casing);
	else if (str_eq(key, STR("schemaName")))
		*ret_value = js_text(schema->name);
	return true;
}

const struct host_class schema_class = {
	.name = "a schema",
	.methods = schema_methods,
	.nmethods = LEN(schema_methods),
	.get = schema_get,
};

/* ---- pgEnum ---- */

static bool take_enum_values(struct call *call, struct enum_thing *enumeration)
{
	struct interp *interp = call->interp;
	struct value list, value;
	struct slots items = { 0 };
	struct object *members;
	if (!call_arg(call, 1, &list))
		return false;
	if (list.kind == V_OBJECT) {
		if (!js_members(interp, call->node, &list, &members))
			return false;
		for (size_t i = 0; i < members->map.len; i++)
			vec_push(interp->arena, &items, members->map.ptr[i].value);
	} else if (!js_items(interp, call->node, &list, &items)) {
		return false;
	}
	for (size_t i = 0; i < items.len; i++) {
		struct str text;
		if (!slot_value(interp, items.ptr[i], &value) ||
		    !js_to_text(interp, items.ptr[i]->node ? items.ptr[i]->node : call->node, &value, &text))
			return false;
		vec_push(interp->arena, &enumeration->values, str_dup(interp->arena, text));
	}
	return true;
}

static bool make_enum_in(struct call *call, const char *schema, struct value *ret_value)
{
	struct enum_thing *enumeration = arena_alloc(call->interp->arena, sizeof(*enumeration));
	struct str name;
	if (!call_text(call, 0, &name))
		return false;
	*enumeration = (struct enum_thing){
		.host = { &enum_class }, .at = call->node, .name = str_dup(call->interp->arena, name), .schema = schema
	};
	*ret_value = js_host(enumeration);
	return take_enum_values(call, enumeration);
}

bool make_enum(struct call *call, struct value *ret_value)
{
	return make_enum_in(call, NULL, ret_value);
}

static bool enum_call(struct call *call, struct value *ret_value)
{
	struct column_thing *column = enum_column(call, (const struct enum_thing *)call->self.host);
	if (column)
		*ret_value = js_host(column);
	return column != NULL;
}

static bool enum_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	const struct enum_thing *enumeration = (const struct enum_thing *)host;
	if (str_eq(key, STR("enumName"))) {
		*ret_value = js_text(enumeration->name);
	} else if (str_eq(key, STR("schema"))) {
		*ret_value = enumeration->schema ? js_text(enumeration->schema) : js_undefined();
	} else if (str_eq(key, STR("enumValues"))) {
		*ret_value = js_array(interp->arena);
		for (size_t i = 0; i < enumeration->values.len; i++)
			js_array_add(interp->arena, ret_value->array,
				     slot_ready(interp->arena, js_text(enumeration->values.ptr[i])));
	}
	return true;
}

const struct host_class enum_class = { .name = "an enum", .call = enum_call, .get = enum_get };

/* ---- pgSequence ---- */

static bool make_sequence_in(struct call *call, const char *schema, struct value *ret_value)
{
	struct sequence_thing *sequence = arena_alloc(call->interp->arena, sizeof(*sequence));
	struct str name;
	if (!call_text(call, 0, &name))
		return false;
	*sequence = (struct sequence_thing){ .host = { &sequence_class },
					     .name = str_dup(call->interp->arena, name),
					     .schema = schema,
					     .at = call->node };
	*ret_value = js_host(sequence);
	return call_arg(call, 1, &sequence->options);
}

bool make_sequence(struct call *call, struct value *ret_value)
{
	return make_sequence_in(call, NULL, ret_value);
}

static bool sequence_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	const struct sequence_thing *sequence = (const struct sequence_thing *)host;
	(void)interp;
	if (str_eq(key, STR("seqName")))
		*ret_value = js_text(sequence->name);
	else if (str_eq(key, STR("schema")))
		*ret_value = sequence->schema ? js_text(sequence->schema) : js_undefined();
	return true;
}

const struct host_class sequence_class = { .name = "a sequence", .get = sequence_get };

/* ---- pgRole ---- */

struct value existing_role(struct arena *arena, const char *name)
{
	struct role_thing *role = arena_alloc(arena, sizeof(*role));
	*role = (struct role_thing){ .host = { &role_class }, .name = name, .existing = true };
	return js_host(role);
}

bool make_role(struct call *call, struct value *ret_value)
{
	struct str name;
	if (!call_text(call, 0, &name))
		return false;
	*ret_value = existing_role(call->interp->arena, str_dup(call->interp->arena, name));
	struct role_thing *role = (struct role_thing *)ret_value->host;
	role->existing = false;
	return call_arg(call, 1, &role->options);
}

static bool role_existing(struct call *call, struct value *ret_value)
{
	((struct role_thing *)call->native->self.host)->existing = true;
	*ret_value = call->native->self;
	return true;
}

static bool role_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)interp;
	if (str_eq(key, STR("name")))
		*ret_value = js_text(((const struct role_thing *)host)->name);
	return true;
}

static const struct method role_methods[] = { { "existing", role_existing, 0 } };
const struct host_class role_class = {
	.name = "a role",
	.methods = role_methods,
	.nmethods = LEN(role_methods),
	.get = role_get,
};

/* ---- pgPolicy ---- */

static struct policy_thing *policy_new(struct call *call, const char *name, struct value options)
{
	struct policy_thing *policy = arena_alloc(call->interp->arena, sizeof(*policy));
	*policy =
		(struct policy_thing){ .host = { &policy_class }, .name = name, .options = options, .at = call->node };
	return policy;
}

bool make_policy(struct call *call, struct value *ret_value)
{
	struct value options;
	struct str name;
	if (!call_text(call, 0, &name) || !call_arg(call, 1, &options))
		return false;
	*ret_value = js_host(policy_new(call, str_dup(call->interp->arena, name), options));
	return true;
}

static bool policy_link(struct call *call, struct value *ret_value)
{
	struct value table;
	if (!call_arg(call, 0, &table))
		return false;
	if (!js_is(&table, &table_class))
		return call_refuse(call, "a policy is linked to %s", js_describe(call->interp->arena, &table));
	((struct policy_thing *)call->native->self.host)->linked = (struct table_thing *)table.host;
	*ret_value = call->native->self;
	return true;
}

static const struct method policy_methods[] = { { "link", policy_link, 0 } };
const struct host_class policy_class = { .name = "a policy",
					 .methods = policy_methods,
					 .nmethods = LEN(policy_methods) };

/* ---- crudPolicy of drizzle-orm/neon ---- */

static bool role_text(struct call *call, const struct value *role, struct buf *text)
{
	if (js_is(role, &role_class)) {
		buf_text(text, ((const struct role_thing *)role->host)->name);
		return true;
	}
	struct str name;
	if (!js_to_text(call->interp, call->node, role, &name))
		return false;
	buf_str(text, name);
	return true;
}

static bool roles_text(struct call *call, const struct value *roles, struct buf *text)
{
	if (roles->kind != V_ARRAY)
		return role_text(call, roles, text);
	for (size_t i = 0; i < roles->array->items.len; i++) {
		struct value role;
		if (i)
			buf_char(text, '-');
		if (!slot_value(call->interp, roles->array->items.ptr[i], &role) || !role_text(call, &role, text))
			return false;
	}
	return true;
}

/* read and modify: SQL, true, false; null is no policy. */
static bool crud_condition(struct call *call, const struct value *options, const char *key, struct value *ret_value)
{
	struct slot *slot;
	if (!js_member(call->interp, options, key, &slot))
		return call_refuse(call, "crudPolicy() needs \"%s\"", key);
	if (!slot_value(call->interp, slot, ret_value))
		return false;
	if (ret_value->kind == V_BOOLEAN) {
		struct sql_thing *sql = dsl_sql_new(call->interp->arena);
		sql_add_text(call->interp->arena, sql, ret_value->truth ? STR("true") : STR("false"));
		*ret_value = js_host(sql);
	}
	return true;
}

bool make_crud_policy(struct call *call, struct value *ret_value)
{
	static const char *const commands[] = { "select", "insert", "update", "delete" };
	struct arena *arena = call->interp->arena;
	struct value options, role, read, modify;
	struct buf roles = buf_init(arena);
	*ret_value = js_array(arena);
	if (!call_arg(call, 0, &options) || !js_get(call->interp, call->node, &options, STR("role"), &role) ||
	    !roles_text(call, &role, &roles) || !crud_condition(call, &options, "read", &read) ||
	    !crud_condition(call, &options, "modify", &modify))
		return false;
	for (size_t i = 0; i < LEN(commands); i++) {
		struct value condition = i ? modify : read, policy = js_object(arena);
		if (js_is_nullish(&condition))
			continue;
		js_object_set(arena, policy.object, STR("for"), slot_ready(arena, js_text(commands[i])));
		js_object_set(arena, policy.object, STR("to"), slot_ready(arena, role));
		if (i != 1)
			js_object_set(arena, policy.object, STR("using"), slot_ready(arena, condition));
		if (i == 1 || i == 2)
			js_object_set(arena, policy.object, STR("withCheck"), slot_ready(arena, condition));
		const char *name = arena_printf(arena, "crud-%s-policy-%s", roles.ptr, commands[i]);
		js_array_add(arena, ret_value->array, slot_ready(arena, js_host(policy_new(call, name, policy))));
	}
	return true;
}
