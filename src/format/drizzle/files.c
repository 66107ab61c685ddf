/*
 * files.c - where a project's migrations are, and of which line.
 */
#include "base/file.h"
#include "format/drizzle/drizzle.h"

const char *drizzle_folder(struct arena *arena, const struct format_settings *settings)
{
	const char *folder = settings->migrations ? settings->migrations : format_drizzle.default_migrations;
	return path_join(arena, settings->root, folder);
}

struct place {
	struct arena *arena;
	const char *folder;
};

static bool is_migration(void *ctx, const char *name)
{
	const struct place *place = ctx;
	return drizzle_folder_is_migration(place->arena, place->folder, name);
}

/* Folders that Prisma may have made have no snapshot. */
static bool is_migration_with_snapshot(void *ctx, const char *name)
{
	const struct place *place = ctx;
	return is_migration(ctx, name) &&
		file_exists(path_join(place->arena, path_join(place->arena, place->folder, name), "snapshot.json"));
}

enum drizzle_line drizzle_line_of(struct arena *arena, const char *root, const char *folder)
{
	struct place place = { arena, folder };
	if (file_exists(drizzle_journal_path(arena, folder)))
		return DRIZZLE_0;
	return dir_holds(folder, is_migration, &place) ? DRIZZLE_1 : drizzle_line_of_kit(arena, root);
}

/* A journal of another database's is not ours. */
static bool holds_migrations(struct arena *arena, const char *folder)
{
	struct json journal;
	struct err ignored = { .arena = arena };
	struct place place = { arena, folder };
	if (file_exists(drizzle_journal_path(arena, folder)))
		return drizzle_journal_load(arena, folder, &journal, &ignored) ||
			strcmp(ignored.name, "dialect-unsupported") != 0;
	return dir_holds(folder, is_migration_with_snapshot, &place);
}

const char *drizzle_guess_folder(struct arena *arena, const char *root)
{
	static const char *const folders[] = { "drizzle",           "migrations",     "drizzle/migrations",
					       "src/drizzle",       "src/migrations", "db/migrations",
					       "src/db/migrations", "db/drizzle",     "src/db/drizzle",
					       "lib/db/migrations" };
	for (size_t i = 0; i < LEN(folders); i++)
		if (holds_migrations(arena, path_join(arena, root, folders[i])))
			return folders[i];
	return NULL;
}

bool drizzle_detect(struct arena *arena, const char *root, const char **ret_migrations)
{
	bool configured = drizzle_config_find(arena, root) != NULL;
	*ret_migrations = configured ? NULL : drizzle_guess_folder(arena, root); /* a config says it */
	return configured || *ret_migrations;
}

static bool folder_missing(const char *folder, struct err *err)
{
	err_set(err, ERR_FAILED, "no-migrations-folder", "there is no folder \"%s\"", folder);
	return err_hint(
		err,
		"Run \"brant diff NAME\" or \"brant new NAME\" to make the first migration. If they are elsewhere, name "
		"the folder with \"out\" in drizzle.config.ts or with \"migrations:\" in brant.yaml.");
}

/* Migrations that share a prefix go by their whole names: the journal of a run and the checksums have a row a version. */
static void part_equals(struct arena *arena, struct history *history)
{
	struct map first = { 0 };
	for (size_t i = 0; i < history->len; i++) {
		struct migration *migration = &history->ptr[i];
		struct migration *other = map_set(arena, &first, str_of(migration->version), migration);
		if (!other)
			continue;
		other->version = other->id;
		migration->version = migration->id;
	}
}

bool drizzle_load(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		  struct err *err)
{
	struct history history = { .folder = drizzle_folder(arena, settings) };
	if (!file_is_dir(history.folder))
		return folder_missing(history.folder, err);
	bool ok = drizzle_line_of(arena, settings->root, history.folder) == DRIZZLE_0
		? drizzle_load_journal(arena, history.folder, &history, err)
		: drizzle_load_folders(arena, history.folder, &history, err);
	if (!ok)
		return false;
	part_equals(arena, &history);
	*ret_history = history;
	return true;
}
