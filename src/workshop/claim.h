/*
 * claim.h - is a claim about migrations true of a database?  By what they do to the schema on a throwaway server.
 *
 * resolve: the history is replayed without the migration and with it.  What differs between the two is what the claim is about; of that, the
 * database has to have all (--applied) or nothing (--rolled-back).  What else differs is of no interest.
 *
 * baseline: the same with nothing and with all up to the migration that is named; what the database has beyond that is told.
 *
 * Where there is no server to replay on, or the history does not replay there, the objects that the migrations make have to do, and
 * that is told, too.
 */
#ifndef BRANT_WORKSHOP_CLAIM_H
#define BRANT_WORKSHOP_CLAIM_H

#include "run/settle.h"
#include "workshop/place.h"

struct claim_check {
	struct ctx *ctx;
	enum claim claim;
	struct workshop shop;
	bool able;
	const char *alone;  /* resolve: the migration, NULL: a baseline */
	const char *unable; /* why not */
	struct schema with, without;
	size_t compared;   /* objects */
	struct strs extra; /* in the database and in none of the migrations */
};

/* check stays where it is. */
struct judge claim_judge(struct claim_check *check, struct ctx *ctx, enum claim claim);

/* "3 objects compared with a replay", "2 objects looked at", for the outcome; and notes of what could not be told. */
const char *claim_report(struct claim_check *check, const struct settled *settled, bool forced);

#endif
