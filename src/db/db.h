/*
 * db.h - the one door to PostgreSQL.
 *
 * One connection, possibly through PgBouncer in transaction mode, so nothing here uses session state: statements are unnamed,
 * settings are LOCAL or travel with their statement.  Everything is sent in libpq's pipeline mode: queue messages with
 * db_send(), each with somebody who takes the answer, then db_run().  A round trip is paid per db_run(), not per message.  libpq's
 * types do not leave db/.
 *
 * One Sync at a time.  db_run() sends it behind what is queued, and nobody should have a second one under way while the first may take
 * long: PgBouncer (1.18) takes a server for free at its first ReadyForQuery, so when a client dies with more of them outstanding, the
 * next client of that server is given the answers of the dead one.  (Tried; docs/decisions/0009-one-sync.md.)
 *
 * After an error the server skips to the Sync; the takers of skipped messages are told RESULT_SKIPPED.
 */
#ifndef BRANT_DB_DB_H
#define BRANT_DB_DB_H

#include "base/err.h"
#include "base/str.h"
#include "db/target.h"

struct db;

struct db_options {
	const char *application;                                              /* application_name */
	double connect_timeout;                                               /* seconds; 0 = 10 */
	void (*notice)(void *ctx, const char *severity, const char *message); /* may be NULL */
	void *notice_ctx;
	/*
	 * Called while we wait, for connecting too: a small piece of other work; false when there is none.  May be NULL.
	 * round_trip: the shortest wait for an answer while connecting, in seconds; negative: there was none so far.
	 */
	bool (*idle)(void *ctx, double round_trip);
	void *idle_ctx;
};

/* Connects; the connection closes with the arena. */
bool db_open(struct arena *arena, const struct target *target, const struct db_options *options, struct db **ret_db,
	     struct err *err);
void db_close(struct db *db); /* early; the arena would do it too */

/*
 * The same without waiting: begins to connect, then db_open_poll() until it says so.  The options' timeout is the caller's business.
 */
enum open_state { OPEN_CONNECTING, OPEN_READY, OPEN_FAILED };
struct db *db_open_start(struct arena *arena, const struct target *target, const struct db_options *options);
enum open_state db_open_poll(struct db *db);

/* Seconds.  What answers sooner is on the same machine or next to it. */
#define DB_NEAR 0.005
bool db_is_near(const struct db *db);

bool db_is_open(const struct db *db);       /* false after the connection was lost */
int db_server_version(const struct db *db); /* 150004 for 15.4 */
int db_backend_pid(const struct db *db);    /* as the startup packet said: not the true one behind a pooler */
const char *db_parameter(const struct db *db, const char *name); /* a reported parameter, or NULL */
bool db_in_transaction(const struct db *db);
bool db_is_encrypted(const struct db *db); /* TLS up to whatever answered: the server, or a pooler before it */

enum result_kind {
	RESULT_ROWS,    /* finished; rows may be none */
	RESULT_SKIPPED, /* an earlier message of its segment failed */
	RESULT_ERROR,   /* err is filled */
};

/* Texts end in NUL; the cells row by row. */
struct kept_rows {
	const struct str *names, *cells;
};

/* One answer.  Everything in it is valid during the call only. */
struct result {
	enum result_kind kind;
	size_t rows, columns;
	const struct err *err;
	unsigned error_position; /* in characters from 1 of the statement's text, 0 = not known */
	const char *command_tag; /* "INSERT 0 3" */
	double seconds;          /* since the previous answer */
	void *handle;
	const struct kept_rows *kept; /* of an answer that was kept (kept.h), which has no handle */
};

/* A cell as text; .ptr NULL is NULL. */
struct str result_cell(const struct result *result, size_t row, size_t column);
const char *result_column(const struct result *result, size_t column); /* its name */
bool result_bool(const struct result *result, size_t row, size_t column);
long long result_int(const struct result *result, size_t row, size_t column);

typedef void result_fn(void *ctx, const struct result *result);

/*
 * Queues one statement with text parameters (NULL is NULL).  sql need not be terminated.  taker may be NULL when nobody cares for
 * the rows; an error is then reported by db_run().
 */
void db_send(struct db *db, struct str sql, size_t nparams, const char *const *params, result_fn *taker, void *ctx);

/* Asks the server for the answers so far; without, it keeps them back until the Sync. */
void db_flush(struct db *db);

/* Ends a segment: an error before it does not reach what is queued after it.  db_run() does it by itself. */
void db_sync(struct db *db);

/* How much is queued and not yet answered. */
size_t db_queued(const struct db *db);

/*
 * Sends what is queued and takes all answers.  false, with err filled from the first failed message that had no taker or from a lost
 * connection (err->connection_lost); an error that a taker saw is the taker's business.  Ctrl-C (db_cancel_flag) sends a cancel
 * request to the server and goes on taking answers; what it stopped fails with ERR_CANCELLED.  A server that keeps silent after it is
 * given up (ERR_CANCELLED, and the connection is lost).
 */
bool db_run(struct db *db, struct err *err);

/* Like db_run(), but returns as soon as at most left messages are unanswered, so that more can be queued behind. */
bool db_run_until(struct db *db, size_t left, struct err *err);

/* Sends and takes what is possible without waiting; false when the connection is lost. */
bool db_poll(struct db *db);

/* fn(ctx) is called about every interval seconds while db_run() waits for the server; for work beside it. */
void db_on_wait(struct db *db, double interval, void (*fn)(void *ctx), void *ctx);

/* send + sync + run of one statement; rows are copied into the arena. */
struct rows {
	struct str *cells; /* row by row */
	size_t rows, columns;
};
bool db_query(struct db *db, struct arena *arena, const char *sql, size_t nparams, const char *const *params,
	      struct rows *ret_rows, struct err *err);
struct str rows_cell(const struct rows *rows, size_t row, size_t column);

/* COPY ... FROM STDIN outside of the pipeline; nothing may be queued.  The caller has a transaction open. */
bool db_copy_in(struct db *db, struct str sql, struct str data, unsigned *ret_error_position, struct err *err);

/* While on, Ctrl-C does not cancel what is sent: for putting things in order.  Waiting has an end all the same. */
void db_shield(struct db *db, bool on);

/* Sends COMMIT behind what was sent since BEGIN, and waits for all of it; where one of them failed, no transaction is left open. */
bool db_commit(struct db *db, struct err *err);

/* ROLLBACK if a transaction is open; shielded. */
void db_rollback(struct db *db);

/* Set by a signal handler (main.c installs it): the running db_run() cancels on the server. */
extern volatile int db_cancel_flag;

/* Requests to cancel that are under way.  PgBouncer 1.18 ends itself when the client of one goes away in the middle of it: nobody exits meanwhile. */
extern volatile int db_cancels;

#endif
