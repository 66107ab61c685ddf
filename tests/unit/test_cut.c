/*
 * sql/: statements cut for batches, unsafe statements and enums rewritten; base/: patches.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/patch.h"
#include "sql/cut.h"
#include "sql/enum_rebuild.h"
#include "sql/script.h"
#include "sql/unsafe.h"

static const struct script *read_script(struct arena *arena, const char *text)
{
	struct script *script = arena_alloc(arena, sizeof(*script));
	struct script_options none = { 0 };
	struct err err = { .arena = arena };
	assert_true(script_parse(arena, &none, "test.sql", str_of(text), script, &err));
	return script;
}

/* Where the condition goes in; NULL: refused. */
static const struct {
	const char *statement, *with;
} cuts[] = {
	{ "UPDATE t SET a = 1", "UPDATE t SET a = 1\nWHERE k > 1\n" },
	{ "UPDATE t SET a = 1 WHERE b OR c", "UPDATE t SET a = 1 WHERE (b OR c\n) AND k > 1\n" },
	{ "UPDATE t SET a = (SELECT x FROM u WHERE u.i = t.i) WHERE b -- end",
	  "UPDATE t SET a = (SELECT x FROM u WHERE u.i = t.i) WHERE (b\n) AND k > 1\n" },
	{ "UPDATE t SET a = '; WHERE', b = $$ WHERE $$", "UPDATE t SET a = '; WHERE', b = $$ WHERE $$\nWHERE k > 1\n" },
	{ "DELETE FROM ONLY s.t AS x WHERE x.\"where\" = 1 AND x.where = 2",
	  "DELETE FROM ONLY s.t AS x WHERE (x.\"where\" = 1 AND x.where = 2\n) AND k > 1\n" },
	{ "INSERT INTO u SELECT a AS where FROM t", "INSERT INTO u SELECT a AS where FROM t\nWHERE k > 1\n" },
	{ "INSERT INTO u SELECT a FROM t WHERE b ON CONFLICT (a) WHERE c DO NOTHING",
	  "INSERT INTO u SELECT a FROM t WHERE (b\n) AND k > 1\nON CONFLICT (a) WHERE c DO NOTHING" },
	{ "INSERT INTO u SELECT a FROM t ON CONFLICT DO NOTHING",
	  "INSERT INTO u SELECT a FROM t \nWHERE k > 1\nON CONFLICT DO NOTHING" },
	{ "UPDATE t SET a = 1 FROM u", NULL },
	{ "UPDATE t SET a = 1 WHERE b RETURNING c", NULL },
	{ "UPDATE t SET a = 1 WHERE i IN (SELECT i FROM t)", NULL },
	{ "INSERT INTO u SELECT a FROM t, v", NULL },
	{ "INSERT INTO t SELECT a FROM t", NULL },
	{ "INSERT INTO u SELECT DISTINCT a FROM t", NULL },
	{ "INSERT INTO u SELECT sum(a) OVER () FROM t", NULL },
	{ "SELECT 1", NULL },
	{ "UPDATE t SET", NULL },
};

static void test_cut(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	for (size_t i = 0; i < LEN(cuts); i++) {
		struct err err = { .arena = arena };
		struct cut cut;
		bool ok = sql_cut(arena, &read_script(arena, cuts[i].statement)->stmts.ptr[0], &cut, &err);
		if (ok != (cuts[i].with != NULL))
			fail_msg("%s: %s", cuts[i].statement, ok ? "not refused" : err.message);
		if (ok)
			assert_string_equal(cut_with(arena, &cut, "k > 1"), cuts[i].with);
		else
			assert_string_equal(err.name, "backfill-statement");
	}
	arena_free(arena);
}

static const struct {
	const char *statement;
	enum unsafe_kind kind;
	const char *safe;
} unsafes[] = {
	{ "CREATE UNIQUE INDEX i ON s.t (a)", UNSAFE_INDEX, "CREATE UNIQUE INDEX CONCURRENTLY i ON s.t (a);\n" },
	{ "ALTER TABLE t ADD CONSTRAINT c CHECK (a > (1))", UNSAFE_CHECK,
	  "ALTER TABLE t ADD CONSTRAINT c CHECK (a > (1)) NOT VALID;\n-- brant: no-transaction\nALTER TABLE t VALIDATE CONSTRAINT c;\n" },
	{ "ALTER TABLE t ADD UNIQUE (a, b) INCLUDE (c)", UNSAFE_UNIQUE,
	  "CREATE UNIQUE INDEX CONCURRENTLY made ON t (a, b) INCLUDE (c);\nALTER TABLE t ADD CONSTRAINT made UNIQUE USING INDEX made;\n" },
	{ "ALTER TABLE t ADD COLUMN u uuid NOT NULL DEFAULT f(1, 'NOT')", UNSAFE_DEFAULT,
	  "ALTER TABLE t ADD COLUMN u uuid;\nALTER TABLE t ALTER COLUMN u SET DEFAULT f(1, 'NOT');\n-- brant: backfill\n"
	  "UPDATE t SET u = f(1, 'NOT') WHERE u IS NULL;\n"
	  "ALTER TABLE t ADD CONSTRAINT brant_u_not_null CHECK (u IS NOT NULL) NOT VALID;\n"
	  "-- brant: no-transaction\nALTER TABLE t VALIDATE CONSTRAINT brant_u_not_null;\nALTER TABLE t ALTER COLUMN u SET NOT NULL;\n"
	  "ALTER TABLE t DROP CONSTRAINT brant_u_not_null;\n" },
	{ "ALTER TABLE t ADD CHECK (a > 1) NOT VALID", UNSAFE_NOTHING, "ALTER TABLE t ADD CHECK (a > 1) NOT VALID;\n" },
	{ "alter table if exists only s.t /* ; */ add CHECK (a > 1) -- the end", UNSAFE_CHECK,
	  "alter table if exists only s.t ADD CONSTRAINT made CHECK (a > 1) NOT VALID;\n-- brant: no-transaction\n"
	  "alter table if exists only s.t VALIDATE CONSTRAINT made;\n" },
	{ "CREATE INDEX IF NOT EXISTS \"index\" ON \"t\"(\"a\")", UNSAFE_INDEX,
	  "CREATE INDEX CONCURRENTLY IF NOT EXISTS \"index\" ON \"t\"(\"a\");\n" },
	{ "ALTER TABLE t ADD u text default f() not null", UNSAFE_DEFAULT,
	  "ALTER TABLE t ADD u text;\nALTER TABLE t ALTER COLUMN u SET DEFAULT f();\n-- brant: backfill\n"
	  "UPDATE t SET u = f() WHERE u IS NULL;\n"
	  "ALTER TABLE t ADD CONSTRAINT brant_u_not_null CHECK (u IS NOT NULL) NOT VALID;\n"
	  "-- brant: no-transaction\nALTER TABLE t VALIDATE CONSTRAINT brant_u_not_null;\nALTER TABLE t ALTER COLUMN u SET NOT NULL;\n"
	  "ALTER TABLE t DROP CONSTRAINT brant_u_not_null;\n" },
	{ "ALTER TABLE t ADD u text DEFAULT f() COLLATE \"C\"", UNSAFE_NOTHING,
	  "ALTER TABLE t ADD u text DEFAULT f() COLLATE \"C\";\n" },
	{ "ALTER TABLE t ADD COLUMN u int DEFAULT 1 UNIQUE", UNSAFE_NOTHING,
	  "ALTER TABLE t ADD COLUMN u int DEFAULT 1 UNIQUE;\n" },
};

static void test_unsafe(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	for (size_t i = 0; i < LEN(unsafes); i++) {
		struct unsafes parts;
		struct strs none = { 0 };
		unsafe_read(arena, &read_script(arena, unsafes[i].statement)->stmts.ptr[0], &parts);
		assert_int_equal(parts.len, 1);
		assert_int_equal(parts.ptr[0].kind, unsafes[i].kind);
		const char *name = parts.ptr[0].name ? parts.ptr[0].name : "made";
		assert_string_equal(unsafe_rewrite(arena, &parts.ptr[0], name, &none), unsafes[i].safe);
	}
	arena_free(arena);
}

/* In PostgreSQL's order, each with the comments in front of it. */
static void test_parts(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	struct unsafes parts;
	unsafe_read(arena,
		    &read_script(arena,
				 "ALTER TABLE t ADD CHECK (b > 0), -- last\n /* b */ ADD UNIQUE (b, c), ADD b int,\n"
				 "-- first, nearly\nDROP a /* gone */, ALTER b SET NOT NULL -- end")
			     ->stmts.ptr[0],
		    &parts);
	static const char *const wanted[] = { "DROP a", "ADD b int", "ALTER b SET NOT NULL", "ADD UNIQUE (b, c)",
					      "ADD CHECK (b > 0)" };
	assert_int_equal(parts.len, LEN(wanted));
	for (size_t i = 0; i < LEN(wanted); i++)
		assert_string_equal(str_dup(arena, parts.ptr[i].part), wanted[i]);
	assert_string_equal(str_dup(arena, parts.ptr[0].comments), "-- first, nearly");
	assert_string_equal(str_dup(arena, parts.ptr[3].comments), "-- last\n /* b */");
	arena_free(arena);
}

static void test_enum(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	const struct script *script = read_script(
		arena,
		"SELECT 1; ALTER TYPE s.m RENAME TO \"M old\"; CREATE TYPE s.m AS ENUM ('z', 'a', 'b');"
		"ALTER TABLE t ALTER c TYPE s.m USING c::text::s.m; DROP TYPE IF EXISTS s.\"M old\"; SELECT 2;");
	struct enum_rebuild rebuild;
	struct strs old = { 0 }, other = { 0 };
	assert_true(enum_rebuild_find(arena, &script->stmts, 0, &rebuild));
	assert_int_equal(rebuild.first, 1);
	assert_int_equal(rebuild.end, 5);
	vec_push(arena, &old, STR("a"));
	assert_string_equal(enum_rebuild_rewrite(arena, &rebuild, &old),
			    "ALTER TYPE s.m ADD VALUE 'z' BEFORE 'a';\nALTER TYPE s.m ADD VALUE 'b' AFTER 'a';\n");
	vec_push(arena, &other, STR("gone"));
	assert_null(enum_rebuild_rewrite(arena, &rebuild, &other));
	assert_false(enum_rebuild_find(arena, &script->stmts, 2, &rebuild));
	arena_free(arena);
}

static void test_patch(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	struct edits edits = { 0 };
	struct str text = STR("a\nb\nc; d;\ne\nf\ng\nh\ni\nj\nk");
	vec_push(arena, &edits, (struct edit){ .from = 4, .to = 6, .with = STR("C;\nCC;") });
	vec_push(arena, &edits, (struct edit){ .from = text.len - 1, .to = text.len, .with = STR("K") });
	assert_string_equal(patch_apply(arena, text, &edits), "a\nb\nC;\nCC; d;\ne\nf\ng\nh\ni\nj\nK");
	assert_string_equal(patch_diff(arena, "x.sql", text, &edits),
			    "--- a/x.sql\n+++ b/x.sql\n"
			    "@@ -1,10 +1,11 @@\n a\n b\n-c; d;\n+C;\n+CC; d;\n e\n f\n g\n h\n i\n j\n"
			    "-k\n\\ No newline at end of file\n+K\n\\ No newline at end of file\n");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),  cmocka_unit_test(test_unsafe), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_enum), cmocka_unit_test(test_patch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
