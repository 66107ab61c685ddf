/*
 * parameter.h - what becomes of the parameters in a database URL.
 *
 * A URL carries parameters for whichever driver it was written for.  Those of libpq go to libpq; those of Prisma, node-postgres,
 * postgres.js, SQLAlchemy, asyncpg, JDBC and Go are understood where they change what the connection is (TLS, schema, pooler) and
 * dropped with a note where they only tune that driver.  One table, in parameter.c; docs/urls.md is its text for people.
 *
 * Nothing here reaches the server as a session setting: a pooler in transaction mode would refuse it or hand it to somebody else.
 */
#ifndef BRANT_DB_PARAMETER_H
#define BRANT_DB_PARAMETER_H

#include "db/target.h"
#include "db/url.h"

/* libpq keywords with their values, each at most once. */
struct settings {
	struct url_parameter *ptr;
	size_t len, cap;
};

/* Sets or replaces. */
void settings_set(struct arena *arena, struct settings *settings, const char *keyword, const char *value);
const char *settings_get(const struct settings *settings, const char *keyword);

/*
 * Sorts the URL's parameters into settings for libpq and the target's schema, says_pgbouncer and notes.  Fails with "url-parameter"
 * where a value that concerns security makes no sense.
 */
bool parameters_apply(struct arena *arena, const struct url *url, struct settings *settings, struct target *target,
		      struct err *err);

#endif
