/*
 * pooler.h - PgBouncer's own console, a pretended database "pgbouncer" behind the same door.
 *
 * It speaks the simple protocol only, to users it knows as admin_users or stats_users.
 */
#ifndef BRANT_DB_POOLER_H
#define BRANT_DB_POOLER_H

#include "db/target.h"

/* Clients that wait for a server of the target's database (SHOW POOLS); false where there is no pooler, or it does not tell us. */
bool pooler_waiting(const struct target *target, long long *ret_waiting);

#endif
