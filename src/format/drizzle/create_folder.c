/*
 * create_folder.c - a new migration of the 1.0 line: a folder with migration.sql and snapshot.json, which goes on from the chain of those that are there.
 */
#include "base/file.h"
#include "format/drizzle/chain.h"
#include "format/drizzle/create.h"
#include "format/drizzle/delta.h"
#include "format/drizzle/footprint.h"
#include "format/drizzle/snapshot.h"

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
	json_put(arena, &snapshot, "footprints", footprints_of(arena, from, &to));
	json_put(arena, &snapshot, chain->len ? "deltas" : "ddl", chain->len ? deltas : to);
	return snapshot;
}

static struct json next_snapshot(struct arena *arena, const struct drizzle_draft *draft, const struct chain *chain)
{
	struct json from = chain_rows(arena, chain);
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
	struct strs snapshots = { 0 };
	for (size_t i = 0; i < draft->history->len; i++)
		vec_push(arena, &snapshots,
			 str_of(((const struct drizzle_migration *)draft->history->ptr[i].extra)->snapshot));
	if (!chain_load(arena, &snapshots, &chain, err))
		return false;
	struct json snapshot = next_snapshot(arena, draft, &chain);
	return dir_make(path, 0755, err) &&
		drizzle_write_scripts(arena, draft, path_join(arena, path, "migration.sql"),
				      path_join(arena, path, "down.sql"), err) &&
		drizzle_write(arena, draft, path_join(arena, path, "snapshot.json"), json_print(arena, &snapshot, 2),
			      err);
}
