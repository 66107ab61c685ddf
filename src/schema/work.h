/*
 * work.h - what diff.c, order.c, safe.c and alter*.c share: one comparison while it is made.
 */
#ifndef BRANT_SCHEMA_WORK_H
#define BRANT_SCHEMA_WORK_H

#include "schema/diff.h"

struct node {
	enum verb verb;
	struct object *a, *b;  /* a of what is dropped or altered, b of what is created or altered */
	struct objects folded; /* children whose statements are part of this one's */
	VEC(size_t) next;      /* nodes that must come after it */
	size_t waits;          /* for how many, while sorting */
	bool done, unfold;
};

/* What becomes of an object of either side. */
struct fate {
	bool dropped, created, altered;
	bool disturbs;  /* altered in a way that rules, policies and the like do not survive */
	bool alone;     /* does not fold */
	bool again;     /* altered: a type that is made under its name again, since columns hold values of it */
	bool left;      /* dropped: came with the parent table, which it has left */
	ptrdiff_t node; /* index + 1; 0: none */
};

struct work {
	struct arena *arena;
	const struct schema *from, *to;
	const struct diff_options *options;
	struct fate *old, *new; /* by position in from and to */
	VEC(struct node) nodes;
	struct diff *diff;
};

struct object *counterpart(const struct schema *schema, const struct object *object);

/* Does a table (or the table of a part) exist before the plan runs, so that others are using it? */
bool table_exists(const struct work *work, const struct object *object);

/* Can the change of this attribute be made in place?  Sets *ret_disturbs. */
bool special_possible(const struct work *work, const struct object *a, const struct object *b, const char *attribute,
		      bool *ret_disturbs);

/* Appends what changes a into b. */
void alter_object(struct work *work, const struct object *a, const struct object *b, struct statements *statements);

/* Creates with the safe forms where others are using the table. */
void create_safely(struct work *work, const struct node *node, struct statements *statements);
void drop_safely(struct work *work, const struct node *node, struct statements *statements);

/* Makes nodes and edges, sorts them; ret_order are indexes of nodes. */
struct order {
	size_t *ptr;
	size_t len, cap;
};
void order_nodes(struct work *work, struct order *ret_order);

/* Made, changed and dropped with the same thing of the parent table. */
bool comes_with_parent(const struct object *object);

/* A column that is inherited is its parent table's: whose statement it comes and goes with. */
const struct object *carrier_of(const struct object *object);

bool attributes_differ(const struct object *a, const struct object *b, size_t index);

#endif
