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
#include "db/server.h"
#include "db/target.h"

struct scratch {
	struct binaries binaries;
	const char *socket_dir;
	bool from_image; /* the image that was asked for is what it started from */
	struct server server;
};

/* Makes folder a new cluster; NULL in scratch_start(): an empty one. */
typedef bool scratch_unpack_fn(struct arena *arena, const struct binaries *binaries, const struct account *account,
			       const char *folder, struct err *err);

/*
 * Lives as long as the arena.  major 0: the newest that is installed.  image: what scratch_save() wrote, or NULL; one that is damaged is removed and
 * unpack called instead.  Fails with "postgres-missing" or "server-failed".
 */
bool scratch_start(struct arena *arena, int major, scratch_unpack_fn *unpack, const char *image,
		   struct scratch *ret_scratch, struct err *err);

/* Writes its cluster to path, for later ones to start from.  Connections must be closed: the server is stopped and started again. */
bool scratch_save(struct arena *arena, const struct scratch *scratch, const char *path, struct err *err);

/* Where to connect as its superuser. */
bool scratch_target(struct arena *arena, const struct scratch *scratch, const char *database, struct target *ret_target,
		    struct err *err);

#endif
