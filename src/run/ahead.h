/*
 * ahead.h - the project's files, read while the server is waited for.
 *
 * Connecting takes four round trips and the first question another, time in which the folder is listed, its files are hashed, then split and parsed from
 * the last one on (a few, where the server is nearby): the last ones are the most likely to be pending.  What it gets to is a gift.  What it did not get to, or
 * could not read, is read by whoever needs it, who then has the error to tell.
 */
#ifndef BRANT_RUN_AHEAD_H
#define BRANT_RUN_AHEAD_H

#include "run/run.h"

struct ahead;

enum ahead_depth { AHEAD_DIGESTS, AHEAD_SCRIPTS };

struct ahead *ahead_start(struct arena *arena, const struct run_options *options, enum ahead_depth depth);

/* A small piece of the work, for db_options.idle; false when there is none at the moment. */
bool ahead_step(void *ahead, double round_trip);

/* What is pending is all that matters: started with AHEAD_SCRIPTS. */
bool ahead_is_for_up(const struct ahead *ahead);

/* From now on what is needed is known: no more pieces. */
void ahead_stop(struct ahead *ahead);

/* The folder, with the files' digests, finished where it has to be. */
bool ahead_history(struct ahead *ahead, struct history *ret_history, struct err *err);

/* The script of the i-th migration of the history, with its digests in the migration, or NULL. */
const struct script *ahead_script(const struct ahead *ahead, size_t i);

#endif
