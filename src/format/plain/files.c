/*
 * files.c - the folder of migrations.
 */
#include <stdlib.h>
#include <strings.h>

#include "base/file.h"
#include "format/plain/plain.h"

static const char *folder_of(const struct format_settings *settings)
{
	return settings->migrations ? settings->migrations : format_plain.default_migrations;
}

static bool is_migration(void *ctx, const char *file)
{
	struct plain_name name;
	(void)ctx;
	return plain_name_parse(file, &name);
}

bool plain_detect(struct arena *arena, const char *root, const char **ret_migrations)
{
	static const char *const folders[] = { "migrations",          "db/migrations",  "database/migrations",
					       "supabase/migrations", "sql/migrations", "sql" };
	for (size_t i = 0; i < LEN(folders); i++)
		if (dir_holds(path_join(arena, root, folders[i]), is_migration, NULL)) {
			*ret_migrations = folders[i];
			return true;
		}
	if (!file_is_dir(path_join(arena, root, folders[0])))
		return false;
	*ret_migrations = folders[0];
	return true;
}

static void add_up(struct arena *arena, struct history *history, const char *folder, const char *file,
		   const struct plain_name *name)
{
	struct plain_extra *extra = arena_alloc(arena, sizeof(*extra));
	extra->pair = name->role == ROLE_UP_OF_PAIR;
	extra->forms[FORM_PREFIX] = str_dup(arena, name->version);
	extra->forms[FORM_NAME] = str_dup(arena, name->stem);
	extra->forms[FORM_FILE] = arena_strdup(arena, file);
	vec_push(arena, history,
		 (struct migration){
			 .version = extra->forms[FORM_PREFIX],
			 .name = str_dup(arena, name->name),
			 .id = extra->forms[FORM_NAME],
			 .path = path_join(arena, folder, file),
			 .extra = extra,
		 });
}

static int by_version(const void *a, const void *b)
{
	const struct migration *x = a, *y = b;
	int order = plain_version_cmp(str_of(x->version), str_of(y->version));
	return order ? order : strcmp(x->id, y->id);
}

/* Down scripts, once all ups are known; a linear search each would be quadratic, so through a map. */
static void add_downs(struct arena *arena, struct history *history, const struct names *names)
{
	struct map by_stem = { 0 };
	struct plain_name name;
	for (size_t i = 0; i < history->len; i++)
		map_set(arena, &by_stem, str_of(history->ptr[i].id), &history->ptr[i]);
	for (size_t i = 0; i < names->len; i++) {
		if (!plain_name_parse(names->ptr[i], &name) || name.role != ROLE_DOWN)
			continue;
		struct migration *migration = map_get(&by_stem, name.stem);
		if (!migration) {
			vec_push(arena, &history->lone_downs, str_of(names->ptr[i]));
			continue;
		}
		migration->down_path = path_join(arena, history->folder, names->ptr[i]);
	}
}

static bool duplicate(const struct migration *a, const struct migration *b, struct err *err)
{
	err_set(err, ERR_FAILED, "duplicate-version", "two migrations have the version %s: \"%s\" and \"%s\"",
		a->version, a->path, b->path);
	err_detail(err, "The ledger keeps one row a version, so only one of them could ever be recorded.");
	err_hint(
		err,
		"Renumber the one that has not been applied anywhere yet. Where both have been, tell them apart by their "
		"whole name with \"version: name\" in brant.yaml.");
	return err_at(err, b->path, 0, 0);
}

static bool refuse_duplicates(const struct format_settings *settings, const struct history *history, struct err *err)
{
	enum version_form form = FORM_PREFIX;
	plain_form_parse(settings->version_form, &form);
	for (size_t i = 1; i < history->len; i++) {
		const struct migration *a = &history->ptr[i - 1], *b = &history->ptr[i];
		bool same = form == FORM_PREFIX ? plain_version_cmp(str_of(a->version), str_of(b->version)) == 0
						: strcmp(a->id, b->id) == 0;
		if (same)
			return duplicate(a, b, err);
	}
	return true;
}

/*
 * Where the whole name tells them apart, it is the version of those that share one: the journal and the digests have a row a version.
 * All others keep theirs, so that "version: name" can be said at any time.
 */
static void part_equals(struct history *history)
{
	for (size_t i = 0, end; i < history->len; i = end) {
		for (end = i + 1; end < history->len; end++)
			if (plain_version_cmp(str_of(history->ptr[i].version), str_of(history->ptr[end].version)))
				break;
		for (size_t k = i; end - i > 1 && k < end; k++)
			history->ptr[k].version = history->ptr[k].id;
	}
}

/* Diesel and others keep a folder a migration.  "Nothing to do" would be a lie there. */
static bool refuse_folders(struct arena *arena, const char *folder, const struct names *names, struct err *err)
{
	for (size_t i = 0; i < names->len; i++) {
		struct names files;
		struct err ignored = { .arena = arena };
		const char *path = path_join(arena, folder, names->ptr[i]);
		if (names->ptr[i][0] == '.' || !file_is_dir(path) || !dir_list(arena, path, &files, &ignored))
			continue;
		for (size_t k = 0; k < files.len; k++) {
			if (!str_ends(str_of(files.ptr[k]), STR(".sql")))
				continue;
			err_set(err, ERR_USAGE, "migrations-in-folders",
				"\"%s\" holds no migrations, but folders with SQL files", folder);
			err_detail(
				err,
				"There is \"%s/%s\". brant reads the files of one folder: VERSION_name.sql and VERSION_name.down.sql.",
				path, files.ptr[k]);
			return err_hint(
				err,
				"Name the right folder with \"migrations:\" in brant.yaml, or make a file of each folder.");
		}
	}
	return true;
}

static bool folder_missing(const struct format_settings *settings, const char *shown, struct err *err)
{
	err_set(err, ERR_FAILED, "no-migrations-folder", "there is no folder \"%s\"", shown);
	if (!settings->migrations && format_tell_below(settings, err))
		return false;
	return err_hint(
		err,
		"Run \"brant new NAME\" to make the first migration, or name the folder with \"migrations:\" in "
		"brant.yaml.");
}

/* Do the versions count?  Steps alone do not tell: timestamps are written by hand too, and then one second after the other. */
static bool counts(const struct history *history)
{
	enum {
		TIMESTAMPS = 10000000
	}; /* no folder counts so far, and the least of the usual times is a date, 20240131 */
	unsigned long long before = 0, version;
	for (size_t i = 0; i < history->len; i++, before = version)
		if (!str_to_u64(str_of(history->ptr[i].version), &version) || version >= TIMESTAMPS ||
		    (i && version <= before))
			return false;
	return true;
}

/*
 * Missing numbers, where the folder counts by one: at least half of the steps are, and few are not.  Folders of timestamps, or numbered in
 * tens, have none.
 */
static void find_gaps(struct arena *arena, struct history *history)
{
	enum { MANY = 3 };
	size_t ones = 0;
	if (!counts(history))
		return;
	for (size_t i = 1; i < history->len; i++) {
		unsigned long long before = 0, after = 0;
		struct str version = str_of(history->ptr[i - 1].version);
		str_to_u64(version, &before);
		str_to_u64(str_of(history->ptr[i].version), &after);
		if (after == before + 1)
			ones++;
		else
			vec_push(arena, &history->gaps,
				 (struct gap){ i, arena_printf(arena, "%0*llu", (int)version.len, before + 1) });
	}
	if (ones < history->gaps.len || history->gaps.len >= MANY)
		history->gaps.len = 0;
}

/* Names go into the ledger and into messages, and the server takes no other. */
static bool refuse_name(struct arena *arena, const char *folder, const char *name, struct err *err)
{
	const char *path = path_join(arena, folder, name);
	err_set(err, ERR_FAILED, "not-utf8", "the name of the file \"%s\" is not valid UTF-8", path);
	return err_hint(err, "Rename it.");
}

static bool looks_like_sql(const char *name)
{
	size_t len = strlen(name);
	return name[0] != '.' && len >= 4 && strcasecmp(name + len - 4, ".sql") == 0;
}

bool plain_load(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		struct err *err)
{
	struct history history = { .folder = path_join(arena, settings->root, folder_of(settings)) };
	struct names names;
	struct plain_name name;
	if (!file_exists(history.folder) && !file_is_link(history.folder))
		return folder_missing(settings, history.folder, err);
	if (!dir_list(arena, history.folder, &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		if (plain_name_parse(names.ptr[i], &name)) {
			if (str_bad_utf8(str_of(names.ptr[i])) >= 0)
				return refuse_name(arena, history.folder, names.ptr[i], err);
			if (name.role != ROLE_DOWN)
				add_up(arena, &history, history.folder, names.ptr[i], &name);
		} else if (plain_name_repeatable(names.ptr[i])) {
			vec_push(arena, &history.repeatable, str_of(names.ptr[i]));
		} else if (looks_like_sql(names.ptr[i])) {
			vec_push(arena, &history.ignored, str_of(names.ptr[i]));
		}
	}
	if (history.len)
		qsort(history.ptr, history.len, sizeof(*history.ptr), by_version);
	if (!history.len && !refuse_folders(arena, history.folder, &names, err))
		return false;
	if (!refuse_duplicates(settings, &history, err))
		return false;
	add_downs(arena, &history, &names);
	part_equals(&history);
	find_gaps(arena, &history);
	*ret_history = history;
	return true;
}
