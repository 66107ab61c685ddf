/*
 * batch.c - one batch: one transaction, one round trip.
 *
 *     BEGIN
 *     SELECT brant.backfill_enter(...)    the range is still ours; lock_timeout, search_path
 *     SELECT ... LIMIT n                  where the batch after this one will end
 *     SELECT brant.backfill_change(...)   the statement, for its range of keys, and how far that range is now
 *     SELECT brant.backfill_measure()     who waits for us, while we still hold our locks
 *     COMMIT
 *
 * The bound is looked for one batch ahead, so that each batch's own bounds are literals.  It only tells how many rows a batch will be
 * about: what a batch does is all that lies in its range at that time.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "run/backfill/internal.h"
#include "sql/quote.h"

static const double measure_every = 0.25;

struct batch {
	struct worker *w;
	struct strs next; /* the bound after this batch */
	long long next_rows;
	long long changed, unmoved;
	bool failed, measured, committed;
	struct err *err;
};

static void fail(struct batch *batch, const struct result *result)
{
	if (result->kind != RESULT_ERROR || batch->failed)
		return;
	batch->failed = true;
	err_copy(batch->err, result->err);
}

static void take_own(void *ctx, const struct result *result)
{
	fail(ctx, result);
}

static void take_commit(void *ctx, const struct result *result)
{
	struct batch *batch = ctx;
	fail(batch, result);
	batch->committed = result->kind == RESULT_ROWS;
}

static void take_bound(void *ctx, const struct result *result)
{
	struct batch *batch = ctx;
	size_t n = batch->w->b->key.len;
	fail(batch, result);
	if (result->kind != RESULT_ROWS || !result->rows)
		return;
	batch->next_rows = result_int(result, 0, n);
	for (size_t i = 0; i < n && result_cell(result, 0, i).ptr; i++)
		vec_push(batch->w->arena, &batch->next, str_of(str_dup(batch->w->arena, result_cell(result, 0, i))));
}

static void take_changes(void *ctx, const struct result *result)
{
	struct batch *batch = ctx;
	fail(batch, result);
	if (result->kind != RESULT_ROWS || !result->rows)
		return;
	batch->changed = result_int(result, 0, 0);
	batch->unmoved = result_int(result, 0, 1);
}

static double seen(const struct result *result, size_t column)
{
	struct str cell = result_cell(result, 0, column);
	return cell.ptr ? strtod(cell.ptr, NULL) : -1;
}

static void take_measure(void *ctx, const struct result *result)
{
	struct batch *batch = ctx;
	fail(batch, result);
	if (result->kind != RESULT_ROWS || !result->rows)
		return;
	batch->w->before = batch->w->now;
	batch->measured = true;
	batch->w->now = (struct measured){
		.waiting = (long long)seen(result, 0),
		.active = (long long)seen(result, 1),
		.connections = (long long)seen(result, 2),
		.wal_bytes = seen(result, 3),
		.lag = seen(result, 4),
		.at = clock_now(),
	};
}

static const struct strs *position_of(const struct worker *w)
{
	return w->range.reached.len ? &w->range.reached : &w->range.low;
}

/* What ends the batch: the bound, or the end of the range. */
static const struct strs *end_of(const struct worker *w)
{
	return w->upper.len ? &w->upper : &w->range.high;
}

/* NULL for each column of the key. */
static char *nothing_known(struct arena *arena, const struct backfill *b)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < b->key.len; i++)
		buf_printf(&buf, "%sNULL", i ? ", " : "");
	return buf.ptr;
}

/*
 * The key of the row that the next batch is to end with; where there are fewer rows, how many.  A key is passed by in half the time that it
 * takes to keep, count and sort it.
 */
static void send_bound(struct batch *batch, const struct strs *after)
{
	struct worker *w = batch->w;
	const struct backfill *b = w->b;
	struct arena *arena = w->arena;
	struct buf range = buf_init(arena);
	range_condition(&range, b, after, &w->range.high);
	const char *sql = arena_printf(
		arena,
		"WITH brant_edge AS MATERIALIZED (SELECT %s FROM %s WHERE %s ORDER BY %s OFFSET %lld LIMIT 1) "
		"SELECT %s, %lld FROM brant_edge UNION ALL "
		"SELECT %s, (SELECT count(*) FROM %s WHERE %s) WHERE NOT EXISTS (SELECT FROM brant_edge)",
		range_columns(arena, b, b->cut.alias, ""), b->cut.relation, range.ptr,
		range_columns(arena, b, b->cut.alias, ""), w->size - 1, range_columns(arena, b, "brant_edge", "::text"),
		w->size, nothing_known(arena, b), b->cut.relation, range.ptr);
	db_send(w->db, str_of(sql), 0, NULL, take_bound, batch);
}

static long long page_of(const struct strs *bound)
{
	return bound->len ? strtoll(bound->ptr[0].ptr + 1, NULL, 10) : 0;
}

/* Pages are counted here: nobody has to be asked. */
static void bound_by_page(struct batch *batch, const struct strs *after)
{
	struct worker *w = batch->w;
	long long all = page_of(&w->range.high), rows_a_page = 50;
	long long pages = w->size / rows_a_page + 1, next = page_of(after) + pages;
	batch->next = (struct strs){ 0 };
	batch->next_rows = pages * rows_a_page;
	if (next < all)
		vec_push(w->arena, &batch->next, str_of(arena_printf(w->arena, "(%lld,0)", next)));
	else
		batch->next_rows = 0;
}

/* Fewer rows than asked for: the rest of the range is the last batch. */
static void use_bound(struct batch *batch)
{
	struct worker *w = batch->w;
	bool last = w->b->by_ctid ? !batch->next.len : batch->next_rows < w->size;
	w->upper = last ? (struct strs){ 0 } : batch->next;
	w->expected = batch->next_rows;
	w->bounded = true;
}

bool batch_first_bound(struct worker *w, struct err *err)
{
	struct batch batch = { .w = w, .err = err };
	if (w->b->by_ctid) {
		bound_by_page(&batch, position_of(w));
	} else {
		const char *params[] = { w->b->search_path };
		db_send(w->db, STR("BEGIN"), 0, NULL, take_own, &batch);
		db_send(w->db, STR("SELECT pg_catalog.set_config('search_path', $1, true)"), 1, params, take_own,
			&batch);
		send_bound(&batch, position_of(w));
		db_send(w->db, STR("COMMIT"), 0, NULL, take_own, &batch);
		db_sync(w->db);
		if (!db_run(w->db, err) || batch.failed) {
			db_rollback(w->db);
			return false;
		}
	}
	use_bound(&batch);
	return true;
}

static void send_enter(struct batch *batch)
{
	struct worker *w = batch->w;
	struct arena *arena = w->arena;
	const char *params[] = {
		arena_printf(arena, "%lld", w->b->id),
		arena_printf(arena, "%lld", w->range.position),
		arena_printf(arena, "%lld", w->range.fence),
		w->job->lease ? arena_printf(arena, "%lld", w->job->lease) : NULL,
		arena_printf(arena, "%.0fms", w->b->settings.lock_timeout * 1000),
		w->b->search_path,
		arena_printf(arena, "brant: %.40s", w->b->name),
	};
	db_send(w->db, STR("SELECT brant.backfill_enter($1::bigint, $2::integer, $3::bigint, $4::bigint, $5, $6, $7)"),
		7, params, take_own, batch);
}

static const char *condition(struct worker *w, const char *range)
{
	const struct backfill *b = w->b;
	if (!b->settings.skip_locked)
		return range;
	const char *columns = range_columns(w->arena, b, b->cut.alias, "");
	return arena_printf(w->arena,
			    "(%s) IN (SELECT %s FROM %s WHERE (" STR_FMT
			    "\n) AND %s FOR UPDATE OF %s SKIP LOCKED) AND %s",
			    columns, columns, b->cut.relation, STR_ARG(b->cut.where), range, b->cut.alias, range);
}

static const char own_rows[] = "xmin = pg_catalog.pg_current_xact_id()::xid";

/* Does WHERE still hold for rows that this transaction has changed?  Only UPDATE leaves them there; others' are a later pass's business. */
static const char *stays_query(struct worker *w, const char *where)
{
	const struct cut *cut = &w->b->cut;
	if (cut->verb != CUT_UPDATE || !cut->where.ptr)
		return NULL;
	return arena_printf(w->arena, "SELECT count(*) FROM %s WHERE (" STR_FMT "\n) AND %s AND %s.%s", cut->relation,
			    STR_ARG(cut->where), where, cut->alias, own_rows);
}

/*
 * The same where the new versions of the rows lie, which is mostly at the end of the table: they are next to each other there, while by the key
 * each is found behind its old version.  It counts all that it sees, so that the server knows whether these were all of them.  Ranges of ctid are
 * walked since PostgreSQL 14.
 */
static const char *tail_query(struct worker *w, const char *where)
{
	const struct cut *cut = &w->b->cut;
	if (cut->verb != CUT_UPDATE || !cut->where.ptr || db_server_version(w->db) < 140000)
		return NULL;
	return arena_printf(w->arena,
			    "SELECT count(*), count(*) FILTER (WHERE (" STR_FMT
			    "\n)) FROM %s WHERE %s.ctid >= $1 AND %s.%s AND %s",
			    STR_ARG(cut->where), cut->relation, cut->alias, cut->alias, own_rows, where);
}

static void send_changes(struct batch *batch)
{
	struct worker *w = batch->w;
	struct arena *arena = w->arena;
	struct buf range = buf_init(arena);
	range_condition(&range, w->b, position_of(w), end_of(w));
	const char *params[] = {
		arena_printf(arena, "%lld", w->b->id),
		arena_printf(arena, "%lld", w->range.position),
		cut_with(arena, &w->b->cut, condition(w, range.ptr)),
		stays_query(w, range.ptr),
		tail_query(w, range.ptr),
		w->b->relation,
		array_value(arena, end_of(w)),
		arena_printf(arena, "%lld", w->expected),
		w->upper.len ? "f" : "t",
		claim_seconds,
		w->platform,
		w->allow,
		w->thorough ? "t" : "f",
	};
	db_send(w->db,
		STR("SELECT changed, stays FROM brant.backfill_change($1::bigint, $2::integer, $3, $4, $5, $6::regclass, $7::text[], $8::bigint, "
		    "$9::boolean, $10::float8, $11::text[], $12::text[], $13::boolean)"),
		LEN(params), params, take_changes, batch);
}

/* As many rows as the target time allows, at the speed seen lately; half of it as soon as somebody had to wait for us. */
static void adapt(struct worker *w, double rate, bool others_wait)
{
	const struct backfill_settings *s = &w->b->settings;
	long long most = s->batch ? s->batch : BATCH_MAX, least = most < BATCH_MIN ? most : BATCH_MIN;
	w->rate = w->rate > 0 ? 0.6 * w->rate + 0.4 * rate : rate;
	long long wanted = (long long)(w->rate * s->target);
	if (wanted > w->size * 2)
		wanted = w->size * 2;
	if (others_wait || wanted < w->size / 2)
		wanted = w->size / 2;
	w->size = wanted < least ? least : wanted > most ? most : wanted;
}

/* What the COMMIT has made true.  The bound was looked for with the size of before, so it is judged before the size changes. */
static void advance(struct batch *batch, double seconds)
{
	struct worker *w = batch->w;
	double rows = (double)(w->expected ? w->expected : 1);
	w->range.reached = *end_of(w);
	w->range.finished = !w->upper.len;
	if (!w->range.finished)
		use_bound(batch);
	adapt(w, rows / (seconds > 0.0005 ? seconds : 0.0005), batch->measured && w->now.waiting > 0);
}

bool batch_run(struct worker *w, struct err *err)
{
	struct batch batch = { .w = w, .err = err };
	double start = clock_now();
	db_send(w->db, STR("BEGIN"), 0, NULL, take_own, &batch);
	send_enter(&batch);
	if (w->upper.len && w->b->by_ctid)
		bound_by_page(&batch, &w->upper);
	else if (w->upper.len)
		send_bound(&batch, &w->upper);
	send_changes(&batch);
	if (start > w->now.at + measure_every)
		db_send(w->db, STR("SELECT * FROM brant.backfill_measure()"), 0, NULL, take_measure, &batch);
	db_send(w->db, STR("COMMIT"), 0, NULL, take_commit, &batch);
	db_sync(w->db);
	if (!db_run(w->db, err) || batch.failed) {
		db_rollback(w->db);
		return false;
	}
	advance(&batch, clock_now() - start);
	return true;
}
