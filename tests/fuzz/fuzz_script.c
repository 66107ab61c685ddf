/* Splitting and classifying a migration: whatever the bytes, statements lie in the text, in order, and positions can be told. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "sql/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct script_options options = { .include_dir = NULL }; /* \i is refused: no file is read */
	struct script script = { 0 };
	struct str text = { arena_strndup(arena, (const char *)data, size), size };

	if (script_parse(arena, &options, "fuzz.sql", text, &script, &err)) {
		for (size_t i = 0; i < script.stmts.len; i++) {
			unsigned line, column;
			const struct stmt *stmt = &script.stmts.ptr[i];
			assert(stmt->source);
			assert(stmt->offset <= stmt->source->text.len);
			source_position(stmt->source, stmt->offset, &line, &column);
			assert(line >= 1 && column >= 1);
			assert(line == stmt->line);
			assert(stmt->length <= stmt->source->text.len - stmt->offset);
			assert(i == 0 || stmt->offset >= script.stmts.ptr[i - 1].offset);
			assert(stmt->tag);
			for (size_t k = 0; k < stmt->touches.len; k++)
				assert(stmt->touches.ptr[k].offset <= stmt->text.len);
			stmt_err_at(&err, stmt, (unsigned)stmt->text.len);
			stmt_mentions(stmt, STR("a"));
		}
		script_digest_bytes(arena, text);
		script_digest_tokens(arena, text);
	} else {
		assert(err.message);
	}
	arena_free(arena);
	return 0;
}
