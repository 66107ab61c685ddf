/*
 * known.c - what drizzle-kit's last snapshot knows.
 *
 * drizzle-kit compares schema.ts with its snapshot, not with a database: an index that somebody wrote into a migration by hand is not in the snapshot, and
 * drizzle-kit will never drop it.  Neither does brant: what is there, is not wanted and was never known, stays.
 */
#include "base/file.h"
#include "format/drizzle/wanted.h"

enum { NAME_MAX_BYTES = 63 }; /* PostgreSQL cuts names there */

static const char *cut(struct arena *arena, struct str name)
{
	return arena_strndup(arena, name.ptr, name.len > NAME_MAX_BYTES ? NAME_MAX_BYTES : name.len);
}

const char *drizzle_known_key(struct arena *arena, const char *schema, const char *table, struct str name)
{
	return arena_printf(arena, "%s.%s%s%s", schema && *schema ? schema : "public",
			    cut(arena, str_of(table ? table : "")), table ? "." : "", cut(arena, name));
}

static void add(struct arena *arena, struct map *known, const char *schema, const char *table, struct str name)
{
	map_set(arena, known, str_of(drizzle_known_key(arena, schema, table, name)), known);
}

static void add_table(struct arena *arena, struct map *known, const struct json *table)
{
	static const char *const parts[] = { "columns",           "indexes",  "foreignKeys",     "compositePrimaryKeys",
					     "uniqueConstraints", "policies", "checkConstraints" };
	const char *schema = json_get_text(table, "schema", ""), *name = json_get_text(table, "name", "");
	add(arena, known, schema, NULL, str_of(name));
	for (size_t i = 0; i < LEN(parts); i++) {
		const struct json *members = json_get_kind(table, parts[i], JS_OBJECT);
		for (size_t j = 0; members && j < members->len; j++)
			add(arena, known, schema, name, str_of(json_get_text(&members->ptr[j], "name", "")));
	}
}

static void add_all(struct arena *arena, struct map *known, const struct json *snapshot)
{
	static const char *const kinds[] = { "enums", "sequences", "views" };
	const struct json *tables = json_get_kind(snapshot, "tables", JS_OBJECT);
	for (size_t i = 0; tables && i < tables->len; i++)
		add_table(arena, known, &tables->ptr[i]);
	for (size_t k = 0; k < LEN(kinds); k++) {
		const struct json *members = json_get_kind(snapshot, kinds[k], JS_OBJECT);
		for (size_t i = 0; members && i < members->len; i++)
			add(arena, known, json_get_text(&members->ptr[i], "schema", ""), NULL,
			    str_of(json_get_text(&members->ptr[i], "name", "")));
	}
}

/* The file name of the last one in order, as drizzle-kit takes it. */
static const char *last_snapshot(struct arena *arena, const char *folder)
{
	const char *meta = path_join(arena, folder, "meta"), *last = NULL;
	struct err ignored = { .arena = arena };
	struct names names = { 0 };
	if (!file_is_dir(meta) || !dir_list(arena, meta, &names, &ignored))
		return NULL;
	for (size_t i = 0; i < names.len; i++)
		if (names.ptr[i][0] != '_' && str_ends(str_of(names.ptr[i]), STR("_snapshot.json")))
			last = path_join(arena, meta, names.ptr[i]);
	return last;
}

const struct map *drizzle_known(struct arena *arena, const char *folder)
{
	const char *path = last_snapshot(arena, folder);
	struct err ignored = { .arena = arena };
	struct map *known = arena_alloc(arena, sizeof(*known));
	struct json snapshot;
	if (!path || !json_load(arena, JSON_PLAIN, path, &snapshot, &ignored) ||
	    strcmp(json_get_text(&snapshot, "version", ""), "7") != 0)
		return NULL;
	add_all(arena, known, &snapshot);
	return known;
}
