/*
 * move_look.c - what the catalog says about a column that is to be moved, and what stands in the way.
 */
#include "schema/move_internal.h"
#include "sql/quote.h"

#include "move_column.sql.h"
#include "move_parts.sql.h"
#include "move_uses.sql.h"

static const char *text(const struct rows *rows, size_t row, size_t column)
{
	return rows_cell(rows, row, column).ptr;
}

static bool flag(const struct rows *rows, size_t row, size_t column)
{
	return str_eq(rows_cell(rows, row, column), STR("t"));
}

static struct strs list(struct arena *arena, struct str cell)
{
	struct strs values = { 0 };
	for (bool more = cell.ptr != NULL; more;) {
		struct str value;
		more = str_cut(cell, '\1', &value, &cell);
		vec_push(arena, &values, value);
	}
	return values;
}

static bool refuse(struct moved *m, const char *why, const char *hint)
{
	const char *what = m->request->column ? arena_printf(m->arena, "%s.%s", m->request->table, m->request->column)
					      : m->request->table;
	err_set(m->err, ERR_REFUSED, "move-refused", "%s cannot be moved: %s", what, why);
	return err_hint(m->err, "%s", hint);
}

static char *cut_name(struct arena *arena, const char *name)
{
	enum { NAME_MAX_BYTES = 63 };
	size_t n = strlen(name);
	while (n > NAME_MAX_BYTES || (n && n < strlen(name) && ((unsigned char)name[n] & 0xC0) == 0x80))
		n--;
	return arena_strndup(arena, name, n);
}

/* Calls of functions may give another value each time: only what cannot is compared with. */
static bool is_plain_value(const char *value)
{
	return value && (strcmp(value, "now()") == 0 || !strchr(value, '('));
}

static void take_column(struct moved *m, const struct rows *rows)
{
	struct arena *arena = m->arena;
	m->table = text(rows, 0, 0);
	m->kind = *text(rows, 0, 1);
	m->schema = text(rows, 0, 2);
	m->bare = text(rows, 0, 3);
	m->inherits = flag(rows, 0, 4);
	m->old_type = text(rows, 0, 6);
	m->type = m->request->type ? m->request->type : m->old_type;
	m->collation = m->request->type ? NULL : text(rows, 0, 7);
	m->not_null = flag(rows, 0, 8);
	m->value = text(rows, 0, 9);
	m->value_is_plain = is_plain_value(m->value);
	m->identity = text(rows, 0, 10) ? *text(rows, 0, 10) : '\0';
	m->generated = text(rows, 0, 11) && *text(rows, 0, 11);
	m->comment = text(rows, 0, 12);
	m->sequence = text(rows, 0, 13);
	m->key = text(rows, 0, 14);
	m->column_grants = list(arena, rows_cell(rows, 0, 17));
	m->table_grants = list(arena, rows_cell(rows, 0, 18));
	m->all_columns = text(rows, 0, 19);
	m->partitions = list(arena, rows_cell(rows, 0, 22));
}

static void name_things(struct moved *m)
{
	struct arena *arena = m->arena;
	const struct move_request *r = m->request;
	const char *sync = cut_name(arena, arena_printf(arena, "brant_sync_%s_%s", m->bare, r->column));
	m->sync = sql_qualified(arena, str_of(m->schema), str_of(sync));
	m->o = sql_ident(arena, str_of(r->column));
	m->w_bare = r->name ? r->name : cut_name(arena, arena_printf(arena, "%s_new", r->column));
	m->w = sql_ident(arena, str_of(m->w_bare));
}

/* A user's expression sees the row's columns by their names, in the trigger as in a query. */
static void find_expressions(struct moved *m)
{
	struct arena *arena = m->arena;
	const struct move_request *r = m->request;
	const char *bare = sql_ident(arena, str_of(m->bare));
	m->forward = r->forward ? arena_printf(arena, "(%s)", r->forward)
		: r->type       ? arena_printf(arena, "%s::%s", m->o, m->type)
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

static bool no_equality(const char *type)
{
	static const char *const types[] = {
		"json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"
	};
	for (size_t i = 0; i < LEN(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static bool column_may_move(struct moved *m, const struct rows *rows)
{
	struct arena *arena = m->arena;
	if (!text(rows, 0, 5))
		return refuse(m, arena_printf(arena, "%s has no such column", m->table),
			      "\"brant dump\" shows what the history makes.");
	if (m->generated)
		return refuse(
			m, "it is a generated column",
			"Nobody writes to it: add a second generated column, move the readers, and drop this one.");
	if (m->inherits)
		return refuse(
			m, arena_printf(arena, "%s is a partition, or part of an inheritance tree", m->table),
			"Name the partitioned table; the columns of an inheritance tree are to be moved by hand.");
	if (flag(rows, 0, 20))
		return refuse(m, arena_printf(arena, "%s is partitioned by it", m->table),
			      "The rows would have to change their partitions. Make a new table, and move the rows.");
	if (flag(rows, 0, 21))
		return refuse(
			m, arena_printf(arena, "partitions of %s are partitioned again, or foreign tables", m->table),
			"Write the steps by hand, partition by partition.");
	if (no_equality(m->old_type) || no_equality(m->type))
		return refuse(m, "its type has no equality, so the two columns could not be compared",
			      "json can be retyped to jsonb by hand: add, move, drop.");
	if (flag(rows, 0, 15))
		return refuse(m, arena_printf(arena, "%s has a column \"%s\" already", m->table, m->w_bare),
			      "Choose another name.");
	return true;
}

static bool table_may_move(struct moved *m, const struct rows *rows)
{
	if (m->kind != 'r' && m->kind != 'p')
		return refuse(m, "it is not a table", "Views can be renamed at once: CREATE VIEW under the new name.");
	if (flag(rows, 0, 16))
		return refuse(m, arena_printf(m->arena, "there is a relation \"%s\" already", m->request->name),
			      "Choose another name.");
	return true;
}

static bool look_at_column(struct moved *m, struct db *db)
{
	const struct move_request *r = m->request;
	struct rows rows;
	const char *w = r->name ? r->name : r->column ? arena_printf(m->arena, "%s_new", r->column) : "";
	const char *params[] = { r->table, r->column, w };
	if (!db_query(db, m->arena, sql_move_column, 3, params, &rows, m->err))
		return false;
	if (!rows.rows)
		return refuse(m, arena_printf(m->arena, "there is no table %s", r->table),
			      "\"brant dump\" shows what the history makes.");
	take_column(m, &rows);
	if (!r->column)
		return table_may_move(m, &rows);
	name_things(m);
	find_expressions(m);
	return column_may_move(m, &rows);
}

/* Told now, and looked at again by step 3. */
static bool look_at_uses(struct moved *m, struct db *db, struct move *move)
{
	struct rows rows;
	const char *params[] = { m->table, m->request->column };
	if (!db_query(db, m->arena, sql_move_uses, 2, params, &rows, m->err))
		return false;
	for (size_t i = 0; i < rows.rows; i++) {
		const char *kind = text(&rows, i, 0), *what = text(&rows, i, 1);
		if (strcmp(kind, "generated column") == 0)
			return refuse(m,
				      arena_printf(m->arena, "the generated column \"%s\" is computed from it", what),
				      "Drop that column first, and make it again afterwards.");
		vec_push(m->arena, &move->notes,
			 str_of(arena_printf(m->arena, "%s%s%s uses %s.%s: change it between step 2 and step 3",
					     strncmp(what, kind, strlen(kind)) == 0 ? "" : kind,
					     strncmp(what, kind, strlen(kind)) == 0 ? "" : " ", what, m->table, m->o)));
	}
	return true;
}

static const char *temporary_name(struct arena *arena, const char *name)
{
	return sql_ident(arena, str_of(cut_name(arena, arena_printf(arena, "%.57s_brant", name))));
}

static void take_child(struct moved *m, const struct rows *rows, size_t row)
{
	struct arena *arena = m->arena;
	struct move_child child = {
		.name = sql_ident(arena, rows_cell(rows, row, 1)),
		.temporary = temporary_name(arena, text(rows, row, 1)),
		.index_tail = text(rows, row, 3),
		.table = text(rows, row, 4),
		.schema = text(rows, row, 5),
		.of = sql_ident(arena, rows_cell(rows, row, 6)),
	};
	vec_push(arena, &m->children, child);
}

static bool take_part(struct moved *m, const struct rows *rows, size_t row)
{
	static const struct {
		const char *word;
		enum part_kind kind;
	} kinds[] = { { "index", PART_INDEX }, { "p", PART_PRIMARY }, { "u", PART_UNIQUE },
		      { "c", PART_CHECK },     { "f", PART_FOREIGN }, { "inbound", PART_INBOUND } };
	struct arena *arena = m->arena;
	const char *word = text(rows, row, 0), *name = text(rows, row, 1);
	if (strcmp(word, "x") == 0)
		return refuse(m, arena_printf(arena, "the exclusion constraint \"%s\" is on it", name),
			      "An exclusion constraint cannot be built without a lock. Write the steps by hand.");
	const char *temporary = temporary_name(arena, name);
	if (m->kind == 'p' && (strcmp(word, "f") == 0 || strcmp(word, "inbound") == 0))
		return refuse(
			m,
			arena_printf(arena, "the foreign key \"%s\" of a partitioned table cannot be added NOT VALID",
				     name),
			"It would be checked under a lock. Drop the foreign key first, and add it again afterwards.");
	struct move_part part = {
		.name = sql_ident(arena, str_of(name)),
		.temporary = temporary,
		.index = rows_cell(rows, row, 6).ptr ? sql_ident(arena, rows_cell(rows, row, 6)) : NULL,
		.is_unique = flag(rows, row, 2),
		.index_tail = text(rows, row, 3),
		.definition = text(rows, row, 4),
		.deferrable = text(rows, row, 5),
		.table = strcmp(word, "inbound") == 0 ? text(rows, row, 3) : m->table,
	};
	for (size_t i = 0; i < LEN(kinds); i++)
		if (strcmp(kinds[i].word, word) == 0)
			part.kind = kinds[i].kind;
	vec_push(arena, &m->parts, part);
	return true;
}

/* Renamed, read, and taken back: nothing but PostgreSQL knows how its definitions read with another name in them. */
static bool look_at_parts(struct moved *m, struct db *db)
{
	const char *params[] = { m->table, m->w_bare };
	struct rows rows;
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(db, STR("SET LOCAL search_path = pg_catalog"), 0, NULL, NULL, NULL);
	db_send(db, str_of(arena_printf(m->arena, "ALTER TABLE %s RENAME COLUMN %s TO %s", m->table, m->o, m->w)), 0,
		NULL, NULL, NULL);
	bool ok = db_query(db, m->arena, sql_move_parts, 2, params, &rows, m->err);
	db_rollback(db);
	for (size_t i = 0; ok && i < rows.rows; i++) {
		if (strcmp(text(&rows, i, 0), "child") == 0)
			take_child(m, &rows, i);
		else
			ok = take_part(m, &rows, i);
	}
	return ok;
}

bool moved_look(struct moved *m, struct db *db, struct move *move)
{
	m->server_version = db_server_version(db);
	if (!look_at_column(m, db))
		return false;
	return !m->request->column || (look_at_uses(m, db, move) && look_at_parts(m, db));
}
