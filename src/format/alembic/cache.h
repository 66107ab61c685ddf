/*
 * cache.h - renderings of revisions that are kept in brant's cache, by what they are made from.
 *
 * That is the revision's file, env.py, the configuration, the arguments, the interpreter and the helper itself; and the project's own modules that these
 * import, which are looked at again before a rendering is used.  What is not the same each time is not kept: what failed, what depends on where the database is
 * or on what env.py tells it, and revisions that read the clock, the environment or files.
 */
#ifndef BRANT_FORMAT_ALEMBIC_CACHE_H
#define BRANT_FORMAT_ALEMBIC_CACHE_H

#include "base/json.h"
#include "format/alembic/alembic.h"

/* Where they are, and a digest of what all of them depend on; folder NULL: nowhere. */
struct rendered {
	const char *folder, *common;
};

struct rendered rendered_open(struct arena *arena, const struct format_settings *settings);

/* The helper's answer; NULL: there is none that still holds. */
struct json *rendered_find(struct arena *arena, const struct alembic *alembic, const struct rendered *cache,
			   const struct migration *migration, bool down);

void rendered_keep(struct arena *arena, const struct rendered *cache, const struct migration *migration, bool down,
		   const struct json *entry);

#endif
