#include "term/internal.h"

#include <unistd.h>

/* A cell wider than this does not push the columns behind it away in all other rows. */
enum { WIDEST = 60 };

static struct str shown_line(struct arena *arena, const char *text)
{
	struct buf buf = buf_init(arena);
	shown_add(&buf, str_of(text), SHOWN_LINE);
	return buf_as_str(&buf);
}

static void trim_line(struct buf *buf)
{
	while (buf->len && buf->ptr[buf->len - 1] == ' ')
		buf->ptr[--buf->len] = '\0';
}

static void add_spaces(struct buf *buf, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_char(buf, ' ');
}

static bool is_shown_fact(const struct item *item)
{
	return (item->kind == ITEM_FACT || item->kind == ITEM_NUMBER) && item->label && !item->absent;
}

/* How wide the labels are in this run of facts, so that their values stand in one column. */
static size_t label_width(const struct report *report, size_t from)
{
	size_t width = 0;
	for (size_t i = from; i < report->items.len; i++) {
		const struct item *item = &report->items.ptr[i];
		if (is_shown_fact(item)) {
			size_t own = str_width(str_of(item->label));
			width = own > width ? own : width;
		} else if (item->kind == ITEM_LINE || item->kind == ITEM_TABLE || item->kind == ITEM_BLOCK) {
			break;
		}
	}
	return width;
}

/* Sentences that begin at this column go on below it, not at the left edge. */
static struct str hang(struct arena *arena, struct str text, size_t at)
{
	enum { LEAST = 24 };
	struct buf wrapped = buf_init(arena);
	size_t room = columns_of(STDOUT_FILENO);
	if (!term.out_tty || room < at + LEAST || at + str_width(text) <= room)
		return text;
	wrapped_add(&wrapped, text, at, room);
	return buf_as_str(&wrapped);
}

static void add_fact(struct buf *buf, const struct item *item, size_t width)
{
	struct buf head = buf_init(buf->arena);
	buf_printf(&head, "%s:", item->label);
	paint(buf, C_DIM, term.out_colour, buf_as_str(&head));
	add_spaces(buf, width + 1 - str_width(str_of(item->label)));
	if (item->kind == ITEM_NUMBER)
		buf_printf(buf, "%lld", item->number);
	else
		paint(buf, item->colour, term.out_colour,
		      hang(buf->arena,
			   shown_line(buf->arena, arena_strndup(buf->arena, item->text.ptr, item->text.len)),
			   width + 2));
	trim_line(buf);
	buf_char(buf, '\n');
}

struct layout {
	struct str *cells; /* safe to print */
	size_t *widths;    /* of columns; 0: not shown */
	bool header;
};

static struct layout measure(struct arena *arena, const struct table *table)
{
	struct layout layout = { .cells = arena_alloc(arena, (table->cells.len + 1) * sizeof(struct str)),
				 .widths = arena_alloc(arena, (table->ncolumns + 1) * sizeof(size_t)) };
	for (size_t i = 0; i < table->cells.len; i++) {
		size_t column = i % table->ncolumns;
		if (!table->cells.ptr[i].text || !table->columns[column].title)
			continue;
		layout.cells[i] = shown_line(arena, table->cells.ptr[i].text);
		size_t width = str_width(layout.cells[i]);
		if (width > WIDEST && !(term.out_tty && table->columns[column].gives))
			width = layout.widths[column] ? layout.widths[column] : 1;
		if (width > layout.widths[column])
			layout.widths[column] = width;
	}
	for (size_t i = 0; i < table->ncolumns; i++) {
		const char *title = table->columns[i].title;
		size_t width = title ? str_width(str_of(title)) : 0;
		if (!layout.widths[i])
			continue;
		layout.header = layout.header || width;
		if (width > layout.widths[i])
			layout.widths[i] = width;
	}
	return layout;
}

enum { NARROWEST = 12 }; /* that a column is made */

/* The column that has most to give, or ncolumns. */
static size_t widest_that_gives(const struct table *table, const struct layout *layout)
{
	size_t found = table->ncolumns;
	for (size_t i = 0; i < table->ncolumns; i++)
		if (table->columns[i].gives && layout->widths[i] > NARROWEST &&
		    (found == table->ncolumns || layout->widths[i] > layout->widths[found]))
			found = i;
	return found;
}

static void cut_column(struct arena *arena, const struct table *table, struct layout *layout, size_t column)
{
	size_t width = layout->widths[column];
	for (size_t i = column; i < table->cells.len; i += table->ncolumns)
		if (str_width(layout->cells[i]) > width)
			layout->cells[i] = str_of(
				arena_printf(arena, STR_FMT "...", STR_ARG(shown_cut(layout->cells[i], width - 3))));
}

/* A line that a terminal breaks takes the columns with it.  What goes into a file or a pipe is whole. */
static void fit(struct arena *arena, const struct table *table, struct layout *layout)
{
	size_t taken = table->title ? 2 : 0, room = columns_of(STDOUT_FILENO), column;
	for (size_t i = 0; i < table->ncolumns; i++)
		taken += layout->widths[i] ? layout->widths[i] + 2 : 0;
	for (; taken > room + 2 && (column = widest_that_gives(table, layout)) < table->ncolumns; taken--)
		layout->widths[column]--;
	for (size_t i = 0; i < table->ncolumns; i++)
		if (table->columns[i].gives && layout->widths[i])
			cut_column(arena, table, layout, i);
}

static void add_cell(struct buf *buf, struct str text, enum colour colour, size_t width, bool right)
{
	size_t own = str_width(text), pad = own < width ? width - own : 0;
	if (right)
		add_spaces(buf, pad);
	paint(buf, colour, term.out_colour, text);
	if (!right)
		add_spaces(buf, pad);
}

/* Row `row` of the cells, or the header for -1. */
static void add_row(struct buf *buf, const struct table *table, const struct layout *layout, ptrdiff_t row)
{
	bool first = true;
	size_t left = table->title ? 2 : 0;
	if (table->title)
		buf_text(buf, "  ");
	for (size_t i = 0; i < table->ncolumns; i++) {
		if (!layout->widths[i])
			continue;
		if (!first)
			buf_text(buf, "  ");
		first = false;
		size_t at = row < 0 ? 0 : (size_t)row * table->ncolumns + i;
		struct str text = row < 0 ? str_of(table->columns[i].title) : layout->cells[at];
		if (i + 1 == table->ncolumns)
			text = hang(buf->arena, text, left);
		left += layout->widths[i] + 2;
		add_cell(buf, text, row < 0 ? C_DIM : table->cells.ptr[at].colour, layout->widths[i],
			 table->columns[i].right);
	}
	trim_line(buf);
	buf_char(buf, '\n');
}

static void add_table(struct buf *buf, const struct table *table)
{
	size_t rows = table->ncolumns ? table->cells.len / table->ncolumns : 0;
	if (!rows)
		return;
	struct layout layout = measure(buf->arena, table);
	if (term.out_tty)
		fit(buf->arena, table, &layout);
	bool visible = false;
	for (size_t i = 0; i < table->ncolumns; i++)
		visible = visible || layout.widths[i];
	if (!visible)
		return;
	if (table->title) {
		paint(buf, C_TITLE, term.out_colour, shown_line(buf->arena, table->title));
		buf_char(buf, '\n');
	}
	if (layout.header)
		add_row(buf, table, &layout, -1);
	for (size_t row = 0; row < rows; row++)
		add_row(buf, table, &layout, (ptrdiff_t)row);
}

static void add_block(struct buf *buf, struct str text)
{
	/* What goes into a file or a pipe must arrive as it is. */
	if (term.out_tty)
		shown_add(buf, text, SHOWN_TEXT);
	else
		buf_str(buf, text);
	if (text.len && text.ptr[text.len - 1] != '\n')
		buf_char(buf, '\n');
}

static void add_prose(struct buf *buf, const struct item *item)
{
	struct buf safe = buf_init(buf->arena), laid_out = buf_init(buf->arena);
	size_t blank = strspn(item->text.ptr, "\n");
	buf_add(buf, item->text.ptr, blank);
	shown_add(&safe, str_slice(item->text, blank, item->text.len), SHOWN_LINE);
	trim_line(&safe);
	size_t indent = strspn(safe.ptr, " ");
	buf_add(&laid_out, safe.ptr, indent);
	wrapped_add(&laid_out, str_slice(buf_as_str(&safe), indent, safe.len), indent,
		    term.out_tty ? columns_of(STDOUT_FILENO) : 0);
	paint(buf, item->colour, term.out_colour, buf_as_str(&laid_out));
	buf_char(buf, '\n');
}

void report_text(const struct report *report, struct buf *buf)
{
	size_t width = 0;
	bool in_run = false;
	for (size_t i = 0; i < report->items.len; i++) {
		const struct item *item = &report->items.ptr[i];
		switch (item->kind) {
		case ITEM_FACT:
		case ITEM_NUMBER:
			if (!is_shown_fact(item))
				break;
			if (!in_run)
				width = label_width(report, i);
			in_run = true;
			add_fact(buf, item, width);
			break;
		case ITEM_FLAG:
			break;
		case ITEM_LINE:
			in_run = false;
			add_prose(buf, item);
			break;
		case ITEM_BLOCK:
			in_run = false;
			add_block(buf, item->text);
			break;
		case ITEM_TABLE:
			in_run = false;
			add_table(buf, item->table);
			break;
		}
	}
}
