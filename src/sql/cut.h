/*
 * cut.h - an UPDATE, DELETE or INSERT ... SELECT taken apart, so that it can be done one range of keys at a time.
 *
 * The text is the user's: it is cut at the places where the grammar lets a condition begin and end, and never deparsed.  What could
 * mean something else when it is done in pieces (joins, aggregates, LIMIT, a query of the table that is being changed) is refused.
 */
#ifndef BRANT_SQL_CUT_H
#define BRANT_SQL_CUT_H

#include "sql/stmt.h"

enum cut_verb { CUT_UPDATE, CUT_DELETE, CUT_INSERT };

struct cut {
	enum cut_verb verb;
	struct str schema,
		table;        /* whose rows are walked: of INSERT the table it reads; schema.ptr NULL where not said */
	const char *relation; /* the same as FROM has it: "ONLY public.users u" */
	const char *alias;    /* what qualifies its columns, quoted where needed */
	struct str head, where, tail; /* where.ptr NULL: no condition; tail: ON CONFLICT ... */
	struct strs sets;             /* columns that UPDATE sets */
	struct strs
		functions; /* called in the SELECT list: none of them may be an aggregate, which only the server knows */
};

/* Fails with "backfill-statement" at the statement. */
bool sql_cut(struct arena *arena, const struct stmt *stmt, struct cut *ret_cut, struct err *err);

/* The statement with one more condition. */
char *cut_with(struct arena *arena, const struct cut *cut, const char *condition);

#endif
