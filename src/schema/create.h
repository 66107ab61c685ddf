/*
 * create.h - what creates and drops one object.
 */
#ifndef BRANT_SCHEMA_CREATE_H
#define BRANT_SCHEMA_CREATE_H

#include "schema/plan.h"

/*
 * CREATE and what has to be said after it.  folded: children that are created in the same statement (columns, defaults, constraints).
 * The privileges that default privileges give are there by themselves; grants are objects of their own.
 */
void create_object(struct arena *arena, const struct object *object, const struct objects *folded,
		   struct statements *statements);

/* What has to be said of an object that comes with another one. */
void create_rest(struct arena *arena, const struct object *object, struct statements *statements);

/* Has a partition its columns in another order than the whole table? */
bool stands_otherwise(struct arena *arena, const struct object *partition);

/* A partition that is made as a table first, and then attached. */
void create_joining(struct arena *arena, const struct object *table, const struct objects *folded,
		    struct statements *statements);

/* What is lost when it is dropped, NULL: nothing that could not be made again. */
const char *object_loss(struct arena *arena, const struct object *object);
void drop_object(struct arena *arena, const struct object *object, struct statements *statements);

/* "id bigint NOT NULL": a column as CREATE TABLE and ADD COLUMN have it; value is its default's expression or NULL. */
char *column_text(struct arena *arena, const struct object *column, const char *value);

/* "serial": the type of a column whose sequence is made in the same statement; NULL: it is not. */
const char *serial_word(const struct object *column, const struct objects *folded);

/* The attributes of a composite type, as they stand in a row of it. */
struct objects attributes_in_order(struct arena *arena, const struct object *type);

/* GRANT or REVOKE of privileges; given: GRANT for what was granted, REVOKE for what is lacking; else the other way round. */
void grant_privileges(struct arena *arena, const struct object *grant, const char *privileges, bool given,
		      struct statements *statements);

#endif
