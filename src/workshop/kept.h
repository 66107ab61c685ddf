/*
 * kept.h - what catalogs said of a schema when it was loaded before, kept in the user's cache: then no server has to be asked.
 *
 * Of a history it is in the history's image (replay.h).  Of a wanted schema it is a file of its own, named by a hash of all that the catalogs depend
 * on: the server's programs and extensions, the platform, brant's version, and the text.  Each project keeps few.
 */
#ifndef BRANT_WORKSHOP_KEPT_H
#define BRANT_WORKSHOP_KEPT_H

#include "workshop/place.h"

/* .ptr NULL: it is not known. */
struct str kept_history(struct arena *arena, const struct replay *replay);

/* Where a place's is, or would be; NULL: nowhere. */
const char *kept_path(struct workshop *shop, const struct schema_place *place);

/* The one script that makes it; .ptr NULL: there are several. */
struct str kept_script(struct arena *arena, const struct schema_place *place);

/* A wanted schema: the script that makes it, and what the catalogs say of it. */
struct kept {
	struct str prelude, ddl;
	struct str base,
		tables; /* these tables alone, a line each; all else is as the file of this name says.  Empty: it is the whole */
	struct str answers;
};

/* False where there is none. */
bool kept_read(struct arena *arena, const char *path, struct kept *ret_kept);
void kept_write(struct arena *arena, const char *path, const struct kept *kept);

/* The whole that a part stands on. */
bool kept_base(struct arena *arena, const char *path, const struct kept *part, struct kept *ret_kept);

/* Of the whole ones of the project, whose place would be at path, the one whose script is most like this place's; false: there is none. */
bool kept_nearest(struct workshop *shop, const struct schema_place *place, const char *path, const char **ret_name,
		  struct kept *ret_kept);

#endif
