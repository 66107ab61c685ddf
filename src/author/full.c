/*
 * full.c - would the new migration fail on the rows that are there?
 *
 * The proof runs on empty tables.  With --up the next thing is the real database: where that can be told before, no file is left behind.
 */
#include "author/diffing.h"
#include "schema/kind.h"
#include "session/session.h"

static const struct object *table_of(const struct diffing *d, const struct statement *statement)
{
	const struct object *object = statement->object, *table = object ? object->parent : NULL;
	return object && object->kind == KIND_COLUMN && table ? schema_find(&d->from, table->id) : NULL;
}

/* The query that finds a row in the way; NULL: there is none to fear. */
static const char *question(struct arena *arena, const struct object *table, const struct statement *statement)
{
	const struct object *column = statement->object;
	bool filled = strstr(statement->sql, " DEFAULT ") || object_get(column, "identity") ||
		object_get(column, "generated") || strstr(statement->sql, "SERIAL");
	if (statement->verb == VERB_CREATE && object_get(column, "not_null") && !filled)
		return arena_printf(arena, "SELECT FROM %s LIMIT 1", table->ident);
	if (statement->verb == VERB_ALTER && strstr(statement->sql, " SET NOT NULL"))
		return arena_printf(arena, "SELECT FROM %s WHERE %s IS NULL LIMIT 1", table->ident, column->ident);
	return NULL;
}

static bool in_the_way(const struct statement *statement, const struct object *table, struct err *err)
{
	bool new = statement->verb == VERB_CREATE;
	err_set(err, ERR_DECISION, "rows-in-the-way", "%s is to have a value in each row of %s, and %s",
		statement->object->ident, table->ident, new ? "the table has rows" : "some rows have none");
	err_detail(err, "The migration would fail on them. Nothing was written.");
	return err_hint(
		err,
		new ? "Give it a default, or let it be empty first and fill it. Without --up the migration is written, for you to complete."
		    : "Fill them first. Without --up the migration is written, for you to complete.");
}

bool full_tables_allow(struct diffing *d, struct err *err)
{
	struct run_options run;
	struct db *db = NULL;
	bool ok = true;
	for (size_t i = 0; ok && i < d->diff.statements.len; i++) {
		const struct statement *statement = &d->diff.statements.ptr[i];
		const struct object *table = table_of(d, statement);
		const char *sql = table ? question(d->ctx->arena, table, statement) : NULL;
		struct err ignored = { .arena = d->ctx->arena };
		struct rows rows;
		if (!sql)
			continue;
		if (!db && (!session_options(d->ctx, "diff", &run, err) || !up_connect(d->ctx->arena, &run, &db, err)))
			return false;
		/* A table that is not there, or may not be read, is told of by the migration itself. */
		if (db_query(db, d->ctx->arena, sql, 0, NULL, &rows, &ignored) && rows.rows)
			ok = in_the_way(statement, table, err);
	}
	if (db)
		db_close(db);
	return ok;
}
