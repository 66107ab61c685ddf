/*
 * apply_backfill.c - a step that is done in many short transactions.
 */
#include "base/clock.h"
#include "run/applying.h"
#include "run/backfill/backfill.h"

/* The intent of a backfill; earlier ones of the same step (undone meanwhile) are history. */
static bool journal_backfill(struct apply *a, size_t i, const char *source)
{
	const char *params[] = { source };
	apply_send(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	apply_send_enter(a, i);
	apply_send_journal(a, i, false);
	apply_send(a, i, SENT_RECORD, "UPDATE brant.backfill SET source = NULL WHERE source = $1", 1, params);
	apply_send(a, i, SENT_OWN, "COMMIT", 0, NULL);
	return apply_drain(a);
}

static void on_backfilled(void *ctx, const struct backfill_progress *progress)
{
	struct apply *a = ctx;
	const struct run_watcher *watcher = &a->options->watcher;
	if (watcher->backfilling)
		watcher->backfilling(watcher->ctx, apply_step(a, a->result->steps)->migration, progress);
}

static struct backfill_job job_of(struct apply *a, const struct step *step, const char *source)
{
	struct backfill_job job = {
		.name = apply_doing(a, step),
		.source = source,
		.stmt = &step->script->stmts.ptr[step->first],
		.carried = step->carried,
		.ncarried = step->ncarried,
		.search_path = a->options->settings.search_path,
		.settings = step->backfill,
		.holder = a->lease->holder,
		.lease = a->lease->fence,
		.boundary = &a->options->boundary,
		.target = &a->options->target,
		.ctx = a,
		.progress = on_backfilled,
		.idle = apply_idle,
	};
	if (a->options->rehearsal)
		job.settings.workers = 1;
	return job;
}

/* Refused before its first batch: nothing was done, so the file may be mended freely. */
static void forget_unbegun(struct apply *a, size_t i, const char *source)
{
	struct step *step = apply_step(a, i);
	struct err ignored = { .arena = a->arena };
	const char *params[] = { a->state->ledger.shown, step->migration->version, source };
	struct rows rows = { 0 };
	if (!db_is_open(a->db))
		return;
	db_shield(a->db, true);
	db_query(a->db, a->arena,
		 "DELETE FROM brant.backfill AS b WHERE source = $1 AND state = 'running' AND NOT EXISTS "
		 "(SELECT FROM brant.backfill_range AS r WHERE r.backfill = b.id AND r.batches > 0)",
		 1, &source, NULL, &ignored);
	if (db_query(a->db, a->arena,
		     "DELETE FROM brant.step WHERE ledger = $1 AND version = $2 AND finished_at IS NULL AND NOT EXISTS "
		     "(SELECT FROM brant.backfill WHERE source = $3) RETURNING 1",
		     3, params, &rows, &ignored))
		step->in_doubt = rows.rows == 0;
	db_shield(a->db, false);
}

bool apply_backfill(struct apply *a, size_t i)
{
	struct step *step = apply_step(a, i);
	struct backfill_progress end;
	const char *source = arena_printf(a->arena, "%s %s step %u", a->state->ledger.shown, step->migration->version,
					  step->position);
	if (!apply_drain(a))
		return false;
	if (!state_setup_own(a->arena, a->db, a->err)) {
		a->result->failed = true;
		a->result->failed_step = i;
		return false;
	}
	if (!step->in_doubt && !journal_backfill(a, i, source))
		return false;
	step->in_doubt = true;
	a->result->steps = i;
	double start = clock_now();
	struct backfill_job job = job_of(a, step, source);
	if (!backfill_run(a->arena, a->db, &job, &end, a->err)) {
		a->result->failed = true;
		a->result->failed_step = i;
		forget_unbegun(a, i, source);
		if (!a->err->file)
			stmt_err_at(a->err, job.stmt, 0);
		return false;
	}
	on_backfilled(a, &end);
	a->seconds += clock_now() - start;
	return apply_journal_end(a, i);
}
