/*
 * replay.h - a history on a throwaway server, replayed no more often than it has to be.
 *
 * What a history makes is kept in the user's cache, as the image of a whole cluster (db/image.h) whose name is a hash of all that the result depends
 * on: the server's programs, the platform, brant's version, the format and its settings, and every migration's text in order.  The longest
 * beginning of the history that an image is there for is unpacked instead of replayed; only what comes behind it runs.
 *
 * An image is written beside its place and renamed, so that two brants do not meet; one that is damaged is removed and its history replayed.  Each project
 * keeps few.
 */
#ifndef BRANT_WORKSHOP_REPLAY_H
#define BRANT_WORKSHOP_REPLAY_H

#include "db/scratch.h"
#include "session/ctx.h"

/* The database that it is replayed in. */
#define HISTORY_DATABASE "brant_history"

struct replay {
	bool empty;            /* there is no history yet */
	const char *name;      /* of its images: one project's begin alike */
	struct strs keys;      /* of each beginning: keys.ptr[i] of i + 1 migrations */
	const char *image;     /* what to start from; NULL: nothing is kept */
	size_t kept;           /* how many migrations are in it */
	bool makes_databases;  /* from template1, which no image has otherwise */
	struct strs stand_ins; /* that the server is to have for it (db/stand_in.h) */
};

/* Is there a CREATE DATABASE in it?  In a string or a comment it counts too. */
bool text_makes_database(struct str text);

/*
 * Reads the migrations and looks for an image of a server of this major version (0: the newest), which also has the stand-ins that other places want.  What
 * cannot be read is left for the replay to say.
 */
void replay_plan(struct ctx *ctx, bool with_platform, int major, const struct strs *wants, struct replay *ret_replay);

/* What the project's migrations want, of what these servers lack. */
struct strs replay_stand_ins(struct ctx *ctx);

/* The schemas of the project's search_path, each made where it is missing; .len 0: it has none. */
struct statements replay_path_schemas(struct ctx *ctx);

/* Runs what a replay begins with (settings.ground) in a database that has no ledger yet. */
bool replay_ground(struct ctx *ctx, const struct target *target, struct err *err);

/*
 * Runs what is not in the database yet, up to a version (NULL: all), and only what is in a map of ids (NULL: all).  target: the history's database, as
 * the one who migrates.
 */
bool replay_run(struct ctx *ctx, const struct target *target, const char *to, const struct map *only, struct err *err);

/* Keeps what the server holds now, whose cluster must have no other database than the history's: stops it and starts it again. */
bool replay_keep(struct ctx *ctx, const struct replay *replay, struct scratch *scratch, struct err *err);

#endif
