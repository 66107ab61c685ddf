#include "run/up.h"

#include "base/clock.h"
#include "run/blocker.h"
#include "run/companion.h"
#include "run/evidence.h"
#include "run/failed.h"
#include "run/record.h"
#include "run/recover.h"
#include "run/retry.h"

/* A server that restarts or fails over is back within this; after that somebody has to look. */
static const double reconnect_for = 60;

struct up {
	struct arena *arena;
	const struct run_options *options;
	size_t down;
	struct db *db;
	struct lease lease;
	struct up_result *result;
	struct err *err;
	size_t done;        /* steps of the current plan */
	long long attempts; /* at the current step */
	bool seen_again;    /* the current step was tried again because the platform had changed */
};

bool up_connect(struct arena *arena, const struct run_options *options, struct db **ret_db, struct err *err)
{
	struct db_options db_options = {
		.application = "brant",
		.notice = options->watcher.notice,
		.notice_ctx = options->watcher.ctx,
	};
	return db_open(arena, &options->target, &db_options, ret_db, err);
}

static bool open_once(struct arena *arena, const struct run_options *options, enum ahead_depth depth,
		      struct db **ret_db, struct state *ret_state, struct err *err)
{
	struct ahead *ahead = ahead_start(arena, options, depth);
	struct db_options db_options = {
		.application = "brant",
		.notice = options->watcher.notice,
		.notice_ctx = options->watcher.ctx,
		.idle = ahead_step,
		.idle_ctx = ahead,
	};
	*ret_db = NULL;
	return db_open(arena, &options->target, &db_options, ret_db, err) &&
		state_load(arena, options, *ret_db, ahead, ret_state, err);
}

static bool is_lost(const struct err *err)
{
	return err->connection_lost || strncmp(err->sqlstate, "57P", 3) == 0;
}

static void say_reconnecting(const struct run_options *options, struct arena *arena, const struct err *err)
{
	const struct run_watcher *watcher = &options->watcher;
	if (watcher->note)
		watcher->note(watcher->ctx, "reconnecting", arena_printf(arena, "%s; connecting again", err->message));
}

/*
 * A pooler may hand out a connection to a server that has just died, and only finds out by what we ask; while the server comes back, it may turn
 * everybody away for a while (PgBouncer's server_login_retry).  Nothing has been done yet, so another connection is as good.  Where there is
 * none to be had, that is said at once.
 */
bool up_open(struct arena *arena, const struct run_options *options, enum ahead_depth depth, struct db **ret_db,
	     struct state *ret_state, struct err *err)
{
	static const double first_pause = 0.2, last_pause = 1.6;
	for (double pause = first_pause; !open_once(arena, options, depth, ret_db, ret_state, err); pause *= 2) {
		if (!*ret_db || !is_lost(err) || db_cancel_flag || pause > last_pause)
			return false;
		if (pause == first_pause)
			say_reconnecting(options, arena, err);
		db_close(*ret_db);
		err_clear(err);
		clock_sleep(pause);
	}
	return true;
}

static bool make_plan(struct arena *arena, const struct run_options *options, size_t down, struct up_result *result,
		      struct err *err)
{
	if (down)
		return plan_down(arena, options, &result->state, down, &result->plan, err);
	return plan_pending(arena, options, &result->state, &result->plan, err);
}

/*
 * Somebody's database that has the schema and no ledger (Prisma's deploy: P3005).  Its first migrations may well succeed, with tables that later ones
 * drop: one that must fail further on is not begun.  Of a single one the server's own error says as much.
 */
static bool refuse_unadopted(struct arena *arena, const struct run_options *options, struct db *db,
			     const struct up_result *result, struct err *err)
{
	const struct plan *plan = &result->plan;
	struct strs clashing;
	struct state now = { 0 };
	if (plan->undo || options->rehearsal || result->state.ledger.exists || plan->nmigrations < 2)
		return true;
	if (!evidence_clashes(arena, db, options->settings.search_path, plan->scripts, plan->nmigrations, &clashing,
			      err))
		return false;
	if (!clashing.len)
		return true;
	/* Or another runner began while we looked: then the lease is waited for, and everything is looked at again. */
	if (!state_load(arena, options, db, NULL, &now, err))
		return false;
	if (now.ledger.exists)
		return true;
	err_set(err, ERR_DECISION, "not-adopted", "the database has tables that the migrations make, and no ledger");
	err_detail(err, "There already: %s. Nothing was applied.", evidence_text(arena, &clashing));
	return err_hint(
		err,
		"If the database has the schema already, \"brant baseline\" adopts it. \"brant up --to %s\" begins all the same.",
		plan->migrations[0]->id);
}

bool up_plan(struct arena *arena, const struct run_options *options, size_t down, struct db **ret_db,
	     struct up_result *ret_result, struct err *err)
{
	enum ahead_depth depth = down ? AHEAD_DIGESTS : AHEAD_SCRIPTS;
	return up_open(arena, options, depth, ret_db, &ret_result->state, err) &&
		failed_look(arena, options, *ret_db, &ret_result->state, false, err) &&
		make_plan(arena, options, down, ret_result, err) &&
		refuse_unadopted(arena, options, *ret_db, ret_result, err);
}

/* Another runner may have been at work between our first look and our lease. */
static bool plan_again(struct up *up, const enum standing *before)
{
	struct state *state = &up->result->state;
	size_t n = state->history.len;
	if (!failed_look(up->arena, up->options, up->db, state, false, up->err))
		return false;
	up->done = 0;
	if (!up->down && n && memcmp(before, state->standings, n * sizeof(*before)) == 0)
		return true;
	return make_plan(up->arena, up->options, up->down, up->result, up->err);
}

/* Until the first step may be sent; may be done again after a lost connection, whichever part of it the server had got to. */
static bool prepare(struct up *up)
{
	const enum standing *before = up->result->state.standings;
	if (!lease_take(up->arena, up->options, up->db, &up->result->state, &up->lease, up->err))
		return false;
	if (!plan_again(up, before) || !failed_take_back(up->arena, up->options, &up->result->state, up->db, up->err))
		return false;
	up->lease.companion = companion_start(up->arena, up->options, up->db, up->lease.fence);
	const struct run_watcher *watcher = &up->options->watcher;
	if (watcher->planned)
		watcher->planned(watcher->ctx, up->result->plan.migrations, up->result->plan.nmigrations);
	return true;
}

static bool wait_and_retry(struct up *up, const struct apply_result *applied)
{
	struct retry retry = { up->arena, up->options, up->db, &up->lease };
	if (!retry_helps(up->err) || up->attempts >= up->options->lock_retries ||
	    applied->failed_step >= up->result->plan.len)
		return false;
	return retry_pause(&retry, up->result->plan.ptr[applied->failed_step].migration, applied->failed_stmt, up->err,
			   ++up->attempts);
}

/* The connection broke: what the server did with the last COMMIT is in the ledger, so look there. */
static bool reconnect(struct up *up)
{
	double until = clock_now() + reconnect_for;
	say_reconnecting(up->options, up->arena, up->err);
	struct err first = { .arena = up->arena };
	err_copy(&first, up->err);
	for (double pause = 0.2; clock_now() < until && !db_cancel_flag; pause = pause < 3 ? pause * 1.5 : 3) {
		companion_stop(up->lease.companion);
		up->lease.companion = NULL;
		db_close(up->db);
		err_clear(up->err);
		if (up_connect(up->arena, up->options, &up->db, up->err) && prepare(up))
			return true;
		if (!is_lost(up->err))
			return false;
		clock_sleep(pause);
	}
	if (db_cancel_flag)
		return false;
	err_copy(up->err, &first);
	err_hint(
		up->err,
		"brant tried for %.0f s to connect again. \"brant status\" will say what was applied, and \"brant up\" goes on "
		"from there.",
		reconnect_for);
	return false;
}

/* Statements that need to be alone and do not look like it: reading cannot tell what a procedure or a DO block does. */
static const char *advice(const struct err *err)
{
	static const struct {
		const char *sqlstate, *advice;
	} known[] = {
		{ "2D000",
		  "It commits by itself, which it cannot inside a transaction: write \"-- brant: no-transaction\" in front of it." },
		{ "25001",
		  "It has to run outside of any transaction: write \"-- brant: no-transaction\" in front of it." },
		{ "55P04", "Move what uses the new value into a migration of its own." },
	};
	for (size_t i = 0; i < LEN(known); i++)
		if (strcmp(err->sqlstate, known[i].sqlstate) == 0)
			return known[i].advice;
	return NULL;
}

/* The first migration of all makes what is there: somebody's database that had the schema before it had a ledger. */
static bool is_unadopted(const struct up *up)
{
	static const char *const duplicates[] = { "42P06", "42P07", "42701", "42710", "42723" };
	for (size_t i = 0; i < LEN(duplicates); i++)
		if (strcmp(up->err->sqlstate, duplicates[i]) == 0)
			return !up->down && !up->result->state.applied && !up->result->migrations;
	return false;
}

/* What the failure left behind, in full sentences: the most important thing that a failed run can say. */
static void tell_state(struct up *up, const struct apply_result *applied)
{
	struct err *err = up->err;
	const struct plan *plan = &up->result->plan;
	if (applied->failed_step >= plan->len || err->code == ERR_CANCELLED || err->code == ERR_REFUSED ||
	    up->options->rehearsal)
		return;
	const struct step *step = &plan->ptr[applied->failed_step];
	const char *id = step->migration->id;
	const char *what;
	if (step->position == 1 && step->kind == STEP_TRANSACTION)
		what = arena_printf(up->arena, "Nothing of \"%s\" is in the database: its transaction was rolled back.",
				    id);
	else if (step->kind == STEP_TOOL)
		what = arena_printf(up->arena, "%s ran \"%s\" itself: what it had not committed was rolled back.",
				    up->options->format->title, id);
	else if (step->kind == STEP_BACKFILL)
		what = arena_printf(
			up->arena,
			"Step %u of %u of \"%s\" is a backfill: its finished batches are in the database, and it goes on behind them.",
			step->position, step->of, id);
	else if (step->kind == STEP_LONE)
		what = arena_printf(
			up->arena,
			"Step %u of %u of \"%s\" failed; the %u before it are in the database and journaled.",
			step->position, step->of, id, step->position - 1);
	else
		what = arena_printf(
			up->arena,
			"Step %u of %u of \"%s\" was rolled back; the %u before it are in the database and journaled.",
			step->position, step->of, id, step->position - 1);
	if (err->detail)
		err_detail(err, "%s\n%s", err->detail, what);
	else
		err_detail(err, "%s", what);
	if (advice(err))
		err_hint(err, "%s", advice(err));
	else if (!err->hint)
		err_hint(
			err,
			step->position > 1 || step->kind != STEP_TRANSACTION
				? "Mend it and run \"brant up\" again: it goes on from there."
				: is_unadopted(up)
				? "If the database has the schema already, \"brant baseline\" adopts it; else mend the file and run \"brant up\" again."
				: "Mend the file and run \"brant up\" again.");
}

/* It was tried as often as was allowed: the file is not what has to be mended. */
static void tell_tries(struct up *up, const struct apply_result *applied)
{
	struct err *err = up->err;
	if (!retry_helps(err) || up->options->rehearsal)
		return;
	const char *tries =
		arena_printf(up->arena, "It was tried %lld %s.", up->attempts + 1, up->attempts ? "times" : "time");
	if (strcmp(err->sqlstate, "55P03") != 0) {
		err_hint(err, "%s Run \"brant up\" again.", tries);
		return;
	}
	const char *blocker = blocker_of(up->arena, up->db, applied->failed_stmt);
	err->name = "lock-timeout";
	if (blocker)
		err_detail(err, "Blocked by %s", blocker);
	err_hint(
		err,
		"%s Run \"brant up\" again when the way is free; --lock-retries tries more often, --lock-timeout waits longer, and "
		"everybody else behind it.",
		tries);
}

static void explain_overtaken(struct err *err)
{
	err_set(err, ERR_BUSY, "overtaken", "another brant has taken over this database");
	err_detail(
		err,
		"The lease of this run expired while it could not reach the server. What it had not committed was rolled back.");
	err_hint(err, "Let the other one finish: \"brant status\" shows it.");
}

static const char *counted(struct up *up)
{
	size_t n = up->result->migrations;
	if (!n)
		return "Nothing else was done.";
	if (up->down)
		return arena_printf(up->arena, "%zu %s undone before it.", n,
				    n == 1 ? "migration was" : "migrations were");
	return arena_printf(up->arena, "%zu %s applied before it.", n, n == 1 ? "migration was" : "migrations were");
}

/* Ctrl-C, wherever it found us: in a statement, in a pause before the next try, connecting again. */
static bool interrupted(struct up *up, const struct apply_result *applied, bool lost)
{
	struct err *err = up->err;
	const struct plan *plan = &up->result->plan;
	const char *what = "What was running was cancelled on the server and rolled back.";
	if (lost)
		what = "The connection is gone, and with it goes what was running: the server rolls it back when it notices, unless it was "
		       "committing.";
	else if (applied->failed_step < plan->len && plan->ptr[applied->failed_step].kind == STEP_BACKFILL)
		what = "The batch that was running was rolled back; those before it are in the database.";
	else if (applied->failed_step < plan->len && plan->ptr[applied->failed_step].kind == STEP_LONE)
		what = "What was running was cancelled on the server; what it left, like an unfinished index, the next run puts in order.";
	if (err->code != ERR_CANCELLED)
		err_set(err, ERR_CANCELLED, "cancelled", "interrupted");
	err_detail(err, "%s %s", what, counted(up));
	return err_hint(err, "%s",
			up->down || lost ? "\"brant status\" tells what is in the database."
					 : "\"brant up\" goes on from there.");
}

/* The project's own tool has been at the same work: what is left to do is in the ledger. */
static bool look_again(struct up *up)
{
	const struct run_watcher *watcher = &up->options->watcher;
	if (watcher->note)
		watcher->note(watcher->ctx, "tool-at-work", up->err->message);
	/* It may take a while: the lease is taken anew behind it. */
	companion_stop(up->lease.companion);
	up->lease.companion = NULL;
	return state_reload(up->arena, up->options, up->db, &up->result->state, up->err) &&
		failed_look(up->arena, up->options, up->db, &up->result->state, false, up->err) && prepare(up);
}

/* Somebody may have changed the platform while the run was under way: tried again, the step looks at it within its own transaction, where that is plain. */
static bool see_again(struct up *up)
{
	if (strcmp(up->err->sqlstate, "BR005") != 0 || up->seen_again)
		return false;
	up->seen_again = true;
	return true;
}

static bool run_steps(struct up *up)
{
	for (;;) {
		struct apply_result applied;
		struct arena *scratch = up->arena;
		err_clear(up->err);
		apply_plan(scratch, up->options, &up->result->state, up->db, &up->lease, &up->result->plan, up->done,
			   &applied, up->err);
		up->result->migrations += applied.migrations;
		if (!applied.failed)
			return true;
		if (applied.steps > up->done) {
			up->attempts = 0;
			up->seen_again = false;
		}
		up->done = applied.steps;
		bool lost = up->err->connection_lost || !db_is_open(up->db);
		if (!db_cancel_flag && (lost ? reconnect(up) : wait_and_retry(up, &applied)))
			continue;
		if (db_cancel_flag)
			return interrupted(up, &applied, lost);
		if (see_again(up) || (strcmp(up->err->sqlstate, "BR004") == 0 && look_again(up)))
			continue;
		if (strcmp(up->err->sqlstate, "BR003") == 0)
			recover_boundary(up->arena, up->db, up->err);
		else if (strcmp(up->err->sqlstate, "BR001") == 0)
			explain_overtaken(up->err);
		else {
			tell_tries(up, &applied);
			tell_state(up, &applied);
		}
		return false;
	}
}

static bool nothing_to_do(const struct up *up)
{
	return up->result->plan.len == 0;
}

static bool run_under_lease(struct up *up)
{
	if (!prepare(up) && !(up->err->connection_lost && reconnect(up)))
		return false;
	bool ok = nothing_to_do(up) || run_steps(up);
	bool notify =
		!ok && up->result->migrations && up->options->notify_postgrest && up->result->state.facts.postgrest;
	companion_stop(up->lease.companion);
	if (db_is_open(up->db) && !up->lease.released)
		lease_release(up->db, &up->lease, ok ? "done" : "failed", notify);
	return ok;
}

static bool accept_edited(struct up *up)
{
	if (up->down || !up->options->accept_edited)
		return true;
	/* A ledger that only another tool has written to so far: there is no place for our checksums yet. */
	return state_setup(up->arena, up->options, up->db, &up->result->state, up->err) &&
		record_edited(up->arena, up->options->format, up->db, &up->result->state, &up->result->accepted,
			      up->err);
}

bool up_run(struct arena *arena, const struct run_options *options, size_t down, struct up_result *ret_result,
	    struct err *err)
{
	struct up up = { .arena = arena, .options = options, .down = down, .result = ret_result, .err = err };
	double start = clock_now();
	*ret_result = (struct up_result){ 0 };
	bool ok = up_plan(arena, options, down, &up.db, ret_result, err) && accept_edited(&up) &&
		(nothing_to_do(&up) || run_under_lease(&up));
	if (up.db)
		db_close(up.db);
	ret_result->seconds = clock_now() - start;
	return ok;
}
