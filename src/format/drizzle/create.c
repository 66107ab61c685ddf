#include "format/drizzle/create.h"

#include <time.h>

#include "base/file.h"
#include "format/drizzle/wanted.h"
#include "format/filename.h"

char *drizzle_stamp(struct arena *arena, long long when)
{
	time_t seconds = when / 1000;
	struct tm tm;
	char stamp[32] = "";
	if (gmtime_r(&seconds, &tm))
		strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &tm);
	return arena_strdup(arena, stamp);
}

bool drizzle_write(struct arena *arena, struct drizzle_draft *draft, const char *path, struct str text, struct err *err)
{
	if (!file_create(path, text, 0644, err))
		return false;
	vec_push(arena, &draft->files, str_of(path));
	return true;
}

bool drizzle_write_scripts(struct arena *arena, struct drizzle_draft *draft, const char *up, const char *down,
			   struct err *err)
{
	const struct new_migration *made = draft->made;
	if (!drizzle_write(arena, draft, up, str_of(made->up ? made->up : DRIZZLE_CUSTOM), err))
		return false;
	const char *undo = made->down ? made->down : arena_printf(arena, "-- undo: %s\n\n", made->name);
	return !draft->down || drizzle_write(arena, draft, down, str_of(undo), err);
}

static long long now_in_milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* drizzle-kit has no way back; who wants one has it in a file that drizzle-kit does not see. */
static bool wants_down(const struct history *history, const struct new_migration *made)
{
	if (made->with_down != DOWN_AS_FOLDER)
		return made->with_down == DOWN_YES;
	return history->len && history->ptr[history->len - 1].down_path;
}

/* Of several that lead there together only the last one has the wanted schema: those before it keep the one that was there. */
static void find_schema_after(struct drizzle_draft *draft)
{
	const struct drizzle_wanted *wanted = draft->made->wanted ? draft->made->wanted->extra : NULL;
	if (!wanted || draft->made->part + 1 < draft->made->parts)
		return;
	draft->by_kit = wanted->by_kit;
	draft->model = wanted->by_kit ? NULL : &wanted->model;
}

bool drizzle_create(struct arena *arena, const struct format_settings *settings, const struct history *history,
		    const struct new_migration *made, struct strs *ret_files, struct err *err)
{
	struct drizzle_draft draft = {
		.folder = history->folder,
		.config = settings->extra,
		.history = history,
		.made = made,
		.down = wants_down(history, made),
		.now = now_in_milliseconds(),
	};
	if (!file_name_from(arena, made->name, &draft.name, err))
		return false;
	find_schema_after(&draft);
	bool ok = drizzle_line_of(arena, settings->root, history->folder) == DRIZZLE_0
		? drizzle_create_entry(arena, &draft, err)
		: drizzle_create_folder(arena, &draft, err);
	if (ok)
		*ret_files = draft.files;
	return ok;
}
