/* Reading brant.yaml: whatever the bytes, settings or an error that says where. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "project/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct config config;
	config_defaults(arena, &config);
	if (!config_parse(arena, "brant.yaml", (struct str){ (const char *)data, size }, &config, &err)) {
		assert(err.message && err.name && strncmp(err.name, "config-", 7) == 0);
		assert(err.code == ERR_USAGE && strcmp(err.file, "brant.yaml") == 0);
		assert(size > 256 * 1024 || (err.line >= 1 && err.column >= 1));
		assert(str_bad_utf8(str_of(err.message)) < 0);
	} else {
		assert(config.lock_timeout >= 0 && config.statement_timeout >= 0 && config.lock_retries >= 0);
		assert(!config.format || *config.format);
		assert(!config.url || *config.url);
		for (size_t i = 0; i < config.boundary.allow.len; i++)
			assert(config.boundary.allow.ptr[i].len);
	}
	arena_free(arena);
	return 0;
}
