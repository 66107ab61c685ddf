/* Reading .env: whatever the bytes, entries or an error, and no value in a message. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "project/dotenv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *environment(const char *name)
{
	return strcmp(name, "HOME") == 0 ? "/home/me" : NULL;
}

/* Every entry can be asked for; a name is never empty, and the lines are those of the file. */
static void check_entries(struct arena *arena, const struct dotenv *dotenv, unsigned lines)
{
	for (size_t i = 0; i < dotenv->entries.len; i++) {
		const struct dotenv_entry *entry = dotenv->entries.ptr[i].value;
		struct err err = { .arena = arena };
		const char *value = NULL;
		assert(entry->name[0] && entry->value);
		assert(entry->line >= 1 && entry->line <= lines);
		bool ok = dotenv_get(dotenv, entry->name, &value, &err);
		assert(ok == !entry->problem);
		assert(ok || (err.name && err.line == entry->line));
		assert(!ok || !value || strcmp(value, entry->value) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct dotenv dotenv;
	struct str text = { (const char *)data, size };
	unsigned lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || data[i] == '\r';
	if (dotenv_parse(arena, ".env", text, environment, &dotenv, &err))
		check_entries(arena, &dotenv, lines);
	else
		assert(err.message && strcmp(err.name, "dotenv-invalid") == 0);

	/* What stands in double quotes with quote, backslash and dollar escaped comes out as it was. */
	struct buf buf = buf_init(arena);
	const char *value;
	buf_text(&buf, "V=\"");
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '"' || data[i] == '\\' || data[i] == '$')
			buf_char(&buf, '\\');
		buf_char(&buf, (char)data[i]);
	}
	buf_char(&buf, '"');
	if (!memchr(data, '\r', size) && str_bad_utf8(text) < 0 && !memchr(data, 0, size) && size && size < 60000) {
		assert(dotenv_parse(arena, ".env", buf_as_str(&buf), NULL, &dotenv, &err));
		assert(dotenv_get(&dotenv, "V", &value, &err));
		assert(value && strlen(value) == size && memcmp(value, data, size) == 0);
	}
	arena_free(arena);
	return 0;
}
