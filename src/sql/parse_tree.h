/*
 * parse_tree.h - the parser's tree as it stands, copied before it goes.
 *
 * libpg_query packs each tree into bytes for its callers to unpack again, which takes five times as long as the parsing.  The messages that it packs are of
 * the same types as those that would be unpacked.  So the two functions that it packs with are replaced (the linker's --wrap, in meson.build; the library is
 * a static one): they copy the tree and pack nothing.
 */
#ifndef BRANT_SQL_PARSE_TREE_H
#define BRANT_SQL_PARSE_TREE_H

#include <pg_query/pg_query.pb-c.h>

#include "base/arena.h"

/* From now on trees are copied into the arena; NULL: not at all. */
void parse_tree_catch(struct arena *arena);

/* The one that was made since then; NULL: none was. */
const PgQuery__ParseResult *parse_tree_caught(void);

/* What the library calls. */
size_t __wrap_pg_query__parse_result__get_packed_size(const PgQuery__ParseResult *tree);
size_t __wrap_pg_query__parse_result__pack(const PgQuery__ParseResult *tree, uint8_t *into);

#endif
