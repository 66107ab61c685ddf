/*
 * companion.h - the second connection of a run: tells others that the holder lives.
 *
 * It renews the lease and, between renewals, keeps an idle READ COMMITTED transaction that holds an advisory lock.  Such a transaction has no
 * snapshot, so it does not block CREATE INDEX CONCURRENTLY, and through PgBouncer it is gone within moments of the holder's death.
 *
 * It is a help, not a need.  It connects in the background while the run waits for the server, and it must never take the last connection
 * of a small pool from the run itself: unless it has its lock on another backend while the run's own is occupied, it is closed before the
 * run sends again.
 */
#ifndef BRANT_RUN_COMPANION_H
#define BRANT_RUN_COMPANION_H

#include "run/run.h"

struct companion;

/* Watches db's waiting from now on.  Closes with the arena. */
struct companion *companion_start(struct arena *arena, const struct run_options *options, struct db *db,
				  long long fence);

/* The run is about to send after everything was answered: a companion that is not in place yet goes. */
void companion_yield(struct companion *companion);

/* The backend that the run's own transaction is on, as brant.enter told. */
void companion_set_backend(struct companion *companion, long long pid);

void companion_stop(struct companion *companion);

#endif
