/*
 * moves.h - renames and retypes that a history holds, by what their last steps say: "-- brant: contract rename public.users.name full_name".
 *
 * Nobody knows from the files alone whether such a last step has run: "brant up" holds it back.  Where it has not, the table has both columns, and
 * its indexes other names than the history ends with.  So what is written meanwhile and touches them waits for it ("-- brant: after VERSION"), and
 * a wanted schema that still says the old name does not undo the move.
 */
#ifndef BRANT_AUTHOR_MOVES_H
#define BRANT_AUTHOR_MOVES_H

#include "author/diffing.h"

struct known_move {
	const char *version, *id;   /* of the migration that is its last step */
	const char *schema, *table; /* unquoted, as all names here */
	const char *column;         /* NULL: the table itself */
	const char *name;           /* the new one; NULL: it is a retype */
	const char *type, *old_type;
	struct map touched; /* names that its last step takes away, gives or changes */
};

struct known_moves {
	struct known_move *ptr;
	size_t len, cap;
};

/* In the order of the history.  What cannot be read is left out: others will say so. */
struct known_moves moves_known(struct ctx *ctx);

/* Lines "-- brant: after VERSION" for a migration with this text; "" where it may run at any time. */
const char *moves_after(struct arena *arena, const struct known_moves *known, const char *up);

/* Says that something waits. */
void moves_tell_waiting(struct ctx *ctx);

/* The same lines for the steps of a move. */
const char *moves_after_move(struct arena *arena, const struct known_moves *known, const struct move *move);

/*
 * Where the wanted schema still has the old name or the old type, d->to gets the new one: it is taken for a file that has not been followed up, and
 * a note says so.  Looks at d->moves.
 */
bool moves_follow(struct diffing *d, struct err *err);

#endif
