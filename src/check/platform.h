/*
 * platform.h - the second moment of the boundary: the platform before and after.
 *
 * Everything that belongs to the platform is listed with what it looks like; a history is replayed on a throwaway server, and what looks different
 * afterwards was changed by it, however it did it.  Too slow for every migration of a run, and exact.
 */
#ifndef BRANT_CHECK_PLATFORM_H
#define BRANT_CHECK_PLATFORM_H

#include "check/boundary.h"
#include "db/db.h"

struct platform {
	struct map objects; /* name in the words of boundary.allow -> struct platform_object */
};

/* Lists the objects of those of the boundary's schemas that exist. */
bool platform_load(struct arena *arena, const struct boundary *boundary, struct db *db, struct platform *ret_platform,
		   struct err *err);

/* What differs and is not allowed: "created trigger t on auth.users", one line each. */
struct strs platform_changes(struct arena *arena, const struct boundary *boundary, const struct platform *before,
			     const struct platform *after);

#endif
