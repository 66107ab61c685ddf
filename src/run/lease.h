/*
 * lease.h - at most one runner at a time, without a session.
 *
 * A row in brant.lease with a fencing number, an expiry by the server's clock and a description of the holder.  Every transaction that
 * applies something asserts the fencing number first (brant.enter), so a runner that was overtaken cannot commit.  The lease is renewed
 * by the transactions themselves and, while a long one runs, by the companion connection.
 *
 * A lease tells where it was taken.  One that was restored with a backup, or copied with its database, is nobody's, however late its expiry.
 */
#ifndef BRANT_RUN_LEASE_H
#define BRANT_RUN_LEASE_H

#include "run/state.h"

struct companion;

struct lease {
	long long fence;
	const char *holder;
	struct companion *companion; /* NULL: none */
	bool released;               /* with the last COMMIT */
};

/* "deploy@build-7, pid 4242, run 5f3a09c1": different for every call. */
const char *lease_holder(struct arena *arena);

/*
 * Takes the lease (again, where lease->holder is known from before), waiting for another runner unless options->no_wait: then ERR_BUSY "busy".
 * Schema brant and the ledger are made before, where they are missing; state is what is true under the lease.
 */
bool lease_take(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		struct lease *lease, struct err *err);

/* A lease that somebody holds. */
struct lease_info {
	const char *holder, *command;
	const char *doing; /* "0007_add_bio, step 2 of 3", as far as it is committed; NULL where it has not begun */
	bool anchored;     /* it has had a companion */
	double seconds_held, seconds_left; /* by the server's clock */

	/*
	 * Why it is nobody's: "came with a backup: ...", "is held by nobody: that one has died"; NULL: it may be the holder's.  Of a version of brant that
	 * did not tell where it took the lease, nothing is known.
	 */
	const char *stale;

	/* What the server is working on for the holder, dead or alive: "0007_add_bio, for 12 s (server process 4711)"; NULL: nothing that can be seen. */
	const char *activity;
};

/* All of that; holder is NULL where it has been given back meanwhile. */
bool lease_look(struct arena *arena, struct db *db, const struct facts *facts, struct lease_info *ret_info,
		struct err *err);

/* Keeps it through a pause between two transactions; errors are of no interest, the next transaction finds out. */
void lease_renew(struct db *db, const struct lease *lease);

/* Gives it back and closes the run ("done", "failed"); errors are of no interest, a lease expires by itself. */
void lease_release(struct db *db, const struct lease *lease, const char *outcome, bool notify_postgrest);

#endif
