/*
 * blocker.h - who holds the lock that we could not get.
 */
#ifndef BRANT_RUN_BLOCKER_H
#define BRANT_RUN_BLOCKER_H

#include "run/plan.h"

/* "pid 4711 (psql, postgres), idle in transaction for 93 s, on users: SELECT ..."; NULL when nobody can be named (any more). */
const char *blocker_of(struct arena *arena, struct db *db, const struct stmt *stmt);

#endif
