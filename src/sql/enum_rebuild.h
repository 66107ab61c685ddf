/*
 * enum_rebuild.h - an enum type made anew to give it more values: rename, create, convert every column, drop.
 *
 *     ALTER TYPE mood RENAME TO mood_old;
 *     CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
 *     ALTER TABLE person ALTER COLUMN m TYPE mood USING m::text::mood;
 *     DROP TYPE mood_old;
 *
 * It rewrites the tables; ALTER TYPE ... ADD VALUE says the same without.
 */
#ifndef BRANT_SQL_ENUM_REBUILD_H
#define BRANT_SQL_ENUM_REBUILD_H

#include "sql/stmt.h"

struct enum_rebuild {
	size_t first, end; /* statements [first, end) */
	struct str type;   /* as CREATE TYPE writes it */
	struct strs labels;
};

/* The next one at or behind a statement; false: there is none. */
bool enum_rebuild_find(struct arena *arena, const struct stmts *stmts, size_t from, struct enum_rebuild *ret_rebuild);

/* ADD VALUE for each label that is new; NULL where one of the old ones is gone or stands elsewhere. */
char *enum_rebuild_rewrite(struct arena *arena, const struct enum_rebuild *rebuild, const struct strs *old);

#endif
