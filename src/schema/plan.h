/*
 * plan.h - the statements that lead from one schema to another.
 *
 * Text without a closing semicolon, in the order in which it runs.  What a person should know before running one (what it loses, why it looks
 * the way it does) is said beside it, not in it.
 */
#ifndef BRANT_SCHEMA_PLAN_H
#define BRANT_SCHEMA_PLAN_H

#include "schema/schema.h"

enum verb { VERB_DROP, VERB_ALTER, VERB_CREATE };

struct statement {
	const char *sql;
	enum verb verb;
	const struct object
		*object;   /* what it is about, as it will be (as it was, where it is dropped); NULL: a setting */
	const char *loses; /* "the rows of public.users"; NULL: nothing */
	const char *why;   /* a choice that was made, NULL: none */
	bool lone;         /* refuses a transaction */
	bool apart;        /* begins a transaction of its own, so that locks of the one before are gone */
};

struct statements {
	struct statement *ptr;
	size_t len, cap;
};

struct statement *statements_add(struct arena *arena, struct statements *statements, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void statements_add_all(struct arena *arena, struct statements *statements, const struct statements *more);

/* Says of the statements from first on, where nobody said it yet, what they are about. */
void statements_concern(struct statements *statements, size_t first, enum verb verb, const struct object *object);

/* A script of them: semicolons, the comments, a blank line between what has little to do with each other. */
struct str statements_script(struct arena *arena, const struct statements *statements, size_t from, size_t to);

#endif
