/*
 * target.h - which database: a URL as users have it.
 *
 * Accepts what ORMs accept (postgres://, postgresql://, postgresql+psycopg://, ...), hands to libpq what libpq knows, understands what
 * other drivers know, and drops the rest with a note.  The password is kept apart and is never part of a text that is shown.
 * Which parameters are known, and what becomes of each: docs/urls.md.
 */
#ifndef BRANT_DB_TARGET_H
#define BRANT_DB_TARGET_H

#include "base/err.h"
#include "base/str.h"

struct target {
	/* libpq keywords and values for PQconnectdbParams(), both NULL-terminated. */
	const char **keywords, **values;
	const char *host, *port, *user, *database; /* what is known; NULL where libpq's defaults decide */
	const char *shown;   /* "app on db.example.com:6543 as postgres": no password, ever */
	const char *schema;  /* ?schema=... (Prisma), or NULL */
	bool says_pgbouncer; /* ?pgbouncer=true */
	struct strs notes;   /* "ignored connection_limit=1: brant opens two connections at most", for -v */
};

/*
 * Parses a URL or a libpq key=value string.  origin names where it came from in messages ("DATABASE_URL in .env").
 * Errors (name "url-...") never contain the password.
 */
bool target_parse(struct arena *arena, const char *url, const char *origin, struct target *ret_target, struct err *err);

#endif
