#include "db/kept.h"

#include <stdint.h>

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
	/* So that it can be read as it lies there. */
	buf_char(kept, '\0');
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
	bool is_null = len == null_cell;
	if (is_null)
		len = 0;
	if (len >= rest->len || rest->ptr[len])
		return false;
	*ret_text = is_null ? (struct str){ 0 } : str_slice(*rest, 0, len);
	*rest = str_slice(*rest, (size_t)len + 1, rest->len);
	return true;
}

static bool take_texts(struct str *rest, struct str *texts, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!take_text(rest, &texts[i]))
			return false;
	return true;
}

bool kept_take(struct str *rest, result_fn *taker, void *ctx)
{
	uint32_t rows, columns;
	struct str names[COLUMNS_MAX];
	if (!take_number(rest, &rows) || !take_number(rest, &columns) || columns > COLUMNS_MAX ||
	    (columns && rows > rest->len / columns / sizeof(uint32_t)) || !take_texts(rest, names, columns))
		return false;
	size_t len = (size_t)rows * columns;
	struct arena *scratch = arena_new(NULL);
	struct str *cells = arena_alloc(scratch, len * sizeof(*cells));
	struct kept_rows kept = { names, cells };
	struct result result = { .kind = RESULT_ROWS, .rows = rows, .columns = columns, .kept = &kept };
	bool ok = take_texts(rest, cells, len);
	for (size_t c = 0; c < columns; c++)
		ok = ok && names[c].ptr;
	if (ok)
		taker(ctx, &result);
	arena_free(scratch);
	return ok;
}
