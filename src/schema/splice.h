/*
 * splice.h - a schema of which some tables were made anew.
 *
 * Of a wanted schema that differs in a few statements from one that was loaded before, only the tables that these statements are about, and what refers to
 * them, need be made and loaded; all else is as it was.
 */
#ifndef BRANT_SCHEMA_SPLICE_H
#define BRANT_SCHEMA_SPLICE_H

#include "schema/schema.h"

/*
 * Changes base, and takes objects from part: the tables of these names (bare, in whatever schema), with all that is theirs.  All objects are copied: another
 * struct schema that has base's stays what it was.  False, and base may not be used any more, where something else needs what is gone, has its name already,
 * or may owe its own name to it: PostgreSQL numbers names that are taken.
 */
bool schema_splice(struct arena *arena, struct schema *base, const struct schema *part, const struct strs *tables);

#endif
