/*
 * detect.h - which tool's migrations a folder has.
 *
 * A tool's project is never taken for plain SQL: its files may look like it, but its ledger is another.
 */
#ifndef BRANT_PROJECT_DETECT_H
#define BRANT_PROJECT_DETECT_H

#include "format/format.h"

/*
 * name: what the user chose, or NULL.  ret_migrations: the folder found, relative to root, or NULL for the format's default.
 * Fails with "format-unknown".
 */
bool detect_format(struct arena *arena, const char *root, const char *name, const struct format **ret_format,
		   const char **ret_migrations, struct err *err);

#endif
