/*
 * create_folder.c - a new migration of the 1.0 line: a folder with migration.sql and snapshot.json.
 *
 * Of the snapshots two forms are in the wild.  Version 8 (rc.4 and before) holds the whole schema each time; version 9 (rc.5) only what has
 * changed.  Each names those that it stands on; two branches that were merged are two leaves, and the next one stands on both.
 */
#include "base/file.h"
#include "format/drizzle/create.h"
#include "format/drizzle/delta.h"
#include "format/drizzle/snapshot.h"

/* All snapshots of a folder, in the order in which the migrations are applied: parents come before children. */
struct chain {
	struct json *ptr;
	size_t len, cap;
	bool whole;         /* version 8 */
	struct json leaves; /* ids that no other stands on */
};

static bool invalid(const char *path, const struct json *at, const char *message, struct err *err)
{
	err_set(err, ERR_FAILED, "snapshot-invalid", "%s", message);
	return err_at(err, path, at->line, at->column);
}

static bool load_snapshot(struct arena *arena, const char *path, struct json *ret_snapshot, struct err *err)
{
	if (!json_load(arena, JSON_PLAIN, path, ret_snapshot, err))
		return false;
	if (ret_snapshot->kind != JS_OBJECT || !json_get_kind(ret_snapshot, "id", JS_STRING) ||
	    !json_get_kind(ret_snapshot, "prevIds", JS_ARRAY))
		return invalid(path, ret_snapshot,
			       "a snapshot is an object with \"id\" and \"prevIds\", and this is none", err);
	return true;
}

static void find_leaves(struct arena *arena, struct chain *chain)
{
	struct map parents = { 0 };
	chain->leaves = json_new(JS_ARRAY);
	for (size_t i = 0; i < chain->len; i++) {
		const struct json *ids = json_get(&chain->ptr[i], "prevIds");
		for (size_t k = 0; k < ids->len; k++)
			map_set(arena, &parents, ids->ptr[k].text, chain);
	}
	for (size_t i = 0; i < chain->len; i++)
		if (!map_get(&parents, json_get(&chain->ptr[i], "id")->text))
			json_add(arena, &chain->leaves, *json_get(&chain->ptr[i], "id"));
	if (!chain->leaves.len)
		json_add(arena, &chain->leaves, json_of_text(DRIZZLE_ORIGIN));
}

static bool load_chain(struct arena *arena, const struct history *history, struct chain *chain, struct err *err)
{
	*chain = (struct chain){ 0 };
	for (size_t i = 0; i < history->len; i++) {
		const struct drizzle_migration *extra = history->ptr[i].extra;
		struct json snapshot;
		if (!file_exists(extra->snapshot))
			continue;
		if (!load_snapshot(arena, extra->snapshot, &snapshot, err))
			return false;
		chain->whole = strcmp(json_get_text(&snapshot, "version", ""), "8") == 0;
		vec_push(arena, chain, snapshot);
	}
	find_leaves(arena, chain);
	return true;
}

/* The rows that all of them add up to. */
static struct json rows_of(struct arena *arena, const struct chain *chain)
{
	struct json rows = json_new(JS_ARRAY);
	for (size_t i = 0; i < chain->len; i++) {
		const struct json *whole = json_get_kind(&chain->ptr[i], "ddl", JS_ARRAY);
		if (whole)
			rows = (struct json){ .kind = JS_ARRAY };
		for (size_t k = 0; whole && k < whole->len; k++)
			json_add(arena, &rows, whole->ptr[k]);
		delta_apply(arena, &rows, json_get_kind(&chain->ptr[i], "deltas", JS_ARRAY));
	}
	return rows;
}

/* ---- the new one ---- */

static struct json whole_snapshot(struct arena *arena, const struct chain *chain, struct json rows)
{
	struct json snapshot = json_new(JS_OBJECT);
	json_put(arena, &snapshot, "version", json_of_text("8"));
	json_put(arena, &snapshot, "dialect", json_of_text("postgres"));
	json_put(arena, &snapshot, "id", json_of_text(drizzle_uuid(arena)));
	json_put(arena, &snapshot, "prevIds", chain->leaves);
	json_put(arena, &snapshot, "ddl", rows);
	json_put(arena, &snapshot, "renames", json_new(JS_ARRAY));
	return snapshot;
}

static struct json changes_snapshot(struct arena *arena, const struct chain *chain, const struct json *from,
				    struct json to)
{
	struct json snapshot = json_new(JS_OBJECT), deltas = delta_between(arena, from, &to);
	json_put(arena, &snapshot, "type", json_of_text(chain->len ? "diff" : "base"));
	json_put(arena, &snapshot, "version", json_of_text("9"));
	json_put(arena, &snapshot, "dialect", json_of_text("postgres"));
	json_put(arena, &snapshot, "id", json_of_text(drizzle_uuid(arena)));
	json_put(arena, &snapshot, "prevIds", chain->leaves);
	json_put(arena, &snapshot, "footprints", json_new(JS_ARRAY));
	json_put(arena, &snapshot, chain->len ? "deltas" : "ddl", chain->len ? deltas : to);
	return snapshot;
}

static struct json next_snapshot(struct arena *arena, const struct drizzle_draft *draft, const struct chain *chain)
{
	struct json from = rows_of(arena, chain);
	const struct json *rows = json_get_kind(draft->by_kit, "ddl", JS_ARRAY);
	struct json to = draft->model ? snapshot_rows(arena, draft->model) : rows ? *rows : from;
	return chain->whole ? whole_snapshot(arena, chain, to) : changes_snapshot(arena, chain, &from, to);
}

/* A folder that is behind the others in time would be applied before them elsewhere. */
static const char *folder_name(struct arena *arena, const struct drizzle_draft *draft)
{
	long long when = draft->now;
	if (draft->made->version)
		return arena_printf(arena, "%s_%s", draft->made->version, draft->name);
	for (size_t i = 0; i < draft->history->len; i++) {
		const struct drizzle_migration *extra = draft->history->ptr[i].extra;
		if (extra->when / 1000 >= when / 1000)
			when = extra->when + 1000;
	}
	return arena_printf(arena, "%s_%s", drizzle_stamp(arena, when), draft->name);
}

bool drizzle_create_folder(struct arena *arena, struct drizzle_draft *draft, struct err *err)
{
	const char *path = path_join(arena, draft->folder, folder_name(arena, draft));
	struct chain chain;
	if (!load_chain(arena, draft->history, &chain, err))
		return false;
	struct json snapshot = next_snapshot(arena, draft, &chain);
	return dir_make(path, 0755, err) &&
		drizzle_write_scripts(arena, draft, path_join(arena, path, "migration.sql"),
				      path_join(arena, path, "down.sql"), err) &&
		drizzle_write(arena, draft, path_join(arena, path, "snapshot.json"), json_print(arena, &snapshot, 2),
			      err);
}
