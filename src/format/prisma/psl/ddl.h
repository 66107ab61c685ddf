/*
 * ddl.h - DDL for an empty database, the way Prisma Migrate writes it: what the files ddl*.c share.
 *
 * Statement by statement with a comment in front ("-- CreateTable"), in its order: schemas, extensions, enums, tables, indexes, foreign keys; within
 * each kind as they stand in the files.  Two things differ, since Prisma's text would not run: quotes within names and within the values of
 * enums are doubled.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_DDL_H
#define BRANT_FORMAT_PRISMA_PSL_DDL_H

#include "format/prisma/psl/psl.h"

struct ddl {
	struct arena *arena;
	const struct psl *psl;
	struct buf buf;
	bool to_run;   /* defaults of dbgenerated() stand apart */
	bool external; /* what others make, and nothing else */
};

/* Does a table come of the model, in this DDL? */
static inline bool ddl_makes(const struct ddl *ddl, const struct psl_model *model)
{
	return model->kind == PSL_MODEL && model->external == ddl->external && !psl_is_of_postgis(model->table);
}

/* ... and one between these two? */
static inline bool ddl_joins(const struct ddl *ddl, const struct psl_relation *relation)
{
	return relation->kind == PSL_MANY_TO_MANY && !ddl->external;
}

/* Since 6 such a table has a primary key; before it had a unique index in its place. */
static inline bool ddl_joins_by_key(const struct ddl *ddl)
{
	enum { KEYED = 6 };
	return !ddl->psl->major || ddl->psl->major >= KEYED;
}

/* "-- CreateTable", with an empty line before where it is not the first. */
void ddl_comment(struct ddl *ddl, const char *what);

void ddl_schemas(struct ddl *ddl);
void ddl_extensions(struct ddl *ddl);
void ddl_enums(struct ddl *ddl);
void ddl_tables(struct ddl *ddl);
void ddl_defaults(struct ddl *ddl); /* those that stand apart */
void ddl_indexes(struct ddl *ddl);
void ddl_foreign_keys(struct ddl *ddl);

/* The text of a column's default, or nothing: what Prisma's client makes has none in the database. */
struct str ddl_default(struct arena *arena, const struct psl_field *field);

/* The table of a model, qualified. */
struct str ddl_table(struct arena *arena, const struct psl_model *model);
/* The table between two models: qualified, and its bare name. */
struct str ddl_join_table(struct arena *arena, const struct psl_relation *relation);

/* The type of the id of the model that a side of many to many leads from. */
const struct psl_field *ddl_id_field(const struct psl_model *model);

#endif
