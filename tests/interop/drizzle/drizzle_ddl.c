/*
 * drizzle_ddl - the DDL of a Drizzle schema, for tests/interop/test_drizzle_schema.py: no project, no database.
 *
 *     drizzle_ddl 0|1 none|snake_case|camelCase ROOT PATH...
 *
 * Prints the DDL (with s0 and s1 the snapshot) and exits 0, or "file:line:column: name: message" and exits 1.  With -- as its only argument it answers such lines of
 * standard input (words parted by tabs) with a text and a NUL, the status in front: one process for many schemas.
 */
#include <stdio.h>

#include "format/drizzle/schema.h"
#include "format/drizzle/snapshot.h"

static struct str snapshot_of(struct arena *arena, const struct drizzle_model *model)
{
	struct json snapshot =
		model->line == DRIZZLE_1 ? snapshot_rows(arena, model) : snapshot_tables(arena, model, "", "");
	return json_print(arena, &snapshot, 1);
}

static struct str answer(struct arena *arena, const struct strs *words, bool *ret_ok)
{
	struct err err = { .arena = arena };
	struct drizzle_model model;
	struct strs paths = { .ptr = words->ptr + 3, .len = words->len - 3 };
	struct drizzle_schema schema = { .root = str_dup(arena, words->ptr[2]), .paths = &paths };
	schema.line = str_ends(words->ptr[0], STR("1")) ? DRIZZLE_1 : DRIZZLE_0;
	schema.casing = str_eq(words->ptr[1], STR("snake_case")) ? CASING_SNAKE
		: str_eq(words->ptr[1], STR("camelCase"))        ? CASING_CAMEL
								 : CASING_NONE;
	*ret_ok = drizzle_schema_read(arena, &schema, &model, &err);
	if (*ret_ok)
		return str_starts(words->ptr[0], STR("s")) ? snapshot_of(arena, &model) : drizzle_ddl(arena, &model);
	return str_of(arena_printf(arena, "%s:%u:%u: %s: %s\n", err.file ? err.file : "", err.line, err.column,
				   err.name, err.message));
}

static bool answer_line(struct str line)
{
	struct arena *arena = arena_new(NULL);
	struct strs words = { 0 };
	struct str word;
	bool ok = false;
	for (bool more = true; more;) {
		more = str_cut(line, '\t', &word, &line);
		vec_push(arena, &words, word);
	}
	struct str text = words.len > 3 ? answer(arena, &words, &ok) : STR("usage");
	printf("%d\n" STR_FMT "%c", ok ? 0 : 1, STR_ARG(text), 0);
	fflush(stdout);
	arena_free(arena);
	return ok;
}

int main(int argc, char **argv)
{
	char line[65536];
	if (argc == 2) {
		while (fgets(line, sizeof(line), stdin))
			answer_line(str_trim(str_of(line)));
		return 0;
	}
	struct arena *arena = arena_new(NULL);
	struct strs words = { 0 };
	bool ok;
	for (int i = 1; i < argc; i++)
		vec_push(arena, &words, str_of(argv[i]));
	if (words.len < 4)
		return 2;
	struct str text = answer(arena, &words, &ok);
	printf(STR_FMT, STR_ARG(text));
	arena_free(arena);
	return ok ? 0 : 1;
}
