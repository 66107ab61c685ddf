/*
 * graft.h - what the source of a wanted schema cannot describe, stays as it is.
 *
 * schema.prisma knows no policies, models of SQLAlchemy know no triggers: that they are missing there does not mean that nobody wants them.
 * So, before a difference is taken, the objects (and attributes of objects) that such a source has no words for are copied from the schema that
 * is there to the one that is wanted, as long as what they belong to is still wanted.  The difference then knows how they depend on the rest, and the
 * proof compares them too.
 */
#ifndef BRANT_SCHEMA_GRAFT_H
#define BRANT_SCHEMA_GRAFT_H

#include "schema/schema.h"

/* What a source can describe.  A NULL function: everything. */
struct scope {
	/* Objects: asked of those that are there and not wanted. */
	bool (*object)(const struct object *object);
	/* Attributes of objects that are both there and wanted. */
	bool (*attribute)(const struct object *object, const char *name);
};

/*
 * Changes to.  An object stays where the scope does not describe it and its parent is in to; what it needs and to lacks (a dropped column) takes it
 * along.  ret_lost: ids of those that cannot stay, for people.
 */
void schema_graft(struct arena *arena, struct schema *to, const struct schema *from, const struct scope *scope,
		  struct strs *ret_lost);

#endif
