/*
 * claim.c - taking a range, keeping it through a pause, giving it back.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "run/backfill/internal.h"

/*
 * A worker that says nothing for so long is given up: short, because nothing depends on it.  A batch keeps its range by its row lock, however
 * long it takes, and a worker that was given up in vain finds its fence worthless and claims another range.
 */
const char claim_seconds[] = "4";

/* Elements one by one: a key may hold any character. */
static char *elements(struct arena *arena, const char *array, size_t n)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 1; i <= n; i++)
		buf_printf(&buf, ", %s[%zu]", array, i);
	return buf.ptr;
}

static struct strs bound_of(struct arena *arena, const struct rows *rows, size_t from, size_t n)
{
	struct strs bound = { 0 };
	for (size_t i = 0; i < n && rows_cell(rows, 0, from + i).ptr; i++)
		vec_push(arena, &bound, rows_cell(rows, 0, from + i));
	return bound;
}

static const char *number(struct arena *arena, long long value)
{
	return arena_printf(arena, "%lld", value);
}

bool range_claim(struct worker *w, bool *ret_claimed, struct err *err)
{
	struct arena *arena = w->arena;
	size_t n = w->b->key.len;
	struct rows rows;
	const char *sql = arena_printf(
		arena, "SELECT position, fence%s%s%s FROM brant.backfill_claim($1::bigint, $2, $3::bigint, $4::float8)",
		elements(arena, "low", n), elements(arena, "high", n), elements(arena, "reached", n));
	const char *params[] = { number(arena, w->b->id), w->owner, w->job->lease ? number(arena, w->job->lease) : NULL,
				 claim_seconds };
	if (!db_query(w->db, arena, sql, 4, params, &rows, err))
		return false;
	*ret_claimed = rows.rows > 0;
	w->range = (struct range){ 0 };
	w->bounded = false;
	if (!rows.rows)
		return true;
	w->range = (struct range){
		.position = strtoll(rows_cell(&rows, 0, 0).ptr, NULL, 10),
		.fence = strtoll(rows_cell(&rows, 0, 1).ptr, NULL, 10),
		.low = bound_of(arena, &rows, 2, n),
		.high = bound_of(arena, &rows, 2 + n, n),
		.reached = bound_of(arena, &rows, 2 + 2 * n, n),
	};
	w->beaten = clock_now();
	return true;
}

void range_heartbeat(struct worker *w, const char *waits_for)
{
	struct arena *scratch = arena_new(NULL);
	struct err ignored = { .arena = scratch };
	const char *params[] = { number(scratch, w->b->id), number(scratch, w->range.position),
				 number(scratch, w->range.fence), claim_seconds, waits_for };
	w->beaten = clock_now();
	if (w->range.position && db_is_open(w->db))
		db_query(
			w->db, scratch,
			"UPDATE brant.backfill_range SET waits_for = $5, expires_at = clock_timestamp() + make_interval(secs => $4::float8) "
			"WHERE backfill = $1::bigint AND position = $2::integer AND fence = $3::bigint",
			5, params, NULL, &ignored);
	arena_free(scratch);
}

void range_release(struct worker *w)
{
	struct arena *scratch = arena_new(NULL);
	struct err ignored = { .arena = scratch };
	const char *params[] = { number(scratch, w->b->id), number(scratch, w->range.position),
				 number(scratch, w->range.fence) };
	db_shield(w->db, true);
	if (w->range.position && db_is_open(w->db))
		db_query(
			w->db, scratch,
			"UPDATE brant.backfill_range SET owner = NULL, lease = NULL, expires_at = NULL, waits_for = NULL "
			"WHERE backfill = $1::bigint AND position = $2::integer AND fence = $3::bigint",
			3, params, NULL, &ignored);
	db_shield(w->db, false);
	w->range = (struct range){ 0 };
	arena_free(scratch);
}
