/*
 * progress.c - how far a backfill is, read from its rows: by its own workers and by anybody else.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "run/backfill/internal.h"

#include "progress.sql.h"

static const double tell_every = 1;

static long long whole(const struct rows *rows, size_t row, size_t column)
{
	struct str cell = rows_cell(rows, row, column);
	return cell.ptr ? strtoll(cell.ptr, NULL, 10) : -1;
}

static double real(const struct rows *rows, size_t row, size_t column)
{
	struct str cell = rows_cell(rows, row, column);
	return cell.ptr ? strtod(cell.ptr, NULL) : 0;
}

static struct backfill_progress progress_of(const struct rows *rows, size_t row)
{
	struct backfill_progress p = {
		.id = whole(rows, row, 0),
		.name = rows_cell(rows, row, 1).ptr,
		.state = rows_cell(rows, row, 2).ptr,
		.pass = whole(rows, row, 3),
		.estimated = whole(rows, row, 4),
		.left_over = whole(rows, row, 5),
		.seconds = real(rows, row, 6),
		.scanned = whole(rows, row, 7),
		.changed = whole(rows, row, 8),
		.ranges = whole(rows, row, 9),
		.ranges_done = whole(rows, row, 10),
		.workers = whole(rows, row, 11),
		.waits_for = rows_cell(rows, row, 12).ptr,
		.seconds_left = -1,
	};
	if (p.seconds > 0)
		p.rows_a_second = (double)p.changed / p.seconds;
	long long left = p.estimated - p.scanned;
	if (p.pass == 1 && p.scanned > 0 && p.seconds > 0 && strcmp(p.state, "running") == 0)
		p.seconds_left = left > 0 ? (double)left * p.seconds / (double)p.scanned : 0;
	return p;
}

bool progress_load(struct arena *arena, struct db *db, long long id, struct backfill_progress *ret_progress,
		   struct err *err)
{
	struct rows rows;
	const char *param = arena_printf(arena, "%lld", id);
	if (!db_query(db, arena, sql_progress, 1, &param, &rows, err))
		return false;
	if (!rows.rows) {
		err_set(err, ERR_USAGE, "backfill-unknown", "there is no backfill %lld", id);
		return err_hint(err, "\"brant backfill status\" lists them.");
	}
	*ret_progress = progress_of(&rows, 0);
	return true;
}

bool backfill_list(struct arena *arena, struct db *db, struct backfill_list *ret_list, struct err *err)
{
	struct rows rows;
	const char *all = NULL;
	*ret_list = (struct backfill_list){ 0 };
	if (!db_query(db, arena, sql_progress, 1, &all, &rows, err))
		return false;
	for (size_t i = 0; i < rows.rows; i++)
		vec_push(arena, ret_list, progress_of(&rows, i));
	return true;
}

/* Once a second, by the worker that has somebody to tell. */
void progress_tell(struct worker *w)
{
	struct err ignored = { .arena = w->arena };
	struct backfill_progress progress;
	if (!w->job->progress || clock_now() < w->told + tell_every)
		return;
	w->told = clock_now();
	if (progress_load(w->arena, w->db, w->b->id, &progress, &ignored))
		w->job->progress(w->job->ctx, &progress);
}
