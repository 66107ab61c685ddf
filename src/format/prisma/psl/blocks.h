/*
 * blocks.h - the kinds of blocks, and what stands in each of them.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_BLOCKS_H
#define BRANT_FORMAT_PRISMA_PSL_BLOCKS_H

#include "format/prisma/psl/reader.h"

struct property {
	struct str at, name;
	struct psl_value *value; /* NULL: nothing behind the "=" */
	bool seen;
};

struct properties {
	struct property *ptr;
	size_t len, cap;
};

/* The block that is being read; one of the pointers is where its members go. */
struct block {
	const struct block_kind *kind;
	struct str at, name;
	struct psl_model *model;
	struct psl_enum *enumeration;
	struct properties *properties;
};

struct block_kind {
	const char *keyword;
	const char *members; /* "a field or an attribute", for messages */
	void (*begin)(struct reader *r, struct block *block);
	bool (*member)(struct reader *r, const struct block *block); /* a line; false: it is none */
	void (*end)(struct reader *r, const struct block *block);
};

/* NULL: it begins no block. */
const struct block_kind *block_kind(struct str keyword);

/* datasource.c: what a datasource and a generator say. */
void take_datasource(struct reader *r, const struct block *block);
void take_generator(struct reader *r, const struct block *block);

#endif
