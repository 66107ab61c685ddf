/*
 * absent.h - extensions that a throwaway server lacks.
 *
 * Histories are tried on a PostgreSQL of this machine, which has what is installed here; the database that they are for is another one and may well have
 * more.  PostgreSQL's own words ("must first be installed on the system where PostgreSQL is running") would be taken for those of the database.
 */
#ifndef BRANT_DB_ABSENT_H
#define BRANT_DB_ABSENT_H

#include "base/err.h"

/* err: of a statement on a throwaway server.  True: an extension was the reason, and the error says now what can be done. */
bool advice_for_absent(struct err *err);

#endif
