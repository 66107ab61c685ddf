/*
 * chain.h - the snapshots of the 1.0 line, each of which stands on others.
 *
 * Version 8 (rc.4 and before) holds the whole schema each time; version 9 (rc.5) only what has changed.  Each names those that it stands on; two
 * branches that were merged are two leaves, and the next one stands on both.
 */
#ifndef BRANT_FORMAT_DRIZZLE_CHAIN_H
#define BRANT_FORMAT_DRIZZLE_CHAIN_H

#include "base/json.h"

/* In the order in which the migrations are applied: parents come before children. */
struct chain {
	struct json *ptr;
	size_t len, cap;
	bool whole;         /* version 8 */
	struct json leaves; /* ids that no other stands on */
};

/* Those of paths that are there.  Fails with "snapshot-invalid". */
bool chain_load(struct arena *arena, const struct strs *paths, struct chain *ret_chain, struct err *err);

/* Only the one of this id and those that it stands on. */
void chain_keep(struct arena *arena, struct chain *chain, const char *id);

/* Is there one that holds a whole schema, and all that the others stand on? */
bool chain_is_complete(const struct chain *chain);

/* The rows that all of them add up to. */
struct json chain_rows(struct arena *arena, const struct chain *chain);

#endif
