/*
 * drifted.h - before a new migration is applied: is the database what its history makes?
 *
 * Never by resetting it.  What differs is said, and the user chooses: the history takes it over (adopt: a migration that counts as applied), the
 * database gives it up (revert: the SQL is shown, nobody runs it), or it is left alone (ignore).
 */
#ifndef BRANT_AUTHOR_DRIFTED_H
#define BRANT_AUTHOR_DRIFTED_H

#include "session/ctx.h"

/*
 * choice: "adopt", "revert", "ignore" or NULL: not chosen yet, and a difference is an error ("drift", exit status 3).  Edited and missing migrations are
 * errors in any case but ignore.  ret_stop: all is said (revert); ret_pending: how many wait to be applied; scope NULL: everything counts.
 */
bool drifted_settle(struct ctx *ctx, const struct scope *scope, const char *choice, bool *ret_stop, size_t *ret_pending,
		    struct err *err);

#endif
