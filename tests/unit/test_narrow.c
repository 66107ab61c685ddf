/* workshop/narrow.c and partial.c: which tables a migration, or a changed script, can have changed, and when that cannot be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "schemas.h"
#include "schema/splice.h"
#include "workshop/narrow.h"
#include "workshop/partial.h"

/* a <- b <- c by foreign keys, d alone, e read by a view, p with a partition. */
static struct schema old_schema(void)
{
	struct schema schema = { 0 };
	struct object *a = table(&schema, "a"), *b = table(&schema, "b"), *c = table(&schema, "c");
	struct object *e = table(&schema, "e"), *view = add(&schema, KIND_VIEW, NULL, "v", NULL);
	struct object *id_of_a = column(&schema, a, "id", "integer"), *id_of_b = column(&schema, b, "id", "integer");
	table(&schema, "d");
	add(&schema, KIND_TABLE, NULL, "p", "partition_key", "LIST (id)", NULL);
	struct object *to_a = add(&schema, KIND_FOREIGN_KEY, b, "to_a", NULL);
	struct object *to_b = add(&schema, KIND_FOREIGN_KEY, c, "to_b", NULL);
	need(to_a, b);
	need(to_a, id_of_a);
	need(to_b, c);
	need(to_b, id_of_b);
	need(view, e);
	return schema;
}

static const char *found_in(const struct schema *schema, const char *sql)
{
	struct script_options options = { 0 };
	struct err err = { .arena = arena };
	struct script script;
	struct strs tables = { 0 };
	struct buf buf = buf_init(arena);
	assert_true(script_parse(arena, &options, "test", str_of(sql), &script, &err));
	if (!narrow_find(arena, schema, &script, &tables))
		return "all";
	for (size_t i = 0; i < tables.len; i++)
		buf_printf(&buf, "%s" STR_FMT, i ? " " : "", STR_ARG(tables.ptr[i]));
	return buf.ptr;
}

static void test_tables(void **state)
{
	static const struct {
		const char *sql, *tables;
	} cases[] = {
		{ "ALTER TABLE d ADD COLUMN x int", "d" },
		{ "ALTER TABLE a ADD COLUMN x int; CREATE INDEX i ON d (x)", "a d b" },
		{ "ALTER TABLE public.b ADD COLUMN x int DEFAULT 3", "b c" },
		{ "CREATE TABLE n (id serial PRIMARY KEY, a int REFERENCES a)", "n" },
		{ "CREATE TABLE n (id int DEFAULT f())", "n" },
		{ "COMMENT ON COLUMN d.x IS 'x'", "d" },
		{ "ALTER TABLE d ENABLE ROW LEVEL SECURITY", "d" },
		{ "CREATE TRIGGER t BEFORE INSERT ON d FOR EACH ROW EXECUTE FUNCTION f()", "d" },
		/* Something runs, or more than a table is named. */
		{ "ALTER TABLE d ADD COLUMN x int DEFAULT f()", "all" },
		{ "ALTER TABLE d ADD COLUMN x mood", "all" },
		{ "ALTER TABLE d ADD CHECK (f(x))", "all" },
		{ "ALTER TABLE d ALTER COLUMN x TYPE text USING f(x)", "all" },
		{ "CREATE INDEX i ON d (f(x))", "all" },
		{ "INSERT INTO d VALUES (1)", "all" },
		{ "TRUNCATE d", "all" },
		{ "SELECT f()", "all" },
		{ "DO $$BEGIN END$$", "all" },
		{ "DROP TABLE a CASCADE", "all" },
		{ "DROP TABLE d, a", "all" },
		{ "CREATE TYPE t AS ENUM ('a')", "all" },
		{ "CREATE TABLE n () INHERITS (d)", "all" },
		{ "ALTER TABLE p ATTACH PARTITION d DEFAULT", "all" },
		{ "CREATE VIEW w AS SELECT * FROM d", "all" },
		{ "CREATE RULE r AS ON INSERT TO d DO ALSO DELETE FROM a", "all" },
		{ "SET search_path = x; ALTER TABLE d ADD COLUMN x int", "all" },
		{ "whatever this is", "all" },
		/* Or something else stands on it. */
		{ "ALTER TABLE e ADD COLUMN x int", "all" },
		{ "ALTER TABLE p ADD COLUMN x int", "all" },
	};
	struct schema schema = old_schema();
	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		const char *found = found_in(&schema, cases[i].sql);
		if (strcmp(found, cases[i].tables) != 0)
			fail_msg("%s: %s, not %s", cases[i].sql, found, cases[i].tables);
	}
}

static void test_event_triggers(void **state)
{
	struct schema schema = old_schema();
	(void)state;
	add(&schema, KIND_EVENT_TRIGGER, NULL, "t", NULL);
	assert_string_equal(found_in(&schema, "ALTER TABLE d ADD COLUMN x int"), "all");
}

static void test_partial(void **state)
{
#define OTHERS "CREATE TABLE o1 (id int);CREATE TABLE o2 (id int);CREATE TABLE o3 (id int);CREATE TABLE o4 (id int);"
	static const struct {
		const char *before, *now, *alone, *others; /* of these scripts one is planned: is it of tables alone? */
	} cases[] = {
		{ "CREATE TABLE a (id int);", "CREATE TABLE a (id int, x int);", "alone", OTHERS },
		{ "CREATE TABLE a (id int);", "CREATE TABLE a (id int, x int);", "alone",
		  "CREATE SCHEMA IF NOT EXISTS public;" OTHERS },
		{ "CREATE TABLE a (id int);", "CREATE TABLE a (id int, x int);", "not alone",
		  "CREATE TYPE mood AS ENUM ('a');" OTHERS },
		{ "", "CREATE SCHEMA s;", "all", OTHERS },
	};
	struct script_options options = { 0 };
	struct err err = { .arena = arena };
	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct script script;
		struct partial partial;
		const char *before = arena_printf(arena, "%s%s", cases[i].others, cases[i].before);
		const char *now = arena_printf(arena, "%s%s", cases[i].others, cases[i].now);
		assert_true(script_parse(arena, &options, "now", str_of(now), &script, &err));
		bool planned = partial_plan(arena, str_of(before), &script, &partial);
		const char *alone = !planned ? "all" : partial.alone ? "alone" : "not alone";
		if (strcmp(alone, cases[i].alone) != 0)
			fail_msg("%s: %s, not %s", now, alone, cases[i].alone);
	}
}

/* Of tables that were loaded alone. */
static void test_splice_links_schemas(void **state)
{
	struct schema base = { 0 }, part = { 0 };
	add(&base, KIND_SCHEMA, NULL, "public", NULL);
	struct strs tables = { 0 };
	(void)state;
	table(&base, "a");
	table(&part, "a")->schema = "public";
	vec_push(arena, &tables, STR("a"));
	assert_true(schema_splice(arena, &base, &part, &tables));
	const struct object *a = schema_find(&base, "table a");
	assert_non_null(a);
	assert_int_equal(a->needs.len, 1);
	const struct object *home = schema_find(&base, "schema public");
	assert_ptr_equal(a->needs.ptr[0], home);
	assert_int_equal(home->needed_by.len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tables, setup, teardown),
		cmocka_unit_test_setup_teardown(test_event_triggers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_partial, setup, teardown),
		cmocka_unit_test_setup_teardown(test_splice_links_schemas, setup, teardown),
	};
	return cmocka_run_group_tests_name("narrow", tests, NULL, NULL);
}
