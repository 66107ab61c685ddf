#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "format/drizzle/ts/module.h"
#include "format/drizzle/ts/resolve.h"

/* ---- reading ---- */

static struct slot *import_slot(struct interp *interp, const struct module *module, const struct node *statement,
				struct str name)
{
	struct slot *slot = arena_alloc(interp->arena, sizeof(*slot));
	*slot = (struct slot){
		.state = SLOT_LAZY, .from = FROM_IMPORT, .node = statement, .scope = module->scope, .key = name
	};
	return slot;
}

static struct str specifier_name(struct interp *interp, const struct node *node)
{
	return node->kind == N_STRING ? node_string(interp->arena, node) : node->text;
}

static void add_named_imports(struct interp *interp, struct module *module, const struct node *statement,
			      const struct node *names)
{
	for (const struct node *child = names->first; child; child = child->next) {
		const struct node *name = node_role(child, R_NAME), *alias = node_role(child, R_ALIAS);
		if (child->kind != N_IMPORT_SPECIFIER || !name)
			continue;
		map_set(interp->arena, &module->scope->names, (alias ? alias : name)->text,
			import_slot(interp, module, statement, specifier_name(interp, name)));
	}
}

static void add_import(struct interp *interp, struct module *module, const struct node *statement)
{
	const struct node *clause = node_kind(statement, N_IMPORT_CLAUSE);
	if (!clause && node_role(statement, R_SOURCE))
		vec_push(interp->arena, &module->bare, slot_lazy(interp->arena, statement, module->scope));
	for (const struct node *child = clause ? clause->first : NULL; child; child = child->next) {
		if (child->kind == N_IDENTIFIER)
			map_set(interp->arena, &module->scope->names, child->text,
				import_slot(interp, module, statement, STR("default")));
		else if (child->kind == N_NAMESPACE_IMPORT && child->last)
			map_set(interp->arena, &module->scope->names, child->last->text,
				import_slot(interp, module, statement, STR("*")));
		else if (child->kind == N_NAMED_IMPORTS)
			add_named_imports(interp, module, statement, child);
	}
}

/* export { a, b as c }, export { a } from "./x" */
static void add_export_clause(struct interp *interp, struct module *module, const struct node *statement,
			      const struct node *clause)
{
	bool elsewhere = node_role(statement, R_SOURCE) != NULL;
	for (const struct node *child = clause->first; child; child = child->next) {
		const struct node *name = node_role(child, R_NAME), *alias = node_role(child, R_ALIAS);
		if (child->kind != N_EXPORT_SPECIFIER || !name || node_has(child, "type"))
			continue;
		struct str exported = specifier_name(interp, alias ? alias : name);
		struct slot *slot = elsewhere ? import_slot(interp, module, statement, specifier_name(interp, name))
					      : slot_lazy(interp->arena, name, module->scope);
		map_set(interp->arena, &module->own, exported, slot);
	}
}

/* The names that a declaration makes are exported by what the scope holds for them. */
static void export_names(struct interp *interp, struct module *module, const struct node *pattern)
{
	if (pattern->kind == N_IDENTIFIER || pattern->kind == N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN) {
		struct slot *slot = map_get(&module->scope->names, pattern->text);
		if (slot)
			map_set(interp->arena, &module->own, pattern->text, slot);
		return;
	}
	if (++interp->depth <= INTERP_MAX_DEPTH)
		for (const struct node *child = pattern->first; child; child = child->next)
			if (child->role != R_KEY && child->role != R_RIGHT)
				export_names(interp, module, child);
	interp->depth--;
}

static bool add_export_declaration(struct interp *interp, struct module *module, const struct node *statement,
				   const struct node *declaration)
{
	const struct node *name = node_role(declaration, R_NAME);
	if (!scope_declare(interp, module->scope, declaration))
		return false;
	if (node_has(statement, "default")) {
		map_set(interp->arena, &module->own, STR("default"),
			slot_lazy(interp->arena, declaration, module->scope));
		return true;
	}
	for (const struct node *child = declaration->first; child; child = child->next)
		if (child->kind == N_VARIABLE_DECLARATOR)
			export_names(interp, module, node_role(child, R_NAME));
	struct slot *slot = name ? map_get(&module->scope->names, name->text) : NULL; /* a function, a class, an enum */
	if (slot && declaration->kind != N_LEXICAL_DECLARATION)
		map_set(interp->arena, &module->own, name->text, slot);
	return true;
}

static bool add_export(struct interp *interp, struct module *module, const struct node *statement)
{
	const struct node *clause = node_kind(statement, N_EXPORT_CLAUSE);
	const struct node *namespace = node_kind(statement, N_NAMESPACE_EXPORT);
	const struct node *declaration = node_role(statement, R_DECLARATION), *value = node_role(statement, R_VALUE);
	if (node_has(statement, "type"))
		return true;
	if (clause)
		add_export_clause(interp, module, statement, clause);
	else if (namespace && namespace->last)
		map_set(interp->arena, &module->own, namespace->last->text,
			import_slot(interp, module, statement, STR("*")));
	else if (declaration)
		return add_export_declaration(interp, module, statement, declaration);
	else if (value)
		map_set(interp->arena, &module->own, STR("default"), slot_lazy(interp->arena, value, module->scope));
	else if (node_role(statement, R_SOURCE))
		vec_push(interp->arena, &module->stars, slot_lazy(interp->arena, statement, module->scope));
	return true;
}

/* `module.exports = value` and `exports.name = value`, as older JavaScript exports. */
static bool add_assigned_export(struct interp *interp, struct module *module, const struct node *statement)
{
	const struct node *assignment = statement->first;
	if (!assignment || assignment->kind != N_ASSIGNMENT_EXPRESSION)
		return false;
	struct str left = node_role(assignment, R_LEFT)->text;
	const struct node *right = node_role(assignment, R_RIGHT);
	struct str name = STR("default");
	if (str_starts(left, STR("module.exports.")))
		name = str_slice(left, strlen("module.exports."), left.len);
	else if (str_starts(left, STR("exports.")))
		name = str_slice(left, strlen("exports."), left.len);
	else if (!str_eq(left, STR("module.exports")))
		return false;
	map_set(interp->arena, &module->own, name, slot_lazy(interp->arena, right, module->scope));
	return true;
}

/* All names are declared now: what is assigned to functions is theirs, and no effect. */
static void take_members(struct interp *interp, struct module *module)
{
	size_t kept = 0;
	for (size_t i = 0; i < module->effects.len; i++)
		if (!function_add_member(interp, module->scope, module->effects.ptr[i]->node))
			module->effects.ptr[kept++] = module->effects.ptr[i];
	module->effects.len = kept;
}

/* A loop or the like at the top of a module. */
static bool is_run(const struct node *statement)
{
	return statement->kind == N_FOR_IN_STATEMENT || statement->kind == N_FOR_STATEMENT ||
		statement->kind == N_WHILE_STATEMENT || statement->kind == N_IF_STATEMENT ||
		statement->kind == N_SWITCH_STATEMENT || statement->kind == N_STATEMENT_BLOCK ||
		statement->kind == N_DO_STATEMENT || statement->kind == N_TRY_STATEMENT;
}

static bool read_statements(struct interp *interp, struct module *module)
{
	for (const struct node *child = module->source->root->first; child; child = child->next) {
		if (child->kind == N_IMPORT_STATEMENT)
			add_import(interp, module, child);
		else if (child->kind == N_EXPORT_STATEMENT) {
			if (!add_export(interp, module, child))
				return false;
		} else if (child->kind == N_EXPRESSION_STATEMENT &&
			   !(child->first && child->first->kind == N_INTERNAL_MODULE)) {
			if (!add_assigned_export(interp, module, child))
				vec_push(interp->arena, &module->effects,
					 slot_lazy(interp->arena, child, module->scope));
		} else if (is_run(child)) {
			vec_push(interp->arena, &module->effects, slot_lazy(interp->arena, child, module->scope));
		} else if (!scope_declare(interp, module->scope, child)) {
			return false;
		}
	}
	take_members(interp, module);
	changes_find(interp, module->scope, module->source->root);
	order_find(interp, module);
	return true;
}

/* ---- JSON ---- */

static struct value value_of_json(struct interp *interp, const struct json *json, unsigned depth)
{
	struct arena *arena = interp->arena;
	struct value value = js_undefined();
	if (json->kind == JS_NULL || depth > JSON_MAX_DEPTH)
		value.kind = V_NULL;
	else if (json->kind == JS_BOOL)
		value = js_boolean(json->truth);
	else if (json->kind == JS_NUMBER)
		value = js_number(strtod(json->text.ptr, NULL));
	else if (json->kind == JS_STRING)
		value = js_string(json->text);
	else
		value = json->kind == JS_ARRAY ? js_array(arena) : js_object(arena);
	for (size_t i = 0; json->kind == JS_ARRAY && i < json->len; i++)
		js_array_add(arena, value.array, slot_ready(arena, value_of_json(interp, &json->ptr[i], depth + 1)));
	for (size_t i = 0; json->kind == JS_OBJECT && i < json->len; i++)
		js_object_set(arena, value.object, json->ptr[i].key,
			      slot_ready(arena, value_of_json(interp, &json->ptr[i], depth + 1)));
	return value;
}

static bool load_json(struct interp *interp, struct module *module)
{
	struct json json;
	if (!json_load(interp->arena, JSON_PLAIN, module->path, &json, interp->err))
		return false;
	struct value value = value_of_json(interp, &json, 0);
	map_set(interp->arena, &module->own, STR("default"), slot_ready(interp->arena, value));
	for (size_t i = 0; value.kind == V_OBJECT && i < value.object->map.len; i++)
		map_set(interp->arena, &module->own, value.object->map.ptr[i].key, value.object->map.ptr[i].value);
	return true;
}

/* ---- loading ---- */

static bool is_program(const char *path)
{
	static const char *const endings[] = { ".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx", ".jsx" };
	for (size_t i = 0; i < LEN(endings); i++)
		if (str_ends(str_of(path), str_of(endings[i])))
			return true;
	return false;
}

static bool may_have_jsx(const char *path)
{
	return str_ends(str_of(path), STR(".tsx")) || str_ends(str_of(path), STR(".jsx"));
}

/* A component that something is imported from, of which a schema needs nothing: only who needs it is refused. */
static void note_jsx(struct interp *interp, struct module *module)
{
	struct err *why = arena_alloc(interp->arena, sizeof(*why));
	*why = (struct err){ .arena = interp->arena };
	err_set(why, ERR_FAILED, "typescript-unsupported", "JSX is not understood");
	err_at(why, interp->err->file, interp->err->line, interp->err->column);
	err_clear(interp->err);
	module->unreadable = why;
}

bool module_load(struct interp *interp, const char *path, struct module **ret_module)
{
	char *real = realpath(path, NULL);
	struct str key = str_of(arena_strdup(interp->arena, real ? real : path));
	struct source *source;
	free(real);
	*ret_module = map_get(&interp->modules, key);
	if (*ret_module)
		return true;
	if (interp->modules.len >= INTERP_MAX_MODULES)
		return err_set(interp->err, ERR_FAILED, "typescript-unsupported", "\"%s\" is one file too many", path);
	struct module *module = arena_alloc(interp->arena, sizeof(*module));
	*module = (struct module){ .path = arena_strdup(interp->arena, path),
				   .scope = scope_new(interp->arena, interp->globals) };
	module->scope->module = module;
	if (str_ends(str_of(path), STR(".json"))) {
		if (!load_json(interp, module))
			return false;
	} else if (is_program(path) && syntax_load(interp->arena, module->path, &source, interp->err)) {
		module->source = source;
		if (!read_statements(interp, module))
			return false;
	} else if (may_have_jsx(path)) {
		note_jsx(interp, module);
	} else if (is_program(path)) {
		return false;
	}
	map_set(interp->arena, &interp->modules, key, module);
	module_begin(interp, module);
	*ret_module = module;
	return true;
}

/* ---- exports ---- */

bool import_module(struct interp *interp, const struct module *from, const struct node *at, struct str specifier,
		   struct module **ret_module)
{
	const char *path;
	*ret_module = NULL;
	if (!resolve_import(interp, path_dir(interp->arena, from->path), specifier, &path)) {
		node_refuse(at, interp->err, "typescript-module-missing", "there is no file for \"" STR_FMT "\"",
			    STR_ARG(specifier));
		return false;
	}
	return !path || module_load(interp, path, ret_module);
}

static struct str plain_specifier(struct interp *interp, const struct module *from, struct str specifier)
{
	struct str package;
	const char *path;
	deno_import(interp, path_dir(interp->arena, from->path), specifier, &package, &path);
	return path ? specifier : package;
}

struct str specifier_of(struct interp *interp, const struct module *from, const struct node *statement)
{
	return plain_specifier(interp, from, node_string(interp->arena, node_role(statement, R_SOURCE)));
}

bool module_export(struct interp *interp, struct module *module, struct str name, struct slot **ret_slot)
{
	*ret_slot = map_get(&module->own, name);
	if (*ret_slot || module->visiting || str_eq(name, STR("default")))
		return true;
	module->visiting = true;
	bool ok = true;
	for (size_t i = 0; ok && !*ret_slot && i < module->stars.len; i++) {
		const struct node *statement = module->stars.ptr[i]->node;
		struct str specifier = specifier_of(interp, module, statement);
		struct module *other;
		struct value value;
		if (interp->external && interp->external(interp, str_dup(interp->arena, specifier), name, &value) &&
		    value.kind != V_UNDEFINED)
			*ret_slot = slot_ready(interp->arena, value);
		else
			ok = import_module(interp, module, statement, specifier, &other) &&
				(!other || module_export(interp, other, name, ret_slot));
	}
	module->visiting = false;
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct export *)a)->name, ((const struct export *)b)->name);
}

static bool is_listed(const struct exports *exports, struct str name)
{
	for (size_t i = 0; i < exports->len; i++)
		if (str_eq(exports->ptr[i].name, name))
			return true;
	return false;
}

static bool add_exports(struct interp *interp, struct module *module, bool top, struct exports *exports)
{
	size_t first = exports->len;
	if (module->unreadable) {
		err_copy(interp->err, module->unreadable);
		return false;
	}
	if (module->visiting)
		return true;
	module->visiting = true;
	for (size_t i = 0; i < module->own.len; i++) {
		struct export one = { module->own.ptr[i].key, module->own.ptr[i].value };
		if ((top || !str_eq(one.name, STR("default"))) && !is_listed(exports, one.name))
			vec_push(interp->arena, exports, one);
	}
	if (exports->len > first)
		qsort(exports->ptr + first, exports->len - first, sizeof(*exports->ptr), by_name);
	bool ok = true;
	for (size_t i = 0; ok && i < module->stars.len; i++) {
		const struct node *statement = module->stars.ptr[i]->node;
		struct module *other;
		ok = import_module(interp, module, statement, specifier_of(interp, module, statement), &other) &&
			(!other || add_exports(interp, other, false, exports));
	}
	module->visiting = false;
	return ok;
}

bool module_exports(struct interp *interp, struct module *module, struct exports *ret_exports)
{
	*ret_exports = (struct exports){ 0 };
	return add_exports(interp, module, true, ret_exports);
}

/* ---- imports ---- */

static bool namespace_value(struct interp *interp, struct module *module, struct value *ret_value)
{
	struct exports exports;
	*ret_value = js_object(interp->arena);
	if (!module_exports(interp, module, &exports))
		return false;
	for (size_t i = 0; i < exports.len; i++)
		js_object_set(interp->arena, ret_value->object, exports.ptr[i].name, exports.ptr[i].slot);
	return true;
}

static struct value foreign(struct interp *interp, struct str specifier)
{
	return js_opaque(str_of(arena_printf(interp->arena, "the package \"" STR_FMT "\"", STR_ARG(specifier))));
}

static bool named_value(struct interp *interp, struct module *module, const struct slot *import, struct str specifier,
			struct value *ret_value)
{
	struct slot *slot;
	if (!module->source && !module->own.len) {
		*ret_value = foreign(interp, specifier);
		return true;
	}
	if (!module_export(interp, module, import->key, &slot))
		return false;
	if (slot)
		return slot_value(interp, slot, ret_value);
	if (str_eq(import->key, STR("default"))) /* as esbuild does for modules that have none */
		return namespace_value(interp, module, ret_value);
	return node_refuse(import->node, interp->err, "typescript-module-missing",
			   "\"%s\" does not export \"" STR_FMT "\"", module->path, STR_ARG(import->key));
}

bool import_value(struct interp *interp, const struct slot *import, struct value *ret_value)
{
	const struct module *from = import->scope->module;
	struct str specifier = specifier_of(interp, from, import->node);
	struct module *module;
	const char *package = str_dup(interp->arena, specifier);
	if ((interp->external && interp->external(interp, package, import->key, ret_value)) ||
	    path_external(interp, package, import->key, ret_value))
		return true;
	if (!import_module(interp, from, import->node, specifier, &module))
		return false;
	if (!module) {
		*ret_value = foreign(interp, specifier);
		return true;
	}
	if (str_eq(import->key, STR("*")))
		return namespace_value(interp, module, ret_value);
	return named_value(interp, module, import, specifier, ret_value);
}

bool import_slot_of(struct interp *interp, const struct slot *import, struct slot **ret_slot)
{
	struct module *module;
	*ret_slot = NULL;
	const struct module *from = import->scope->module;
	if (!import_module(interp, from, import->node, specifier_of(interp, from, import->node), &module))
		return false;
	return !module || module_export(interp, module, import->key, ret_slot);
}

bool require_value(struct interp *interp, struct module *from, const struct node *at, struct str specifier,
		   struct value *ret_value)
{
	struct module *module;
	struct slot *slot;
	specifier = plain_specifier(interp, from, specifier);
	const char *package = str_dup(interp->arena, specifier);
	if ((interp->external && interp->external(interp, package, STR("*"), ret_value)) ||
	    path_external(interp, package, STR("*"), ret_value))
		return true;
	if (!import_module(interp, from, at, specifier, &module))
		return false;
	*ret_value = foreign(interp, specifier);
	if (!module)
		return true;
	slot = map_get(&module->own, STR("default"));
	return slot && module->own.len == 1 ? slot_value(interp, slot, ret_value)
					    : namespace_value(interp, module, ret_value);
}

struct interp *interp_new(struct arena *arena, const char *root, external_fn *external, struct err *err)
{
	struct interp *interp = arena_alloc(arena, sizeof(*interp));
	*interp = (struct interp){ .arena = arena, .err = err, .external = external, .root = root };
	interp->globals = scope_new(arena, NULL);
	globals_fill(interp);
	return interp;
}
