/*
 * place.h - where a schema is: a database, a .sql file, a folder of them, the project's history, what its tool's source wants, nothing.
 */
#ifndef BRANT_WORKSHOP_PLACE_H
#define BRANT_WORKSHOP_PLACE_H

#include "workshop/workshop.h"

enum schema_place_kind { PLACE_DATABASE, PLACE_URL, PLACE_FILES, PLACE_HISTORY, PLACE_WANTED };

struct schema_place {
	enum schema_place_kind kind;
	const char *said; /* as the user said it */
	struct strs files;
	const char *last;     /* PLACE_HISTORY: no further than this version, NULL: all of it */
	struct wanted wanted; /* PLACE_WANTED */
	struct str prelude;   /* SQL that is tried in front of it: what it may stand on */
	bool keeps; /* its schema is enough, no database of it is needed: what was loaded before will do (kept.h) */
	bool known; /* that is what was loaded */
};

/* "wanted", "history", "database" (the project's), "empty", a URL, a path.  Fails with "no-such-schema". */
bool schema_place_find(struct ctx *ctx, const char *said, struct schema_place *ret_place, struct err *err);

/* The real database that it is. */
bool schema_place_target(struct ctx *ctx, const struct schema_place *place, struct target *ret_target, struct err *err);

/*
 * Do the project's migrations make by themselves what the platform has?  They are for servers without it, then, and are replayed on such a one.  (The boundary would
 * refuse them; so only those of a project that has an exception from it are read.)
 */
bool history_makes_platform(struct ctx *ctx, const struct history *history);

/*
 * Brings the place's schema there where it is a file or a history, and loads it.  ret_database: its name on the server, NULL: a real one, or none
 * (place->known).
 */
bool schema_place_load(struct workshop *shop, struct schema_place *place, struct schema *ret_schema,
		       const char **ret_database, struct err *err);

#endif
