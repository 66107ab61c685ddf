/*
 * table.c - looking at a table, and writing down a new backfill.
 */
#include <stdlib.h>

#include "run/backfill/internal.h"
#include "sql/quote.h"

#include "look.sql.h"

/* What look.sql says. */
struct look {
	const char *shown, *kind, *unique_keys, *aggregates, *search_path, *role;
	struct strs key, types;
	long long estimated, pages;
	bool row_security;        /* it applies to us */
	const struct err *cannot; /* what the server says of the statement, which it has not run */
};

static const char *cell_text(struct arena *arena, const struct result *result, size_t column)
{
	struct str cell = result_cell(result, 0, column);
	return cell.ptr ? str_dup(arena, cell) : NULL;
}

struct looking {
	struct arena *arena;
	struct look *look;
	struct err *err;
	bool failed;
};

static void take_look(void *ctx, const struct result *result)
{
	struct looking *l = ctx;
	if (result->kind == RESULT_ERROR) {
		err_copy(l->err, result->err);
		l->failed = true;
	}
	if (result->kind != RESULT_ROWS || !result->rows)
		return;
	*l->look = (struct look){
		.shown = cell_text(l->arena, result, 0),
		.kind = cell_text(l->arena, result, 1),
		.estimated = result_int(result, 0, 2),
		.pages = result_int(result, 0, 3),
		.key = array_split(l->arena, result_cell(result, 0, 4)),
		.types = array_split(l->arena, result_cell(result, 0, 5)),
		.unique_keys = cell_text(l->arena, result, 6),
		.aggregates = cell_text(l->arena, result, 7),
		.search_path = cell_text(l->arena, result, 8),
		.row_security = result_bool(result, 0, 9),
		.role = cell_text(l->arena, result, 10),
	};
}

static void take_plan(void *ctx, const struct result *result)
{
	struct looking *l = ctx;
	if (result->kind != RESULT_ERROR)
		return;
	struct err *copy = arena_alloc(l->arena, sizeof(*copy));
	*copy = (struct err){ .arena = l->arena };
	err_copy(copy, result->err);
	l->look->cannot = copy;
}

/* The search path that the statement would meet: it is written down, since other workers have other sessions. */
static void send_path(struct db *db, const struct backfill_job *job)
{
	const char *params[] = { job->search_path };
	if (job->search_path)
		db_send(db, STR("SELECT pg_catalog.set_config('search_path', $1, true)"), 1, params, NULL, NULL);
	for (size_t i = 0; i < job->ncarried; i++)
		db_send(db, job->carried[i]->text, 0, NULL, NULL, NULL);
}

static bool look_at(struct arena *arena, struct db *db, const struct backfill_job *job, const struct cut *cut,
		    struct look *ret_look, struct err *err)
{
	struct looking l = { .arena = arena, .look = ret_look, .err = err };
	const char *key = job->settings.key && strcmp(job->settings.key, "ctid") == 0 ? NULL : job->settings.key;
	const char *params[] = { sql_qualified(arena, cut->schema, cut->table), key,
				 sql_array(arena, &cut->functions) };
	*ret_look = (struct look){ 0 };
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	send_path(db, job);
	db_send(db, STR(sql_look), 3, params, take_look, &l);
	/* A column that is not there is to be told before a backfill is written down. */
	db_send(db, str_of(arena_printf(arena, "EXPLAIN " STR_FMT, STR_ARG(job->stmt->text))), 0, NULL, take_plan, &l);
	/* A carried SET is the session's: ROLLBACK takes it back. */
	db_send(db, STR("ROLLBACK"), 0, NULL, NULL, NULL);
	db_sync(db);
	bool ok = db_run(db, err) && !l.failed;
	db_rollback(db);
	return ok;
}

static bool refuse(const struct backfill_job *job, struct err *err, const char *name, const char *message,
		   const char *hint)
{
	err_set(err, ERR_FAILED, name, "%s", message);
	err_hint(err, "%s", hint);
	return stmt_err_at(err, job->stmt, 0);
}

static bool refuse_key(struct arena *arena, const struct backfill_job *job, const struct look *look, struct err *err)
{
	const char *asked = job->settings.key;
	const char *message = asked
		? arena_printf(arena, "%s has no unique index \"%s\" whose columns are NOT NULL", look->shown, asked)
		: arena_printf(arena, "%s has no primary key to cut it by", look->shown);
	if (look->unique_keys)
		return refuse(job, err, "backfill-key", message,
			      arena_printf(arena, "These could be used: %s. Say it with key=NAME (--key NAME).",
					   look->unique_keys));
	return refuse(job, err, "backfill-key", message,
		      "Without any key it can be cut by where its rows lie, if you agree: key=ctid (--key ctid).");
}

static bool sets_key(const struct cut *cut, const struct look *look)
{
	for (size_t i = 0; i < cut->sets.len; i++)
		for (size_t k = 0; k < look->key.len; k++)
			if (str_eq(cut->sets.ptr[i], look->key.ptr[k]))
				return true;
	return false;
}

/* Rows that were changed lie elsewhere afterwards: only their WHERE keeps them from being met again. */
static bool may_use_ctid(const struct backfill_job *job, const struct cut *cut, const struct look *look,
			 struct err *err)
{
	if (*look->kind == 'p')
		return refuse(
			job, err, "backfill-key", "a partitioned table cannot be cut by ctid",
			"Each partition counts its rows by itself. Add a primary key, or do the partitions one by one.");
	if (cut->verb == CUT_INSERT || (cut->verb == CUT_UPDATE && !cut->where.ptr))
		return refuse(
			job, err, "backfill-key", "without a key a row that moves could be met twice",
			"Write an UPDATE whose WHERE is false for the rows that are done, or give the table a key.");
	return true;
}

static bool admissible(struct arena *arena, const struct backfill_job *job, const struct cut *cut,
		       const struct look *look, bool by_ctid, struct err *err)
{
	if (!look->shown)
		return refuse(
			job, err, "backfill-table",
			arena_printf(arena, "there is no table %s", sql_qualified(arena, cut->schema, cut->table)),
			"It may be made by a later migration, or be in another schema.");
	if (*look->kind != 'r' && *look->kind != 'p')
		return refuse(job, err, "backfill-table", arena_printf(arena, "%s is not a table", look->shown),
			      "Views and foreign tables have no keys to be cut by. Name the table behind it.");
	if (look->aggregates)
		return refuse(job, err, "backfill-statement",
			      arena_printf(arena, "this statement cannot be done in batches: it calls the aggregate %s",
					   look->aggregates),
			      "A batch would count its own rows only.");
	if (look->row_security)
		return refuse(
			job, err, "backfill-table",
			arena_printf(arena, "row security hides rows of %s from the role %s", look->shown, look->role),
			"They would be left out, and not be counted either. Connect as the table's owner (without FORCE ROW LEVEL "
			"SECURITY), or as a role with BYPASSRLS.");
	if (job->settings.skip_locked && (cut->verb == CUT_INSERT || !cut->where.ptr))
		return refuse(job, err, "backfill-statement", "locked=skip needs an UPDATE or DELETE with a WHERE",
			      "Rows that are skipped are found again by the WHERE.");
	if (by_ctid)
		return may_use_ctid(job, cut, look, err);
	if (!look->key.len)
		return refuse_key(arena, job, look, err);
	if (cut->verb == CUT_UPDATE && sets_key(cut, look))
		return refuse(
			job, err, "backfill-statement",
			"this statement sets a column of the key that it would be cut by",
			"A row could move in front of the batches and be done twice. Name another unique index: key=NAME.");
	return true;
}

static void describe(struct arena *arena, const struct backfill_job *job, const struct cut *cut,
		     const struct look *look, bool by_ctid, struct backfill *b)
{
	*b = (struct backfill){
		.name = job->name,
		.relation = look->shown,
		.search_path = look->search_path,
		.key = look->key,
		.types = look->types,
		.settings = job->settings,
		.cut = *cut,
		.estimated = look->estimated,
		.by_ctid = by_ctid,
		.pass = 1,
	};
	if (!by_ctid)
		return;
	b->key = b->types = (struct strs){ 0 };
	vec_push(arena, &b->key, STR("ctid"));
	vec_push(arena, &b->types, STR("tid"));
}

static bool insert(struct arena *arena, struct db *db, const struct backfill_job *job, struct backfill *b,
		   struct err *err)
{
	const char *params[] = {
		b->name,
		job->source,
		str_dup(arena, job->stmt->text),
		backfill_settings_text(arena, &b->settings),
		b->search_path,
		b->relation,
		sql_array(arena, &b->key),
		sql_array(arena, &b->types),
		arena_printf(arena, "%lld", b->estimated),
		job->holder,
	};
	struct rows rows;
	if (!db_query(
		    db, arena,
		    "INSERT INTO brant.backfill (name, source, statement, settings, search_path, relation, key, key_types, estimated, created_by) "
		    "VALUES ($1, $2, $3, $4, $5, $6, $7::text[], $8::text[], $9::bigint, $10) ON CONFLICT (source) DO NOTHING RETURNING id",
		    10, params, &rows, err))
		return false;
	b->id = rows.rows ? strtoll(rows_cell(&rows, 0, 0).ptr, NULL, 10) : 0;
	return true;
}

/* A few round trips, once a backfill; somebody who began it at the same moment goes first. */
static bool create(struct arena *arena, struct db *db, const struct backfill_job *job, struct backfill *b,
		   long long pages, struct err *err)
{
	const char *params[] = { b->search_path };
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(db, STR("SELECT pg_catalog.set_config('search_path', $1, true)"), 1, params, NULL, NULL);
	bool ok =
		insert(arena, db, job, b, err) && (!b->id || ranges_cut(arena, db, b, pages, b->settings.workers, err));
	if (ok) {
		db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
		db_sync(db);
		ok = db_run(db, err);
	}
	db_rollback(db);
	return ok;
}

static bool find(struct arena *arena, struct db *db, const char *source, long long *ret_id, struct err *err)
{
	struct rows rows;
	if (!db_query(db, arena, "SELECT id FROM brant.backfill WHERE source = $1", 1, &source, &rows, err))
		return false;
	*ret_id = rows.rows ? strtoll(rows_cell(&rows, 0, 0).ptr, NULL, 10) : 0;
	return true;
}

static bool begin_new(struct arena *arena, struct db *db, const struct backfill_job *job, struct err *err)
{
	struct cut cut;
	struct look look;
	struct backfill b;
	if (!sql_cut(arena, job->stmt, &cut, err) || !look_at(arena, db, job, &cut, &look, err))
		return false;
	bool by_ctid = job->settings.key && strcmp(job->settings.key, "ctid") == 0;
	if (!admissible(arena, job, &cut, &look, by_ctid, err))
		return false;
	if (look.cannot) {
		err_copy(err, look.cannot);
		if (!err->hint)
			err_hint(err, "Nothing was changed: the server was only asked how it would do it.");
		return stmt_err_at(err, job->stmt, 0);
	}
	describe(arena, job, &cut, &look, by_ctid, &b);
	return create(arena, db, job, &b, look.pages, err);
}

/* Its words may have been changed since it began: a longer pause, more workers.  The key is what it is. */
static bool take_settings(struct arena *arena, struct db *db, const struct backfill_job *job, long long id,
			  struct err *err)
{
	const char *params[] = { arena_printf(arena, "%lld", id), backfill_settings_text(arena, &job->settings) };
	return db_query(db, arena, "UPDATE brant.backfill SET settings = $2 WHERE id = $1::bigint AND settings <> $2",
			2, params, NULL, err);
}

bool backfill_begin(struct arena *arena, struct db *db, const struct backfill_job *job, struct backfill *ret_backfill,
		    struct err *err)
{
	long long id;
	if (!find(arena, db, job->source, &id, err))
		return false;
	if (id && !take_settings(arena, db, job, id, err))
		return false;
	if (!id && (!begin_new(arena, db, job, err) || !find(arena, db, job->source, &id, err)))
		return false;
	return backfill_load(arena, db, id, ret_backfill, err);
}

static bool unknown(long long id, struct err *err)
{
	err_set(err, ERR_USAGE, "backfill-unknown", "there is no backfill %lld", id);
	return err_hint(err, "\"brant backfill status\" lists them.");
}

bool backfill_load(struct arena *arena, struct db *db, long long id, struct backfill *ret_backfill, struct err *err)
{
	struct rows rows;
	const char *param = arena_printf(arena, "%lld", id);
	if (!db_query(db, arena,
		      "SELECT name, state, statement, settings, search_path, relation, array_to_string(key, chr(1)), "
		      "array_to_string(key_types, chr(1)), estimated, pass FROM brant.backfill WHERE id = $1::bigint",
		      1, &param, &rows, err))
		return false;
	if (!rows.rows)
		return unknown(id, err);
	struct backfill b = {
		.id = id,
		.name = rows_cell(&rows, 0, 0).ptr,
		.state = rows_cell(&rows, 0, 1).ptr,
		.settings = backfill_defaults,
		.search_path = rows_cell(&rows, 0, 4).ptr,
		.relation = rows_cell(&rows, 0, 5).ptr,
		.key = array_split(arena, rows_cell(&rows, 0, 6)),
		.types = array_split(arena, rows_cell(&rows, 0, 7)),
		.estimated = strtoll(rows_cell(&rows, 0, 8).ptr, NULL, 10),
		.pass = strtoll(rows_cell(&rows, 0, 9).ptr, NULL, 10),
	};
	struct script_options none = { 0 };
	b.by_ctid = str_eq(b.key.ptr[0], STR("ctid")) && str_eq(b.types.ptr[0], STR("tid"));
	b.script = arena_alloc(arena, sizeof(*b.script));
	if (!backfill_settings_read(arena, rows_cell(&rows, 0, 3), &b.settings, err) ||
	    !script_parse(arena, &none, b.name, rows_cell(&rows, 0, 2), b.script, err) ||
	    !sql_cut(arena, &b.script->stmts.ptr[0], &b.cut, err))
		return false;
	*ret_backfill = b;
	return true;
}
