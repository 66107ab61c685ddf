#include "base/file.h"
#include "base/json.h"
#include "format/drizzle/ts/resolve.h"

/*
 * compilerOptions.paths and baseUrl.  A configuration without paths of its own has those of the one that it extends; paths are relative to baseUrl, or
 * to the file in which they stand.
 */

enum { MAX_LEVELS = 64, MAX_EXTENDS = 16 };

/* The file that `extends` means: a path, or a package's. */
static const char *extended_path(struct interp *interp, const char *folder, const char *said)
{
	struct arena *arena = interp->arena;
	const char *found = NULL;
	if (said[0] == '.' || said[0] == '/') {
		const char *path = path_join(arena, folder, said);
		const char *json = arena_printf(arena, "%s.json", path);
		return file_exists(path) && !file_is_dir(path) ? path
			: file_exists(json)                    ? json
							       : path_join(arena, path, "tsconfig.json");
	}
	for (const char *at = folder; at && !found; at = folder_above(arena, at)) {
		const char *path = arena_printf(arena, "%s/node_modules/%s", at, said);
		const char *json = arena_printf(arena, "%s.json", path);
		if (file_exists(path))
			found = file_is_dir(path) ? path_join(arena, path, "tsconfig.json") : path;
		else if (file_exists(json))
			found = json;
	}
	if (found)
		return found;
	/* Not installed, perhaps: "@acme/tsconfig/base.json" of the same workspace. */
	struct str name = str_of(said);
	const char *slash = strchr(said, '/');
	if (said[0] == '@' && slash)
		slash = strchr(slash + 1, '/');
	if (slash)
		name.len = (size_t)(slash - said);
	const char *package = workspace_package(interp, folder, name);
	return package ? path_join(arena, package, slash ? slash + 1 : "tsconfig.json") : NULL;
}

static const char *try_target(struct interp *interp, const char *base, const struct json *target, struct str star)
{
	if (target->kind != JS_STRING)
		return NULL;
	return resolve_file(interp->arena,
			    path_join(interp->arena, base, js_replace_star(interp->arena, target->text, star)));
}

/* The pattern that matches with the longest text before its star wins. */
static const char *match_paths(struct interp *interp, const char *base, const struct json *paths, struct str specifier)
{
	const struct json *best = NULL;
	struct str star, best_star = { 0 };
	size_t best_len = 0;
	for (size_t i = 0; i < paths->len; i++) {
		struct str before, after, pattern = paths->ptr[i].key;
		str_cut(pattern, '*', &before, &after);
		if (!js_match_star(pattern, specifier, &star) || (best && before.len <= best_len))
			continue;
		best = &paths->ptr[i];
		best_star = star;
		best_len = before.len;
	}
	for (size_t i = 0; best && best->kind == JS_ARRAY && i < best->len; i++) {
		const char *found = try_target(interp, base, &best->ptr[i], best_star);
		if (found)
			return found;
	}
	return NULL;
}

/* ---- configurations that a framework writes ---- */

struct generated {
	const char *beginning; /* of the path that is referred to */
	const char *before;    /* what the specifier begins with */
	const char *folders[2];
};

/* What `nuxt prepare` and `svelte-kit sync` write, for clones in which nobody has run them yet. */
static const struct generated generated[] = {
	{ ".nuxt/", "~~/", { "" } },
	{ ".nuxt/", "@@/", { "" } },
	{ ".nuxt/", "#shared/", { "shared/" } },
	{ ".nuxt/", "#server/", { "server/" } },
	{ ".nuxt/", "~/", { "app/", "" } },
	{ ".nuxt/", "@/", { "app/", "" } },
	{ ".svelte-kit/", "$lib/", { "src/lib/" } },
	{ ".svelte-kit/", "$lib", { "src/lib" } },
};

static const char *ask_generated(struct interp *interp, const char *folder, const char *said, struct str specifier)
{
	struct str path = str_of(said);
	while (str_starts(path, STR("./")))
		path = str_slice(path, 2, path.len);
	for (size_t i = 0; i < LEN(generated); i++) {
		const struct generated *g = &generated[i];
		struct str before = str_of(g->before), rest = str_slice(specifier, before.len, specifier.len);
		if (!str_starts(path, str_of(g->beginning)) || !str_starts(specifier, before) ||
		    (rest.len && before.ptr[before.len - 1] != '/'))
			continue;
		for (size_t k = 0; k < LEN(g->folders) && g->folders[k]; k++) {
			const char *name = arena_printf(interp->arena, "%s" STR_FMT, g->folders[k], STR_ARG(rest));
			const char *found = resolve_file(interp->arena, path_join(interp->arena, folder, name));
			if (found)
				return found;
		}
	}
	return NULL;
}

static const char *ask(struct interp *interp, const char *path, struct str specifier, unsigned level);

static const char *ask_other(struct interp *interp, const char *folder, const char *said, struct str specifier,
			     unsigned level)
{
	const char *path = extended_path(interp, folder, said);
	const char *found = path ? ask(interp, path, specifier, level + 1) : NULL;
	return found || (path && file_exists(path)) ? found : ask_generated(interp, folder, said, specifier);
}

/*
 * What this configuration and those that it extends say.  Not recursive: the chain is short or refused.  ret_decided: paths were found, further up
 * ones do not count.
 */
static const char *ask(struct interp *interp, const char *path, struct str specifier, unsigned level)
{
	struct arena *arena = interp->arena;
	const struct json *json = js_configuration(interp, path);
	const struct json *options = json_get_kind(json, "compilerOptions", JS_OBJECT);
	const char *folder = path_dir(arena, path), *base_url = json_get_text(options, "baseUrl", NULL), *found = NULL;
	const struct json *paths = json_get_kind(options, "paths", JS_OBJECT);
	if (!json || level > MAX_EXTENDS)
		return NULL;
	const char *base = base_url ? path_join(arena, folder, base_url) : folder;
	if (paths)
		found = match_paths(interp, base, paths, specifier);
	if (!found && base_url)
		found = resolve_file(arena, path_join(arena, base, str_dup(arena, specifier)));
	const struct json *extends = json_get(json, "extends");
	if (!found && !paths && extends && extends->kind == JS_STRING)
		found = ask_other(interp, folder, extends->text.ptr, specifier, level);
	for (size_t i = 0; !found && !paths && extends && extends->kind == JS_ARRAY && i < extends->len; i++) {
		if (extends->ptr[i].kind == JS_STRING)
			found = ask_other(interp, folder, extends->ptr[i].text.ptr, specifier, level);
	}
	/* A "solution": the configurations that it refers to say it. */
	const struct json *references = json_get_kind(json, "references", JS_ARRAY);
	for (size_t i = 0; !found && references && i < references->len; i++) {
		const char *said = json_get_text(&references->ptr[i], "path", NULL);
		found = said ? ask_other(interp, folder, arena_printf(arena, "./%s", said), specifier, level) : NULL;
	}
	return found;
}

const char *tsconfig_file(struct interp *interp, const char *folder, struct str specifier)
{
	struct arena *arena = interp->arena;
	const char *at = folder;
	for (unsigned level = 0; at && level < MAX_LEVELS; level++, at = folder_above(arena, at)) {
		static const char *const names[] = { "tsconfig.json", "jsconfig.json" };
		for (size_t i = 0; i < LEN(names); i++) {
			const char *found = ask(interp, path_join(arena, at, names[i]), specifier, 0);
			if (found)
				return found;
		}
	}
	return NULL;
}
