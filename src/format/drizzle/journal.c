/*
 * journal.c - meta/_journal.json of the 0.x line.
 *
 *     {"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1795369805963,"tag":"0000_init","breakpoints":true}]}
 *
 * The order of the entries is the order of the migrations, whatever idx and when say.  A SQL file that no entry names does not exist.
 */
#include <time.h>

#include "base/file.h"
#include "format/drizzle/drizzle.h"

char *drizzle_journal_path(struct arena *arena, const char *folder)
{
	return path_join(arena, folder, "meta/_journal.json");
}

static bool invalid(struct arena *arena, const char *folder, const struct json *at, struct err *err,
		    const char *message)
{
	err_set(err, ERR_FAILED, "journal-invalid", "%s", message);
	return err_at(err, drizzle_journal_path(arena, folder), at->line, at->column);
}

static bool check_dialect(struct arena *arena, const char *folder, const struct json *journal, struct err *err)
{
	const struct json *dialect = json_get(journal, "dialect");
	const char *text = json_get_text(journal, "dialect", NULL);
	if (!text)
		return invalid(arena, folder, dialect ? dialect : journal, err,
			       "the journal does not say its \"dialect\"");
	if (strcmp(text, "postgresql") == 0 || strcmp(text, "pg") == 0)
		return true;
	err_set(err, ERR_USAGE, "dialect-unsupported", "the migrations are for \"%s\", and brant is for PostgreSQL",
		text);
	return err_at(err, drizzle_journal_path(arena, folder), dialect->line, dialect->column);
}

bool drizzle_journal_parse(struct arena *arena, const char *folder, struct str text, struct json *ret_journal,
			   struct err *err)
{
	struct json journal;
	if (!json_parse(arena, JSON_PLAIN, drizzle_journal_path(arena, folder), text, &journal, err))
		return false;
	if (journal.kind != JS_OBJECT || !json_get_kind(&journal, "entries", JS_ARRAY))
		return invalid(arena, folder, &journal, err,
			       "a journal is an object with \"entries\", and this is none");
	if (!check_dialect(arena, folder, &journal, err))
		return false;
	*ret_journal = journal;
	return true;
}

bool drizzle_journal_load(struct arena *arena, const char *folder, struct json *ret_journal, struct err *err)
{
	struct str text;
	return file_read(arena, drizzle_journal_path(arena, folder), &text, err) &&
		drizzle_journal_parse(arena, folder, text, ret_journal, err);
}

/* A tag is a file's name: it must not lead out of the folder. */
static bool check_tag(struct arena *arena, const char *folder, const struct json *entry, struct err *err)
{
	const struct json *value = json_get(entry, "tag");
	const char *tag = json_get_text(entry, "tag", NULL);
	if (!tag || !*tag)
		return invalid(arena, folder, value ? value : entry, err,
			       "this entry has no \"tag\", the name of its SQL file");
	if (strchr(tag, '\\') || strstr(tag, "..") || tag[0] == '/')
		return invalid(arena, folder, value, err, arena_printf(arena, "\"%s\" is no name of a migration", tag));
	return true;
}

static bool check_when(struct arena *arena, const char *folder, const struct json *entry, long long *ret_when,
		       struct err *err)
{
	const struct json *when = json_get(entry, "when");
	if (json_integer_of(when, ret_when))
		return true;
	invalid(arena, folder, when ? when : entry, err,
		arena_printf(arena, "\"when\" of \"%s\" is %s, not a time in milliseconds",
			     json_get_text(entry, "tag", ""), json_kind_text(when)));
	return err_hint(err, "drizzle-kit orders and records migrations by it. Get the journal from version control.");
}

static bool check_unique(struct arena *arena, const char *folder, const struct json *entry, struct map *tags,
			 struct err *err)
{
	const struct json *tag = json_get(entry, "tag");
	const struct json *other = map_set(arena, tags, tag->text, (void *)(uintptr_t)tag);
	if (!other)
		return true;
	err_set(err, ERR_FAILED, "duplicate-version", "the journal names \"" STR_FMT "\" twice", STR_ARG(tag->text));
	err_detail(err, "It stands in line %u too.", other->line);
	err_hint(err, "A merge may have kept the entry of both branches: take one of the two out.");
	return err_at(err, drizzle_journal_path(arena, folder), tag->line, tag->column);
}

static bool check_file(struct arena *arena, const char *folder, const struct json *entry, const char *path,
		       struct err *err)
{
	const struct json *tag = json_get(entry, "tag");
	if (file_exists(path))
		return true;
	err_set(err, ERR_FAILED, "file-missing", "the journal names \"" STR_FMT "\", but there is no file \"%s\"",
		STR_ARG(tag->text), path);
	err_detail(err, "drizzle-kit does not migrate in this state either.");
	err_hint(
		err,
		"Get the file from version control. If the migration shall be gone, take its entry out of the journal.");
	return err_at(err, drizzle_journal_path(arena, folder), tag->line, tag->column);
}

/* "0004_add_posts": the prefix is the version where it is a number. */
static void split_tag(struct arena *arena, const char *tag, struct migration *migration)
{
	size_t digits = strspn(tag, "0123456789");
	bool numbered = digits && (tag[digits] == '_' || !tag[digits]);
	migration->version = numbered ? arena_strndup(arena, tag, digits) : tag;
	migration->name = numbered && tag[digits] ? tag + digits + 1 : tag;
	migration->id = tag;
}

/* drizzle-kit 1.0 renames so, and records the name where the ledger has a column for it. */
static char *folder_name(struct arena *arena, const char *tag, long long when)
{
	char stamp[16] = "";
	time_t seconds = when / 1000;
	struct tm tm;
	if (gmtime_r(&seconds, &tm))
		strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &tm);
	const char *rest = strchr(tag, '_');
	return arena_printf(arena, "%s_%s", stamp, rest ? rest + 1 : "");
}

static char *snapshot_path(struct arena *arena, const char *folder, const char *tag)
{
	size_t prefix = strcspn(tag, "_");
	return path_join(arena, folder, arena_printf(arena, "meta/%.*s_snapshot.json", (int)prefix, tag));
}

const char *drizzle_journal_ahead(struct arena *arena, const char *folder)
{
	struct json *journal = arena_alloc(arena, sizeof(*journal));
	struct err ignored = { .arena = arena };
	if (!file_exists(drizzle_journal_path(arena, folder)) ||
	    !drizzle_journal_load(arena, folder, journal, &ignored))
		return NULL;
	const struct json *entries = json_get(journal, "entries");
	const char *tag = entries->len ? json_get_text(&entries->ptr[entries->len - 1], "tag", NULL) : NULL;
	return tag && !file_exists(snapshot_path(arena, folder, tag)) ? tag : NULL;
}

static bool add_entry(struct arena *arena, const char *folder, const struct json *entry, struct map *tags,
		      struct history *history, struct err *err)
{
	long long when;
	if (entry->kind != JS_OBJECT)
		return invalid(arena, folder, entry, err, "an entry is an object, and this is none");
	if (!check_tag(arena, folder, entry, err) || !check_when(arena, folder, entry, &when, err) ||
	    !check_unique(arena, folder, entry, tags, err))
		return false;
	const char *tag = json_get_text(entry, "tag", "");
	const char *path = path_join(arena, folder, arena_printf(arena, "%s.sql", tag));
	const char *down = path_join(arena, folder, arena_printf(arena, "%s.down.sql", tag));
	if (!check_file(arena, folder, entry, path, err))
		return false;
	struct drizzle_migration *extra = arena_alloc(arena, sizeof(*extra));
	*extra = (struct drizzle_migration){
		.line = DRIZZLE_0,
		.tag = tag,
		.folder = folder_name(arena, tag, when),
		.when = when,
		.snapshot = snapshot_path(arena, folder, tag),
	};
	struct migration migration = { .path = path, .down_path = file_exists(down) ? down : NULL, .extra = extra };
	split_tag(arena, tag, &migration);
	vec_push(arena, history, migration);
	return true;
}

static void note_strays(struct arena *arena, const char *folder, const struct map *tags, struct history *history)
{
	struct names names;
	struct err ignored = { .arena = arena };
	if (!dir_list(arena, folder, &names, &ignored))
		return;
	for (size_t i = 0; i < names.len; i++) {
		struct str name = str_of(names.ptr[i]);
		bool down = str_ends(name, STR(".down.sql"));
		if (!str_ends(name, STR(".sql")) || map_get(tags, str_slice(name, 0, name.len - (down ? 9 : 4))))
			continue;
		if (down)
			vec_push(arena, &history->lone_downs, name);
		else
			vec_push(arena, &history->ignored, name);
	}
	history->ignored_why = "the journal does not name it";
}

/* Snapshots and their SQL, and nothing that says in which order: it was there once. */
static bool check_journal_there(struct arena *arena, const char *folder, const struct history *history, struct err *err)
{
	for (size_t i = 0; i < history->ignored.len; i++) {
		const char *tag = str_dup(arena, history->ignored.ptr[i]);
		if (!file_exists(snapshot_path(arena, folder, tag)))
			continue;
		err_set(err, ERR_FAILED, "file-missing", "there are migrations in \"%s\", but no \"%s\"", folder,
			drizzle_journal_path(arena, folder));
		err_detail(
			err,
			"The journal says which files are migrations and in which order. drizzle-kit does not migrate "
			"in this state either.");
		return err_hint(err, "Get it from version control.");
	}
	return true;
}

/* A folder without a journal is one that "generate" has not seen yet. */
bool drizzle_load_journal(struct arena *arena, const char *folder, struct history *history, struct err *err)
{
	struct json *journal = arena_alloc(arena, sizeof(*journal));
	struct map tags = { 0 };
	bool there = file_exists(drizzle_journal_path(arena, folder));
	if (there) {
		if (!drizzle_journal_load(arena, folder, journal, err))
			return false;
		const struct json *entries = json_get(journal, "entries");
		for (size_t i = 0; i < entries->len; i++)
			if (!add_entry(arena, folder, &entries->ptr[i], &tags, history, err))
				return false;
	}
	note_strays(arena, folder, &tags, history);
	return there || check_journal_there(arena, folder, history, err);
}
