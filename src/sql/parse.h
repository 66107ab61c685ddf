/*
 * parse.h - a statement as PostgreSQL 15's grammar reads it.
 *
 * The only file that calls libpg_query.  It speaks PostgreSQL 15's grammar, so NULL means "not understood", never "invalid".
 * Statements that would cost too much memory or stack are not tried: whoever asks falls back to the tokens.
 *
 * The library keeps its trees in protobuf messages.  They are copied into the caller's arena (parse_tree.h); facts_*.c read them.
 */
#ifndef BRANT_SQL_PARSE_H
#define BRANT_SQL_PARSE_H

#include <pg_query/pg_query.pb-c.h>

#include "base/str.h"

/* The tree of the one statement in text, or NULL. */
const PgQuery__Node *parse_statement(struct arena *arena, struct str text);

/* Why there is none, in the grammar's words, and at which character from 1 (0: it does not say).  NULL: it did not come to that. */
const char *parse_complaint(struct arena *arena, struct str text, unsigned *ret_position);

/* The message inside a node, whatever it is. */
static inline const ProtobufCMessage *node_message(const PgQuery__Node *node)
{
	return (const ProtobufCMessage *)node->alias;
}

#endif
