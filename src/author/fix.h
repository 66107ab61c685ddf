/*
 * fix.h - `brant check --fix`: statements that lock a table while they work, rewritten so that they do not.
 */
#ifndef BRANT_AUTHOR_FIX_H
#define BRANT_AUTHOR_FIX_H

#include "format/history.h"
#include "session/ctx.h"

/*
 * Looks at the chosen migrations of the history (a flag each) on a throwaway server, and shows the rewrites as a diff; writes them where
 * write.  Each is proved first: it makes the same schema, and none of its statements locks a table for as long as it works.
 */
bool fix_migrations(struct ctx *ctx, struct history *history, const bool *chosen, bool write, struct err *err);

#endif
