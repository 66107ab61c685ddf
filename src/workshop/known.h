/*
 * known.h - a wanted schema without a database of it: as it is kept, or loaded from a transaction that is rolled back.
 */
#ifndef BRANT_WORKSHOP_KNOWN_H
#define BRANT_WORKSHOP_KNOWN_H

#include "workshop/place.h"

/* From the file at path (NULL: there is none), which may stand on another one. */
bool known_load(struct workshop *shop, const char *path, struct schema *ret_schema);

/*
 * Made on the server, in part where most of it is known already, and kept at path (NULL: nowhere).  False where it has to be made in a database of its own,
 * which also says what is wrong with it.
 */
bool known_make(struct workshop *shop, const struct schema_place *place, const char *path, struct schema *ret_schema);

#endif
