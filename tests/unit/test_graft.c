/* schema/graft.c: what the source of a wanted schema cannot describe, stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "schema/diff.h"
#include "schema/graft.h"
#include "schemas.h"

/* A source that knows tables, columns and enums, as an ORM's does. */
static bool knows_object(const struct scope *scope, const struct object *object)
{
	(void)scope;
	return object->kind == KIND_TABLE || object->kind == KIND_COLUMN || object->kind == KIND_ENUM;
}

static bool knows_attribute(const struct scope *scope, const struct object *object, const char *name)
{
	(void)scope;
	(void)object;
	return strcmp(name, "type") == 0 || strcmp(name, "not_null") == 0;
}

static const struct scope scope = { knows_object, knows_attribute };

/* Partitions are nobody's model. */
static bool knows_but_partitions(const struct scope *self, const struct object *object)
{
	return knows_object(self, object) && strcmp(object->ident, "public.t_1") != 0;
}

static const struct scope without_partitions = { knows_but_partitions, knows_attribute };

/* The difference that is left, in statements, and after a "|" what was lost. */
static const char *grafted(struct schema *from, struct schema *to)
{
	struct diff_options options = { .plain = true };
	struct diff diff;
	struct strs lost;
	struct buf buf = buf_init(arena);
	schema_graft(arena, to, from, &scope, &lost);
	diff_schemas(arena, from, to, &options, &diff);
	for (size_t i = 0; i < diff.statements.len; i++)
		buf_printf(&buf, "%s;", diff.statements.ptr[i].sql);
	for (size_t i = 0; i < lost.len; i++)
		buf_printf(&buf, "|" STR_FMT, STR_ARG(lost.ptr[i]));
	return buf.ptr;
}

static struct object *sequence(struct schema *schema, const char *ident, const char *options, const char *brief)
{
	return add(schema, KIND_SEQUENCE, NULL, ident, "options", options, "_short", brief, NULL);
}

static struct object *value(struct schema *schema, struct object *table, const char *ident, const char *expression)
{
	struct object *made = add(schema, KIND_DEFAULT, table, ident, "expression", expression, NULL);
	need(made, table);
	return made;
}

static void test_stays(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct object *t = table(&from, "public.t"), *c = column(&from, t, "n", "text");
	struct object *p = add(&from, KIND_POLICY, t, "p", "using", "n = 'x'", NULL);
	need(p, t);
	need(p, c);
	column(&to, table(&to, "public.t"), "n", "text");
	assert_string_equal(grafted(&from, &to), "");
	assert_non_null(schema_find(&to, "policy public.t.p"));
}

/* What needs a column that goes, goes too and is named; what stands on a table that goes is not. */
static void test_goes(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct object *t = table(&from, "public.t"), *c = column(&from, t, "n", "text"),
		      *gone = table(&from, "public.u");
	struct object *p = add(&from, KIND_POLICY, t, "p", "using", "n = 'x'", NULL);
	need(p, c);
	need(add(&from, KIND_POLICY, gone, "q", "using", "true", NULL), gone);
	table(&to, "public.t");
	assert_string_equal(grafted(&from, &to),
			    "DROP POLICY p ON public.t;ALTER TABLE public.t DROP COLUMN n;"
			    "DROP TABLE public.u;|policy public.t.p");
}

/* The short form of a sequence's options is what CREATE says: it has to follow what was copied. */
static void test_helpers(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	sequence(&from, "public.s", "START WITH 5", "START WITH 5");
	struct object *there = sequence(&to, "public.s", "START WITH 1", "");
	assert_string_equal(grafted(&from, &to), "");
	assert_string_equal(object_get(there, "options"), "START WITH 5");
	assert_string_equal(object_get(there, "_short"), "START WITH 5");
}

static struct object *identity(struct schema *schema, struct object *table, const char *ident, const char *identity)
{
	struct object *made = add(schema, KIND_COLUMN, table, ident, "type", "integer", "identity", identity, NULL);
	need(made, table);
	return made;
}

/* A default stays, but not where the column now makes its own values. */
static void test_defaults(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct scope all_attributes = { knows_object, NULL };
	struct strs lost;
	struct object *t = table(&from, "public.t"), *wanted = table(&to, "public.t");
	identity(&from, t, "a", "");
	identity(&from, t, "b", "");
	value(&from, t, "a", "1");
	value(&from, t, "b", "1");
	identity(&to, wanted, "a", "");
	identity(&to, wanted, "b", "ALWAYS");
	schema_graft(arena, &to, &from, &all_attributes, &lost);
	assert_non_null(schema_find(&to, "default public.t.a"));
	assert_null(schema_find(&to, "default public.t.b"));
	assert_int_equal(lost.len, 0);
}

/* A sequence that a dropped column owned goes with it. */
static void test_owned(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct object *t = table(&from, "public.t"), *c = column(&from, t, "n", "integer");
	struct object *s = sequence(&from, "public.s", "", ""),
		      *owned = add(&from, KIND_OWNED_BY, s, "column", "owned_by", "public.t.n", NULL);
	need(owned, s);
	need(owned, c);
	table(&to, "public.t");
	assert_string_equal(grafted(&from, &to), "ALTER TABLE public.t DROP COLUMN n;");
}

/* Partitions have the columns of their table: those that it gets, and no longer those that it loses. */
static void test_partition(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct object *t = table(&from, "public.t"), *wanted = table(&to, "public.t");
	struct object *part = table(&from, "public.t_1");
	need(part, t);
	const char *columns[] = { "old", "kept" };
	for (size_t i = 0; i < LEN(columns); i++) {
		column(&from, t, columns[i], "integer");
		need(add(&from, KIND_COLUMN, part, columns[i], "type", "integer", "inherited", "t", NULL), part);
	}
	need(add(&from, KIND_GRANT, part, "+ bob", "privileges", "SELECT", "_sign", "+", NULL), part);
	add(&to, KIND_COLUMN, wanted, "kept", "type", "bigint", "inherited", "", NULL);
	add(&to, KIND_COLUMN, wanted, "new", "type", "text", "inherited", "", NULL);
	struct strs lost;
	schema_graft(arena, &to, &from, &without_partitions, &lost);
	assert_non_null(schema_find(&to, "table public.t_1"));
	assert_null(schema_find(&to, "column public.t_1.old"));
	assert_string_equal(object_get(schema_find(&to, "column public.t_1.kept"), "type"), "bigint");
	assert_string_equal(object_get(schema_find(&to, "column public.t_1.new"), "inherited"), "t");
	assert_string_equal(object_get(schema_find(&from, "column public.t_1.kept"), "type"), "integer");
	assert_int_equal(lost.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_helpers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
		cmocka_unit_test_setup_teardown(test_owned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_partition, setup, teardown),
	};
	return cmocka_run_group_tests_name("graft", tests, NULL, NULL);
}
