/*
 * shape.h - the table that is to be a ledger, as the server has it.
 *
 * Each tool's ledger is a table that others may have made, changed or taken the name of.  The question is the same for all of them; what a
 * tool needs of the answer is two lists of columns.
 */
#ifndef BRANT_FORMAT_SHAPE_H
#define BRANT_FORMAT_SHAPE_H

#include "format/format.h"

struct shape_column {
	struct str name, type; /* type: as format_type() says it, without a length */
	bool must;             /* a row has to be given a value: NOT NULL, and nothing else provides one */
};

struct shape {
	struct str schema; /* where it is or, looked for on the search path, would be made */
	bool exists;
	bool ordinary; /* a table, partitioned or not */
	bool reads, inserts, updates, deletes;
	bool exposed; /* roles of the API could read or write it */
	struct shape_column *ptr;
	size_t len, cap;
};

/* The question, for the ledger that the settings name, or format's own. */
struct call shape_question(struct arena *arena, const struct format *format, const struct format_settings *settings);

/* The same for a table that may be anywhere on the search path, where schema is NULL. */
struct call shape_question_on_path(struct arena *arena, const char *schema, const char *table);

/* The answer. */
void shape_take(struct arena *arena, const struct result *result, struct shape *ret_shape);

/* The column of that name, or NULL. */
const struct shape_column *shape_column(const struct shape *shape, const char *name);

/* What a tool needs of its ledger: the columns that it reads and those that it writes (both end with NULL), and what it does to rows that are there. */
struct shape_needs {
	const char *const *reads, *const *writes;
	enum { SHAPE_DELETES, SHAPE_UPDATES } changes;
};

/*
 * Says in ledger whether it is there, and what this role and those of the API may do with it.  Why it cannot be one: a sentence; NULL: it can, or it is not
 * there.
 */
const char *shape_tell(struct arena *arena, const struct shape *shape, const struct shape_needs *needs,
		       struct ledger *ledger);

#endif
