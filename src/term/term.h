/*
 * term.h - the terminal: the only place, with main.c, that prints.
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

void term_init(const struct term_options *options);
bool term_json(void);
bool term_quiet(void);
int term_verbose(void);
bool term_stderr_is_tty(void);
bool term_can_ask(void); /* standard input and error are terminals */

/* Lines to standard error; a progress line is taken away first and drawn again afterwards. */
void term_line(enum colour colour, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* not with -q or --json */
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
 *
 * source may be empty (no quoted line).
 */
void term_error(const struct err *err, struct str source_text);

/* A question with answers y/n; only when term_can_ask(). */
bool term_ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A progress line on a terminal (at most ten redraws a second), nothing elsewhere. */
void progress_start(const char *what, size_t total);
void progress_step(size_t done, const char *label);
void progress_end(void);

#endif
