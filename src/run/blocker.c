#include "run/blocker.h"

#include "sql/quote.h"

#include "blocker.sql.h"

static const char *relations_of(struct arena *arena, const struct stmt *stmt)
{
	struct strs names = { 0 };
	for (size_t i = 0; i < stmt->touches.len; i++) {
		const struct touch *touch = &stmt->touches.ptr[i];
		if (touch->name.len) /* what is made may be part of a table that is there: its name stays in */
			vec_push(arena, &names, str_of(sql_qualified(arena, touch->schema, touch->name)));
	}
	return names.len ? sql_array(arena, &names) : NULL;
}

const char *blocker_of(struct arena *arena, struct db *db, const struct stmt *stmt)
{
	struct err ignored = { .arena = arena };
	struct rows rows;
	const char *relations = stmt ? relations_of(arena, stmt) : NULL;
	if (!relations || !db_query(db, arena, sql_blocker, 1, &relations, &rows, &ignored) || !rows.rows)
		return NULL;
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < rows.rows; i++) {
		struct str query = rows_cell(&rows, i, 5);
		buf_printf(&buf,
			   "%spid " STR_FMT " (" STR_FMT ", " STR_FMT "), " STR_FMT " for " STR_FMT " s, on " STR_FMT,
			   i ? "; " : "", STR_ARG(rows_cell(&rows, i, 0)), STR_ARG(rows_cell(&rows, i, 1)),
			   STR_ARG(rows_cell(&rows, i, 2)), STR_ARG(rows_cell(&rows, i, 3)),
			   STR_ARG(rows_cell(&rows, i, 4)), STR_ARG(rows_cell(&rows, i, 6)));
		if (query.len)
			buf_printf(&buf, ": " STR_FMT, STR_ARG(query));
	}
	return buf.ptr;
}
