/*
 * workshop.h - the throwaway server of a command, where schemas are made, copied, changed and loaded.
 *
 * Files and histories are run there, each in a database of its own.  It is started when it is first needed, and gone with the command.
 */
#ifndef BRANT_WORKSHOP_WORKSHOP_H
#define BRANT_WORKSHOP_WORKSHOP_H

#include "db/scratch.h"
#include "format/history.h"
#include "schema/diff.h"
#include "session/ctx.h"
#include "workshop/replay.h"

/*
 * In the folder of a history's cluster, so that its image brings it along: what its catalogs say.  PostgreSQL leaves files alone that it does not know, and
 * the first one by name is the first one in the image.
 */
#define KEPT_SCHEMA "BRANT_SCHEMA"

struct workshop {
	struct ctx *ctx;
	bool with_platform, with_history, planned, started;
	bool only_sources;    /* all places are files, or what a tool's source wants */
	bool makes_databases; /* one of them has a CREATE DATABASE in it */
	int major;            /* of the server; 0: the newest there is */
	struct strs wants;    /* stand-ins that places beside the history may need */
	struct strs told;     /* of which the user knows */
	struct scratch scratch;
	struct replay replay;
	bool replayed;      /* in this run */
	struct str history; /* what the catalogs of the whole history say (schema_load_keep); .ptr NULL: not known */
	bool owes_history;  /* that was enough so far: the server, once there is one, gets its database */
	unsigned databases;
	const char *open; /* the database that db is connected to, which knows its catalogs well by now; NULL: none */
	struct db *db;
	bool prepared;    /* db: schema_load_prepare() was called there */
	bool proves;      /* a migration from the history will be run in its database, and looked at in part */
	struct db *ahead; /* ahead.h; NULL: not open */
	struct schema_options options;
};

struct schema_place;

/* Do the places need the platform's schemas on the server?  Asks the databases among them. */
bool workshop_open(struct ctx *ctx, const struct schema_place *places, size_t nplaces, struct workshop *ret_workshop,
		   struct err *err);

/*
 * Begins to start the server of a history's workshop, from an image where there is one, before the places are known; workshop_take() gives it to the
 * one that they need where that is like it.
 */
void workshop_begin(struct ctx *ctx, struct workshop *ret_workshop);
void workshop_take(struct workshop *shop, const struct workshop *begun);

/* Starts it now; begins to start it, and goes on meanwhile; finds out what of the history there is an image of. */
bool workshop_start(struct workshop *shop, struct err *err);
void workshop_start_soon(struct workshop *shop);
void workshop_plan_replay(struct workshop *shop);

/* The whole history in its own database. */
bool workshop_fill_history(struct workshop *shop, const char **ret_database, struct err *err);

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

/* Where a database of the server is, for the one that users arrive as. */
bool workshop_target(struct workshop *shop, const char *database, struct target *ret_target, struct err *err);

/* Any database, also a real one: connect, and load its schema; keep: what its catalogs said (NULL: not needed). */
bool workshop_connect_to(struct arena *arena, const struct target *target, struct db **ret_db, struct err *err);
bool workshop_load_from(struct workshop *shop, const struct target *target, struct buf *keep, struct schema *ret_schema,
			struct err *err);

/* shop->db: the session that was used last where it is in this database, else a new one. */
bool workshop_session(struct workshop *shop, const char *database, struct err *err);
void workshop_session_close(struct workshop *shop);

/* A connection to a database of the server, as the one that users arrive as. */
bool workshop_connect(struct workshop *shop, const char *database, struct db **ret_db, struct err *err);

/* Says that a stand-in took this extension's place. */
void stand_in_note(struct ctx *ctx, struct str extension);

/* The schema of a database of the server. */
bool workshop_load(struct workshop *shop, const char *database, struct schema *ret_schema, struct err *err);

/*
 * The same where nothing but what is of these tables (bare names) can differ from what the database was before: only they are asked for.  False: load all.
 */
bool workshop_load_changed(struct workshop *shop, const char *database, const struct schema *before,
			   const struct strs *tables, struct schema *ret_schema);

#endif
