/*
 * pass.c - when there is nothing left to claim: is it over?
 */
#include <stdlib.h>

#include "run/backfill/internal.h"
#include "sql/quote.h"

/* Rows that keep coming are the application's business, not a backfill's. */
enum { PASSES_MAX = 20 };

struct sums {
	long long unfinished, unmoved, changed;
};

static long long at(const struct rows *rows, size_t column)
{
	struct str cell = rows_cell(rows, 0, column);
	return cell.ptr ? strtoll(cell.ptr, NULL, 10) : 0;
}

/* The backfill's row is locked: the end of a pass is decided by one worker. */
static bool sum_up(struct worker *w, const char *id, struct sums *ret_sums, const char **ret_state, struct err *err)
{
	struct rows rows;
	if (!db_query(w->db, w->arena, "SELECT state, pass FROM brant.backfill WHERE id = $1::bigint FOR UPDATE", 1,
		      &id, &rows, err))
		return false;
	*ret_state = rows.rows ? rows_cell(&rows, 0, 0).ptr : "deleted";
	w->b->pass = rows.rows ? at(&rows, 1) : 0;
	if (!db_query(
		    w->db, w->arena,
		    "SELECT count(*) FILTER (WHERE finished_at IS NULL), sum(unmoved), sum(pass_changed) FROM brant.backfill_range "
		    "WHERE backfill = $1::bigint",
		    1, &id, &rows, err))
		return false;
	*ret_sums = (struct sums){ at(&rows, 0), at(&rows, 1), at(&rows, 2) };
	return true;
}

/* Rows for which WHERE still holds; -1: it has none. */
static bool count_left(struct worker *w, long long *ret_left, struct err *err)
{
	const struct cut *cut = &w->b->cut;
	const char *params[] = { w->b->search_path };
	struct rows rows;
	*ret_left = -1;
	if (!cut->where.ptr)
		return true;
	db_send(w->db, STR("SELECT pg_catalog.set_config('search_path', $1, true)"), 1, params, NULL, NULL);
	if (!db_query(w->db, w->arena,
		      arena_printf(w->arena, "SELECT count(*) FROM %s WHERE (" STR_FMT "\n)", cut->relation,
				   STR_ARG(cut->where)),
		      0, NULL, &rows, err))
		return false;
	*ret_left = at(&rows, 0);
	return true;
}

static bool may_repeat(const struct backfill *b, const struct sums *sums, long long left)
{
	return left > 0 && !b->settings.once && b->cut.verb != CUT_INSERT && !sums->unmoved && b->pass < PASSES_MAX;
}

/* All ranges once more.  Pages that were appended meanwhile belong to the last one. */
static bool begin_again(struct worker *w, const char *id, struct err *err)
{
	db_send(w->db,
		STR("UPDATE brant.backfill_range SET reached = NULL, finished_at = NULL, pass_changed = 0, owner = NULL, lease = NULL "
		    "WHERE backfill = $1::bigint"),
		1, &id, NULL, NULL);
	if (w->b->by_ctid) {
		const char *params[] = { id, w->b->relation };
		db_send(w->db,
			STR("UPDATE brant.backfill_range SET high = ARRAY['(' || pg_catalog.pg_relation_size($2::regclass) / "
			    "pg_catalog.current_setting('block_size')::bigint || ',0)'] WHERE backfill = $1::bigint AND position = "
			    "(SELECT max(position) FROM brant.backfill_range WHERE backfill = $1::bigint)"),
			2, params, NULL, NULL);
	}
	db_send(w->db, STR("UPDATE brant.backfill SET pass = pass + 1 WHERE id = $1::bigint"), 1, &id, NULL, NULL);
	db_sync(w->db);
	return db_run(w->db, err);
}

static bool close_it(struct worker *w, const char *id, long long left, struct err *err)
{
	const char *params[] = { id, left < 0 ? NULL : arena_printf(w->arena, "%lld", left) };
	return db_query(
		w->db, w->arena,
		"UPDATE brant.backfill SET state = 'done', left_over = $2::bigint, finished_at = clock_timestamp() "
		"WHERE id = $1::bigint",
		2, params, NULL, err);
}

static bool decide(struct worker *w, const char *id, enum pass_end *ret_end, struct err *err)
{
	struct sums sums;
	const char *state;
	long long left;
	if (!sum_up(w, id, &sums, &state, err))
		return false;
	*ret_end = strcmp(state, "done") == 0 ? PASS_DONE : PASS_OTHERS;
	if (strcmp(state, "running") != 0 || sums.unfinished)
		return true;
	if (!count_left(w, &left, err))
		return false;
	*ret_end = may_repeat(w->b, &sums, left) ? PASS_AGAIN : PASS_DONE;
	return *ret_end == PASS_AGAIN ? begin_again(w, id, err) : close_it(w, id, left, err);
}

bool pass_finish(struct worker *w, enum pass_end *ret_end, struct err *err)
{
	const char *id = arena_printf(w->arena, "%lld", w->b->id);
	struct rows none;
	if (!db_query(w->db, w->arena, "BEGIN", 0, NULL, &none, err))
		return false;
	bool ok = decide(w, id, ret_end, err) && db_query(w->db, w->arena, "COMMIT", 0, NULL, &none, err);
	db_rollback(w->db);
	return ok;
}
