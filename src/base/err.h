/*
 * err.h - what went wrong, told in PostgreSQL's grammar.
 *
 * A function that can fail returns bool and takes a struct err last; it fills it and returns false.
 * message: one line, lower case, no full stop, names in double quotes.  detail: facts, in full sentences.
 * hint: advice, in full sentences.  name is stable, for programs and for `brant explain NAME`.
 * Codes are few: they are the exit statuses.
 */
#ifndef BRANT_BASE_ERR_H
#define BRANT_BASE_ERR_H

#include <stdbool.h>

#include "base/arena.h"

enum err_code {
	ERR_NONE = 0,
	ERR_FAILED,   /* exit 1: something went wrong */
	ERR_USAGE,    /* exit 2: the command line or the configuration makes no sense */
	ERR_DECISION, /* exit 3: a person has to decide; the hint names the flag that answers */
	ERR_REFUSED,  /* exit 4: boundary, hazard, drift, an edited migration */
	ERR_BUSY,     /* exit 5: another runner is at work */
	ERR_PENDING,  /* exit 6: --exit-code, and migrations are pending or have to be written */
	ERR_CANCELLED /* exit 130: Ctrl-C */
};

struct err {
	struct arena *arena;
	enum err_code code;
	const char *name; /* stable, kebab-case: "ledger-missing", ... */
	const char *message, *detail, *hint;
	const char *file; /* where in the user's files, with line and column from 1, or NULL */
	unsigned line, column;
	char sqlstate[6];           /* from the server, or "" */
	const char *server_context; /* the server's CONTEXT lines, or NULL */
	bool connection_lost;       /* the server can no longer be asked on this connection */
};

/* All return false, so that a failing function can end with `return err_set(...)`. */
bool err_set(struct err *err, enum err_code code, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
bool err_detail(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_at(struct err *err, const char *file, unsigned line, unsigned column);

/* "prefix: " in front of the message. */
bool err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Copies everything, strings into to's arena. */
void err_copy(struct err *to, const struct err *from);

/* Forgets what it holds (the arena stays). */
void err_clear(struct err *err);

int err_exit_status(enum err_code code);

#endif
