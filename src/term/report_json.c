#include "term/internal.h"

#include <stdio.h>

#include "term/json.h"

static void add_cell(struct json *json, const struct column *column, const struct cell *cell)
{
	json_key(json, column->key);
	if (cell->text && column->right && json_is_number(str_of(cell->text)))
		json_raw(json, cell->text);
	else
		json_text(json, cell->text);
}

static void add_table(struct json *json, const struct table *table)
{
	json_open(json, '[');
	for (size_t i = 0; i < table->cells.len; i += table->ncolumns) {
		json_open(json, '{');
		for (size_t k = 0; k < table->ncolumns; k++)
			if (table->columns[k].key)
				add_cell(json, &table->columns[k], &table->cells.ptr[i + k]);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void add_item(struct json *json, const struct item *item)
{
	char number[32];
	json_key(json, item->key);
	switch (item->kind) {
	case ITEM_FACT:
	case ITEM_BLOCK:
	case ITEM_LINE:
		if (item->absent)
			json_raw(json, "null");
		else
			json_string(json, item->text);
		return;
	case ITEM_NUMBER:
		snprintf(number, sizeof(number), "%lld", item->number);
		json_raw(json, number);
		return;
	case ITEM_FLAG:
		json_raw(json, item->flag ? "true" : "false");
		return;
	case ITEM_TABLE:
		add_table(json, item->table);
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

static void add_notes(struct json *json, const struct report *report)
{
	json_key(json, "notes");
	json_open(json, '[');
	for (size_t i = 0; i < report->notes.len; i++) {
		json_open(json, '{');
		json_key(json, "name");
		json_text(json, report->notes.ptr[i].name);
		json_key(json, "message");
		json_text(json, report->notes.ptr[i].message);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void add_optional(struct json *json, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	json_key(json, key);
	json_text(json, value);
}

static void add_place(struct json *json, const char *key, unsigned value)
{
	char number[16];
	if (!value)
		return;
	snprintf(number, sizeof(number), "%u", value);
	json_key(json, key);
	json_raw(json, number);
}

static void add_error(struct json *json, const struct err *err)
{
	char status[16];
	snprintf(status, sizeof(status), "%d", err_exit_status(err->code));
	json_key(json, "error");
	json_open(json, '{');
	add_optional(json, "name", err->name);
	json_key(json, "message");
	json_text(json, err->message ? err->message : "failed");
	add_optional(json, "detail", err->detail);
	add_optional(json, "hint", err->hint);
	add_optional(json, "file", err->file);
	add_place(json, "line", err->line);
	add_place(json, "column", err->column);
	add_optional(json, "sqlstate", err->sqlstate);
	add_optional(json, "context", err->server_context);
	json_key(json, "exit_status");
	json_raw(json, status);
	json_close(json, '}');
}

void report_json(const struct report *report, struct buf *buf)
{
	struct json json = { .buf = buf, .lines = 2 };
	json_open(&json, '{');
	json_key(&json, "command");
	json_text(&json, report->command);
	for (size_t i = 0; i < report->items.len; i++)
		if (report->items.ptr[i].key && !said_again(report, i))
			add_item(&json, &report->items.ptr[i]);
	if (report->notes.len)
		add_notes(&json, report);
	if (report->error)
		add_error(&json, report->error);
	json_close(&json, '}');
	buf_char(buf, '\n');
}
