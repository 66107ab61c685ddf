/*
 * ledger.c - drizzle.__drizzle_migrations, where the config names no other schema or table.
 *
 *     id          serial   in the order of recording
 *     hash        text     SHA-256 of the file's text; drizzle-kit writes it and never reads it
 *     created_at  bigint   "when" of the journal, or the time in the folder's name
 *     name        text     since 1.0: the folder's name
 *     applied_at  timestamptz DEFAULT now(), since 1.0
 */
#include <inttypes.h>

#include "base/file.h"
#include "format/drizzle/drizzle.h"
#include "format/shape.h"
#include "sql/quote.h"

#include "drizzle_ledger_names.sql.h"

const char *drizzle_ledger_schema(struct arena *arena, const struct format_settings *settings)
{
	struct str schema, table;
	format_ledger_name(arena, &format_drizzle, settings, &schema, &table);
	return str_dup(arena, schema);
}

static bool has_folders(struct arena *arena, const struct format_settings *settings)
{
	return drizzle_line_of(arena, settings->root, drizzle_folder(arena, settings)) == DRIZZLE_1;
}

/* ---- which table it is ---- */

struct call drizzle_ledger_shape(struct arena *arena, const struct format_settings *settings)
{
	return shape_question(arena, &format_drizzle, settings);
}

static bool foreign(const struct ledger *ledger, struct err *err, const char *detail)
{
	err_set(err, ERR_REFUSED, "ledger-foreign", "the table %s is not drizzle-kit's", ledger->shown);
	err_detail(err, "%s", detail);
	return err_hint(err,
			"Is it the table that drizzle-kit writes to? \"migrations.schema\" and \"migrations.table\" in "
			"drizzle.config.ts name it, and so does \"ledger:\" in brant.yaml.");
}

bool drizzle_ledger_shape_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
			       struct ledger *ret_ledger, struct err *err)
{
	static const char *const reads[] = { "id", "hash", "created_at", NULL };
	static const char *const writes[] = { "hash", "created_at", "name", NULL };
	static const struct shape_needs needs = { reads, writes, SHAPE_DELETES };
	struct shape shape;
	shape_take(arena, result, &shape);
	*ret_ledger = (struct ledger){ .table = format_ledger_table(arena, &format_drizzle, settings) };
	ret_ledger->shown = ret_ledger->table;
	const char *fault = shape_tell(arena, &shape, &needs, ret_ledger);
	if (fault)
		return foreign(ret_ledger, err, fault);
	if (shape.exists) {
		ret_ledger->columns = (shape_column(&shape, "name") ? DRIZZLE_HAS_NAME : 0) |
			(shape_column(&shape, "applied_at") ? DRIZZLE_HAS_APPLIED_AT : 0);
		ret_ledger->outdated = !(ret_ledger->columns & DRIZZLE_HAS_NAME) && has_folders(arena, settings);
	} else if (has_folders(arena, settings)) {
		ret_ledger->columns = DRIZZLE_HAS_NAME | DRIZZLE_HAS_APPLIED_AT;
	}
	return true;
}

/* ---- its rows ---- */

struct call drizzle_ledger_rows(struct arena *arena, const struct format_settings *settings,
				const struct ledger *ledger)
{
	(void)settings;
	return (struct call){ .sql = arena_printf(arena, "SELECT id, hash, created_at, %s, %s FROM %s ORDER BY id",
						  ledger->columns & DRIZZLE_HAS_NAME ? "name" : "NULL",
						  ledger->columns & DRIZZLE_HAS_APPLIED_AT ? "applied_at" : "NULL",
						  ledger->table) };
}

static const char *cell(struct arena *arena, const struct result *result, size_t row, size_t column)
{
	struct str text = result_cell(result, row, column);
	return text.ptr ? str_dup(arena, text) : NULL;
}

void drizzle_ledger_rows_take(struct arena *arena, const struct result *result, struct ledger *ledger)
{
	for (size_t i = 0; i < result->rows; i++) {
		struct drizzle_row *row = arena_alloc(arena, sizeof(*row));
		const char *when = cell(arena, result, i, 2);
		*row = (struct drizzle_row){ .id = cell(arena, result, i, 0),
					     .has_when = when != NULL,
					     .when = result_int(result, i, 2),
					     .name = cell(arena, result, i, 3) };
		vec_push(arena, ledger,
			 (struct ledger_entry){
				 .version = row->name ? row->name
						      : arena_printf(arena, "created_at %s", when ? when : "NULL"),
				 .applied_at = cell(arena, result, i, 4),
				 .state = LEDGER_APPLIED,
				 .checksum = cell(arena, result, i, 1),
				 .extra = row,
			 });
	}
}

/* ---- making it ---- */

static struct str filled_in(struct arena *arena, const char *sql, const char *mark, const char *value)
{
	struct buf buf = buf_init(arena);
	struct str rest = str_of(sql);
	for (ptrdiff_t at; (at = str_find(rest, str_of(mark))) >= 0;
	     rest = str_slice(rest, (size_t)at + strlen(mark), rest.len)) {
		buf_add(&buf, rest.ptr, (size_t)at);
		buf_text(&buf, value);
	}
	buf_str(&buf, rest);
	return buf_as_str(&buf);
}

/* The folders as rows; they are few, and a parameter cannot travel with these statements. */
static void add_names(struct arena *arena, const struct format_settings *settings, const char *table,
		      struct strs *statements)
{
	struct history history;
	struct err ignored = { .arena = arena };
	struct buf buf = buf_init(arena);
	if (!drizzle_load(arena, settings, &history, &ignored) || !history.len)
		return;
	for (size_t i = 0; i < history.len; i++) {
		const struct drizzle_migration *extra = history.ptr[i].extra;
		struct str text;
		bool read = file_read(arena, history.ptr[i].path, &text, &ignored);
		buf_printf(&buf, "%s(%s, '%s', %" PRId64 ")", i ? ", " : "WITH folders (name, hash, at) AS (VALUES ",
			   sql_literal(arena, str_of(extra->tag)), read ? drizzle_hash(arena, text) : "",
			   (int64_t)extra->when);
	}
	buf_text(&buf, ") ");
	buf_str(&buf, filled_in(arena, sql_drizzle_ledger_names, "%T", table));
	vec_push(arena, statements, buf_as_str(&buf));
}

/* CREATE SCHEMA IF NOT EXISTS asks for the right to create one even where it is there. */
static const char *create_schema(struct arena *arena, struct str schema)
{
	const char *ident = sql_ident(arena, schema);
	return arena_printf(
		arena,
		"DO $brant$ BEGIN IF pg_catalog.to_regnamespace(%s) IS NULL THEN CREATE SCHEMA %s; END IF; END $brant$",
		sql_literal(arena, str_of(ident)), ident);
}

void drizzle_ledger_create(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements)
{
	struct str schema, table;
	format_ledger_name(arena, &format_drizzle, settings, &schema, &table);
	const char *name = sql_qualified(arena, schema, table);
	bool folders = has_folders(arena, settings);
	*ret_statements = (struct strs){ 0 };
	vec_push(arena, ret_statements, str_of(create_schema(arena, schema)));
	vec_push(arena, ret_statements,
		 str_of(arena_printf(
			 arena,
			 "CREATE TABLE IF NOT EXISTS %s (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)",
			 name)));
	if (folders) {
		vec_push(arena, ret_statements,
			 str_of(arena_printf(arena, "ALTER TABLE %s ADD COLUMN IF NOT EXISTS name text", name)));
		vec_push(
			arena, ret_statements,
			str_of(arena_printf(
				arena,
				"ALTER TABLE %s ADD COLUMN IF NOT EXISTS applied_at timestamp with time zone DEFAULT now()",
				name)));
		add_names(arena, settings, name, ret_statements);
	}
	ledger_close(arena, name, ret_statements);
}

/* ---- recording ---- */

struct call drizzle_record(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			   const struct migration *migration, const struct script *script)
{
	const struct drizzle_migration *extra = migration->extra;
	bool named = ledger->columns & DRIZZLE_HAS_NAME;
	(void)settings;
	(void)script;
	const char *sql = arena_printf(arena,
				       "INSERT INTO %s (hash, created_at%s) SELECT $1::text, $2::bigint%s "
				       "WHERE NOT EXISTS (SELECT FROM %s WHERE hash = $1 AND created_at = $2::bigint)",
				       ledger->table, named ? ", name" : "", named ? ", $3::text" : "", ledger->table);
	return (struct call){ .sql = sql,
			      .params = { extra->hash, arena_printf(arena, "%lld", extra->when), extra->folder },
			      .nparams = named ? 3 : 2 };
}

struct call drizzle_unrecord(struct arena *arena, const struct ledger *ledger, const struct migration *migration)
{
	const struct drizzle_row *row = migration->entry ? migration->entry->extra : NULL;
	return (struct call){ .sql = arena_printf(arena, "DELETE FROM %s WHERE id = $1::integer", ledger->table),
			      .params = { row ? row->id : NULL },
			      .nparams = 1 };
}
