/*
 * retry.h - what failed on a lock, a deadlock or a serialisation failure, and the pause before it is tried again.
 */
#ifndef BRANT_RUN_RETRY_H
#define BRANT_RUN_RETRY_H

#include "run/lease.h"

struct retry {
	struct arena *arena;
	const struct run_options *options;
	struct db *db;
	const struct lease *lease; /* kept meanwhile */
};

/* Is it an error that may be gone the next time? */
bool retry_helps(const struct err *err);

/*
 * Says who is in the way of stmt (NULL: not known), and waits: half a second before the second try (attempt 1), doubling to ten, and never two runners in
 * step.  false: Ctrl-C.
 */
bool retry_pause(const struct retry *retry, const struct migration *migration, const struct stmt *stmt,
		 const struct err *err, long long attempt);

#endif
