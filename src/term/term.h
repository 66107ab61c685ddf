/*
 * term.h - the terminal: the only place that prints.
 *
 * Standard error is for people: what is going on, warnings, questions, errors.  Each call writes whole lines at once.  Nothing that comes
 * from a file, a server or the command line reaches the terminal with control characters in it (see shown.h).
 */
#ifndef BRANT_TERM_TERM_H
#define BRANT_TERM_TERM_H

#include "base/err.h"
#include "base/str.h"
#include "term/report.h"

enum term_colour { TERM_COLOUR_AUTO, TERM_COLOUR_ALWAYS, TERM_COLOUR_NEVER };

struct term_options {
	enum term_colour colour; /* AUTO: a terminal, no NO_COLOR, TERM is not dumb */
	bool json, quiet;
	int verbose;
};

/*
 * Before anything is printed.  Takes the locale for character widths.  Colour by itself: a terminal, unless NO_COLOR is set or TERM is
 * dumb; CLICOLOR_FORCE asks for it without a terminal.
 */
void term_init(const struct term_options *options);
bool term_json(void);
bool term_quiet(void);
int term_verbose(void);
bool term_stderr_is_tty(void);
bool term_can_ask(void);   /* standard input and error are terminals */
unsigned term_width(void); /* columns for text on standard output: at most 100, 80 where there is no terminal */

/* Lines to standard error; a progress line is taken away first and drawn again afterwards. */
void term_line(enum colour colour, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));                                 /* not with -q or --json */
void term_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));    /* with -v only */
void term_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* "warning: ..." */
void term_notice(void *ctx, const char *severity, const char *message);        /* for db_options.notice */

/*
 * An error, in full:
 *
 *     error: relation "users" already exists
 *       --> migrations/0002_users.sql:3:14
 *        |
 *      3 | CREATE TABLE users (
 *        |              ^
 *     detail: ...
 *     hint: ...
 *     see: brant explain relation-exists
 *
 * source_text is the text of err->file; it may be empty (no quoted line).  Columns count characters.  A line that looks like it holds a
 * password is not quoted, nor is any line of a .env file.  The line with "see" is for terminals; -v adds the SQLSTATE and the context.
 */
void term_error(const struct err *err, struct str source_text);

/* A question with answers y/n, no by default; only when term_can_ask(). */
bool term_ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * A progress line on a terminal, nothing elsewhere, nor with -q or --json.  It shows up when the work takes longer than a moment, is drawn
 * at most ten times a second, and is gone after progress_end().  total 0: not known.  progress_tick() is for loops that wait: it keeps the
 * elapsed time going and costs nothing to call often.  progress_start() tells whether anything can be seen.
 */
bool progress_start(const char *what, size_t total);
void progress_step(size_t done, const char *label);
void progress_tick(void);
void progress_end(void);

#endif
