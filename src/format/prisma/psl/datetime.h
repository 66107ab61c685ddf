/*
 * datetime.h - points in time as RFC 3339 writes them.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_DATETIME_H
#define BRANT_FORMAT_PRISMA_PSL_DATETIME_H

#include "base/str.h"

/* "2020-01-02T03:04:05.1Z" as '2020-01-02 03:04:05.100 +00:00'; buf may be NULL.  False: it is none. */
bool datetime_sql(struct buf *buf, struct str text);

#endif
