/*
 * work.c - a worker: claim a range, do its batches, claim the next, until nothing is left.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "run/backfill/internal.h"

/* What went wrong with a batch, as its worker sees it. */
enum trouble { TROUBLE_FATAL, TROUBLE_LOCKS, TROUBLE_LOST_RANGE, TROUBLE_STATE, TROUBLE_CATALOG, TROUBLE_BOUNDARY };

static enum trouble trouble_of(const struct err *err)
{
	static const struct {
		const char *sqlstate;
		enum trouble trouble;
	} known[] = {
		{ "55P03", TROUBLE_LOCKS },      { "40001", TROUBLE_LOCKS }, { "40P01", TROUBLE_LOCKS },
		{ "BR011", TROUBLE_LOST_RANGE }, { "BR012", TROUBLE_STATE }, { "BR013", TROUBLE_CATALOG },
		{ "BR003", TROUBLE_BOUNDARY },
	};
	for (size_t i = 0; i < LEN(known); i++)
		if (strcmp(err->sqlstate, known[i].sqlstate) == 0)
			return known[i].trouble;
	return TROUBLE_FATAL;
}

static bool cancelled(const struct backfill *b, struct err *err)
{
	err_set(err, ERR_FAILED, "backfill-cancelled", "backfill %lld (%s) was cancelled", b->id, b->name);
	err_detail(err, "What it has done is committed, and it is known how far it came.");
	return err_hint(err, "\"brant backfill resume %lld\" goes on from there.", b->id);
}

static bool interrupted(struct err *err)
{
	err_set(err, ERR_CANCELLED, "cancelled", "interrupted");
	return err_detail(err, "What the backfill has done is committed.");
}

/* Somebody said pause: the worker stays, so that resume takes effect at once.  Cancel: it leaves. */
static bool obey(struct worker *w, struct err *err)
{
	static const char paused[] = "it is paused: \"brant backfill resume\" lets it go on";
	for (;;) {
		struct backfill_progress now;
		if (!progress_load(w->arena, w->db, w->b->id, &now, err))
			return false;
		if (strcmp(now.state, "cancelled") == 0)
			return cancelled(w->b, err);
		if (strcmp(now.state, "paused") != 0)
			return true;
		now.waits_for = paused;
		if (w->job->progress)
			w->job->progress(w->job->ctx, &now);
		if (!backfill_pause(w, 0.5, paused))
			return interrupted(err);
	}
}

/* Smaller, a little later, and not for ever. */
static bool try_smaller(struct worker *w, long long *attempts, struct err *err)
{
	if (++*attempts > w->b->settings.retries) {
		err_hint(err,
			 "It was tried %lld times. What is done is committed: the same command goes on from there.",
			 *attempts);
		return false;
	}
	w->size = w->size / 2 < BATCH_MIN ? BATCH_MIN : w->size / 2;
	w->bounded = false;
	double pause = 0.02 * (double)(*attempts < 25 ? *attempts : 25) * (0.5 + (double)(random() % 1000) / 1000);
	return backfill_pause(w, pause, "it waits for row locks") || interrupted(err);
}

static bool recover(struct worker *w, long long *attempts, struct err *err)
{
	if (err->connection_lost || db_cancel_flag)
		return false;
	switch (trouble_of(err)) {
	case TROUBLE_LOCKS:
		return try_smaller(w, attempts, err);
	case TROUBLE_LOST_RANGE:
		w->range = (struct range){ 0 };
		return true;
	case TROUBLE_STATE:
		return obey(w, err);
	case TROUBLE_CATALOG:
		w->thorough = true;
		return true;
	case TROUBLE_BOUNDARY:
		return guard_explain(w, err);
	case TROUBLE_FATAL:
		break;
	}
	return false;
}

/* Strings of the range are copied from turn to turn, so that a long backfill does not grow. */
static void next_turn(struct worker *w, struct arena **turn)
{
	struct arena *next = arena_new(w->home);
	struct strs *kept[] = { &w->range.low, &w->range.high, &w->range.reached, &w->upper };
	for (size_t i = 0; i < LEN(kept); i++) {
		struct strs copy = { 0 };
		for (size_t k = 0; k < kept[i]->len; k++)
			vec_push(next, &copy, str_of(str_dup(next, kept[i]->ptr[k])));
		*kept[i] = copy;
	}
	arena_free(*turn);
	*turn = w->arena = next;
}

static bool do_batch(struct worker *w, long long *attempts, struct err *err)
{
	double start = clock_now();
	if ((!w->bounded && !batch_first_bound(w, err)) || !batch_run(w, err)) {
		if (!recover(w, attempts, err))
			return false;
		err_clear(err);
		return true;
	}
	*attempts = 0;
	double seconds = clock_now() - start;
	if (w->range.finished)
		w->range = (struct range){ 0 };
	/* Why it waits is told before how far it is: that is only told once a second. */
	bool ok = throttle(w, seconds, err);
	progress_tell(w);
	return ok;
}

/* Nothing to claim: over, another pass, or others are still at it. */
static bool between_ranges(struct worker *w, bool *ret_done, struct err *err)
{
	enum pass_end end;
	if (!pass_finish(w, &end, err))
		return false;
	*ret_done = end == PASS_DONE;
	if (end != PASS_OTHERS)
		return true;
	progress_tell(w);
	return obey(w, err) && (backfill_pause(w, 0.3, NULL) || interrupted(err));
}

static bool loop(struct worker *w, struct arena **turn, struct err *err)
{
	long long attempts = 0;
	for (bool done = false; !done;) {
		bool claimed = w->range.position != 0;
		next_turn(w, turn);
		if (db_cancel_flag)
			return interrupted(err);
		if (!claimed && !range_claim(w, &claimed, err))
			return false;
		if (!(claimed ? do_batch(w, &attempts, err) : between_ranges(w, &done, err)))
			return false;
	}
	return true;
}

bool work(struct worker *w, struct err *err)
{
	struct arena *turn = arena_new(w->home);
	w->size = w->b->settings.batch && w->b->settings.batch < BATCH_FIRST ? w->b->settings.batch : BATCH_FIRST;
	w->arena = turn;
	bool ok = guard_load(w, err) && loop(w, &turn, err);
	if (!ok && !err->connection_lost)
		range_release(w);
	arena_free(turn);
	return ok;
}
