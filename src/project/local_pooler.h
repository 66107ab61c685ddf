/*
 * local_pooler.h - the PgBouncer in front of a local project's server.
 *
 * Set up as the platform's: transaction mode, 20 server connections, no startup options.  Two names lead to the one database, the project's
 * and "postgres"; a database that a migration makes can not be reached through it, as on the platform.
 */
#ifndef BRANT_PROJECT_LOCAL_POOLER_H
#define BRANT_PROJECT_LOCAL_POOLER_H

#include "project/local_state.h"

/* Fails with "pgbouncer-missing". */
bool pooler_find(struct arena *arena, const char **ret_program, struct err *err);

/* "1.18.0", or NULL. */
const char *pooler_version(struct arena *arena, const char *program);

/*
 * Starts it and waits until it takes connections; state->port is set to the port it got: the one of before, or the next free one.
 * socket_dir is the server's.
 */
bool pooler_start(struct arena *arena, const char *program, const struct place *place, const char *socket_dir,
		  struct local_state *state, struct err *err);

/* The running one of this project, held, or NULL. */
struct proc *pooler_running(struct arena *arena, const struct place *place, pid_t *ret_pid);

bool pooler_stop(const struct place *place, struct err *err);

/* Ends poolers of this user whose project was deleted while they ran; its server has noticed by itself. */
void pooler_sweep(const struct place *place);

#endif
