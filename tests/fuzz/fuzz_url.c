/* Reading database URLs: whatever the bytes, an answer or an error, and a password is never shown. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "db/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text as it is, and the text as the password of an otherwise good URL, marked so that it would be recognised. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct target target = { 0 };
	char *url = arena_strndup(arena, (const char *)data, size);

	if (!target_parse(arena, url, "DATABASE_URL", &target, &err))
		assert(err.message);

	const char *secret = "Zq7secretZq7";
	if (strstr(url, secret)) { /* said outside of the password: no secret */
		arena_free(arena);
		return 0;
	}
	err_clear(&err);
	url = arena_printf(arena, "postgresql://user:%s@host/%s", secret, url);
	bool ok = target_parse(arena, url, "DATABASE_URL", &target, &err);
	const char *shown[] = { ok ? target.shown : err.message, err.detail, err.hint };
	for (size_t i = 0; i < LEN(shown); i++)
		assert(!shown[i] || !strstr(shown[i], secret));
	arena_free(arena);
	return 0;
}
