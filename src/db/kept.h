/*
 * kept.h - answers of a server as bytes: written down, and taken again later as if the server gave them.
 *
 * For a cache of one's own, on this machine: numbers are as the processor has them.
 */
#ifndef BRANT_DB_KEPT_H
#define BRANT_DB_KEPT_H

#include "db/db.h"

/* An answer with rows. */
void kept_add(struct buf *kept, const struct result *result);

/* The next answer, and moves behind it; false where the bytes are not what kept_add() writes. */
bool kept_take(struct str *rest, result_fn *taker, void *ctx);

#endif
