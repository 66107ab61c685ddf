/*
 * move_internal.h - what the files of move share.
 */
#ifndef BRANT_SCHEMA_MOVE_INTERNAL_H
#define BRANT_SCHEMA_MOVE_INTERNAL_H

#include "schema/move.h"

/* An index, a constraint, or a foreign key of another table that points here, as it reads under the new name. */
struct move_part {
	enum part_kind { PART_INDEX, PART_PRIMARY, PART_UNIQUE, PART_CHECK, PART_FOREIGN, PART_INBOUND } kind;
	const char *name, *temporary; /* quoted; temporary: until the old one has gone */
	bool is_unique;
	const char *index_tail; /* "public.users USING btree (full_name)" */
	const char *index;      /* quoted: the index that is behind it, NULL: none */
	const char *definition; /* of a constraint */
	const char *deferrable; /* " DEFERRABLE" */
	const char *table;      /* it belongs to */
};

/* The index of one partition under that of the whole table. */
struct move_child {
	const char *schema, *name, *temporary; /* quoted */
	const char *index_tail, *table;
	const char *of; /* the index of the whole table, quoted */
};

struct moved {
	struct arena *arena;
	const struct move_request *request;
	struct err *err;

	int server_version;
	const char *table, *schema, *bare; /* "public.users", quoted; schema and bare unquoted */
	char kind;
	bool inherits; /* partitions of a table do not count */
	const char *old_type, *type, *collation, *value, *comment, *sequence, *key;
	bool not_null, generated, value_is_plain;
	char identity;
	struct strs column_grants, table_grants;
	const char *all_columns;
	const char *sync;  /* "public.brant_sync_users_name": the trigger function */
	const char *o, *w; /* quoted: the old column, and the new one as it is called until step 3 */
	const char *w_bare;
	const char *forward, *back;         /* in a query */
	const char *new_forward, *new_back; /* in the trigger */
	VEC(struct move_part) parts;
	VEC(struct move_child) children;
	struct strs partitions; /* of a partitioned table: "public.events_2024", quoted */
};

/* move_look.c */
bool moved_look(struct moved *m, struct db *db, struct move *move);

/* move_add.c, move_drop.c: the texts */
void move_add_steps(struct moved *m, struct move *move);
void move_data_step(struct moved *m, struct move *move);
void move_drop_step(struct moved *m, struct move *move);

#endif
