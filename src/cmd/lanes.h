/*
 * lanes.h - a history that branches, drawn beside its list: oldest first, a lane a line of descent.
 *
 *     *      a1  users
 *     |\
 *     * |    b1  posts
 *     | *    c1  tags
 *     |/
 *     *      d1  merge
 */
#ifndef BRANT_CMD_LANES_H
#define BRANT_CMD_LANES_H

#include "format/history.h"

struct lanes;

/* NULL where the history is one line: there is nothing to draw. */
struct lanes *lanes_new(struct arena *arena, const struct history *history);

/* The next migration of the history: its row, and in front of and behind it a row of connections each, "" where there are none. */
struct lanes_row {
	const char *before, *row, *after;
};
struct lanes_row lanes_next(struct lanes *lanes);

#endif
