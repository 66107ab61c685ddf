/*
 * reading.h - the settings under which every server tells its catalogs in the same words.
 *
 * How a catalog reads hangs on settings that a database or a role may have of its own: ALTER DATABASE ... SET timezone alone would make every default with a
 * time in it another one than on the throwaway server.  The values are those of a server that nobody has configured (as pg_dump, too, sets its own).
 */
#ifndef BRANT_SCHEMA_READING_H
#define BRANT_SCHEMA_READING_H

#include "db/db.h"

/* Queues them for the transaction that db is in; with nothing but pg_catalog on the path, names are qualified. */
void reading_settings(struct db *db);

#endif
