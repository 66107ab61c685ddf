/*
 * internal.h - what the files of term/ share: never included from outside.
 */
#ifndef BRANT_TERM_INTERNAL_H
#define BRANT_TERM_INTERNAL_H

#include "base/file.h"
#include "term/shown.h"
#include "term/term.h"

struct term {
	struct term_options options;
	bool in_tty, out_tty, err_tty;
	bool out_colour, err_colour;
	bool cursor; /* standard error is a terminal that can rewrite a line */
};

extern struct term term;

/* text in a colour, or as it is where there is none; the text is safe already. */
void paint(struct buf *buf, enum colour colour, bool on, struct str text);

/* Whole lines to standard error: the progress line goes away and comes back. */
void write_lines(struct str text);

/* Columns of the terminal on fd, or 80. */
unsigned columns_of(int fd);

/* Called by write_lines(): the sequences that take the progress line away and draw it again (both may add nothing). */
void progress_hide(struct buf *buf);
void progress_draw(struct buf *buf);

/* The line of source_text that err points to with a caret under the column, for term_error(). */
void excerpt_add(struct buf *buf, bool colour, const struct err *err, struct str source_text, unsigned columns);

/*
 * Words of safe text from column indent on, with line breaks so that no line gets wider than width (0: however wide).  Lines after the
 * first start at column indent.
 */
void wrapped_add(struct buf *buf, struct str text, size_t indent, size_t width);

/* "warning: ...", for term_warning() and the notes of a report. */
void warning_add(struct buf *buf, bool colour, const char *label, struct str message);

enum item_kind { ITEM_FACT, ITEM_NUMBER, ITEM_FLAG, ITEM_LINE, ITEM_BLOCK, ITEM_TABLE };

struct cell {
	enum colour colour;
	const char *text; /* NULL: empty */
};

struct table {
	struct arena *arena;
	const char *title;
	const struct column *columns;
	size_t ncolumns;
	struct {
		struct cell *ptr; /* ncolumns of them a row */
		size_t len, cap;
	} cells;
	size_t in_row; /* cells given to the last row */
};

struct item {
	enum item_kind kind;
	const char *key, *label;
	enum colour colour;
	struct str text; /* facts, lines and blocks */
	bool absent;     /* a fact without a value */
	bool flag;
	long long number;
	struct table *table;
};

struct note {
	const char *name, *message;
};

struct report {
	struct arena *arena;
	const char *command;
	struct {
		struct item *ptr;
		size_t len, cap;
	} items;
	struct {
		struct note *ptr;
		size_t len, cap;
	} notes;
	const struct err *error;
};

void report_text(const struct report *report, struct buf *buf);
void report_json(const struct report *report, struct buf *buf);

#endif
