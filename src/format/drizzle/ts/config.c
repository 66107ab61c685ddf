#include "format/drizzle/ts/config.h"

#include "format/drizzle/ts/interp.h"

enum { MAX_DEPTH = 32 };

static bool first_argument(struct call *call, struct value *ret_value)
{
	return call_arg(call, 0, ret_value);
}

/* defineConfig() of drizzle-kit gives back what it gets; "*" is all of the package, for require(). */
static bool find_external(struct interp *interp, const char *specifier, struct str name, struct value *ret_value)
{
	struct value define = js_native(interp->arena, "defineConfig", first_argument, 0), package;
	bool all = str_eq(name, STR("*"));
	if (strcmp(specifier, "drizzle-kit") != 0 || !(all || str_eq(name, STR("defineConfig"))))
		return false;
	package = js_object(interp->arena);
	js_object_set(interp->arena, package.object, STR("defineConfig"), slot_ready(interp->arena, define));
	*ret_value = all ? package : define;
	return true;
}

static const char *lookup(const struct interp *interp, const char *name)
{
	const char *(*const *environment)(const char *) = interp->context;
	return (*environment)(name);
}

static bool to_json(struct interp *interp, const struct value *value, unsigned depth, struct json *ret_json);

/* What cannot be evaluated is not there. */
static bool slot_json(struct interp *interp, struct slot *slot, unsigned depth, struct json *ret_json)
{
	struct value value;
	unsigned level = interp->depth;
	bool ok = slot_value(interp, slot, &value) && to_json(interp, &value, depth, ret_json);
	interp->depth = level;
	err_clear(interp->err);
	if (ok && slot->node) {
		ret_json->line = slot->node->line;
		ret_json->column = slot->node->column;
	}
	return ok;
}

static bool to_json(struct interp *interp, const struct value *value, unsigned depth, struct json *ret_json)
{
	struct json inner;
	if (depth > MAX_DEPTH)
		return false;
	if (value->kind == V_ENV) {
		*ret_json = json_new(JS_OBJECT);
		json_put(interp->arena, ret_json, CONFIG_ENVIRONMENT,
			 json_of_text(str_dup(interp->arena, value->text)));
	} else if (value->kind == V_OBJECT) {
		*ret_json = json_new(JS_OBJECT);
		for (size_t i = 0; i < value->object->map.len; i++)
			if (slot_json(interp, value->object->map.ptr[i].value, depth + 1, &inner))
				json_put(interp->arena, ret_json, str_dup(interp->arena, value->object->map.ptr[i].key),
					 inner);
	} else if (value->kind == V_ARRAY) {
		*ret_json = json_new(JS_ARRAY);
		for (size_t i = 0; i < value->array->items.len; i++)
			if (slot_json(interp, value->array->items.ptr[i], depth + 1, &inner))
				json_add(interp->arena, ret_json, inner);
	} else if (value->kind == V_STRING) {
		*ret_json = json_of_text(str_dup(interp->arena, value->text));
	} else if (value->kind == V_BOOLEAN) {
		*ret_json = json_of_bool(value->truth);
	} else if (value->kind == V_NUMBER) {
		*ret_json = json_new(JS_NUMBER);
		ret_json->text = number_text(interp->arena, value->number);
	} else if (value->kind == V_NULL) {
		*ret_json = json_new(JS_NULL);
	} else {
		return false;
	}
	return true;
}

bool typescript_config(struct arena *arena, const char *root, const char *path,
		       const char *(*environment)(const char *name), struct json *ret_value, struct err *err)
{
	struct interp *interp = interp_new(arena, root, find_external, err);
	struct module *module;
	struct slot *slot;
	struct value value;
	interp->context = &environment;
	interp->environment = environment ? lookup : NULL;
	if (!module_load(interp, path, &module) || !module_export(interp, module, STR("default"), &slot))
		return false;
	if (!slot) {
		err_set(err, ERR_FAILED, "typescript-unsupported", "\"%s\" has no default export", path);
		return err_at(err, path, 1, 1);
	}
	if (!slot_value(interp, slot, &value))
		return false;
	if (value.kind != V_OBJECT)
		return interp_refuse(interp, slot->node, "the default export is %s and should be an object",
				     js_describe(arena, &value));
	return to_json(interp, &value, 0, ret_value);
}
