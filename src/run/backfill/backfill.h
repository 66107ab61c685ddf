/*
 * backfill.h - data changed in small batches while the application runs.
 *
 * An UPDATE, DELETE or INSERT ... SELECT on one table is done one range of keys at a time.  Each batch is a short transaction of its own,
 * and how far the range is done is written in that same transaction: whatever dies, and whenever, no row is done twice and none is left out.
 *
 * A backfill is a row of brant.backfill, its pieces are rows of brant.backfill_range.  Nothing else is the state: a worker is whoever
 * claims a range, in the same process, in another one, on another machine.
 *
 *     state of a backfill   who changes it                    into
 *     (none)                whoever starts it                 running
 *     running               `brant backfill pause`            paused: workers finish their batch and wait
 *     running, paused       `brant backfill cancel`           cancelled: workers finish their batch and leave
 *     paused, cancelled     `brant backfill resume`           running: goes on where it was
 *     running               the worker that finds no range    done, or another pass over all ranges
 *                           unfinished and none claimed
 *
 *     a range               owner, fence                      who changes it
 *     free                  none                              a worker claims it: owner, fence + 1, expires_at
 *     claimed               owner, the claim's fence          each batch: reached, counts, expires_at; a waiting worker: expires_at
 *     expired               as claimed, expires_at is past    any worker claims it; the old owner's fence is worth nothing any more
 *     finished              none                              the batch that reaches its end
 *
 * A batch first locks its range's row and compares the fence and `reached` (brant.backfill_enter), so a worker that was given up for dead cannot
 * commit; claiming skips locked rows, so a range in the middle of a batch is never taken.  A connection lost during COMMIT leaves no doubt
 * either: claiming again waits for that row, and then `reached` says what happened.
 *
 * Passes.  A row that appears or changes behind the cursor has to be done too.  When all ranges are finished, the rows for which WHERE
 * holds are counted; if there are any, all ranges begin again, until none is found.  Only a statement that makes its own WHERE false may
 * be repeated: each batch counts the rows for which WHERE still holds after the change (unmoved), and one such row means that there is
 * one pass and no more.  So does the lack of a WHERE.
 */
#ifndef BRANT_RUN_BACKFILL_BACKFILL_H
#define BRANT_RUN_BACKFILL_BACKFILL_H

#include "check/boundary.h"
#include "run/backfill/settings.h"
#include "run/run.h"
#include "sql/cut.h"

/* How far it is; rows are counted over all passes, the estimate is of one. */
struct backfill_progress {
	const char *name, *waits_for;                               /* waits_for NULL: it does not */
	long long id, pass, changed, scanned, estimated, left_over; /* left_over -1: not counted yet */
	long long ranges, ranges_done, workers;
	double seconds, rows_a_second, seconds_left; /* left < 0: cannot be told */
	const char *state;
};

/* What is to be done, and who is told. */
struct backfill_job {
	const char *name;   /* for people: "0007_lower_emails", "users" */
	const char *source; /* what it is the work of; the same source goes on with unfinished work */
	const struct stmt *stmt;
	const struct stmt *const *carried; /* SETs of the search path that are in force */
	size_t ncarried;
	const char *search_path; /* NULL: the session's */
	struct backfill_settings settings;
	const char *holder;
	long long lease;                 /* the fence of the migration lease it runs under, 0: none */
	const struct boundary *boundary; /* looked at in each batch; NULL: it is not */
	const struct target *target;     /* for more workers and for asking the pooler */
	void *ctx;
	void (*progress)(void *ctx, const struct backfill_progress *progress);
	void (*idle)(void *ctx); /* some ten times a second during pauses */
};

/* Begins it, or goes on with what was begun, and works until it is done.  Fails with "backfill-cancelled", "backfill-key", ... */
bool backfill_run(struct arena *arena, struct db *db, const struct backfill_job *job, struct backfill_progress *ret_end,
		  struct err *err);

/* Works on one that was begun by somebody else; of the job only holder, settings.workers, target and the callbacks count. */
bool backfill_join(struct arena *arena, struct db *db, long long id, const struct backfill_job *job,
		   struct backfill_progress *ret_end, struct err *err);

/*
 * The same on connections of its own to job->target, again and again for a minute after one was lost.  id 0: as backfill_run(), else as
 * backfill_join().
 */
bool backfill_serve(struct arena *arena, long long id, const struct backfill_job *job,
		    struct backfill_progress *ret_end, struct err *err);

/* All that are known, the newest first. */
struct backfill_list {
	struct backfill_progress *ptr;
	size_t len, cap;
};
bool backfill_list(struct arena *arena, struct db *db, struct backfill_list *ret_list, struct err *err);

/* verb: "pause", "resume", "cancel"; id 0: the only one that is not done.  Fails with "backfill-unknown". */
bool backfill_control(struct arena *arena, struct db *db, const char *verb, long long id,
		      struct backfill_progress *ret_now, struct err *err);

#endif
