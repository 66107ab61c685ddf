#include "run/applying.h"

#include <stdio.h>

#include "run/companion.h"
#include "sql/quote.h"

struct step *apply_step(const struct apply *a, size_t i)
{
	return &a->plan->ptr[i];
}

/*
 * A session-level lock that a failed migration took outlives ROLLBACK, and through a pooler its client.  Only in one pipeline with the
 * ROLLBACK is it certain that the unlock reaches the same backend.
 */
static void unlock_with_rollback(struct apply *a)
{
	struct err ignored = { .arena = a->arena };
	bool locks = false;
	for (size_t i = a->result->steps; i < a->plan->len; i++)
		locks = locks || apply_step(a, i)->has_advisory;
	if (!locks || !db_is_open(a->db) || !db_in_transaction(a->db))
		return;
	db_send(a->db, STR("ROLLBACK"), 0, NULL, NULL, NULL);
	db_send(a->db, STR("SELECT pg_catalog.pg_advisory_unlock_all()"), 0, NULL, NULL, NULL);
	db_sync(a->db);
	db_run(a->db, &ignored);
}

/* Ran before, says the journal; counts as done once everything in front of it is. */
static void skip_done(struct apply *a, size_t i)
{
	if (apply_drain(a))
		a->result->steps = i + 1;
}

/* The row that brant.enter counts in, made ready again; queued in front of the first step. */
static void send_run(struct apply *a, size_t first)
{
	char steps[32];
	snprintf(steps, sizeof(steps), "%zu", a->plan->len - first);
	const char *params[] = { a->fence, steps };
	/* A transaction of its own, or the first BEGIN of the plan would take it into its own. */
	apply_send(a, a->plan->len, SENT_OWN, "BEGIN", 0, NULL);
	apply_send(
		a, a->plan->len, SENT_OWN,
		"UPDATE brant.run SET steps = $2::integer, step = 0 WHERE fence = $1::bigint AND finished_at IS NULL",
		2, params);
	struct call next;
	if (!a->plan->undo && state_next(a->arena, a->state, a->fence, &next))
		apply_send(a, a->plan->len, SENT_OWN, next.sql, next.nparams, next.params);
	apply_send(a, a->plan->len, SENT_OWN, "COMMIT", 0, NULL);
}

static bool needs_boundary(const struct apply *a, size_t first)
{
	for (size_t i = first; a->platform && i < a->plan->len; i++)
		if (apply_step(a, i)->guarded || apply_step(a, i)->kind == STEP_TOOL)
			return true;
	return false;
}

/* The functions that look at the platform, where this plan is the first to need them.  The lease is ours, so nobody keeps its row from us. */
static void send_boundary_functions(struct apply *a, size_t first)
{
	struct strs statements;
	if (a->state->facts.has_boundary || !needs_boundary(a, first))
		return;
	state_boundary_statements(a->arena, &statements);
	for (size_t i = 0; i < statements.len; i++)
		apply_send(a, a->plan->len, SENT_OWN, str_dup(a->arena, statements.ptr[i]), 0, NULL);
	a->state->facts.has_boundary = true;
}

static void take_release(void *ctx, const struct result *result)
{
	struct apply *a = ctx;
	a->lease->released = result->kind == RESULT_ROWS;
}

/* Behind the last COMMIT, where it costs no round trip; a failure in front of it lets the server skip it. */
static void send_release(struct apply *a)
{
	const char *params[] = { a->fence };
	db_send(a->db, STR("SELECT brant.release($1::bigint, 'done')"), 1, params, take_release, a);
}

static const char *milliseconds(struct arena *arena, double seconds)
{
	return arena_printf(arena, "%.0fms", seconds * 1000);
}

void apply_plan(struct arena *arena, const struct run_options *options, struct state *state, struct db *db,
		struct lease *lease, const struct plan *plan, size_t first, struct apply_result *ret_result,
		struct err *err)
{
	struct apply a = {
		.arena = arena,
		.options = options,
		.state = state,
		.db = db,
		.lease = lease,
		.plan = plan,
		.result = ret_result,
		.err = err,
		.fence = arena_printf(arena, "%lld", lease->fence),
		.lock_timeout = milliseconds(arena, options->lock_timeout),
		.statement_timeout = milliseconds(arena, options->statement_timeout),
		.allow = boundary_allow_array(arena, &options->boundary),
	};
	*ret_result = (struct apply_result){ .steps = first, .failed_step = plan->len };
	if (state->facts.platform.len && !options->boundary.off)
		a.platform = sql_array(arena, &state->facts.platform);
	send_boundary_functions(&a, first);
	send_run(&a, first);
	for (size_t i = first; i < plan->len && !ret_result->failed && !db_cancel_flag; i++) {
		if (plan->ptr[i].done)
			skip_done(&a, i);
		else if (plan->ptr[i].kind == STEP_LONE)
			apply_lone(&a, i);
		else if (plan->ptr[i].kind == STEP_BACKFILL)
			apply_backfill(&a, i);
		else if (plan->ptr[i].kind == STEP_TOOL)
			apply_tool(&a, i);
		else
			apply_transaction(&a, i);
	}
	if (!ret_result->failed && !db_cancel_flag)
		send_release(&a);
	/* Answers of what was queued before a failure are still to be taken, but its error is the one to tell. */
	struct err later = { .arena = arena };
	struct err *last = ret_result->failed ? &later : err;
	if (db_is_open(db) && !db_run(db, last))
		ret_result->failed = true;
	companion_yield(lease->companion);
	if (!ret_result->failed && ret_result->steps < plan->len && db_cancel_flag) {
		ret_result->failed = true;
		err_set(err, ERR_CANCELLED, "cancelled", "interrupted");
	}
	unlock_with_rollback(&a);
	db_rollback(db);
}
