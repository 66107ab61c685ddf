/*
 * ledger.h - what the database says was applied.
 *
 * One entry per migration and attempt, in the words of the tool that owns the table.  Reading never writes.  Deciding what is
 * pending is plan's business, not the ledger's.
 */
#ifndef BRANT_FORMAT_LEDGER_H
#define BRANT_FORMAT_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct migration;

enum ledger_state {
	LEDGER_APPLIED,
	LEDGER_FAILED,      /* started and neither finished nor rolled back, as the tool records it */
	LEDGER_ROLLED_BACK, /* settled as undone */
};

struct ledger_entry {
	const char *version;    /* as recorded */
	const char *applied_at; /* as the server prints it, or NULL */
	enum ledger_state state;
	const char *checksum;        /* the tool's own, or NULL */
	struct migration *migration; /* set by format.match; NULL: not on disk */
	void *extra;                 /* the format's own */
};

struct ledger {
	bool exists;
	const char *table;       /* qualified and quoted, for SQL */
	const char *shown;       /* the same for people */
	bool readable, writable; /* by privileges */
	bool exposed;            /* roles of the API could read or write it */
	bool outdated;           /* an older form of the table: ledger_create brings it up to date */
	unsigned columns;        /* bits, the format's own */
	const char *note;        /* for people: how it was found, or why not; NULL: nothing to say */
	void *extra;
	struct ledger_entry *ptr; /* in the order of recording */
	size_t len, cap;
};

/* Adds the statement that shuts the roles of the API, where they exist, out of a table (qualified and quoted). */
void ledger_close(struct arena *arena, const char *table, struct strs *statements);

#endif
