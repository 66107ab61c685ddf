/*
 * batch.c - one batch: one transaction, one round trip.
 *
 *     BEGIN
 *     SELECT brant.backfill_batch(...)    the range is still ours, and where we believe it to be; where the batch after this one will end; the
 *                                         statement, for its range of keys; and how far that range is now
 *     SELECT brant.backfill_measure()     who waits for us, while we still hold our locks
 *     COMMIT                              which waits for no disk
 *
 * The bound is looked for one batch ahead, so that each batch's own bounds are literals.  It only tells how many rows a batch will be
 * about: what a batch does is all that lies in its range at that time.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "run/backfill/internal.h"
#include "sql/quote.h"

static const double measure_every = 0.25;

/*
 * Seconds, the shortest that the server can.  Where a pause is asked for, somebody else is to have the machine: what wakes up while a batch has the
 * processor waits until the scheduler takes it away, milliseconds later, unless the batch lets go of it before.
 */
static const char rest_between_parts[] = "0.001";

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

/* From this column on: how many rows are left where there is no bound, and the elements of the bound. */
static void take_bound(struct batch *batch, const struct result *result, size_t column)
{
	struct worker *w = batch->w;
	batch->next_rows = result_cell(result, 0, column).ptr ? result_int(result, 0, column) : w->size;
	for (size_t i = 1; i <= w->b->key.len && result_cell(result, 0, column + i).ptr; i++)
		vec_push(w->arena, &batch->next, str_of(str_dup(w->arena, result_cell(result, 0, column + i))));
}

static void take_first(void *ctx, const struct result *result)
{
	fail(ctx, result);
	if (result->kind == RESULT_ROWS && result->rows)
		take_bound(ctx, result, 0);
}

static void take_changes(void *ctx, const struct result *result)
{
	struct batch *batch = ctx;
	fail(batch, result);
	if (result->kind != RESULT_ROWS || !result->rows)
		return;
	batch->changed = result_int(result, 0, 0);
	batch->unmoved = result_int(result, 0, 1);
	if (!batch->w->b->by_ctid)
		take_bound(batch, result, 2);
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

/* The key of the row that the next batch is to end with, as an array.  A key is passed by in half the time that it takes to keep and sort it. */
static char *bound_query(struct worker *w, const struct strs *after)
{
	const struct backfill *b = w->b;
	struct buf range = buf_init(w->arena);
	range_condition(&range, b, after, &w->range.high);
	return arena_printf(w->arena, "SELECT ARRAY[%s] FROM %s WHERE %s ORDER BY %s OFFSET %lld LIMIT 1",
			    range_columns(w->arena, b, b->cut.alias, "::text"), b->cut.relation, range.ptr,
			    range_columns(w->arena, b, b->cut.alias, ""), w->size - 1);
}

/* Where there are fewer rows: how many. */
static char *rest_query(struct worker *w, const struct strs *after)
{
	struct buf range = buf_init(w->arena);
	range_condition(&range, w->b, after, &w->range.high);
	return arena_printf(w->arena, "SELECT count(*) FROM %s WHERE %s", w->b->cut.relation, range.ptr);
}

/* ", bound[1], bound[2]": one by one, since a key may hold any character. */
static char *bound_elements(struct worker *w)
{
	struct buf buf = buf_init(w->arena);
	for (size_t i = 1; i <= w->b->key.len; i++)
		buf_printf(&buf, ", bound[%zu]", i);
	return buf.ptr;
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

/* None, since there are fewer rows than asked for: the rest of the range is the last batch. */
static void use_bound(struct batch *batch)
{
	struct worker *w = batch->w;
	w->upper = batch->next;
	w->expected = batch->next_rows;
	w->bounded = true;
}

static void send_first(struct batch *batch, const struct strs *after)
{
	struct worker *w = batch->w;
	const char *sql = arena_printf(
		w->arena, "SELECT CASE WHEN bound IS NULL THEN (%s) END%s FROM (SELECT (%s) AS bound) AS brant_edge",
		rest_query(w, after), bound_elements(w), bound_query(w, after));
	db_send(w->db, str_of(sql), 0, NULL, take_first, batch);
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
		send_first(&batch, position_of(w));
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

static const char *number(struct worker *w, long long value)
{
	return arena_printf(w->arena, "%lld", value);
}

/* after: where the batch after this one begins; NULL: there is none, or nobody has to be asked. */
static void send_batch(struct batch *batch, const struct strs *after)
{
	struct worker *w = batch->w;
	const struct backfill *b = w->b;
	struct arena *arena = w->arena;
	struct buf range = buf_init(arena);
	range_condition(&range, b, position_of(w), end_of(w));
	const char *params[] = {
		number(w, b->id),
		number(w, w->range.position),
		number(w, w->range.fence),
		array_value(arena, &w->range.reached),
		w->job->lease ? number(w, w->job->lease) : NULL,
		arena_printf(arena, "%.0fms", b->settings.lock_timeout * 1000),
		b->search_path,
		arena_printf(arena, "brant: " STR_FMT, STR_ARG(str_head(str_of(b->name), 40))),
		after ? bound_query(w, after) : NULL,
		after ? rest_query(w, after) : NULL,
		cut_with(arena, &b->cut, condition(w, range.ptr)),
		stays_query(w, range.ptr),
		tail_query(w, range.ptr),
		b->relation,
		array_value(arena, end_of(w)),
		number(w, w->expected),
		w->upper.len ? "f" : "t",
		claim_seconds,
		w->platform,
		w->allow,
		w->thorough ? "t" : "f",
		b->settings.pause > 0 ? rest_between_parts : NULL,
	};
	const char *sql = arena_printf(
		arena,
		"SELECT changed, stays, left_over%s FROM brant.backfill_batch($1::bigint, $2::integer, $3::bigint, $4::text[], $5::bigint, $6, $7, $8, "
		"$9, $10, $11, $12, $13, $14::regclass, $15::text[], $16::bigint, $17::boolean, $18::float8, $19::text[], $20::text[], $21::boolean, $22::float8)",
		bound_elements(w));
	db_send(w->db, str_of(sql), LEN(params), params, take_changes, batch);
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
	if (w->upper.len && w->b->by_ctid)
		bound_by_page(&batch, &w->upper);
	send_batch(&batch, w->upper.len && !w->b->by_ctid ? &w->upper : NULL);
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
