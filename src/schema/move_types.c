/*
 * move_types.c - the old type and the new one, the expressions that lead there and back, and what becomes of the default.
 */
#include "schema/move_internal.h"
#include "schema/reading.h"
#include "sql/quote.h"

#include "move_types.sql.h"

static const char *text(const struct rows *rows, size_t column)
{
	return rows_cell(rows, 0, column).ptr;
}

static bool flag(const struct rows *rows, size_t column)
{
	return str_eq(rows_cell(rows, 0, column), STR("t"));
}

/* Calls of functions may give another value each time: only what cannot is compared with. */
static bool is_plain_value(const char *value)
{
	return value && (strcmp(value, "now()") == 0 || !strchr(value, '('));
}

/* A user's expression sees the row's columns by their names, in the trigger as in a query. */
static void find_expressions(struct moved *m)
{
	struct arena *arena = m->arena;
	const struct move_request *r = m->request;
	const char *bare = sql_ident(arena, str_of(m->bare));
	m->forward = r->forward ? arena_printf(arena, "(%s)", r->forward)
		: r->type       ? arena_printf(arena, "%s::%s", m->o, m->cast_type)
				: m->o;
	m->back = r->back ? arena_printf(arena, "(SELECT (%s) FROM (SELECT %s AS %s) AS %s)", r->back, m->w, m->o, bare)
		: r->type ? arena_printf(arena, "%s::%s", m->w, m->old_type)
			  : m->w;
	m->new_forward = r->forward ? arena_printf(arena, "(SELECT (%s) FROM (SELECT NEW.*) AS %s)", r->forward, bare)
				    : arena_printf(arena, "NEW.%s", m->forward);
	m->new_back = r->back
		? arena_printf(arena, "(SELECT (%s) FROM (SELECT NEW.%s AS %s) AS %s)", r->back, m->w, m->o, bare)
		: arena_printf(arena, "NEW.%s", m->back);
}

/* The new type is PostgreSQL's own word for it ("int8" is bigint), read from a table of a transaction that is rolled back. */
static bool ask(struct moved *m, struct db *db, struct rows *ret_rows)
{
	const char *type = m->request->type;
	const char *params[] = { m->table, m->request->column, type ? "pg_temp.brant_type" : m->table,
				 type ? "w" : m->request->column, m->path };
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	if (type)
		db_send(db, str_of(arena_printf(m->arena, "CREATE TEMP TABLE brant_type (w %s)", type)), 0, NULL, NULL,
			NULL);
	reading_settings(db);
	bool ok = db_query(db, m->arena, sql_move_types, LEN(params), params, ret_rows, m->err);
	db_rollback(db);
	return ok || err_prefix(m->err, "what would be written does not run");
}

/* What DISTINCT can tell apart can be compared. */
static bool has_equality(struct moved *m, struct db *db)
{
	struct rows none;
	const char *sql = arena_printf(m->arena, "SELECT DISTINCT NULL::%s, NULL::%s", m->old_type, m->type);
	if (db_query(db, m->arena, sql, 0, NULL, &none, m->err))
		return true;
	if (strcmp(m->err->sqlstate, "42883") != 0)
		return false;
	err_clear(m->err);
	return moved_refuse(m, "its type has no equality, so the two columns could not be compared",
			    "json can be retyped to jsonb by hand: add, move, drop.");
}

static bool is_moment(const char *value)
{
	return strcmp(value, "now()") == 0 || str_starts(str_of(value), STR("CURRENT_TIMESTAMP"));
}

/* With an expression of the user's the default is what that makes of it. */
static bool convert_value(struct moved *m, struct db *db)
{
	struct arena *arena = m->arena;
	struct rows rows;
	const char *bare = sql_ident(arena, str_of(m->bare));
	if (is_moment(m->value) && str_starts(str_of(m->type), STR("timestamp")))
		return true;
	const char *sql =
		arena_printf(arena, "SELECT pg_catalog.quote_literal((%s)::%s) FROM (SELECT (%s)::%s AS %s) AS %s",
			     m->request->forward, m->type, m->value, m->old_type, m->o, bare);
	if (m->value_is_plain && db_query(db, arena, sql, 0, NULL, &rows, m->err)) {
		m->new_value = text(&rows, 0) ? text(&rows, 0) : "NULL";
		return true;
	}
	err_clear(m->err);
	return moved_refuse(
		m, arena_printf(arena, "what --using makes of its default %s is not known", m->value),
		"Drop the default first, and set that of the new type afterwards: ALTER COLUMN ... DROP DEFAULT, SET DEFAULT.");
}

static bool take_value(struct moved *m, struct db *db, bool as_it_stands)
{
	m->value_is_plain = is_plain_value(m->value);
	m->new_value = m->value;
	if (!m->value || !m->request->type)
		return true;
	if (m->request->forward)
		return convert_value(m, db);
	if (!as_it_stands)
		m->new_value = arena_printf(m->arena, "(%s)::%s", m->value, m->type);
	return true;
}

static const char files[] =
	"WITH t AS (SELECT pg_catalog.to_regclass($1)::oid AS oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1))) "
	"SELECT pg_catalog.array_agg(c.relfilenode ORDER BY c.oid), pg_catalog.sum(pg_catalog.pg_stat_get_xact_numscans(c.oid)) "
	"FROM pg_catalog.pg_class c WHERE c.oid IN (SELECT oid FROM t) OR c.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid IN (SELECT oid FROM t))";

static bool same_files(const struct rows *a, const struct rows *b)
{
	return str_eq(rows_cell(a, 0, 0), rows_cell(b, 0, 0)) && str_eq(rows_cell(a, 0, 1), rows_cell(b, 0, 1));
}

/* varchar(20) to varchar(30) or text: neither the table nor its indexes are read or written, so no steps are needed. */
static bool is_catalog_change(struct moved *m, struct db *db)
{
	struct rows before, after, none;
	struct err ignored = { .arena = m->arena };
	const char *alter = arena_printf(m->arena, "ALTER TABLE %s ALTER COLUMN %s TYPE %s", m->table, m->o, m->type);
	bool ok = db_query(db, m->arena, "BEGIN", 0, NULL, &none, &ignored) &&
		db_query(db, m->arena, files, 1, &m->table, &before, &ignored) &&
		db_query(db, m->arena, alter, 0, NULL, &none, &ignored) &&
		db_query(db, m->arena, files, 1, &m->table, &after, &ignored) && same_files(&before, &after);
	db_rollback(db);
	return ok;
}

static bool refuse_catalog_change(struct moved *m)
{
	return moved_refuse(
		m,
		arena_printf(m->arena, "from %s to %s only the catalog changes, in an instant", m->old_type, m->type),
		arena_printf(m->arena, "No steps are needed: ALTER TABLE %s ALTER COLUMN %s TYPE %s;", m->table, m->o,
			     m->type));
}

bool moved_types(struct moved *m, struct db *db)
{
	struct rows rows;
	const struct move_request *r = m->request;
	if (!ask(m, db, &rows))
		return false;
	m->old_type = text(&rows, 0);
	m->type = text(&rows, 1);
	m->cast_type = text(&rows, 2);
	m->value = text(&rows, 3);
	m->may_fail = r->type && (r->forward || !flag(&rows, 4));
	m->trigger_path = r->forward || r->back || flag(&rows, 7) ? text(&rows, 8) : NULL;
	if (r->type && flag(&rows, 5) && !(r->forward && r->back))
		return moved_refuse(
			m,
			arena_printf(m->arena, "what %s becomes as %s depends on each session's TimeZone or DateStyle",
				     m->old_type, m->type),
			arena_printf(
				m->arena,
				"Say it with --using and --back, for example: --using \"%s AT TIME ZONE 'UTC'\" --back \"%s AT TIME ZONE 'UTC'\".",
				m->o, m->o));
	find_expressions(m);
	if (r->type && !r->forward && is_catalog_change(m, db))
		return refuse_catalog_change(m);
	return has_equality(m, db) && take_value(m, db, flag(&rows, 6));
}
