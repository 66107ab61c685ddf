/*
 * boundary.h - what is yours, and what belongs to the platform.
 *
 * A migration that would change a platform schema does not commit.  This is the first of the three moments at which that is held:
 * reading the statements.  The list of platform schemas and the exceptions are configurable.
 */
#ifndef BRANT_CHECK_BOUNDARY_H
#define BRANT_CHECK_BOUNDARY_H

#include "sql/script.h"

struct boundary {
	bool off;             /* boundary: off */
	struct strs schemas;  /* exact names or prefixes ending in "*" ("pg_*") */
	struct strs allow;    /* "trigger on auth.users", "table auth.users", "schema realtime", ... */
};

#endif
