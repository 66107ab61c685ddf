/*
 * url.h - a database URL taken apart, before anybody says what its parts mean.
 *
 * Two notations: scheme://user:password@host:port/database?name=value and libpq's name=value pairs.  Parts come out decoded.  What a
 * parameter means, and whether libpq gets to see it, is parameter.h's business.
 *
 * People paste passwords without encoding them.  A URL is first read by the rule (the authority ends at the first "/" or "?", the host
 * begins after the last "@" in it); where that reading makes no sense, the one "@" after which the rest does make sense is taken; where
 * several would do, it is an error: a wrong guess would send the password to the wrong host.
 *
 * No error repeats any text of the URL but its scheme: which part of a broken URL is the password cannot be known.
 */
#ifndef BRANT_DB_URL_H
#define BRANT_DB_URL_H

#include "base/err.h"
#include "base/str.h"

struct url_parameter {
	const char *name, *value;
};

struct url_parameters {
	struct url_parameter *ptr;
	size_t len, cap;
};

struct url {
	const char *scheme;               /* in lower case, "postgresql+asyncpg"; NULL for name=value pairs */
	const char *user, *password;      /* NULL where not given; an empty password counts as not given */
	const char *host, *port;          /* lists with commas where there are several hosts; NULL where empty */
	const char *database;             /* NULL where not given */
	struct url_parameters parameters; /* in order; of name=value pairs all of them, host and password too */
	bool guessed;                     /* special characters of the password were not encoded */
};

/* Takes away white space, quotes around it, a leading "psql " and a leading "NAME=" as .env has it. */
struct str url_clean(struct str text);

/* The database's own URL where this is the one of a local "prisma dev", which has it inside; else text. */
struct str url_of_prisma_dev(struct arena *arena, struct str text);

/* What stands before "://", as it is written; empty where there is none. */
struct str url_scheme(struct str text);

/* Does it still hold a placeholder, such as [YOUR-PASSWORD] or ${DB_PASS}, instead of a value? */
bool url_has_placeholder(struct str text);

/* text is clean.  Fails with "url-scheme", "url-port", "url-host", "url-encoding", "url-ambiguous" or "url-shape". */
bool url_parse(struct arena *arena, struct str text, struct url *ret_url, struct err *err);

#endif
