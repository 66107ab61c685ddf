#include "schema/move.h"

#include "schema/move_internal.h"
#include "sql/quote.h"

/* Before PostgreSQL 15 a view has the rights of its owner, and no row security of its reader's. */
static const char *view_options(const struct moved *m)
{
	return m->server_version < 150000 ? "" : " WITH (security_invoker = true)";
}

static char *rename_table(struct moved *m)
{
	struct arena *arena = m->arena;
	const char *view = m->table, *now = sql_ident(arena, str_of(m->request->name));
	const char *renamed = sql_qualified(arena, str_of(m->schema), str_of(m->request->name));
	struct buf up = buf_init(arena);
	buf_printf(&up,
		   "-- Step 1 of 2: %s under its new name; a view of the old name stays, for code that still says it.\n"
		   "ALTER TABLE %s RENAME TO %s;\n"
		   "CREATE VIEW %s%s AS SELECT %s FROM %s;\n",
		   m->table, m->table, now, view, view_options(m), m->all_columns, renamed);
	for (size_t i = 0; i < m->names.len; i++)
		buf_printf(&up, STR_FMT ";\n", STR_ARG(m->names.ptr[i]));
	move_grants(m, &up, renamed, view, true);
	return up.ptr;
}

static char *rename_back(struct moved *m, const char *renamed)
{
	struct buf down = buf_init(m->arena);
	buf_printf(&down, "DROP VIEW %s;\n", m->table);
	for (size_t i = 0; i < m->names_back.len; i++)
		buf_printf(&down, STR_FMT ";\n", STR_ARG(m->names_back.ptr[i]));
	buf_printf(&down, "ALTER TABLE %s RENAME TO %s;\n", renamed, sql_ident(m->arena, str_of(m->bare)));
	return down.ptr;
}

static void table_steps(struct moved *m, struct move *move)
{
	struct arena *arena = m->arena;
	if (!*view_options(m))
		vec_push(
			arena, &move->notes,
			str_of(arena_printf(
				arena,
				"the view of the old name %s reads with its owner's rights, past row security: security_invoker needs "
				"PostgreSQL 15",
				m->table)));
	const char *renamed = sql_qualified(arena, str_of(m->schema), str_of(m->request->name));
	struct move_step rename = {
		.name = arena_printf(arena, "rename %s to %s", m->bare, m->request->name),
		.up = rename_table(m),
		.down = rename_back(m, renamed),
	};
	struct move_step drop = {
		.name = arena_printf(arena, "drop view %s", m->bare),
		.up = arena_printf(
			arena,
			"-- brant: contract rename %s %s\n"
			"-- Step 2 of 2: the view of the old name goes. Held back by \"brant up\" until it says --contract.\n"
			"DROP VIEW %s;\n",
			m->table, sql_ident(arena, str_of(m->request->name)), m->table),
	};
	vec_push(arena, &move->steps, rename);
	vec_push(arena, &move->steps, drop);
}

static void column_steps(struct moved *m, struct move *move)
{
	move_add_steps(m, move);
	move_data_step(m, move);
	move_switch_step(m, move);
	move_drop_step(m, move);
}

bool move_plan(struct arena *arena, struct db *db, const struct move_request *request, struct move *ret_move,
	       struct err *err)
{
	struct moved m = { .arena = arena, .request = request, .err = err };
	struct move move = { 0 };
	if (!moved_look(&m, db, &move))
		return false;
	if (request->column)
		column_steps(&m, &move);
	else
		table_steps(&m, &move);
	*ret_move = move;
	return true;
}
