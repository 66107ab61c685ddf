/*
 * recover.h - finding out what happened.
 */
#ifndef BRANT_RUN_RECOVER_H
#define BRANT_RUN_RECOVER_H

#include "run/plan.h"

enum recovery {
	RECOVER_RUN,  /* its effect is not there (any more): run it */
	RECOVER_SKIP, /* it was complete */
};

/*
 * A lone statement was running when something died: looks at the catalog for its effect.  An index that is missing is to be built, an
 * invalid one is dropped concurrently first, a valid one is accepted.  For statements that leave no such trace (VACUUM, ...) running
 * again is harmless; for others it is an error that says what to do.
 */
bool recover_lone(struct arena *arena, struct db *db, const struct stmt *stmt, enum recovery *ret_recovery,
		  struct err *err);

/*
 * CREATE INDEX CONCURRENTLY IF NOT EXISTS takes an invalid index of that name, left by an interrupted build, for the wanted one.
 * Drops such a leftover; does nothing for any other statement.
 */
bool recover_leftover(struct arena *arena, struct db *db, const struct stmt *stmt, struct err *err);

/* Turns the error of brant.boundary_end (BR003) into one for people; asks for names, so the transaction must be rolled back. */
void recover_boundary(struct arena *arena, struct db *db, struct err *err);

#endif
