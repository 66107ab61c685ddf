/*
 * A migration's statements cut for batches and rewritten for check --fix, and the words of "-- brant: backfill": what comes out can be read
 * again, and says the same.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/patch.h"
#include "run/backfill/settings.h"
#include "sql/cut.h"
#include "sql/enum_rebuild.h"
#include "sql/script.h"
#include "sql/unsafe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(struct arena *arena, const char *text)
{
	struct script script;
	struct script_options none = { 0 };
	struct err err = { .arena = arena };
	return script_parse(arena, &none, "rewritten.sql", str_of(text), &script, &err) ? script.stmts.len : 0;
}

/* The condition goes in as one: the statement stays one of its kind. */
static void try_cut(struct arena *arena, const struct stmt *stmt)
{
	struct err err = { .arena = arena };
	struct cut cut;
	if (!sql_cut(arena, stmt, &cut, &err)) {
		assert(err.message && err.name);
		return;
	}
	assert(count(arena, cut_with(arena, &cut, "(k > 1)")) == 1);
	assert(cut.table.len && cut.relation && cut.alias);
}

static void try_rewrite(struct arena *arena, const struct stmt *stmt)
{
	struct unsafes parts;
	unsafe_read(arena, stmt, &parts);
	for (size_t i = 0; i < parts.len; i++) {
		const struct unsafe *part = &parts.ptr[i];
		const char *text = unsafe_rewrite(arena, part, part->name ? part->name : "made", &part->columns);
		assert(count(arena, text) > 0);
	}
}

static void try_enums(struct arena *arena, const struct script *script)
{
	struct enum_rebuild rebuild;
	struct strs old = { 0 };
	for (size_t from = 0; enum_rebuild_find(arena, &script->stmts, from, &rebuild); from = rebuild.end) {
		assert(rebuild.first >= from && rebuild.end > rebuild.first && rebuild.end <= script->stmts.len);
		const char *text = enum_rebuild_rewrite(arena, &rebuild, &old);
		assert(text && count(arena, text) == rebuild.labels.len);
	}
}

/* Words that were understood are understood again when they are written out. */
static void try_words(struct arena *arena, struct str words)
{
	struct backfill_settings once = backfill_defaults, again = backfill_defaults;
	struct err err = { .arena = arena };
	if (!backfill_settings_read(arena, words, &once, &err)) {
		assert(err.message && err.name);
		return;
	}
	char *text = backfill_settings_text(arena, &once);
	assert(backfill_settings_read(arena, str_of(text), &again, &err));
	assert(strcmp(text, backfill_settings_text(arena, &again)) == 0);
	assert(!once.key == !again.key && (!once.key || strcmp(once.key, again.key) == 0));
	assert(!once.throttle == !again.throttle && (!once.throttle || strcmp(once.throttle, again.throttle) == 0));
}

/* Each statement in place of itself leaves the text as it was. */
static void try_patch(struct arena *arena, const struct script *script)
{
	struct edits edits = { 0 };
	struct str text = script->source.text;
	size_t behind = 0;
	for (size_t i = 0; i < script->stmts.len; i++) {
		const struct stmt *stmt = &script->stmts.ptr[i];
		/* One psql variable may hold several statements: they share a place. */
		if (stmt->expansion || stmt->offset < behind)
			continue;
		behind = stmt->offset + stmt->length;
		vec_push(arena, &edits,
			 (struct edit){ .from = stmt->offset,
					.to = stmt->offset + stmt->length,
					.with = str_slice(text, stmt->offset, stmt->offset + stmt->length) });
	}
	const char *same = patch_apply(arena, text, &edits);
	assert(strlen(same) == text.len && memcmp(same, text.ptr, text.len) == 0);
	assert(patch_diff(arena, "a.sql", text, &edits));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct script_options options = { .include_dir = NULL };
	struct script script = { 0 };
	struct str text = { arena_strndup(arena, (const char *)data, size), size };

	if (script_parse(arena, &options, "fuzz.sql", text, &script, &err)) {
		for (size_t i = 0; i < script.stmts.len; i++) {
			try_cut(arena, &script.stmts.ptr[i]);
			try_rewrite(arena, &script.stmts.ptr[i]);
		}
		for (size_t i = 0; i < script.directives.len; i++)
			try_words(arena, script.directives.ptr[i].arguments);
		try_enums(arena, &script);
		try_patch(arena, &script);
	}
	arena_free(arena);
	return 0;
}
