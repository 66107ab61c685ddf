/*
 * names.h - what things are called in the database.
 *
 * Names that the schema does not give are made as PostgreSQL would (table_column_key), and cut at 63 bytes, between characters, so that the
 * suffix stays.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_NAMES_H
#define BRANT_FORMAT_PRISMA_PSL_NAMES_H

#include "format/prisma/psl/psl.h"

enum { PSL_NAME_MAX = 63 };

struct str index_name(struct arena *arena, const struct psl_index *index); /* of primary keys, too */
struct str foreign_key_name(struct arena *arena, const struct psl_relation *relation);

/* The table of a relation of many to many: _AToB or _name. */
struct str join_table_name(struct arena *arena, const struct psl_relation *relation);

/* In double quotes; with the schema in front where it is another than public, as Prisma has it. */
struct str quoted(struct arena *arena, struct str name);
struct str quoted_in(struct arena *arena, struct str schema, struct str name);

/* A name and a suffix, together within the limit. */
struct str name_cut(struct arena *arena, struct str name, const char *suffix);

#endif
