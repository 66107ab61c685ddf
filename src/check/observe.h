/*
 * observe.h - what a statement keeps others from doing, seen on a throwaway server.
 *
 * A strong lock that is over in an instant (a change of the catalog) harms nobody; one that is held while the table is read or rewritten
 * does, also where the table of the throwaway server is empty.  So the statement is run in a transaction, and before its COMMIT the server is
 * asked for both: which locks it holds, and which of the locked tables it has scanned or given a new file.
 */
#ifndef BRANT_CHECK_OBSERVE_H
#define BRANT_CHECK_OBSERVE_H

#include "db/db.h"

/* The tables that are there now; only these count later. */
struct observer {
	const char *oids, *scans, *files; /* as arrays */
};

bool observer_begin(struct arena *arena, struct db *db, struct observer *ret_observer, struct err *err);

/* Runs and commits it.  ret_blocked: the first table that it locks while it works, NULL: none. */
bool observe(struct arena *arena, struct db *db, const struct observer *observer, struct str sql,
	     const char **ret_blocked, struct err *err);

#endif
