/*
 * pipeline.c - queueing messages, and taking their answers in order.
 *
 * libpq answers each message with one result and a NULL, each sync with PGRES_PIPELINE_SYNC alone.  The socket is never
 * blocking: while we wait to write we also read, or two full buffers could face each other for ever.
 */
#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "db/internal.h"

static void enqueue(struct db *db, struct pending pending)
{
	/* Nothing waits: start over at the front, so that the array does not grow with the work done. */
	if (db->head == db->queue.len)
		db->head = db->queue.len = 0;
	vec_push(db->arena, &db->queue, pending);
}

static void remember_failure(struct db *db, const struct err *err)
{
	if (!db->failure.code)
		db->failure = *err;
}

/* A message that libpq would not take: only a lost connection or no memory can do that; db_run() reports it. */
static void not_sent(struct db *db)
{
	struct err err = { .arena = db->arena };
	connection_lost(db, &err);
	remember_failure(db, &err);
}

void db_send(struct db *db, struct str sql, size_t nparams, const char *const *params, result_fn *taker, void *ctx)
{
	if (!db_is_open(db) || db->failure.connection_lost) {
		not_sent(db);
		return;
	}
	struct arena *scratch = arena_new(db->arena);
	const char *text = arena_strndup(scratch, sql.ptr, sql.len);
	int ok = PQsendQueryParams(db->conn, text, (int)nparams, NULL, params, NULL, NULL, 0);
	arena_free(scratch);
	if (!ok) {
		not_sent(db);
		return;
	}
	enqueue(db, (struct pending){ .taker = taker, .ctx = ctx });
}

void db_sync(struct db *db)
{
	if (!db_is_open(db) || db->failure.connection_lost)
		return;
	if (PQpipelineSync(db->conn) == 1)
		enqueue(db, (struct pending){ .is_sync = true });
	else
		not_sent(db);
}

void db_flush(struct db *db)
{
	if (db_is_open(db) && !db->failure.connection_lost && PQsendFlushRequest(db->conn) != 1)
		not_sent(db);
}

size_t db_queued(const struct db *db)
{
	return db->queue.len - db->head;
}

bool work_idly(struct db *db)
{
	return db->options.idle && db->options.idle(db->options.idle_ctx, db->round_trip);
}

bool wait_for_socket(struct db *db, struct err *err)
{
	if (db_cancel_flag && !obey_interrupt(db, err))
		return false;
	int unsent = PQflush(db->conn);
	if (unsent < 0)
		return connection_lost(db, err);
	struct pollfd fd = { .fd = PQsocket(db->conn), .events = (short)(POLLIN | (unsent ? POLLOUT : 0)) };
	/* A second at the most: a signal that came between the test above and poll() must not be slept through. */
	double interval = db->on_wait ? db->wait_interval : 1;
	int ready = poll(&fd, 1, work_idly(db) ? 0 : (int)(interval * 1000));
	if (ready < 0 && errno != EINTR)
		return connection_lost(db, err);
	if (ready > 0 && (fd.revents & (POLLIN | POLLERR | POLLHUP)) && !PQconsumeInput(db->conn))
		return connection_lost(db, err);
	double now = clock_now();
	if (db->on_wait && now >= db->waited_at + interval) {
		db->waited_at = now;
		db->on_wait(db->on_wait_ctx);
	}
	return true;
}

void db_on_wait(struct db *db, double interval, void (*fn)(void *ctx), void *ctx)
{
	db->on_wait = fn;
	db->on_wait_ctx = ctx;
	db->wait_interval = interval;
}

static enum result_kind kind_of(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_PIPELINE_ABORTED)
		return RESULT_SKIPPED;
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
		return RESULT_ROWS;
	return RESULT_ERROR;
}

static unsigned position_of(const PGresult *result)
{
	unsigned long long position;
	const char *text = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	return text && str_to_u64(str_of(text), &position) ? (unsigned)position : 0;
}

/* Hands the result of the message at the head to its taker. */
static void answer(struct db *db, PGresult *res)
{
	struct pending *head = &db->queue.ptr[db->head];
	struct arena *arena = head->taker ? arena_new(db->arena) : db->arena;
	struct err err = { .arena = arena };
	double now = clock_now();
	struct result result = { .kind = kind_of(res), .handle = res, .err = &err, .seconds = now - db->last_answer };
	db->last_answer = now;
	if (result.kind == RESULT_ERROR) {
		result_to_err(db, res, &err);
		result.error_position = position_of(res);
	} else if (result.kind == RESULT_ROWS) {
		result.rows = (size_t)PQntuples(res);
		result.columns = (size_t)PQnfields(res);
		result.command_tag = PQcmdStatus(res);
	}
	if (head->taker) {
		head->taker(head->ctx, &result);
		arena_free(arena);
	} else if (result.kind == RESULT_ERROR) {
		remember_failure(db, &err);
	}
}

/* Takes one result that has arrived, or the NULL that ends a message's. */
static void take_one(struct db *db)
{
	PGresult *res = PQgetResult(db->conn);
	struct pending *head = &db->queue.ptr[db->head];
	if (!res) {
		if (head->answered)
			db->head++;
		return;
	}
	if (head->is_sync) {
		if (PQresultStatus(res) == PGRES_PIPELINE_SYNC)
			db->head++;
	} else if (!head->answered) {
		head->answered = true;
		answer(db, res);
	}
	PQclear(res);
}

bool db_run_until(struct db *db, size_t left, struct err *err)
{
	while (db_queued(db) > left && !db->failure.connection_lost) {
		if (PQstatus(db->conn) != CONNECTION_OK)
			return connection_lost(db, err);
		if (!PQisBusy(db->conn))
			take_one(db);
		else if (!wait_for_socket(db, err))
			return false;
	}
	if (!db->failure.code)
		return true;
	err_copy(err, &db->failure);
	db->failure = (struct err){ 0 };
	return false;
}

bool db_run(struct db *db, struct err *err)
{
	if (db_queued(db) && !db->queue.ptr[db->queue.len - 1].is_sync)
		db_sync(db);
	bool ok = db_run_until(db, 0, err);
	settle_interrupt(db);
	return ok;
}

bool db_poll(struct db *db)
{
	if (!db->conn || PQstatus(db->conn) != CONNECTION_OK || PQflush(db->conn) < 0 || !PQconsumeInput(db->conn))
		return false;
	while (db_queued(db) && !PQisBusy(db->conn))
		take_one(db);
	return PQstatus(db->conn) == CONNECTION_OK && !db->failure.connection_lost;
}
