/*
 * native.h - the types of PostgreSQL that Prisma knows: @db.VarChar(5).
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_NATIVE_H
#define BRANT_FORMAT_PRISMA_PSL_NATIVE_H

#include "format/prisma/psl/psl.h"

struct psl_native {
	const char *name; /* "VarChar" */
	const char *sql;  /* "VARCHAR" */
	enum psl_scalar scalar;
	size_t nargs; /* that it may have: all of them or none */
};

/* NULL: there is none of that name. */
const struct psl_native *native_find(struct str name);

/* The column's type in SQL without "[]"; of enums, too. */
struct str type_sql(struct arena *arena, const struct psl_field *field);

#endif
