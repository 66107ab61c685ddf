/*
 * snapshot.h - a schema as drizzle-kit keeps it beside a migration.
 *
 * What it says is what drizzle-kit itself would say of the same schema.ts, with its mistakes: only then does "drizzle-kit generate" find nothing to do.
 */
#ifndef BRANT_FORMAT_DRIZZLE_SNAPSHOT_H
#define BRANT_FORMAT_DRIZZLE_SNAPSHOT_H

#include "base/err.h"
#include "base/json.h"
#include "format/drizzle/model.h"

/* Version 7, of the 0.x line. */
struct json snapshot_tables(struct arena *arena, const struct drizzle_model *model, const char *id,
			    const char *previous);

/* The rows of versions 8 and 9, of the 1.0 line: an array. */
struct json snapshot_rows(struct arena *arena, const struct drizzle_model *model);

/*
 * The schema that a snapshot holds, of any version; of one that holds changes only (version 9), together with those beside it that it stands on.  Fails
 * with "snapshot-invalid" or "dialect-unsupported" at the place.
 */
bool snapshot_load(struct arena *arena, const char *path, struct drizzle_model *ret_model, struct err *err);
bool snapshot_read(struct arena *arena, const char *path, const struct json *snapshot, struct drizzle_model *ret_model,
		   struct err *err);

#endif
