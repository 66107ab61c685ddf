/*
 * brant.yaml, .env, durations, and which format and database a folder means.  Secrets in this file contain "S3cr", and no message may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "project/config.h"
#include "project/dotenv.h"
#include "base/duration.h"
#include "project/project.h"

static struct arena *arena;
static char *folder; /* a fresh one for each test */

static int setup(void **state)
{
	(void)state;
	static const char *const variables[] = {
		"DATABASE_URL", "OTHER_URL", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE"
	};
	for (size_t i = 0; i < LEN(variables); i++)
		unsetenv(variables[i]);
	arena = arena_new(NULL);
	const char *tmp = getenv("TMPDIR");
	folder = arena_printf(arena, "%s/brant-test-XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	struct err err = { .arena = arena };
	dir_remove(folder, &err);
	arena_free(arena);
	return 0;
}

static const char *in_folder(const char *name)
{
	return path_join(arena, folder, name);
}

static void put(const char *name, const char *text)
{
	struct err err = { .arena = arena };
	const char *path = in_folder(name);
	assert_true(dir_make(path_dir(arena, path), 0755, &err));
	assert_true(file_write(path, str_of(text), 0644, &err));
}

static void no_secret(const struct err *err)
{
	const char *texts[] = { err->message, err->detail, err->hint };
	for (size_t i = 0; i < LEN(texts); i++)
		if (texts[i] && strstr(texts[i], "S3cr"))
			fail_msg("a secret shows in \"%s\"", texts[i]);
}

static void same(const char *where, const char *is, const char *should)
{
	if ((is == NULL) != (should == NULL) || (is && strcmp(is, should) != 0))
		fail_msg("%s: is \"%s\", not \"%s\"", where, is ? is : "(none)", should ? should : "(none)");
}

/* ---- durations ---- */

static void reads_durations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double seconds;
	} good[] = { { "2s", 2 },     { "500ms", 0.5 },     { "1min", 60 }, { "1m", 60 }, { "2h", 7200 },
		     { "1.5s", 1.5 }, { "2", 2 },           { "0", 0 },     { "off", 0 }, { " 3 s ", 3 },
		     { ".5s", 0.5 },  { "250us", 0.00025 }, { "1d", 86400 } };
	static const char *const bad[] = { "",    "s",   "2x",   "-1",       "1e3", "0x10", "inf",
					   "nan", "2s3", "1,5s", "99999999", ".",   "2 s s" };
	double seconds;
	for (size_t i = 0; i < LEN(good); i++) {
		assert_true(duration_parse(str_of(good[i].text), &seconds));
		if (seconds < good[i].seconds - 1e-9 || seconds > good[i].seconds + 1e-9)
			fail_msg("\"%s\" is %g s", good[i].text, seconds);
	}
	for (size_t i = 0; i < LEN(bad); i++)
		if (duration_parse(str_of(bad[i]), &seconds))
			fail_msg("\"%s\" was accepted as %g s", bad[i], seconds);
	assert_false(duration_parse((struct str){ 0 }, &seconds)); /* a word without a value */
}

/* ---- .env ---- */

static const char *fake_environment(const char *name)
{
	return strcmp(name, "HOST") == 0 ? "from-env" : strcmp(name, "EMPTY") == 0 ? "" : NULL;
}

/* One variable V in a file, and its value. */
static void reads_dotenv(void **state)
{
	(void)state;
	static const char *const table[][2] = {
		{ "V=a", "a" },
		{ "V=a\r\nW=b\r\n", "a" },
		{ "\xef\xbb\xbfV=a\n", "a" },
		{ "W=b\rV=a\r", "a" },
		{ "V = a b \n", "a b" },
		{ "  export V=a", "a" },
		{ "export\tV=a", "a" },
		{ "V: a", "a" },
		{ "V=", NULL },
		{ "V=\n", NULL },
		{ "V=''", NULL },
		{ "V", NULL },
		{ "V a", NULL },
		{ "# V=a", NULL },
		{ "V=a # b", "a" },
		{ "V=a\t# b", "a" },
		{ "V=a#b", "a#b" },
		{ "V=# b", NULL },
		{ "V=postgres://u:p#w@h/d", "postgres://u:p#w@h/d" },
		{ "V=\"a # b\" # c", "a # b" },
		{ "V='a # b'# c", "a # b" },
		{ "V=`a \"b\" 'c'`", "a \"b\" 'c'" },
		{ "V=\" a \"", " a " },
		{ "V=\"a\\nb\\tc\\\"d\\\\e\\$f\"", "a\nb\tc\"d\\e$f" },
		{ "V='a\\nb\\tc\\\\'", "a\\nb\\tc\\\\" },
		{ "V='a\\'b'", "a'b" },
		{ "V='C:\\'\nW=x", "C:\\" },
		{ "V=a\\nb", "a\\nb" },
		{ "V=\"a\nb\r\nc\"", "a\nb\nc" },
		{ "V='a\nb'", "a\nb" },
		{ "W=\"x\ny\"\nV=a", "a" },
		{ "V=a\nV=b", "b" },
		{ "V=it's", "it's" },
		{ "V=a=b=c", "a=b=c" },
		{ "W='oops\nV='a'", "a" },
		{ "W=\"oops\nV=a", "a" },
		{ "V=${HOST}/x", "from-env/x" },
		{ "V=$HOST/x", "from-env/x" },
		{ "V=\"${HOST}\"", "from-env" },
		{ "V='${HOST}'", "from-env" },
		{ "V='$HOST'", "$HOST" },
		{ "V=\\$HOST", "$HOST" },
		{ "V=\"\\${HOST}\"", "${HOST}" },
		{ "HOST=file\nV=${HOST}", "from-env" },
		{ "W=b\nV=${W}", "b" },
		{ "W=b\nX=${W}c\nV=${X}d", "bcd" },
		{ "V=${W}\nW=b", "${W}" },
		{ "V=${NOWHERE}", "${NOWHERE}" },
		{ "V=${NOWHERE:-c}", "c" },
		{ "V=${NOWHERE-c}", "c" },
		{ "V=${EMPTY:-c}", "c" },
		{ "V=pa$$word", "pa$$word" },
		{ "V=pa$1", "pa$1" },
		{ "V=${", "${" },
		{ "V=${}", "${}" },
		{ "V=${HOST", "${HOST" },
		{ "V=$(date)", "$(date)" },
		{ "V=${V}", "${V}" },
		{ "A.B-C=x\nV=a", "a" },
	};
	for (size_t i = 0; i < LEN(table); i++) {
		struct dotenv dotenv;
		struct err err = { .arena = arena };
		const char *value;
		assert_true(dotenv_parse(arena, ".env", str_of(table[i][0]), fake_environment, &dotenv, &err));
		if (!dotenv_get(&dotenv, "V", &value, &err))
			fail_msg("%s: %s", table[i][0], err.message);
		same(table[i][0], value, table[i][1]);
	}
}

static void refuses_dotenv(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned line;
	} table[] = { { "A=1\nV=\"S3cr", 2 },
		      { "A=1\n\nV='S3cr\nB=2", 3 },
		      { "V=\"S3cr\"x\n", 1 },
		      { "B=\"x\ny\"\nV='S3cr' y", 3 } };
	for (size_t i = 0; i < LEN(table); i++) {
		struct dotenv dotenv;
		struct err err = { .arena = arena };
		const char *value;
		assert_true(dotenv_parse(arena, ".env", str_of(table[i].text), NULL, &dotenv, &err));
		if (dotenv_get(&dotenv, "V", &value, &err))
			fail_msg("%s: was accepted", table[i].text);
		assert_string_equal(err.name, "dotenv-invalid");
		assert_string_equal(err.file, ".env");
		assert_int_equal(err.line, table[i].line);
		no_secret(&err);
		err_clear(&err);
		assert_true(dotenv_get(&dotenv, "A", &value, &err)); /* the others can be read all the same */
	}
}

static void refuses_strange_dotenv(void **state)
{
	(void)state;
	struct dotenv dotenv;
	struct err err = { .arena = arena };
	assert_false(dotenv_parse(arena, ".env", STR("A=1\nV=S3cr\0x"), NULL, &dotenv, &err));
	assert_int_equal(err.line, 2);
	assert_false(dotenv_parse(arena, ".env",
				  STR("\xff\xfe"
				      "A\0"),
				  NULL, &dotenv, &err));
	assert_int_equal(err.line, 1);
	char *big = arena_alloc(arena, 2000000);
	memset(big, 'A', 2000000);
	assert_false(dotenv_parse(arena, ".env", (struct str){ big, 2000000 }, NULL, &dotenv, &err));
	assert_string_equal(err.name, "dotenv-invalid");
}

/* Each line twice as long as the one above. */
static void limits_expansion(void **state)
{
	(void)state;
	struct buf buf = buf_init(arena);
	buf_text(&buf, "V0=aaaaaaaaaa\n");
	for (int i = 1; i < 40; i++)
		buf_printf(&buf, "V%d=${V%d}${V%d}\n", i, i - 1, i - 1);
	struct dotenv dotenv;
	struct err err = { .arena = arena };
	const char *value;
	assert_true(dotenv_parse(arena, ".env", buf_as_str(&buf), NULL, &dotenv, &err));
	assert_true(dotenv_get(&dotenv, "V5", &value, &err));
	assert_int_equal(strlen(value), 320);
	assert_false(dotenv_get(&dotenv, "V13", &value, &err));
}

/* ---- brant.yaml ---- */

static bool parse(const char *text, struct config *config, struct err *err)
{
	*err = (struct err){ .arena = arena };
	config_defaults(arena, config);
	return config_parse(arena, "brant.yaml", str_of(text), config, err);
}

static bool has(const struct strs *list, const char *text)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list->ptr[i], str_of(text)))
			return true;
	return false;
}

static void reads_config(void **state)
{
	(void)state;
	struct config c;
	struct err err;
	bool ok = parse("\xef\xbb\xbf# settings\r\n"
			"format: plain\r\n"
			"migrations: db/my migrations\n"
			"ledger: app.\"My Ledger\"\n"
			"version: name\n"
			"url: ${OTHER_URL}\n"
			"lock_timeout: 500ms\n"
			"statement_timeout: 1min\n"
			"lock_retries: 3\n"
			"out_of_order: yes\n"
			"notify_postgrest: False\n"
			"variables:\n  owner: app\n  size: 10\n  empty: ''\n"
			"boundary:\n"
			"  remove: [auth]\n"
			"  add: crm\n"
			"  allow:\n    - trigger on auth.users\n",
			&c, &err);
	if (!ok)
		fail_msg("%u:%u: %s", err.line, err.column, err.message);
	same("format", c.format, "plain");
	same("migrations", c.migrations, "db/my migrations");
	same("ledger", c.ledger, "app.\"My Ledger\"");
	same("version", c.version_form, "name");
	same("url", c.url, NULL);
	same("url", c.url_variable, "OTHER_URL");
	assert_true(c.lock_timeout > 0.49 && c.lock_timeout < 0.51);
	assert_int_equal((int)c.statement_timeout, 60);
	assert_int_equal(c.lock_retries, 3);
	assert_true(c.out_of_order);
	assert_false(c.notify_postgrest);
	same("owner", map_get(&c.variables, STR("owner")), "app");
	same("size", map_get(&c.variables, STR("size")), "10");
	same("empty", map_get(&c.variables, STR("empty")), "");
	assert_false(has(&c.boundary.schemas, "auth"));
	assert_true(has(&c.boundary.schemas, "storage"));
	assert_true(has(&c.boundary.schemas, "crm"));
	assert_true(has(&c.boundary.allow, "trigger on auth.users"));
	assert_false(c.boundary.off);
}

static void takes_each_kind_of_exception(void **state)
{
	(void)state;
	static const char *const entries[] = { "trigger on auth.users",
					       "Trigger t on auth.users",
					       "policy p on auth.users",
					       "column vip on auth.users",
					       "rows of auth.users",
					       "foreign key to auth.sessions",
					       "table auth.users",
					       "materialized view auth.m",
					       "function auth.uid",
					       "schema realtime",
					       "default privileges in schema auth",
					       "role",
					       "role anon",
					       "event trigger",
					       "event trigger zz" };
	for (size_t i = 0; i < LEN(entries); i++)
		if (!boundary_allow_valid(str_of(entries[i])))
			fail_msg("\"%s\" is refused", entries[i]);
	assert_false(boundary_allow_valid(STR("roles")));
	assert_false(boundary_allow_valid(STR("")));
}

static void keeps_defaults(void **state)
{
	(void)state;
	static const char *const empty[] = { "",
					     "\n\n",
					     "# nothing\n",
					     "---\n",
					     "--- \n...\n",
					     "~",
					     "lock_timeout:\nurl: ~\nboundary:\n",
					     "boundary:\n  # allow: x\n",
					     "{}" };
	for (size_t i = 0; i < LEN(empty); i++) {
		struct config c;
		struct err err;
		if (!parse(empty[i], &c, &err))
			fail_msg("%s: %s", empty[i], err.message);
		assert_true(c.lock_timeout > 1.99 && c.lock_timeout < 2.01);
		assert_true(c.statement_timeout < 0.001);
		assert_int_equal(c.lock_retries, 10);
		assert_true(c.notify_postgrest);
		assert_false(c.out_of_order);
		same("url", c.url, NULL);
		assert_true(has(&c.boundary.schemas, "auth"));
	}
}

static void reads_urls_and_boundaries(void **state)
{
	(void)state;
	static const char *const urls[][3] = {
		{ "url: postgres://u:S3cr@h/d", "postgres://u:S3cr@h/d", NULL },
		{ "url: \"postgres://u:S3cr${X}@h/d\"", "postgres://u:S3cr${X}@h/d", NULL },
		{ "url: $NAME", NULL, "NAME" },
		{ "url: '${NAME}'", NULL, "NAME" },
		{ "url: env(NAME)", NULL, "NAME" },
		{ "url: env(\"NAME\")", NULL, "NAME" },
		{ "url: {env: NAME}", NULL, "NAME" },
		{ "url:\n  env: NAME\n", NULL, "NAME" },
	};
	struct config c;
	struct err err;
	for (size_t i = 0; i < LEN(urls); i++) {
		assert_true(parse(urls[i][0], &c, &err));
		same(urls[i][0], c.url, urls[i][1]);
		same(urls[i][0], c.url_variable, urls[i][2]);
	}
	assert_true(parse("boundary: off", &c, &err) && c.boundary.off);
	assert_true(parse("boundary: false", &c, &err) && c.boundary.off);
	assert_true(parse("boundary: on", &c, &err) && !c.boundary.off);
	assert_true(parse("boundary:\n  add: [x]\n  schemas: [a, b]\n", &c, &err));
	assert_int_equal(c.boundary.schemas.len, 3);
	assert_true(has(&c.boundary.schemas, "x") && has(&c.boundary.schemas, "a"));
	assert_true(parse("boundary:\n  schemas: []\n", &c, &err));
	assert_int_equal(c.boundary.schemas.len, 0);
	assert_true(parse("a: &x 1\n", &c, &err) == false); /* an unknown key, whatever its anchor */
	assert_true(parse("migrations: &x db\nledger: *x\n", &c, &err));
	same("alias", c.ledger, "db");
}

static void refuses_config(void **state)
{
	(void)state;
	static const struct {
		const char *text, *name;
		unsigned line, column;
		const char *says; /* in the message, detail or hint */
	} table[] = {
		{ "migration: x", "config-key", 1, 1, "migrations" },
		{ "# c\nlock-timeout: 1s", "config-key", 2, 1, "lock_timeout" },
		{ "\"a\\e[31m\\nb\": 1", "config-key", 1, 1, "\"a?[31m?b\"" },
		/* found by fuzzing: cut in the middle of a character */
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9tail: 1", "config-key", 1, 1,
		  "aaa...\"" },
		{ "xyzzy: 1", "config-key", 1, 1, "Keys are format" },
		{ "boundary:\n  allows: [x]", "config-key", 2, 3, "allow" },
		{ "url: {enf: X}", "config-key", 1, 7, "env" },
		{ "? [a]\n: b", "config-key", 1, 3, "a list" },
		{ "url: x\nledger: a\nurl: S3cr", "config-duplicate", 3, 1, "line 1" },
		{ "boundary:\n  add: [a]\n  add: [b]", "config-duplicate", 3, 3, "line 2" },
		{ "search_path: my-app", "config-value", 1, 14, "[app, public]" },
		{ "search_path: []", "config-value", 1, 14, NULL },
		{ "ledger: a.b.c", "config-value", 1, 9, "SCHEMA.NAME" },
		{ "ledger: 'public.x; drop'", "config-value", 1, 9, NULL },
		{ "lock_timeout: soon", "config-value", 1, 15, "500ms" },
		{ "lock_timeout: -1", "config-value", 1, 15, NULL },
		{ "lock_timeout: [1]", "config-value", 1, 15, NULL },
		{ "lock_retries: many", "config-value", 1, 15, NULL },
		{ "lock_retries: -1", "config-value", 1, 15, NULL },
		{ "lock_retries: 99999999999999999999", "config-value", 1, 15, NULL },
		{ "out_of_order: maybe", "config-value", 1, 15, "true nor false" },
		{ "out_of_order: 'yes'", "config-value", 1, 15, NULL },
		{ "version: 1", "config-value", 1, 10, "prefix, name, file" },
		{ "migrations: [a]", "config-value", 1, 13, "a list" },
		{ "migrations: ''", "config-value", 1, 13, "empty" },
		{ "migrations: \"a\\0b\"", "config-value", 1, 13, "NUL" },
		{ "url: [S3cr]", "config-value", 1, 6, NULL },
		{ "url: {env: 'a b'}", "config-value", 1, 12, NULL },
		{ "variables: [a]", "config-value", 1, 12, "a mapping" },
		{ "variables:\n  a: [b]", "config-value", 2, 6, NULL },
		{ "variables:\n  'a b': c", "config-value", 2, 3, NULL },
		{ "boundary: 7", "config-value", 1, 11, "off" },
		{ "boundary:\n  remove: [nothing]", "config-value", 2, 11, "nothing" },
		{ "boundary:\n  allow: [a, {b: c}]", "config-value", 2, 14, NULL },
		{ "boundary:\n  allow:\n  - trigger on auth.users\n  - anything at all\n", "config-value", 4, 5,
		  "trigger on" },
		{ "boundary:\n  allow: [triger on auth.users]", "config-value", 2, 11, "Is \"trigger\" meant?" },
		{ "boundary:\n  allow: [event triger zz]", "config-value", 2, 11, "\"event trigger\"" },
		{ "boundary:\n  allow: [material view auth.x]", "config-value", 2, 11, "\"materialized view\"" },
		{ "boundary:\n  allow: [trigger auth.users]", "config-value", 2, 11, "KIND on SCHEMA.TABLE" },
		{ "boundary:\n  allow: [table users]", "config-value", 2, 11, "KIND SCHEMA.NAME" },
		{ "boundary:\n  allow: [schema]", "config-value", 2, 11, "schema NAME" },
		{ "- a\n- b", "config-value", 1, 1, "a list" },
		{ "just text", "config-value", 1, 1, NULL },
		{ "a: [", "config-syntax", 2, 1, NULL },
		{ "migrations: a\n\tledger: b", "config-syntax", 2, 1, "tabs" },
		{ "migrations: a: b", "config-syntax", 1, 14, NULL },
		{ "url: @x", "config-syntax", 1, 6, "quotes" },
		{ "migrations: a\nledger: \x01", "config-syntax", 2, 9, NULL },
		{ "migrations: a\nledger: \xff", "config-syntax", 2, 9, NULL },
		{ "ledger: *nowhere", "config-syntax", 1, 9, NULL },
		{ "migrations: a\n---\nledger: b", "config-syntax", 3, 1, "more than one" },
		{ "migrations: a\n---\nledger: [", "config-syntax", 4, 1, NULL },
	};
	for (size_t i = 0; i < LEN(table); i++) {
		struct config c;
		struct err err;
		if (parse(table[i].text, &c, &err))
			fail_msg("%s: was accepted", table[i].text);
		same(table[i].text, err.name, table[i].name);
		if (err.line != table[i].line || err.column != table[i].column)
			fail_msg("%s: %s at %u:%u, not at %u:%u", table[i].text, err.message, err.line, err.column,
				 table[i].line, table[i].column);
		const char *all = arena_printf(arena, "%s %s %s", err.message, err.detail ? err.detail : "",
					       err.hint ? err.hint : "");
		if (table[i].says && !strstr(all, table[i].says))
			fail_msg("%s: \"%s\" lacks \"%s\"", table[i].text, all, table[i].says);
		assert_int_equal(err.code, ERR_USAGE);
		no_secret(&err);
	}
}

static void survives_bombs(void **state)
{
	(void)state;
	struct config c;
	struct err err;
	struct buf buf = buf_init(arena);
	buf_text(&buf, "variables:\n  a0: &a0 [x, x]\n");
	for (int i = 1; i < 60; i++)
		buf_printf(&buf, "  a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
	assert_false(parse(buf.ptr, &c, &err));
	assert_false(parse("boundary: &a [*a]\n", &c, &err));
	assert_false(parse("boundary: &a {schemas: *a}\n", &c, &err));

	/* libyaml alone takes half a minute for the brackets */
	static const char *const openings[] = { "[", "{", "- ", "? ", "[{" };
	for (size_t i = 0; i < LEN(openings); i++) {
		struct buf deep = buf_init(arena);
		while (deep.len < 200000)
			buf_text(&deep, openings[i]);
		double start = clock_now();
		assert_false(parse(deep.ptr, &c, &err));
		assert_string_equal(err.name, "config-syntax");
		assert_int_equal(err.line, 1);
		assert_true(clock_now() - start < 2);
	}

	char *big = arena_alloc(arena, 10000001);
	memset(big, '#', 10000000);
	assert_false(parse(big, &c, &err));
	assert_string_equal(err.name, "config-syntax");
}

/* ---- the project ---- */

static bool load(struct project *project, const char *url, const char *format, struct err *err)
{
	struct project_options options = { .dir = folder, .url = url, .format = format };
	*err = (struct err){ .arena = arena };
	return project_load(arena, &options, project, err);
}

static void loads_projects(void **state)
{
	(void)state;
	struct project p;
	struct err err;
	assert_true(load(&p, NULL, NULL, &err)); /* empty: plain SQL, nowhere yet */
	same("format", p.format->name, "plain");
	same("config", p.config_path, NULL);
	put("db/migrations/0001_a.sql", "SELECT 1;");
	assert_true(load(&p, NULL, NULL, &err));
	same("migrations", p.settings.migrations, "db/migrations");
	put("brant.yml", "migrations: sql\nlock_timeout: 7s\n");
	assert_true(load(&p, NULL, NULL, &err));
	same("migrations", p.settings.migrations, "sql");
	assert_true(p.lock_timeout > 6.9);
	same("config", p.config_path, in_folder("brant.yml"));
	put("brant.yaml", "");
	assert_false(load(&p, NULL, NULL, &err));
	assert_string_equal(err.name, "config-duplicate");
}

static void takes_the_format_that_is_named(void **state)
{
	(void)state;
	struct project p;
	struct err err;
	put("migrations/0001_a.sql", "SELECT 1;");
	put("drizzle.config.json", "{}");
	assert_true(load(&p, NULL, NULL, &err));
	assert_string_equal(p.format->name, "drizzle");
	assert_true(load(&p, NULL, "plain", &err));
	same("migrations", p.settings.migrations, "migrations");
	put("brant.yaml", "format: plain\n");
	assert_true(load(&p, NULL, NULL, &err));
	assert_string_equal(p.format->name, "plain");
	assert_false(load(&p, NULL, "nonsense", &err));
	assert_string_equal(err.name, "format-unknown");
	put("brant.yaml", "format: nonsense\n");
	assert_false(load(&p, NULL, NULL, &err));
	assert_non_null(err.file);
}

static void check_target(const char *url, const char *host, const char *origin)
{
	struct project p;
	struct err err;
	if (!load(&p, url, NULL, &err) || !project_target(arena, &p, &err))
		fail_msg("%s", err.message);
	same(origin, p.target.host, host);
	same(host, p.url_origin, origin);
}

/* Each source is put over the one before it. */
static void finds_the_database(void **state)
{
	(void)state;
	struct project p;
	struct err err;
	assert_true(load(&p, NULL, NULL, &err));
	assert_false(project_target(arena, &p, &err));
	assert_string_equal(err.name, "no-database");
	assert_non_null(strstr(err.detail, "the environment and "));
	assert_non_null(strstr(err.detail, in_folder(".env")));
	put(".env", "POSTGRES_URL=postgres://u:S3cr@dotenv/d\n");
	err.name = NULL;
	assert_false(project_target(arena, &p, &err));
	assert_non_null(strstr(err.hint, "There is POSTGRES_URL in "));
	assert_null(strstr(err.hint, "S3cr"));

	put(".env", "DATABASE_URL=\"postgres://u:S3cr@dotenv/d?pgbouncer=true\"\nOTHER_URL=postgres://other/d\n");
	check_target(NULL, "dotenv", arena_printf(arena, "DATABASE_URL in %s", in_folder(".env")));
	put("brant.yaml", "url: postgres://u:S3cr@yaml/d\n");
	check_target(NULL, "yaml", arena_printf(arena, "url in %s", in_folder("brant.yaml")));
	setenv("DATABASE_URL", "", 1);
	check_target(NULL, "yaml", arena_printf(arena, "url in %s", in_folder("brant.yaml")));
	setenv("DATABASE_URL", "postgres://env/d", 1);
	check_target(NULL, "env", "DATABASE_URL in the environment");
	put("brant.yaml", "url: ${OTHER_URL}\n");
	check_target(NULL, "other", arena_printf(arena, "OTHER_URL in %s", in_folder(".env")));
	setenv("OTHER_URL", "postgres://other-env/d", 1);
	check_target(NULL, "other-env", "OTHER_URL in the environment");
	check_target("postgres://option/d", "option", "--url");

	unsetenv("OTHER_URL");
	put(".env", "");
	assert_true(load(&p, NULL, NULL, &err));
	assert_false(project_target(arena, &p, &err)); /* DATABASE_URL is not what the file asks for */
	assert_non_null(strstr(err.message, "OTHER_URL"));
	put(".env", "OTHER_URL='postgres://u:S3cr@h/d");
	assert_false(project_target(arena, &p, &err));
	assert_string_equal(err.name, "dotenv-invalid");
	no_secret(&err);
}

static void warns_of_passwords(void **state)
{
	(void)state;
	struct project p;
	struct err err;
	put("brant.yaml", "url: postgres://u@h/d\n");
	assert_true(load(&p, NULL, NULL, &err) && project_target(arena, &p, &err));
	assert_int_equal(p.warnings.len, 0);
	put("brant.yaml", "url: postgres://u:S3cr@h/d\n");
	assert_true(load(&p, NULL, NULL, &err) && project_target(arena, &p, &err));
	assert_int_equal(p.warnings.len, 1);
	assert_true(str_find(p.warnings.ptr[0], STR("S3cr")) < 0);
}

static void looks_at_the_repository(void **state)
{
	(void)state;
	struct project p;
	struct err err;
	const char *top = folder;
	put(".env", "DATABASE_URL=postgres://top/d\n");
	put("apps/api/brant.yaml", "");
	folder = arena_printf(arena, "%s/apps/api", top);
	assert_true(load(&p, NULL, NULL, &err));
	assert_false(project_target(arena, &p, &err)); /* no repository: only the folder itself */
	put("../../.git/HEAD", "");
	assert_true(project_target(arena, &p, &err));
	same("host", p.target.host, "top");
	put(".env", "DATABASE_URL=postgres://near/d\n");
	assert_true(project_target(arena, &p, &err));
	same("host", p.target.host, "near");
	assert_int_equal(unlink(in_folder(".env")), 0);
	put(".git/HEAD", "");
	assert_false(project_target(arena, &p, &err)); /* a repository of its own */
	folder = arena_strdup(arena, top);
}

static void refuses_folders(void **state)
{
	(void)state;
	struct project p;
	struct err err = { .arena = arena };
	put("file", "");
	struct project_options file = { .dir = in_folder("file") }, missing = { .dir = in_folder("missing") };
	assert_false(project_load(arena, &file, &p, &err));
	assert_string_equal(err.name, "directory-unusable");
	assert_false(project_load(arena, &missing, &p, &err));
	assert_string_equal(err.name, "directory-unusable");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_durations),
		TEST(reads_dotenv),
		TEST(refuses_dotenv),
		TEST(refuses_strange_dotenv),
		TEST(limits_expansion),
		TEST(reads_config),
		TEST(takes_each_kind_of_exception),
		TEST(keeps_defaults),
		TEST(reads_urls_and_boundaries),
		TEST(refuses_config),
		TEST(survives_bombs),
		TEST(loads_projects),
		TEST(takes_the_format_that_is_named),
		TEST(finds_the_database),
		TEST(warns_of_passwords),
		TEST(looks_at_the_repository),
		TEST(refuses_folders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
