/*
 * decimal.h - numbers of any length: 1.50, -7, 1e5.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_DECIMAL_H
#define BRANT_FORMAT_PRISMA_PSL_DECIMAL_H

#include "base/str.h"

/* Is it what Prisma reads as a decimal?  It takes a sign, an exponent, "_" between digits, and no digits on one side of the point. */
bool decimal_is(struct str text);

/* Without exponent, leading zeros and "_"; zeros behind the point stay.  Of what decimal_is(). */
void decimal_sql(struct buf *buf, struct str text);

#endif
