/*
 * rehearse.h - the whole history on a throwaway server that looks like the platform.
 *
 * Every transaction is checked from inside, and what belongs to the platform is compared before and after, so that DO blocks, functions,
 * triggers and lone statements hide nothing.  The user's database is not asked.
 */
#ifndef BRANT_RUN_REHEARSE_H
#define BRANT_RUN_REHEARSE_H

#include "db/scratch.h"
#include "run/up.h"

struct stage {
	scratch_unpack_fn *unpack;   /* makes a cluster with the platform in it; NULL: an empty one */
	const char *database, *user; /* where and as whom users arrive there */
	struct strs stand_ins;       /* that it is to have (db/stand_in.h) */
};

struct rehearsal {
	const char *server;  /* "PostgreSQL 15.20" */
	size_t migrations;   /* applied */
	struct strs changes; /* of the platform: "created trigger t on auth.users" */
	double seconds;
};

/* false with err filled when a migration fails there; ret_rehearsal is filled as far as it came. */
bool rehearse(struct arena *arena, const struct run_options *options, const struct stage *stage,
	      struct rehearsal *ret_rehearsal, struct err *err);

#endif
