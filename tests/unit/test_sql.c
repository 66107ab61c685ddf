/* sql/: quoting, splitting, psql's commands and variables, directives, positions, digests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <pg_query.h>

#include "base/file.h"
#include "sql/quote.h"
#include "sql/script.h"
#include "sql/split.h"

static int setup(void **state)
{
	*state = arena_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct script parse(struct arena *arena, struct str text)
{
	struct err err = { .arena = arena };
	struct script script = { 0 };
	if (!script_parse(arena, NULL, "m.sql", text, &script, &err))
		fail_msg("%s:%u:%u: %s\n" STR_FMT, err.file, err.line, err.column, err.message, STR_ARG(text));
	return script;
}

/* The statements' texts, each in [], COPY data behind it in <>. */
static const char *split(struct arena *arena, struct str text)
{
	struct script script = parse(arena, text);
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < script.stmts.len; i++) {
		const struct stmt *stmt = &script.stmts.ptr[i];
		buf_printf(&buf, "[" STR_FMT "]", STR_ARG(stmt->text));
		if (stmt->copy_data.ptr)
			buf_printf(&buf, "<" STR_FMT ">", STR_ARG(stmt->copy_data));
	}
	return buf.ptr;
}

struct split_row {
	const char *text, *wanted;
};

static void check_splits(struct arena *arena, const struct split_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_string_equal(split(arena, str_of(rows[i].text)), rows[i].wanted);
}

static void test_splits_where_psql_does(void **state)
{
	static const struct split_row rows[] = {
		{ "", "" },
		{ ";;;", "" },
		{ "select 1", "[select 1]" },
		{ "select 1;;select 2;", "[select 1][select 2]" },
		{ "-- only\n/* comments */", "" },
		{ "-- c\n/* c */ select 1 -- c\n ; -- c", "[select 1]" },
		{ "select /* a;b */ 1; select 2", "[select /* a;b */ 1][select 2]" },
		{ "select /* a /* b */ ; */ 1;", "[select /* a /* b */ ; */ 1]" },
		{ "select 1 -- a;b\n+ 2;", "[select 1 -- a;b\n+ 2]" },
		{ "select ';'';';select 2", "[select ';'';'][select 2]" },
		{ "select '\\'; select 2", "[select '\\'][select 2]" },
		{ "select E'\\';'; select 2", "[select E'\\';'][select 2]" },
		{ "select e'a''\\\\'; select 2", "[select e'a''\\\\'][select 2]" },
		{ "select E'a'\n -- c\n '\\';'; select 2", "[select E'a'\n -- c\n '\\';'][select 2]" },
		{ "select E'a' '\\'; select 2", "[select E'a' '\\'][select 2]" },
		{ "select B'1;', x'A;', N';', U&'\\0041;', u&\"a;\"",
		  "[select B'1;', x'A;', N';', U&'\\0041;', u&\"a;\"]" },
		{ "select \"a;\"\"b\"; select 2", "[select \"a;\"\"b\"][select 2]" },
		{ "select $$;$$, $a$;$$;$a$; select 2", "[select $$;$$, $a$;$$;$a$][select 2]" },
		{ "select $a$ $a $b$ $A$ ; $a$; select 2", "[select $a$ $a $b$ $A$ ; $a$][select 2]" },
		{ "select a$b$c; select $1; select $b$;$b$", "[select a$b$c][select $1][select $b$;$b$]" },
		{ "select $\xc3\xa4$;$\xc3\xa4$; select 2", "[select $\xc3\xa4$;$\xc3\xa4$][select 2]" },
		{ "create rule r as on insert to t do (select 1; select 2); select 3",
		  "[create rule r as on insert to t do (select 1; select 2)][select 3]" },
		{ "select (';)'; select 2); select 3", "[select (';)'; select 2)][select 3]" },
		{ "select ); select 2", "[select )][select 2]" },
		{ "begin; select 1; end; select 2", "[begin][select 1][end][select 2]" },
		{ "select 1 as begin; select case when true then 1 end; select 2",
		  "[select 1 as begin][select case when true then 1 end][select 2]" },
		{ "select 1\r\n;\r\nselect 2;\r\n", "[select 1][select 2]" },
		{ "\xef\xbb\xbfselect 1;", "[select 1]" },
		{ "select 1 -/* ; */- 2; select 2", "[select 1 -/* ; */- 2][select 2]" },
		{ "select 1 --;\r\n, 2; select 3", "[select 1 --;\r\n, 2][select 3]" },
		{ "select 'a\r\n;'; select 2", "[select 'a\r\n;'][select 2]" },
	};
	check_splits(*state, rows, LEN(rows));
}

static void test_keeps_bodies_together(void **state)
{
	static const struct split_row rows[] = {
		{ "create function f() returns int begin atomic select 1; select 2; end; select 3",
		  "[create function f() returns int begin atomic select 1; select 2; end][select 3]" },
		{ "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC\n SELECT CASE WHEN a THEN 1 END; SELECT 2;\nEND; SELECT 3",
		  "[CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC\n SELECT CASE WHEN a THEN 1 END; SELECT 2;\nEND][SELECT 3]" },
		{ "create function f() returns int begin atomic select (case when a then ';' end); end; select 3",
		  "[create function f() returns int begin atomic select (case when a then ';' end); end][select 3]" },
		{ "create function f() returns int begin atomic select \"end\"; end; select 3",
		  "[create function f() returns int begin atomic select \"end\"; end][select 3]" },
		{ "/* create */ create /* x */ function f() returns int return 1; select 2",
		  "[create /* x */ function f() returns int return 1][select 2]" },
		{ "create function f() returns void language plpgsql as $$ begin null; end; $$; select 1",
		  "[create function f() returns void language plpgsql as $$ begin null; end; $$][select 1]" },
		{ "create table begin (a int); select 1", "[create table begin (a int)][select 1]" },
		{ "create or replace view begin as select 1; select 2",
		  "[create or replace view begin as select 1][select 2]" },
	};
	check_splits(*state, rows, LEN(rows));
}

static void test_reads_copy_data(void **state)
{
	static const struct split_row rows[] = {
		{ "copy t from stdin;\n1;\n2\n\\.\nselect 1;", "[copy t from stdin]<1;\n2\n>[select 1]" },
		{ "COPY t (a, \"from\") FROM STDIN WITH (FORMAT csv);\r\n'x;\r\n\\.\r\nselect 1;",
		  "[COPY t (a, \"from\") FROM STDIN WITH (FORMAT csv)]<'x;\r\n>[select 1]" },
		{ "copy t from stdin;\n\\.\n", "[copy t from stdin]<>" },
		{ "copy t from stdin;\n1\n\\.", "[copy t from stdin]<1\n>" },
		{ "copy t from stdin;\n1\n2", "[copy t from stdin]<1\n2>" },
		{ "copy t from stdin", "[copy t from stdin]<>" },
		{ "copy t from stdin;", "[copy t from stdin]<>" },
		{ "copy t\nfrom\nstdin\n;\n\\N\t\\.x\n \\.\n\\.\nselect 1",
		  "[copy t\nfrom\nstdin]<\\N\t\\.x\n \\.\n>[select 1]" },
		{ "copy t from stdin; select 'after'; -- it's\n1\n\\.\nselect 2",
		  "[copy t from stdin]<1\n>[select 'after'][select 2]" },
		{ "copy t from stdin; copy u from stdin;\n1\n\\.\n2\n\\.\nselect 2",
		  "[copy t from stdin]<1\n>[copy u from stdin]<2\n>[select 2]" },
		{ "copy t to stdout; select 1", "[copy t to stdout][select 1]" },
		{ "copy (select a from stdin) to stdout; select 1",
		  "[copy (select a from stdin) to stdout][select 1]" },
		{ "copy t from 'stdin'; select 1", "[copy t from 'stdin'][select 1]" },
		{ "select copy from stdin; select 1", "[select copy from stdin][select 1]" },
	};
	check_splits(*state, rows, LEN(rows));
}

/* Whatever PostgreSQL's grammar takes is cut where its parser cuts it. */
static void test_splits_like_the_parser(void **state)
{
	static const char *const texts[] = {
		"select 1; select 2;",
		"create rule r as on delete to t do also (insert into a values (1); insert into b values (2)); select 1",
		"create function f() returns int begin atomic select case when 1 = 1 then 2 else case 1 when 1 then 3 end end; end; "
		"select 1",
		"create function f(a int default (select 1)) returns int begin atomic values (1); end; create table t (a int);",
		"do $x$ begin perform 1; end $x$; begin; commit;",
		"select 'a' ';' from t",
		"select 'a'\n';'; select 1",
		"select U&'d\\0061t\\+000061' uescape '!'; select 2;",
		"select 1 /* ; /* ; */ ; */; select 2 -- ;",
		"select a <-- ;\n b; select 2",
		"select $1, $$;$$; select 2",
		"create schema s create table t (a int) create view v as select 1; select 2",
		"select E'\\\\'; select E'\\'' || ';'; select 3",
		"with x as (select ';') select * from x; table t",
		"select a[1:2], b::text, c := 1 from f(c := 1); select 2",
	};
	struct arena *arena = *state;
	for (size_t i = 0; i < LEN(texts); i++) {
		PgQuerySplitResult wanted = pg_query_split_with_parser(texts[i]);
		struct script script = parse(arena, str_of(texts[i]));
		if (!wanted.error)
			assert_int_equal(script.stmts.len, wanted.n_stmts);
		pg_query_free_split_result(wanted);
	}
}

static void test_splits_only(void **state)
{
	static const char *const statements[] = {
		"SELECT 1", "DO $$ BEGIN; END $$",
		"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END", "SELECT ';' -- in between\n, 2"
	};
	struct splitter splitter = splitter_init(STR(
		"-- first\nSELECT 1;;\n/* ; */ ; DO $$ BEGIN; END $$\n;CREATE FUNCTION f() RETURNS int BEGIN ATOMIC "
		"SELECT 1; SELECT 2; END;\nSELECT ';' -- in between\n, 2 -- last\n"));
	struct str statement;
	(void)state;
	for (size_t i = 0; i < LEN(statements); i++) {
		assert_true(splitter_statement(&splitter, &statement));
		assert_true(str_starts(statement, str_of(statements[i])));
	}
	assert_false(splitter_statement(&splitter, &statement));
	assert_false(splitter_statement(&splitter, &statement));
}

static void test_variables(void **state)
{
	static const struct split_row rows[] = {
		{ "\\set t users\nselect * from :t where :t.id = 1;", "[select * from users where users.id = 1]" },
		{ "\\set v 'it''s' ' me'\nselect :'v', :\"v\";", "[select 'it''s me', \"it's me\"]" },
		{ "\\set v a\\\\b :v;\n\\set w 'a\\\\b'\nselect :'w';", "[b a][select E'a\\\\b']" },
		{ "select :nothing, a[1:n], 'x'::text, f(a := 1), :'nothing', :\"nothing\";",
		  "[select :nothing, a[1:n], 'x'::text, f(a := 1), :'nothing', :\"nothing\"]" },
		{ "\\set n 3\nselect a[1:n], b[:n], x::n, ':n', \":n\", $$:n$$, /* :n */ 1 -- :n\n;",
		  "[select a[13], b[3], x::n, ':n', \":n\", $$:n$$, /* :n */ 1]" },
		{ "select :{?n};\n\\set n 1\nselect :{?n};\n\\unset n\nselect :{?n}, :n;",
		  "[select FALSE][select TRUE][select FALSE, :n]" },
		{ "\\set both 'select 1; select 2'\n:both;\nselect 3", "[select 1][select 2][select 3]" },
		{ "\\set both 'select 1; select'\n:both 2;\nselect 3", "[select 1][select 2][select 3]" },
		{ "\\set e\nselect :e 1;", "[select  1]" },
		{ "\\set a :b\n\\set b 1\nselect :a;", "[select 1]" },
		{ "\\set a ':b'\n\\set b '(2;'\nselect :a); select 3", "[select (2;)][select 3]" },
		{ "\\set a :a\nselect :a;", "[select :a]" },
		{ "\\set c 'copy t from'\n:c stdin;\n1\n\\.\nselect 1", "[copy t from stdin]<1\n>[select 1]" },

		{ "select 1 \\: 2;", "[select 1 : 2]" },
		{ "\\set schema public\ncreate table :schema.t (); select :'schema'",
		  "[create table public.t ()][select 'public']" },
		{ "\\set v 'a' :'w' \"b c\"\n\\set w 1\nselect :'v'", "[select 'a:''w''\"b c\"']" },
	};
	for (size_t i = 0; i < LEN(rows); i++)
		assert_string_equal(split(*state, str_of(rows[i].text)), rows[i].wanted);
}

static void test_given_variables(void **state)
{
	struct arena *arena = *state;
	struct map variables = { 0 };
	map_set(arena, &variables, STR("tenant"), arena_strdup(arena, "acme"));
	struct script_options options = { .variables = &variables };
	struct err err = { .arena = arena };
	struct script script;
	assert_true(script_parse(arena, &options, "m.sql", STR("select :'tenant';\n\\set tenant x\nselect :tenant"),
				 &script, &err));
	assert_int_equal(script.stmts.len, 2);
	assert_true(str_eq(script.stmts.ptr[0].text, STR("select 'acme'")));
	assert_true(str_eq(script.stmts.ptr[1].text, STR("select x")));
	assert_string_equal(map_get(&variables, STR("tenant")), "acme");
}

static void test_commands(void **state)
{
	struct arena *arena = *state;
	struct script script =
		parse(arena,
		      STR("\\set ON_ERROR_STOP on\n\\restrict abc\n\\echo 'a  b' c :x \"d\" \\\\ select 1;\n"
			  "\\qecho -n x\n\\warn\n\\set\n\\unrestrict abc\n  \\echo last"));
	static const struct {
		enum stmt_kind kind;
		const char *text;
		unsigned line;
	} rows[] = {
		{ STMT_ECHO, "a  b c :x \"d\"", 3 },
		{ STMT_SQL, "select 1", 3 },
		{ STMT_ECHO, "x", 4 },
		{ STMT_ECHO, "", 5 },
		{ STMT_ECHO, "last", 8 },
	};
	assert_int_equal(script.stmts.len, LEN(rows));
	for (size_t i = 0; i < LEN(rows); i++) {
		assert_int_equal(script.stmts.ptr[i].kind, rows[i].kind);
		assert_int_equal(script.stmts.ptr[i].line, rows[i].line);
		assert_true(str_eq(script.stmts.ptr[i].text, str_of(rows[i].text)));
	}
}

static void test_errors_tell_the_place(void **state)
{
	static const struct {
		const char *text, *name;
		unsigned line, column;
	} rows[] = {
		{ "select 1;\n  select 'x;\n", "unterminated", 2, 10 },
		{ "select \"x;\n", "unterminated", 1, 8 },
		{ "select E'x\\';\n", "unterminated", 1, 8 },
		{ "select 1;\n/* a /* b */\n", "unterminated", 2, 1 },
		{ "select\t$a$ $b$", "unterminated", 1, 8 },
		{ "select '\xc3\xa4', 'x", "unterminated", 1, 13 },
		{ "copy t from stdin; select\n1\n\\.\n", "unterminated", 1, 20 },
		{ "select 1;\n set standard_conforming_strings = off;", "old-strings", 2, 2 },
		{ "select 1;\n\xc3\xa4 \xff;\n", "not-utf8", 2, 3 },
		{ "select 1;\n\xed\xa0\x80", "not-utf8", 2, 1 },
		{ "\xff\xfes\0", "utf16", 1, 1 },
		{ "select 1;\n\n \\connect other", "psql-command", 3, 2 },
		{ "\\c other", "psql-command", 1, 1 },
		{ "\\copy t from 'x'", "psql-command", 1, 1 },
		{ "select 1 \\gexec", "psql-command", 1, 10 },
		{ "select 1 \\echo x", "psql-command", 1, 10 },
		{ "select 1\\;select 2;", "psql-command", 1, 9 },
		{ "\\if true", "psql-command", 1, 1 },
		{ "\\set v `date`", "psql-command", 1, 8 },
		{ "\\set v 'x", "psql-command", 1, 8 },
		{ "\\set a-b 'x'", "psql-command", 1, 1 },
		{ "\\set v '\\xff'", "psql-command", 1, 1 },
		{ "\\.\n", "psql-command", 1, 1 },
		{ "select 1;\n\\", "psql-command", 2, 1 },
		{ "\\set v 'a \\\\ b'\nselect :v;", "psql-command", 2, 8 },
		{ "\\set v '''x'\nselect :v;", "unterminated", 2, 8 },
		{ "\\i other.sql", "psql-command", 1, 1 },
		{ "-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;", "foreign-sections", 3, 1 },
		{ "-- migrate:up\nselect 1;\n\n-- migrate:down\nselect 2;", "foreign-sections", 4, 1 },
		{ "-- +migrate Up\nselect 1\n  -- +migrate Down\n;select 2", "foreign-sections", 3, 3 },
		{ "-- Up Migration\nselect 1;\n-- Down Migration\nselect 2", "foreign-sections", 3, 1 },
		{ "select 1;\n---- create above / drop below ----\nselect 2;", "foreign-sections", 2, 1 },
		{ "-- ==== UP ====\nselect 1;\n-- ==== DOWN ====\nselect 2;", "foreign-sections", 3, 1 },
	};
	struct arena *arena = *state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct err err = { .arena = arena };
		struct script script;
		if (script_parse(arena, NULL, "m.sql", str_of(rows[i].text), &script, &err))
			fail_msg("no error: %s", rows[i].text);
		assert_string_equal(err.name, rows[i].name);
		assert_string_equal(err.file, "m.sql");
		if (err.line != rows[i].line || err.column != rows[i].column)
			fail_msg("%u:%u: %s", err.line, err.column, rows[i].text);
	}
	struct err err = { .arena = arena };
	struct script script;
	assert_false(script_parse(arena, NULL, "m.sql", (struct str){ "select 1;\n a\0b", 14 }, &script, &err));
	assert_string_equal(err.name, "nul-byte");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 3);
}

/* A tool's mark of the way down with nothing behind it does no harm, nor does a heading that anybody may write. */
static void test_harmless_sections(void **state)
{
	static const struct split_row rows[] = {
		{ "-- migrate:up\nselect 1;\n\n-- migrate:down\n\n", "[select 1]" },
		{ "-- Down Migration\ndrop table t;", "[drop table t]" },
		{ "-- +goose Up\nselect 1;\n-- +goose Down\n-- drop table t;", "[select 1]" },
	};
	check_splits(*state, rows, LEN(rows));
}

static void test_no_transaction(void **state)
{
	static const struct {
		const char *text;
		bool whole;
		const char *marked; /* a digit for each statement: is it marked? */
	} rows[] = {
		{ "-- brant: no-transaction\nselect 1; select 2;", true, "00" },
		{ "-- head\n\n--brant:no-transaction  \nselect 1;", true, "0" },
		{ "select 1;\n-- brant: no-transaction\ncall p();\nselect 2;", false, "010" },
		{ "select 1;\n-- brant: no-transaction\n-- why\ncall p();", false, "01" },
		{ "select 1\n-- brant: no-transaction\n;select 2;", false, "00" },
		{ "-- +goose NO TRANSACTION\n-- +goose Up\nselect 1;", true, "0" },
		{ "-- no-transaction\nselect 1;", true, "0" },
		{ "-- +migrate Up notransaction\nselect 1;", true, "0" },
		{ "-- atlas:txmode none\n\nselect 1;", true, "0" },
		{ "-- postgres-migrations disable-transaction\nselect 1;", true, "0" },
		{ "--! no-transaction\nselect 1;", true, "0" },
		{ "-- migrate:up transaction:false\nselect 1;", true, "0" },
		{ "---- tern: disable-tx ----\nselect 1;", true, "0" },
		{ "-- morph:nontransactional\nselect 1;", true, "0" },
		{ "-- migrate:up\nselect 1;", false, "0" },
		{ "-- no-transaction needed here\nselect 1;", true, "0" }, /* sqlx looks no further */
		{ "-- transaction\n-- none\nselect 1;", false, "0" },
		{ "select 1;\n-- no-transaction\nselect 2", false, "00" },
		{ "select '\n-- no-transaction\n';", false, "0" },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct script script = parse(*state, str_of(rows[i].text));
		if (script.no_transaction != rows[i].whole)
			fail_msg("%s", rows[i].text);
		assert_int_equal(script.stmts.len, strlen(rows[i].marked));
		for (size_t k = 0; k < script.stmts.len; k++)
			assert_int_equal(script.stmts.ptr[k].no_tx == NO_TX_MARKED, rows[i].marked[k] == '1');
	}
}

static void test_directives(void **state)
{
	struct script script =
		parse(*state, STR("-- brant: allow drop-column, x\nselect 1;\n/* brant: no */\n-- brant: last"));
	assert_int_equal(script.directives.len, 2);
	const struct directive *d = script.directives.ptr;
	assert_true(str_eq(d[0].key, STR("allow")) && str_eq(d[0].arguments, STR("drop-column, x")));
	assert_int_equal(d[0].stmt, 0);
	assert_int_equal(d[0].line, 1);
	assert_true(str_eq(d[1].key, STR("last")) && !d[1].arguments.len);
	assert_int_equal(d[1].stmt, 1);
	assert_int_equal(d[1].line, 4);
}

static void test_positions(void **state)
{
	struct arena *arena = *state;
	struct script script =
		parse(arena, STR("\\set t '\xc3\xa4\xc3\xa4'\n\n  select '\xe2\x82\xac',\n\t:t, x;\n/* */ select 2;"));
	const struct stmt *stmt = &script.stmts.ptr[0];
	assert_true(str_eq(stmt->text, STR("select '\xe2\x82\xac',\n\t\xc3\xa4\xc3\xa4, x")));
	assert_int_equal(stmt->line, 3);
	assert_int_equal(script.stmts.ptr[1].line, 5);
	static const struct {
		unsigned position, line, column;
	} rows[] = {
		{ 0, 3, 3 },  { 1, 3, 3 }, { 8, 3, 10 }, { 11, 3, 13 }, { 14, 4, 2 }, /* the value begins */
		{ 15, 4, 2 },                                                         /* its second character */
		{ 16, 4, 4 },                                                         /* the comma */
		{ 18, 4, 6 },                                                         /* x */
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct err err = { .arena = arena };
		stmt_err_at(&err, stmt, rows[i].position);
		assert_string_equal(err.file, "m.sql");
		if (err.line != rows[i].line || err.column != rows[i].column)
			fail_msg("%u is at %u:%u", rows[i].position, err.line, err.column);
	}
}

/*
 * Files that include others
 */

static const char *write_file(struct arena *arena, const char *dir, const char *name, const char *text)
{
	struct err err = { .arena = arena };
	const char *path = path_join(arena, dir, name);
	if (!dir_make(path_dir(arena, path), 0755, &err) || !file_write(path, str_of(text), 0644, &err))
		fail_msg("%s", err.message);
	return path;
}

static const char *make_dir(struct arena *arena)
{
	char *dir = arena_strdup(arena, "/tmp/brant-test-sql-XXXXXX");
	assert_non_null(mkdtemp(dir));
	return dir;
}

static void test_includes(void **state)
{
	struct arena *arena = *state;
	struct err err = { .arena = arena };
	const char *dir = make_dir(arena);
	const char *main = write_file(arena, dir, "migrations/0001_a.sql",
				      "select 1;\n\\ir parts/b.sql\nselect 4;\n\\i migrations/parts/c.sql\n");
	write_file(arena, dir, "migrations/parts/b.sql", "\xef\xbb\xbf-- c\nselect 2;\n\\ir 'c.sql'\n");
	write_file(arena, dir, "migrations/parts/c.sql", "\nselect 3");
	struct script_options options = { .include_dir = dir };
	struct script script;
	if (!script_load(arena, &options, main, &script, &err))
		fail_msg("%s", err.message);
	static const struct {
		const char *text, *file;
		unsigned line;
	} rows[] = {
		{ "select 1", "0001_a.sql", 1 }, { "select 2", "b.sql", 2 }, { "select 3", "c.sql", 2 },
		{ "select 4", "0001_a.sql", 3 }, { "select 3", "c.sql", 2 },
	};
	assert_int_equal(script.stmts.len, LEN(rows));
	for (size_t i = 0; i < LEN(rows); i++) {
		const char *file;
		unsigned line, column;
		stmt_position(&script.stmts.ptr[i], 0, &file, &line, &column);
		assert_true(str_eq(script.stmts.ptr[i].text, str_of(rows[i].text)));
		assert_string_equal(path_base(file), rows[i].file);
		assert_int_equal(line, rows[i].line);
		assert_int_equal(script.stmts.ptr[i].line, rows[i].line);
	}
	dir_remove(dir, &err);
}

static void test_bad_includes(void **state)
{
	static const struct {
		const char *text, *name, *file;
		unsigned line;
	} rows[] = {
		{ "select 1;\n\\ir none.sql\n", "include-missing", "m.sql", 2 },
		{ "\n\\i .\n", "include-missing", "m.sql", 2 },
		{ "\\ir m.sql\n", "include-loop", "m.sql", 1 },
		{ "\\ir ping.sql\n", "include-loop", "pong.sql", 2 },
		{ "\\ir bad.sql\n", "unterminated", "bad.sql", 3 },
		{ "\\ir latin.sql\n", "not-utf8", "latin.sql", 1 },
		{ "\\ir\n", "psql-command", "m.sql", 1 },
	};
	struct arena *arena = *state;
	const char *dir = make_dir(arena);
	write_file(arena, dir, "ping.sql", "\\ir pong.sql");
	write_file(arena, dir, "pong.sql", "select 1;\n\\ir ping.sql");
	write_file(arena, dir, "bad.sql", "\n\nselect 'x");
	write_file(arena, dir, "latin.sql", "select '\xe4'");
	struct script_options options = { .include_dir = dir };
	for (size_t i = 0; i < LEN(rows); i++) {
		struct err err = { .arena = arena };
		struct script script;
		const char *path = write_file(arena, dir, "m.sql", rows[i].text);
		assert_false(script_load(arena, &options, path, &script, &err));
		assert_string_equal(err.name, rows[i].name);
		assert_string_equal(path_base(err.file), rows[i].file);
		assert_int_equal(err.line, rows[i].line);
	}
	struct err err = { .arena = arena };
	dir_remove(dir, &err);
}

/*
 * Digests
 */

static void test_digests(void **state)
{
	static const struct {
		const char *a, *b;
		bool same_bytes, same_tokens;
	} rows[] = {
		{ "select 1;\nselect 2;\n", "select 1;\r\nselect 2;\r\n", true, true },
		{ "select 1;", "\xef\xbb\xbfselect 1;", true, true },
		{ "select 1;", "select  1 ; -- why\n", false, true },
		{ "select a,b from t", "/* x /* y */ */ SELECT_", false, false },
		{ "select a,b,-1<2 from t", "select a , b , -1 < 2\nfrom t", false, true },
		{ "select a=-1", "select a = - 1", false, true },
		{ "select 1", "select 2", false, false },
		{ "select 'a b'", "select 'a  b'", false, false },
		{ "select 'a\nb'", "select 'a\r\nb'", true, true },
		{ "select $$ a\r\n $$ ", "select $$ a\n $$", false, true },
		{ "select $$ a -- b\n $$", "select $$ a\n $$", false, false },
		{ "select 'a'\n'b'", "select 'a' 'b'", false, false },
		{ "select 'a'\n'b'", "select 'a' -- c\n\n  'b'", false, true },
		{ "select 1 -- a\n+ 1", "select 1 -- b\n+ 1", false, true },
		{ "copy t from stdin;\n1\t2\n\\.\n", "copy t  from stdin;\n1\t2\n\\.\n", false, true },
		{ "copy t from stdin;\n1\t2\n\\.\n", "copy t from stdin;\n1 2\n\\.\n", false, false },
		{ "copy t from stdin;\n-- x\n\\.\n", "copy t from stdin;\n-- y\n\\.\n", false, false },
		{ "\\set a 1\nselect :a", "\\set a 1  \n\nselect  :a", false, true },
		{ "\\set a 1\nselect :a", "\\set a 2\nselect :a", false, false },
		{ "select ab", "select a b", false, false },
		{ "select 1.5e+3", "select 1.5e +3", false, false },
		{ "select 'open", "select 'open ", false, false },
	};
	struct arena *arena = *state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct str a = str_of(rows[i].a), b = str_of(rows[i].b);
		bool bytes = strcmp(script_digest_bytes(arena, a), script_digest_bytes(arena, b)) == 0;
		bool tokens = strcmp(script_digest_tokens(arena, a), script_digest_tokens(arena, b)) == 0;
		if (bytes != rows[i].same_bytes || tokens != rows[i].same_tokens)
			fail_msg("bytes %d, tokens %d: %s", bytes, tokens, rows[i].a);
	}
	assert_string_equal(script_digest_bytes(arena, STR("")),
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/*
 * Quoting
 */

static void test_quotes(void **state)
{
	static const struct {
		const char *name, *ident, *literal;
	} rows[] = {
		{ "users", "users", "'users'" },
		{ "_a1", "_a1", "'_a1'" },
		{ "1a", "\"1a\"", "'1a'" },
		{ "Users", "\"Users\"", "'Users'" },
		{ "a\"b", "\"a\"\"b\"", "'a\"b'" },
		{ "it's", "\"it's\"", "'it''s'" },
		{ "a\\b'", "\"a\\b'\"", "E'a\\\\b'''" },
		{ "", "\"\"", "''" },
		{ "select", "\"select\"", "'select'" },
		{ "between", "\"between\"", "'between'" },
		{ "system_user", "\"system_user\"", "'system_user'" },
		{ "merge_action", "\"merge_action\"", "'merge_action'" },
		{ "name", "name", "'name'" },
		{ "\xc3\xa4", "\"\xc3\xa4\"", "'\xc3\xa4'" },
	};
	struct arena *arena = *state;
	for (size_t i = 0; i < LEN(rows); i++) {
		assert_string_equal(sql_ident(arena, str_of(rows[i].name)), rows[i].ident);
		assert_string_equal(sql_literal(arena, str_of(rows[i].name)), rows[i].literal);
	}
	assert_string_equal(sql_qualified(arena, STR("My"), STR("table")), "\"My\".\"table\"");
	assert_string_equal(sql_qualified(arena, (struct str){ 0 }, STR("t")), "t");
}

static void test_parses_names(void **state)
{
	static const struct {
		const char *text, *schema, *name;
		bool ok;
	} rows[] = {
		{ "users", NULL, "users", true },
		{ "Public.Users", "public", "users", true },
		{ " \"My Schema\" . \"a\"\"b\" ", "My Schema", "a\"b", true },
		{ "U&\"\\0061uth\".t", "auth", "t", true },
		{ "a.b.c", NULL, NULL, false },
		{ "a.", NULL, NULL, false },
		{ "", NULL, NULL, false },
		{ "\"\"", NULL, NULL, false },
		{ "\"a", NULL, NULL, false },
		{ "a b", NULL, NULL, false },
		{ "1", NULL, NULL, false },
		{ "a;", NULL, NULL, false },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct str schema, name;
		bool ok = sql_parse_name(*state, str_of(rows[i].text), &schema, &name);
		if (ok != rows[i].ok)
			fail_msg("%s", rows[i].text);
		if (!ok)
			continue;
		assert_true(str_eq(name, str_of(rows[i].name)));
		assert_true(!schema.ptr == !rows[i].schema && str_eq(schema, str_of(rows[i].schema)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_splits_where_psql_does, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keeps_bodies_together, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reads_copy_data, setup, teardown),
		cmocka_unit_test_setup_teardown(test_splits_like_the_parser, setup, teardown),
		cmocka_unit_test_setup_teardown(test_splits_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_variables, setup, teardown),
		cmocka_unit_test_setup_teardown(test_given_variables, setup, teardown),
		cmocka_unit_test_setup_teardown(test_commands, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors_tell_the_place, setup, teardown),
		cmocka_unit_test_setup_teardown(test_harmless_sections, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_transaction, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directives, setup, teardown),
		cmocka_unit_test_setup_teardown(test_positions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_includes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_includes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_digests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_quotes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parses_names, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
