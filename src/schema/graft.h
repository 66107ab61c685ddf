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

#include "schema/plan.h"

struct graft;

/* What is to be done about things that belong to the server, such as roles, and its undoing. */
struct server_changes {
	struct statements before, before_back; /* in front of all else */
	struct statements behind, behind_back; /* when all else is done */
};

/* What a source can describe.  A NULL function: everything. */
struct scope {
	/* Objects: asked of those that are there and not wanted. */
	bool (*object)(const struct scope *scope, const struct object *object);
	/* Attributes of objects that are both there and wanted. */
	bool (*attribute)(const struct scope *scope, const struct object *object, const char *name);
	/*
	 * Called first: says of what is there in another shape than it is wanted that both mean the same (a unique constraint, and a unique index of
	 * its name), with graft_keep() and graft_drop(); it may change values of objects in graft->to.  NULL: nothing.
	 */
	void (*settle)(const struct scope *scope, struct graft *graft);
	/* Statements that give what is there the names that are wanted, where all else is the same: they are run first.  NULL: none. */
	void (*renames)(const struct scope *scope, struct arena *arena, const struct schema *from,
			const struct schema *to, struct statements *statements);
	const void *extra; /* the format's own */
	/* Statements about what belongs to the server, which no schema holds.  NULL: none. */
	void (*server)(const struct scope *scope, struct arena *arena, struct server_changes *changes);
};

struct graft {
	struct arena *arena;
	struct schema *to;
	const struct schema *from;
	struct map kept, dropped; /* ids */
};

/* An object of from stays, described or not. */
void graft_keep(struct graft *graft, const struct object *old);

/* An object of to is not wanted, and its parts are not. */
void graft_drop(struct graft *graft, const struct object *wanted);

/*
 * Changes to.  An object stays where the scope does not describe it and its parent is in to; what it needs and to lacks (a dropped column) takes it
 * along.  ret_lost: ids of those that cannot stay, for people.
 */
void schema_graft(struct arena *arena, struct schema *to, const struct schema *from, const struct scope *scope,
		  struct strs *ret_lost);

#endif
