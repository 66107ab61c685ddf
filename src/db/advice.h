/*
 * advice.h - what to do when the connection cannot be made.
 *
 * libpq, PgBouncer, the providers' proxies and PostgreSQL each have their own words for the few things that go wrong between a URL and
 * a session.  This module knows the words and says which thing it is.  It reads English: libpq's own texts are (brant sets no
 * LC_MESSAGES), a server's may be translated, and then the plain error remains.
 */
#ifndef BRANT_DB_ADVICE_H
#define BRANT_DB_ADVICE_H

#include "base/err.h"
#include "db/target.h"

/*
 * err: a failed connection, with libpq's message in err->detail.  Sets a telling name and a hint where the cause is known, keeps
 * "connect-failed" otherwise, and takes the password out of all texts.
 */
void advice_for_connect(struct err *err, const struct target *target);

#endif
