/*
 * evidence.h - does the catalog agree with a claim?
 *
 * "This migration was applied" is checked by what its statements make: of all objects that they create and do not drop again, which
 * are there?  It cannot prove (a function may have another body), but it finds the claim that is wrong.  What leaves no object behind (rows,
 * grants) is no evidence.
 */
#ifndef BRANT_RUN_EVIDENCE_H
#define BRANT_RUN_EVIDENCE_H

#include "run/plan.h"

struct evidence {
	struct strs present, missing; /* "table public.users", for people */
};

/*
 * Over the scripts in order, as one history; search_path as SET takes it, NULL: the session's.  platform: only what is in its schemas, NULL:
 * everything.
 */
bool evidence_collect(struct arena *arena, struct db *db, const char *search_path, const struct boundary *platform,
		      const struct script *scripts, size_t nscripts, struct evidence *ret_evidence, struct err *err);

/*
 * The tables among them, for people, that CREATE TABLE could not make because something of the name is there, and that no DROP in front of it takes away.
 * Where the scripts set a search_path, bare names behind that are left out.
 */
bool evidence_clashes(struct arena *arena, struct db *db, const char *search_path, const struct script *scripts,
		      size_t nscripts, struct strs *ret_tables, struct err *err);

/* The first few of them: "table public.users, index public.i and 12 more". */
const char *evidence_text(struct arena *arena, const struct strs *objects);

#endif
