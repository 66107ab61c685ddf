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
	const char *shown;                         /* "app on db.example.com:6543 as postgres": no password, ever */
	const char *schema;                        /* ?schema=... (Prisma), or NULL */
	const char *search_path;                   /* ?search_path=..., as SET takes it, or NULL */
	bool says_pgbouncer;                       /* ?pgbouncer=true */
	const char *url;                           /* as it was given, a secret; NULL where it was made otherwise */
	struct strs notes; /* "ignored connection_limit=1: brant opens two connections at most", for -v */
};

/*
 * Parses a URL or a libpq key=value string.  origin names where it came from in messages ("DATABASE_URL in .env").
 * Errors (name "url-...") never contain the password.
 */
bool target_parse(struct arena *arena, const char *url, const char *origin, struct target *ret_target, struct err *err);

/* text with the password, should it occur there, replaced by "***"; for texts that come from libpq or a server. */
const char *target_scrub(struct arena *arena, const struct target *target, const char *text);

/* Gives libpq another value for a keyword; lists are copied, so that a copy of a target can be changed by itself. */
void target_set(struct arena *arena, struct target *target, const char *keyword, const char *value);

/* The value that libpq will be given for a keyword ("password", "sslmode"), or NULL. */
const char *target_setting(const struct target *target, const char *keyword);

/*
 * Takes away what libpq would read from the environment and send in the startup packet, where a pooler refuses it (PGOPTIONS, PGGEQO).
 * Adds a note for each.  For main and tests; not thread-safe, as setenv() is not.
 */
void target_clean_environment(struct arena *arena, struct strs *notes);

#endif
