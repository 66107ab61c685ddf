/*
 * history.c - the folders of revisions.
 */
#include "base/file.h"
#include "format/alembic/alembic.h"

enum { FOLDERS_MAX = 8 }; /* in each other */

/* Alembic's rule: .py, but no __init__ and no editor's lock file. */
static bool is_revision(const char *name)
{
	return str_ends(str_of(name), STR(".py")) && !str_starts(str_of(name), STR(".#")) &&
		!str_starts(str_of(name), STR("__init__"));
}

static bool add_file(struct arena *arena, const char *path, struct history *history, struct err *err)
{
	struct migration migration;
	if (!revision_read(arena, path, &migration, err))
		return false;
	vec_push(arena, history, migration);
	return true;
}

static bool add_folder(struct arena *arena, const struct alembic *alembic, const char *folder, unsigned depth,
		       struct history *history, struct err *err)
{
	struct names names;
	if (!dir_list(arena, folder, &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		char *path = path_join(arena, folder, names.ptr[i]);
		bool inner = alembic->recursive && depth < FOLDERS_MAX && strcmp(names.ptr[i], "__pycache__") != 0 &&
			file_is_dir(path);
		if (inner && !add_folder(arena, alembic, path, depth + 1, history, err))
			return false;
		if (!inner && is_revision(names.ptr[i]) && !add_file(arena, path, history, err))
			return false;
	}
	return true;
}

static bool duplicate(const struct migration *a, const struct migration *b, struct err *err)
{
	err_set(err, ERR_FAILED, "duplicate-version", "two revisions are called \"%s\": \"%s\" and \"%s\"", a->version,
		a->path, b->path);
	err_detail(err, "Alembic would take the one that it happens to read last.");
	err_hint(err, "Give the newer one another revision id, or remove it where it is a copy.");
	return err_at(err, b->path, 0, 0);
}

static bool refuse_duplicates(struct arena *arena, const struct history *history, struct err *err)
{
	struct map seen = { 0 };
	for (size_t i = 0; i < history->len; i++) {
		const struct migration *before =
			map_set(arena, &seen, str_of(history->ptr[i].version), &history->ptr[i]);
		if (before)
			return duplicate(before, &history->ptr[i], err);
	}
	return true;
}

static bool folder_missing(const char *folder, struct err *err)
{
	err_set(err, ERR_FAILED, "no-migrations-folder", "there is no folder \"%s\"", folder);
	return err_hint(
		err,
		"It is where the revisions are: see script_location and version_locations in Alembic's configuration. "
		"\"brant new NAME\" makes the first revision.");
}

bool alembic_load(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		  struct err *err)
{
	struct alembic *alembic = settings->extra;
	struct history history = { .folder = alembic->versions.ptr[0].ptr };
	for (size_t i = 0; i < alembic->versions.len; i++) {
		const char *folder = alembic->versions.ptr[i].ptr;
		if (!file_is_dir(folder))
			return folder_missing(folder, err);
		if (!add_folder(arena, alembic, folder, 0, &history, err))
			return false;
	}
	for (size_t i = 0; i < history.len; i++)
		if (strlen(history.ptr[i].version) > alembic->longest)
			alembic->longest = strlen(history.ptr[i].version);
	if (!refuse_duplicates(arena, &history, err) || !alembic_order(arena, &history, err))
		return false;
	*ret_history = history;
	return true;
}
