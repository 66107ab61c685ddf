#include "format/drizzle/dsl/dsl.h"

/*
 * Packages that have nothing to do with drizzle-orm, and of which schemas use a function or two: omit() and pick() on an object of columns.  Validators are in
 * validators.c.
 */

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

bool drizzle_helper(struct interp *interp, const char *specifier, struct str name, struct value *ret_value)
{
	static const char *const packages[] = { "ramda",  "lodash", "lodash-es", "es-toolkit", "es-toolkit/object",
						"remeda", "radash" };
	for (size_t i = 0; i < LEN(packages); i++)
		if (strcmp(specifier, packages[i]) == 0)
			return find_choose(interp, name, ret_value);
	return drizzle_validator(interp, specifier, name, ret_value);
}
