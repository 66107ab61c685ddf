/*
 * history.h - the migrations that a project has on disk.
 */
#ifndef BRANT_FORMAT_HISTORY_H
#define BRANT_FORMAT_HISTORY_H

#include "base/err.h"
#include "base/str.h"
#include "sql/script.h"

struct ledger_entry;

struct migration {
	const char *version;   /* "0001": what the tool orders and records by */
	const char *name;      /* "create_users" */
	const char *id;        /* "0001_create_users": for people, unique in the history */
	const char *path;      /* of the up script, as the user would write it */
	const char *down_path; /* NULL where it cannot be undone */
	const char **parents;  /* versions, ended by NULL; NULL where histories do not branch */
	const char **needs;    /* what must be applied before it and is no parent, likewise; NULL: nothing */
	const char **labels;   /* names of the branch that begins with it, likewise */
	void *extra;           /* the format's own */

	/* Filled when its script was read. */
	const char *digest_bytes, *digest_tokens;

	/* Set by format.match: what the ledger says of it, or NULL; why the tool itself would never apply it, or NULL. */
	struct ledger_entry *entry;
	const char *passed_over;
	bool soon_passed_over; /* it would, once what stands in front of it is applied */
	/* Likewise: what its very file was applied as, which no file has now: it was renamed; NULL. */
	const char *renamed;
};

/* A number that a folder counted without gaps does not have. */
struct gap {
	size_t before; /* index of the migration behind it */
	const char *version;
};

struct history {
	const char *folder; /* as the user would write it */
	struct migration *ptr;
	size_t len, cap;
	struct {
		struct gap *ptr;
		size_t len, cap;
	} gaps;
	struct strs ignored;     /* files in the folder that look like SQL but are no migrations */
	struct strs repeatable;  /* files that another tool runs again whenever they change */
	const char *ignored_why; /* NULL: their names */
	struct strs lone_downs;  /* files that undo a migration that is not there */
};

#endif
