#include "term/internal.h"

#include <assert.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

struct report *report_new(struct arena *arena, const char *command)
{
	struct report *report = arena_alloc(arena, sizeof(*report));
	report->arena = arena;
	report->command = command;
	return report;
}

static struct str format(struct report *report, const char *fmt, va_list args)
{
	return str_of(arena_vprintf(report->arena, fmt, args));
}

void report_fact(struct report *report, const char *key, const char *label, enum colour colour, const char *fmt, ...)
{
	struct item item = { .kind = ITEM_FACT, .key = key, .label = label, .colour = colour, .absent = !fmt };
	if (fmt) {
		va_list args;
		va_start(args, fmt);
		item.text = format(report, fmt, args);
		va_end(args);
	}
	vec_push(report->arena, &report->items, item);
}

void report_number(struct report *report, const char *key, const char *label, long long value)
{
	vec_push(report->arena, &report->items,
		 (struct item){ .kind = ITEM_NUMBER, .key = key, .label = label, .number = value });
}

void report_flag(struct report *report, const char *key, bool value)
{
	vec_push(report->arena, &report->items, (struct item){ .kind = ITEM_FLAG, .key = key, .flag = value });
}

static void add_line(struct report *report, enum colour colour, const char *fmt, va_list args)
{
	struct item item = { .kind = ITEM_LINE, .colour = colour, .text = format(report, fmt, args) };
	vec_push(report->arena, &report->items, item);
}

void report_line(struct report *report, enum colour colour, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	add_line(report, colour, fmt, args);
	va_end(args);
}

void report_outcome(struct report *report, enum colour colour, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	if (!term.options.quiet)
		add_line(report, colour, fmt, args);
	va_end(args);
}

void report_block(struct report *report, const char *key, struct str text)
{
	vec_push(report->arena, &report->items, (struct item){ .kind = ITEM_BLOCK, .key = key, .text = text });
}

struct table *report_table(struct report *report, const char *key, const char *title, const struct column *columns,
			   size_t ncolumns)
{
	struct table *table = arena_alloc(report->arena, sizeof(*table));
	*table = (struct table){ .arena = report->arena, .title = title, .columns = columns, .ncolumns = ncolumns };
	table->in_row = ncolumns;
	vec_push(report->arena, &report->items, (struct item){ .kind = ITEM_TABLE, .key = key, .table = table });
	return table;
}

void table_row(struct table *table)
{
	for (size_t i = 0; i < table->ncolumns; i++)
		vec_push(table->arena, &table->cells, (struct cell){ 0 });
	table->in_row = 0;
}

void table_cell(struct table *table, enum colour colour, const char *fmt, ...)
{
	/* More cells than columns is a mistake in a command that no input can cause. */
	assert(table->in_row < table->ncolumns);
	struct cell *cell = &table->cells.ptr[table->cells.len - table->ncolumns + table->in_row++];
	cell->colour = colour;
	if (!fmt)
		return;
	va_list args;
	va_start(args, fmt);
	cell->text = arena_vprintf(table->arena, fmt, args);
	va_end(args);
}

void report_note(struct report *report, const char *name, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vec_push(report->arena, &report->notes, (struct note){ name, format(report, fmt, args).ptr });
	va_end(args);
}

void report_error(struct report *report, const struct err *err)
{
	struct err *copy = arena_alloc(report->arena, sizeof(*copy));
	*copy = *err;
	report->error = copy;
}

/* The text of the file that an error names; empty where there is none to quote. */
static struct str read_source(struct arena *arena, const struct err *err)
{
	struct stat st;
	struct str text = { 0 };
	struct err ignored = { .arena = arena };
	/* Opening a pipe would wait for its writer. */
	if (!err->file || !err->line || stat(err->file, &st) != 0 || !S_ISREG(st.st_mode))
		return text;
	return file_read(arena, err->file, &text, &ignored) ? text : (struct str){ 0 };
}

static void print_to_stderr(struct report *report)
{
	struct buf notes = buf_init(report->arena);
	for (size_t i = 0; i < report->notes.len; i++)
		warning_add(&notes, term.err_colour, "note", str_of(report->notes.ptr[i].message));
	if (notes.len)
		write_lines(buf_as_str(&notes));
	if (report->error)
		term_error(report->error, read_source(report->arena, report->error));
}

bool report_print(struct report *report, struct err *err)
{
	struct buf buf = buf_init(report->arena);
	progress_end();
	if (term.options.json)
		report_json(report, &buf);
	else
		report_text(report, &buf);
	/* A reader that has seen enough is no failure of ours. */
	bool ok = write_fully(STDOUT_FILENO, buf_as_str(&buf)) || errno == EPIPE;
	if (!ok)
		err_set(err, ERR_FAILED, "output-failed", "could not write to standard output: %s", strerror(errno));
	/* Results first: with both streams in one file, the end of it says how it went. */
	if (!term.options.json)
		print_to_stderr(report);
	return ok;
}
