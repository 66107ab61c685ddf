/*
 * observe.h - what a statement keeps others from doing, seen on a throwaway server.
 *
 * A strong lock that is over in an instant (a change of the catalog) harms nobody; one that is held while the table is read or rewritten
 * does, also where the table of the throwaway server is empty.  So behind each statement, before the transaction's COMMIT, the server is asked for both:
 * which locks are held, and which of the locked tables this statement has scanned or given a new file.
 */
#ifndef BRANT_CHECK_OBSERVE_H
#define BRANT_CHECK_OBSERVE_H

#include "db/db.h"

/* The tables that are there now; only these count later. */
struct observer {
	const char *oids; /* as an array */
};

bool observer_begin(struct arena *arena, struct db *db, struct observer *ret_observer, struct err *err);

struct observed {
	const char *blocked; /* the first table that is locked while it works, NULL: none */
	bool earlier;        /* by a statement before it in the transaction; it may have locked it, too */
};

/* Runs it in the transaction that is open. */
bool observe(struct arena *arena, struct db *db, const struct observer *observer, struct str sql,
	     struct observed *ret_observed, struct err *err);

#endif
