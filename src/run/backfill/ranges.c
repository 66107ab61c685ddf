/*
 * ranges.c - ranges of keys as SQL, and cutting a table into them.
 *
 * Bounds are literals, not parameters and not sub-selects: the planner then knows how much of the index a batch is.
 */
#include "run/backfill/internal.h"
#include "sql/quote.h"

/* form "%s": each column; "%s::text": as text.  Joined by commas. */
char *range_columns(struct arena *arena, const struct backfill *b, const char *qualifier, const char *form)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < b->key.len; i++) {
		const char *name = sql_ident(arena, b->key.ptr[i]);
		buf_printf(&buf, "%s%s%s%s%s", i ? ", " : "", qualifier, *qualifier ? "." : "", name, form);
	}
	return buf.ptr;
}

static void put_bound(struct buf *buf, const struct backfill *b, const char *operator, const struct strs * bound)
{
	const char *columns = range_columns(buf->arena, b, b->cut.alias, "");
	buf_printf(buf, b->key.len > 1 ? "(%s) %s (" : "%s %s ", columns, operator);
	for (size_t i = 0; i < b->key.len; i++)
		buf_printf(buf, "%s%s::" STR_FMT, i ? ", " : "", sql_literal(buf->arena, bound->ptr[i]),
			   STR_ARG(b->types.ptr[i]));
	if (b->key.len > 1)
		buf_char(buf, ')');
}

/* after < key <= upto, in parentheses. */
void range_condition(struct buf *buf, const struct backfill *b, const struct strs *after, const struct strs *upto)
{
	buf_char(buf, '(');
	if (after->len)
		put_bound(buf, b, ">", after);
	if (after->len && upto->len)
		buf_text(buf, " AND ");
	if (upto->len)
		put_bound(buf, b, "<=", upto);
	buf_text(buf, after->len || upto->len ? ")" : "true)");
}

char *array_value(struct arena *arena, const struct strs *values)
{
	return values->len ? sql_array(arena, values) : NULL;
}

/* Arrays travel as their elements with chr(1) between them. */
struct strs array_split(struct arena *arena, struct str cell)
{
	struct strs values = { 0 };
	bool more = cell.ptr != NULL;
	while (more) {
		struct str value;
		more = str_cut(cell, '\1', &value, &cell);
		vec_push(arena, &values, str_of(str_dup(arena, value)));
	}
	return values;
}

/* Enough ranges for many hands, each still of some thousand rows. */
static long long how_many(const struct backfill *b, long long workers)
{
	long long n = b->estimated / 100000;
	if (n < workers * 4 && workers > 1)
		n = b->estimated < 1000 ? 1 : workers * 4;
	return n < 1 ? 1 : n > RANGES_MAX ? RANGES_MAX : n;
}

/* Keys that cut the table into about equal parts, read from a sample of its pages. */
static char *sample_query(struct arena *arena, const struct backfill *b, long long n)
{
	double percent = b->estimated > 30000 ? 100.0 * 30000 / (double)b->estimated : 100;
	const char *columns = range_columns(arena, b, "", ""), *descending = range_columns(arena, b, "", " DESC");
	return arena_printf(
		arena,
		"SELECT %s FROM (SELECT DISTINCT ON (part) part, %s FROM "
		"(SELECT %s, ntile(%lld) OVER (ORDER BY %s) AS part FROM %s TABLESAMPLE SYSTEM (%.4f)) AS s "
		"ORDER BY part, %s) AS cuts ORDER BY part",
		range_columns(arena, b, "", "::text"), columns, columns, n, columns, b->cut.relation, percent,
		descending);
}

struct bounds {
	struct strs *ptr;
	size_t len, cap;
};

static bool sample(struct arena *arena, struct db *db, const struct backfill *b, long long n, struct bounds *bounds,
		   struct err *err)
{
	struct rows rows;
	if (!db_query(db, arena, sample_query(arena, b, n), 0, NULL, &rows, err))
		return false;
	/* The last one is open. */
	for (size_t i = 0; i + 1 < rows.rows; i++) {
		struct strs bound = { 0 };
		for (size_t k = 0; k < rows.columns; k++)
			vec_push(arena, &bound, rows_cell(&rows, i, k));
		vec_push(arena, bounds, bound);
	}
	return true;
}

/* Pages are numbered, and what is appended later is left to the next pass: rows that an UPDATE moves go there too. */
static void cut_pages(struct arena *arena, long long pages, long long n, struct bounds *bounds)
{
	for (long long i = 1; i <= n; i++) {
		struct strs bound = { 0 };
		vec_push(arena, &bound, str_of(arena_printf(arena, "(%lld,0)", pages * i / n)));
		vec_push(arena, bounds, bound);
	}
}

static void send_range(struct arena *arena, struct db *db, const struct backfill *b, size_t position,
		       const struct strs *low, const struct strs *high)
{
	const char *params[] = { arena_printf(arena, "%lld", b->id), arena_printf(arena, "%zu", position),
				 low ? array_value(arena, low) : NULL, high ? array_value(arena, high) : NULL };
	db_send(db,
		STR("INSERT INTO brant.backfill_range (backfill, position, low, high) VALUES ($1::bigint, $2::integer, $3::text[], $4::text[])"),
		4, params, NULL, NULL);
}

/* Inside of the transaction that makes the backfill. */
bool ranges_cut(struct arena *arena, struct db *db, const struct backfill *b, long long pages, long long workers,
		struct err *err)
{
	struct bounds bounds = { 0 };
	long long n = how_many(b, workers);
	if (b->by_ctid)
		cut_pages(arena, pages, n, &bounds);
	else if (n > 1 && !sample(arena, db, b, n, &bounds, err))
		return false;
	size_t ranges = b->by_ctid ? bounds.len : bounds.len + 1;
	for (size_t i = 0; i < ranges; i++)
		send_range(arena, db, b, i + 1, i ? &bounds.ptr[i - 1] : NULL, i < bounds.len ? &bounds.ptr[i] : NULL);
	return true;
}
