/*
 * folders.c - the 1.0 line: a folder a migration, applied by name.
 *
 * drizzle-kit takes every folder that holds migration.sql and sorts by localeCompare(); created_at is the time that the name begins with.
 */
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "format/drizzle/drizzle.h"

enum { TIME_DIGITS = 14 }; /* YYYYMMDDHHMMSS */

static bool begins_with_time(const char *name)
{
	return strspn(name, "0123456789") >= TIME_DIGITS;
}

bool drizzle_folder_is_migration(struct arena *arena, const char *folder, const char *name)
{
	return begins_with_time(name) && file_exists(path_join(arena, path_join(arena, folder, name), "migration.sql"));
}

/* Date.UTC() takes a month 13 for January of the next year, and so does timegm(). */
static long long when_of(const char *name)
{
	struct tm tm = { 0 };
	struct str rest = str_of(name);
	str_take_number(&rest, "", 4, &tm.tm_year);
	str_take_number(&rest, "", 2, &tm.tm_mon);
	str_take_number(&rest, "", 2, &tm.tm_mday);
	str_take_number(&rest, "", 2, &tm.tm_hour);
	str_take_number(&rest, "", 2, &tm.tm_min);
	str_take_number(&rest, "", 2, &tm.tm_sec);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (long long)timegm(&tm) * 1000;
}

/* As ICU's root collation has it, for the characters that such names are made of: punctuation, digits, letters without regard to case. */
static int weight(char c)
{
	unsigned char byte = (unsigned char)c;
	if (c == '_')
		return 1;
	if (c == '-')
		return 2;
	if (c >= '0' && c <= '9')
		return 256 + byte;
	if (c >= 'A' && c <= 'Z')
		return 512 + byte + 32;
	return byte >= 'a' ? 512 + byte : byte;
}

static int compare_names(const char *a, const char *b)
{
	size_t i = 0;
	while (a[i] && b[i] && weight(a[i]) == weight(b[i]))
		i++;
	int order = (a[i] ? weight(a[i]) : 0) - (b[i] ? weight(b[i]) : 0);
	return order ? order : -strcmp(a, b); /* small letters before capitals */
}

static int by_name(const void *a, const void *b)
{
	return compare_names(((const struct migration *)a)->id, ((const struct migration *)b)->id);
}

static bool not_a_time(const char *path, struct err *err)
{
	err_set(err, ERR_FAILED, "folder-name", "the name of \"%s\" does not begin with a time", path);
	err_detail(
		err,
		"drizzle-kit records the time that a folder's name begins with, 20261122180023_init, and fails for this one.");
	err_hint(err, "Rename the folder, or move it out of the migrations if it is none.");
	return err_at(err, path, 0, 0);
}

static void add_folder(struct arena *arena, const char *folder, const char *name, struct history *history)
{
	const char *path = path_join(arena, folder, name), *down = path_join(arena, path, "down.sql");
	struct drizzle_migration *extra = arena_alloc(arena, sizeof(*extra));
	*extra = (struct drizzle_migration){
		.line = DRIZZLE_1,
		.tag = name,
		.folder = name,
		.when = when_of(name),
		.snapshot = path_join(arena, path, "snapshot.json"),
	};
	vec_push(arena, history,
		 (struct migration){
			 .version = arena_strndup(arena, name, TIME_DIGITS),
			 .name = name[TIME_DIGITS] == '_' ? name + TIME_DIGITS + 1 : name,
			 .id = name,
			 .path = path_join(arena, path, "migration.sql"),
			 .down_path = file_exists(down) ? down : NULL,
			 .extra = extra,
		 });
}

bool drizzle_load_folders(struct arena *arena, const char *folder, struct history *history, struct err *err)
{
	struct names names;
	if (!dir_list(arena, folder, &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		const char *path = path_join(arena, path_join(arena, folder, names.ptr[i]), "migration.sql");
		if (!file_exists(path))
			continue;
		if (!begins_with_time(names.ptr[i]))
			return not_a_time(path, err);
		add_folder(arena, folder, names.ptr[i], history);
	}
	if (history->len)
		qsort(history->ptr, history->len, sizeof(*history->ptr), by_name);
	return true;
}
