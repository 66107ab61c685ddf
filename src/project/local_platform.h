/*
 * local_platform.h - a cluster with the platform in it (platform.sql).
 */
#ifndef BRANT_PROJECT_LOCAL_PLATFORM_H
#define BRANT_PROJECT_LOCAL_PLATFORM_H

#include "base/proc.h"
#include "db/binaries.h"

/* What such a cluster is made from, as a short hash: another one, another platform. */
const char *platform_key(struct arena *arena);

/* Makes folder a new cluster with the platform in its database "postgres"; without: as for archive_restore(). */
bool platform_unpack(struct arena *arena, const struct binaries *binaries, const struct account *account,
		     const char *const *without, const char *folder, struct err *err);

/*
 * Does this script make roles or schemas that the platform has, and not only where they are missing?  It can run on no server that has the platform
 * already: it is for one without.
 */
bool platform_is_made_by(struct arena *arena, struct str script);

/* The role that users arrive as, and the database that they arrive in. */
#define PLATFORM_OWNER "supabase_admin"
#define PLATFORM_DATABASE "postgres"

#endif
