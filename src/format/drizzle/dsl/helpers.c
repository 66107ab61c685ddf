#include "format/drizzle/dsl/dsl.h"

/*
 * Packages that have nothing to do with drizzle-orm, and of which schemas use a function or two: the list of a zod enum as the labels of a pgEnum, omit() and
 * pick() on an object of columns.
 */

/* ---- zod ---- */

struct zod_enum {
	struct host host;
	struct value values; /* an array or an object */
};

static struct value options_of(struct interp *interp, const struct zod_enum *made)
{
	struct value options = js_array(interp->arena);
	if (made->values.kind != V_OBJECT)
		return made->values;
	for (size_t i = 0; i < made->values.object->map.len; i++)
		js_array_add(interp->arena, options.array, made->values.object->map.ptr[i].value);
	return options;
}

static bool members_of(struct interp *interp, const struct zod_enum *made, struct value *ret_value)
{
	*ret_value = made->values;
	if (made->values.kind == V_OBJECT)
		return true;
	*ret_value = js_object(interp->arena);
	for (size_t i = 0; i < made->values.array->items.len; i++) {
		struct slot *slot = made->values.array->items.ptr[i];
		struct value value;
		struct str key;
		if (!slot_value(interp, slot, &value) || !js_to_text(interp, slot->node, &value, &key))
			return false;
		js_object_set(interp->arena, ret_value->object, key, slot);
	}
	return true;
}

static bool zod_enum_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	static const char *const maps[] = { "enum", "Enum", "Values", "enumValues" };
	const struct zod_enum *made = (const struct zod_enum *)host;
	for (size_t i = 0; i < LEN(maps); i++)
		if (str_eq(key, str_of(maps[i])))
			return members_of(interp, made, ret_value);
	*ret_value = str_eq(key, STR("options")) ? options_of(interp, made) : js_opaque(STR("the package \"zod\""));
	return true;
}

static const struct host_class zod_enum_class = { .name = "a zod enum", .get = zod_enum_get };

static bool make_zod_enum(struct call *call, struct value *ret_value)
{
	struct zod_enum *made = arena_alloc(call->interp->arena, sizeof(*made));
	made->host.class = &zod_enum_class;
	if (!call_arg(call, 0, &made->values))
		return false;
	*ret_value = js_host(made);
	if (made->values.kind != V_ARRAY && made->values.kind != V_OBJECT)
		*ret_value = js_opaque(STR("the package \"zod\""));
	return true;
}

static bool zod_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host;
	if (str_eq(key, STR("enum")) || str_eq(key, STR("nativeEnum")))
		*ret_value = js_native(interp->arena, "enum", make_zod_enum, 0);
	else
		*ret_value = js_opaque(STR("the package \"zod\""));
	return true;
}

static const struct host_class zod_class = { .name = "zod", .get = zod_get };
static struct host zod = { &zod_class };

static bool find_zod(struct interp *interp, struct str name, struct value *ret_value)
{
	if (str_eq(name, STR("z")) || str_eq(name, STR("*")) || str_eq(name, STR("default"))) {
		*ret_value = js_host(&zod);
		return true;
	}
	return zod_get(interp, &zod, name, ret_value);
}

/* ---- omit(), pick() ---- */

enum choice { CHOOSE_OMIT, CHOOSE_PICK };

static bool is_named(struct interp *interp, const struct node *at, const struct slots *keys, struct str key,
		     bool *ret_named)
{
	*ret_named = false;
	for (size_t i = 0; i < keys->len && !*ret_named; i++) {
		struct value value;
		struct str text;
		if (!slot_value(interp, keys->ptr[i], &value) || !js_to_text(interp, at, &value, &text))
			return false;
		*ret_named = str_eq(text, key);
	}
	return true;
}

/* omit(object, keys), and ramda's omit(keys, object). */
static bool choose(struct call *call, struct value *ret_value)
{
	struct interp *interp = call->interp;
	struct value first, second;
	struct object *members;
	struct slots keys;
	bool named;
	if (!call_arg(call, 0, &first) || !call_arg(call, 1, &second))
		return false;
	const struct value *list = first.kind == V_ARRAY ? &first : &second,
			   *object = first.kind == V_ARRAY ? &second : &first;
	if (!js_items(interp, call->node, list, &keys) || !js_members(interp, call->node, object, &members))
		return false;
	*ret_value = js_object(interp->arena);
	for (size_t i = 0; i < members->map.len; i++) {
		if (!is_named(interp, call->node, &keys, members->map.ptr[i].key, &named))
			return false;
		if (named == (call->native->tag == CHOOSE_PICK))
			js_object_set(interp->arena, ret_value->object, members->map.ptr[i].key,
				      members->map.ptr[i].value);
	}
	return true;
}

static bool choose_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host;
	if (str_eq(key, STR("omit")) || str_eq(key, STR("pick")))
		*ret_value = js_native(interp->arena, "omit", choose, key.ptr[0] == 'o' ? CHOOSE_OMIT : CHOOSE_PICK);
	else
		*ret_value = js_opaque(STR("a package of helpers"));
	return true;
}

static const struct host_class helpers_class = { .name = "a package of helpers", .get = choose_get };
static struct host helpers = { &helpers_class };

static bool find_choose(struct interp *interp, struct str name, struct value *ret_value)
{
	if (str_eq(name, STR("*")) || str_eq(name, STR("default"))) {
		*ret_value = js_host(&helpers);
		return true;
	}
	return choose_get(interp, &helpers, name, ret_value);
}

static const struct {
	const char *specifier;
	bool (*find)(struct interp *interp, struct str name, struct value *ret_value);
} packages[] = {
	{ "zod", find_zod },          { "zod/v3", find_zod },        { "zod/v4", find_zod },
	{ "zod/mini", find_zod },     { "ramda", find_choose },      { "lodash", find_choose },
	{ "lodash-es", find_choose }, { "es-toolkit", find_choose }, { "es-toolkit/object", find_choose },
	{ "remeda", find_choose },    { "radash", find_choose },
};

bool drizzle_helper(struct interp *interp, const char *specifier, struct str name, struct value *ret_value)
{
	for (size_t i = 0; i < LEN(packages); i++)
		if (strcmp(specifier, packages[i].specifier) == 0)
			return packages[i].find(interp, name, ret_value);
	return false;
}
