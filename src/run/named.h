/*
 * named.h - what people call migrations by: one of them, and where "up" and "down" shall lead to.
 *
 * One is named by its version, its whole name, its file, or the beginning of a long id.  In a history that branches a place may also be said as Alembic
 * says it, with the branch in front of it, which is a label or any revision on it:
 *
 *     [BRANCH@]REVISION   [BRANCH@]head   heads   [BRANCH@]base   [BRANCH@][REVISION]+N   [BRANCH@][REVISION]-N
 *
 * +N and -N without a revision count from what is applied on that branch.
 */
#ifndef BRANT_RUN_NAMED_H
#define BRANT_RUN_NAMED_H

#include "format/graph.h"

/* Index of the migration that named means. */
bool history_find(const struct history *history, const char *named, size_t *ret_index, struct err *err);

/*
 * Marks the place itself and all that it stands on: what is to be applied once "up" was there.  applied: of each migration (read where the place is
 * relative).  ret_last: the migration named, or history->len where it is not a single one.
 */
bool named_up(struct arena *arena, const struct history *history, const bool *applied, const char *place, bool *marked,
	      size_t *ret_last, struct err *err);

/* The one migration that a place means, history->len for the base; a label by itself is the head of its branch. */
bool named_one(struct arena *arena, const struct history *history, const char *place, size_t *ret_index,
	       struct err *err);

/* Marks what stands above the place: what is to be undone so that "down" is there. */
bool named_down(struct arena *arena, const struct history *history, const bool *applied, const char *place,
		bool *marked, struct err *err);

#endif
