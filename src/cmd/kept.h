/*
 * kept.h - what catalogs said of a schema when it was loaded before, kept in the user's cache: then no server has to be asked.
 *
 * Of a history it is in the history's image (replay.h).  Of a wanted schema it is a file of its own, named by a hash of all that the catalogs depend
 * on: the server's programs and extensions, the platform, brant's version, and the text.  Each project keeps few.
 */
#ifndef BRANT_CMD_KEPT_H
#define BRANT_CMD_KEPT_H

#include "cmd/place.h"

/* .ptr NULL: it is not known. */
struct str kept_history(struct arena *arena, const struct replay *replay);

/* Where a place's is, or would be; NULL: nowhere. */
const char *kept_path(struct workshop *shop, const struct schema_place *place);
struct str kept_read(struct arena *arena, const char *path);
void kept_write(struct arena *arena, const char *path, struct str text);

#endif
