/*
 * opclass.h - the operator classes that Prisma knows by name.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_OPCLASS_H
#define BRANT_FORMAT_PRISMA_PSL_OPCLASS_H

#include "format/prisma/psl/psl.h"

struct psl_opclass {
	const char *name;    /* "Int4BloomOps" */
	const char *sql;     /* "int4_bloom_ops" */
	unsigned algorithms; /* bits: 1 << PSL_GIN */
	const char *natives; /* the native types that it is for, each between spaces */
	int scalar;          /* the type that it is for where the field has no native one; -1: it must have one */
};

#endif
