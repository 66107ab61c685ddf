/*
 * schema.h - schema.ts, read without Node.
 */
#ifndef BRANT_FORMAT_DRIZZLE_SCHEMA_H
#define BRANT_FORMAT_DRIZZLE_SCHEMA_H

#include "base/err.h"
#include "format/drizzle/model.h"

struct drizzle_schema {
	const char *root;         /* the project's folder */
	const struct strs *paths; /* files, folders and globs, as in the configuration, relative to root */
	enum drizzle_line line;   /* which names are derived */
	enum drizzle_casing casing;
};

/*
 * The model that the files describe.  What is not understood is refused at its place with "typescript-unsupported" and the like;
 * "drizzle-schema-missing" where a path leads to no file, "drizzle-duplicate" where two things have one name.
 */
bool drizzle_schema_read(struct arena *arena, const struct drizzle_schema *schema, struct drizzle_model *ret_model,
			 struct err *err);

/* The source files that the paths mean, in drizzle-kit's order. */
bool drizzle_schema_files(struct arena *arena, const struct drizzle_schema *schema, struct strs *ret_files,
			  struct err *err);

#endif
