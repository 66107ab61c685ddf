/*
 * link.h - from rows to a graph: addresses, parents, dependencies, identities.
 *
 * The catalogs refer to objects by address (class, oid, sub).  Some addresses stand for another object: a view's rule for the view, a table's
 * row type for the table, an extension's member for the extension.
 */
#ifndef BRANT_SCHEMA_LINK_H
#define BRANT_SCHEMA_LINK_H

#include "schema/schema.h"

struct address {
	unsigned class, oid;
	int sub;
};

struct edge {
	struct address from, to;
};

struct link {
	struct arena *arena;
	struct schema *schema;
	struct map at;      /* address -> object */
	struct map aliases; /* address -> struct address */
	VEC(struct edge) edges;
	VEC(struct address) parents; /* of each object, in order */
};

void link_add(struct link *link, struct object *object, unsigned parent_class, unsigned parent_oid);
void link_alias(struct link *link, struct address from, struct address to);
void link_depend(struct link *link, struct address from, struct address to);

/* The object with this very address or, where there is none, what it stands for; NULL for what is outside. */
struct object *link_at(const struct link *link, struct address address);

/* Is it this very address, not one that stands for the object? */
bool link_is_at(const struct object *object, struct address address);

/* When everything has come: parents, identities, dependencies. */
void link_finish(struct link *link);

#endif
