/* The pure parts of schema/: templates, the table of meanings, comparing, ordering, the text of expressions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "schema/diff.h"
#include "schema/kind.h"
#include "schema/normal.h"
#include "schema/readable.h"
#include "schemas.h"

static const char *difference(const struct schema *from, const struct schema *to, bool plain)
{
	struct diff_options options = { .plain = plain };
	struct diff diff;
	diff_schemas(arena, from, to, &options, &diff);
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < diff.statements.len; i++)
		buf_printf(&buf, "%s%s;", diff.statements.ptr[i].lone ? "!" : "", diff.statements.ptr[i].sql);
	return buf.ptr;
}

/* ---- tests ---- */

static void test_template(void **state)
{
	(void)state;
	struct schema schema = { 0 };
	struct object *policy =
		add(&schema, KIND_POLICY, table(&schema, "public.t"), "p", "roles", "bob", "command", "", NULL);
	assert_string_equal(template_fill(arena, "%N ON %P[ FOR %{command}][ TO %{roles}]", policy, NULL),
			    "p ON public.t TO bob");
	assert_string_equal(template_fill(arena, "[%?{roles}yes][%?{command}no]", policy, NULL), "yes");
	assert_string_equal(template_fill(arena, "IS %L", policy, "it's"), "IS 'it''s'");
	assert_string_equal(object_reference(arena, policy), "POLICY p ON public.t");
}

/* Every kind has a name of its own, and every template reads to its end. */
static void test_kinds(void **state)
{
	(void)state;
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		enum kind found;
		assert_non_null(kinds[kind].name);
		assert_true(kind_find(str_of(kinds[kind].name), &found));
		assert_int_equal(found, kind);
	}
}

static void test_expression(void **state)
{
	(void)state;
	static const char *const same[][2] = {
		{ "(s = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
		  "(s = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))" },
	};
	static const char *const different[][2] = {
		{ "(s = ANY ((ARRAY['a'::character varying])::text[]))",
		  "(s = ANY (ARRAY[('b'::character varying)::text]))" },
		{ "ARRAY[1, 2]", "ARRAY[1, 3]" },
		{ "'(ARRAY[1])::text[]'", "'ARRAY[(1)::text]'" },
		{ "a", "b" },
	};
	for (size_t i = 0; i < LEN(same); i++)
		assert_true(same_expression(same[i][0], same[i][1]));
	for (size_t i = 0; i < LEN(different); i++)
		assert_false(same_expression(different[i][0], different[i][1]));
}

static void test_readable(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{ "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'it''s, b'::character varying])::text[])))",
		  "CHECK ((s IN ('a', 'it''s, b')))" },
		{ "(((a || b))::text <> ALL ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
		  "(((a || b)) NOT IN ('x', 'y'))" },
		/* One element is an "=", a cast that is not there cannot go, and what stands in quotes is no expression. */
		{ "((s)::text = ANY ((ARRAY['a'::character varying])::text[]))", NULL },
		{ "(s = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))", NULL },
		{ "('(s)::text = ANY ((ARRAY[''a''::character varying, ''b''::character varying])::text[])')", NULL },
		{ "((s)::text = ANY ((ARRAY['a'::character varying, f()])::text[]))", NULL },
	};
	for (size_t i = 0; i < LEN(pairs); i++)
		assert_string_equal(readable_expression(arena, pairs[i][0]), pairs[i][pairs[i][1] ? 1 : 0]);
}

static void test_naming(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{ "ALTER TABLE public.users ADD COLUMN date date NOT NULL",
		  "ALTER TABLE \"users\" ADD COLUMN \"date\" date NOT NULL" },
		{ "CREATE INDEX i ON public.users USING btree (lower(name), date)",
		  "CREATE INDEX i ON \"users\" USING btree (lower(\"name\"), \"date\")" },
		{ "ALTER TABLE public.users ADD FOREIGN KEY (date) REFERENCES \"public\".users(date)",
		  "ALTER TABLE \"users\" ADD FOREIGN KEY (\"date\") REFERENCES \"users\"(\"date\")" },
		{ "ALTER TABLE public.users ALTER COLUMN date TYPE date USING date::date",
		  "ALTER TABLE \"users\" ALTER COLUMN \"date\" TYPE date USING \"date\"::date" },
		{ "COMMENT ON TABLE public.users IS 'public.users has a date'",
		  "COMMENT ON TABLE \"users\" IS 'public.users has a date'" },
		{ "SELECT $$ public.users $$ -- public.users", "SELECT $$ public.users $$ -- public.users" },
		{ "CREATE TABLE audit.users (\n\tname text DEFAULT name()\n)",
		  "CREATE TABLE audit.\"users\" (\n\t\"name\" text DEFAULT name()\n)" },
	};
	struct naming naming = { .always_quoted = true, .leave_out = "public" };
	struct schema schema = { 0 };
	struct map names = { 0 };
	struct object *users = table(&schema, "public.users");
	users->name = "users";
	users->schema = "public";
	column(&schema, users, "date", "date");
	column(&schema, users, "name", "text");
	naming_learn(arena, &names, &schema);
	for (size_t i = 0; i < LEN(pairs); i++)
		assert_string_equal(naming_apply(arena, &naming, &names, pairs[i][0]), pairs[i][1]);
}

static void test_in_place(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	table(&from, "public.t");
	struct object *wanted = table(&to, "public.t");
	assert_string_equal(difference(&from, &to, true), "");
	wanted->values[0] = "t";
	assert_string_equal(difference(&from, &to, true), "ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;");
	assert_string_equal(difference(&to, &from, true), "ALTER TABLE public.t DISABLE ROW LEVEL SECURITY;");
}

static void test_fold(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct object *made = table(&to, "public.t");
	column(&to, made, "id", "integer");
	assert_string_equal(difference(&from, &to, true), "CREATE TABLE public.t (\n\tid integer\n);");
	assert_string_equal(difference(&to, &from, true), "DROP TABLE public.t;");
}

/* Tools that write headers ("-- CreateIndex") need to know what a statement does, and to what. */
static void test_about(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct diff_options options = { .plain = true };
	struct diff diff;
	table(&from, "public.gone");
	struct object *made = table(&to, "public.t"), *id = column(&to, made, "id", "integer");
	id->values[id->attributes->len - 1] = "the key";
	diff_schemas(arena, &from, &to, &options, &diff);
	const struct statement *statements = diff.statements.ptr;
	assert_int_equal(diff.statements.len, 3);
	assert_int_equal(statements[0].verb, VERB_DROP);
	assert_string_equal(statements[0].object->id, "table public.gone");
	assert_int_equal(statements[1].verb, VERB_CREATE);
	assert_ptr_equal(statements[1].object, made);
	assert_int_equal(statements[2].verb, VERB_ALTER);
	assert_ptr_equal(statements[2].object, id);
}

/* A view goes and comes back around a column's new type. */
static void test_around(void **state)
{
	(void)state;
	struct schema sides[2] = { { 0 }, { 0 } };
	for (int i = 0; i < 2; i++) {
		struct object *t = table(&sides[i], "public.t"),
			      *c = column(&sides[i], t, "n", i ? "bigint" : "integer");
		struct object *v = add(&sides[i], KIND_VIEW, NULL, "public.a_view", "definition", "SELECT n", "columns",
				       "n x", "options", "", NULL);
		need(v, c);
	}
	assert_string_equal(
		difference(&sides[0], &sides[1], true),
		"DROP VIEW public.a_view;ALTER TABLE public.t ALTER COLUMN n TYPE bigint;CREATE VIEW public.a_view AS\nSELECT n;");
}

/* Two tables whose defaults and checks need a function that needs the table: said afterwards. */
static void test_circle(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct object *t = table(&to, "public.t"), *c = column(&to, t, "n", "integer");
	struct object *f = add(&to, KIND_FUNCTION, NULL, "public.f()", "definition",
			       "CREATE OR REPLACE FUNCTION public.f()", NULL);
	struct object *check = add(&to, KIND_CONSTRAINT, t, "k", "definition", "CHECK (f())", "not_valid", "", NULL);
	need(f, t);
	need(check, t);
	need(check, c);
	need(check, f);
	assert_string_equal(
		difference(&from, &to, true),
		"CREATE TABLE public.t (\n\tn integer\n);CREATE FUNCTION public.f();ALTER TABLE public.t ADD CONSTRAINT k CHECK (f());");
}

static void test_safe_forms(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct object *old = table(&from, "public.t"), *t = table(&to, "public.t");
	column(&from, old, "n", "integer");
	column(&to, t, "n", "integer");
	need(add(&to, KIND_INDEX, t, "public.i", "definition", "CREATE INDEX i ON public.t (n)", NULL), t);
	assert_string_equal(difference(&from, &to, true), "CREATE INDEX i ON public.t (n);");
	assert_string_equal(difference(&from, &to, false), "!CREATE INDEX CONCURRENTLY i ON public.t (n);");
	assert_string_equal(difference(&to, &from, false), "!DROP INDEX CONCURRENTLY public.i;");
}

/* What is asked for with --allow-data-loss. */
static void test_losses(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *sql;
		bool loses;
	} rows[] = {
		{ "integer", "bigint", "ALTER TABLE public.t ALTER COLUMN n TYPE bigint;", false },
		{ "integer", "text", "ALTER TABLE public.t ALTER COLUMN n TYPE text USING n::text;", false },
		{ "integer[]", "text[]", "ALTER TABLE public.t ALTER COLUMN n TYPE text[] USING n::text[];", false },
		{ "integer", "character varying(3)",
		  "ALTER TABLE public.t ALTER COLUMN n TYPE character varying(3) USING n::character varying(3);",
		  true },
		{ "text", "integer", "ALTER TABLE public.t ALTER COLUMN n TYPE integer USING n::integer;", true },
	};
	struct diff_options options = { 0 };
	for (size_t i = 0; i < LEN(rows); i++) {
		struct schema from = { 0 }, to = { 0 };
		struct diff diff;
		column(&from, table(&from, "public.t"), "n", rows[i].from);
		column(&to, table(&to, "public.t"), "n", rows[i].to);
		assert_string_equal(difference(&from, &to, false), rows[i].sql);
		diff_schemas(arena, &from, &to, &options, &diff);
		assert_int_equal(diff.loses, rows[i].loses);
	}
}

/* A unique index that becomes a key, of its name or another, is not built again; what is more than a key's index is. */
static void test_key_takes_index(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "CREATE UNIQUE INDEX k ON public.t USING btree (n)",
		  "ALTER TABLE public.t ADD CONSTRAINT k UNIQUE USING INDEX k;" },
		{ "CREATE UNIQUE INDEX k ON public.t USING btree (n) WHERE (n > 0)",
		  "!DROP INDEX CONCURRENTLY public.k;!CREATE UNIQUE INDEX CONCURRENTLY k ON public.t (n);"
		  "ALTER TABLE public.t ADD CONSTRAINT k UNIQUE USING INDEX k;" },
		{ "CREATE UNIQUE INDEX other ON public.t USING btree (n)",
		  "ALTER TABLE public.t ADD CONSTRAINT k UNIQUE USING INDEX other;" },
		{ "CREATE UNIQUE INDEX other ON public.t USING btree (n)",
		  "!DROP INDEX CONCURRENTLY public.other;!CREATE UNIQUE INDEX CONCURRENTLY k ON public.t (n);"
		  "ALTER TABLE public.t ADD CONSTRAINT k UNIQUE USING INDEX k;"
		  "!CREATE INDEX CONCURRENTLY other ON public.t USING btree (n DESC);" },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct schema from = { 0 }, to = { 0 };
		struct object *a = table(&from, "public.t"), *b = table(&to, "public.t");
		const char *name = strstr(rows[i][0], "other") ? "other" : "k";
		column(&from, a, "n", "integer");
		column(&to, b, "n", "integer");
		add(&from, KIND_INDEX, a, arena_printf(arena, "public.%s", name), "definition", rows[i][0], "_unique",
		    "t", "_bare", name, NULL);
		add(&to, KIND_CONSTRAINT, b, "k", "definition", "UNIQUE (n)", "_type", "u", "_index", "public.k", NULL);
		if (i == 3) /* the name is wanted by another */
			add(&to, KIND_INDEX, b, "public.other", "definition",
			    "CREATE INDEX other ON public.t USING btree (n DESC)", "_bare", name, NULL);
		assert_string_equal(difference(&from, &to, false), rows[i][1]);
	}
}

static void test_replica_identity(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct object *a = add(&from, KIND_TABLE, NULL, "public.t", "replica_identity", "FULL", NULL),
		      *b = add(&to, KIND_TABLE, NULL, "public.t", "replica_identity", "", NULL);
	add(&from, KIND_INDEX, a, "public.i", "definition", "CREATE INDEX i", "_bare", "i", "replica_identity", "",
	    NULL);
	assert_string_equal(difference(&from, &to, true),
			    "DROP INDEX public.i;ALTER TABLE public.t REPLICA IDENTITY DEFAULT;");
	add(&to, KIND_INDEX, b, "public.i", "definition", "CREATE INDEX i", "_bare", "i", "replica_identity", "t",
	    NULL);
	assert_string_equal(difference(&from, &to, true), "ALTER TABLE public.t REPLICA IDENTITY USING INDEX i;");
}

static void test_renames(void **state)
{
	(void)state;
	struct schema from = { 0 }, to = { 0 };
	struct diff_options options = { .plain = true };
	struct diff diff;
	column(&from, table(&from, "public.t"), "old", "text");
	column(&to, table(&to, "public.t"), "new", "text");
	diff_schemas(arena, &from, &to, &options, &diff);
	assert_int_equal(diff.renames.len, 1);
	assert_string_equal(diff.renames.ptr[0].to->ident, "new");
	assert_string_equal(rename_text(arena, &diff.renames.ptr[0]), "public.t.old=new");
	assert_true(diff.loses);
}

static void test_rename_read(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{ "t.old=new", "ALTER TABLE public.t RENAME COLUMN old TO new" },
		{ "public.t.old=New", "ALTER TABLE public.t RENAME COLUMN old TO \"New\"" },
		{ "\"public\".\"t\".\"old\"=\"a.b=\"\"c\"", "ALTER TABLE public.t RENAME COLUMN old TO \"a.b=\"\"c\"" },
		{ "t=people", "ALTER TABLE public.t RENAME TO people" },
	};
	static const char *const bad[] = { "",         "=",   "t",         "t=",        "=x",
					   "t.none=x", "u=x", "a.b.c.d=x", "t.old=x=y", "\"t=x" };
	struct rename_statements rename;
	struct schema schema = { 0 };
	column(&schema, table(&schema, "public.t"), "old", "text");
	for (size_t i = 0; i < LEN(pairs); i++) {
		assert_true(rename_read(arena, &schema, str_of(pairs[i][0]), &rename));
		assert_string_equal(rename.there, pairs[i][1]);
	}
	for (size_t i = 0; i < LEN(bad); i++)
		assert_false(rename_read(arena, &schema, str_of(bad[i]), &rename));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_template, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kinds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expression, setup, teardown),
		cmocka_unit_test_setup_teardown(test_readable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_naming, setup, teardown),
		cmocka_unit_test_setup_teardown(test_in_place, setup, teardown),
		cmocka_unit_test_setup_teardown(test_about, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fold, setup, teardown),
		cmocka_unit_test_setup_teardown(test_around, setup, teardown),
		cmocka_unit_test_setup_teardown(test_circle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_safe_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_losses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key_takes_index, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replica_identity, setup, teardown),
		cmocka_unit_test_setup_teardown(test_renames, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rename_read, setup, teardown),
	};
	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
