/*
 * psl_ddl.c - what brant makes of schemas, for the tests that hold it against Prisma's own engine.
 *
 * Reads paths (a schema.prisma or a folder) from standard input, one a line, and prints one line of JSON for each: {"ddl": ...} or {"error": ...,
 * "problems": N}.  One process does for thousands.
 */
#include <stdio.h>

#include "base/json.h"
#include "format/prisma/psl/psl.h"

static const char *place(struct arena *arena, const struct err *err)
{
	if (!err->file)
		return err->message;
	return arena_printf(arena, "%s:%u:%u: %s: %s", err->file, err->line, err->column, err->name, err->message);
}

static struct json answer(struct arena *arena, const char *path)
{
	struct err err = { .arena = arena };
	struct json json = json_new(JS_OBJECT);
	struct psl *psl = NULL;
	bool ok = psl_load(arena, ".", path, &psl, &err);
	if (ok) {
		psl_check(psl);
		ok = psl_ok(psl, &err);
	}
	if (ok) {
		json_put(arena, &json, "ddl", json_of_str(psl_ddl(arena, psl)));
	} else {
		json_put(arena, &json, "error", json_of_text(place(arena, &err)));
		json_put(arena, &json, "hint", json_of_text(err.hint));
		json_put(arena, &json, "detail", json_of_text(err.detail));
	}
	return json;
}

int main(void)
{
	char line[4096];
	while (fgets(line, sizeof(line), stdin)) {
		struct arena *arena = arena_new(NULL);
		line[strcspn(line, "\n")] = '\0';
		struct json json = answer(arena, line);
		struct str text = json_print(arena, &json, 0);
		printf("%.*s\n", (int)text.len, text.ptr);
		fflush(stdout);
		arena_free(arena);
	}
	return 0;
}
