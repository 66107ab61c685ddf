/*
 * fix_look.h - a migration run on a throwaway server, step by step as `brant up` would, each statement watched.
 *
 * What keeps others waiting is a strong lock on a table that is also read or rewritten before it is let go, and it is let go at the end of the
 * transaction: an ADD COLUMN harms nobody by itself, and locks everybody out for as long as an UPDATE behind it in the same transaction takes.  So the
 * transactions are those of the plan, and of each statement it is known whether the lock is its own or was there before.
 */
#ifndef BRANT_AUTHOR_FIX_LOOK_H
#define BRANT_AUTHOR_FIX_LOOK_H

#include "base/patch.h"
#include "check/observe.h"
#include "run/plan.h"
#include "session/ctx.h"

struct looking {
	struct ctx *ctx;
	struct migration *migration;
	const struct script *script;
	struct db *db;
	struct observer observer;
	struct plan plan;    /* of this migration */
	struct edits edits;  /* what is to be put in place of what */
	size_t unfixed;      /* statements that were told to be beyond repair */
	const char *told;    /* the last one of them */
	size_t done;         /* statements in front of this one were looked at */
	bool in_transaction; /* of the file's own */
	bool open;           /* a transaction is */
	bool of_one_piece;   /* its statements must be in one */
	bool not_sql;        /* the file is in another language: its statements are what it emits */
};

/* The first statement that keeps others waiting. */
struct seen {
	const char *blocked; /* the table; NULL: there was none */
	unsigned line;
};

/* l->db is a copy of the database as it is before the migration. */
bool look_begin(struct looking *l, struct err *err);

/* Runs it as it is; fills edits, and tells what has no other form. */
bool look_at_script(struct looking *l, struct err *err);

/* Runs it as it is, and only watches. */
bool look_run(struct looking *l, struct seen *ret_seen, struct err *err);

#endif
