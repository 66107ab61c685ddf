/*
 * known.h - a wanted schema without a database of it: as it is kept, or loaded from a transaction that is rolled back.
 */
#ifndef BRANT_CMD_KNOWN_H
#define BRANT_CMD_KNOWN_H

#include "cmd/place.h"

/* From the file at path (NULL: there is none), which may stand on another one. */
bool known_load(struct workshop *shop, const char *path, struct schema *ret_schema);

/*
 * Made on the server, in part where most of it is known already, and kept at path (NULL: nowhere).  False where it has to be made in a database of its own,
 * which also says what is wrong with it.
 */
bool known_make(struct workshop *shop, const struct schema_place *place, const char *path, struct schema *ret_schema);

/* Of place.c: the session that was used last, where it is in this database, else a new one; and begins to start the server. */
bool workshop_session(struct workshop *shop, const char *database, struct err *err);
void workshop_session_close(struct workshop *shop);
void workshop_start_soon(struct workshop *shop);

#endif
