/*
 * boundary.h - what is yours, and what belongs to the platform.
 *
 * A migration that would change a platform schema does not commit.  This module is the first of the three moments at which that is held:
 * reading the statements, with names resolved under the search_path in force.  What reading cannot see through (DO blocks, functions,
 * triggers) is left to the second (a throwaway server) and the third (inside the transaction, boundary_tx.h).
 *
 * Allowed by nature, because the platform's documentation asks for it: a foreign key that references auth.users, reading platform
 * tables, policies on storage.objects, storage.buckets and realtime.messages, adding tables to the publication supabase_realtime.
 * Everything else is refused unless `boundary.allow` in brant.yaml names it.
 */
#ifndef BRANT_CHECK_BOUNDARY_H
#define BRANT_CHECK_BOUNDARY_H

#include "sql/script.h"

struct boundary {
	bool off;            /* boundary: off */
	struct strs schemas; /* names, or prefixes that end in "*" ("pg_*") */
	struct strs allow;   /* "trigger on auth.users", "table auth.users", "schema realtime" */
};

/* The schemas of the platform, no exceptions. */
void boundary_defaults(struct arena *arena, struct boundary *boundary);

/* Is it a platform schema? */
bool boundary_has_schema(const struct boundary *boundary, struct str schema);

/* Is the form of an entry of boundary.allow known?  For the reader of brant.yaml; docs/configuration.md lists the forms. */
bool boundary_allow_valid(struct str entry);

/* The entries as an array for brant's functions in the database: compared without regard to case, so in small letters. */
const char *boundary_allow_array(struct arena *arena, const struct boundary *boundary);

/* The kind that was probably meant ("trigger" of "triger on auth.users"), or NULL. */
const char *boundary_allow_near(struct arena *arena, struct str entry);

struct violation {
	const struct stmt *stmt;
	const struct touch *touch;
	struct str schema;  /* the platform's */
	const char *object; /* "table auth.users", "trigger \"t\" on auth.users" */
	const char *action; /* "alters", "drops", ... */
	const char *allow;  /* the entry of boundary.allow that would permit it, or NULL when nothing would */
};

struct violations {
	struct violation *ptr;
	size_t len, cap;
};

/* What the database says about names without a schema; offline both are empty. */
struct name_space {
	struct strs path;                 /* current_schemas(false): the schemas in which such a name is looked for */
	const struct map *platform_names; /* names of objects in the platform schemas of path; NULL: not known */
};

/*
 * Reads a script's statements in order and adds what would change the platform's.  A name that only may be one of its objects,
 * because a later schema of the search path is the platform's, is no violation but sets *ret_unsure: the check inside the
 * transaction decides.
 */
void boundary_read(struct arena *arena, const struct boundary *boundary, const struct script *script,
		   const struct name_space *names, struct violations *violations, bool *ret_unsure);

/*
 * An object in the words of the checks ("table ai.documents", "role anon", "rows of auth.users") with what it is to the platform: "role anon,
 * which the platform's services use".
 */
const char *boundary_object(struct arena *arena, struct str object);

/* The error for a violation: file:line, reason, hint. */
bool violation_err(struct err *err, const struct violation *violation);

/* One error for all of them: the first, and a list of the others. */
bool violations_err(struct err *err, const struct violations *violations);

#endif
