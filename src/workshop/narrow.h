/*
 * narrow.h - the few tables that a migration can have changed.
 *
 * To prove a migration it is run and the schema loaded again: of 400 tables that takes longer than all the rest.  Where each statement can be read to its end
 * and changes one table and nothing beside it, whatever is neither of such a table nor stands on it, by what the catalogs of the old schema say, is as it was:
 * no statement names it, nothing depends on what has changed, and no code of the user's has run (a statement that may run some is not of this kind; neither is
 * one where an event trigger may act, which schema_load_tables() asks the server for).  So it is enough to load those tables and to put them into the old schema.
 */
#ifndef BRANT_WORKSHOP_NARROW_H
#define BRANT_WORKSHOP_NARROW_H

#include "schema/schema.h"
#include "sql/script.h"

/*
 * Adds bare names to tables; false: more may have changed.  before: the schema that the script ran in, or one that differs from it in what is of these
 * tables only.
 */
bool narrow_find(struct arena *arena, const struct schema *before, const struct script *script, struct strs *tables);

#endif
