/*
 * workspace.h - a private folder for a server that dies with us.
 *
 * It is removed with its arena, with the server in it.  When brant is killed first, the server ends by itself (the kernel tells it) and
 * the next run of brant sweeps the folder away: a workspace belongs to whoever holds the lock on its file "lock", and the kernel lets go of
 * locks when a process ends.
 */
#ifndef BRANT_DB_WORKSPACE_H
#define BRANT_DB_WORKSPACE_H

#include "base/proc.h"

struct workspace {
	const char *dir;  /* short and plain, mode 0700, owned by the account: fit for a socket */
	const char *data; /* dir/data, not made yet */
	const char *log;  /* dir/log */
};

/* In memory (/dev/shm) where there is room for that many bytes, else in TMPDIR or /tmp.  Sweeps the abandoned ones first. */
bool workspace_new(struct arena *arena, const struct account *account, unsigned long long bytes,
		   struct workspace *ret_workspace, struct err *err);

#endif
