/*
 * files.c - prisma/migrations: a folder a migration, with migration.sql in it.
 */
#include <stdlib.h>

#include "base/file.h"
#include "format/prisma/prisma.h"

static const char *folder_of(const struct format_settings *settings)
{
	return settings->migrations ? settings->migrations : format_prisma.default_migrations;
}

/* "add_users" of 20240131120000_add_users; the whole of a folder that somebody named otherwise. */
static const char *name_of(struct arena *arena, const char *folder)
{
	struct str stamp, name;
	unsigned long long ignored;
	if (str_cut(str_of(folder), '_', &stamp, &name) && name.len && str_to_u64(stamp, &ignored))
		return str_dup(arena, name);
	return folder;
}

static void add(struct arena *arena, struct history *history, const char *folder)
{
	const char *path = path_join(arena, history->folder, folder);
	const char *down = path_join(arena, path, "down.sql");
	vec_push(arena, history,
		 (struct migration){
			 .version = folder,
			 .name = name_of(arena, folder),
			 .id = folder,
			 .path = path_join(arena, path, "migration.sql"),
			 .down_path = file_exists(down) ? down : NULL,
		 });
}

static int by_folder(const void *a, const void *b)
{
	const struct migration *x = a, *y = b;
	return prisma_folder_cmp(str_of(x->version), str_of(y->version));
}

/* Prisma stops there too (P3015), but only after it has applied what comes before. */
static bool refuse_empty(const struct history *history, struct err *err)
{
	for (size_t i = 0; i < history->len; i++) {
		const struct migration *migration = &history->ptr[i];
		if (file_exists(migration->path))
			continue;
		err_set(err, ERR_FAILED, "migration-file-missing", "migration \"%s\" has no migration.sql",
			migration->id);
		err_detail(err, "Each folder in %s is a migration, as Prisma has it (P3015 there).", history->folder);
		err_hint(
			err,
			"Get the file back from version control. A folder that a change of branches left behind empty can be removed.");
		return err_at(err, migration->path, 0, 0);
	}
	return true;
}

static bool folder_missing(const char *shown, struct err *err)
{
	err_set(err, ERR_FAILED, "no-migrations-folder", "there is no folder \"%s\"", shown);
	return err_hint(
		err,
		"\"brant diff NAME\" writes the first migration from schema.prisma, \"brant new NAME\" an empty one.");
}

/* Every folder counts, hidden ones too; files beside them do not. */
bool prisma_load(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		 struct err *err)
{
	struct history history = { .folder = path_join(arena, settings->root, folder_of(settings)) };
	struct names names;
	if (!file_exists(history.folder))
		return folder_missing(history.folder, err);
	if (!dir_list(arena, history.folder, &names, err) || !prisma_lock_check(arena, history.folder, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		struct str name = str_of(names.ptr[i]);
		if (file_is_dir(path_join(arena, history.folder, names.ptr[i])))
			add(arena, &history, names.ptr[i]);
		else if (str_ends(name, STR(".sql")) && name.ptr[0] != '.')
			vec_push(arena, &history.ignored, name);
	}
	if (history.len)
		qsort(history.ptr, history.len, sizeof(*history.ptr), by_folder);
	if (!refuse_empty(&history, err))
		return false;
	*ret_history = history;
	return true;
}
