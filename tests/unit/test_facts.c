/*
 * sql/: the facts of statements, against tests/unit/facts.txt.
 *
 * A block of that file is a statement, ended by a semicolon at a line's end, and behind a tab each what is known of it: the tag and the
 * flags, then one line an object, with the offset of its name.  UPDATE=1 writes the file anew; read the difference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "sql/fresh.h"
#include "sql/script.h"

static const char path[] = "tests/unit/facts.txt";

static const char *const verbs[] = {
	[TOUCH_CREATE] = "create",       [TOUCH_REPLACE] = "replace",   [TOUCH_ALTER] = "alter",
	[TOUCH_DROP] = "drop",           [TOUCH_TRUNCATE] = "truncate", [TOUCH_WRITE] = "write",
	[TOUCH_LOCK] = "lock",           [TOUCH_GRANT] = "grant",       [TOUCH_COMMENT] = "comment",
	[TOUCH_REFERENCE] = "reference", [TOUCH_READ] = "read",
};

static const char *const kinds[] = {
	[STMT_BEGIN] = " begin",         [STMT_COMMIT] = " commit", [STMT_ROLLBACK] = " rollback",
	[STMT_TWO_PHASE] = " two-phase", [STMT_SET] = " set",       [STMT_COPY_IN] = " copy-in",
	[STMT_ECHO] = " echo",
};

static const char *const no_txs[] = {
	[NO_TX_CONCURRENTLY] = " concurrently",
	[NO_TX_STATEMENT] = " no-tx",
	[NO_TX_MARKED] = " marked",
};

static void add_flags(struct buf *buf, const struct stmt *stmt)
{
	const struct {
		bool is;
		const char *text;
	} flags[] = {
		{ !stmt->understood, " not-understood" },
		{ stmt->opaque, " opaque" },
		{ stmt->may_set, " may-set" },
		{ stmt->sets_role, " sets-role" },
		{ stmt->is_rewrite, " rewrite" },
		{ stmt->path_is_local, " local-path" },
		{ stmt->resets_path, " resets-path" },
		{ stmt->chain, " chain" },
	};
	buf_text(buf, stmt->kind == STMT_SQL ? "" : kinds[stmt->kind]);
	buf_text(buf, stmt->no_tx == NO_TX_NOT ? "" : no_txs[stmt->no_tx]);
	for (size_t i = 0; i < LEN(flags); i++)
		buf_text(buf, flags[i].is ? flags[i].text : "");
}

static void add_touch(struct buf *buf, const struct touch *touch)
{
	buf_printf(buf, "\t%s %s ", verbs[touch->verb], object_kind_text(touch->kind));
	if (touch->schema.ptr)
		buf_printf(buf, STR_FMT ".", STR_ARG(touch->schema));
	buf_str(buf, touch->name);
	if (touch->part.ptr)
		buf_printf(buf, " (" STR_FMT ")", STR_ARG(touch->part));
	buf_printf(buf, " @%zu\n", touch->offset);
}

static void add_list(struct buf *buf, const char *name, const struct strs *list)
{
	buf_printf(buf, "\t%s", name);
	for (size_t i = 0; i < list->len; i++)
		buf_printf(buf, " [" STR_FMT "]", STR_ARG(list->ptr[i]));
	buf_char(buf, '\n');
}

static void add_stmt(struct buf *buf, const struct stmt *stmt)
{
	buf_printf(buf, STR_FMT ";\n\t%s", STR_ARG(stmt->text), stmt->tag);
	add_flags(buf, stmt);
	buf_char(buf, '\n');
	for (size_t i = 0; i < stmt->touches.len; i++)
		add_touch(buf, &stmt->touches.ptr[i]);
	if (stmt->sets_path)
		add_list(buf, "path", &stmt->path);
	if (stmt->inserted.len)
		add_list(buf, "inserts", &stmt->inserted);
	if (stmt->enum_value.ptr)
		buf_printf(buf, "\tadds value " STR_FMT " to " STR_FMT "." STR_FMT "\n", STR_ARG(stmt->enum_value),
			   STR_ARG(stmt->enum_schema), STR_ARG(stmt->enum_type));
}

static struct stmt classify(struct arena *arena, struct str text)
{
	struct source *source = arena_alloc(arena, sizeof(*source));
	*source = (struct source){ .path = "t.sql", .text = text };
	struct stmt stmt = { .source = source, .text = text, .length = text.len, .line = 1 };
	stmt_classify(arena, &stmt);
	return stmt;
}

/* A block starts behind a blank line, or at the start; its statement ends in ";\n". */
static void test_facts_of_statements(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct str text;
	if (!file_read(arena, path, &text, &err))
		fail_msg("%s", err.message);
	struct buf all = buf_init(arena);
	size_t blocks = 0, wrong = 0;
	for (struct str rest = text; rest.len; blocks++) {
		ptrdiff_t end = str_find(rest, STR("\n\n"));
		struct str block = end < 0 ? rest : str_slice(rest, 0, (size_t)end + 1);
		rest = str_slice(rest, end < 0 ? rest.len : (size_t)end + 2, rest.len);
		ptrdiff_t semicolon = str_find(block, STR(";\n"));
		assert_true(semicolon > 0);
		struct stmt stmt = classify(arena, str_slice(block, 0, (size_t)semicolon));
		struct buf got = buf_init(arena);
		add_stmt(&got, &stmt);
		buf_printf(&all, "%s%s", blocks ? "\n" : "", got.ptr);
		if (str_eq(buf_as_str(&got), block) || getenv("UPDATE"))
			continue;
		print_error("wanted:\n" STR_FMT "got:\n%s", STR_ARG(block), got.ptr);
		wrong++;
	}
	if (getenv("UPDATE") && !file_write(path, buf_as_str(&all), 0644, &err))
		fail_msg("%s", err.message);
	assert_int_equal(wrong, 0);
	assert_true(blocks > 300);
	arena_free(arena);
}

static void test_offset_is_of_the_name(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct script script;
	struct str text = STR("select 1;\n\n  drop table public.a,\n\t\"\xc3\xa4\".b;");
	assert_true(script_parse(arena, NULL, "x.sql", text, &script, &err));
	const struct stmt *stmt = &script.stmts.ptr[1];
	const char *file;
	unsigned line, column;
	assert_int_equal(stmt->touches.len, 2);
	stmt_position(stmt, stmt->touches.ptr[1].offset, &file, &line, &column);
	assert_string_equal(file, "x.sql");
	assert_int_equal(line, 4);
	assert_int_equal(column, 2);
	arena_free(arena);
}

static void test_inserts_into_the_ledger(void **state)
{
	(void)state;
	static const struct {
		const char *sql;
		bool inserts;
	} rows[] = {
		{ "INSERT INTO public.schema_migrations (version) VALUES ('0001')", true },
		{ "insert into schema_migrations values ('0001', now())", true },
		{ "INSERT INTO public.schema_migrations (applied_at, version) VALUES (now(), '0001') ON CONFLICT DO NOTHING",
		  true },
		{ "INSERT INTO public.schema_migrations (version) VALUES ('0000'), ('0001')", true },
		{ "INSERT INTO public.schema_migrations (version) SELECT '0001'", true },
		{ "INSERT INTO \"public\".\"schema_migrations\" (\"version\") VALUES (E'0001')", true },
		{ "INSERT INTO public.schema_migrations (version) VALUES ($$0001$$)", true },
		{ "INSERT INTO public.schema_migrations (version) VALUES ('0001'::text)", true },
		{ "INSERT INTO public.schema_migrations (version) VALUES ('0002')", false },
		{ "INSERT INTO public.schema_migrations (name) VALUES ('0001')", false },
		{ "INSERT INTO other.schema_migrations (version) VALUES ('0001')", false },
		{ "INSERT INTO public.migrations (version) VALUES ('0001')", false },
		{ "UPDATE public.schema_migrations SET version = '0001'", false },
	};
	struct arena *arena = arena_new(NULL);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct stmt stmt = classify(arena, str_of(rows[i].sql));
		if (stmt_inserts(&stmt, STR("public"), STR("schema_migrations"), STR("0001")) != rows[i].inserts)
			fail_msg("%s", rows[i].sql);
	}
	arena_free(arena);
}

static void test_mentions_of_a_value(void **state)
{
	(void)state;
	static const struct {
		const char *sql;
		bool mentions;
	} rows[] = {
		{ "UPDATE t SET s = 'archived'", true },
		{ "UPDATE t SET s = 'archived '", false },
		{ "UPDATE t SET s = archived", false },
		{ "UPDATE t SET s = \"archived\"", false },
		{ "SELECT 1 -- 'archived'", false },
		{ "UPDATE t SET s = E'archi\\x76ed'", true },
		{ "UPDATE t SET s = U&'archi\\0076ed'", true },
		{ "DO $$ BEGIN UPDATE t SET s = 'archived'; END $$", true },
		{ "DO $$ BEGIN EXECUTE $x$ UPDATE t SET s = 'archived' $x$; END $$", true },
		{ "DO 'BEGIN UPDATE t SET s = ''archived''; END'", true },
		{ "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT 'unarchived' $$", false },
		{ "UPDATE t SET s = $$archived$$", true },
	};
	struct arena *arena = arena_new(NULL);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct stmt stmt = classify(arena, str_of(rows[i].sql));
		if (stmt_mentions(&stmt, STR("archived")) != rows[i].mentions)
			fail_msg("%s", rows[i].sql);
	}
	arena_free(arena);
}

/* What the parser would overflow the stack with is not understood, and says so. */
static void test_deep_and_huge_statements(void **state)
{
	(void)state;
	static const struct {
		const char *start, *repeat, *end, *tag;
		bool understood;
		size_t times;
	} rows[] = {
		{ "SELECT 1", "+1", "", "SELECT", true, 990 },
		{ "SELECT f(", "- ", "1)", "SELECT", true, 990 },
		{ "SELECT ", "NOT ", "true", "SELECT", true, 990 },
		{ "SELECT 1", " UNION SELECT 1", "", "SELECT", true, 490 },
		{ "SELECT a", "::text", "", "SELECT", true, 990 },
		{ "SELECT * FROM a", " JOIN b ON true", "", "SELECT", true, 990 },
		{ "SELECT 1", "+1", "", "SELECT", false, 100000 },
		{ "SELECT ", "(", "", "SELECT", false, 100000 },
		{ "SELECT ", "- ", "1", "SELECT", false, 100000 },
		{ "SELECT ", "NOT ", "true", "SELECT", false, 100000 },
		{ "SELECT 1", " UNION SELECT 1", "", "SELECT", false, 100000 },
		{ "SELECT a", "[1]", "", "SELECT", false, 100000 },
		{ "SELECT a", "::text", "", "SELECT", false, 100000 },
		{ "SELECT ", "CASE WHEN ", "", "SELECT", false, 100000 },
		{ "SELECT * FROM a", " JOIN b ON true", "", "SELECT", false, 100000 },
		{ "SELECT * FROM ", "(SELECT * FROM ", "", "SELECT", false, 100000 },
		{ "SELECT 1", ", 1", "", "SELECT", true, 20000 },
		{ "INSERT INTO t VALUES (1)", ", (1)", "", "INSERT", true, 500000 },
		{ "INSERT INTO t VALUES (f())", ", (f())", "", "INSERT", false, 500000 },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct arena *arena = arena_new(NULL);
		struct buf buf = buf_init(arena);
		buf_text(&buf, rows[i].start);
		for (size_t k = 0; k < rows[i].times; k++)
			buf_text(&buf, rows[i].repeat);
		buf_text(&buf, rows[i].end);
		struct stmt stmt = classify(arena, buf_as_str(&buf));
		if (stmt.understood != rows[i].understood || strcmp(stmt.tag, rows[i].tag) != 0)
			fail_msg("%s%s: %s, understood: %d", rows[i].start, rows[i].repeat, stmt.tag, stmt.understood);
		arena_free(arena);
	}
}

/* Does the last statement of a script fire nothing that the others have not shown? */
static void test_fresh_tables(void **state)
{
	(void)state;
	static const struct {
		const char *sql;
		bool takes;
	} rows[] = {
		{ "create table t (a int); insert into t values (1)", true },
		{ "create table t (a serial primary key, b text default 'x' not null, check (a > 0)); insert into t (b) values ('y')",
		  true },
		{ "create table s.t (a int references o (id)); create index on s.t (a); insert into s.t values (1)",
		  true },
		{ "create table t (a int); alter table t add column b text, add constraint c check (a > 0); insert into t values (1)",
		  true },
		{ "create table t (a int); insert into t select 1 + 1 on conflict do nothing returning a", true },
		{ "create table t (a int); create table u (b int references t); insert into t values (now())", true },
		{ "create table t (a int); comment on table t is 'x'; grant select on t to r; copy t from stdin",
		  true },
		{ "insert into t values (1)", false },
		{ "create table t (a int); insert into u values (1)", false },
		{ "create table t (a int); insert into public.t values (1)", false },
		{ "create table s.t (a int); insert into r.t values (1)", false },
		{ "create table if not exists t (a int); insert into t values (1)", false },
		{ "create table t (a int, b d); insert into t values (1)", false },
		{ "create table t (a int, b int default f()); insert into t values (1)", false },
		{ "create table t (a int check (f(a))); insert into t values (1)", false },
		{ "create table t (like o including all); insert into t values (1)", false },
		{ "create table t () inherits (o); insert into t values (1)", false },
		{ "create table t partition of o for values in (1); insert into t values (1)", false },
		{ "create table t of ty; insert into t values (1)", false },
		{ "create table t (a int) partition by list (a); insert into t values (1)", false },
		{ "create foreign table t (a int) server s; insert into t values (1)", false },
		{ "create table t as select 1 as a; insert into t values (1)", false },
		{ "create table t (a int); create trigger r after insert on t execute function f(); insert into t values (1)",
		  false },
		{ "create table t (a int); create rule r as on insert to t do also delete from o; insert into t values (1)",
		  false },
		{ "create table t (a int); create policy p on t with check (f(a)); insert into t values (1)", false },
		{ "create table t (a int); alter table t add constraint c check (f(a)) not valid; insert into t values (1)",
		  false },
		{ "create table t (a int); alter table t alter a set default f(); insert into t values (1)", false },
		{ "create table t (a int); alter table t attach partition o default; insert into t values (1)", false },
		{ "create table t (a int); alter table t rename to u; alter table o rename to t; insert into t values (1)",
		  false },
		{ "create table t (a int); drop table t; insert into t values (1)", false },
		{ "create table t (a int); alter table t set schema s; insert into t values (1)", false },
		{ "create table t (a int); set search_path = s; insert into t values (1)", false },
		{ "create table t (a int); set local search_path = s; insert into t values (1)", false },
		{ "create table s.t (a int); alter schema s rename to r; alter schema o rename to s; insert into s.t values (1)",
		  false },
		{ "savepoint a; create table t (a int); rollback to a; insert into t values (1)", false },
		{ "create table t (a int); insert into t select a from o", false },
		{ "create table t (a int); insert into t values (f())", false },
		{ "create table t (a int); insert into t values (1) on conflict (a) do update set a = 2", false },
		{ "create table t (a int); with x as (insert into o values (1) returning 1) insert into t select 1",
		  false },
		{ "create table t (a int); with x as (delete from o) insert into t values (1)", false },
		{ "create table t (a int); update t set a = 1", false },
		{ "create table t (a int); delete from t", false },
		{ "create table t (a int); truncate t", false },
		{ "create schema s create table t (a int); insert into s.t values (1)", false },
		{ "create table t (a int); create temp table t (a d); insert into t values (1)", false },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct arena *arena = arena_new(NULL);
		struct err err = { .arena = arena };
		struct script script;
		struct fresh fresh = { 0 };
		assert_true(script_parse(arena, NULL, "x.sql", str_of(rows[i].sql), &script, &err));
		for (size_t k = 0; k + 1 < script.stmts.len; k++)
			fresh_follow(arena, &fresh, &script.stmts.ptr[k]);
		if (fresh_takes(&fresh, &script.stmts.ptr[script.stmts.len - 1]) != rows[i].takes)
			fail_msg("%s", rows[i].sql);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts_of_statements),      cmocka_unit_test(test_offset_is_of_the_name),
		cmocka_unit_test(test_inserts_into_the_ledger),  cmocka_unit_test(test_mentions_of_a_value),
		cmocka_unit_test(test_deep_and_huge_statements), cmocka_unit_test(test_fresh_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
