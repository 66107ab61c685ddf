/*
 * settle.h - writing down by hand what is true: resolve and baseline.
 *
 * Both run nothing of the user's.  Both look at the catalog first and refuse a claim that it contradicts, unless forced.
 */
#ifndef BRANT_RUN_SETTLE_H
#define BRANT_RUN_SETTLE_H

#include "run/up.h"

enum claim { CLAIM_APPLIED, CLAIM_ROLLED_BACK };

struct settled {
	struct migration **ptr; /* whose ledger rows were written or taken away */
	size_t len, cap;
	size_t evidence; /* objects that were looked at */
};

/* One migration: named by its version, name or file. */
bool settle_resolve(struct arena *arena, const struct run_options *options, const char *named, enum claim claim,
		    bool force, struct settled *ret_settled, struct err *err);

/* All migrations up to named (NULL: all) that the ledger does not have yet, as applied. */
bool settle_baseline(struct arena *arena, const struct run_options *options, const char *named, bool force,
		     bool dry_run, struct settled *ret_settled, struct err *err);

#endif
