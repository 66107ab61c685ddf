/*
 * move_name.c - names that follow a column.
 *
 * PostgreSQL and the tools make names of indexes and constraints from those of the table and its columns: users_name_key, ix_users_name,
 * posts_author_users_id_fk.  Whoever writes the column's new name into the schema that is wanted has made such names anew, often without a look at them.
 */
#include "schema/move_internal.h"
#include "sql/quote.h"

#include "move_names.sql.h"
#include "move_parts.sql.h"

static bool is_part(char c)
{
	return c == '\0' || c == '_';
}

/* "users_team_name", with the moved column as the given name. */
static const char *made_of(const struct moved *m, const char *table, const struct strs *columns, size_t n,
			   const char *moved)
{
	struct buf buf = buf_init(m->arena);
	buf_text(&buf, table);
	for (size_t i = 0; i < n; i++) {
		buf_char(&buf, '_');
		if (m->w_bare && str_eq(columns->ptr[i], str_of(m->w_bare)))
			buf_text(&buf, moved);
		else
			buf_str(&buf, columns->ptr[i]);
	}
	return buf.ptr;
}

static const char *with(const struct moved *m, const char *name, const char *before, const char *behind)
{
	enum { MOST = 63 };
	const char *at = strstr(name, before);
	if (!at || (at > name && at[-1] != '_') || !is_part(at[strlen(before)]))
		return NULL;
	/* No convention makes a name of nothing else: somebody has chosen it. */
	if (strcmp(name, before) == 0)
		return NULL;
	const char *now = arena_printf(m->arena, "%.*s%s%s", (int)(at - name), name, behind, at + strlen(before));
	return strlen(now) <= MOST ? now : NULL;
}

const char *moved_final_name(const struct moved *m, const char *name, const struct strs *columns)
{
	const char *old = m->request->column, *new = m->request->name, *now = NULL;
	/* Some conventions name the first column only. */
	for (size_t n = new ? columns->len : 0; n > 0 && !now; n = n > 1 ? 1 : 0)
		now = with(m, name, made_of(m, m->bare, columns, n, old), made_of(m, m->bare, columns, n, new));
	return now ? now : name;
}

static void add_statement(const struct moved *m, const struct rows *rows, size_t i, struct strs *statements)
{
	struct arena *arena = m->arena;
	const char *kind = rows_cell(rows, i, 0).ptr, *name = rows_cell(rows, i, 1).ptr;
	struct strs columns = moved_list(arena, rows_cell(rows, i, 9));
	const char *final = moved_final_name(m, name, &columns);
	const char *now = sql_ident(arena, str_of(final)), *before = sql_ident(arena, str_of(name));
	if (strcmp(kind, "child") == 0 || strcmp(final, name) == 0)
		return;
	const char *sql = strcmp(kind, "index") == 0
		? arena_printf(arena, "ALTER INDEX %s.%s RENAME TO %s", sql_ident(arena, str_of(m->schema)), before,
			       now)
		: arena_printf(arena, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
			       strcmp(kind, "inbound") == 0 ? rows_cell(rows, i, 3).ptr : m->table, before, now);
	vec_push(arena, statements, str_of(sql));
}

/* Whose column it is, and the sequence that it owns. */
static bool look(struct moved *m, struct db *db)
{
	struct rows rows;
	const char *params[] = { m->request->table, m->request->column };
	if (!db_query(
		    db, m->arena,
		    "SELECT n.nspname, c.relname, q.relname, s.seqtypid::pg_catalog.regtype FROM pg_catalog.pg_class c "
		    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_class q "
		    "ON q.oid = pg_catalog.to_regclass(pg_catalog.pg_get_serial_sequence($1, $2)) "
		    "LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = q.oid WHERE c.oid = pg_catalog.to_regclass($1)",
		    2, params, &rows, m->err))
		return false;
	if (!rows.rows)
		return moved_refuse(m, "there is no such table", "\"brant dump\" shows what the history makes.");
	m->schema = rows_cell(&rows, 0, 0).ptr;
	m->bare = rows_cell(&rows, 0, 1).ptr;
	m->sequence_name = rows_cell(&rows, 0, 2).ptr;
	m->type = rows_cell(&rows, 0, 3).ptr;
	m->w_bare = m->request->name ? m->request->name : m->request->column;
	return true;
}

static void add_sequence(const struct moved *m, struct strs *statements)
{
	struct strs column = { 0 };
	vec_push(m->arena, &column, str_of(m->w_bare));
	const char *old =
		m->sequence_name ? sql_qualified(m->arena, str_of(m->schema), str_of(m->sequence_name)) : NULL;
	const char *now = old ? moved_final_name(m, m->sequence_name, &column) : NULL;
	if (old && m->request->type && strcmp(m->type, m->request->type) != 0 &&
	    str_ends(str_of(m->request->type), STR("int")))
		vec_push(m->arena, statements,
			 str_of(arena_printf(m->arena, "ALTER SEQUENCE %s AS %s", old, m->request->type)));
	if (old && strcmp(now, m->sequence_name) != 0)
		vec_push(m->arena, statements,
			 str_of(arena_printf(m->arena, "ALTER SEQUENCE %s RENAME TO %s", old,
					     sql_ident(m->arena, str_of(now)))));
}

/* With the new name in a transaction that is rolled back. */
static bool look_at_parts(struct moved *m, struct db *db, struct rows *ret_rows)
{
	const struct move_request *r = m->request;
	const char *params[] = { r->table, r->name };
	*ret_rows = (struct rows){ 0 };
	if (!r->name)
		return true;
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(db,
		str_of(arena_printf(m->arena, "ALTER TABLE %s RENAME COLUMN %s TO %s", r->table,
				    sql_ident(m->arena, str_of(r->column)), sql_ident(m->arena, str_of(r->name)))),
		0, NULL, NULL, NULL);
	bool ok = db_query(db, m->arena, sql_move_parts, 2, params, ret_rows, m->err);
	db_rollback(db);
	return ok;
}

bool move_names(struct arena *arena, struct db *db, const struct move_request *request, struct strs *ret_statements,
		struct err *err)
{
	struct moved m = { .arena = arena, .request = request, .err = err, .table = request->table };
	struct strs statements = { 0 };
	struct rows rows;
	if (!look(&m, db))
		return false;
	if (!request->column) {
		bool ok = moved_table_names(&m, db);
		*ret_statements = m.names;
		return ok;
	}
	if (!look_at_parts(&m, db, &rows))
		return false;
	for (size_t i = 0; i < rows.rows; i++)
		add_statement(&m, &rows, i, &statements);
	add_sequence(&m, &statements);
	*ret_statements = statements;
	return true;
}

/* users_pkey and users_check are made of the table's name alone. */
static const char *table_part_name(const struct moved *m, const char *name, const struct strs *columns)
{
	static const char *const ends[] = { "pkey", "check" };
	const char *new = m->request->name, *now = NULL;
	for (size_t i = 0; i < LEN(ends); i++)
		if (strcmp(name, arena_printf(m->arena, "%s_%s", m->bare, ends[i])) == 0)
			return arena_printf(m->arena, "%s_%s", new, ends[i]);
	for (size_t n = columns->len; n > 0 && !now; n = n > 1 ? 1 : 0)
		now = with(m, name, made_of(m, m->bare, columns, n, NULL), made_of(m, new, columns, n, NULL));
	return now ? now : name;
}

static char *rename_of(const struct moved *m, const char *kind, const char *from, const char *to)
{
	struct arena *arena = m->arena;
	const char *old = sql_ident(arena, str_of(from)), *new = sql_ident(arena, str_of(to));
	if (strcmp(kind, "CONSTRAINT") == 0)
		return arena_printf(arena, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
				    sql_qualified(arena, str_of(m->schema), str_of(m->request->name)), old, new);
	return arena_printf(arena, "ALTER %s %s.%s RENAME TO %s", kind, sql_ident(arena, str_of(m->schema)), old, new);
}

bool moved_table_names(struct moved *m, struct db *db)
{
	struct rows rows;
	if (!db_query(db, m->arena, sql_move_names, 1, &m->table, &rows, m->err))
		return false;
	for (size_t i = 0; i < rows.rows; i++) {
		struct strs columns = moved_list(m->arena, rows_cell(&rows, i, 2));
		const char *kind = rows_cell(&rows, i, 0).ptr, *name = rows_cell(&rows, i, 1).ptr;
		const char *now = table_part_name(m, name, &columns);
		if (strcmp(now, name) == 0)
			continue;
		vec_push(m->arena, &m->names, str_of(rename_of(m, kind, name, now)));
		vec_push(m->arena, &m->names_back, str_of(rename_of(m, kind, now, name)));
	}
	return true;
}
