#include "base/file.h"
#include "base/json.h"
#include "format/drizzle/ts/resolve.h"

/*
 * How Deno names things: "npm:drizzle-orm@0.45/pg-core" is drizzle-orm/pg-core to everybody else, and "imports" of deno.json (or of the import map that it
 * names) gives names of the project's own to files and packages.  Workspaces are package.c's.
 */

enum { MAX_LEVELS = 64 };

static const char *const configurations[] = { "deno.json", "deno.jsonc" };

const struct json *deno_configuration(struct interp *interp, const char *folder)
{
	for (size_t i = 0; i < LEN(configurations); i++) {
		const struct json *json = js_configuration(interp, path_join(interp->arena, folder, configurations[i]));
		if (json)
			return json;
	}
	return NULL;
}

/* ---- names of packages ---- */

/* "@scope/name@1.2/sub?target=x" without the version and the question. */
static struct str without_version(struct arena *arena, struct str text)
{
	struct str rest;
	size_t at = 1, end;
	while (str_starts(text, STR("/")))
		text = str_slice(text, 1, text.len);
	str_cut(text, '?', &text, &rest);
	while (at < text.len && text.ptr[at] != '@')
		at++;
	for (end = at; end < text.len && text.ptr[end] != '/'; end++)
		;
	if (at >= text.len)
		return text;
	return str_of(arena_printf(arena, STR_FMT STR_FMT, STR_ARG(str_slice(text, 0, at)),
				   STR_ARG(str_slice(text, end, text.len))));
}

struct str deno_plain(struct arena *arena, struct str specifier)
{
	static const char *const registries[] = { "npm:", "jsr:", "https://esm.sh/" };
	for (size_t i = 0; i < LEN(registries); i++)
		if (str_starts(specifier, str_of(registries[i])))
			return without_version(arena, str_slice(specifier, strlen(registries[i]), specifier.len));
	return specifier;
}

/* ---- "imports" ---- */

/* One import map; paths in it are relative to the folder that it is in. */
struct import_map {
	const char *folder;
	const struct json *imports;
};
struct import_maps {
	struct import_map *ptr;
	size_t len, cap;
};

static void add_map(struct interp *interp, const char *folder, struct import_maps *maps)
{
	const struct json *json = deno_configuration(interp, folder), *imports;
	const char *elsewhere = json_get_text(json, "importMap", NULL);
	if (elsewhere && elsewhere[0] == '.') {
		const char *path = path_join(interp->arena, folder, elsewhere);
		json = js_configuration(interp, path);
		folder = path_dir(interp->arena, path);
	}
	imports = json_get_kind(json, "imports", JS_OBJECT);
	if (imports)
		vec_push(interp->arena, maps, (struct import_map){ folder, imports });
}

/* The maps of this folder and of those above, found once; there are none in most projects. */
static const struct import_maps *maps_of(struct interp *interp, const char *folder)
{
	struct str key = str_of(folder);
	struct import_maps *maps = map_get(&interp->import_maps, key);
	if (maps)
		return maps;
	maps = arena_alloc(interp->arena, sizeof(*maps));
	*maps = (struct import_maps){ 0 };
	const char *at = folder;
	for (unsigned level = 0; at && level < MAX_LEVELS; level++, at = folder_above(interp->arena, at))
		add_map(interp, at, maps);
	map_set(interp->arena, &interp->import_maps, str_of(arena_strdup(interp->arena, folder)), maps);
	return maps;
}

/* The name itself, or the longest beginning that ends in a slash; a package's name stands for what is below it as well. */
static const struct json *find_entry(const struct json *imports, struct str specifier, struct str *ret_rest)
{
	const struct json *best = NULL;
	for (size_t i = 0; i < imports->len; i++) {
		const struct json *entry = &imports->ptr[i];
		struct str key = entry->key, rest;
		if (entry->kind != JS_STRING || !key.len || !str_starts(specifier, key) ||
		    (best && key.len <= best->key.len))
			continue;
		rest = str_slice(specifier, key.len, specifier.len);
		bool below = key.ptr[key.len - 1] == '/' ||
			(str_starts(rest, STR("/")) && str_find(entry->text, STR(":")) > 0);
		if (rest.len && !below)
			continue;
		best = entry;
		*ret_rest = rest;
	}
	return best;
}

static bool is_path(struct str text)
{
	return str_starts(text, STR("./")) || str_starts(text, STR("../")) || str_starts(text, STR("/"));
}

bool deno_import(struct interp *interp, const char *folder, struct str specifier, struct str *ret_package,
		 const char **ret_path)
{
	const struct import_maps *maps;
	struct str rest;
	*ret_package = deno_plain(interp->arena, specifier);
	*ret_path = NULL;
	if (is_path(specifier) || str_find(specifier, STR(":")) >= 0)
		return false;
	maps = maps_of(interp, folder);
	for (size_t i = 0; i < maps->len; i++) {
		const struct json *entry = find_entry(maps->ptr[i].imports, specifier, &rest);
		if (!entry)
			continue;
		const char *target = arena_printf(interp->arena, STR_FMT STR_FMT, STR_ARG(entry->text), STR_ARG(rest));
		if (is_path(entry->text))
			*ret_path = path_join(interp->arena, maps->ptr[i].folder,
					      str_starts(entry->text, STR("./")) ? target + 2 : target);
		else
			*ret_package = deno_plain(interp->arena, str_of(target));
		return true;
	}
	return false;
}
