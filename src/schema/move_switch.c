/*
 * move_switch.c - views and policies that read a column take the new one once the data are moved, so that nothing has to be written by hand.
 */
#include "schema/move_internal.h"
#include "sql/quote.h"

#include "move_switch.sql.h"

static struct move_switch *find(struct moved *m, struct str oid)
{
	for (size_t i = 0; i < m->switches.len; i++)
		if (str_eq(str_of(m->switches.ptr[i].oid), oid))
			return &m->switches.ptr[i];
	return NULL;
}

static void add(struct moved *m, const struct rows *rows, size_t row)
{
	struct arena *arena = m->arena;
	struct move_switch new = { .oid = rows_cell(rows, row, 0).ptr, .before = rows_cell(rows, row, 1).ptr };
	const char *name = rows_cell(rows, row, 3).ptr;
	if (name) {
		new.name = sql_ident(arena, str_of(name));
		new.temporary =
			sql_qualified(arena, rows_cell(rows, row, 2), str_of(moved_temporary_name(arena, name)));
	}
	vec_push(arena, &m->switches, new);
}

bool moved_switches(struct moved *m, struct db *db, const char *column)
{
	const char *params[] = { m->table, column, m->request->type ? "t" : "f" };
	struct rows rows;
	if (!db_query(db, m->arena, sql_move_switch, LEN(params), params, &rows, m->err))
		return false;
	for (size_t i = 0; i < rows.rows; i++) {
		struct move_switch *known = find(m, rows_cell(&rows, i, 0));
		const char *text = rows_cell(&rows, i, 1).ptr;
		if (known)
			known->after = text;
		else
			add(m, &rows, i);
	}
	return true;
}

void move_switch_names(struct moved *m, struct buf *buf)
{
	for (size_t i = 0; i < m->switches.len; i++)
		if (m->switches.ptr[i].name)
			buf_printf(buf, "ALTER STATISTICS %s RENAME TO %s;\n", m->switches.ptr[i].temporary,
				   m->switches.ptr[i].name);
}

void move_switch_step(struct moved *m, struct move *move)
{
	struct arena *arena = m->arena;
	struct buf up = buf_init(arena), down = buf_init(arena);
	if (!m->switches.len)
		return;
	buf_printf(&up, "-- Between step 2 and step 3: what reads %s.%s reads %s, which is equal to it by now.\n",
		   m->table, m->o, m->w);
	for (size_t i = 0; i < m->switches.len; i++) {
		const struct move_switch *s = &m->switches.ptr[i];
		if (s->name) {
			buf_printf(&up, "CREATE STATISTICS %s%s;\n", s->temporary, s->after);
			buf_printf(&down, "DROP STATISTICS %s;\n", s->temporary);
			continue;
		}
		buf_printf(&up, "%s\n", s->after);
		buf_printf(&down, "%s\n", s->before);
	}
	struct move_step step = {
		.name = arena_printf(arena, "use %s %s", m->bare, m->w_bare),
		.up = up.ptr,
		.down = down.ptr,
	};
	vec_push(arena, &move->steps, step);
}
