/*
 * scratch.h - a throwaway PostgreSQL: started, used, gone.
 *
 * A private server on a unix socket in a folder of its own (workspace.h): no TCP, nothing flushed to disk, always stopped and removed, also when brant is
 * killed.  It works when brant runs as root.
 */
#ifndef BRANT_DB_SCRATCH_H
#define BRANT_DB_SCRATCH_H

#include "db/binaries.h"
#include "db/image.h"
#include "db/target.h"

struct scratch {
	struct binaries binaries;
	const char *socket_dir;
};

/* Makes folder a new cluster; NULL in scratch_start(): an empty one. */
typedef bool scratch_unpack_fn(struct arena *arena, const struct binaries *binaries, const struct account *account, const char *folder,
			       struct err *err);

/* Lives as long as the arena.  major 0: the newest that is installed.  Fails with "postgres-missing" or "server-failed". */
bool scratch_start(struct arena *arena, int major, scratch_unpack_fn *unpack, struct scratch *ret_scratch, struct err *err);

/* Where to connect as its superuser. */
bool scratch_target(struct arena *arena, const struct scratch *scratch, const char *database, struct target *ret_target,
		    struct err *err);

#endif
