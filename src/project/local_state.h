/*
 * local_state.h - what has to be remembered of a local project: .brant/state, lines of "name = value".
 *
 * Only what nothing else tells: whether the servers run is asked of the kernel, never of this file.
 */
#ifndef BRANT_PROJECT_LOCAL_STATE_H
#define BRANT_PROJECT_LOCAL_STATE_H

#include "project/local_place.h"

struct local_state {
	const char *ref;
	const char *password;
	unsigned port;        /* 0: none yet */
	bool outside;         /* its files are outside of the project */
	const char *bin;      /* PostgreSQL's programs, as found when it started; NULL: not yet */
	const char *socket;   /* a folder in /tmp; NULL: home/run */
	const char *boot;     /* the kernel's name for the boot in which it was last started */
	const char *platform; /* platform_key() of what the cluster was made with; NULL: no cluster */
};

/* The state; of a new project: a name, a password, the rest empty.  Fails with "local-broken". */
bool local_state_load(struct arena *arena, const struct place *place, struct local_state *ret_state, struct err *err);
bool local_state_save(struct arena *arena, const struct place *place, const struct local_state *state, struct err *err);

#endif
