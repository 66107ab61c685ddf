/* What drizzle-kit writes: a journal, a snapshot and its changes, a migration with breakpoints.  The first byte says which. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "format/drizzle/delta.h"
#include "format/drizzle/drizzle.h"
#include "format/drizzle/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Applying what is between two schemas to the first gives the second, whatever the rows are; keys that are there twice aside. */
static void changes(struct arena *arena, struct str text)
{
	struct err err = { .arena = arena };
	struct json value;
	if (!json_parse(arena, JSON_PLAIN, "snapshot.json", text, &value, &err))
		return;
	const struct json *rows = json_get_kind(&value, "ddl", JS_ARRAY),
			  *deltas = json_get_kind(&value, "deltas", JS_ARRAY);
	struct json from = json_new(JS_ARRAY), to;
	for (size_t i = 0; rows && i < rows->len; i++)
		json_add(arena, &from, rows->ptr[i]);
	to = from;
	to.ptr = arena_alloc(arena, (from.len + 1) * sizeof(*to.ptr));
	to.cap = from.len + 1;
	for (size_t i = 0; i < from.len; i++)
		to.ptr[i] = from.ptr[i];
	delta_apply(arena, &to, deltas);
	struct json between = delta_between(arena, &from, &to);
	assert(between.kind == JS_ARRAY && between.len <= from.len + to.len);
}

/* Whatever is missing or of another kind is an error with a place, or not missed. */
static void snapshot(struct arena *arena, struct str text)
{
	static const char path[] = "/nowhere/0/snapshot.json";
	struct err err = { .arena = arena };
	struct drizzle_model model;
	struct json value;
	if (!json_parse(arena, JSON_PLAIN, path, text, &value, &err))
		return;
	if (snapshot_read(arena, path, &value, &model, &err))
		assert(drizzle_ddl(arena, &model).ptr);
	else
		assert(err.name && err.message);
}

static void journal(struct arena *arena, struct str text)
{
	struct err err = { .arena = arena };
	struct json value;
	if (drizzle_journal_parse(arena, "drizzle", text, &value, &err))
		assert(json_get_kind(&value, "entries", JS_ARRAY));
	else
		assert(err.name && err.line && strcmp(err.file, "drizzle/meta/_journal.json") == 0);
}

static void migration(struct arena *arena, struct str text)
{
	struct err err = { .arena = arena };
	struct script script;
	if (!drizzle_parse(arena, "drizzle/0000_a.sql", text, &script, &err)) {
		assert(err.name && err.message && err.line);
		return;
	}
	for (size_t i = 0; i < script.stmts.len; i++) {
		const struct stmt *stmt = &script.stmts.ptr[i];
		assert(stmt->expansion || stmt->offset + stmt->length <= script.source.text.len);
		assert(str_find(stmt->text, STR(DRIZZLE_BREAKPOINT)) < 0);
	}
	assert(strlen(drizzle_hash(arena, text)) == 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	struct arena *arena = arena_new(NULL);
	struct str text = { (const char *)data + 1, size - 1 };
	if (data[0] % 3 == 0)
		journal(arena, text);
	else if (data[0] % 3 == 1) {
		changes(arena, text);
		snapshot(arena, text);
	} else
		migration(arena, text);
	arena_free(arena);
	return 0;
}
