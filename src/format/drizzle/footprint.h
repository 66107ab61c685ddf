/*
 * footprint.h - what a migration of the 1.0 line touches, as its snapshot says it.
 *
 * `drizzle-kit check` compares the footprints of two branches that were merged: where one writes what the other writes or reads, they are in each other's
 * way.  A footprint is a statement of drizzle-kit's kind with the names ("nodes") that it writes and reads:
 *
 *     s|KIND|PATH   the thing itself      n|KIND|PATH   its name      e|KIND|PATH   that it exists or not
 *
 * Statements that only brant knows (triggers, grants) have none.  Source: drizzle-kit 1.0.0-rc.5, src/dialects/postgres/commutativity.ts.
 */
#ifndef BRANT_FORMAT_DRIZZLE_FOOTPRINT_H
#define BRANT_FORMAT_DRIZZLE_FOOTPRINT_H

#include "base/json.h"

/* Those of what leads from the one list of rows to the other. */
struct json footprints_of(struct arena *arena, const struct json *from, const struct json *to);

#endif
