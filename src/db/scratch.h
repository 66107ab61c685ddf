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

/* Makes folder a new cluster without some of its folders (as for archive_restore()); NULL in struct scratch_source: an empty one. */
typedef bool scratch_unpack_fn(struct arena *arena, const struct binaries *binaries, const struct account *account,
			       const char *const *without, const char *folder, struct err *err);

/* What one starts from. */
struct scratch_source {
	int major; /* 0: the newest that is installed */
	scratch_unpack_fn *unpack;
	const char *
		image; /* what scratch_save() wrote, or NULL; one that is damaged is removed and unpack called instead */
	/*
	 * Nobody connects to template0 and template1, or makes databases from them: they are left out, since to copy a cluster costs about as much as all
	 * else. The database "postgres" is there when scratch_complete() has been called.
	 */
	bool lean;
	struct strs stand_ins; /* that it is to have (stand_in.h) */
};

struct scratch {
	struct scratch_source source;
	struct binaries binaries;
	const char *socket_dir;
	bool from_image;                   /* the image that was asked for is what it started from */
	bool lacks_postgres, has_postgres; /* the second: before it was started */
	struct server server;
	struct server_start *begun;
};

/* Begins to start from the image, where there is one, while we do other things: scratch_start() waits for it.  Nothing that fails here is told. */
void scratch_begin(struct arena *arena, const struct scratch_source *source, struct scratch *scratch);

/*
 * Lives as long as the arena.  scratch: zero, or what scratch_begin() made of the same source.  Fails with "postgres-missing" or "server-failed".
 */
bool scratch_start(struct arena *arena, const struct scratch_source *source, struct scratch *scratch, struct err *err);

/* Has what began to start come to its end, so that scratch_start() need not wait? */
bool scratch_is_ready(const struct scratch *scratch);

/* While it begins to start: what scratch_complete() would do, beside it.  Where that fails, it is tried again. */
void scratch_complete_soon(struct scratch *scratch);

/* The database "postgres" is there, too. */
bool scratch_complete(struct scratch *scratch, struct err *err);

/* Writes its cluster to path, for later ones to start from.  Connections must be closed: the server is stopped and started again. */
bool scratch_save(struct arena *arena, struct scratch *scratch, const char *path, struct err *err);

/* Where to connect as its superuser. */
bool scratch_target(struct arena *arena, const struct scratch *scratch, const char *database, struct target *ret_target,
		    struct err *err);

#endif
