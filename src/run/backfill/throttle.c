/*
 * throttle.c - giving way.
 *
 * Between two batches nothing is locked, so that is where a backfill waits: for a standby that is behind, for a server or a pooler that
 * is busy, for whatever the user's own query says.  Each reason is one sentence, told on the terminal and in `brant backfill status`.
 */
#include "base/clock.h"
#include "run/backfill/console.h"
#include "run/backfill/internal.h"

static const double look_again = 0.5, heartbeat_every = 1;

bool backfill_pause(struct worker *w, double seconds, const char *why)
{
	double until = clock_now() + seconds;
	while (clock_now() < until && !db_cancel_flag) {
		double left = until - clock_now();
		clock_sleep(left < 0.1 ? left : 0.1);
		if (w->job->idle)
			w->job->idle(w->job->ctx);
		if (clock_now() > w->beaten + heartbeat_every)
			range_heartbeat(w, why);
	}
	return !db_cancel_flag;
}

static const char *replication(struct worker *w)
{
	double limit = w->b->settings.max_lag;
	if (limit <= 0 || w->now.lag <= limit)
		return NULL;
	return arena_printf(w->arena, "a standby is %.0f s behind, more than %.0f s", w->now.lag, limit);
}

static const char *activity(struct worker *w)
{
	long long limit = w->b->settings.max_active;
	if (!limit || w->now.connections <= 0 || w->now.active * 100 <= w->now.connections * limit)
		return NULL;
	return arena_printf(w->arena, "%lld of %lld connections are at work, more than %lld %%", w->now.active,
			    w->now.connections, limit);
}

static const char *wal(struct worker *w)
{
	double limit = (double)w->b->settings.max_wal * 1e6, seconds = w->now.at - w->before.at;
	if (limit <= 0 || w->before.wal_bytes < 0 || w->before.at <= 0 || seconds <= 0)
		return NULL;
	double rate = (w->now.wal_bytes - w->before.wal_bytes) / seconds;
	return rate <= limit ? NULL
			     : arena_printf(w->arena, "the server writes %.0f MB of WAL a second, more than %lld",
					    rate / 1e6, w->b->settings.max_wal);
}

static const char *pooler(struct worker *w)
{
	long long waiting;
	if (w->b->settings.max_queue < 0 || !w->job->target || !console_waiting(w->job->target, &waiting) ||
	    waiting <= w->b->settings.max_queue)
		return NULL;
	return arena_printf(w->arena, "%lld %s at the pooler", waiting, waiting == 1 ? "client waits" : "clients wait");
}

/* In a transaction that can change nothing, and not for long. */
static bool ask_user(struct worker *w, const char **ret_why, struct err *err)
{
	struct rows rows = { 0 };
	struct arena *arena = w->arena;
	if (!w->b->settings.throttle)
		return true;
	db_send(w->db, STR("BEGIN READ ONLY"), 0, NULL, NULL, NULL);
	db_send(w->db, STR("SELECT pg_catalog.set_config('statement_timeout', '5s', true)"), 0, NULL, NULL, NULL);
	bool ok = db_query(w->db, arena, w->b->settings.throttle, 0, NULL, &rows, err);
	db_rollback(w->db);
	if (!ok)
		return err_prefix(err, "the throttle query");
	if (rows.rows && rows.columns && str_eq(rows_cell(&rows, 0, 0), STR("t")))
		*ret_why = "the throttle query says so";
	return true;
}

static bool reason(struct worker *w, const char **ret_why, struct err *err)
{
	const char *(*const causes[])(struct worker *) = { replication, activity, wal, pooler };
	*ret_why = NULL;
	for (size_t i = 0; i < LEN(causes) && !*ret_why; i++)
		*ret_why = causes[i](w);
	return *ret_why || ask_user(w, ret_why, err);
}

static double cell_number(struct arena *arena, const struct rows *rows, size_t column)
{
	struct str cell = rows_cell(rows, 0, column);
	return cell.ptr ? strtod(str_dup(arena, cell), NULL) : -1;
}

static bool measure(struct worker *w, struct err *err)
{
	struct rows rows;
	if (!db_query(w->db, w->arena, "SELECT * FROM brant.backfill_measure()", 0, NULL, &rows, err))
		return false;
	w->before = w->now;
	w->now = (struct measured){
		.active = (long long)cell_number(w->arena, &rows, 1),
		.connections = (long long)cell_number(w->arena, &rows, 2),
		.wal_bytes = cell_number(w->arena, &rows, 3),
		.lag = cell_number(w->arena, &rows, 4),
		.at = clock_now(),
	};
	return true;
}

static bool interrupted(struct err *err)
{
	err_set(err, ERR_CANCELLED, "cancelled", "interrupted");
	return err_detail(err, "What the backfill has done is committed.");
}

/* Those who stood behind our locks go first: we rest as long as they had to wait at the most. */
static bool let_pass(struct worker *w, double batch_seconds, struct err *err)
{
	if (w->now.waiting <= 0)
		return true;
	const char *why = arena_printf(w->arena, "%lld %s waited for rows of the last batch", w->now.waiting,
				       w->now.waiting == 1 ? "session" : "sessions");
	w->now.waiting = 0;
	range_heartbeat(w, why);
	progress_tell(w);
	return backfill_pause(w, batch_seconds, why) || interrupted(err);
}

bool throttle(struct worker *w, double batch_seconds, struct err *err)
{
	const char *why;
	bool waited = false;
	if (!let_pass(w, batch_seconds, err))
		return false;
	if (w->b->settings.pause > 0 && !backfill_pause(w, w->b->settings.pause, NULL))
		return interrupted(err);
	for (;;) {
		if (!reason(w, &why, err))
			return false;
		if (!why)
			break;
		if (!waited)
			w->told = 0; /* the reason is told at once */
		waited = true;
		range_heartbeat(w, why);
		progress_tell(w);
		if (!backfill_pause(w, look_again, why))
			return interrupted(err);
		if (!measure(w, err))
			return false;
	}
	if (waited)
		range_heartbeat(w, NULL);
	return true;
}
