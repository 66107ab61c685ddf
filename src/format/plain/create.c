/*
 * create.c - the next file, numbered the way the folder is.
 */
#include <inttypes.h>
#include <time.h>

#include "base/file.h"
#include "format/filename.h"
#include "format/plain/plain.h"

/* What the versions of a folder are. */
enum numbering {
	NUMBER_SEQUENCE,  /* 0001, 0002, ... */
	NUMBER_TIMESTAMP, /* 20240131120000 */
	NUMBER_EPOCH,     /* 1706702400, seconds */
	NUMBER_EPOCH_MS,  /* 1706702400000 */
};

static enum numbering numbering_of(struct str last)
{
	unsigned long long value;
	if (!str_to_u64(last, &value))
		return NUMBER_SEQUENCE;
	if (last.len == 14 && value > 19700101000000ULL && value < 99991231235960ULL)
		return NUMBER_TIMESTAMP;
	if (last.len == 10 && last.ptr[0] == '1')
		return NUMBER_EPOCH;
	if (last.len == 13 && last.ptr[0] == '1')
		return NUMBER_EPOCH_MS;
	return NUMBER_SEQUENCE;
}

static const char *timestamp(struct arena *arena)
{
	time_t now = time(NULL);
	struct tm tm;
	gmtime_r(&now, &tm);
	return arena_printf(arena, "%04d%02d%02d%02d%02d%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
			    tm.tm_min, tm.tm_sec);
}

static bool plus_one(struct arena *arena, const struct migration *last, const char **ret_version, struct err *err)
{
	unsigned long long value;
	struct str version = str_of(last->version);
	if (!str_to_u64(version, &value)) {
		err_set(err, ERR_FAILED, "version-unknown", "the version after \"%s\" cannot be guessed",
			last->version);
		return err_hint(err, "Make the file by hand, or say it: brant new --as VERSION NAME.");
	}
	*ret_version = arena_printf(arena, "%0*llu", (int)version.len, value + 1);
	return true;
}

static bool next_version(struct arena *arena, const struct history *history, const char **ret_version, struct err *err)
{
	if (!history->len) {
		*ret_version = "0001";
		return true;
	}
	const struct migration *last = &history->ptr[history->len - 1];
	const char *version = NULL;
	switch (numbering_of(str_of(last->version))) {
	case NUMBER_SEQUENCE:
		return plus_one(arena, last, ret_version, err);
	case NUMBER_TIMESTAMP:
		version = timestamp(arena);
		break;
	case NUMBER_EPOCH:
		version = arena_printf(arena, "%" PRIdMAX, (intmax_t)time(NULL));
		break;
	case NUMBER_EPOCH_MS:
		version = arena_printf(arena, "%" PRIdMAX "000", (intmax_t)time(NULL));
		break;
	}
	/* A clock that is behind the newest file must not put the new one before it. */
	if (plain_version_cmp(str_of(version), str_of(last->version)) <= 0)
		return plus_one(arena, last, ret_version, err);
	*ret_version = version;
	return true;
}

static bool write_file(struct arena *arena, const char *path, const char *heading, const char *sql, struct strs *files,
		       struct err *err)
{
	const char *text = sql ? sql : arena_printf(arena, "-- %s\n\n", heading);
	if (!file_create(path, str_of(text), 0644, err))
		return false;
	vec_push(arena, files, str_of(path));
	return true;
}

static bool is_pair(const struct migration *migration)
{
	const struct plain_extra *extra = migration->extra;
	return extra->pair;
}

bool plain_create(struct arena *arena, const struct format_settings *settings, const struct history *history,
		  const struct new_migration *made, struct strs *ret_files, struct err *err)
{
	(void)settings;
	const struct migration *last = history->len ? &history->ptr[history->len - 1] : NULL;
	const char *version, *name = NULL;
	if (!file_name_from(arena, made->name, &name, err))
		return false;
	version = made->version;
	if (!version && !next_version(arena, history, &version, err))
		return false;
	bool pair = last && is_pair(last);
	bool down = made->with_down == DOWN_YES ||
		(made->with_down == DOWN_AS_FOLDER && (made->down || pair || (last && last->down_path)));
	const char *stem = path_join(arena, history->folder, arena_printf(arena, "%s_%s", version, name));
	struct strs files = { 0 };
	if (!dir_make(history->folder, 0755, err) ||
	    !write_file(arena, arena_printf(arena, "%s%s.sql", stem, pair ? ".up" : ""), made->name, made->up, &files,
			err))
		return false;
	if (down &&
	    !write_file(arena, arena_printf(arena, "%s.down.sql", stem), arena_printf(arena, "undo: %s", made->name),
			made->down, &files, err))
		return false;
	*ret_files = files;
	return true;
}
