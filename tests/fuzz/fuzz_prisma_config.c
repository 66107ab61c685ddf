/* prisma.config.ts: whatever it is, its literals are found or not, in bounds and in time. */
#include "format/prisma/literal.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const char *const schema[] = { "schema", NULL }, *const url[] = { "datasource", "url", NULL };
	struct arena *arena = arena_new(NULL);
	struct str text = { arena_strndup(arena, (const char *)data, size), size };
	prisma_literals(arena, text, schema);
	prisma_literals(arena, text, url);
	arena_free(arena);
	return 0;
}
