/*
 * known.c - what drizzle-kit's last snapshot knows.
 *
 * drizzle-kit compares schema.ts with its snapshot, not with a database: an index that somebody wrote into a migration by hand is not in the snapshot, and
 * drizzle-kit will never drop it.  Neither does brant: what is there, is not wanted and was never known, stays.
 */
#include "base/file.h"
#include "format/drizzle/chain.h"
#include "format/drizzle/snapshot.h"
#include "format/drizzle/wanted.h"

enum { NAME_MAX_BYTES = 63 }; /* PostgreSQL cuts names there */

static size_t add_cut(char *key, size_t len, struct str name)
{
	size_t most = name.len > NAME_MAX_BYTES ? NAME_MAX_BYTES : name.len;
	if (most)
		memcpy(key + len, name.ptr, most);
	return len + most;
}

/* "schema.table.name"; asked for again and again, for each object. */
const char *drizzle_known_key(struct arena *arena, const char *schema, const char *table, struct str name)
{
	struct str home = str_of(schema && *schema ? schema : "public");
	char *key = arena_alloc(arena, home.len + 2 * (NAME_MAX_BYTES + 1) + 1);
	size_t len = home.len;
	memcpy(key, home.ptr, home.len);
	key[len++] = '.';
	if (table) {
		len = add_cut(key, len, str_of(table));
		key[len++] = '.';
	}
	len = add_cut(key, len, name);
	key[len] = '\0';
	return key;
}

/* Beside the key all that is said of it, so that two snapshots can be compared: "generate --custom" writes keys in another order. */
static void add(struct arena *arena, struct map *known, const char *schema, const char *table, struct str name,
		const struct json *said)
{
	struct json ordered = json_in_order(arena, said);
	map_set(arena, known, str_of(drizzle_known_key(arena, schema, table, name)),
		(void *)(uintptr_t)json_print(arena, &ordered, 0).ptr);
}

static void add_table(struct arena *arena, struct map *known, const struct json *table)
{
	static const char *const parts[] = { "columns",           "indexes",  "foreignKeys",     "compositePrimaryKeys",
					     "uniqueConstraints", "policies", "checkConstraints" };
	const char *schema = json_get_text(table, "schema", ""), *name = json_get_text(table, "name", "");
	const struct json *policies = json_get_kind(table, "policies", JS_OBJECT);
	/* Row security is on where that is said, and where there are policies. */
	struct json secured = json_of_bool(json_get_true(table, "isRLSEnabled") || (policies && policies->len));
	add(arena, known, schema, NULL, str_of(name), &secured);
	for (size_t i = 0; i < LEN(parts); i++) {
		const struct json *members = json_get_kind(table, parts[i], JS_OBJECT);
		for (size_t j = 0; members && j < members->len; j++)
			add(arena, known, schema, name, str_of(json_get_text(&members->ptr[j], "name", "")),
			    &members->ptr[j]);
	}
}

static void add_all(struct arena *arena, struct map *known, const struct json *snapshot)
{
	static const char *const kinds[] = { "enums", "sequences", "views" };
	const struct json *tables = json_get_kind(snapshot, "tables", JS_OBJECT);
	const struct json *schemas = json_get_kind(snapshot, "schemas", JS_OBJECT);
	for (size_t i = 0; schemas && i < schemas->len; i++)
		add(arena, known, str_dup(arena, schemas->ptr[i].key), NULL, STR(""), &schemas->ptr[i]);
	for (size_t i = 0; tables && i < tables->len; i++)
		add_table(arena, known, &tables->ptr[i]);
	for (size_t k = 0; k < LEN(kinds); k++) {
		const struct json *members = json_get_kind(snapshot, kinds[k], JS_OBJECT);
		for (size_t i = 0; members && i < members->len; i++)
			add(arena, known, json_get_text(&members->ptr[i], "schema", ""), NULL,
			    str_of(json_get_text(&members->ptr[i], "name", "")), &members->ptr[i]);
	}
}

/* ---- the 1.0 line ---- */

static void add_row(struct arena *arena, struct map *known, const struct json *row)
{
	static const char *const whole[] = { "tables", "enums", "sequences", "views" };
	static const char *const parts[] = { "columns", "indexes", "fks", "pks", "uniques", "checks", "policies" };
	const char *type = json_get_text(row, "entityType", ""), *schema = json_get_text(row, "schema", "");
	struct str name = str_of(json_get_text(row, "name", ""));
	if (strcmp(type, "schemas") == 0)
		add(arena, known, str_dup(arena, name), NULL, STR(""), row);
	for (size_t i = 0; i < LEN(whole); i++)
		if (strcmp(type, whole[i]) == 0)
			add(arena, known, schema, NULL, name, row);
	for (size_t i = 0; i < LEN(parts); i++)
		if (strcmp(type, parts[i]) == 0)
			add(arena, known, schema, json_get_text(row, "table", ""), name, row);
}

static struct strs snapshots_in(struct arena *arena, const char *folder)
{
	struct strs paths = { 0 };
	struct names names = { 0 };
	struct err ignored = { .arena = arena };
	if (!file_is_dir(folder) || !dir_list(arena, folder, &names, &ignored))
		return paths;
	for (size_t i = 0; i < names.len; i++)
		if (drizzle_folder_is_migration(arena, folder, names.ptr[i]))
			vec_push(arena, &paths,
				 str_of(path_join(arena, path_join(arena, folder, names.ptr[i]), "snapshot.json")));
	return paths;
}

static bool know_folders(struct arena *arena, const char *folder, struct drizzle_known *known, struct err *err)
{
	struct strs paths = snapshots_in(arena, folder);
	struct chain chain;
	if (!chain_load(arena, &paths, &chain, err))
		return false;
	known->sure = chain.len > 0;
	struct json *rows = arena_alloc(arena, sizeof(*rows));
	*rows = chain_rows(arena, &chain);
	for (size_t i = 0; i < rows->len; i++) {
		const char *name = json_get_text(&rows->ptr[i], "name", "");
		add_row(arena, &known->names, &rows->ptr[i]);
		if (strcmp(json_get_text(&rows->ptr[i], "entityType", ""), "roles") == 0)
			map_set(arena, &known->roles, str_of(name), &rows->ptr[i]);
	}
	return true;
}

/* ---- the 0.x line ---- */

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

static bool know_meta(struct arena *arena, const char *folder, struct drizzle_known *known, struct err *err)
{
	const char *path = last_snapshot(arena, folder);
	known->ahead = drizzle_journal_ahead(arena, folder);
	struct json *snapshot = arena_alloc(arena, sizeof(*snapshot));
	if (!path)
		return true;
	if (!json_load(arena, JSON_PLAIN, path, snapshot, err))
		return false;
	known->sure = strcmp(json_get_text(snapshot, "version", ""), "7") == 0;
	if (!known->sure)
		return true;
	const struct json *roles = json_get_kind(snapshot, "roles", JS_OBJECT);
	add_all(arena, &known->names, snapshot);
	for (size_t i = 0; roles && i < roles->len; i++)
		map_set(arena, &known->roles, roles->ptr[i].key, &roles->ptr[i]);
	return true;
}

bool drizzle_known(struct arena *arena, enum drizzle_line line, const char *folder, struct drizzle_known *ret_known,
		   struct err *err)
{
	*ret_known = (struct drizzle_known){ 0 };
	return line == DRIZZLE_0 ? know_meta(arena, folder, ret_known, err)
				 : know_folders(arena, folder, ret_known, err);
}

void drizzle_know_snapshot(struct arena *arena, const struct json *snapshot, struct map *names)
{
	const struct json *rows = json_get_kind(snapshot, "ddl", JS_ARRAY);
	for (size_t i = 0; rows && i < rows->len; i++)
		add_row(arena, names, &rows->ptr[i]);
	if (!rows)
		add_all(arena, names, snapshot);
}

void drizzle_know_model(struct arena *arena, const struct drizzle_model *model, struct map *names)
{
	struct json *snapshot = arena_alloc(arena, sizeof(*snapshot));
	*snapshot = json_new(JS_OBJECT);
	if (model->line == DRIZZLE_0)
		*snapshot = snapshot_tables(arena, model, "", "");
	else
		json_put(arena, snapshot, "ddl", snapshot_rows(arena, model));
	drizzle_know_snapshot(arena, snapshot, names);
}
