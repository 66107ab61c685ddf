/*
 * run.h - what a run is asked to do, and who is told how it goes.
 */
#ifndef BRANT_RUN_RUN_H
#define BRANT_RUN_RUN_H

#include "check/boundary.h"
#include "db/db.h"
#include "format/format.h"

struct step;
struct backfill_progress;

/* Told while it happens; every field may be NULL. */
struct run_watcher {
	void *ctx;
	/* The lease is ours, and this is what will be applied (or undone); again when another plan was made after a lost connection. */
	void (*planned)(void *ctx, struct migration *const *migrations, size_t n);
	/* Some ten times a second while the server works. */
	void (*tick)(void *ctx);
	/* How far the index is that is being built, every other second: "building index: scanning table, 43 %". */
	void (*indexing)(void *ctx, const char *phase);
	/* How far a backfill is, once a second. */
	void (*backfilling)(void *ctx, const struct migration *migration, const struct backfill_progress *progress);
	/* Another runner has the lease. */
	void (*waiting)(void *ctx, const char *holder, double seconds_left);
	/* A migration is in the database and in the ledger. */
	void (*applied)(void *ctx, const struct migration *migration, double seconds);
	/* A step of several was done. */
	void (*stepped)(void *ctx, const struct step *step, double seconds);
	/* A lock, a deadlock or a serialisation failure: it will be tried again after a pause. */
	void (*retrying)(void *ctx, const struct migration *migration, const struct err *err, const char *blocker,
			 double pause, long long attempt, long long attempts);
	/* A psql \echo of a migration. */
	void (*echo)(void *ctx, struct str text);
	void (*notice)(void *ctx, const char *severity, const char *message);
	void (*note)(void *ctx, const char *name, const char *text);
};

struct run_options {
	const struct format *format;
	struct format_settings settings;
	struct boundary boundary;
	struct target target;
	double lock_timeout;      /* seconds */
	double statement_timeout; /* seconds, 0 = none */
	long long lock_retries;
	bool notify_postgrest;
	bool out_of_order;  /* apply what sorts before what is applied */
	bool allow_gaps;    /* apply although a number is missing in front */
	bool accept_edited; /* take the edited files of applied migrations as they are */
	bool guard_all;     /* the boundary check inside every transaction, not only where reading cannot see through */
	bool contract;      /* also what says "-- brant: contract": the steps that take away what old code still uses */
	bool no_wait;       /* do not wait for another runner */
	const char *to;     /* stop after this version, NULL: all */
	const struct map *only; /* by id: what may be applied at all, NULL: everything */
	bool rehearsal;         /* on a throwaway server: what a failure leaves there is of no interest */
	const char *command;    /* "up", for the run row */
	struct run_watcher watcher;
};

#endif
