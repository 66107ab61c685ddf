/*
 * local.h - the local project: a PostgreSQL behind a PgBouncer, in the project's .brant/.
 */
#ifndef BRANT_PROJECT_LOCAL_H
#define BRANT_PROJECT_LOCAL_H

#include "base/err.h"
#include "db/target.h"

/* Starts the local project where needed and says where it is. */
bool local_ensure(struct arena *arena, const char *root, struct target *ret_target, struct err *err);

#endif
