/*
 * move.h - a column or a table renamed, or a column retyped, while the application runs: add, move, drop.
 *
 * A direct RENAME breaks every client that knows the old name; a change of type that rewrites the table locks it meanwhile.  Instead:
 *
 *     1 add    the new column, with all that hangs on the old one, and a trigger that keeps the two equal whoever writes which
 *     2 move   the rows that were there before; then what needs all of them is validated: NOT NULL, checks, foreign keys
 *     3 drop   the old column, after a look whether anything still differs or still uses it
 *
 * Between them the old code and the new code may run side by side.  A table leaves a view of its old name behind instead (1 and 3 only).
 *
 * How the parts read under the new name is PostgreSQL's own word: the column is renamed on a throwaway database, in a transaction that is
 * rolled back, and the definitions are read there.
 */
#ifndef BRANT_SCHEMA_MOVE_H
#define BRANT_SCHEMA_MOVE_H

#include "base/vec.h"
#include "db/db.h"

struct move_step {
	const char *name;      /* of its migration: "add users full_name" */
	const char *up, *down; /* down NULL: it cannot be undone */
	const char
		*forced; /* up, but without a look and with all that uses the old name: for a copy; NULL: up itself */
};

struct move {
	VEC(struct move_step) steps; /* three, of a table two; more where indexes stand apart.  The last takes away */
	struct strs notes; /* what names the old column and has to be changed by hand, and what to know before */
	bool in_use;       /* it has to: the last step would refuse */
};

struct move_request {
	const char *table, *column; /* as SQL has the table; column NULL: the table itself */
	const char *name;           /* the new name; NULL: it keeps its own */
	const char *type;           /* the new type; NULL: the same */
	const char *forward, *back; /* expressions from old to new and from new to old; NULL: a cast */
	bool apart; /* what refuses a transaction is a migration of its own: the tool has no other way to run it */
};

/* db is the throwaway database.  Fails with "move-refused" and says what of the column stands in the way. */
bool move_plan(struct arena *arena, struct db *db, const struct move_request *request, struct move *ret_move,
	       struct err *err);

/*
 * What a rename or a change of type at once would leave to do: statements for names of indexes, constraints and sequences that are made of the
 * column's, and for the type of its sequence, each a text.  db is a throwaway database in which the column is as it was.
 */
bool move_names(struct arena *arena, struct db *db, const struct move_request *request, struct strs *ret_statements,
		struct err *err);

#endif
