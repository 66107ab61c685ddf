/*
 * internal.h - what the files of db/ share: never included from outside.
 */
#ifndef BRANT_DB_INTERNAL_H
#define BRANT_DB_INTERNAL_H

#include <libpq-fe.h>

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
	struct db_options options;
	struct {
		struct pending *ptr;
		size_t len, cap;
	} queue;
	size_t head;        /* of queue: what is answered next */
	bool cancel_sent;
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

#endif
