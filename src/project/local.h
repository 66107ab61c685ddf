/*
 * local.h - the local project: a PostgreSQL behind a PgBouncer in transaction mode, with the platform's roles and schemas.
 *
 * It belongs to one project folder and keeps everything in the .brant/ there (as root it may have to be elsewhere, see local_place.h).  One
 * endpoint is handed out, the pooler's, on 127.0.0.1 with a password of its own; PostgreSQL itself listens on a unix socket in a private
 * folder only.  Both servers outlive brant and end with local_stop().
 *
 * Its name (ref) is at once user and database of the URL, as on the platform; behind the pooler that is the user supabase_admin in the
 * database postgres, again as on the platform.
 *
 *     .brant/.gitignore      *
 *     .brant/lock            held while something starts, stops or is made
 *     .brant/state           name, port, password: local_state.h
 *     .brant/data/           the cluster
 *     .brant/run/            the socket (a folder in /tmp where the path is too long or has odd characters)
 *     .brant/log/            postgres.log, pgbouncer.log
 *     .brant/pgbouncer.ini, userlist.txt, pgbouncer.pid
 */
#ifndef BRANT_PROJECT_LOCAL_H
#define BRANT_PROJECT_LOCAL_H

#include "base/err.h"
#include "db/target.h"

struct local {
	const char *root; /* absolute */
	const char *home; /* where the servers' files are */
	const char *ref;
	unsigned port;        /* of the pooler */
	const char *password; /* a secret */
	const char *url;      /* a secret */

	bool server_runs, pooler_runs;
	int server_pid, pooler_pid; /* 0 where it does not run */
	const char *bin;            /* folder of PostgreSQL's programs */
	bool is_outdated;           /* its platform was made by another version of brant */
	bool was_made;              /* by this call: the cluster is new */
	bool has_moved;             /* by this call: the port of before was taken */
	bool went_down;             /* by this call: the machine had stopped while it ran; the data may be damaged */
};

/* Starts what does not run, and makes it first where it is not there. */
bool local_start(struct arena *arena, const char *root, struct local *ret_local, struct err *err);

/* Stops what runs; ret_local tells what did. */
bool local_stop(struct arena *arena, const char *root, struct local *ret_local, struct err *err);

/* Throws the cluster away and starts with a new one: same name, port and password. */
bool local_reset(struct arena *arena, const char *root, struct local *ret_local, struct err *err);

/* Stops it and removes all of it. */
bool local_remove(struct arena *arena, const char *root, struct err *err);

/* Changes nothing.  Fails with "local-missing" where the folder has no local project. */
bool local_status(struct arena *arena, const char *root, struct local *ret_local, struct err *err);

/* Starts the local project where needed and says where it is. */
bool local_ensure(struct arena *arena, const char *root, struct target *ret_target, struct err *err);

/* For people, where it is known; each asks a program: "15.20", "1.18.0". */
const char *local_server_version(struct arena *arena, const struct local *local);
const char *local_pooler_version(struct arena *arena);

/* Bytes of the cluster on disk; 0 where there is none. */
unsigned long long local_data_size(const struct local *local);

#endif
