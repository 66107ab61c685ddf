/*
 * place.h - where a schema is: a database, a .sql file, a folder of them, the project's history, what its tool's source wants, nothing.
 *
 * Files and histories are run on one throwaway server, each in a database of its own, so that they can be compared, copied and tried on.
 */
#ifndef BRANT_CMD_PLACE_H
#define BRANT_CMD_PLACE_H

#include "cmd/cmd.h"
#include "cmd/replay.h"
#include "db/scratch.h"
#include "format/history.h"
#include "schema/diff.h"

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

/*
 * In the folder of a history's cluster, so that its image brings it along: what its catalogs say.  PostgreSQL leaves files alone that it does not know, and
 * the first one by name is the first one in the image.
 */
#define KEPT_SCHEMA "BRANT_SCHEMA"

/* "wanted", "history", "database" (the project's), "empty", a URL, a path.  Fails with "no-such-schema". */
bool schema_place_find(struct ctx *ctx, const char *said, struct schema_place *ret_place, struct err *err);

/* The throwaway server for some places; started when first needed. */
struct workshop {
	struct ctx *ctx;
	bool with_platform, with_history, planned, started;
	bool only_sources;    /* all places are files, or what a tool's source wants */
	bool makes_databases; /* one of them has a CREATE DATABASE in it */
	int major;            /* of the server; 0: the newest there is */
	struct scratch scratch;
	struct replay replay;
	bool replayed;      /* in this run */
	struct str history; /* what the catalogs of the whole history say (schema_load_keep); .ptr NULL: not known */
	bool owes_history;  /* that was enough so far: the server, once there is one, gets its database */
	unsigned databases;
	const char *open; /* the database that db is connected to, which knows its catalogs well by now; NULL: none */
	struct db *db;
	struct schema_options options;
};

/*
 * Do the project's migrations make by themselves what the platform has?  They are for servers without it, then, and are replayed on such a one.  (The boundary would
 * refuse them; so only those of a project that has an exception from it are read.)
 */
bool history_makes_platform(struct ctx *ctx, const struct history *history);

/* Do the places need the platform's schemas on the server?  Asks the databases among them. */
bool workshop_open(struct ctx *ctx, const struct schema_place *places, size_t nplaces, struct workshop *ret_workshop,
		   struct err *err);

/*
 * Begins to start the server of a history's workshop, from an image where there is one, before the places are known; workshop_take() gives it to the
 * one that they need where that is like it.
 */
void workshop_begin(struct ctx *ctx, struct workshop *ret_workshop);
void workshop_take(struct workshop *shop, const struct workshop *begun);

/*
 * Brings the place's schema there where it is a file or a history, and loads it.  ret_database: its name on the server, NULL: a real one, or none
 * (place->known).
 */
bool schema_place_load(struct workshop *shop, struct schema_place *place, struct schema *ret_schema,
		       const char **ret_database, struct err *err);

/* A copy of a database on the server. */
bool workshop_copy(struct workshop *shop, const char *database, const char **ret_copy, struct err *err);

/* Runs statements in a database of the server, one transaction each; fails with "proof-failed" and the statement. */
bool workshop_run(struct workshop *shop, const char *database, const struct statements *statements, struct err *err);

/* The same for a text, in the search_path of the project's migrations. */
bool workshop_run_text(struct workshop *shop, const char *database, struct str text, struct err *err);

/* Applies the project's migrations up to this version to a database of the server. */
bool workshop_replay(struct workshop *shop, const char *database, const char *to, struct err *err);

/* The same for those whose ids are in a map. */
bool workshop_replay_only(struct workshop *shop, const char *database, const struct map *only, struct err *err);

/* A connection to a database of the server, as the one that users arrive as. */
bool workshop_connect(struct workshop *shop, const char *database, struct db **ret_db, struct err *err);

bool workshop_load(struct workshop *shop, const char *database, struct schema *ret_schema, struct err *err);

/*
 * The same where nothing but what is of these tables (bare names) can differ from what the database was before: only they are asked for.  False: load all.
 */
bool workshop_load_changed(struct workshop *shop, const char *database, const struct schema *before,
			   const struct strs *tables, struct schema *ret_schema);

#endif
