/*
 * ledger.c - alembic_version(version_num varchar(32)), a row a head.
 *
 * A row says that its revision and all that it stands on are applied.  So a revision takes the rows of its parents away when it brings its own, and
 * gives back those of them that nothing else stands on when it is undone.  One statement each: another client never sees the table between.
 */
#include <stdint.h>

#include "format/alembic/alembic.h"
#include "format/shape.h"
#include "sql/quote.h"

/* ledger->extra */
struct heads {
	struct arena *arena;
	struct history *history; /* after match() */
	struct graph graph;
};

struct call alembic_ledger_shape(struct arena *arena, const struct format_settings *settings)
{
	const struct alembic *alembic = settings->extra;
	if (alembic->table_open || alembic->schema_open)
		return alembic_seek(arena, settings);
	return shape_question_on_path(arena, alembic->schema, alembic->table);
}

static bool foreign(const struct ledger *ledger, struct err *err, const char *detail)
{
	err_set(err, ERR_REFUSED, "ledger-foreign", "the table %s is not Alembic's ledger", ledger->shown);
	err_detail(err, "%s", detail);
	return err_hint(err, "Where env.py keeps it elsewhere, say so with \"ledger: SCHEMA.TABLE\" in brant.yaml.");
}

bool alembic_ledger_shape_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
			       struct ledger *ret_ledger, struct err *err)
{
	static const char *const columns[] = { "version_num", NULL };
	static const struct shape_needs needs = { columns, columns, SHAPE_DELETES };
	const struct alembic *alembic = settings->extra;
	bool sought = alembic->table_open || alembic->schema_open;
	struct heads *heads = arena_alloc(arena, sizeof(*heads));
	struct shape shape;
	shape_take(arena, result, &shape);
	heads->arena = arena;
	*ret_ledger = (struct ledger){
		.table = sql_qualified(arena, shape.schema.len ? shape.schema : STR("public"), str_of(alembic->table)),
		.extra = heads,
	};
	ret_ledger->shown = ret_ledger->table;
	if (sought && !alembic_seek_take(arena, settings, result, ret_ledger, err))
		return false;
	const char *fault = shape_tell(arena, &shape, &needs, ret_ledger);
	return !fault || foreign(ret_ledger, err, fault);
}

struct call alembic_ledger_rows(struct arena *arena, const struct format_settings *settings,
				const struct ledger *ledger)
{
	(void)settings;
	return (struct call){ .sql = arena_printf(arena, "SELECT version_num FROM %s ORDER BY 1", ledger->table) };
}

void alembic_ledger_rows_take(struct arena *arena, const struct result *result, struct ledger *ledger)
{
	for (size_t row = 0; row < result->rows; row++)
		vec_push(arena, ledger,
			 (struct ledger_entry){ .version = str_dup(arena, result_cell(result, row, 0)),
						.state = LEDGER_APPLIED });
}

/* Entries for what the rows imply; they are derived, and stand behind the rows. */
static void add_implied(struct arena *arena, const struct history *history, const bool *applied, struct ledger *ledger,
			const struct map *rows)
{
	for (size_t i = 0; i < history->len; i++)
		if (applied[i] && !map_get(rows, str_of(history->ptr[i].version)))
			vec_push(arena, ledger,
				 (struct ledger_entry){ .version = history->ptr[i].version, .state = LEDGER_APPLIED });
}

void alembic_match(struct arena *arena, const struct format_settings *settings, struct history *history,
		   struct ledger *ledger)
{
	(void)settings;
	struct heads *heads = ledger->extra;
	struct map by_version = { 0 }, rows = { 0 };
	bool *applied = arena_alloc(arena, history->len + 1);
	heads->history = history;
	graph_make(arena, history, &heads->graph);
	for (size_t i = 0; i < history->len; i++)
		map_set(arena, &by_version, str_of(history->ptr[i].version), &history->ptr[i]);
	for (size_t i = 0; i < ledger->len; i++) {
		const struct migration *head = map_get(&by_version, str_of(ledger->ptr[i].version));
		map_set(arena, &rows, str_of(ledger->ptr[i].version), ledger);
		if (head)
			graph_mark_ancestors(&heads->graph, (size_t)(head - history->ptr), applied);
	}
	add_implied(arena, history, applied, ledger, &rows);
	for (size_t i = 0; i < ledger->len; i++) {
		struct migration *migration = map_get(&by_version, str_of(ledger->ptr[i].version));
		ledger->ptr[i].migration = migration;
		if (migration)
			migration->entry = &ledger->ptr[i];
	}
}

/* An env.py that keeps it in a schema of its own makes that first; IF NOT EXISTS would ask for the right to make schemas also where it is there. */
static struct str schema_statement(struct arena *arena, const char *schema)
{
	const char *create = arena_printf(arena, "CREATE SCHEMA %s", sql_ident(arena, str_of(schema)));
	return str_of(arena_printf(
		arena,
		"DO $brant$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = %s) THEN EXECUTE %s; END IF; END $brant$",
		sql_literal(arena, str_of(schema)), sql_literal(arena, str_of(create))));
}

/*
 * Alembic's own column holds 32 characters.  Where a project has longer names, its env.py or a revision widens it, mostly to this; what is there already is
 * left as it is.
 */
static unsigned version_width(const struct alembic *alembic)
{
	enum { USUAL = 32, WIDE = 255 };
	return alembic->longest <= USUAL ? USUAL : WIDE;
}

void alembic_ledger_create(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements)
{
	const struct alembic *alembic = settings->extra;
	const char *table = alembic->schema ? sql_qualified(arena, str_of(alembic->schema), str_of(alembic->table))
					    : sql_ident(arena, str_of(alembic->table));
	const char *key = sql_ident(arena, str_of(arena_printf(arena, "%s_pkc", alembic->table)));
	*ret_statements = (struct strs){ 0 };
	if (alembic->schema)
		vec_push(arena, ret_statements, schema_statement(arena, alembic->schema));
	vec_push(arena, ret_statements,
		 str_of(arena_printf(arena,
				     "CREATE TABLE IF NOT EXISTS %s "
				     "(version_num varchar(%u) NOT NULL, CONSTRAINT %s PRIMARY KEY (version_num))",
				     table, version_width(alembic), key)));
	ledger_close(arena, table, ret_statements);
}

/* Versions as an array literal: one parameter, however many. */
static const char *array(struct arena *arena, const struct heads *heads, const bool *marked, size_t without)
{
	struct strs all = { 0 };
	for (size_t i = 0; i < heads->graph.len; i++)
		if (marked[i] && i != without)
			vec_push(arena, &all, str_of(heads->history->ptr[i].version));
	return sql_array(arena, &all);
}

static bool *marks(struct arena *arena, const struct heads *heads)
{
	return arena_alloc(arena, heads->graph.len + 1);
}

static size_t index_of(const struct heads *heads, const struct migration *migration)
{
	return (size_t)(migration - heads->history->ptr);
}

/* What a migration adds to the time of each transaction is mostly the planning of this, so it is no more than it has to be. */
static struct call replace_call(struct arena *arena, const struct ledger *ledger, const char *version,
				const struct strs *gone)
{
	struct call call = { .params = { version }, .nparams = 1 };
	const char *first = "";
	if (gone->len) {
		call.params[call.nparams++] = gone->len == 1 ? gone->ptr[0].ptr : sql_array(arena, gone);
		first = arena_printf(arena, "WITH gone AS (DELETE FROM %s WHERE version_num = %s) ", ledger->table,
				     gone->len == 1 ? "$2" : "ANY ($2::text[])");
	}
	call.sql = arena_printf(arena, "%sINSERT INTO %s (version_num) VALUES ($1) ON CONFLICT DO NOTHING", first,
				ledger->table);
	return call;
}

struct call alembic_record(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			   const struct migration *migration, const struct script *script)
{
	(void)settings;
	(void)script;
	const struct heads *heads = ledger->extra;
	struct strs gone = { 0 };
	for (const size_t *above = heads->graph.above[index_of(heads, migration)]; *above != SIZE_MAX; above++)
		vec_push(arena, &gone, str_of(heads->history->ptr[*above].version));
	return replace_call(arena, ledger, migration->version, &gone);
}

/*
 * The parents' rows come back, but for those that something else still stands on: which rows there are only the server knows at that moment, so it
 * is told for each parent what stands on it.
 */
struct call alembic_unrecord(struct arena *arena, const struct ledger *ledger, const struct migration *migration)
{
	const struct heads *heads = ledger->extra;
	size_t index = index_of(heads, migration);
	bool *implied = marks(arena, heads);
	struct buf pairs = buf_init(arena);
	/* A parent that another parent stands on needs no row of its own. */
	for (const size_t *above = heads->graph.above[index]; *above != SIZE_MAX; above++)
		for (const size_t *other = heads->graph.above[*above]; *other != SIZE_MAX; other++)
			graph_mark_ancestors(&heads->graph, *other, implied);
	for (const size_t *above = heads->graph.above[index]; *above != SIZE_MAX; above++) {
		if (implied[*above])
			continue;
		bool *below = marks(arena, heads);
		graph_mark_descendants(&heads->graph, *above, below);
		buf_printf(&pairs, "%s(%s, %s::text[])", pairs.len ? ", " : "",
			   sql_literal(arena, str_of(heads->history->ptr[*above].version)),
			   sql_literal(arena, str_of(array(arena, heads, below, index))));
	}
	const char *sql = arena_printf(arena, "DELETE FROM %s WHERE version_num = $1::text", ledger->table);
	if (pairs.len)
		sql = arena_printf(
			arena,
			"WITH gone AS (%s RETURNING 1) INSERT INTO %s (version_num) "
			"SELECT v.parent FROM (VALUES %s) AS v(parent, below) WHERE EXISTS (SELECT FROM gone) AND "
			"NOT EXISTS (SELECT FROM %s WHERE version_num = ANY (v.below))",
			sql, ledger->table, pairs.ptr, ledger->table);
	return (struct call){ .sql = sql, .params = { migration->version }, .nparams = 1 };
}

/* Said by hand, so in any order: rows of everything it stands on go, and what stands on it says that it is applied. */
struct call alembic_settle(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			   const struct migration *migration, const struct script *script, bool applied)
{
	(void)settings;
	(void)script;
	const struct heads *heads = ledger->extra;
	size_t index = index_of(heads, migration);
	bool *above = marks(arena, heads), *below = marks(arena, heads);
	if (!applied)
		return alembic_unrecord(arena, ledger, migration);
	graph_mark_ancestors(&heads->graph, index, above);
	graph_mark_descendants(&heads->graph, index, below);
	const char *sql =
		arena_printf(arena,
			     "WITH gone AS (DELETE FROM %s WHERE version_num = ANY ($2::text[])) "
			     "INSERT INTO %s (version_num) SELECT $1::text WHERE NOT EXISTS "
			     "(SELECT FROM %s WHERE version_num = $1::text OR version_num = ANY ($3::text[]))",
			     ledger->table, ledger->table, ledger->table);
	return (struct call){ .sql = sql,
			      .params = { migration->version, array(arena, heads, above, index),
					  array(arena, heads, below, index) },
			      .nparams = 3 };
}
