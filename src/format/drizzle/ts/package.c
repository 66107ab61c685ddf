#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "format/drizzle/ts/resolve.h"

/* Packages of the same workspace, and what their package.json says about their files. */

enum { MAX_LEVELS = 64, MAX_GLOB_DEPTH = 6 };

/* ---- files of a package ---- */

static const char *existing_source(struct arena *arena, const char *package, struct str target)
{
	const char *path = path_join(arena, package, str_dup(arena, target));
	if (str_ends(target, STR(".d.ts")) || str_ends(target, STR(".d.mts")) || str_ends(target, STR(".d.cts")))
		return NULL;
	return file_exists(path) ? resolve_file(arena, path) : NULL;
}

/* "./dist/x.js" or "./dist/x.d.ts" of a package that is not built: its source is likely src/x.ts. */
static const char *unbuilt_source(struct arena *arena, const char *package, struct str target)
{
	static const char *const outputs[] = {
		"./dist/", "dist/", "./build/", "build/", "./lib/", "lib/", "./dist/src/"
	};
	static const char *const endings[] = { ".d.ts", ".d.mts", ".js", ".mjs", ".cjs" };
	for (size_t i = 0; i < LEN(outputs); i++) {
		if (!str_starts(target, str_of(outputs[i])))
			continue;
		struct str rest = str_slice(target, strlen(outputs[i]), target.len);
		for (size_t j = 0; j < LEN(endings); j++)
			if (str_ends(rest, str_of(endings[j]))) {
				rest.len -= strlen(endings[j]);
				break;
			}
		const char *found = resolve_file(arena, arena_printf(arena, "%s/src/" STR_FMT, package, STR_ARG(rest)));
		if (found)
			return found;
	}
	return NULL;
}

/* All texts below a value of "exports": conditions nest. */
static void add_targets(struct arena *arena, const struct json *value, struct str star, unsigned depth,
			struct strs *targets)
{
	if (value->kind == JS_STRING)
		vec_push(arena, targets, str_of(js_replace_star(arena, value->text, star)));
	for (size_t i = 0; depth < 8 && (value->kind == JS_OBJECT || value->kind == JS_ARRAY) && i < value->len; i++)
		add_targets(arena, &value->ptr[i], star, depth + 1, targets);
}

/* The member of "exports" or "imports" for a path: exact, else the pattern with the longest beginning. */
static const struct json *match_subpath(const struct json *map, struct str subpath, struct str *ret_star)
{
	const struct json *best = NULL;
	size_t best_len = 0;
	for (size_t i = 0; i < map->len; i++) {
		struct str star, before, after, key = map->ptr[i].key;
		str_cut(key, '*', &before, &after);
		if (!js_match_star(key, subpath, &star) || (best && before.len <= best_len))
			continue;
		best = &map->ptr[i];
		best_len = before.len;
		*ret_star = star;
	}
	return best;
}

static void exported_targets(struct arena *arena, const struct json *json, struct str subpath, struct strs *targets)
{
	const struct json *exports = json_get(json, "exports");
	struct str star = { "", 0 };
	bool conditions_only = exports && exports->kind == JS_OBJECT && exports->len && exports->ptr[0].key.len &&
		exports->ptr[0].key.ptr[0] != '.';
	const struct json *found = exports;
	if (exports && exports->kind == JS_OBJECT && !conditions_only)
		found = match_subpath(exports, subpath, &star);
	else if (!str_eq(subpath, STR(".")))
		found = NULL;
	if (found)
		add_targets(arena, found, star, 0, targets);
	static const char *const fields[] = { "source", "module", "main", "types" };
	for (size_t i = 0; str_eq(subpath, STR(".")) && i < LEN(fields); i++) {
		const char *text = json_get_text(json, fields[i], NULL);
		if (text)
			vec_push(arena, targets, str_of(text));
	}
}

const char *package_file(struct interp *interp, const char *package, struct str subpath)
{
	struct arena *arena = interp->arena;
	struct strs targets = { 0 };
	const char *found = NULL;
	exported_targets(arena, js_configuration(interp, path_join(arena, package, "package.json")), subpath, &targets);
	for (size_t i = 0; !found && i < targets.len; i++)
		found = existing_source(arena, package, targets.ptr[i]);
	for (size_t i = 0; !found && i < targets.len; i++)
		found = unbuilt_source(arena, package, targets.ptr[i]);
	if (!found)
		found = resolve_file(arena, path_join(arena, package, str_dup(arena, subpath)));
	if (!found)
		found = resolve_file(arena, arena_printf(arena, "%s/src/" STR_FMT, package, STR_ARG(subpath)));
	return found;
}

/* "#db/schema": the "imports" of the package that the folder is in. */
const char *package_import(struct interp *interp, const char *folder, struct str specifier)
{
	struct arena *arena = interp->arena;
	for (unsigned level = 0; folder && level < MAX_LEVELS; level++, folder = folder_above(arena, folder)) {
		const struct json *json = js_configuration(interp, path_join(arena, folder, "package.json"));
		const struct json *imports = json_get_kind(json, "imports", JS_OBJECT), *found;
		struct str star = { "", 0 };
		struct strs targets = { 0 };
		if (!json)
			continue;
		found = imports ? match_subpath(imports, specifier, &star) : NULL;
		if (!found)
			return NULL;
		add_targets(arena, found, star, 0, &targets);
		for (size_t i = 0; i < targets.len; i++) {
			const char *path = existing_source(arena, folder, targets.ptr[i]);
			if (path)
				return path;
		}
		return NULL;
	}
	return NULL;
}

/* ---- the workspace ---- */

static bool has_name(struct interp *interp, const char *folder, struct str name)
{
	const struct json *json = js_configuration(interp, path_join(interp->arena, folder, "package.json"));
	const char *text = json_get_text(json, "name", NULL);
	return text && str_eq(str_of(text), name);
}

/* The folder below `folder` that the rest of a glob ("packages/a*") leads to and that is the package of that name. */
static const char *search_glob(struct interp *interp, const char *folder, struct str glob, struct str name,
			       unsigned depth)
{
	struct arena *arena = interp->arena;
	struct str segment, rest = { 0 };
	struct names names = { 0 };
	struct err ignored = { .arena = arena };
	while (str_starts(glob, STR("./")))
		glob = str_slice(glob, 2, glob.len);
	if (!glob.len)
		return has_name(interp, folder, name) ? folder : NULL;
	str_cut(glob, '/', &segment, &rest);
	bool deep = str_eq(segment, STR("**"));
	if (!memchr(segment.ptr, '*', segment.len))
		return search_glob(interp, path_join(arena, folder, str_dup(arena, segment)), rest, name, depth);
	if (deep && has_name(interp, folder, name))
		return folder;
	if (depth > MAX_GLOB_DEPTH || !file_is_dir(folder) || !dir_list(arena, folder, &names, &ignored))
		return NULL;
	for (size_t i = 0; i < names.len; i++) {
		const char *inner = path_join(arena, folder, names.ptr[i]);
		struct str star;
		if (names.ptr[i][0] == '.' || strcmp(names.ptr[i], "node_modules") == 0 || !file_is_dir(inner) ||
		    (!deep && !js_match_star(segment, str_of(names.ptr[i]), &star)))
			continue;
		const char *found = search_glob(interp, inner, deep ? glob : rest, name, depth + 1);
		if (found)
			return found;
	}
	return NULL;
}

/* The list under "packages:" in pnpm-workspace.yaml: one item a line. */
static void read_pnpm(struct interp *interp, const char *path, struct strs *globs)
{
	struct err ignored = { .arena = interp->arena };
	struct str text, line;
	bool inside = false;
	if (!file_exists(path) || !file_read(interp->arena, path, &text, &ignored))
		return;
	while (text.len) {
		str_cut(text, '\n', &line, &text);
		if (!str_starts(line, STR(" ")) && !str_starts(line, STR("-")) && str_trim(line).len)
			inside = str_starts(line, STR("packages:"));
		line = str_trim(line);
		if (!inside || !str_starts(line, STR("-")))
			continue;
		line = str_trim(str_slice(line, 1, line.len));
		if (line.len > 1 && (line.ptr[0] == '"' || line.ptr[0] == '\''))
			line = str_slice(line, 1, line.len - 1);
		if (line.len && line.ptr[0] != '!')
			vec_push(interp->arena, globs, line);
	}
}

static void read_globs(struct interp *interp, const char *folder, struct strs *globs)
{
	const struct json *json = js_configuration(interp, path_join(interp->arena, folder, "package.json"));
	const struct json *list = json_get(json, "workspaces");
	if (list && list->kind == JS_OBJECT)
		list = json_get(list, "packages");
	for (size_t i = 0; list && list->kind == JS_ARRAY && i < list->len; i++)
		if (list->ptr[i].kind == JS_STRING && !str_starts(list->ptr[i].text, STR("!")))
			vec_push(interp->arena, globs, list->ptr[i].text);
	read_pnpm(interp, path_join(interp->arena, folder, "pnpm-workspace.yaml"), globs);
}

/* Linked in node_modules, and not from a store in there: a package of ours. */
static const char *linked_package(struct interp *interp, const char *folder, struct str name, bool *ret_installed)
{
	const char *path = arena_printf(interp->arena, "%s/node_modules/" STR_FMT, folder, STR_ARG(name));
	char *real = realpath(path, NULL);
	const char *found = real ? arena_strdup(interp->arena, real) : NULL;
	free(real);
	*ret_installed = found != NULL;
	return found && !strstr(found, "/node_modules/") ? found : NULL;
}

const char *workspace_package(struct interp *interp, const char *folder, struct str name)
{
	struct arena *arena = interp->arena;
	bool installed;
	for (unsigned level = 0; name.len && folder && level < MAX_LEVELS;
	     level++, folder = folder_above(arena, folder)) {
		struct strs globs = { 0 };
		const char *found = linked_package(interp, folder, name, &installed);
		if (installed)
			return found;
		if (has_name(interp, folder, name))
			return folder;
		read_globs(interp, folder, &globs);
		for (size_t i = 0; i < globs.len; i++) {
			found = search_glob(interp, folder, globs.ptr[i], name, 0);
			if (found)
				return found;
		}
	}
	return NULL;
}
