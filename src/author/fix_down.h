/*
 * fix_down.h - the way back of a migration that was cut into parts.
 *
 * Its down script undoes all of them, while each part is undone by itself now.  So it is cut where what it has undone so far is just the last part, then
 * the one before; this is seen on the throwaway server.  Where its statements stand in another order, the way back of the later parts is made anew, and
 * the script stays with the first if it still leads back from there.
 */
#ifndef BRANT_AUTHOR_FIX_DOWN_H
#define BRANT_AUTHOR_FIX_DOWN_H

#include "author/fix_parts.h"
#include "workshop/place.h"

/* base: the database as it is before the migration.  ret_downs: a down script for each part, none (len 0) where that cannot be done. */
bool fix_down_cut(struct workshop *shop, const char *base, const struct migration *migration,
		  const struct fix_parts *parts, struct fix_parts *ret_downs, struct err *err);

#endif
