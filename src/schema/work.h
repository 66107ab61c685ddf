/*
 * work.h - what diff.c, compare.c, again.c, spread.c, order.c, safe.c and alter*.c share: one comparison while it is made.
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
	bool refills; /* puts the rows back into a table that is made again, by a node of its own */
	bool untypes; /* a table is one OF its type no more, so that both can change; its own node says it again */
	bool detaches; /* a partition leaves its range, so that another one may take it; its own node attaches it again */
	bool gives_way; /* a type gets another name, so that one of another kind may take it; its own node drops it */
};

/* What becomes of an object of either side. */
struct fate {
	bool dropped, created, altered;
	bool disturbs; /* altered in a way that rules, policies and the like do not survive */
	bool alone;    /* does not fold */
	bool again;    /* altered: a type that is made under its name again, since columns hold values of it */
	const struct object *within; /* again: in the statements of this type, which it has in it */
	const struct object
		*moved; /* a column: gets its type anew in the statements of this type, which is made again */
	bool left;      /* dropped: came with the parent table, which it has left */
	bool only;  /* an index of a partitioned table that is made without its parts: they are attached one by one */
	bool apart; /* an index of a partition that is made by a statement of its own, and attached */
	bool joins; /* a partition that is made as a table first, with indexes of its own that are to be parts of wholes */
	const struct object *takes; /* created: a key whose index is there, and becomes its own */
	bool retyped;               /* a table OF a type that changes */
	bool gives_way; /* dropped: a type whose name one of another kind takes, while columns still have its values */
	bool follows;   /* a column: gets its type anew, of which only the name is the same */
	ptrdiff_t way;  /* gives_way: the node that renames it */
	ptrdiff_t node; /* index + 1; 0: none */
};

/* Indexes of partitioned tables, and those of partitions by the index and the table that they belong to. */
struct parts_of {
	struct map wholes, parts;
};

struct work {
	struct arena *arena;
	const struct schema *from, *to;
	const struct diff_options *options;
	struct fate *old, *new; /* by position in from and to */
	VEC(struct node) nodes;
	struct parts_of old_parts, new_parts;
	struct diff *diff;
};

struct object *counterpart(const struct schema *schema, const struct object *object);

/* Does a table (or the table of a part) exist before the plan runs, so that others are using it? */
bool table_exists(const struct work *work, const struct object *object);

/* Can the change of this attribute be made in place?  Sets *ret_disturbs. */
bool special_possible(const struct work *work, const struct object *a, const struct object *b, const char *attribute,
		      bool *ret_disturbs);

/* Is this type of the wanted schema made under its name again, so that all that has it moves over? */
bool is_made_again(const struct work *work, const struct object *type);

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

/* edges.c: between the nodes that are made. */
void order_edges(struct work *work);

/* unsaid.c: the same for what pg_depend does not say. */
void edges_unsaid(struct work *work);

/* Nodes, by their index + 1; 0 is none. */
void order_before(struct work *work, ptrdiff_t first, ptrdiff_t then);

/* bodies.c: what functions call that the plan itself runs. */
void edges_of_bodies(struct work *work);

/* Made, changed and dropped with the same thing of the parent table. */
bool comes_with_parent(const struct object *object);

/* A column that is inherited is its parent table's: whose statement it comes and goes with. */
const struct object *carrier_of(const struct object *object);

/* compare.c: what is dropped, created and altered of both schemas, as they stand. */
void compare_all(struct work *work);

/*
 * A parent's check that is NOT VALID is so of the children that there are, and valid of those that come later.  Which of the wanted ones are to be
 * surer than their parent, and would not be by themselves.
 */
void checks_settle(struct work *work);
bool is_surer(const struct object *b);

/* keys.c: a unique index becomes the index of a key. */
void keys_take_indexes(struct work *work);
void take_index(struct work *work, const struct object *key, struct statements *statements);

/* again.c: types that columns have values of are made again instead of dropped. */
void keep_values(struct work *work);
bool holds_values(const struct work *work, const struct object *type);
bool is_in_composite(const struct work *work, const struct object *type);
void make_again(struct work *work, const struct object *a, const struct object *b);

/* The type of another kind (a domain for an enum, a table for a composite type) that takes the name of one that goes; NULL: none does. */
struct object *heir_of(const struct work *work, const struct object *a);
void edges_of_way(struct work *work, ptrdiff_t node, const struct object *a);

/* The type that has another one in it: as an attribute, or as what it is made of; NULL: it is no type. */
struct object *type_around(struct object *user);

/* spread.c: and all that goes along with what was decided so far. */
void spread_all(struct work *work);

/* compare.c: a difference for people; attribute is NULL but where the sign is '~'. */
void work_note(struct work *work, char sign, const struct object *object, const char *attribute);

/* ---- partition.c: the indexes of partitions, parts of their table's ---- */

/* Finds them in both schemas. */
void parts_learn(struct work *work);

/* Parts go with their whole, and a whole whose part has to leave is made again; was anything decided that was not before? */
bool parts_follow(struct work *work);

/* When all else is decided: which parts are made by themselves, and which wholes without them. */
void parts_settle(struct work *work);

/* The index that a part is attached to, by its name; NULL: it is no part. */
const char *whole_of(const struct object *part);
struct object *old_whole(const struct work *work, const struct object *part);

/* The whole that is dropped and takes this along; NULL: none does. */
struct object *whole_that_takes_along(const struct work *work, const struct object *part);

/* Is this table a partition of the one that the index is on? */
bool is_partition_of(const struct object *table, const struct object *whole);

/* unsaid.c: a table leaves its type, then both change, then it is one OF it again. */
void edges_of_typed(struct work *work, size_t leaves, const struct object *table);

/* refill.c: the rows are put back when the partitions are there, and before what would see that they are not. */
void edges_of_refilled(struct work *work, ptrdiff_t node, const struct object *table);

/* create.c: the type that a table is OF, NULL: none. */
const struct object *type_of_table(const struct object *table);

/* Does a partition get another place? */
bool table_moves(const struct work *work, const struct object *table);

/* Is it there before, and becomes a partition? */
bool table_joins(const struct work *work, const struct object *table);

/* compare.c: a check of a table's new parent, which PostgreSQL wants to see on the table before that joins. */
bool brings_check(const struct work *work, const struct object *b);

/* Can it become a part (or cease to be one) without being made again? */
bool part_moves_in_place(const struct work *work, const struct object *a, const struct object *b);

/* Made or changed for a whole that is there already? */
bool is_attached_late(const struct work *work, const struct object *part);

/* Attaches what is there already to a whole that is. */
void attach_where_both_stay(struct work *work, const struct object *part, struct statements *statements);
void attach_part(struct work *work, const struct object *part, struct statements *statements);
void attach_parts(struct work *work, const struct object *whole, struct statements *statements);
const char *on_only(struct arena *arena, const struct object *whole, const char *sql);

/* serial.c: is the column, with its default and the sequence that it owns, made by this plan as one that is called serial? */
bool is_made_as_serial(const struct work *work, const struct object *column);

/* defaults.c: does the grantee get the object itself, and all rights with it? */
bool becomes_owner(const struct work *work, const struct object *grant);

/* defaults.c: what objects have kept from default privileges that are others now. */
void mend_privileges(struct work *work, struct statements *statements);

/* alter_table.c: out of its old table, in front of what attaches it again. */
void detach_partition(struct work *work, const struct object *old, struct statements *statements);

/* A parent's NOT NULL is not told of its children, but stays with them when they leave, and has to be there when they come. */
bool is_not_null(const struct object *column);

bool attributes_differ(const struct object *a, const struct object *b, size_t index);

#endif
