#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "format/drizzle/ts/resolve.h"

/* Packages of the same workspace, and what their package.json says about their files. */

enum { MAX_LEVELS = 64, MAX_GLOB_DEPTH = 6, MAX_INSIDE = 8 };

/* ---- files of a package ---- */

static const char *existing_source(struct arena *arena, const char *package, struct str target)
{
	const char *path = path_join(arena, package, str_dup(arena, target));
	if (str_ends(target, STR(".d.ts")) || str_ends(target, STR(".d.mts")) || str_ends(target, STR(".d.cts")))
		return NULL;
	return file_exists(path) ? resolve_file(arena, path) : NULL;
}

/* "dist" and "src" of a package that says so in its tsconfig; NULL where it does not. */
static void said_folders(struct interp *interp, const char *package, const char **ret_out, const char **ret_root)
{
	static const char *const names[] = { "tsconfig.build.json", "tsconfig.json" };
	*ret_out = *ret_root = NULL;
	for (size_t i = 0; i < LEN(names); i++) {
		const struct json *json = js_configuration(interp, path_join(interp->arena, package, names[i]));
		const struct json *options = json_get_kind(json, "compilerOptions", JS_OBJECT);
		if (!*ret_out)
			*ret_out = json_get_text(options, "outDir", NULL);
		if (!*ret_root)
			*ret_root = json_get_text(options, "rootDir", NULL);
	}
}

static struct str without_dot(struct str path)
{
	while (str_starts(path, STR("./")))
		path = str_slice(path, 2, path.len);
	while (path.len && path.ptr[path.len - 1] == '/')
		path.len--;
	return path;
}

/* True where path is below the folder; *path is what is left of it then. */
static bool step_into(struct str folder, struct str *path)
{
	if (!folder.len || path->len <= folder.len || !str_starts(*path, folder) || path->ptr[folder.len] != '/')
		return false;
	*path = str_slice(*path, folder.len + 1, path->len);
	return true;
}

static bool step_into_any(const char *const *folders, size_t n, struct str *path)
{
	for (size_t i = 0; i < n; i++)
		if (step_into(str_of(folders[i]), path))
			return true;
	return false;
}

static struct str without_output_ending(struct str path)
{
	static const char *const endings[] = { ".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs" };
	for (size_t i = 0; i < LEN(endings); i++)
		if (str_ends(path, str_of(endings[i])))
			return str_slice(path, 0, path.len - strlen(endings[i]));
	return path;
}

/*
 * "./dist/x.js" or "./dist/esm/x.d.ts" of a package that is not built: its source is src/x.ts, or where the package's tsconfig has its sources (rootDir) for
 * what it builds (outDir).
 */
static const char *unbuilt_source(struct interp *interp, const char *package, struct str target)
{
	static const char *const outputs[] = { "dist", "build", "lib", "out", "esm", "cjs", "types" };
	static const char *const kinds[] = { "esm", "cjs", "types", "es", "node" };
	struct arena *arena = interp->arena;
	const char *said_out, *said_root;
	struct str path = without_output_ending(without_dot(target));
	said_folders(interp, package, &said_out, &said_root);
	if (!(said_out && step_into(without_dot(str_of(said_out)), &path)) &&
	    !step_into_any(outputs, LEN(outputs), &path))
		return NULL;
	const char *const roots[] = { said_root ? said_root : "src", "src", "." };
	for (int inner = 0; inner < 2; inner++) {
		for (size_t i = 0; i < LEN(roots); i++) {
			const char *source = arena_printf(arena, "%s/%s/" STR_FMT, package, roots[i], STR_ARG(path));
			const char *found = resolve_file(arena, source);
			if (found)
				return found;
		}
		if (!step_into_any(kinds, LEN(kinds), &path))
			return NULL;
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
	exported_targets(arena, deno_configuration(interp, package), subpath, &targets);
	for (size_t i = 0; !found && i < targets.len; i++)
		found = existing_source(arena, package, targets.ptr[i]);
	for (size_t i = 0; !found && i < targets.len; i++)
		found = unbuilt_source(interp, package, targets.ptr[i]);
	if (!found)
		found = resolve_file(arena, path_join(arena, package, str_dup(arena, subpath)));
	if (!found)
		found = resolve_file(arena, arena_printf(arena, "%s/src/" STR_FMT, package, STR_ARG(subpath)));
	return found ? found : unbuilt_source(interp, package, subpath);
}

const char *unbuilt_file(struct interp *interp, const char *path)
{
	struct arena *arena = interp->arena;
	const char *folder = path_dir(arena, path);
	for (unsigned level = 0; folder && level < MAX_INSIDE; level++, folder = folder_above(arena, folder)) {
		struct str rest = str_of(path);
		if (file_exists(path_join(arena, folder, "package.json")))
			return step_into(str_of(folder), &rest) ? unbuilt_source(interp, folder, rest) : NULL;
	}
	return NULL;
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
			if (!path)
				path = unbuilt_source(interp, folder, targets.ptr[i]);
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
	if (text && str_eq(str_of(text), name))
		return true;
	text = json_get_text(deno_configuration(interp, folder), "name", NULL);
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

/* A list of globs, or an object that has it under another name. */
static void read_list(struct interp *interp, const struct json *list, const char *inside, struct strs *globs)
{
	if (list && list->kind == JS_OBJECT)
		list = json_get(list, inside);
	for (size_t i = 0; list && list->kind == JS_ARRAY && i < list->len; i++)
		if (list->ptr[i].kind == JS_STRING && !str_starts(list->ptr[i].text, STR("!")))
			vec_push(interp->arena, globs, list->ptr[i].text);
}

static void read_globs(struct interp *interp, const char *folder, struct strs *globs)
{
	const struct json *json = js_configuration(interp, path_join(interp->arena, folder, "package.json"));
	read_list(interp, json_get(json, "workspaces"), "packages", globs);
	read_list(interp, json_get(deno_configuration(interp, folder), "workspace"), "members", globs);
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
