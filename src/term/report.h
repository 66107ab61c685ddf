/*
 * report.h - what a command has to say, said once and printed as text or JSON.
 *
 * A command builds a report: facts (a label and a value), tables, lists, lines of prose.  The text printer lays it out for a person; the
 * JSON printer writes one object whose keys are the stable names given here.  Results go to standard output; everything else (progress,
 * notes, warnings, errors) to standard error through term.h.
 *
 * Colour is a word (enum colour), never an escape in a text.  Texts are data: control characters, escape sequences and bytes that
 * are not UTF-8 are printed as \x1b and the like, so that no name in a database or a folder can talk to the terminal.
 *
 * Each key belongs to one thing; said twice, the last one counts.
 */
#ifndef BRANT_TERM_REPORT_H
#define BRANT_TERM_REPORT_H

#include "base/err.h"
#include "base/str.h"

enum colour { C_PLAIN, C_GOOD, C_WARN, C_BAD, C_DIM, C_NAME, C_TITLE };

struct report;
struct table;

struct report *report_new(struct arena *arena, const char *command);

/* "label: value" in text; "key": "value" in JSON.  label NULL: JSON only.  key NULL: text only. */
void report_fact(struct report *report, const char *key, const char *label, enum colour colour, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void report_number(struct report *report, const char *key, const char *label, long long value);
void report_flag(struct report *report, const char *key, bool value); /* JSON only */

/* A line of prose or a blank line ("") in text, line feeds in front of it are blank lines; nothing in JSON. */
void report_line(struct report *report, enum colour colour, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same for what is no result: "applied 3 migrations", what could be done next.  Not with -q. */
void report_outcome(struct report *report, enum colour colour, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Text printed as it is, with its own line ends (SQL, a script); in JSON under key.  Byte for byte where standard output is no terminal;
 * a terminal is shown its control characters.
 */
void report_block(struct report *report, const char *key, struct str text);

struct column {
	const char *key;   /* in JSON */
	const char *title; /* in text, NULL: JSON only */
	bool right;        /* aligned to the right; in JSON a number where the cell reads as one */
	bool gives;        /* on a terminal that is too narrow, its cells are cut */
};

/*
 * A table: aligned columns in text, an array of objects under key in JSON.  title may be NULL (no heading line); key NULL: text only.
 * In text a table without rows is not there, nor is a column without a single value; titles that are all empty print no header.
 */
struct table *report_table(struct report *report, const char *key, const char *title, const struct column *columns,
			   size_t ncolumns);
void table_row(struct table *table);
/* The next cell of the current row; NULL fmt is an empty cell (null in JSON). */
void table_cell(struct table *table, enum colour colour, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Warnings and notes: to standard error (after the results) in text, in an array "notes" of objects in JSON. */
void report_note(struct report *report, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * Adds an error to the report: "error": {...} in JSON; in text it is printed to standard error by term_error(), last, with the line of the
 * file that it names.
 */
void report_error(struct report *report, const struct err *err);

/*
 * Prints it all.  JSON when term_json().  Fails with "output-failed" when standard output can not take it (a full disk); a reader that
 * went away (`brant status | head`) is no failure.
 */
bool report_print(struct report *report, struct err *err);

#endif
