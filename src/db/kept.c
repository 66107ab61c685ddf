#include "db/kept.h"

#include "db/internal.h"

enum { COLUMNS_MAX = 1600 };
static const uint32_t null_cell = UINT32_MAX;

static void add_number(struct buf *kept, size_t number)
{
	uint32_t small = (uint32_t)number;
	buf_add(kept, (const char *)&small, sizeof(small));
}

static void add_text(struct buf *kept, struct str text)
{
	add_number(kept, text.ptr ? text.len : null_cell);
	buf_add(kept, text.ptr ? text.ptr : "", text.len);
}

void kept_add(struct buf *kept, const struct result *result)
{
	add_number(kept, result->rows);
	add_number(kept, result->columns);
	for (size_t c = 0; c < result->columns; c++)
		add_text(kept, str_of(result_column(result, c)));
	for (size_t r = 0; r < result->rows; r++)
		for (size_t c = 0; c < result->columns; c++)
			add_text(kept, result_cell(result, r, c));
}

static bool take_number(struct str *rest, uint32_t *ret_number)
{
	if (rest->len < sizeof(*ret_number))
		return false;
	memcpy(ret_number, rest->ptr, sizeof(*ret_number));
	*rest = str_slice(*rest, sizeof(*ret_number), rest->len);
	return true;
}

/* .ptr NULL is NULL. */
static bool take_text(struct str *rest, struct str *ret_text)
{
	uint32_t len;
	if (!take_number(rest, &len))
		return false;
	if (len == null_cell) {
		*ret_text = (struct str){ 0 };
		return true;
	}
	if (len > rest->len)
		return false;
	*ret_text = str_slice(*rest, 0, len);
	*rest = str_slice(*rest, len, rest->len);
	return true;
}

static bool take_names(struct arena *arena, struct str *rest, PGresult *into, uint32_t columns)
{
	PGresAttDesc names[COLUMNS_MAX];
	struct str name;
	memset(names, 0, columns * sizeof(*names));
	for (uint32_t c = 0; c < columns; c++) {
		if (!take_text(rest, &name) || !name.ptr)
			return false;
		names[c].name = str_dup(arena, name);
	}
	return PQsetResultAttrs(into, (int)columns, names);
}

static bool take_cells(struct str *rest, PGresult *into, uint32_t rows, uint32_t columns)
{
	for (uint32_t r = 0; r < rows; r++)
		for (uint32_t c = 0; c < columns; c++) {
			struct str cell;
			/* libpq does not change the value, though it does not promise so. */
			if (!take_text(rest, &cell) ||
			    !PQsetvalue(into, (int)r, (int)c, (char *)(uintptr_t)cell.ptr,
					cell.ptr ? (int)cell.len : -1))
				return false;
		}
	return true;
}

static void clear(void *result)
{
	PQclear(result);
}

bool kept_take(struct str *rest, result_fn *taker, void *ctx)
{
	uint32_t rows, columns;
	if (!take_number(rest, &rows) || !take_number(rest, &columns) || columns > COLUMNS_MAX)
		return false;
	struct arena *scratch = arena_new(NULL);
	PGresult *handle = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	arena_defer(scratch, clear, handle);
	bool ok = handle && take_names(scratch, rest, handle, columns) && take_cells(rest, handle, rows, columns);
	struct result result = { .kind = RESULT_ROWS, .rows = rows, .columns = columns, .handle = handle };
	if (ok)
		taker(ctx, &result);
	arena_free(scratch);
	return ok;
}
