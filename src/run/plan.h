/*
 * plan.h - ordered steps: what `--dry-run` prints is what `up` runs.
 *
 * A step is one transaction or one statement that must stand alone.  A migration has at least one step; its last one records it in the
 * ledger.  Files with BEGIN and COMMIT of their own keep their meaning: each of their transactions is a step.  The runs of other statements
 * in a file are transactions too, cut only where a statement refuses a transaction and where an enum value is used that was added
 * just before.
 *
 * A migration whose SQL depends on what the database holds is one step that its own tool runs (STEP_TOOL): brant keeps the lease, and looks into the
 * ledger afterwards.
 *
 * A statement marked "-- brant: backfill" is a step of its own, done in many short transactions (backfill/backfill.h).
 *
 * A session-level SET of a migration holds to its end and no longer: it is undone before each COMMIT and said again in the migration's next
 * step (carried).
 */
#ifndef BRANT_RUN_PLAN_H
#define BRANT_RUN_PLAN_H

#include "run/backfill/settings.h"
#include "run/state.h"

enum step_kind { STEP_TRANSACTION, STEP_LONE, STEP_BACKFILL, STEP_TOOL };

struct step {
	enum step_kind kind;
	struct migration *migration;
	const struct script *script;
	size_t first, end;        /* statements [first, end) of the script; markers like BEGIN among them are not run */
	const struct stmt *begin; /* the file's own BEGIN, or NULL */
	size_t before;            /* [first, before): SET TRANSACTION, which must come before anything is asked */
	bool rolls_back;          /* the file's own ROLLBACK ends it */
	bool drains; /* nothing may be queued behind its COMMIT: it asked for an isolation level of its own */

	const struct stmt **carried; /* SETs of earlier steps, to be said again */
	size_t ncarried;

	bool guarded;                                              /* the boundary check inside the transaction */
	bool may_set, sets_role, has_copy, has_temp, has_advisory; /* what has to be undone before COMMIT */

	struct backfill_settings backfill; /* STEP_BACKFILL */

	unsigned position, of; /* in the migration, from 1 */
	bool records;          /* the migration is in the ledger after it */
	const char *digest;    /* of its statements, for the journal */
	bool done;             /* the journal says that it ran */
	bool in_doubt;         /* a lone statement was running when something died */
};

struct plan {
	struct step *ptr;
	size_t len, cap;
	struct migration **migrations; /* in order */
	struct script *scripts;        /* of each */
	size_t nmigrations;
	const struct migration *named; /* by --to, or NULL */
	struct migration **held_back;  /* pending ones that wait for --contract */
	size_t held;
	struct violations violations; /* of the boundary: nothing of the plan may run */
	bool undo;                    /* down: the steps take back, the ledger rows go */
};

/* Steps of one migration, appended to the plan. */
bool plan_add(struct arena *arena, const struct run_options *options, const struct state *state,
	      struct migration *migration, const struct script *script, struct plan *plan, struct err *err);

/*
 * All that is pending: reads the files, refuses what must not go on (edited files, out-of-order ones without leave, a violated
 * boundary, statements that cannot be run) before anything runs.
 */
bool plan_pending(struct arena *arena, const struct run_options *options, const struct state *state,
		  struct plan *ret_plan, struct err *err);

/*
 * Which migrations of the history `up` would leave pending until --contract; ret_held has room for all of them.  Runs nothing of the user's: of a format
 * whose files have to be rendered none is told.
 */
void plan_held(struct arena *arena, const struct run_options *options, const struct state *state, bool *ret_held);

/* Undoing the last n applied migrations, or down to options->to where that is said; newest first. */
bool plan_down(struct arena *arena, const struct run_options *options, const struct state *state, size_t n,
	       struct plan *ret_plan, struct err *err);

/*
 * Is each row of a ledger that holds the ends of branches in a file?  What a row without one stands on is applied, and nobody knows what that is: then nothing can
 * be applied, undone or settled.
 */
bool plan_knows_heads(const struct run_options *options, const struct state *state, struct err *err);

/* Fills err ("edited"): migration i was edited after it was applied. */
bool plan_edited(const struct state *state, size_t i, struct err *err);

/* Is this statement of a step sent to the server (not a marker, not an echo)? */
bool step_sends(const struct stmt *stmt);

#endif
