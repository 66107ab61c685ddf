/*
 * literal.h - literals of the built-in types: what is one, and how it is written in SQL.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_LITERAL_H
#define BRANT_FORMAT_PRISMA_PSL_LITERAL_H

#include "format/prisma/psl/psl.h"

/* What was expected instead ("a whole number"); NULL: it is a literal of that type. */
const char *literal_wrong(enum psl_scalar scalar, const struct psl_value *value);

/* As SQL, the way Prisma writes it; of a value that is not wrong. */
void literal_sql(struct buf *buf, enum psl_scalar scalar, const struct psl_value *value);

/* In single quotes. */
void string_sql(struct buf *buf, struct str text);

#endif
