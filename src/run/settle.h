/*
 * settle.h - writing down by hand what is true: resolve and baseline.
 *
 * Both run nothing of the user's.  Both look at the catalog first and refuse a claim that it contradicts, unless forced: by the objects that
 * the migrations make (evidence.h) or, where there is a judge, by all that they do to the schema.
 */
#ifndef BRANT_RUN_SETTLE_H
#define BRANT_RUN_SETTLE_H

#include "run/up.h"

enum claim { CLAIM_APPLIED, CLAIM_ROLLED_BACK };

/*
 * Who knows what the schema would be.  prepare() may take long and comes before the lease; with and without hold the ids of the migrations that the
 * database has with those that are settled, and without them (NULL where all of with is claimed).  ret_able: compare() can tell.  It is called under
 * the lease and fails where the database contradicts the claim.
 */
struct judge {
	void *ctx;
	bool (*prepare)(void *ctx, const struct state *state, const struct map *with, const struct map *without,
			bool *ret_able, struct err *err);
	bool (*compare)(void *ctx, struct db *db, struct err *err);
};

struct settle_options {
	const char *named; /* version, name or file; NULL, for a baseline: all */
	enum claim claim;
	bool force;   /* whatever the catalog says */
	bool dry_run; /* baseline */
	const struct judge *judge;
};

struct settled {
	struct migration **ptr; /* whose ledger rows were written or taken away */
	size_t len, cap;
	size_t evidence;               /* objects that were looked at */
	const struct journal *journal; /* resolve: what was known of its steps, NULL: nothing */
};

/* One migration. */
bool settle_resolve(struct arena *arena, const struct run_options *options, const struct settle_options *wanted,
		    struct settled *ret_settled, struct err *err);

/* All migrations up to the one that is named which the ledger does not have yet, as applied. */
bool settle_baseline(struct arena *arena, const struct run_options *options, const struct settle_options *wanted,
		     struct settled *ret_settled, struct err *err);

#endif
