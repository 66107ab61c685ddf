/*
 * fresh.h - the tables that a transaction has made itself and that nothing of the user's hangs on yet.
 *
 * An INSERT may fire triggers, and a trigger may do anything, so the boundary is looked at inside the transaction.  Not so for a table that came into
 * being some statements before, in the same transaction: all that there is to it was read, and where none of it runs code of the user's, an INSERT
 * fires nothing.  In doubt a table is not fresh.
 */
#ifndef BRANT_SQL_FRESH_H
#define BRANT_SQL_FRESH_H

#include "sql/stmt.h"

/* By the names that their CREATE TABLE gave them. */
struct fresh {
	struct touch *ptr;
	size_t len, cap;
};

/* Takes the transaction's next statement into account. */
void fresh_follow(struct arena *arena, struct fresh *fresh, const struct stmt *stmt);

/* Is it an INSERT (or a COPY) of plain values into fresh tables only? */
bool fresh_takes(const struct fresh *fresh, const struct stmt *stmt);

#endif
