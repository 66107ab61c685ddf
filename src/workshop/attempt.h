/*
 * attempt.h - the statements of a place, run on a throwaway server until they hold.
 */
#ifndef BRANT_WORKSHOP_ATTEMPT_H
#define BRANT_WORKSHOP_ATTEMPT_H

#include "sql/script.h"
#include "workshop/place.h"

struct attempt {
	const struct stmt *stmt;
	bool optional; /* it may fail */
	bool failed;
	unsigned position;
	struct err err;
};

struct attempts {
	struct attempt *ptr;
	size_t len, cap;
};

/* Of a place: its files, or what its history says beforehand and what is wanted. */
struct scripts {
	struct script *files;
	const struct script *prelude, *wanted;
};

bool scripts_read(struct arena *arena, const struct schema_place *place, const char *root, struct scripts *ret_scripts,
		  struct err *err);

void attempts_add(struct arena *arena, const struct script *script, bool optional, struct attempts *attempts);
void attempts_add_all(struct arena *arena, const struct schema_place *place, const struct scripts *scripts,
		      struct attempts *attempts);

/*
 * Files may stand in any order: what failed is tried again as long as that helps.  Where a role was missing it is made, and all begins again in a new database
 * (*ret_again), so that what stands first (default privileges) comes first.
 */
bool attempts_run(struct arena *arena, const struct schema_place *place, struct attempts *attempts, struct db *db,
		  bool *ret_again, struct err *err);

/* Makes the role that a failure missed: it is on the real server, or will be. */
bool make_missing_role(struct arena *arena, struct db *db, const struct err *failure);

#endif
