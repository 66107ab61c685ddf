#include <stddef.h>

#include "cmd/commands.h"
#include "cmd/lanes.h"
#include "format/graph.h"
#include "run/failed.h"
#include "run/lease.h"
#include "session/session.h"

struct status_options {
	bool all, exit_code;
};

#define AT(field) offsetof(struct status_options, field)
static const struct option options[] = {
	{ "all", 'a', OPTION_FLAG, NULL, "list every applied migration, not only the last ones", AT(all) },
	{ "exit-code", 0, OPTION_FLAG, NULL, "exit with 6 when migrations are pending", AT(exit_code) },
	{ 0 },
};
#undef AT

/* Of the applied ones a person wants to see the last few. */
enum { SHOWN_APPLIED = 10 };

static enum colour colour_of(enum standing standing)
{
	switch (standing) {
	case STANDING_APPLIED:
		return C_GOOD;
	case STANDING_REFORMATTED:
		return C_DIM;
	case STANDING_PENDING:
	case STANDING_FAILED_GONE:
		return C_WARN;
	case STANDING_OUT_OF_ORDER:
	case STANDING_PARTLY:
	case STANDING_FAILED:
	case STANDING_EDITED:
		return C_BAD;
	}
	return C_PLAIN;
}

static const char *partly_text(struct arena *arena, const struct state *state, const struct migration *migration)
{
	const struct journal *journal = map_get(&state->journals, str_of(migration->version));
	size_t done = 0;
	const struct journal_entry *stopped = NULL;
	for (size_t i = 0; journal && i < journal->len; i++) {
		if (journal->ptr[i].finished_at)
			done++;
		else
			stopped = &journal->ptr[i];
	}
	if (stopped)
		return arena_printf(arena, "%zu of its steps are in the database, step %u was interrupted: %.60s", done,
				    stopped->position, stopped->statement);
	return arena_printf(arena, "its first %zu steps are in the database, the rest is not", done);
}

/* "a1, b2"; NULL for none. */
static const char *joined(struct arena *arena, const char **names)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; names && names[i]; i++)
		buf_printf(&buf, "%s%s", i ? ", " : "", names[i]);
	return buf.len ? buf.ptr : NULL;
}

static const char *remark(struct arena *arena, const struct state *state, size_t i, bool held)
{
	const struct migration *migration = &state->history.ptr[i];
	const char *needs = joined(arena, migration->needs), *labels = joined(arena, migration->labels);
	if (held)
		return "held back until --contract";
	if (state->standings[i] == STANDING_PARTLY)
		return partly_text(arena, state, migration);
	if ((state->standings[i] == STANDING_OUT_OF_ORDER || state->standings[i] == STANDING_PENDING) &&
	    migration->passed_over)
		return migration->passed_over;
	if (migration->renamed)
		return arena_printf(arena, "the file that was applied as %s", migration->renamed);
	if (map_get(&state->failures, str_of(migration->version)))
		return failure_text(arena, map_get(&state->failures, str_of(migration->version)));
	if (!needs && !labels)
		return NULL;
	return arena_printf(arena, "%s%s%s%s%s", labels ? "branch " : "", labels ? labels : "",
			    needs && labels ? ", " : "", needs ? "depends on " : "", needs ? needs : "");
}

/* A row of connections between branches: nothing but the drawing. */
static void add_lines(struct table *table, const char *lines)
{
	if (!*lines || term_json())
		return;
	table_row(table);
	table_cell(table, C_DIM, "%s", lines);
}

static void add_text(struct table *table, enum colour colour, const char *text)
{
	if (text)
		table_cell(table, colour, "%s", text);
	else
		table_cell(table, colour, NULL);
}

static void add_row(struct ctx *ctx, struct table *table, const struct state *state, size_t i, bool held,
		    const char *drawn)
{
	const struct migration *m = &state->history.ptr[i];
	enum standing standing = held ? STANDING_PENDING : state->standings[i];
	bool taken_back = m->entry && m->entry->state == LEDGER_ROLLED_BACK;
	const char *at = m->entry && !taken_back ? m->entry->applied_at : NULL,
		   *more = remark(ctx->arena, state, i, held);
	table_row(table);
	add_text(table, C_DIM, drawn);
	table_cell(table, C_NAME, "%s", m->version);
	table_cell(table, C_PLAIN, "%s", m->name);
	table_cell(table, colour_of(standing), "%s", standing_text(standing));
	if (at)
		table_cell(table, C_DIM, "%.19s", at);
	else
		table_cell(table, C_DIM, NULL);
	add_text(table, standing == STANDING_PARTLY ? C_BAD : C_DIM, more);
	table_cell(table, C_PLAIN, "%s", m->path);
	add_text(table, C_PLAIN, joined(ctx->arena, m->parents));
	add_text(table, C_PLAIN, joined(ctx->arena, m->needs));
	add_text(table, C_PLAIN, joined(ctx->arena, m->labels));
}

static bool is_quiet_row(const struct state *state, size_t i)
{
	return state->standings[i] == STANDING_APPLIED || state->standings[i] == STANDING_REFORMATTED;
}

/* Index from which applied migrations are listed. */
static size_t first_shown(const struct state *state, bool all)
{
	size_t left = SHOWN_APPLIED;
	if (all || term_json())
		return 0;
	for (size_t i = state->history.len; i-- > 0;)
		if (is_quiet_row(state, i) && left-- == 0)
			return i + 1;
	return 0;
}

static void report_history(struct ctx *ctx, const struct state *state, const bool *held, bool all)
{
	static const struct column columns[] = { { "graph", "", false },
						 { "version", "version", false },
						 { "name", "name", false, true },
						 { "state", "state", false },
						 { "applied_at", "applied at", false },
						 { "remark", "", false },
						 { "file", NULL, false },
						 { "parents", NULL, false },
						 { "needs", NULL, false },
						 { "labels", NULL, false } };
	struct lanes *lanes = lanes_new(ctx->arena, &state->history);
	size_t from = first_shown(state, all), hidden = 0;
	for (size_t i = 0; i < from; i++)
		hidden += is_quiet_row(state, i);
	if (state->history.len)
		report_line(ctx->report, C_PLAIN, "%s", "");
	if (hidden)
		report_line(ctx->report, C_DIM, "%zu applied before these (--all lists them)", hidden);
	struct table *table = report_table(ctx->report, "migrations", NULL, columns, LEN(columns));
	for (size_t i = 0; i < state->history.len; i++) {
		struct lanes_row drawn = { "", NULL, "" };
		if (lanes)
			drawn = lanes_next(lanes);
		if (i < from && is_quiet_row(state, i))
			continue;
		add_lines(table, drawn.before);
		add_row(ctx, table, state, i, held[i], drawn.row);
		add_lines(table, drawn.after);
	}
}

static void report_ends(struct ctx *ctx, const struct state *state, const struct graph *graph, const bool *marked,
			const char *label)
{
	struct buf names = buf_init(ctx->arena);
	for (size_t i = 0; marked && i < state->ledger.len; i++)
		if (!state->ledger.ptr[i].migration)
			buf_printf(&names, "%s%s (in no file)", names.len ? ", " : "", state->ledger.ptr[i].version);
	for (size_t i = 0; i < graph->len; i++)
		if (graph_is_head(graph, i, marked))
			buf_printf(&names, "%s%s", names.len ? ", " : "", state->history.ptr[i].version);
	report_fact(ctx->report, NULL, label, C_PLAIN, "%s", names.len ? names.ptr : "nothing");
}

/* Where the ends of the branches are, on disk and in the database. */
static void report_heads(struct ctx *ctx, const struct state *state)
{
	static const struct column columns[] = { { "version", "", false } };
	struct graph graph;
	if (!history_branches(&state->history))
		return;
	graph_make(ctx->arena, &state->history, &graph);
	bool *applied = arena_alloc(ctx->arena, graph.len + 1);
	for (size_t i = 0; i < graph.len; i++)
		applied[i] = state->history.ptr[i].entry != NULL;
	report_ends(ctx, state, &graph, NULL, "heads");
	report_ends(ctx, state, &graph, applied, "current");
	for (int now = 0; now < 2; now++) {
		struct table *table = report_table(ctx->report, now ? "current" : "heads", NULL, columns, 1);
		for (size_t i = 0; term_json() && i < graph.len; i++) {
			if (!graph_is_head(&graph, i, now ? applied : NULL))
				continue;
			table_row(table);
			table_cell(table, C_PLAIN, "%s", state->history.ptr[i].version);
		}
	}
}

static void report_missing(struct ctx *ctx, const struct state *state)
{
	static const struct column columns[] = { { "version", "version", false },
						 { "applied_at", "applied at", false },
						 { "remark", "", false } };
	struct table *table =
		report_table(ctx->report, "missing", "in the ledger, but not on disk", columns, LEN(columns));
	for (size_t i = 0; i < state->ledger.len; i++) {
		const struct ledger_entry *entry = &state->ledger.ptr[i];
		if (entry->migration)
			continue;
		table_row(table);
		table_cell(table, C_BAD, "%s", entry->version);
		table_cell(table, C_DIM, "%.19s", entry->applied_at ? entry->applied_at : "");
		add_text(table, C_BAD,
			 entry->state == LEDGER_FAILED
				 ? arena_printf(ctx->arena, "failed: \"brant resolve %s --rolled-back\" settles it",
						entry->version)
				 : NULL);
	}
}

static void report_lease(struct ctx *ctx, const struct lease_info *lease)
{
	bool expired = !lease->anchored && lease->seconds_left <= 0;
	if (!lease->holder)
		return;
	if (lease->stale)
		report_fact(ctx->report, "holder", "last runner", C_WARN, "%s: its lease %s", lease->holder,
			    lease->stale);
	else if (expired)
		report_fact(ctx->report, "holder", "last runner", C_WARN,
			    "%s, started %.0f s ago, did not finish (its lease has expired)", lease->holder,
			    lease->seconds_held);
	else
		report_fact(ctx->report, "holder", "at work", C_WARN, "%s, since %.0f s", lease->holder,
			    lease->seconds_held);
	if (lease->activity)
		report_fact(ctx->report, "doing", "doing", C_WARN, "brant %s: %s", lease->command, lease->activity);
	else if (lease->doing)
		report_fact(ctx->report, "doing", lease->stale || expired ? "was doing" : "doing", C_WARN,
			    "brant %s: %s", lease->command, lease->doing);
}

static void report_ledger(struct ctx *ctx, const struct state *state)
{
	report_fact(ctx->report, NULL, "ledger", C_PLAIN, "%s%s", state->ledger.shown,
		    state->ledger.exists ? "" : " (not there yet)");
	report_fact(ctx->report, "ledger", NULL, C_PLAIN, "%s", state->ledger.shown);
	report_flag(ctx->report, "ledger_exists", state->ledger.exists);
	if (state->ledger.note)
		report_note(ctx->report, "version-table", "%s", state->ledger.note);
	if (state->ledger.exposed)
		report_note(
			ctx->report, "ledger-exposed",
			"the ledger %s can be read or written with the public key: revoke it from anon and authenticated",
			state->ledger.shown);
}

/* Those that are held back are in nobody's way. */
static size_t count(const struct state *state, const bool *held, enum standing standing)
{
	size_t n = 0;
	for (size_t i = 0; i < state->history.len; i++)
		n += state->standings[i] == standing && !held[i];
	return n;
}

/* What to do now: one line, the most urgent thing. */
static const char *renamed(const struct state *state)
{
	for (size_t i = 0; i < state->history.len; i++)
		if (state->history.ptr[i].renamed)
			return state->history.ptr[i].id;
	return NULL;
}

static void report_next(struct ctx *ctx, const struct run_options *run, const struct state *state, const bool *held)
{
	struct err lost = { .arena = ctx->arena };
	size_t waiting = 0;
	for (size_t i = 0; i < state->history.len; i++)
		waiting += held[i];
	if (!plan_knows_heads(run, state, &lost))
		report_line(ctx->report, C_BAD, "\n%s: nothing is applied or undone before that file is back",
			    lost.message);
	else if (count(state, held, STANDING_EDITED))
		report_line(ctx->report, C_BAD,
			    "\nfiles of applied migrations were edited: put them back, or accept them with "
			    "\"brant up --accept-edited\"");
	else if (count(state, held, STANDING_FAILED))
		report_line(ctx->report, C_BAD, "\na migration failed: settle it with \"brant resolve\"");
	else if (count(state, held, STANDING_PARTLY))
		report_line(ctx->report, C_BAD, "\n\"brant up\" goes on where it stopped");
	else if (count(state, held, STANDING_OUT_OF_ORDER))
		report_line(ctx->report, C_WARN,
			    "\n\"brant up --out-of-order\" applies all of them, if the order does not matter");
	else if (renamed(state))
		report_line(
			ctx->report, C_WARN,
			"\na migration was renamed: record it under its new name with \"brant resolve %s --applied\"",
			renamed(state));
	else if (state->pending > waiting)
		report_outcome(ctx->report, C_PLAIN, "\n\"brant up\" applies %s",
			       waiting                       ? "what is not held back"
				       : state->pending == 1 ? "it"
							     : "them");
	else if (waiting)
		report_outcome(ctx->report, C_PLAIN,
			       "\n\"brant up --contract\" applies %s when no running code needs the old names",
			       waiting == 1 ? "it" : "them");
	else if (!state->history.len)
		report_outcome(ctx->report, C_PLAIN, "\n\"brant new NAME\" makes the first migration");
}

static bool run_status(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	(void)args;
	const struct status_options *wanted = given;
	struct run_options run;
	struct state state;
	struct db *db;
	struct lease_info lease = { 0 };
	if (!session_options(ctx, "status", &run, err))
		return false;
	if (!up_open(ctx->arena, &run, AHEAD_DIGESTS, &db, &state, err) ||
	    !failed_look(ctx->arena, &run, db, &state, true, err) ||
	    (state.holder && !lease_look(ctx->arena, db, &state.facts, &lease, err)))
		return false;
	db_close(db);
	bool *held = arena_alloc(ctx->arena, state.history.len + 1);
	plan_held(ctx->arena, &run, &state, held);
	session_report_target(ctx, &run, &state.facts);
	report_ledger(ctx, &state);
	report_fact(ctx->report, NULL, "migrations", C_PLAIN, "%s (%s): %zu applied, %zu pending", state.history.folder,
		    run.format->title, state.applied, state.pending);
	report_fact(ctx->report, "folder", NULL, C_PLAIN, "%s", state.history.folder);
	report_fact(ctx->report, "format", NULL, C_PLAIN, "%s", run.format->name);
	report_number(ctx->report, "applied", NULL, (long long)state.applied);
	report_number(ctx->report, "pending", NULL, (long long)state.pending);
	report_heads(ctx, &state);
	report_lease(ctx, &lease);
	report_history(ctx, &state, held, wanted->all);
	report_missing(ctx, &state);
	session_report_unused(ctx, &state.history, true);
	for (size_t i = 0; i < state.history.lone_downs.len; i++)
		report_note(ctx->report, "down-alone",
			    STR_FMT " undoes a migration that is not there: was one of them renamed?",
			    STR_ARG(state.history.lone_downs.ptr[i]));
	report_next(ctx, &run, &state, held);
	if (wanted->exit_code && state.pending) {
		err->code = ERR_PENDING;
		return false;
	}
	return true;
}

const struct cmd cmd_status = {
	.name = "status",
	.aliases = { "st" },
	.summary = "what is applied, pending, failed, changed; who is at work",
	.text = "Compares the migrations on disk with the ledger in the database. Changes nothing and needs only the right to read.",
	.examples = "brant status\nbrant status --exit-code >/dev/null || brant up",
	.options_size = sizeof(struct status_options),
	.options = options,
	.needs_database = true,
	.only_looks = true,
	.needs_project = true,
	.run = run_status,
};
