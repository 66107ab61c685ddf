/*
 * wanted.h - schema.ts as the schema that a project wants.
 */
#ifndef BRANT_FORMAT_DRIZZLE_WANTED_H
#define BRANT_FORMAT_DRIZZLE_WANTED_H

#include "format/drizzle/drizzle.h"
#include "format/drizzle/model.h"

/*
 * known.c: what the last snapshot in a folder knows: keys of things ("app.", "public.users", "public.users.email"), and roles by name.  Not sure where there is none
 * or it is of another version: then everything counts, and no role is known.  One that cannot be read is an error.
 */
struct drizzle_known {
	bool sure;
	struct map names, roles;
	const char *ahead; /* of the 0.x line, the last migration, where it has no snapshot; else NULL */
};

/* wanted.extra and scope.extra. */
struct drizzle_wanted {
	struct drizzle_model model;
	const struct json *
		by_kit; /* the snapshot that drizzle-kit itself made of schema.ts, and the model is of; NULL: the model is ours */
	const char *ledger_schema; /* the history has it for drizzle-kit's table, and schema.ts need not name it */
	struct drizzle_known known;
	struct map now;     /* what schema.ts says, by the same keys */
	struct strs *notes; /* for people, of what is settled */
	struct arena *arena;
	struct scope scope;
};

bool drizzle_wanted(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		    struct err *err);

/* The schema that a snapshot holds. */
bool drizzle_schema_in(struct arena *arena, const struct format_settings *settings, const char *path,
		       struct wanted *ret_wanted, struct err *err);

/* export.c: the snapshot of the whole schema, as the project's own drizzle-kit writes it.  Fails with "drizzle-kit-missing" where there is none. */
bool drizzle_kit_snapshot(struct arena *arena, const struct format_settings *settings, const struct strs *paths,
			  struct json *ret_snapshot, struct err *err);

/* known.c */
bool drizzle_known(struct arena *arena, enum drizzle_line line, const char *folder, struct drizzle_known *ret_known,
		   struct err *err);

/* The same of schema.ts: what a snapshot of it would know. */
void drizzle_know_model(struct arena *arena, const struct drizzle_model *model, struct map *names);
void drizzle_know_snapshot(struct arena *arena, const struct json *snapshot, struct map *names);
const char *drizzle_known_key(struct arena *arena, const char *schema, const char *table, struct str name);

/* scope.c, settle.c */
bool drizzle_is_known(const struct drizzle_wanted *wanted,
		      const struct object *object); /* was it ever drizzle-kit's? */
bool drizzle_is_done(const struct drizzle_wanted *wanted,
		     const struct object *object); /* does the last snapshot say the same of it as schema.ts? */
bool drizzle_is_same_but_named(const struct drizzle_wanted *wanted, const struct object *old,
			       const struct object *object); /* a name that neither the snapshot nor schema.ts gives */
void drizzle_mark_done(struct drizzle_wanted *wanted);       /* the foreign keys of the model that are */
bool drizzle_constraint_is(const struct object *constraint, const char *types); /* of one of pg_constraint.contype */
void drizzle_settle(const struct scope *scope, struct graft *graft);

/* roles.c: the statements that make the roles of the last snapshot those that are wanted. */
void drizzle_roles(const struct scope *scope, struct arena *arena, struct server_changes *changes);
extern const struct scope drizzle_scope;

#endif
