/*
 * create_journal.c - a new migration of the 0.x line.
 *
 * drizzle-kit numbers by the journal alone (the last idx and one) and generates from the snapshot whose file name sorts last.  Here the number is
 * one that no snapshot and no migration has yet: after a merge the two would otherwise disagree, and a snapshot would be overwritten.
 */
#include "base/file.h"
#include "format/drizzle/create.h"
#include "format/drizzle/snapshot.h"

static bool is_snapshot(const char *name)
{
	return name[0] != '_' && str_ends(str_of(name), STR("_snapshot.json"));
}

/* The snapshot that drizzle-kit would go on from; NULL: there is none. */
static const char *last_snapshot(struct arena *arena, const char *folder)
{
	struct names names;
	struct err ignored = { .arena = arena };
	const char *meta = path_join(arena, folder, "meta");
	if (!dir_list(arena, meta, &names, &ignored))
		return NULL;
	for (size_t i = names.len; i-- > 0;)
		if (is_snapshot(names.ptr[i]))
			return path_join(arena, meta, names.ptr[i]);
	return NULL;
}

/* ---- the prefix ---- */

static void raise_to(const char *text, unsigned long long *number)
{
	unsigned long long value;
	if (str_to_u64((struct str){ text, strspn(text, "0123456789") }, &value) && value >= *number)
		*number = value + 1;
}

/* The least number above all that are in use. */
static unsigned long long next_number(struct arena *arena, const struct drizzle_draft *draft,
				      const struct json *entries)
{
	unsigned long long number = 0;
	const char *snapshot = last_snapshot(arena, draft->folder);
	for (size_t i = 0; i < entries->len; i++) {
		long long idx;
		raise_to(json_get_text(&entries->ptr[i], "tag", ""), &number);
		if (json_integer_of(json_get(&entries->ptr[i], "idx"), &idx) && idx >= 0 &&
		    (unsigned long long)idx >= number)
			number = (unsigned long long)idx + 1;
	}
	if (snapshot)
		raise_to(path_base(snapshot), &number);
	return number;
}

/* A project without a config is not told how its files are named, but shows it. */
static const char *prefix_kind(const struct drizzle_draft *draft)
{
	const struct history *history = draft->history;
	if (draft->config->path || !history->len)
		return draft->config->prefix;
	size_t digits = strspn(history->ptr[history->len - 1].id, "0123456789");
	return digits == 14 ? "timestamp" : digits == 10 ? "unix" : draft->config->prefix;
}

/* A clock that is behind must not put the new one before the last. */
static const char *time_prefix(struct arena *arena, const struct drizzle_draft *draft, const char *stamp)
{
	const struct history *history = draft->history;
	const char *last = history->len ? history->ptr[history->len - 1].id : "";
	unsigned long long next = 0;
	if (strspn(last, "0123456789") != strlen(stamp) || strncmp(last, stamp, strlen(stamp)) < 0)
		return stamp;
	raise_to(last, &next);
	return arena_printf(arena, "%llu", next);
}

static const char *next_prefix(struct arena *arena, const struct drizzle_draft *draft, unsigned long long number)
{
	const char *kind = prefix_kind(draft);
	if (draft->made->version)
		return draft->made->version;
	if (strcmp(kind, "timestamp") == 0 || strcmp(kind, "supabase") == 0)
		return time_prefix(arena, draft, drizzle_stamp(arena, draft->now));
	if (strcmp(kind, "unix") == 0)
		return time_prefix(arena, draft, arena_printf(arena, "%lld", draft->now / 1000));
	return strcmp(kind, "none") == 0 ? "" : arena_printf(arena, "%04llu", number);
}

/* ---- the snapshot ---- */

static bool load_previous(struct arena *arena, const struct drizzle_draft *draft, struct json *ret_snapshot,
			  struct err *err)
{
	const char *path = last_snapshot(arena, draft->folder);
	if (!path) {
		*ret_snapshot = json_new(JS_NULL);
		return true;
	}
	if (!json_load(arena, JSON_PLAIN, path, ret_snapshot, err))
		return false;
	if (ret_snapshot->kind == JS_OBJECT && json_get_kind(ret_snapshot, "id", JS_STRING))
		return true;
	err_set(err, ERR_FAILED, "snapshot-invalid", "a snapshot is an object with an \"id\", and this is none");
	return err_at(err, path, ret_snapshot->line, ret_snapshot->column);
}

/* What drizzle-kit begins with. */
static struct json empty_snapshot(struct arena *arena)
{
	static const char *const parts[] = { "tables", "enums", "schemas", "sequences", "roles", "policies", "views" };
	struct json snapshot = json_new(JS_OBJECT), meta = json_new(JS_OBJECT);
	json_put(arena, &snapshot, "version", json_of_text("7"));
	json_put(arena, &snapshot, "dialect", json_of_text("postgresql"));
	for (size_t i = 0; i < LEN(parts); i++)
		json_put(arena, &snapshot, parts[i], json_new(JS_OBJECT));
	json_put(arena, &meta, "columns", json_new(JS_OBJECT));
	json_put(arena, &meta, "schemas", json_new(JS_OBJECT));
	json_put(arena, &meta, "tables", json_new(JS_OBJECT));
	json_put(arena, &snapshot, "_meta", meta);
	return snapshot;
}

/* A schema under new ids: the one that was there, as "generate --custom" has it, or the one that drizzle-kit told. */
static struct json same_schema(struct arena *arena, const struct json *schema, const struct json *previous)
{
	struct json empty = empty_snapshot(arena), snapshot = json_new(JS_OBJECT);
	const struct json *from = schema ? schema : previous->kind == JS_OBJECT ? previous : &empty;
	json_put(arena, &snapshot, "id", json_of_text(drizzle_uuid(arena)));
	json_put(arena, &snapshot, "prevId", json_of_text(json_get_text(previous, "id", DRIZZLE_ORIGIN)));
	for (size_t i = 0; i < from->len; i++)
		if (!str_eq(from->ptr[i].key, STR("id")) && !str_eq(from->ptr[i].key, STR("prevId")))
			vec_push(arena, &snapshot, from->ptr[i]);
	return snapshot;
}

/* ---- the journal ---- */

static bool load_journal(struct arena *arena, const char *folder, struct json *ret_journal, struct err *err)
{
	if (file_exists(drizzle_journal_path(arena, folder)))
		return drizzle_journal_load(arena, folder, ret_journal, err);
	*ret_journal = json_new(JS_OBJECT);
	json_put(arena, ret_journal, "version", json_of_text("7"));
	json_put(arena, ret_journal, "dialect", json_of_text("postgresql"));
	json_put(arena, ret_journal, "entries", json_new(JS_ARRAY));
	return true;
}

/* "when" only grows: drizzle-kit would pass over what is not younger than the youngest. */
static long long next_when(const struct drizzle_draft *draft)
{
	long long when = draft->now;
	for (size_t i = 0; i < draft->history->len; i++) {
		const struct drizzle_migration *extra = draft->history->ptr[i].extra;
		if (extra->when >= when)
			when = extra->when + 1;
	}
	return when;
}

static bool add_to_journal(struct arena *arena, const struct drizzle_draft *draft, struct json *journal,
			   const char *tag, unsigned long long number, struct err *err)
{
	struct json *entries = NULL, entry = json_new(JS_OBJECT);
	for (size_t i = 0; i < journal->len; i++)
		if (str_eq(journal->ptr[i].key, STR("entries")))
			entries = &journal->ptr[i];
	json_put(arena, &entry, "idx", json_of_integer(arena, (long long)number));
	json_put(arena, &entry, "version", json_of_text("7"));
	json_put(arena, &entry, "when", json_of_integer(arena, next_when(draft)));
	json_put(arena, &entry, "tag", json_of_text(tag));
	json_put(arena, &entry, "breakpoints", json_of_bool(draft->config->breakpoints));
	json_add(arena, entries, entry);
	return file_write(drizzle_journal_path(arena, draft->folder), json_print(arena, journal, 2), 0644, err);
}

/* With the prefix "none" all migrations share a snapshot, which drizzle-kit never reads: its name begins with '_'. */
static bool write_snapshot(struct arena *arena, struct drizzle_draft *draft, const char *prefix,
			   const struct json *previous, struct err *err)
{
	const char *path = path_join(arena, draft->folder, arena_printf(arena, "meta/%s_snapshot.json", prefix));
	struct json snapshot = draft->model ? snapshot_tables(arena, draft->model, drizzle_uuid(arena),
							      json_get_text(previous, "id", DRIZZLE_ORIGIN))
					    : same_schema(arena, draft->by_kit, previous);
	struct str text = json_print(arena, &snapshot, 2);
	return *prefix ? drizzle_write(arena, draft, path, text, err) : file_write(path, text, 0644, err);
}

bool drizzle_create_entry(struct arena *arena, struct drizzle_draft *draft, struct err *err)
{
	struct json journal, previous;
	if (!load_journal(arena, draft->folder, &journal, err) || !load_previous(arena, draft, &previous, err))
		return false;
	unsigned long long number = next_number(arena, draft, json_get(&journal, "entries"));
	const char *prefix = next_prefix(arena, draft, number);
	const char *tag = arena_printf(arena, "%s_%s", prefix, draft->name);
	const char *up = path_join(arena, draft->folder, arena_printf(arena, "%s.sql", tag));
	const char *down = path_join(arena, draft->folder, arena_printf(arena, "%s.down.sql", tag));
	return dir_make(path_join(arena, draft->folder, "meta"), 0755, err) &&
		drizzle_write_scripts(arena, draft, up, down, err) &&
		write_snapshot(arena, draft, prefix, &previous, err) &&
		add_to_journal(arena, draft, &journal, tag, number, err);
}
