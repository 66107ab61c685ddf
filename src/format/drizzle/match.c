/*
 * match.c - which row of the ledger belongs to which migration.
 *
 * drizzle-kit 0.x compares nothing but times: what is not younger than the youngest row it passes over without a word, whether it was ever applied
 * or not.  Here a row belongs to the migration that has its time and its hash, or its time (an edited file), or its hash (a journal that was written
 * anew); in this order, since copies of one text are common (an empty custom migration) and equal times are not.
 *
 * Where drizzle-kit would apply a migration, the hash alone does not make it an applied one: a copy of a migration that is gone must not be lost in
 * silence.  1.0 goes by the name, and so does this; only a row that has none yet is matched as drizzle-kit's own upgrade of the table does it.
 */
#include <limits.h>

#include "base/file.h"
#include "format/drizzle/drizzle.h"

/* What a row and a migration are compared by; a NULL key is equal to none. */
enum identity { BY_NAME, BY_WHEN_AND_HASH, BY_WHEN, BY_SECOND, BY_HASH };

static struct str key_of(struct arena *arena, enum identity identity, const char *name, long long when,
			 const char *hash)
{
	switch (identity) {
	case BY_NAME:
		return str_of(name);
	case BY_WHEN_AND_HASH:
		return str_of(hash ? arena_printf(arena, "%lld %s", when, hash) : NULL);
	case BY_WHEN:
		return str_of(arena_printf(arena, "%lld", when));
	case BY_SECOND:
		return str_of(arena_printf(arena, "%lld", when / 1000));
	case BY_HASH:
		return str_of(hash);
	}
	return STR("");
}

/* The row that drizzle-kit 0.x compares with.  A row without a time is the first of its descending order, and counts as 0. */
static const struct ledger_entry *youngest(const struct ledger *ledger)
{
	const struct ledger_entry *found = NULL;
	for (size_t i = 0; i < ledger->len; i++) {
		const struct drizzle_row *row = ledger->ptr[i].extra, *best = found ? found->extra : NULL;
		if (!row->has_when)
			return NULL;
		if (!best || row->when > best->when)
			found = &ledger->ptr[i];
	}
	return found;
}

/* Is this a way to know that line's migrations by? */
static bool tells(enum identity identity, const struct drizzle_migration *extra, const struct ledger_entry *youngest)
{
	const struct drizzle_row *row = youngest ? youngest->extra : NULL;
	if (extra->line == DRIZZLE_1)
		return true;
	if (identity == BY_HASH)
		return row && extra->when <= row->when;
	return identity == BY_WHEN_AND_HASH || identity == BY_WHEN;
}

static void match_by(struct arena *arena, enum identity identity, struct history *history, struct ledger *ledger,
		     const struct ledger_entry *last)
{
	struct map open = { 0 };
	for (size_t i = history->len; i-- > 0;) {
		const struct drizzle_migration *extra = history->ptr[i].extra;
		if (!history->ptr[i].entry && tells(identity, extra, last))
			map_set(arena, &open, key_of(arena, identity, extra->folder, extra->when, extra->hash),
				&history->ptr[i]);
	}
	for (size_t i = 0; i < ledger->len; i++) {
		struct ledger_entry *entry = &ledger->ptr[i];
		const struct drizzle_row *row = entry->extra;
		bool needs_when = identity != BY_NAME && identity != BY_HASH;
		struct str key = key_of(arena, identity, row->name, row->when, entry->checksum);
		struct migration *migration = key.ptr && (row->has_when || !needs_when) ? map_get(&open, key) : NULL;
		const struct drizzle_migration *extra = migration ? migration->extra : NULL;
		if (!migration || migration->entry || entry->migration ||
		    (extra->line == DRIZZLE_1 && identity != BY_NAME && row->name))
			continue;
		migration->entry = entry;
		entry->migration = migration;
	}
}

static void read_hashes(struct arena *arena, struct history *history)
{
	struct err ignored = { .arena = arena };
	for (size_t i = 0; i < history->len; i++) {
		struct drizzle_migration *extra = history->ptr[i].extra;
		struct arena *turn = arena_new(arena);
		struct str text;
		if (!extra->hash && file_read(turn, history->ptr[i].path, &text, &ignored))
			extra->hash = arena_strdup(arena, drizzle_hash(turn, text));
		arena_free(turn);
	}
}

static const char *passed_over(struct arena *arena, const struct migration *migration, const struct ledger_entry *last)
{
	const struct drizzle_migration *extra = migration->extra;
	const struct drizzle_row *row = last ? last->extra : NULL;
	if (migration->entry || !row || extra->line != DRIZZLE_0 || extra->when > row->when)
		return NULL;
	return arena_printf(arena, "drizzle-kit passes over it: its \"when\" is not after that of %s",
			    last->migration ? last->migration->id : last->version);
}

/* Times need not ascend: once the entry with the highest one is applied, drizzle-kit would pass over those behind it that have a lower one. */
static void tell_passed_over(struct arena *arena, struct history *history, const struct ledger_entry *last)
{
	long long highest = LLONG_MIN;
	for (size_t i = 0; i < history->len; i++) {
		struct migration *migration = &history->ptr[i];
		const struct drizzle_migration *extra = migration->extra;
		migration->passed_over = passed_over(arena, migration, last);
		migration->soon_passed_over = extra->line == DRIZZLE_0 && !migration->entry && extra->when <= highest;
		if (extra->when > highest)
			highest = extra->when;
	}
}

void drizzle_match(struct arena *arena, const struct format_settings *settings, struct history *history,
		   struct ledger *ledger)
{
	(void)settings;
	const struct ledger_entry *last = youngest(ledger);
	if (ledger->len)
		read_hashes(arena, history);
	for (enum identity identity = BY_NAME; ledger->len && identity <= BY_HASH; identity++)
		match_by(arena, identity, history, ledger, last);
	tell_passed_over(arena, history, last);
}

static struct str with_line_ends(struct arena *arena, struct str text, const char *end)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n')
			continue;
		if (text.ptr[i] == '\n')
			buf_text(&buf, end);
		else
			buf_char(&buf, text.ptr[i]);
	}
	return buf_as_str(&buf);
}

/* git may have given the file other line ends on the machine that applied it. */
bool drizzle_unchanged(struct arena *arena, const struct migration *migration, struct str text)
{
	const char *recorded = migration->entry->checksum;
	return strcmp(drizzle_hash(arena, text), recorded) == 0 ||
		strcmp(drizzle_hash(arena, with_line_ends(arena, text, "\n")), recorded) == 0 ||
		strcmp(drizzle_hash(arena, with_line_ends(arena, text, "\r\n")), recorded) == 0;
}
