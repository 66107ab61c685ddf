/*
 * apply.h - running the steps of a plan.
 *
 * Transactions are queued into one pipeline, many at a time.  When one fails, the server refuses those queued behind it: the failed
 * transaction is still open (25P02), and should it have ended after all (a COMMIT that failed, a cancel that hit BEGIN), brant.enter finds
 * that the step before it is missing.  A statement that must stand alone waits for everything before it and is journaled: its intent
 * before, its end after.
 */
#ifndef BRANT_RUN_APPLY_H
#define BRANT_RUN_APPLY_H

#include "run/lease.h"
#include "run/plan.h"

struct apply_result {
	size_t steps;      /* done, from the front of the plan */
	size_t migrations; /* recorded by them */
	bool failed;
	size_t failed_step;             /* when failed: which one (plan->len when none in particular) */
	const struct stmt *failed_stmt; /* and which statement, NULL when it was one of brant's own */
};

/*
 * Runs plan from step first on.  err is filled when ret_result->failed; the transaction it happened in is rolled back.
 */
void apply_plan(struct arena *arena, const struct run_options *options, struct state *state, struct db *db,
		struct lease *lease, const struct plan *plan, size_t first, struct apply_result *ret_result,
		struct err *err);

#endif
