/*
 * failed.h - a migration that the ledger calls failed: what does the catalog say?
 *
 * Prisma writes a row before a migration and finishes it after; a row that is not finished stops it until somebody settles it.  Most often
 * nothing of the migration is in the database, since its script was one transaction: then it is as if it had never been tried.
 */
#ifndef BRANT_RUN_FAILED_H
#define BRANT_RUN_FAILED_H

#include "run/state.h"

enum failure_kind {
	FAILURE_RUNNING, /* the tool is at work on it right now */
	FAILURE_GONE,    /* none of what it makes is there */
	FAILURE_PARTLY,
	FAILURE_THERE,  /* all of what it makes is there */
	FAILURE_UNSEEN, /* it makes nothing that one could look for */
};

struct failure {
	enum failure_kind kind;
	struct strs there, missing; /* "table \"Tag\" (line 3)" */
};

/*
 * Looks at each migration that failed: state->failures by version; the standing of one that left nothing becomes STANDING_FAILED_GONE.  While the
 * tool is at work it is waited for, unless options->no_wait ("busy") or look_only.
 */
bool failed_look(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		 bool look_only, struct err *err);

/* One line for `brant status`, NULL where nothing is known. */
const char *failure_text(struct arena *arena, const struct failure *failure);

/* Fills err ("failed-before"): what is there, and how to settle it. */
bool failure_err(const struct state *state, const struct migration *migration, struct err *err);

/* Takes the rows of those that left nothing back, in the ledger's own way, so that they can run again; the caller has the lease. */
bool failed_take_back(struct arena *arena, const struct run_options *options, const struct state *state, struct db *db,
		      struct err *err);

#endif
