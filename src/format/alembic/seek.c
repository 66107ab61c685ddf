/*
 * seek.c - the ledger where env.py computes its name or its schema, and nothing of the project's own code may run.
 *
 * Alembic's ledger is known by its rows: no other table has revisions of this graph in a column version_num.  So what is in the database says which table it
 * is, and nobody has to guess at settings, at environment variables and at what env.py makes of them.
 */
#include "format/alembic/alembic.h"
#include "sql/quote.h"

#include "alembic_seek.sql.h"
#include "ledger_shape.sql.h"

/* Behind the columns of the shape. */
enum { SCHEMA = 7, NAME, FITS, FITTING, OTHERS };

/* What cannot be read is told by whoever loads the history. */
static const char *versions(struct arena *arena, const struct format_settings *settings)
{
	struct err ignored = { .arena = arena };
	struct history history = { 0 };
	struct strs all = { 0 };
	if (alembic_load(arena, settings, &history, &ignored))
		for (size_t i = 0; i < history.len; i++)
			vec_push(arena, &all, str_of(history.ptr[i].version));
	return sql_array(arena, &all);
}

/* What -x hands to env.py: KEY=VALUE. */
static const char *values(struct arena *arena, const struct alembic *alembic)
{
	struct strs all = { 0 };
	struct str key, value;
	for (size_t i = 0; i < alembic->arguments.len; i++)
		if (str_cut(alembic->arguments.ptr[i], '=', &key, &value))
			vec_push(arena, &all, value);
	return all.len ? sql_array(arena, &all) : NULL;
}

struct call alembic_seek(struct arena *arena, const struct format_settings *settings)
{
	const struct alembic *alembic = settings->extra;
	return (struct call){
		.sql = arena_printf(arena, "%s%s", sql_ledger_shape, sql_alembic_seek),
		.params = { alembic->schema_open ? NULL : alembic->schema, alembic->table_open ? NULL : alembic->table,
			    versions(arena, settings), values(arena, alembic) },
		.nparams = 4,
	};
}

static const char *what_is_open(const struct alembic *alembic)
{
	return alembic->table_open && alembic->schema_open ? "version_table and version_table_schema are"
		: alembic->table_open                      ? "version_table is"
							   : "version_table_schema is";
}

static bool ambiguous(const struct alembic *alembic, struct str fitting, struct err *err)
{
	err_set(err, ERR_DECISION, "version-table", "each of these tables may be the ledger: " STR_FMT,
		STR_ARG(fitting));
	err_detail(
		err,
		"In env.py %s computed, which only running it can tell%s, and each of them has rows of these revisions.",
		what_is_open(alembic), alembic->arguments.len ? ", and -x may lead elsewhere" : "");
	return err_hint(err, "Say which it is: \"ledger: SCHEMA.TABLE\" in brant.yaml.");
}

static const char *note(struct arena *arena, const struct alembic *alembic, struct str others)
{
	const char *why = arena_printf(
		arena,
		"in env.py %s computed, and no table in the database has a row of these revisions: \"brant up\" runs env.py to know where the ledger is to be",
		what_is_open(alembic));
	return others.len
		? arena_printf(arena, "%s; with rows of others, or not readable: " STR_FMT, why, STR_ARG(others))
		: why;
}

bool alembic_seek_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
		       struct ledger *ledger, struct err *err)
{
	const struct alembic *alembic = settings->extra;
	struct str name = result_cell(result, 0, NAME);
	if (result_int(result, 0, FITS) > 1)
		return ambiguous(alembic, result_cell(result, 0, FITTING), err);
	if (name.ptr)
		ledger->table = ledger->shown = sql_qualified(arena, result_cell(result, 0, SCHEMA), name);
	else
		ledger->shown = alembic->table;
	if (!result_int(result, 0, FITS))
		ledger->note = note(arena, alembic, result_cell(result, 0, OTHERS));
	return true;
}
