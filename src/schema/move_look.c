/*
 * move_look.c - what the catalog says about a column that is to be moved, and what stands in the way.
 */
#include "schema/move_internal.h"
#include "schema/reading.h"
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

struct strs moved_list(struct arena *arena, struct str cell)
{
	struct strs values = { 0 };
	for (bool more = cell.ptr != NULL; more;) {
		struct str value;
		more = str_cut(cell, '\1', &value, &cell);
		vec_push(arena, &values, value);
	}
	return values;
}

bool moved_refuse(struct moved *m, const char *why, const char *hint)
{
	const char *what = m->request->column ? arena_printf(m->arena, "%s.%s", m->request->table, m->request->column)
					      : m->request->table;
	err_set(m->err, ERR_REFUSED, "move-refused", "%s cannot be moved: %s", what, why);
	return err_hint(m->err, "%s", hint);
}

/* A rename at once takes all that hangs on the column along, at the price of an error in code that still says the old name. */
static bool refuse_steps(struct moved *m, const char *why, const char *hint)
{
	const struct move_request *r = m->request;
	if (r->name)
		hint = arena_printf(
			m->arena,
			"%s Or at once, when no code says the old name: brant diff NAME --rename %s.%s=%s --in-place",
			hint, r->table, r->column, r->name);
	return moved_refuse(m, why, hint);
}

enum { NAME_MAX_BYTES = 63 };

static char *cut_to(struct arena *arena, const char *name, size_t most)
{
	return str_dup(arena, str_head(str_of(name), most));
}

static char *cut_name(struct arena *arena, const char *name)
{
	return cut_to(arena, name, NAME_MAX_BYTES);
}

char *moved_temporary_name(struct arena *arena, const char *name)
{
	static const char end[] = "_brant";
	return arena_printf(arena, "%s%s", cut_to(arena, name, NAME_MAX_BYTES + 1 - sizeof(end)), end);
}

static void take_column(struct moved *m, const struct rows *rows)
{
	struct arena *arena = m->arena;
	m->table = text(rows, 0, 0);
	m->kind = *text(rows, 0, 1);
	m->schema = text(rows, 0, 2);
	m->bare = text(rows, 0, 3);
	m->inherits = flag(rows, 0, 4);
	m->collation = m->request->type ? NULL : text(rows, 0, 7);
	m->not_null = flag(rows, 0, 8);
	m->identity = text(rows, 0, 10) ? *text(rows, 0, 10) : '\0';
	m->generated = text(rows, 0, 11) && *text(rows, 0, 11);
	m->comment = text(rows, 0, 12);
	m->sequence = text(rows, 0, 13);
	m->path = text(rows, 0, 22);
	m->sequence_options = text(rows, 0, 23);
	m->sequence_name = text(rows, 0, 24);
	m->sequence_schema = text(rows, 0, 25);
	m->key = text(rows, 0, 14);
	m->column_grants = moved_list(arena, rows_cell(rows, 0, 17));
	m->all_columns = text(rows, 0, 18);
	m->partitions = moved_list(arena, rows_cell(rows, 0, 21));
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
	m->trigger = sql_ident(arena, str_of(cut_name(arena, arena_printf(arena, "zz_brant_sync_%s", r->column))));
	m->not_null_check =
		sql_ident(arena, str_of(cut_name(arena, arena_printf(arena, "brant_not_null_%s", r->column))));
}

static bool column_may_move(struct moved *m, const struct rows *rows)
{
	struct arena *arena = m->arena;
	if (!text(rows, 0, 5))
		return moved_refuse(m, arena_printf(arena, "%s has no such column", m->table),
				    "\"brant dump\" shows what the history makes.");
	if (m->generated)
		return refuse_steps(
			m, "it is a generated column",
			"Nobody writes to it: add a second generated column, move the readers, and drop this one.");
	if (m->inherits)
		return moved_refuse(
			m, arena_printf(arena, "%s is a partition, or part of an inheritance tree", m->table),
			"Name the partitioned table; the columns of an inheritance tree are to be moved by hand.");
	if (flag(rows, 0, 19))
		return refuse_steps(
			m, arena_printf(arena, "%s is partitioned by it", m->table),
			"The rows would have to change their partitions. Make a new table, and move the rows.");
	if (flag(rows, 0, 20))
		return refuse_steps(
			m, arena_printf(arena, "partitions of %s are partitioned again, or foreign tables", m->table),
			"Write the steps by hand, partition by partition.");
	if (flag(rows, 0, 15))
		return moved_refuse(m, arena_printf(arena, "%s has a column \"%s\" already", m->table, m->w_bare),
				    "Choose another name.");
	return true;
}

static bool table_may_move(struct moved *m, const struct rows *rows)
{
	if (m->kind != 'r' && m->kind != 'p')
		return moved_refuse(m, "it is not a table",
				    "Views can be renamed at once: CREATE VIEW under the new name.");
	if (flag(rows, 0, 16))
		return moved_refuse(m, arena_printf(m->arena, "there is a relation \"%s\" already", m->request->name),
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
		return moved_refuse(m, arena_printf(m->arena, "there is no table %s", r->table),
				    "\"brant dump\" shows what the history makes.");
	take_column(m, &rows);
	if (!r->column)
		return table_may_move(m, &rows) && moved_table_names(m, db);
	name_things(m);
	return column_may_move(m, &rows) && moved_types(m, db);
}

static const char *use_text(struct moved *m, const char *kind, const char *what)
{
	struct arena *arena = m->arena;
	if (strcmp(kind, "fires") == 0)
		return arena_printf(arena, "the trigger %s fires for each row of %s that step 2 moves", what, m->table);
	if (strcmp(kind, "refers") == 0)
		return arena_printf(arena,
				    "%s refers to %s.%s and keeps its type: retype it, too, before it is too small",
				    what, m->table, m->o);
	bool named = strncmp(what, kind, strlen(kind)) == 0;
	return arena_printf(arena, "%s%s%s uses %s.%s: change it between step 2 and step 3", named ? "" : kind,
			    named ? "" : " ", what, m->table, m->o);
}

static bool is_switched(const struct moved *m, const char *oid)
{
	for (size_t i = 0; i < m->switches.len; i++)
		if (oid && strcmp(m->switches.ptr[i].oid, oid) == 0)
			return true;
	return false;
}

/* Told now, and looked at again by step 3. */
static bool look_at_uses(struct moved *m, struct db *db, struct move *move)
{
	struct rows rows;
	const char *params[] = { m->table, m->request->column, m->request->type ? m->type : NULL };
	if (!db_query(db, m->arena, sql_move_uses, 3, params, &rows, m->err))
		return false;
	for (size_t i = 0; i < rows.rows; i++) {
		const char *kind = text(&rows, i, 0), *what = text(&rows, i, 1);
		if (strcmp(kind, "generated column") == 0)
			return refuse_steps(
				m, arena_printf(m->arena, "the generated column \"%s\" is computed from it", what),
				"Drop that column first, and make it again afterwards.");
		if (is_switched(m, text(&rows, i, 2)))
			continue;
		move->in_use = move->in_use || (strcmp(kind, "fires") != 0 && strcmp(kind, "refers") != 0);
		vec_push(m->arena, &move->notes, str_of(use_text(m, kind, what)));
	}
	return true;
}

static const char *temporary_name(struct arena *arena, const char *name)
{
	return sql_ident(arena, str_of(moved_temporary_name(arena, name)));
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
		return refuse_steps(
			m, arena_printf(arena, "the exclusion constraint \"%s\" is on it", name),
			"PostgreSQL builds an exclusion constraint under a lock only. Drop it first, in a migration of its own, and add it again "
			"afterwards, at a quiet hour.");
	const char *temporary = temporary_name(arena, name);
	if (m->kind == 'p' && strcmp(word, "inbound") == 0)
		return moved_refuse(
			m,
			arena_printf(arena,
				     "the foreign key \"%s\" of %s points at it, and it is of a partitioned table",
				     name, text(rows, row, 3)),
			"The new key of a partitioned table comes with step 3, and the foreign key would be checked under a lock there. "
			"Drop the foreign key first, and add it again afterwards.");
	struct strs columns = moved_list(arena, rows_cell(rows, row, 9));
	struct move_part part = {
		.name = sql_ident(arena, str_of(name)),
		.final = sql_ident(arena, str_of(moved_final_name(m, name, &columns))),
		.temporary = temporary,
		.index = rows_cell(rows, row, 6).ptr ? sql_ident(arena, rows_cell(rows, row, 6)) : NULL,
		.is_unique = flag(rows, row, 2),
		.index_tail = text(rows, row, 3),
		.definition = text(rows, row, 4),
		.deferrable = text(rows, row, 5),
		.table = strcmp(word, "inbound") == 0 ? text(rows, row, 3) : m->table,
		.leaves = moved_list(arena, rows_cell(rows, row, 7)),
		.partitions = moved_list(arena, rows_cell(rows, row, 8)),
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
	reading_settings(db);
	bool ok = moved_switches(m, db, m->request->column);
	db_send(db, str_of(arena_printf(m->arena, "ALTER TABLE %s RENAME COLUMN %s TO %s", m->table, m->o, m->w)), 0,
		NULL, NULL, NULL);
	ok = ok && db_query(db, m->arena, sql_move_parts, 2, params, &rows, m->err) && moved_switches(m, db, m->w_bare);
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
	return !m->request->column || (look_at_parts(m, db) && look_at_uses(m, db, move));
}
