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
	const char *final;            /* quoted: the name in the end */
	bool is_unique;
	const char *index_tail;         /* "public.users USING btree (full_name)" */
	const char *index;              /* quoted: the index that is behind it, NULL: none */
	const char *definition;         /* of a constraint */
	const char *deferrable;         /* " DEFERRABLE" */
	const char *table;              /* it belongs to */
	struct strs leaves, partitions; /* of that table, for a foreign key */
};

/* The index of one partition under that of the whole table. */
struct move_child {
	const char *schema, *name, *temporary; /* quoted */
	const char *index_tail, *table;
	const char *of; /* the index of the whole table, quoted */
};

/* A view, a policy or statistics of the column: as they are, and as they read under the new name. */
struct move_switch {
	const char *oid;
	const char *before, *after;
	const char *temporary, *name; /* of statistics, quoted: the old ones go with their column */
};

struct moved {
	struct arena *arena;
	const struct move_request *request;
	struct err *err;

	int server_version;
	const char *table, *schema, *bare; /* "public.users", quoted; schema and bare unquoted */
	char kind;
	bool inherits; /* partitions of a table do not count */
	const char *old_type, *type, *collation, *comment, *key;
	const char *cast_type;         /* the new type without a length, which a cast would cut to */
	const char *value, *new_value; /* the default, and as the new column has it */
	const char *path;              /* schemas of the path in which the migrations run, as an array */
	const char *trigger_path;      /* what the trigger sets as its search path, NULL: it needs none */
	bool may_fail;                 /* not every value can be converted */
	bool not_null, generated, value_is_plain;
	char identity;
	const char *sequence, *sequence_options, *sequence_name, *sequence_schema; /* name and schema unquoted */
	struct strs column_grants;
	const char *all_columns;
	const char *sync;           /* "public.brant_sync_users_name": the trigger function */
	const char *trigger;        /* "zz_brant_sync_name": of the column, since several may be on the way */
	const char *not_null_check; /* until NOT NULL itself is there */
	const char *o, *w;          /* quoted: the old column, and the new one as it is called until step 3 */
	const char *w_bare;
	const char *forward, *back;         /* in a query */
	const char *new_forward, *new_back; /* in the trigger */
	VEC(struct move_part) parts;
	VEC(struct move_child) children;
	VEC(struct move_switch) switches; /* of a retype statistics only: a view would get another type */
	struct strs names, names_back;    /* of a table: statements */
	struct strs partitions;           /* of a partitioned table: "public.events_2024", quoted */
};

/* move_look.c */
bool moved_look(struct moved *m, struct db *db, struct move *move);
struct strs moved_list(struct arena *arena, struct str cell);      /* what chr(1) parts */
char *moved_temporary_name(struct arena *arena, const char *name); /* unquoted, both */

/* move_name.c: a name that is made of the table's and the columns' names (in order, the moved one as w_bare) follows a rename; unquoted. */
const char *moved_final_name(const struct moved *m, const char *name, const struct strs *columns);

/* Names that are made of the table's follow a rename of the table: m->names and m->names_back. */
bool moved_table_names(struct moved *m, struct db *db);
bool moved_refuse(struct moved *m, const char *why, const char *hint);

/* move_types.c: the types, how one becomes the other, and the default of the new column.  After the names are known. */
bool moved_types(struct moved *m, struct db *db);

/* move_foreign.c: a foreign key that locks nobody out for long, also where its table is partitioned. */
void move_foreign_add(const struct move_part *part, struct buf *buf);
void move_foreign_validate(const struct move_part *part, struct buf *buf);
void move_foreign_undo(const struct move_part *part, bool inbound, struct buf *buf); /* of the validation */
void move_foreign_rename(const struct move_part *part, struct buf *buf);

/*
 * move_grants.c: what others may do with one relation, on another one.  Looked at when the migration runs: default privileges, and so roles, are
 * others on each server.
 */
void move_grants(const struct moved *m, struct buf *buf, const char *from, const char *to, bool is_table);

/* move_switch.c: while the column has its old name, and again while it has the new one. */
bool moved_switches(struct moved *m, struct db *db, const char *column);

/* move_add.c, move_switch.c, move_drop.c: the texts */
void move_add_steps(struct moved *m, struct move *move);
void move_data_step(struct moved *m, struct move *move);
void move_switch_names(struct moved *m, struct buf *buf); /* when the old column has gone */
void move_switch_step(struct moved *m, struct move *move);
void move_drop_step(struct moved *m, struct move *move);

#endif
