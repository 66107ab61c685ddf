/*
 * internal.h - what the files of db/ share: never included from outside.
 */
#ifndef BRANT_DB_INTERNAL_H
#define BRANT_DB_INTERNAL_H

#include <libpq-fe.h>
#include <pthread.h>

#include "db/db.h"

/* A message that was sent and whose answer has not been taken. */
struct pending {
	result_fn *taker;
	void *ctx;
	bool is_sync;
	bool answered; /* its result came, the NULL that ends it has not */
};

struct db {
	struct arena *arena;
	PGconn *conn;
	PostgresPollingStatusType open_poll; /* of db_open_poll() */
	double asked_at;                     /* when it began to wait for what it waits for */
	double round_trip;                   /* as db_options.idle is told */
	struct db_options options;
	struct {
		struct pending *ptr;
		size_t len, cap;
	} queue;
	size_t head; /* of queue: what is answered next */
	double interrupted_at,
		cancel_next; /* since when Ctrl-C is obeyed in this db_run(), when to ask the server again; 0: not yet */
	bool cancelling;     /* a request is on its way, in cancel_thread */
	pthread_t cancel_thread;
	bool shielded;
	void (*on_wait)(void *ctx);
	void *on_wait_ctx;
	double wait_interval, waited_at;
	double last_answer;
	struct err failure; /* the first error that no taker saw */
};

/* The fields of a server error, one by one. */
void result_to_err(const struct db *db, const PGresult *result, struct err *err);

/* The connection is gone: says so in err, with what libpq knows. */
bool connection_lost(struct db *db, struct err *err);

/* Waits until the socket can be read (or written, when there is something to flush); obeys db_cancel_flag. */
bool wait_for_socket(struct db *db, struct err *err);

/* Does a piece of other work, where there is some: then nobody should wait for longer than no time. */
bool work_idly(struct db *db);

/* Ctrl-C was pressed and we still wait: asks the server to stop; false, the connection closed, when it did not answer for long. */
bool obey_interrupt(struct db *db, struct err *err);

/* Everything was answered: no request to cancel may come late and hit what is sent next. */
void settle_interrupt(struct db *db);

#endif
