/*
 * loading.h - what the files that load the state share: never included from outside of run/.
 */
#ifndef BRANT_RUN_LOADING_H
#define BRANT_RUN_LOADING_H

#include "run/state.h"

/* What is being loaded, for the takers of answers. */
struct loading {
	struct arena *arena;
	struct db *db;
	const struct run_options *options;
	struct state *state;
	struct err *err;
	bool failed;

	const struct ledger *shape; /* what is known of the ledger; NULL: what state says */
	const char *rows_sql;       /* the question for the ledger's rows that was sent */
	bool ahead;                 /* ledger and brant's tables were asked before it was known that they are there */
	bool has_rows, has_brant;   /* they were answered */
};

/* Are there rows in it?  An error is kept in l->err, unless it was asked ahead: then it is asked again. */
bool loading_usable(struct loading *l, const struct result *result);

const char *loading_text(struct loading *l, const struct result *result, size_t row, size_t column);

/* The shape of the ledger: asks for it. */
void loading_send_shape(struct loading *l);

/* Which version of schema brant its comment tells of; 0: of none. */
int loading_version_said(const char *comment);

/* The standing of every migration, once files, ledger and brant's own tables are known. */
bool loading_judge(struct loading *l);

/* Where a question for brant's own tables failed because the role may not use them: says which rights they are, and who can give them.  false: it was something else. */
bool loading_tell_denied(struct err *err, const struct facts *facts, bool writes);

/* The role may not read (or write) the ledger. */
bool loading_denied(const struct loading *l, const char *what);

#endif
