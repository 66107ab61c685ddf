/*
 * create.c - the next migration's folder, as "prisma migrate dev" makes it.
 */
#include <time.h>

#include "base/file.h"
#include "format/prisma/prisma.h"

enum { NAME_MAX_BYTES = 200 };

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_small(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static void end_word(struct buf *buf)
{
	if (buf->len && buf->ptr[buf->len - 1] != '_')
		buf_char(buf, '_');
}

/*
 * "Add user bio!" and addUserBio become add_user_bio.  Prisma transliterates what is not ASCII; here the letters stay, as a folder's name can
 * have them.
 */
static bool slug_of(struct arena *arena, const char *name, const char **ret_slug, struct err *err)
{
	struct buf buf = buf_init(arena);
	for (const char *p = name; *p && buf.len < NAME_MAX_BYTES; p++) {
		bool starts_word = is_upper(*p) && p > name && (is_small(p[-1]) || (is_upper(p[-1]) && is_small(p[1])));
		if (starts_word)
			end_word(&buf);
		if (is_upper(*p))
			buf_char(&buf, (char)(*p + 32));
		else if (is_small(*p) || (unsigned char)*p >= 0x80)
			buf_char(&buf, *p);
		else
			end_word(&buf);
	}
	ptrdiff_t bad = str_bad_utf8(buf_as_str(&buf));
	if (bad >= 0) /* cut within a character */
		buf.ptr[buf.len = (size_t)bad] = '\0';
	while (buf.len && buf.ptr[buf.len - 1] == '_')
		buf.ptr[--buf.len] = '\0';
	if (!buf.len || str_bad_utf8(str_of(name)) >= 0) {
		err_set(err, ERR_USAGE, "bad-name", "\"%s\" makes no name of a folder", name);
		return err_hint(err, "Use letters and digits, for example: brant new add_user_bio");
	}
	*ret_slug = buf.ptr;
	return true;
}

static const char *stamp_text(struct arena *arena, time_t at)
{
	struct tm tm;
	gmtime_r(&at, &tm);
	return arena_printf(arena, "%04d%02d%02d%02d%02d%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
			    tm.tm_min, tm.tm_sec);
}

/* 20240131120000 at the front of a folder's name, as seconds; false where it has none. */
static bool stamp_of(const char *folder, time_t *ret_at)
{
	struct tm tm = { 0 };
	struct str rest = str_of(folder);
	if (!str_take_number(&rest, "", 4, &tm.tm_year) || !str_take_number(&rest, "", 2, &tm.tm_mon) ||
	    !str_take_number(&rest, "", 2, &tm.tm_mday) || !str_take_number(&rest, "", 2, &tm.tm_hour) ||
	    !str_take_number(&rest, "", 2, &tm.tm_min) || !str_take_number(&rest, "", 2, &tm.tm_sec) ||
	    (rest.len && rest.ptr[0] != '_'))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*ret_at = timegm(&tm);
	return *ret_at > 0;
}

/* Now, or just behind the last one: Prisma sorts two of the same second by their names, and a clock may be behind. */
static const char *next_stamp(struct arena *arena, const struct history *history)
{
	time_t now = time(NULL), last;
	for (size_t i = 0; i < history->len; i++)
		if (stamp_of(history->ptr[i].version, &last) && last >= now)
			now = last + 1;
	return stamp_text(arena, now);
}

static bool write_file(struct arena *arena, const char *folder, const char *file, const char *text, struct strs *files,
		       struct err *err)
{
	const char *path = path_join(arena, folder, file);
	if (!file_create(path, str_of(text), 0644, err))
		return false;
	vec_push(arena, files, str_of(path));
	return true;
}

bool prisma_create(struct arena *arena, const struct format_settings *settings, const struct history *history,
		   const struct new_migration *made, struct strs *ret_files, struct err *err)
{
	(void)settings;
	const char *slug = NULL;
	struct strs files = { 0 };
	if (!slug_of(arena, made->name, &slug, err))
		return false;
	const char *version = made->version ? made->version : next_stamp(arena, history);
	const char *folder = path_join(arena, history->folder, arena_printf(arena, "%s_%s", version, slug));
	const struct migration *last = history->len ? &history->ptr[history->len - 1] : NULL;
	bool down = made->with_down == DOWN_YES || (made->with_down == DOWN_AS_FOLDER && last && last->down_path);
	if (!dir_make(folder, 0755, err) || !prisma_lock_write(arena, history->folder, err) ||
	    !write_file(arena, folder, "migration.sql", made->up ? made->up : "-- This is an empty migration.", &files,
			err))
		return false;
	if (down &&
	    !write_file(arena, folder, "down.sql", made->down ? made->down : "-- Undoes migration.sql beside it.\n",
			&files, err))
		return false;
	*ret_files = files;
	return true;
}
