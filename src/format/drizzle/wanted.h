/*
 * wanted.h - schema.ts as the schema that a project wants.
 */
#ifndef BRANT_FORMAT_DRIZZLE_WANTED_H
#define BRANT_FORMAT_DRIZZLE_WANTED_H

#include "format/drizzle/drizzle.h"
#include "format/drizzle/model.h"

/* wanted.extra and scope.extra. */
struct drizzle_wanted {
	struct drizzle_model model;
	bool has_model;            /* false: the DDL is drizzle-kit's own, and nothing is known but that */
	const char *ledger_schema; /* the history has it for drizzle-kit's table, and schema.ts need not name it */
	struct scope scope;
};

bool drizzle_wanted(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		    struct err *err);

/* export.c: the DDL as the project's own drizzle-kit writes it.  Fails with "drizzle-kit-missing" where there is none. */
bool drizzle_export(struct arena *arena, const struct format_settings *settings, struct str *ret_ddl, struct err *err);

/* The snapshot of the whole schema, as that drizzle-kit writes it. */
bool drizzle_kit_snapshot(struct arena *arena, const struct format_settings *settings, struct json *ret_snapshot,
			  struct err *err);

/* Runs it in the project's folder; config is relative to it. */
bool drizzle_kit_run(struct arena *arena, const struct format_settings *settings, const char *command,
		     const char *config, struct str *ret_output, struct err *err);

/* scope.c */
extern const struct scope drizzle_scope;

#endif
