/*
 * create_folder.c - a new migration of the 1.0 line: a folder with migration.sql and snapshot.json.
 *
 * Of the snapshots two forms are in the wild.  Version 8 (rc.4 and before) holds the whole schema each time; version 9 (rc.5) only what has
 * changed, and names the snapshots that it stands on, so that what two branches made can be told apart.
 */
#include "base/file.h"
#include "format/drizzle/create.h"

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
	if (!dir_make(path, 0755, err))
		return false;
	return drizzle_write_scripts(arena, draft, path_join(arena, path, "migration.sql"),
				     path_join(arena, path, "down.sql"), err);
}
