/*
 * What reaches the two streams: reports as text and as JSON, errors with their line of the file, hostile text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "term/internal.h"
#include "term/json.h"

static struct arena *arena;

static int begin(void **state)
{
	(void)state;
	arena = arena_new(NULL);
	term_init(&(struct term_options){ .colour = TERM_COLOUR_NEVER });
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Standard output or error goes into memory until it is taken. */
struct capture {
	int fd, saved, memory;
};

static struct capture capture(int fd)
{
	struct capture c = { .fd = fd, .memory = memfd_create("capture", MFD_CLOEXEC) };
	fflush(NULL);
	c.saved = dup(fd);
	dup2(c.memory, fd);
	return c;
}

static const char *captured(struct capture *c)
{
	struct buf buf = buf_init(arena);
	char part[4096];
	dup2(c->saved, c->fd);
	close(c->saved);
	lseek(c->memory, 0, SEEK_SET);
	for (ssize_t n; (n = read(c->memory, part, sizeof(part))) > 0;)
		buf_add(&buf, part, (size_t)n);
	close(c->memory);
	return buf.ptr;
}

static const char *as_text(struct report *report)
{
	struct buf buf = buf_init(arena);
	report_text(report, &buf);
	return buf.ptr;
}

static const char *as_json(struct report *report)
{
	struct buf buf = buf_init(arena);
	report_json(report, &buf);
	return buf.ptr;
}

static const char *shown(const char *text, size_t len, enum shown how)
{
	struct buf buf = buf_init(arena);
	shown_add(&buf, (struct str){ text, len }, how);
	return buf.ptr;
}

#define SHOWN(literal) shown(literal, sizeof(literal) - 1, SHOWN_LINE)

static void test_shown(void **state)
{
	(void)state;
	assert_string_equal(SHOWN("plain äöü 漢字 👍"), "plain äöü 漢字 👍");
	assert_string_equal(SHOWN("\x1b[31mred\x1b]0;title\a"), "\\x1b[31mred\\x1b]0;title\\x07");
	assert_string_equal(SHOWN("a\rb\nc\td\0e\x7f"), "a\\rb\\nc\\td\\x00e\\x7f");
	assert_string_equal(SHOWN("\xc2\x9b"
				  "31m"),
			    "\\x9b31m");                                /* CSI as a C1 character */
	assert_string_equal(SHOWN("bad \xff\xc3("), "bad \\xff\\xc3("); /* not UTF-8 */
	assert_string_equal(SHOWN("cut \xe6\xbc"), "cut \\xe6\\xbc");   /* the end of a character is missing */
	assert_string_equal(SHOWN("\xed\xa0\x80"), "\\xed\\xa0\\x80");  /* a surrogate */
	assert_string_equal(SHOWN("a\u202eb\u2066c\u200f"), "a\\u202eb\\u2066c\\u200f");
	assert_string_equal(shown("a\tb\nc\x1b", 6, SHOWN_TEXT), "a\tb\nc\\x1b");
}

static const struct column columns[] = {
	{ "version", "version", false }, { "name", "name", false }, { "rows", "rows", true }, { "secret", NULL, false }
};

static struct report *sample(void)
{
	struct report *report = report_new(arena, "status");
	report_fact(report, "database", "database", C_PLAIN, "%s", "app on db.example.com");
	report_fact(report, NULL, "via", C_GOOD, "PgBouncer");
	report_fact(report, "format", NULL, C_PLAIN, "plain");
	report_fact(report, "holder", "holder", C_PLAIN, NULL);
	report_number(report, "pending", "pending", 2);
	report_flag(report, "up_to_date", false);
	report_line(report, C_PLAIN, "%s", "");
	struct table *table = report_table(report, "migrations", "Migrations", columns, LEN(columns));
	table_row(table);
	table_cell(table, C_PLAIN, "0001");
	table_cell(table, C_PLAIN, "große_漢字");
	table_cell(table, C_PLAIN, "7");
	table_cell(table, C_PLAIN, "hidden");
	table_row(table);
	table_cell(table, C_PLAIN, "10");
	table_cell(table, C_PLAIN, "b");
	table_cell(table, C_PLAIN, "1.2 s");
	table_row(table);
	table_cell(table, C_PLAIN, "11");
	return report;
}

static void test_text(void **state)
{
	(void)state;
	assert_string_equal(as_text(sample()),
			    "database: app on db.example.com\n"
			    "via:      PgBouncer\n"
			    "pending:  2\n"
			    "\n"
			    "Migrations\n"
			    "  version  name         rows\n"
			    "  0001     große_漢字      7\n"
			    "  10       b           1.2 s\n"
			    "  11\n");
}

static void test_json(void **state)
{
	(void)state;
	assert_string_equal(
		as_json(sample()),
		"{\n"
		"  \"command\": \"status\",\n"
		"  \"database\": \"app on db.example.com\",\n"
		"  \"format\": \"plain\",\n"
		"  \"holder\": null,\n"
		"  \"pending\": 2,\n"
		"  \"up_to_date\": false,\n"
		"  \"migrations\": [\n"
		"    {\"version\": \"0001\", \"name\": \"große_漢字\", \"rows\": 7, \"secret\": \"hidden\"},\n"
		"    {\"version\": \"10\", \"name\": \"b\", \"rows\": \"1.2 s\", \"secret\": null},\n"
		"    {\"version\": \"11\", \"name\": null, \"rows\": null, \"secret\": null}\n"
		"  ]\n"
		"}\n");
}

static void test_text_tables(void **state)
{
	(void)state;
	static const struct column three[] = { { "a", "a", false }, { "b", "b", false }, { "c", "c", false } };
	struct report *report = report_new(arena, "x");
	report_table(report, "empty", "Nothing here", three, 3);
	assert_string_equal(as_text(report), "");
	report_line(report, C_PLAIN, "\n  a\nb");
	assert_string_equal(as_text(report), "\n  a\\nb\n");
	report = report_new(arena, "x");
	struct table *table = report_table(report, "t", NULL, three, 3);
	table_row(table);
	table_cell(table, C_PLAIN, "evil\x1b[2J\nname");
	table_cell(table, C_PLAIN, NULL);
	table_cell(table, C_PLAIN, "last ");
	assert_string_equal(as_text(report), "a                  c\nevil\\x1b[2J\\nname  last\n");

	/* One very wide cell does not push the others away. */
	report = report_new(arena, "x");
	table = report_table(report, "t", NULL, three, 2);
	table_row(table);
	table_cell(table, C_PLAIN, "%0100d", 0);
	table_cell(table, C_PLAIN, "x");
	table_row(table);
	table_cell(table, C_PLAIN, "a");
	table_cell(table, C_PLAIN, "y");
	assert_non_null(strstr(as_text(report), "\na  y\n"));
}

/* What jansson, a strict reader, makes of it. */
static json_t *read_json(struct report *report)
{
	json_error_t error;
	json_t *json = json_loads(as_json(report), JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fail_msg("%s in %s", error.text, as_json(report));
	return json;
}

static const char *member(json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static void test_json_of_anything(void **state)
{
	(void)state;
	struct report *report = report_new(arena, "x");
	struct buf all = buf_init(arena);
	for (int c = 1; c < 256; c++)
		buf_char(&all, (char)c);
	report_block(report, "bytes", buf_as_str(&all));
	report_block(report, "nul", STR("a\0b"));
	report_block(report, "cut", STR("x\xe6\xbc"));
	report_fact(report, "twice", NULL, C_PLAIN, "first");
	report_fact(report, "twice", NULL, C_PLAIN, "second");
	report_fact(report, "quo\"te\\", NULL, C_PLAIN, "\"\\/\n");
	report_note(report, "a-note", "%s", "text\x1b");
	struct err err = { .arena = arena };
	err_set(&err, ERR_REFUSED, "edited", "migration \"%s\"", "\xff");
	err_at(&err, "m/1.sql", 3, 14);
	memcpy(err.sqlstate, "42P01", 6);
	report_error(report, &err);

	json_t *json = json_loads(as_json(report), JSON_ALLOW_NUL, NULL);
	assert_non_null(json);
	json_decref(json);
	report_block(report, "nul", STR("gone"));
	json = read_json(report);
	assert_string_equal(member(json, "twice"), "second");
	assert_string_equal(member(json, "quo\"te\\"), "\"\\/\n");
	assert_string_equal(member(json, "cut"), "x\xef\xbf\xbd\xef\xbf\xbd");
	json_t *error = json_object_get(json, "error"), *note = json_array_get(json_object_get(json, "notes"), 0);
	assert_string_equal(member(error, "name"), "edited");
	assert_string_equal(member(error, "message"), "migration \"\xef\xbf\xbd\"");
	assert_string_equal(member(error, "sqlstate"), "42P01");
	assert_int_equal(json_integer_value(json_object_get(error, "line")), 3);
	assert_int_equal(json_integer_value(json_object_get(error, "exit_status")), 4);
	assert_string_equal(member(note, "name"), "a-note");
	assert_string_equal(member(note, "message"), "text\x1b");
	json_decref(json);
}

static void test_json_numbers(void **state)
{
	(void)state;
	static const char *const yes[] = { "0", "-1", "10", "1.5", "-0.25", "123456789012345678901234567890" };
	static const char *const no[] = { "", "-", "01", "1.", ".5", "1e5", "+1", "1 ", "1,000", "NaN", "0x1", "3 ms" };
	for (size_t i = 0; i < LEN(yes); i++)
		assert_true(reads_as_number(str_of(yes[i])));
	for (size_t i = 0; i < LEN(no); i++)
		assert_false(reads_as_number(str_of(no[i])));
}

static const char *error_text(const char *file, unsigned line, unsigned column, const char *source)
{
	struct err err = { .arena = arena };
	err_set(&err, ERR_FAILED, "server-error", "broken");
	if (file)
		err_at(&err, file, line, column);
	struct capture c = capture(STDERR_FILENO);
	term_error(&err, str_of(source));
	return captured(&c);
}

static void test_error(void **state)
{
	(void)state;
	assert_string_equal(error_text(NULL, 0, 0, ""), "error: broken\n");
	assert_string_equal(error_text("a\x1b.sql", 0, 0, ""), "error: broken\n  --> a\\x1b.sql\n");
	assert_string_equal(error_text("a.sql", 2, 8, "SELECT 1;\nCREATE TABLE users (\r\n);\n"),
			    "error: broken\n"
			    "  --> a.sql:2:8\n"
			    "   |\n"
			    " 2 | CREATE TABLE users (\n"
			    "   |        ^\n");
	/* tabs, wide characters, escapes: the caret stands where the eye sees the column */
	assert_string_equal(error_text("a.sql", 1, 5,
				       "\t漢\x1b"
				       "xy"),
			    "error: broken\n"
			    "  --> a.sql:1:5\n"
			    "   |\n"
			    " 1 |     漢\\x1bxy\n"
			    "   |            ^\n");
	/* behind the end of the line, no column, no such line, a byte order mark */
	assert_non_null(strstr(error_text("a.sql", 1, 99, "abc"), " 1 | abc\n   |    ^\n"));
	assert_string_equal(error_text("a.sql", 1, 0, "abc"), "error: broken\n  --> a.sql:1\n   |\n 1 | abc\n");
	assert_string_equal(error_text("a.sql", 9, 1, "abc\n"), "error: broken\n  --> a.sql:9:1\n");
	assert_non_null(strstr(error_text("a.sql", 1, 2,
					  "\xef\xbb\xbf"
					  "abc"),
			       " 1 | abc\n   |  ^\n"));
	/* the gutter grows with the number */
	struct buf many = buf_init(arena);
	for (int i = 0; i < 119; i++)
		buf_char(&many, '\n');
	buf_text(&many, "here");
	assert_string_equal(error_text("a.sql", 120, 1, many.ptr),
			    "error: broken\n"
			    "    --> a.sql:120:1\n"
			    "     |\n"
			    " 120 | here\n"
			    "     | ^\n");
}

/* A line of a megabyte is cut to what surrounds the caret. */
static void test_error_in_long_line(void **state)
{
	(void)state;
	struct buf line = buf_init(arena);
	for (int i = 0; i < 100000; i++)
		buf_printf(&line, "%09d ", i);
	const char *text = error_text("a.sql", 1, 500001, line.ptr);
	const char *quoted = strstr(text, " 1 | ..."), *caret = strrchr(text, '^');
	assert_non_null(quoted);
	assert_non_null(strstr(quoted, "...\n   | "));
	size_t column = (size_t)(caret - (strstr(quoted, "\n") + 1));
	assert_true(column < 100);
	assert_memory_equal(quoted + column, "000050000 ", 10);
	assert_true(strlen(text) < 400);
}

static void test_error_hides_secrets(void **state)
{
	(void)state;
	assert_null(strstr(error_text(".env", 1, 1, "X=S3cret"), "S3cret"));
	assert_null(strstr(error_text("app/.env.local", 1, 1, "X=S3cret"), "S3cret"));
	assert_null(strstr(error_text("brant.yaml", 1, 1, "url: postgres://u:S3cret@h/d"), "S3cret"));
	assert_null(strstr(error_text("a.sql", 1, 1, "ALTER ROLE x PASSWORD 'S3cret'"), "S3cret"));
	assert_null(strstr(error_text("a.sql", 1, 1, "CONNECTION 'password=S3cret'"), "S3cret"));
	assert_non_null(strstr(error_text("a.sql", 1, 1, "CREATE TABLE t (password text)"), "password text"));
}

static void test_error_parts(void **state)
{
	(void)state;
	struct err err = { .arena = arena };
	err_set(&err, ERR_FAILED, "server-error", "two\nlines\x1b");
	err_detail(&err, "One.\r\nTwo.");
	err_hint(&err, "Try.");
	memcpy(err.sqlstate, "42P07", 6);
	struct capture c = capture(STDERR_FILENO);
	term_error(&err, (struct str){ 0 });
	assert_string_equal(captured(&c), "error: two\n       lines\\x1b\ndetail: One.\n        Two.\nhint: Try.\n");
	term_init(&(struct term_options){ .colour = TERM_COLOUR_ALWAYS, .verbose = 1 });
	c = capture(STDERR_FILENO);
	term_error(&err, (struct str){ 0 });
	const char *text = captured(&c);
	assert_non_null(strstr(text, "42P07\n"));
	assert_non_null(strstr(text, "see: brant explain server-error"));
	assert_non_null(strstr(text, "\x1b[1;31merror:\x1b[0m two\n"));
}

/* Results on one stream, notes and the error on the other, in this order where both are one. */
static void test_streams(void **state)
{
	(void)state;
	struct report *report = report_new(arena, "x");
	struct err err = { .arena = arena }, output = { .arena = arena };
	report_note(report, "n", "careful");
	report_line(report, C_PLAIN, "result");
	err_set(&err, ERR_FAILED, "e", "broken");
	report_error(report, &err);
	struct capture out = capture(STDOUT_FILENO);
	struct capture all = capture(STDERR_FILENO);
	assert_true(report_print(report, &output));
	assert_string_equal(captured(&all), "note: careful\nerror: broken\n");
	assert_string_equal(captured(&out), "result\n");
}

static void test_full_disk_and_closed_pipe(void **state)
{
	(void)state;
	struct report *report = report_new(arena, "x");
	struct err output = { .arena = arena };
	report_line(report, C_PLAIN, "result");
	struct capture out = capture(STDOUT_FILENO);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), pipes[2];
	dup2(full, STDOUT_FILENO);
	bool printed = report_print(report, &output);
	close(full);
	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[1], STDOUT_FILENO);
	close(pipes[0]);
	close(pipes[1]);
	signal(SIGPIPE, SIG_IGN);
	bool ignored = report_print(report, &(struct err){ .arena = arena });
	captured(&out);
	assert_false(printed);
	assert_string_equal(output.name, "output-failed");
	assert_true(ignored);
}

static void test_lines(void **state)
{
	(void)state;
	struct capture c = capture(STDERR_FILENO);
	term_line(C_GOOD, "line %s", "\x1b[1m\n");
	term_info("not without -v");
	term_warning("careful");
	term_notice(NULL, "NOTICE", "relation exists,\nskipping");
	progress_start("no terminal", 10);
	progress_step(5, "x");
	progress_end();
	assert_string_equal(captured(&c),
			    "line \\x1b[1m\\n\nwarning: careful\nnotice: relation exists,\n        skipping\n");
	term_init(&(struct term_options){ .quiet = true });
	c = capture(STDERR_FILENO);
	term_line(C_GOOD, "line");
	term_notice(NULL, "NOTICE", "skipping");
	term_notice(NULL, "WARNING", "there is no transaction");
	assert_string_equal(captured(&c), "warning: there is no transaction\n");
}

static void test_colour(void **state)
{
	(void)state;
	static const struct {
		enum term_colour option;
		const char *no_color, *force;
		bool wanted;
	} rows[] = {
		{ TERM_COLOUR_AUTO, NULL, NULL, false }, { TERM_COLOUR_AUTO, NULL, "1", true },
		{ TERM_COLOUR_AUTO, NULL, "0", false },  { TERM_COLOUR_AUTO, "1", "1", false },
		{ TERM_COLOUR_AUTO, "", "1", true },     { TERM_COLOUR_ALWAYS, "1", NULL, true },
		{ TERM_COLOUR_NEVER, NULL, "1", false },
	};
	struct capture c = capture(STDERR_FILENO);
	for (size_t i = 0; i < LEN(rows); i++) {
		unsetenv("NO_COLOR");
		unsetenv("CLICOLOR_FORCE");
		if (rows[i].no_color)
			setenv("NO_COLOR", rows[i].no_color, 1);
		if (rows[i].force)
			setenv("CLICOLOR_FORCE", rows[i].force, 1);
		term_init(&(struct term_options){ .colour = rows[i].option });
		assert_int_equal(term.err_colour, rows[i].wanted);
	}
	unsetenv("NO_COLOR");
	unsetenv("CLICOLOR_FORCE");
	captured(&c);
	term_init(&(struct term_options){ .colour = TERM_COLOUR_ALWAYS, .json = true });
	assert_false(term.out_colour);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_shown),
		TEST(test_text),
		TEST(test_json),
		TEST(test_text_tables),
		TEST(test_json_of_anything),
		TEST(test_json_numbers),
		TEST(test_error),
		TEST(test_error_in_long_line),
		TEST(test_error_hides_secrets),
		TEST(test_error_parts),
		TEST(test_streams),
		TEST(test_full_disk_and_closed_pipe),
		TEST(test_lines),
		TEST(test_colour),
	};
	return cmocka_run_group_tests_name("term", tests, NULL, NULL);
}
