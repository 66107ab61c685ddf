/*
 * backfill.c - `brant backfill`: begin one by hand, work on one that another machine began, look, pause, resume, cancel.
 */
#include <stddef.h>

#include "base/clock.h"
#include "cmd/commands.h"
#include "session/session.h"
#include "session/watch.h"
#include "sql/cut.h"
#include "term/stream.h"

struct given {
	const char *table, *set, *where, *sql, *key, *throttle, *locked;
	bool delete, once;
	long long batch, workers, max_active, max_wal, max_queue;
	double pause, target, lock_timeout, max_lag;
};

static const struct given defaults = {
	.batch = -1,
	.workers = -1,
	.max_active = -1,
	.max_wal = -1,
	.max_queue = -1,
	.pause = -1,
	.target = -1,
	.lock_timeout = -1,
	.max_lag = -1,
};

#define AT(field) offsetof(struct given, field)
static const struct option options[] = {
	{ "table", 0, OPTION_TEXT, "TABLE", "the table whose rows are changed", AT(table) },
	{ "set", 0, OPTION_TEXT, "ASSIGNMENTS", "what UPDATE sets: \"email_lower = lower(email)\"", AT(set) },
	{ "where", 0, OPTION_TEXT, "CONDITION", "which rows; best one that is false for rows that are done",
	  AT(where) },
	{ "delete", 0, OPTION_FLAG, NULL, "delete the rows", AT(delete) },
	{ "sql", 0, OPTION_TEXT, "STATEMENT", "the statement itself: UPDATE, DELETE or INSERT ... SELECT", AT(sql) },
	{ "key", 0, OPTION_TEXT, "INDEX", "the unique index to cut by, or ctid; default: the primary key", AT(key) },
	{ "batch", 0, OPTION_NUMBER, "N", "rows of a batch at the most; default: what fits into the target time",
	  AT(batch), 1000000 },
	{ "target", 0, OPTION_TIME, "TIME", "how long a batch may take; default 200ms", AT(target) },
	{ "pause", 0, OPTION_TIME, "TIME", "pause between batches, and 1 ms between the parts of each", AT(pause) },
	{ "workers", 0, OPTION_NUMBER, "N", "that many connections at once", AT(workers), 64 },
	{ "locked", 0, OPTION_CHOICE, "wait|skip", "rows that others have locked: wait for them, or come back later",
	  AT(locked) },
	{ "lock-timeout", 0, OPTION_TIME, "TIME", "how long a batch may wait for a row lock; default 500ms",
	  AT(lock_timeout) },
	{ "once", 0, OPTION_FLAG, NULL, "one pass, whatever is left at its end", AT(once) },
	{ "max-lag", 0, OPTION_TIME, "TIME", "wait while a standby is further behind; default 10s, 0: never",
	  AT(max_lag) },
	{ "max-active", 0, OPTION_NUMBER, "PERCENT", "wait while more of max_connections are at work; default 80",
	  AT(max_active), 100 },
	{ "max-wal", 0, OPTION_NUMBER, "MB", "wait while the server writes more WAL a second; default: any",
	  AT(max_wal), 1000000 },
	{ "max-queue", 0, OPTION_NUMBER, "N", "wait while more clients queue at the pooler; default 0", AT(max_queue),
	  1000000 },
	{ "throttle-query", 0, OPTION_TEXT, "SQL", "wait while this query returns true", AT(throttle) },
	{ 0 },
};
#undef AT

static struct backfill_settings settings_of(const struct given *g)
{
	struct backfill_settings s = backfill_defaults;
	s.key = g->key;
	s.throttle = g->throttle;
	s.once = g->once;
	s.skip_locked = g->locked && strcmp(g->locked, "skip") == 0;
	s.batch = g->batch > 0 ? g->batch : s.batch;
	s.workers = g->workers > 0 ? g->workers : s.workers;
	s.max_active = g->max_active >= 0 ? g->max_active : s.max_active;
	s.max_wal = g->max_wal >= 0 ? g->max_wal : s.max_wal;
	s.max_queue = g->max_queue >= 0 ? g->max_queue : s.max_queue;
	s.target = g->target > 0 ? g->target : s.target;
	s.pause = g->pause >= 0 ? g->pause : s.pause;
	s.lock_timeout = g->lock_timeout >= 0 ? g->lock_timeout : s.lock_timeout;
	s.max_lag = g->max_lag >= 0 ? g->max_lag : s.max_lag;
	return s;
}

static bool bad_usage(struct err *err, const char *message)
{
	err_set(err, ERR_USAGE, "usage", "%s", message);
	err_hint(err,
		 "brant backfill --table users --set \"email_lower = lower(email)\" --where \"email_lower IS NULL\"");
	return false;
}

/* On lines of their own: a comment at the end of one must not swallow the next. */
static bool compose(struct arena *arena, const struct given *g, const char **ret_sql, struct err *err)
{
	const char *where = g->where ? arena_printf(arena, "\nWHERE %s", g->where) : "";
	if (g->sql && (g->table || g->set || g->where || g->delete))
		return bad_usage(err, "--sql is the whole statement: no --table, --set, --where or --delete beside it");
	if (!g->sql && (!g->table || (!g->set == !g->delete)))
		return bad_usage(err, "say --table and either --set or --delete, or the whole statement with --sql");
	if (g->sql)
		*ret_sql = g->sql;
	else if (g->delete)
		*ret_sql = arena_printf(arena, "DELETE FROM %s%s", g->table, where);
	else
		*ret_sql = arena_printf(arena, "UPDATE %s\nSET %s%s", g->table, g->set, where);
	return true;
}

static bool read_statement(struct ctx *ctx, const struct given *g, const struct stmt **ret_stmt, struct err *err)
{
	struct script *script = arena_alloc(ctx->arena, sizeof(*script));
	struct script_options none = { 0 };
	struct cut cut;
	const char *sql = "";
	if (!compose(ctx->arena, g, &sql, err) ||
	    !script_parse(ctx->arena, &none, "the command line", str_of(sql), script, err))
		return false;
	if (script->stmts.len != 1)
		return bad_usage(err, "that is not one statement");
	*ret_stmt = &script->stmts.ptr[0];
	if (sql_cut(ctx->arena, *ret_stmt, &cut, err))
		return true;
	err_detail(err, "The statement reads:\n%s", sql);
	return false;
}

/* The boundary counts by hand, too. */
static bool allowed(struct ctx *ctx, const struct stmt *stmt, struct err *err)
{
	struct stmt copy = *stmt;
	struct script script = { .source = *stmt->source, .stmts = { .ptr = &copy, .len = 1 } };
	struct name_space names = { 0 };
	struct violations violations = { 0 };
	bool unsure;
	vec_push(ctx->arena, &names.path, STR("public"));
	boundary_read(ctx->arena, &ctx->project->boundary, &script, &names, &violations, &unsure);
	return !violations.len || violation_err(err, &violations.ptr[0]);
}

static bool open_database(struct ctx *ctx, struct run_options *run, bool set_up, struct db **ret_db, struct err *err)
{
	if (!session_options(ctx, "backfill", run, err) || !up_connect(ctx->arena, run, ret_db, err))
		return false;
	return !set_up || state_setup_own(ctx->arena, *ret_db, err);
}

struct watch {
	struct arena *arena;
	struct backfill_said said;
};

static void on_progress(void *ctx, const struct backfill_progress *p)
{
	struct watch *watch = ctx;
	if (!term_json()) {
		session_show_backfill(watch->arena, &watch->said, p);
		return;
	}
	const struct stream_field fields[] = {
		{ .key = "id", .number = p->id, .is_number = true },
		{ .key = "name", .text = p->name },
		{ .key = "state", .text = p->state },
		{ .key = "pass", .number = p->pass, .is_number = true },
		{ .key = "changed", .number = p->changed, .is_number = true },
		{ .key = "scanned", .number = p->scanned, .is_number = true },
		{ .key = "estimated", .number = p->estimated, .is_number = true },
		{ .key = "rows_a_second", .number = (long long)p->rows_a_second, .is_number = true },
		{ .key = "seconds_left", .number = (long long)p->seconds_left, .is_number = true },
		{ .key = "waits_for", .text = p->waits_for },
	};
	stream_object(fields, LEN(fields));
}

static void on_idle(void *ctx)
{
	(void)ctx;
	progress_tick();
}

static void report_end(struct ctx *ctx, const struct backfill_progress *p)
{
	struct report *report = ctx->report;
	report_number(report, "id", NULL, p->id);
	report_fact(report, "state", NULL, C_PLAIN, "%s", p->state);
	report_number(report, "changed", NULL, p->changed);
	report_number(report, "passes", NULL, p->pass);
	report_number(report, "left_over", NULL, p->left_over);
	report_number(report, "milliseconds", NULL, (long long)(p->seconds * 1000));
	report_outcome(report, C_GOOD, "%lld rows changed in %s, %.0f rows/s", p->changed,
		       clock_text(ctx->arena, p->seconds), p->rows_a_second);
	if (p->left_over > 0)
		report_note(report, "backfill-left", "the condition still holds for %lld rows", p->left_over);
}

static bool serve(struct ctx *ctx, const struct run_options *run, long long id, struct backfill_job *job,
		  struct err *err)
{
	struct watch watch = { .arena = ctx->arena };
	struct backfill_progress end;
	job->holder = lease_holder(ctx->arena);
	job->target = &run->target;
	job->boundary = &ctx->project->boundary;
	job->ctx = &watch;
	job->progress = on_progress;
	job->idle = on_idle;
	progress_start("changing rows", 0);
	bool ok = backfill_serve(ctx->arena, id, job, &end, err);
	progress_end();
	if (ok)
		report_end(ctx, &end);
	else if (!err->hint)
		err_hint(err, "\"brant backfill status\" shows how far it is; the same command goes on from there.");
	return ok;
}

/* What was finished or cancelled is history: the same words begin anew. */
static bool forget_finished(struct ctx *ctx, struct db *db, const char *source, struct err *err)
{
	static const char insufficient_privilege[] = "42501";
	if (db_query(db, ctx->arena,
		     "UPDATE brant.backfill SET source = NULL WHERE source = $1 AND state IN ('done', 'cancelled')", 1,
		     &source, NULL, err))
		return true;
	if (strcmp(err->sqlstate, insufficient_privilege) == 0)
		err_hint(
			err,
			"How far a backfill is stands in schema brant: connect as the role that \"brant up\" runs as.");
	return false;
}

static bool begin(struct ctx *ctx, const struct given *g, struct err *err)
{
	struct run_options run;
	struct db *db;
	const struct stmt *stmt = NULL;
	if (!read_statement(ctx, g, &stmt, err) || !allowed(ctx, stmt, err))
		return false;
	struct backfill_job job = {
		.name = g->table ? g->table : "by hand",
		.source = arena_printf(ctx->arena, "by hand %s", script_digest_tokens(ctx->arena, stmt->text)),
		.stmt = stmt,
		.settings = settings_of(g),
	};
	if (!open_database(ctx, &run, true, &db, err) || !forget_finished(ctx, db, job.source, err))
		return false;
	db_close(db);
	job.search_path = run.settings.search_path;
	return serve(ctx, &run, 0, &job, err);
}

/* What its workers wait for, or what to do where none would go on. */
static const char *remark(const struct backfill_progress *p)
{
	if (p->waits_for)
		return p->waits_for;
	if (strcmp(p->state, "paused") == 0)
		return "it is paused: \"brant backfill resume\" lets it go on";
	if (strcmp(p->state, "running") == 0 && !p->workers)
		return "nobody works on it: brant backfill resume, or brant up";
	return "";
}

/* Below the table, where a sentence has room. */
static void report_remark(struct report *report, const struct backfill_progress *p)
{
	const char *text = remark(p);
	if (*text)
		report_outcome(report, C_WARN, "%lld (%s): %s", p->id, p->name, text);
	if (p->left_over > 0)
		report_outcome(report, C_WARN, "%lld (%s): the condition still holds for %lld rows", p->id, p->name,
			       p->left_over);
}

static void report_row(struct table *table, struct arena *arena, const struct backfill_progress *p)
{
	bool runs = strcmp(p->state, "running") == 0;
	table_row(table);
	table_cell(table, C_PLAIN, "%lld", p->id);
	table_cell(table, C_NAME, "%s", p->name);
	table_cell(table, strcmp(p->state, "done") == 0 ? C_GOOD : runs ? C_PLAIN : C_WARN, "%s", p->state);
	table_cell(table, C_PLAIN, "%lld", p->changed);
	table_cell(table, C_PLAIN, "%lld", p->scanned);
	table_cell(table, C_PLAIN, "%lld", p->estimated);
	table_cell(table, C_PLAIN, "%lld", p->pass);
	table_cell(table, C_PLAIN, "%lld", p->workers);
	table_cell(table, C_PLAIN, "%.0f", p->rows_a_second);
	table_cell(table, C_PLAIN, p->seconds_left >= 0 ? "%s" : NULL, clock_text(arena, p->seconds_left));
	table_cell(table, C_PLAIN, p->left_over >= 0 ? "%lld" : NULL, p->left_over);
	table_cell(table, C_WARN, "%s", remark(p));
}

static bool status(struct ctx *ctx, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "id", true },           { "name", "name", false },      { "state", "state", false },
		{ "changed", "changed", true }, { "scanned", "seen", true },    { "estimated", "of about", true },
		{ "pass", NULL, true },         { "workers", "workers", true }, { "rows_a_second", "rows/s", true },
		{ "left", "left", true },       { "left_over", NULL, true },    { "waits_for", NULL, false }
	};
	struct run_options run;
	struct db *db;
	struct backfill_list list;
	struct rows rows;
	if (!open_database(ctx, &run, false, &db, err) ||
	    !db_query(db, ctx->arena, "SELECT pg_catalog.to_regclass('brant.backfill') IS NOT NULL", 0, NULL, &rows,
		      err))
		return false;
	list = (struct backfill_list){ 0 };
	if (str_eq(rows_cell(&rows, 0, 0), STR("t")) && !backfill_list(ctx->arena, db, &list, err))
		return false;
	struct table *table = report_table(ctx->report, "backfills", NULL, columns, LEN(columns));
	for (size_t i = 0; i < list.len; i++)
		report_row(table, ctx->arena, &list.ptr[i]);
	for (size_t i = 0; i < list.len; i++)
		report_remark(ctx->report, &list.ptr[i]);
	if (!list.len)
		report_outcome(ctx->report, C_PLAIN, "there are no backfills");
	return true;
}

static bool parse_id(const char *text, long long *ret_id, struct err *err)
{
	unsigned long long id = 0;
	if (text && (!str_to_u64(str_of(text), &id) || !id || id > 1000000000000))
		return bad_usage(err, arena_printf(err->arena, "\"%s\" is not the number of a backfill", text));
	*ret_id = (long long)id;
	return true;
}

/* Resume works on it, too: that is how a second machine lends a hand. */
static bool control(struct ctx *ctx, const struct given *g, const char *verb, const char *text, struct err *err)
{
	struct run_options run;
	struct db *db;
	long long id = 0;
	struct backfill_progress now;
	if (!parse_id(text, &id, err) || !open_database(ctx, &run, true, &db, err) ||
	    !backfill_control(ctx->arena, db, verb, id, &now, err))
		return false;
	db_close(db);
	if (strcmp(verb, "resume") == 0) {
		struct backfill_job job = { .settings = { .workers = g->workers > 0 ? g->workers : 1 } };
		return serve(ctx, &run, now.id, &job, err);
	}
	report_number(ctx->report, "id", NULL, now.id);
	report_fact(ctx->report, "state", NULL, C_PLAIN, "%s", now.state);
	report_number(ctx->report, "changed", NULL, now.changed);
	report_outcome(ctx->report, C_GOOD, "backfill %lld (%s) is %s; %lld rows were changed so far", now.id, now.name,
		       now.state, now.changed);
	return true;
}

static bool run_backfill(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	static const char *const verbs[] = { "pause", "resume", "cancel" };
	if (!nargs)
		return begin(ctx, given, err);
	if (strcmp(args[0], "status") == 0)
		return status(ctx, err);
	for (size_t i = 0; i < LEN(verbs); i++)
		if (strcmp(args[0], verbs[i]) == 0)
			return control(ctx, given, verbs[i], nargs > 1 ? args[1] : NULL, err);
	return bad_usage(err, arena_printf(ctx->arena, "\"%s\" is none of status, pause, resume and cancel", args[0]));
}

const struct cmd cmd_backfill = {
	.name = "backfill",
	.arguments = "[status|pause|resume|cancel [ID]]",
	.summary = "change data in small resumable batches",
	.text = "Does an UPDATE, DELETE or INSERT ... SELECT on one table one range of keys at a time, each batch a short transaction with the "
		"place it has reached. It can be killed, paused and taken up again at any moment, by any number of machines, and no row is done "
		"twice. At the end the condition is looked at again, until no row is found.\n\n"
		"In a migration the same is said with a comment in front of the statement:\n\n"
		"    -- brant: backfill batch=2000 pause=20ms\n"
		"    UPDATE public.users SET email_lower = lower(email) WHERE email_lower IS NULL;\n\n"
		"resume also works on it: said on a second machine, it lends a hand.",
	.examples =
		"brant backfill --table users --set \"email_lower = lower(email)\" --where \"email_lower IS NULL\"\n"
		"brant backfill --table events --delete --where \"at < '2020-01-01'\" --pause 50ms\n"
		"brant backfill status\n"
		"brant backfill pause          # workers finish their batch and wait",
	.options_size = sizeof(struct given),
	.defaults = &defaults,
	.options = options,
	.max_args = 2,
	.needs_database = true,
	.needs_project = true,
	.run = run_backfill,
};
