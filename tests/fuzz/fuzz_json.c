/* JSON: whatever the bytes, a tree that prints and reads again as itself, or an error that says where. */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const struct json *a, const struct json *b)
{
	bool equal = a->kind == b->kind && a->len == b->len && str_eq(a->text, b->text) && a->truth == b->truth;
	for (size_t i = 0; equal && i < a->len; i++)
		equal = str_eq(a->ptr[i].key, b->ptr[i].key) && same(&a->ptr[i], &b->ptr[i]);
	return equal;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct json value, again;
	enum json_dialect dialect = data[0] & 1 ? JSON_WITH_COMMENTS : JSON_PLAIN;
	struct str text = { (const char *)data + 1, size - 1 };
	if (json_parse(arena, dialect, "f.json", text, &value, &err)) {
		assert(json_parse(arena, JSON_PLAIN, "f.json", json_print(arena, &value, data[0] % 4), &again, &err));
		assert(same(&value, &again));
	} else {
		assert(err.message && err.name && strcmp(err.file, "f.json") == 0);
		assert(err.line >= 1 && err.column >= 1);
		assert(str_bad_utf8(str_of(err.message)) < 0);
	}
	arena_free(arena);
	return 0;
}
