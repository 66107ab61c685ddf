/*
 * diff.h - from one schema to another.
 *
 * Objects are matched by identity and compared attribute by attribute; what a difference means stands in kind.h's table.  What has to be dropped
 * and made again takes all along that depends on it, by the dependencies of both catalogs.  The order follows from these, too; where they
 * form a circle, what CREATE TABLE would have said (defaults, constraints) is said afterwards.
 *
 * It compares and writes; it never asks and never runs anything.
 */
#ifndef BRANT_SCHEMA_DIFF_H
#define BRANT_SCHEMA_DIFF_H

#include "schema/naming.h"
#include "schema/plan.h"
#include "schema/rename.h"

struct diff_options {
	bool plain; /* short forms: indexes without CONCURRENTLY, constraints without NOT VALID */
	bool bare;  /* what changes the schema only, as the project's own tool has it: sequences begin at their start */
	const struct naming *naming; /* NULL: quoted where they have to be, with their schemas */
};

struct difference {
	char sign;                   /* '+' only in to, '-' only in from, '~' in both */
	const struct object *object; /* as it is in to, or was in from */
	const char *attribute;       /* '~' */
	const char *text;            /* "+ table public.tags", "~ table public.users: row_security", for people */
};

struct differences {
	struct difference *ptr;
	size_t len, cap;
};

struct diff {
	struct statements statements;
	struct renames renames; /* that may be meant */
	struct differences differences;
	size_t created, dropped, changed;
	bool loses;
};

void diff_schemas(struct arena *arena, const struct schema *from, const struct schema *to,
		  const struct diff_options *options, struct diff *ret_diff);

/* The whole schema as a script: the difference from an empty one. */
void dump_statements(struct arena *arena, const struct schema *schema, struct statements *ret_statements);

#endif
