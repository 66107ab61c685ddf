#include "format/drizzle/ts/resolve.h"

#include "base/file.h"
#include "base/json.h"

static bool is_file(const char *path)
{
	return file_exists(path) && !file_is_dir(path);
}

static const char *with_endings(struct arena *arena, const char *path)
{
	static const char *const endings[] = { ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json" };
	for (size_t i = 0; i < LEN(endings); i++) {
		const char *candidate = arena_printf(arena, "%s%s", path, endings[i]);
		if (is_file(candidate))
			return candidate;
	}
	return NULL;
}

/* "./x.js" is how TypeScript names x.ts where modules are Node's own. */
static const char *with_source_ending(struct arena *arena, const char *path)
{
	static const char *const swaps[][2] = {
		{ ".js", ".ts" }, { ".js", ".tsx" }, { ".mjs", ".mts" }, { ".cjs", ".cts" }
	};
	for (size_t i = 0; i < LEN(swaps); i++) {
		if (!str_ends(str_of(path), str_of(swaps[i][0])))
			continue;
		const char *candidate =
			arena_printf(arena, "%.*s%s", (int)(strlen(path) - strlen(swaps[i][0])), path, swaps[i][1]);
		if (is_file(candidate))
			return candidate;
	}
	return NULL;
}

const char *resolve_file(struct arena *arena, const char *path)
{
	if (is_file(path))
		return path;
	const char *found = with_endings(arena, path);
	if (!found)
		found = with_source_ending(arena, path);
	if (!found && file_is_dir(path))
		found = with_endings(arena, path_join(arena, path, "index"));
	return found;
}

const struct json *js_configuration(struct interp *interp, const char *path)
{
	struct str key = str_of(arena_strdup(interp->arena, path));
	const struct json *known = map_get(&interp->configurations, key);
	if (known)
		return known->kind == JS_NULL ? NULL : known;
	struct json *json = arena_alloc(interp->arena, sizeof(*json));
	struct err ignored = { .arena = interp->arena };
	if (!is_file(path) || !json_load(interp->arena, JSON_WITH_COMMENTS, path, json, &ignored))
		*json = json_new(JS_NULL);
	map_set(interp->arena, &interp->configurations, key, json);
	return json->kind == JS_NULL ? NULL : json;
}

bool js_match_star(struct str pattern, struct str text, struct str *ret_star)
{
	struct str before, after;
	*ret_star = (struct str){ "", 0 };
	if (!str_cut(pattern, '*', &before, &after))
		return str_eq(pattern, text);
	if (text.len < before.len + after.len || !str_starts(text, before) || !str_ends(text, after))
		return false;
	*ret_star = str_slice(text, before.len, text.len - after.len);
	return true;
}

const char *js_replace_star(struct arena *arena, struct str pattern, struct str star)
{
	struct buf text = buf_init(arena);
	for (size_t i = 0; i < pattern.len; i++) {
		if (pattern.ptr[i] == '*')
			buf_str(&text, star);
		else
			buf_char(&text, pattern.ptr[i]);
	}
	return text.ptr;
}

static bool is_relative(struct str specifier)
{
	return str_starts(specifier, STR("./")) || str_starts(specifier, STR("../")) ||
		str_starts(specifier, STR("/")) || str_eq(specifier, STR(".")) || str_eq(specifier, STR(".."));
}

/* "@scope/name/sub/path" is a name and "./sub/path"; without a sub path ".". */
static void split_package(struct arena *arena, struct str specifier, struct str *ret_name, struct str *ret_subpath)
{
	size_t slash = 0, wanted = specifier.len && specifier.ptr[0] == '@' ? 2 : 1;
	for (slash = 0; slash < specifier.len; slash++)
		if (specifier.ptr[slash] == '/' && --wanted == 0)
			break;
	*ret_name = str_slice(specifier, 0, slash);
	*ret_subpath = slash == specifier.len
		? STR(".")
		: str_of(arena_printf(arena, "." STR_FMT, STR_ARG(str_slice(specifier, slash, specifier.len))));
}

bool resolve_import(struct interp *interp, const char *folder, struct str specifier, const char **ret_path)
{
	struct arena *arena = interp->arena;
	struct str name, subpath;
	*ret_path = NULL;
	if (str_starts(specifier, STR("node:")))
		return true;
	if (is_relative(specifier)) {
		/* Places are shown as "src/b.ts", not as "src/./b.ts". */
		while (str_starts(specifier, STR("./")) && specifier.len > 2 && specifier.ptr[2] != '/')
			specifier = str_slice(specifier, 2, specifier.len);
		const char *path = path_join(arena, folder, str_dup(arena, specifier));
		*ret_path = resolve_file(arena, path);
		if (!*ret_path)
			*ret_path = unbuilt_file(interp, path);
		return *ret_path != NULL;
	}
	if (deno_import(interp, folder, specifier, &specifier, ret_path) && *ret_path) {
		*ret_path = resolve_file(arena, *ret_path);
		return *ret_path != NULL;
	}
	*ret_path = specifier.len && specifier.ptr[0] == '#' ? package_import(interp, folder, specifier) : NULL;
	if (!*ret_path)
		*ret_path = tsconfig_file(interp, folder, specifier);
	if (*ret_path)
		return true;
	split_package(arena, specifier, &name, &subpath);
	const char *package = workspace_package(interp, folder, name);
	if (package)
		*ret_path = package_file(interp, package, subpath);
	return true;
}
