/*
 * up.h - bringing a database up to its migrations, or back down.
 */
#ifndef BRANT_RUN_UP_H
#define BRANT_RUN_UP_H

#include "run/apply.h"

struct up_result {
	struct state state; /* as found under the lease, before the run */
	struct plan plan;
	size_t migrations; /* recorded (or taken back) */
	size_t accepted;   /* edited files, where options->accept_edited */
	bool waited;       /* another runner was at work when we came */
	double seconds;
};

/* Connects and loads the state, reading the files meanwhile. */
bool up_open(struct arena *arena, const struct run_options *options, enum ahead_depth depth, struct db **ret_db,
	     struct state *ret_state, struct err *err);

/* The same, and makes the plan; changes nothing.  down > 0: undo that many. */
bool up_plan(struct arena *arena, const struct run_options *options, size_t down, struct db **ret_db,
	     struct up_result *ret_result, struct err *err);

/* Runs it: lease, plan, steps, retries, reconnection.  ret_result is filled also when it fails. */
bool up_run(struct arena *arena, const struct run_options *options, size_t down, struct up_result *ret_result,
	    struct err *err);

/* Connects with the options' target and watcher. */
bool up_connect(struct arena *arena, const struct run_options *options, struct db **ret_db, struct err *err);

#endif
