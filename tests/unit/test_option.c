/*
 * The command line: a table of what people type and what becomes of it.  The commands here are made up, so that the tests stay when the
 * real ones change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/cmd/common.c"
#include "../../src/cmd/layout.c"
#include "../../src/cmd/option.c"
#include "../../src/base/duration.c"

struct go_options {
	bool force, no_wait;
	const char *to, *when;
	long long retries;
	double timeout;
	struct strs only;
};

static const struct option go_table[] = {
#define AT(field) offsetof(struct go_options, field)
	{ "force", 'f', OPTION_FLAG, NULL, "do it", AT(force) },
	{ "no-wait", 0, OPTION_FLAG, NULL, "fail at once", AT(no_wait) },
	{ "to", 't', OPTION_TEXT, "VERSION", "stop there", AT(to) },
	{ "when", 0, OPTION_CHOICE, "now|later", "when", AT(when) },
	{ "retries", 'r', OPTION_NUMBER, "N", "how often", AT(retries), .max = 1000 },
	{ "timeout", 0, OPTION_TIME, "TIME", "how long", AT(timeout) },
	{ "only", 0, OPTION_LIST, "NAME", "only these", AT(only) },
#undef AT
	{ 0 },
};

static const struct go_options go_defaults = { .retries = 7 };

static bool run(struct ctx *ctx, void *options, size_t nargs, char **args, struct err *err)
{
	(void)ctx, (void)options, (void)nargs, (void)args, (void)err;
	return true;
}

static const struct cmd cmd_go = {
	.name = "go",
	.aliases = { "walk", "run" },
	.arguments = "NAME [MORE]",
	.summary = "go somewhere",
	.options_size = sizeof(struct go_options),
	.defaults = &go_defaults,
	.options = go_table,
	.min_args = 1,
	.max_args = 2,
	.dry_run = true,
	.run = run,
};
static const struct cmd cmd_stop = { .name = "stop", .summary = "stop", .run = run };
static const struct cmd *const shown[] = { &cmd_go, &cmd_stop, NULL };
const struct cmd_group cmd_groups[] = { { "Moves", shown }, { NULL, NULL } };

struct fixture {
	struct arena *arena;
	struct err err;
	struct command_line line;
	struct go_options *go;
	char *argv[32];
	int argc;
	bool ok;
};

/* Types a line; words are parted by single spaces. */
static struct fixture type(const char *text)
{
	struct fixture f = { .arena = arena_new(NULL) };
	f.err.arena = f.arena;
	struct str word, rest = str_of(text);
	for (bool more = true; more;) {
		more = str_cut(rest, ' ', &word, &rest);
		f.argv[f.argc++] = str_dup(f.arena, word);
	}
	f.ok = command_line_parse(f.arena, f.argc, f.argv, &f.line, &f.err);
	f.go = f.line.cmd == &cmd_go ? f.line.options : NULL;
	return f;
}

static void test_good_lines(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"brant go x",     "brant walk x",  "brant run x y",        "brant -v go x",     "brant go x -v",
		"brant go -f x",  "brant go x -f", "brant stop",           "brant --json stop", "brant stop --json",
		"brant",          "brant --help",  "brant go --help",      "brant go -h",       "brant -V",
		"brant go -- -x", "brant go -",    "brant go x --dry-run", "brant -n go x",     "brant go --to= x",
	};
	for (size_t i = 0; i < LEN(lines); i++) {
		struct fixture f = type(lines[i]);
		if (!f.ok)
			fail_msg("%s: %s", lines[i], f.err.message);
		arena_free(f.arena);
	}
}

static void test_values(void **state)
{
	(void)state;
	struct fixture f = type("brant -vC dir go a --to=5 -r3 --timeout 1.5min --only x --only=y -vf b --when later");
	assert_true(f.ok);
	assert_int_equal(f.line.common.verbose, 2);
	assert_string_equal(f.line.common.dir, "dir");
	assert_string_equal(f.go->to, "5");
	assert_int_equal(f.go->retries, 3);
	assert_true(f.go->timeout > 89.99 && f.go->timeout < 90.01);
	assert_int_equal(f.go->only.len, 2);
	assert_true(str_eq(f.go->only.ptr[1], STR("y")));
	assert_true(f.go->force);
	assert_string_equal(f.go->when, "later");
	assert_int_equal(f.line.nargs, 2);
	assert_string_equal(f.line.args[0], "a");
	assert_string_equal(f.line.args[1], "b");
	arena_free(f.arena);

	f = type("brant go -- --to -f");
	assert_true(f.ok && f.line.nargs == 2 && !f.go->to && !f.go->force);
	assert_string_equal(f.line.args[0], "--to");
	arena_free(f.arena);

	f = type("brant go -12 -f"); /* a place: "brant down -1" */
	assert_true(f.ok && f.line.nargs == 1 && f.go->force);
	assert_string_equal(f.line.args[0], "-12");
	arena_free(f.arena);

	f = type("brant go --to --json x"); /* as getopt: the word behind is the value */
	assert_true(f.ok && !f.line.common.json);
	assert_string_equal(f.go->to, "--json");
	arena_free(f.arena);
}

static void test_flags_are_taken_back(void **state)
{
	(void)state;
	struct fixture f = type("brant go x --force --json --no-force --no-json --no-wait");
	assert_true(f.ok && !f.go->force && !f.line.common.json && f.go->no_wait);
	assert_int_equal(f.go->retries, 7); /* the command's default */
	arena_free(f.arena);
	f = type("brant go x --no-wait --no-no-wait");
	assert_true(f.ok && !f.go->no_wait);
	arena_free(f.arena);
}

struct bad {
	const char *line, *message, *hint;
};

static const struct bad bad[] = {
	{ "brant gu", "unknown command \"gu\"", "Did you mean \"brant go\"?" },
	{ "brant og", "unknown command \"og\"", "Did you mean \"brant go\"?" },
	{ "brant sotp", "unknown command \"sotp\"", "Did you mean \"brant stop\"?" },
	{ "brant wal", "unknown command \"wal\"", "Did you mean \"brant walk\"?" },
	{ "brant push", "unknown command \"push\"", "\"brant diff NAME --up\" writes a migration and applies it." },
	{ "brant upgrade head", "unknown command \"upgrade\"", "\"brant up\" applies what is pending." },
	{ "brant elephant", "unknown command \"elephant\"", "\"brant help\" lists the commands." },
	{ "brant go x --forse", "unknown option \"--forse\"", "Did you mean \"--force\"?" },
	{ "brant go x --retri 3", "unknown option \"--retri\"", "Did you mean \"--retries\"?" },
	{ "brant go x --dry_run", "unknown option \"--dry_run\"", "Did you mean \"--dry-run\"?" },
	{ "brant go x --Force", "unknown option \"--Force\"", "Did you mean \"--force\"?" },
	{ "brant go x --zebra", "unknown option \"--zebra\"", NULL },
	{ "brant --to 5 go x", "unknown option \"--to\"",
	  "It is an option of \"brant go\" and comes after that word." },
	{ "brant go x -fZ", "unknown option \"-Z\"", NULL },
	{ "brant go x -1z", "unknown option \"-1\"", NULL },
	{ "brant -1", "unknown option \"-1\"", NULL },
	{ "brant stop -1", "unknown option \"-1\"", NULL },
	{ "brant go x --no-to", "unknown option \"--no-to\"", NULL },
	{ "brant go x --=5", "unknown option \"--\"", NULL },
	{ "brant go x --force=yes", "option \"--force\" takes no value", NULL },
	{ "brant go x --to", "option \"--to\" needs a value: --to VERSION", NULL },
	{ "brant go x -t", "option \"--to\" needs a value: --to VERSION", NULL },
	{ "brant go x --retries -1", "option \"--retries\" needs a number, not \"-1\"", NULL },
	{ "brant go x --retries 3x", "option \"--retries\" needs a number, not \"3x\"", NULL },
	{ "brant go x --retries=", "option \"--retries\" needs a number, not \"\"", NULL },
	{ "brant go x --retries 1001", "1001 is out of range for \"--retries\": at most 1000", NULL },
	{ "brant go x -r 99999999999999999999", "99999999999999999999 is out of range for \"--retries\": at most 1000",
	  NULL },
	{ "brant go x --timeout 5parsec", "option \"--timeout\" needs a time, not \"5parsec\"",
	  "A time looks like 500ms, 2s, 1min or 1h; a plain number is seconds, \"off\" is none." },
	{ "brant go x --timeout -1", "option \"--timeout\" needs a time, not \"-1\"",
	  "A time looks like 500ms, 2s, 1min or 1h; a plain number is seconds, \"off\" is none." },
	{ "brant go x --when never", "option \"--when\" is one of now|later, not \"never\"", NULL },
	{ "brant --color=blue go x", "option \"--color\" is one of auto|always|never, not \"blue\"", NULL },
	{ "brant go", "\"brant go\" needs an argument: NAME [MORE]", NULL },
	{ "brant go a b c", "unexpected argument \"c\"", NULL },
	{ "brant stop --dry-run", "\"brant stop\" has no --dry-run", NULL },
};

static void test_bad_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(bad); i++) {
		struct fixture f = type(bad[i].line);
		if (f.ok)
			fail_msg("%s: accepted", bad[i].line);
		assert_string_equal(f.err.message, bad[i].message);
		if (!bad[i].hint != !f.err.hint)
			fail_msg("%s: hint is %s", bad[i].line, f.err.hint ? f.err.hint : "missing");
		if (bad[i].hint)
			assert_string_equal(f.err.hint, bad[i].hint);
		assert_int_equal(f.err.code, ERR_USAGE);
		assert_string_equal(f.err.name, "usage");
		arena_free(f.arena);
	}
}

/* The first of several errors is told, and --json behind it still counts. */
static void test_reads_on_after_an_error(void **state)
{
	(void)state;
	struct fixture f = type("brant --nonsense go x --when never --json");
	assert_false(f.ok);
	assert_string_equal(f.err.message, "unknown option \"--nonsense\"");
	assert_true(f.line.common.json);
	arena_free(f.arena);
}

static void test_secrets(void **state)
{
	(void)state;
	struct fixture f = type("brant --url postgres://u:S3cret@h/d go x");
	assert_true(f.ok);
	assert_string_equal(f.line.common.url, "postgres://u:S3cret@h/d");
	assert_string_equal(f.argv[2], "***********************");
	arena_free(f.arena);
	f = type("brant go x --url=postgres://u:S3cret@h/d");
	assert_true(f.ok);
	assert_string_equal(f.line.common.url, "postgres://u:S3cret@h/d");
	assert_string_equal(f.argv[3], "--url=***********************");
	arena_free(f.arena);

	static const char *const leaks[] = {
		"brant postgres://u:S3cret@h/d",
		"brant go x y postgres://u:S3cret@h/d",
		"brant go x --ulr=postgres://u:S3cret@h/d",
		"brant go x --retries postgres://u:S3cret@h/d",
		"brant go x --timeout postgres://u:S3cret@h/d",
		"brant go x --when postgres://u:S3cret@h/d",
		"brant go x y password=S3cret",
	};
	for (size_t i = 0; i < LEN(leaks); i++) {
		f = type(leaks[i]);
		assert_false(f.ok);
		if (strstr(f.err.message, "S3c") || (f.err.hint && strstr(f.err.hint, "S3c")))
			fail_msg("%s: %s", leaks[i], f.err.message);
		arena_free(f.arena);
	}
}

static void test_wrap(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	struct strs lines = wrap(arena, "one two three\nfour five\n\n  as it is,  however long\nsix", 10);
	static const char *const wanted[] = { "one two", "three four", "five", "", "  as it is,  however long", "six" };
	assert_int_equal(lines.len, LEN(wanted));
	for (size_t i = 0; i < lines.len; i++)
		assert_string_equal(str_dup(arena, lines.ptr[i]), wanted[i]);
	assert_int_equal(wrap(arena, "", 10).len, 0);
	assert_int_equal(wrap(arena, "unbreakable-and-long", 4).len, 1);
	arena_free(arena);
}

static void test_usage(void **state)
{
	(void)state;
	struct arena *arena = arena_new(NULL);
	assert_string_equal(usage_of(arena, &cmd_go), "brant go [options] NAME [MORE]");
	assert_string_equal(usage_of(arena, &cmd_stop), "brant stop [options]");
	assert_string_equal(option_label(arena, &go_table[2]), "-t, --to VERSION");
	assert_string_equal(option_label(arena, &go_table[1]), "    --no-wait");
	assert_string_equal(alias_list(arena, &cmd_go), "walk, run");
	assert_null(alias_list(arena, &cmd_stop));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_lines),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_flags_are_taken_back),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_reads_on_after_an_error),
		cmocka_unit_test(test_secrets),

		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_usage),
	};
	return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
