#include "term/internal.h"

#include <stdio.h>

#include "term/json.h"

static void add_cell(struct writer *writer, const struct column *column, const struct cell *cell)
{
	writer_key(writer, column->key);
	if (cell->text && column->right && reads_as_number(str_of(cell->text)))
		writer_raw(writer, cell->text);
	else
		writer_text(writer, cell->text);
}

static void add_table(struct writer *writer, const struct table *table)
{
	writer_open(writer, '[');
	for (size_t i = 0; i < table->cells.len; i += table->ncolumns) {
		writer_open(writer, '{');
		for (size_t k = 0; k < table->ncolumns; k++)
			if (table->columns[k].key)
				add_cell(writer, &table->columns[k], &table->cells.ptr[i + k]);
		writer_close(writer, '}');
	}
	writer_close(writer, ']');
}

static void add_item(struct writer *writer, const struct item *item)
{
	char number[32];
	writer_key(writer, item->key);
	switch (item->kind) {
	case ITEM_FACT:
	case ITEM_BLOCK:
	case ITEM_LINE:
		if (item->absent)
			writer_raw(writer, "null");
		else
			writer_string(writer, item->text);
		return;
	case ITEM_NUMBER:
		snprintf(number, sizeof(number), "%lld", item->number);
		writer_raw(writer, number);
		return;
	case ITEM_FLAG:
		writer_raw(writer, item->flag ? "true" : "false");
		return;
	case ITEM_TABLE:
		add_table(writer, item->table);
		return;
	}
}

/* JSON readers differ about a key that comes twice: only its last item is written. */
static bool said_again(const struct report *report, size_t at)
{
	for (size_t i = at + 1; i < report->items.len; i++) {
		const char *key = report->items.ptr[i].key;
		if (key && strcmp(key, report->items.ptr[at].key) == 0)
			return true;
	}
	return false;
}

static void add_notes(struct writer *writer, const struct report *report)
{
	writer_key(writer, "notes");
	writer_open(writer, '[');
	for (size_t i = 0; i < report->notes.len; i++) {
		writer_open(writer, '{');
		writer_key(writer, "name");
		writer_text(writer, report->notes.ptr[i].name);
		writer_key(writer, "message");
		writer_text(writer, report->notes.ptr[i].message);
		writer_close(writer, '}');
	}
	writer_close(writer, ']');
}

static void add_optional(struct writer *writer, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	writer_key(writer, key);
	writer_text(writer, value);
}

static void add_place(struct writer *writer, const char *key, unsigned value)
{
	char number[16];
	if (!value)
		return;
	snprintf(number, sizeof(number), "%u", value);
	writer_key(writer, key);
	writer_raw(writer, number);
}

static void add_error(struct writer *writer, const struct err *err)
{
	char status[16];
	snprintf(status, sizeof(status), "%d", err_exit_status(err->code));
	writer_key(writer, "error");
	writer_open(writer, '{');
	add_optional(writer, "name", err->name);
	writer_key(writer, "message");
	writer_text(writer, err->message ? err->message : "failed");
	add_optional(writer, "detail", err->detail);
	add_optional(writer, "hint", err->hint);
	add_optional(writer, "file", err->file);
	add_place(writer, "line", err->line);
	add_place(writer, "column", err->column);
	add_optional(writer, "sqlstate", err->sqlstate);
	add_optional(writer, "context", err->server_context);
	writer_key(writer, "exit_status");
	writer_raw(writer, status);
	writer_close(writer, '}');
}

void report_json(const struct report *report, struct buf *buf)
{
	struct writer writer = { .buf = buf, .lines = 2 };
	writer_open(&writer, '{');
	writer_key(&writer, "command");
	writer_text(&writer, report->command);
	for (size_t i = 0; i < report->items.len; i++)
		if (report->items.ptr[i].key && !said_again(report, i))
			add_item(&writer, &report->items.ptr[i]);
	if (report->notes.len)
		add_notes(&writer, report);
	if (report->error)
		add_error(&writer, report->error);
	writer_close(&writer, '}');
	buf_char(buf, '\n');
}
