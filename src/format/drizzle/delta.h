/*
 * delta.h - the schema that the snapshots of the 1.0 line add up to, and what leads from one to another.
 *
 * From version 9 on the first snapshot (type "base") holds all rows and each later one (type "diff") only what has changed:
 *
 *     { "op": "create", "row": ROW }   { "op": "drop", "key": KEY }   { "op": "alter" or "rename", "key": KEY, "set": { FIELD: VALUE } }
 *
 * A key is the row's kind, U+0000, and its identity as a JSON array: schema, table and name, as far as that kind has them.
 */
#ifndef BRANT_FORMAT_DRIZZLE_DELTA_H
#define BRANT_FORMAT_DRIZZLE_DELTA_H

#include "base/json.h"
#include "base/map.h"

/* Changes rows. */
void delta_apply(struct arena *arena, struct json *rows, const struct json *deltas);

/* What makes the rows of to from those of from: an array. */
struct json delta_between(struct arena *arena, const struct json *from, const struct json *to);

/* What drizzle-kit compares between branches to tell whether they are in each other's way: an array. */
struct json delta_footprints(struct arena *arena, const struct json *from, const struct json *deltas);

/* The key of a row. */
struct str delta_key(struct arena *arena, const struct json *row);

#endif
