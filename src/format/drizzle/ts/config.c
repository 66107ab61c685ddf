#include "format/drizzle/ts/config.h"

#include "base/file.h"
#include "format/drizzle/ts/evaluate.h"
#include "format/drizzle/ts/module.h"

enum { MAX_DEPTH = 32 };

static bool first_argument(struct call *call, struct value *ret_value)
{
	return call_arg(call, 0, ret_value);
}

/*
 * Functions that may as well give back what they get: defineConfig(), of drizzle-kit or a fork of it under another scope; and patterns mean to "schema" what
 * the files that they find do.
 */
static const struct {
	const char *package, *name;
} identities[] = {
	{ "drizzle-kit", "defineConfig" }, { "glob", "globSync" },       { "glob", "sync" },
	{ "fast-glob", "sync" },           { "fast-glob", "globSync" },  { "fs", "globSync" },
	{ "node:fs", "globSync" },         { "tinyglobby", "globSync" },
};

static bool is_package(const char *specifier, const char *package)
{
	return strcmp(specifier, package) == 0 ||
		(specifier[0] == '@' && str_ends(str_of(specifier), STR("/drizzle-kit")) &&
		 strcmp(package, "drizzle-kit") == 0);
}

/* "*" and "default" are all of the package, for require() and glob.sync(). */
static bool find_external(struct interp *interp, const char *specifier, struct str name, struct value *ret_value)
{
	struct value package = js_object(interp->arena);
	bool all = str_eq(name, STR("*")) || str_eq(name, STR("default")), found = false;
	for (size_t i = 0; i < LEN(identities); i++) {
		if (!is_package(specifier, identities[i].package))
			continue;
		struct value function = js_native(interp->arena, identities[i].name, first_argument, 0);
		js_object_set(interp->arena, package.object, str_of(identities[i].name),
			      slot_ready(interp->arena, function));
		if (str_eq(str_of(identities[i].name), name))
			*ret_value = function;
		found = found || all || str_eq(str_of(identities[i].name), name);
	}
	if (all)
		*ret_value = package;
	return found;
}

static const char *lookup(const struct interp *interp, const char *name)
{
	const char *(*const *environment)(const char *) = interp->context;
	return (*environment)(name);
}

/* ---- environment variables by their names ---- */

static bool is_variable_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z') && name.ptr[i] != '_' &&
		    !(i && name.ptr[i] >= '0' && name.ptr[i] <= '9'))
			return false;
	return name.len > 1;
}

/* env.DATABASE_URL, env("DATABASE_URL"): of what nobody here can evaluate, the name tells enough. */
static bool variable_named(struct interp *interp, const struct node *node, struct json *ret_json)
{
	struct str name = { 0 };
	while (node &&
	       (node->kind == N_NON_NULL_EXPRESSION || node->kind == N_AS_EXPRESSION ||
		node->kind == N_PARENTHESIZED_EXPRESSION || node->kind == N_SATISFIES_EXPRESSION))
		node = node->first;
	const struct node *arguments = node ? node_role(node, R_ARGUMENTS) : NULL;
	if (node && node->kind == N_MEMBER_EXPRESSION && node_role(node, R_PROPERTY))
		name = node_role(node, R_PROPERTY)->text;
	else if (arguments && arguments->first && arguments->first->kind == N_STRING)
		name = node_string(interp->arena, arguments->first);
	if (!is_variable_name(name))
		return false;
	*ret_json = json_new(JS_OBJECT);
	json_put(interp->arena, ret_json, CONFIG_ENVIRONMENT, json_of_text(str_dup(interp->arena, name)));
	return true;
}

/* ---- values ---- */

static bool to_json(struct interp *interp, const struct value *value, unsigned depth, struct json *ret_json);

/* What cannot be evaluated is not there. */
static bool slot_json(struct interp *interp, struct slot *slot, unsigned depth, struct json *ret_json)
{
	struct value value;
	unsigned level = interp->depth;
	bool ok = slot_value(interp, slot, &value) && to_json(interp, &value, depth, ret_json);
	interp->depth = level;
	err_clear(interp->err);
	ok = ok || variable_named(interp, slot->node, ret_json);
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

/* ---- .env files ---- */

/* What a call for itself loads: its argument's path, the argument, or what Next.js looks at. */
enum loader { LOADS_NOTHING, LOADS_PATH, LOADS_ARGUMENT, LOADS_NEXT };

static enum loader loader_of(const struct node *call, bool dotenv)
{
	static const struct {
		const char *name;
		enum loader loader;
	} loaders[] = { { "config", LOADS_PATH },
			{ "configDotenv", LOADS_PATH },
			{ "loadEnvFile", LOADS_ARGUMENT },
			{ "loadEnvConfig", LOADS_NEXT } };
	const struct node *function = node_role(call, R_FUNCTION);
	struct str name = function ? function->text : STR("");
	for (size_t i = 0; i < LEN(loaders); i++) {
		struct str known = str_of(loaders[i].name);
		if (str_ends(name, known) && (name.len == known.len || name.ptr[name.len - known.len - 1] == '.'))
			return loaders[i].loader == LOADS_PATH && !dotenv ? LOADS_NOTHING : loaders[i].loader;
	}
	return LOADS_NOTHING;
}

static void add_env_file(struct arena *arena, struct strs *files, const struct value *value, bool first)
{
	if (value->kind != V_STRING || !value->text.len)
		return;
	vec_push(arena, files, value->text);
	for (size_t i = files->len - 1; first && i > 0; i--) {
		files->ptr[i] = files->ptr[i - 1];
		files->ptr[i - 1] = value->text;
	}
}

static void add_env_files(struct interp *interp, const struct value *value, bool first, struct strs *files)
{
	struct value paths = js_settle(interp, value), item;
	if (paths.kind != V_ARRAY) {
		add_env_file(interp->arena, files, &paths, first);
		return;
	}
	for (size_t i = 0; i < paths.array->items.len; i++)
		if (slot_value(interp, paths.array->items.ptr[i], &item))
			add_env_file(interp->arena, files, &item, first);
}

static void note_load(struct interp *interp, struct module *module, const struct node *call, enum loader loader,
		      struct strs *files)
{
	const struct node *arguments = node_role(call, R_ARGUMENTS);
	struct value usual = js_text(loader == LOADS_NEXT ? ".env.local" : ".env"), argument = js_undefined(),
		     path = usual;
	struct slot *slot, *override;
	struct value overrides = js_undefined();
	if (loader != LOADS_NEXT && arguments && arguments->first &&
	    !interp_eval(interp, module->scope, arguments->first, &argument))
		return;
	if (loader == LOADS_ARGUMENT && argument.kind != V_UNDEFINED)
		path = argument;
	else if (js_member(interp, &argument, "path", &slot) && !slot_value(interp, slot, &path))
		return;
	if (js_member(interp, &argument, "override", &override) && !slot_value(interp, override, &overrides))
		return;
	add_env_files(interp, &path, overrides.kind == V_BOOLEAN && overrides.truth, files);
}

struct strs typescript_env_files(struct arena *arena, const char *root, const char *path)
{
	struct err ignored = { .arena = arena };
	struct interp *interp = interp_new(arena, root, find_external, &ignored);
	struct strs files = { 0 };
	struct module *module;
	struct str text;
	if (!file_read(arena, path, &text, &ignored) ||
	    (str_find(text, STR("dotenv")) < 0 && str_find(text, STR("loadEnv")) < 0) ||
	    !module_load(interp, path, &module) || !module->source)
		return files;
	const struct node *top = module->source->root;
	bool dotenv = str_find(module->source->text, STR("dotenv")) >= 0;
	for (const struct node *node = top; node; node = node_after(top, node, true)) {
		enum loader loader = node->kind == N_CALL_EXPRESSION ? loader_of(node, dotenv) : LOADS_NOTHING;
		if (node->kind == N_IMPORT_STATEMENT &&
		    str_eq(specifier_of(interp, module, node), STR("dotenv/config")))
			vec_push(arena, &files, STR(".env"));
		if (loader != LOADS_NOTHING)
			note_load(interp, module, node, loader, &files);
		interp->depth = 0;
		err_clear(&ignored);
	}
	return files;
}
