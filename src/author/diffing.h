/*
 * diffing.h - one `brant diff` while it is made: from two places to migrations that are proved and written.
 */
#ifndef BRANT_AUTHOR_DIFFING_H
#define BRANT_AUTHOR_DIFFING_H

#include "schema/move.h"
#include "session/apply.h"
#include "workshop/place.h"

struct diff_request {
	const char *from, *to, *drift, *head;
	bool print, exit_code, plain, safe, up, down, up_only, in_place, merge, allow_data_loss;
	struct strs renames;
};

/* A rename in steps: add, move, drop. */
struct stepped {
	struct move_request request;
	struct move move;
};

struct steppeds {
	struct stepped *ptr;
	size_t len, cap;
};

/* One migration to be. */
struct part {
	struct statements up, down;
	const char *name;                /* NULL: the one that was given */
	const char *composed;            /* up as it is written, once that is known (part_up()) */
	const char *up_text, *down_text; /* of a step, which is written already; down NULL: there is no way back */
	const char *waits;               /* of a step: lines that say what has to be there before (moves.h) */
	bool held;                       /* comes behind a step that waits until no running code knows the old name */
};

struct parts {
	struct part *ptr;
	size_t len, cap;
};

struct diffing {
	struct ctx *ctx;
	const struct diff_request *wanted;
	struct diff_options options;
	struct workshop shop;
	struct schema_place places[2];
	struct schema from, to;
	bool owners_named; /* both are databases of one server, whose roles are the same */
	const char *from_database, *to_database;
	struct statements renamed, renamed_back; /* statements that come first, and those that undo them */
	size_t renamed_so_far;                   /* how many of them have been run */
	struct statements named;                 /* by the format: what only has another name */
	struct server_changes server;
	struct diff diff;
	struct steppeds stepped; /* renames in steps */
	bool one_way;            /* no script that undoes it is going to be written: none is made, and none proved */
	/* The old schema before anything was renamed, and its database (NULL: a real one). */
	struct schema start;
	const char *start_database;
	size_t pending; /* migrations that --up applies before the new ones are written */
	struct session_run applied;
	const struct known_moves *moves; /* of the history */
	const char *waits; /* lines of the last part that waits for the last step of one of them; NULL: nothing does */
};

/*
 * Loads both schemas, renames what is said to be renamed, and makes the plan (d->diff).  Fails as the places do, with "rename-unknown", "rename-in-steps",
 * "move-refused".
 */
bool diffing_plan(struct diffing *d, struct err *err);

/* Asks what may have been renamed (renames_ask); what was changes the old schema, and with it the plan. */
bool diffing_settle_renames(struct diffing *d, struct err *err);

/* writing.c: proves the plan and writes its migrations, told as the table "files".  Fails with "proof-failed". */
bool diffing_write(struct diffing *d, const char *name, struct err *err);

/* Will no script that undoes it be written, where no rename is in steps? */
bool writes_one_way(const struct diffing *d);

/* A database that is like the old schema before anything was renamed; a real one is built again from its dump. */
bool diffing_copy_start(struct diffing *d, const char **ret_copy, struct err *err);

/* What is wanted of this old schema: what the source has no words for stays. */
bool diffing_goal(struct diffing *d, const struct schema *from, struct schema *ret_goal, struct err *err);

/*
 * stepping.c: makes the steps, and d->from what is there before the last of them; d->to what has to be there then, so that the last steps
 * lead to what is wanted.  Fails with "move-refused".
 */
bool steps_begin(struct diffing *d, struct err *err);

/* The steps but the last ones, in front of the other migrations; the last ones, behind them. */
void steps_before(struct diffing *d, struct parts *parts);
void steps_after(struct diffing *d, struct parts *parts);

/* proof.c: the plan as migrations, with the steps of renames but their last ones. */
struct parts parts_make(struct diffing *d);

/* Runs them on a copy, up and back again; adds the last steps.  Fails with "proof-failed" and the differences. */
bool parts_prove(struct diffing *d, struct parts *parts, struct err *err);

/* The script of one, and what undoes it (NULL: nothing does), as they are written. */
const char *part_up(struct diffing *d, struct part *part);
const char *part_down(struct diffing *d, const struct part *part);

/* full.c: no row of the database is in the way of the plan, as far as can be told.  Fails with "rows-in-the-way". */
bool full_tables_allow(struct diffing *d, struct err *err);

/* Renames what --rename and brant.yaml name, and loads the old schema again.  Fails with "rename-unknown", "rename-in-steps". */
bool renames_apply_given(struct diffing *d, struct err *err);

/* When the plan is made: what has only another name (an index, a constraint, a sequence) is renamed instead.  true: the old schema is another one now. */
bool renames_follow(struct diffing *d);

/* "--rename none" was said: nothing else was renamed. */
bool renames_are_all(const struct diffing *d);

/*
 * Nobody was asked yet: is it a rename, or did one thing go and another come?  Asks on a terminal, and then ret_renamed says that the old schema
 * is another one now; else fails with "rename-or-drop", and the questions are in the report.
 */
bool renames_ask(struct diffing *d, bool *ret_renamed, struct err *err);

#endif
