/*
 * snapshot_read.h - a snapshot read back into a model: what snapshot_read*.c share.
 *
 * A snapshot has drizzle-kit's words only, so that "kit" and "meant" are the same text, but for types and names, which are quoted as they have to be.
 * What is missing and can be, is as drizzle-kit has it where nothing was said; what is missing and must not be, is the error: the first one stays.
 */
#ifndef BRANT_FORMAT_DRIZZLE_SNAPSHOT_READ_H
#define BRANT_FORMAT_DRIZZLE_SNAPSHOT_READ_H

#include "base/err.h"
#include "base/json.h"
#include "format/drizzle/model.h"

struct snapshot_reader {
	struct arena *arena;
	const char *path;
	struct drizzle_model *model;
	bool failed;
	struct err *err;
};

/* Fails with "snapshot-invalid" at a value. */
bool snapshot_invalid(const char *path, const struct json *at, struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A member that must be there. */
const char *snapshot_need(struct snapshot_reader *r, const struct json *object, const char *key);

/* A string, number or truth as text; otherwise where it is something else or missing. */
const char *snapshot_scalar(const struct json *object, const char *key, const char *otherwise);

/* The strings of an array, or of an object's members (enums of version 5). */
void snapshot_names(struct snapshot_reader *r, const struct json *object, const char *key, struct drizzle_names *names);
struct drizzle_sql snapshot_sql(const struct json *object, const char *key);
void snapshot_options(struct snapshot_reader *r, const struct json *object, struct drizzle_options *options);

/* One column, whose type is written with its dimensions; table is for nothing but its schema. */
void snapshot_type(struct snapshot_reader *r, const struct json *at, const char *type, struct drizzle_column *column);
void snapshot_default(const struct json *column, struct drizzle_column *ret_column);
void snapshot_generated(const struct json *column, struct drizzle_column *ret_column);
void snapshot_identity(const struct json *column, const char *table, const char *schema, struct arena *arena,
		       struct drizzle_column *ret_column);
struct drizzle_role snapshot_role(struct snapshot_reader *r, const struct json *object);

/* What only the 1.0 line writes: rows. */
void snapshot_read_rows(struct snapshot_reader *r, const struct json *rows);

#endif
