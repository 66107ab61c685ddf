#include "run/backfill/backfill.h"

#include "base/clock.h"
#include "run/backfill/internal.h"
#include "run/state.h"

static const double reconnect_for = 60;

static bool at_work(struct arena *arena, struct db *db, const struct backfill_job *job, struct backfill *b,
		    struct backfill_progress *ret_end, struct err *err)
{
	struct worker w = { .home = arena, .arena = arena, .db = db, .job = job, .b = b, .owner = job->holder };
	long long workers = job->settings.workers ? job->settings.workers : 1;
	struct hands *hands = hands_start(arena, job, b->id, workers - 1);
	bool ok = work(&w, err);
	hands_stop(hands, ok);
	return ok && progress_load(arena, db, b->id, ret_end, err);
}

bool backfill_run(struct arena *arena, struct db *db, const struct backfill_job *job, struct backfill_progress *ret_end,
		  struct err *err)
{
	struct backfill b;
	return backfill_begin(arena, db, job, &b, err) && at_work(arena, db, job, &b, ret_end, err);
}

bool backfill_join(struct arena *arena, struct db *db, long long id, const struct backfill_job *job,
		   struct backfill_progress *ret_end, struct err *err)
{
	struct backfill b;
	return backfill_load(arena, db, id, &b, err) && at_work(arena, db, job, &b, ret_end, err);
}

static bool serve_once(struct arena *arena, long long id, const struct backfill_job *job,
		       struct backfill_progress *ret_end, struct err *err)
{
	struct db_options options = { .application = "brant: backfill" };
	struct db *db;
	if (!db_open(arena, job->target, &options, &db, err))
		return false;
	/* Also here: a server that lost its last commits in a crash has lost the schema with the work. */
	bool ok = state_setup_own(arena, db, err) &&
		(id ? backfill_join(arena, db, id, job, ret_end, err) : backfill_run(arena, db, job, ret_end, err));
	db_close(db);
	return ok;
}

/* A lost connection leaves no doubt about what was done: claiming again tells. */
bool backfill_serve(struct arena *arena, long long id, const struct backfill_job *job,
		    struct backfill_progress *ret_end, struct err *err)
{
	double lost = 0;
	for (;;) {
		double start = clock_now();
		if (serve_once(arena, id, job, ret_end, err))
			return true;
		bool gone = err->connection_lost || strncmp(err->sqlstate, "57P", 3) == 0;
		if (!gone || db_cancel_flag)
			return false;
		if (lost <= 0 || clock_now() - start > 5)
			lost = clock_now();
		if (clock_now() > lost + reconnect_for)
			return false;
		err_clear(err);
		clock_sleep(0.3);
	}
}
