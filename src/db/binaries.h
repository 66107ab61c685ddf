/*
 * binaries.h - where PostgreSQL's server programs are.
 *
 * Whoever runs a server needs postgres and initdb from one folder.  Debian keeps them out of PATH, in a folder per major version.
 */
#ifndef BRANT_DB_BINARIES_H
#define BRANT_DB_BINARIES_H

#include "base/err.h"
#include "base/str.h"

struct binaries {
	const char *dir;
	int major;             /* 15 */
	struct strs stand_ins; /* that servers of theirs are to have (stand_in.h) */
};

enum { BINARIES_OLDEST = 13 };

/*
 * Looks at BRANT_PG_BIN, pg_config --bindir, /usr/lib/postgresql/N/bin from the newest N, PATH.  BRANT_PG_BIN alone counts where it is set.
 * major 0: any from BINARIES_OLDEST on.  Fails with "postgres-missing".
 */
bool binaries_find(struct arena *arena, int major, struct binaries *ret_binaries, struct err *err);

/* Are they still there?  For a folder that was found earlier, and BRANT_PG_BIN does not say otherwise. */
bool binaries_usable(const char *dir);

/* "15.20", as the program says, or NULL; it is asked, which takes some milliseconds. */
const char *binaries_version(struct arena *arena, const char *dir);

/* One of its programs: "initdb". */
char *binaries_program(struct arena *arena, const char *dir, const char *name);

#endif
