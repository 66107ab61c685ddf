/*
 * line.c - which line a project without migrations is of: that of the drizzle-kit that will read the first one.
 *
 * The one that is installed, else the one that package.json asks for, here or in a folder above: workspaces have both at their top.  A version may stand in a
 * catalog of pnpm's or bun's ("catalog:", "catalog:NAME").
 */
#include "base/file.h"
#include "format/drizzle/drizzle.h"

enum { MAX_LEVELS = 32 };

/* "1.0.0-rc.5", "^1.0.0"; before 1.0.0 is out the tags that lead to it. */
static bool is_one(const char *version)
{
	const char *digits = version + strcspn(version, "0123456789");
	if (strcmp(version, "beta") == 0 || strcmp(version, "rc") == 0)
		return true;
	return strncmp(digits, "0.", 2) != 0 && *digits;
}

/* A key of YAML without quotes and colon; *ret_value is what stands behind it. */
static struct str yaml_key(struct str line, struct str *ret_value)
{
	struct str key;
	*ret_value = (struct str){ "", 0 };
	str_cut(line, ':', &key, ret_value);
	key = str_trim(key);
	if (key.len > 1 && (key.ptr[0] == '\'' || key.ptr[0] == '"'))
		key = str_slice(key, 1, key.len - 1);
	*ret_value = str_trim(*ret_value);
	if (ret_value->len > 1 && (ret_value->ptr[0] == '\'' || ret_value->ptr[0] == '"'))
		*ret_value = str_slice(*ret_value, 1, ret_value->len - 1);
	return key;
}

/* pnpm-workspace.yaml: below "catalog:", or below the name in "catalogs:". */
static const char *in_pnpm(struct arena *arena, const char *folder, struct str catalog)
{
	const char *path = path_join(arena, folder, "pnpm-workspace.yaml");
	struct err ignored = { .arena = arena };
	struct str text, line, value, section = STR("");
	if (!file_exists(path) || !file_read(arena, path, &text, &ignored))
		return NULL;
	while (text.len) {
		str_cut(text, '\n', &line, &text);
		struct str key = yaml_key(line, &value);
		if (key.len && key.ptr[0] != '#' && !value.len)
			section = key;
		if (str_eq(key, STR("drizzle-kit")) && value.len && str_eq(section, catalog))
			return str_dup(arena, value);
	}
	return NULL;
}

static const char *in_json(const struct json *package, struct str catalog)
{
	const struct json *places[] = { package, json_get(package, "workspaces") };
	for (size_t i = 0; i < LEN(places); i++) {
		const struct json *all = json_get_kind(places[i], "catalogs", JS_OBJECT);
		const struct json *one =
			str_eq(catalog, STR("catalog")) ? json_get_kind(places[i], "catalog", JS_OBJECT) : NULL;
		for (size_t k = 0; !one && all && k < all->len; k++)
			if (str_eq(all->ptr[k].key, catalog))
				one = &all->ptr[k];
		if (json_get_text(one, "drizzle-kit", NULL))
			return json_get_text(one, "drizzle-kit", NULL);
	}
	return NULL;
}

struct asked {
	const char *version; /* NULL: not found yet */
	struct str catalog;  /* where to look for it; empty: nobody has said so */
};

static void look_in(struct arena *arena, const char *folder, struct asked *asked)
{
	static const char *const fields[] = { "devDependencies", "dependencies" };
	struct json *package = arena_alloc(arena, sizeof(*package));
	struct err ignored = { .arena = arena };
	bool there = json_load(arena, JSON_PLAIN, path_join(arena, folder, "package.json"), package, &ignored);
	for (size_t i = 0; there && !asked->catalog.len && !asked->version && i < LEN(fields); i++)
		asked->version = json_get_text(json_get(package, fields[i]), "drizzle-kit", NULL);
	if (asked->version && str_starts(str_of(asked->version), STR("catalog:"))) {
		struct str name = str_slice(str_of(asked->version), strlen("catalog:"), strlen(asked->version));
		asked->catalog = !name.len || str_eq(name, STR("default")) ? STR("catalog") : name;
		asked->version = NULL;
	}
	if (asked->catalog.len)
		asked->version = in_pnpm(arena, folder, asked->catalog);
	if (asked->catalog.len && !asked->version && there)
		asked->version = in_json(package, asked->catalog);
}

static const char *installed_in(struct arena *arena, const char *folder)
{
	struct json *package = arena_alloc(arena, sizeof(*package));
	struct err ignored = { .arena = arena };
	const char *path = path_join(arena, folder, "node_modules/drizzle-kit/package.json");
	if (!file_exists(path) || !json_load(arena, JSON_PLAIN, path, package, &ignored))
		return NULL;
	return json_get_text(package, "version", NULL);
}

enum drizzle_line drizzle_line_of_kit(struct arena *arena, const char *root)
{
	struct asked asked = { 0 };
	const char *installed = NULL, *folder = root;
	for (int level = 0; level < MAX_LEVELS && folder && !installed; level++, folder = folder_above(arena, folder)) {
		installed = installed_in(arena, folder);
		if (!asked.version)
			look_in(arena, folder, &asked);
	}
	const char *version = installed ? installed : asked.version;
	return version && is_one(version) ? DRIZZLE_1 : DRIZZLE_0;
}
