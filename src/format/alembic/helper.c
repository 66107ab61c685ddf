#include "format/alembic/helper.h"

#include <sys/wait.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ask.h"

#include "helper.py.h"

const char *helper_version(void)
{
	return py_helper_digest;
}

struct json helper_request(struct arena *arena, const struct alembic *alembic, const char *verb)
{
	struct json request = json_new(JS_OBJECT), arguments = json_new(JS_ARRAY);
	const struct {
		const char *key, *path;
	} paths[] = { { "config", alembic->config }, { "toml", alembic->project }, { "scripts", alembic->scripts } };
	json_put(arena, &request, "verb", json_of_text(verb));
	json_put(arena, &request, "folder", json_of_text(alembic->folder));
	json_put(arena, &request, "section", json_of_text(alembic->section));
	json_put(arena, &request, "flask", json_of_bool(alembic->flask));
	json_put(arena, &request, "variable", json_of_text(alembic->variable));
	for (size_t i = 0; i < LEN(paths); i++)
		json_put(arena, &request, paths[i].key, json_of_text(paths[i].path));
	for (size_t i = 0; i < alembic->arguments.len; i++)
		json_add(arena, &arguments, json_of_str(alembic->arguments.ptr[i]));
	json_put(arena, &request, "x", arguments);
	return request;
}

void helper_add_database(struct arena *arena, struct json *request, const struct target *target)
{
	struct json place = json_new(JS_OBJECT);
	const char *host = target_setting(target, "host"), *port = target_setting(target, "port");
	json_put(arena, &place, "host", json_of_text(host ? host : target->host));
	json_put(arena, &place, "port", json_of_text(port ? port : target->port));
	json_put(arena, &place, "user", json_of_text(target->user));
	json_put(arena, &place, "database", json_of_text(target->database));
	json_put(arena, &place, "password", json_of_text(target_setting(target, "password")));
	json_put(arena, &place, "sslmode", json_of_text(target_setting(target, "sslmode")));
	json_put(arena, request, "database", place);
	json_put(arena, request, "url", json_of_text(target->url));
}

/* ---- what went wrong ---- */

/* Which Python it was, and which it perhaps should have been. */
static bool wrong_python(const struct alembic *alembic, const char *said, struct err *err)
{
	const char *python = alembic->python ? alembic->python : "python";
	const char *advice = getenv("BRANT_PYTHON") ? NULL : interpreter_advice(err->arena, alembic, alembic->root);
	err_detail(err, "It was run by %s.%s%s%s%s", python, advice ? "\n" : "", advice ? advice : "",
		   said && *said ? "\n" : "", said ? said : "");
	return err_hint(
		err,
		"Activate the environment in which \"alembic current\" works, or name its Python with BRANT_PYTHON.");
}

static bool alembic_missing(const struct alembic *alembic, const struct json *error, struct err *err)
{
	err_set(err, ERR_FAILED, "alembic-missing", "the project's Python cannot load Alembic: %s",
		json_get_text(error, "message", ""));
	return wrong_python(alembic, NULL, err);
}

static bool module_missing(const struct alembic *alembic, const struct json *error, struct err *err)
{
	static const char *const drivers[] = { "psycopg", "psycopg2", "asyncpg", "pg8000" };
	const char *module = json_get_text(error, "module", "");
	bool driver = false;
	for (size_t i = 0; i < LEN(drivers); i++)
		driver = driver || strcmp(drivers[i], module) == 0;
	err_set(err, ERR_FAILED, "module-missing", "the project's Python has no module \"%s\"%s", module,
		driver ? ", the driver that its URL names" : "");
	return wrong_python(alembic, json_get_text(error, "detail", ""), err);
}

static const char *what_failed(const char *kind)
{
	static const struct {
		const char *kind, *name;
	} known[] = { { "env", "env-failed" },           { "revision", "revision-failed" },
		      { "not-implemented", "no-down" },  { "models", "models-failed" },
		      { "create", "env-failed" },        { "run", "revision-failed" },
		      { "several", "several-databases" } };
	for (size_t i = 0; i < LEN(known); i++)
		if (strcmp(known[i].kind, kind) == 0)
			return known[i].name;
	return "env-failed";
}

/* What the server said: of use where nothing has come of it.  What brant itself has the server say is no failure of the project's code. */
static void take_server_error(const struct json *error, struct err *err)
{
	const char *sqlstate = json_get_text(error, "sqlstate", NULL), *said = json_get_text(error, "said", NULL);
	bool ours = sqlstate && str_starts(str_of(sqlstate), STR("BR"));
	if (!sqlstate || (json_get_true(error, "committed") && !ours))
		return;
	if (ours) {
		err_set(err, ERR_FAILED, "revision-failed", "%s", said);
		if (json_get_text(error, "advice", NULL))
			err_hint(err, "%s", json_get_text(error, "advice", NULL));
	}
	snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", sqlstate);
}

bool helper_error(const struct alembic *alembic, const struct json *error, struct err *err)
{
	const char *kind = json_get_text(error, "kind", "env"), *file = json_get_text(error, "file", NULL);
	const char *detail = json_get_text(error, "detail", NULL), *hint = json_get_text(error, "hint", NULL);
	long long line = 0;
	json_integer_of(json_get(error, "line"), &line);
	if (strcmp(kind, "alembic") == 0)
		return alembic_missing(alembic, error, err);
	if (json_get_text(error, "module", NULL))
		module_missing(alembic, error, err);
	else {
		err_set(err, strcmp(kind, "several") == 0 ? ERR_REFUSED : ERR_FAILED, what_failed(kind), "%s",
			json_get_text(error, "message", "the project's Python code failed"));
		if (detail)
			err_detail(err, "%s", detail);
		if (hint)
			err_hint(err, "%s", hint);
	}
	take_server_error(error, err);
	if (!file || str_starts(str_of(err->sqlstate), STR("BR")))
		return false;
	bool below = strcmp(alembic->folder, ".") != 0 && file[0] != '/';
	return err_at(err, below ? arena_printf(err->arena, "%s/%s", alembic->folder, file) : file,
		      line > 0 ? (unsigned)line : 0, 0);
}

/* The end of what was printed: that is where the reason stands. */
static struct str last_lines(struct str text, size_t lines)
{
	text = str_trim(text);
	size_t at = text.len;
	while (at && (text.ptr[at - 1] != '\n' || --lines))
		at--;
	return str_slice(text, at, text.len);
}

static bool no_answer(const struct ending *ending, const char *python, struct err *err)
{
	enum { LINES = 12 };
	if (WIFSIGNALED(ending->status))
		err_set(err, ERR_FAILED, "python-failed", "the project's Python was ended by signal %d",
			WTERMSIG(ending->status));
	else
		err_set(err, ERR_FAILED, "python-failed",
			"the project's Python gave no answer: it ended with status %d", WEXITSTATUS(ending->status));
	struct str said = last_lines(ending->errors, LINES);
	return err_detail(err, "It was run by %s.%s" STR_FMT, python, said.len ? " The last that it printed:\n" : "",
			  STR_ARG(said));
}

static const char *joined(struct arena *arena, const char *const *words)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; words[i]; i++)
		buf_printf(&buf, "%s%s", i ? " " : "", words[i]);
	return buf.ptr;
}

enum { PATIENCE = 5 }; /* seconds, with a program that was told to end */

static void end(void *ptr)
{
	struct alembic *alembic = ptr;
	struct ending ignored;
	if (alembic->helper)
		dialogue_end(alembic->helper, PATIENCE, &ignored);
	alembic->helper = NULL;
	alembic->helper_runs = false;
}

static bool start(const struct format_settings *settings, struct err *err)
{
	struct alembic *alembic = settings->extra;
	const char *const *python;
	VEC(const char *) argv = { 0 };
	if (!interpreter_find(alembic->arena, alembic, settings->root, &python, err))
		return false;
	alembic->python = joined(alembic->arena, python);
	for (size_t i = 0; python[i]; i++)
		vec_push(alembic->arena, &argv, python[i]);
	vec_push(alembic->arena, &argv, "-c");
	vec_push(alembic->arena, &argv, py_helper);
	vec_push(alembic->arena, &argv, NULL);
	/* Secrets go through the pipe: what is in argv, anybody can read. */
	struct program program = { .argv = argv.ptr, .death_signal = SIGTERM };
	if (!dialogue_start(alembic->arena, &program, &alembic->helper, err))
		return false;
	arena_defer(alembic->arena, end, alembic);
	return true;
}

static bool gave_up(struct alembic *alembic, struct err *err)
{
	struct ending ending;
	dialogue_end(alembic->helper, PATIENCE, &ending);
	alembic->helper = NULL;
	return no_answer(&ending, alembic->python, err);
}

static bool ask_once(struct arena *arena, const struct format_settings *settings, const struct json *request,
		     const struct run_tick *tick, struct json *ret_answer, struct err *err)
{
	struct alembic *alembic = settings->extra;
	struct str line;
	struct err unreadable = { .arena = arena };
	if (!alembic->helper && !start(settings, err))
		return false;
	if (!dialogue_ask(alembic->helper, json_print(arena, request, 0), tick ? tick->fn : NULL,
			  tick ? tick->ctx : NULL, &line) ||
	    !json_parse(arena, JSON_PLAIN, "the answer of the project's Python", str_of(str_dup(arena, line)),
			ret_answer, &unreadable))
		return gave_up(alembic, err);
	if (json_get_true(ret_answer, "last"))
		end(alembic);
	return true;
}

/* What the program made of its statement: the words that its own driver would have for it. */
static struct json aside_error(struct arena *arena, const struct err *err)
{
	struct json told = json_new(JS_OBJECT), reply = json_new(JS_OBJECT);
	json_put(arena, &told, "sqlstate", json_of_text(err->sqlstate[0] ? err->sqlstate : NULL));
	json_put(arena, &told, "message", json_of_text(err->message));
	json_put(arena, &told, "detail", json_of_text(err->detail));
	json_put(arena, &told, "hint", json_of_text(err->hint));
	json_put(arena, &reply, "error", told);
	return reply;
}

/* A statement that the program hands over: brant runs it, or says that it does not. */
static struct json run_aside(struct arena *arena, const struct json *asked, const struct run_guard *guard,
			     struct err *why)
{
	const struct json *lines = json_get_kind(asked, "settings", JS_ARRAY);
	struct json reply = json_new(JS_OBJECT);
	struct strs settings = { 0 };
	bool taken;
	for (size_t i = 0; lines && i < lines->len; i++)
		vec_push(arena, &settings, lines->ptr[i].text);
	err_clear(why);
	if (!guard->aside(guard->aside_ctx, str_of(json_get_text(asked, "sql", "")), &settings, &taken, why))
		return aside_error(arena, why);
	json_put(arena, &reply, taken ? "done" : "yours", json_of_bool(true));
	return reply;
}

/* Answers the program's own questions until it has an answer to ours. */
static bool ask_with(struct arena *arena, const struct format_settings *settings, const struct json *request,
		     const struct run_tick *tick, const struct run_guard *guard, struct json *ret_answer,
		     struct err *err)
{
	struct err why = { .arena = arena };
	const struct json *asked;
	struct json reply;
	while (ask_once(arena, settings, request, tick, ret_answer, err)) {
		asked = guard ? json_get_kind(ret_answer, "aside", JS_OBJECT) : NULL;
		if (!asked) {
			const struct json *error = json_get_kind(ret_answer, "error", JS_OBJECT);
			return !error || why.code != ERR_REFUSED || (err_copy(err, &why), false);
		}
		reply = run_aside(arena, asked, guard, &why);
		request = &reply;
	}
	return false;
}

/* "again": env.py does not bear to be run twice in one process. */
static bool ask(struct arena *arena, const struct format_settings *settings, const struct json *request,
		const struct run_tick *tick, const struct run_guard *guard, struct json *ret_answer, struct err *err)
{
	if (!ask_with(arena, settings, request, tick, guard, ret_answer, err))
		return false;
	if (json_get_true(ret_answer, "again") && !ask_with(arena, settings, request, tick, guard, ret_answer, err))
		return false;
	const struct json *error = json_get_kind(ret_answer, "error", JS_OBJECT);
	return !error || helper_error(settings->extra, error, err);
}

bool helper_ask(struct arena *arena, const struct format_settings *settings, const struct json *request,
		const struct run_tick *tick, struct json *ret_answer, struct err *err)
{
	struct alembic *alembic = settings->extra;
	if (alembic->helper_runs)
		end(alembic);
	return ask(arena, settings, request, tick, NULL, ret_answer, err);
}

bool helper_run(struct arena *arena, const struct format_settings *settings, const struct json *request,
		const struct run_tick *tick, struct run_guard *guard, struct err *err)
{
	struct alembic *alembic = settings->extra;
	struct json answer = { 0 };
	bool ok = ask(arena, settings, request, tick, guard, &answer, err);
	const struct json *error = ok ? NULL : json_get_kind(&answer, "error", JS_OBJECT);
	guard->failed = error ? json_get_text(error, "statement", NULL) : NULL;
	alembic->helper_runs = alembic->helper != NULL;
	return ok;
}
