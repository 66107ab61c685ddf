/*
 * server.h - PostgreSQL servers of our own: started, found again, stopped.
 *
 * A server has a data folder and a folder for its unix socket, both private to the account that it runs as: whoever can enter the socket's
 * folder is let in as anybody (pg_hba.conf says trust), nobody else can even try.  It listens on no TCP port.
 *
 * Not for the server that the user's DATABASE_URL names.
 */
#ifndef BRANT_DB_SERVER_H
#define BRANT_DB_SERVER_H

#include "base/proc.h"
#include "db/binaries.h"
#include "db/target.h"

/* The superuser that each of these servers begins with. */
#define SERVER_SUPERUSER "postgres"

struct server {
	const char *bin;               /* folder of its programs */
	const struct account *account; /* whom it runs as, NULL: us */
	const char *data;              /* absolute */
	const char *socket_dir;        /* absolute; socket_dir_fits() */
	const char *log;               /* file that it writes to */
	const char *root;              /* of stand-ins (stand_in.h), NULL: none */
	const char *settings;          /* of postgresql.conf: lines "NAME = VALUE" */
	bool dies_with_us;             /* or lives on when brant ends */
};

/* A new cluster in data (which must not exist), with trust for the socket.  Fails with "server-failed". */
bool server_create(struct arena *arena, const char *bin, const struct account *account, const char *data,
		   struct err *err);

/*
 * A socket's path has to fit into 107 bytes, and it stands in configuration files of which each has quotes of its own: true for short paths
 * of letters, digits and "/._-".
 */
bool socket_dir_fits(const char *path);

/*
 * Writes its configuration, starts it and waits until it takes connections.  It must not be running: server_running() was asked, and nobody
 * else starts it.  Fails with "server-failed" and the end of its log.
 */
bool server_start(struct arena *arena, const struct server *server, struct err *err);

/*
 * The same while we do other things: a process of ours makes the data folder (false: it cannot) and becomes the server.  server_await() says how it ended;
 * until then, and where the arena goes first, it is stopped with the arena.
 */
struct server_start;
struct server_start *server_begin(struct arena *arena, const struct server *server, bool (*make)(void *ctx), void *ctx);
bool server_is_ready(const struct server_start *start);
bool server_await(struct server_start *start);

/* The postmaster of a data folder, held (see proc.h), or NULL where none runs; ret_pid may be NULL. */
struct proc *server_running(struct arena *arena, const char *data, pid_t *ret_pid);

enum server_stop { SERVER_STOP_FAST, SERVER_STOP_IMMEDIATE };

/* Ends it and waits for that.  A fast stop that takes too long becomes an immediate one.  Not running is no error. */
bool server_stop(const char *data, enum server_stop how, struct err *err);

/* Where to connect as the superuser. */
bool server_target(struct arena *arena, const char *socket_dir, const char *database, struct target *ret_target,
		   struct err *err);

/* err_detail() with the last lines that a program wrote to its log from an offset on. */
bool log_detail(struct err *err, const char *log, size_t from);

/* Opens a log for a program to append to and tells its size now; one that has grown large is set aside as LOG.old first. */
int log_open(struct arena *arena, const char *log, size_t *ret_size);

#endif
