/*
 * Any text as schema.ts: it is read to a model and DDL, or refused.  It may import itself and nothing else.
 */
#include <stdint.h>
#include <unistd.h>

#include "base/file.h"
#include "format/drizzle/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char folder[] = "/tmp/brant-fuzz-XXXXXX";
	static bool made;
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct drizzle_model model;
	struct strs paths = { 0 };
	if (!made)
		made = mkdtemp(folder) != NULL;
	vec_push(arena, &paths, STR("schema.ts"));
	struct drizzle_schema schema = {
		.root = folder, .paths = &paths, .line = size & 1 ? DRIZZLE_1 : DRIZZLE_0, .casing = CASING_SNAKE
	};
	if (file_write(path_join(arena, folder, "schema.ts"), (struct str){ (const char *)data, size }, 0600, &err) &&
	    drizzle_schema_read(arena, &schema, &model, &err))
		drizzle_ddl(arena, &model);
	arena_free(arena);
	return 0;
}
