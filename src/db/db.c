#include "db/db.h"

#include <poll.h>

#include "base/clock.h"
#include "db/advice.h"
#include "db/internal.h"

volatile int db_cancel_flag;

static void on_notice(void *ctx, const PGresult *result)
{
	struct db *db = ctx;
	if (!db->options.notice)
		return;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	db->options.notice(db->options.notice_ctx, severity ? severity : "NOTICE", message ? message : "");
}

static void close_db(void *ptr)
{
	struct db *db = ptr;
	if (db->conn)
		PQfinish(db->conn);
	db->conn = NULL;
}

void db_close(struct db *db)
{
	close_db(db);
}

/* The target's parameters with ours behind them: libpq takes the last of a keyword that comes twice. */
typedef PGconn *connect_fn(const char *const *keywords, const char *const *values, int expand_dbname);

static PGconn *start_connect(struct arena *arena, const struct target *target, const struct db_options *options,
			     connect_fn *connect)
{
	size_t n = 0;
	while (target->keywords[n])
		n++;
	const char **keywords = arena_alloc(arena, (n + 3) * sizeof(*keywords));
	const char **values = arena_alloc(arena, (n + 3) * sizeof(*values));
	memcpy(keywords, target->keywords, n * sizeof(*keywords));
	memcpy(values, target->values, n * sizeof(*values));
	keywords[n] = "application_name";
	values[n++] = options->application ? options->application : "brant";
	if (options->connect_timeout > 0) {
		keywords[n] = "connect_timeout";
		values[n++] = arena_printf(arena, "%d", (int)(options->connect_timeout + 0.999));
	}
	return connect(keywords, values, 0);
}

static bool connect_failed(struct db *db, const struct target *target, struct err *err)
{
	struct str message = str_trim(str_of(PQerrorMessage(db->conn)));
	err_set(err, ERR_FAILED, "connect-failed", "could not connect to %s", target->shown);
	err_detail(err, STR_FMT, STR_ARG(message));
	advice_for_connect(err, target);
	err->connection_lost = true;
	return false;
}

static bool made_ready(struct db *db)
{
	PQsetNoticeReceiver(db->conn, on_notice, db);
	db->last_answer = clock_now();
	return PQsetnonblocking(db->conn, 1) == 0 && PQenterPipelineMode(db->conn) == 1;
}

bool db_open(struct arena *arena, const struct target *target, const struct db_options *options, struct db **ret_db,
	     struct err *err)
{
	struct db *db = arena_alloc(arena, sizeof(*db));
	db->arena = arena;
	db->options = *options;
	db->conn = start_connect(arena, target, options, PQconnectdbParams);
	if (!db->conn)
		return err_set(err, ERR_FAILED, "connect-failed", "could not connect to %s: out of memory", target->shown);
	arena_defer(arena, close_db, db);
	if (PQstatus(db->conn) != CONNECTION_OK)
		return connect_failed(db, target, err);
	if (!made_ready(db))
		return connect_failed(db, target, err);
	*ret_db = db;
	return true;
}

struct db *db_open_start(struct arena *arena, const struct target *target, const struct db_options *options)
{
	struct db *db = arena_alloc(arena, sizeof(*db));
	db->arena = arena;
	db->options = *options;
	db->conn = start_connect(arena, target, options, PQconnectStartParams);
	arena_defer(arena, close_db, db);
	db->open_poll = PGRES_POLLING_WRITING;
	return db;
}

/* Has the socket come into the state that libpq waits for? */
static bool socket_ready(const struct db *db)
{
	struct pollfd fd = { .fd = PQsocket(db->conn),
			     .events = db->open_poll == PGRES_POLLING_READING ? POLLIN : POLLOUT };
	return poll(&fd, 1, 0) > 0;
}

enum open_state db_open_poll(struct db *db)
{
	if (!db->conn || PQstatus(db->conn) == CONNECTION_BAD)
		return OPEN_FAILED;
	while (db->open_poll != PGRES_POLLING_OK) {
		if (!socket_ready(db))
			return OPEN_CONNECTING;
		db->open_poll = PQconnectPoll(db->conn);
		if (db->open_poll == PGRES_POLLING_FAILED)
			return OPEN_FAILED;
	}
	return made_ready(db) ? OPEN_READY : OPEN_FAILED;
}

bool db_is_open(const struct db *db)
{
	return db->conn && PQstatus(db->conn) == CONNECTION_OK;
}

int db_server_version(const struct db *db)
{
	return PQserverVersion(db->conn);
}

int db_backend_pid(const struct db *db)
{
	return PQbackendPID(db->conn);
}

const char *db_parameter(const struct db *db, const char *name)
{
	return PQparameterStatus(db->conn, name);
}

bool db_is_encrypted(const struct db *db)
{
	return PQsslInUse(db->conn);
}

bool db_in_transaction(const struct db *db)
{
	PGTransactionStatusType status = db->conn ? PQtransactionStatus(db->conn) : PQTRANS_UNKNOWN;
	return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

void db_rollback(struct db *db)
{
	struct arena *scratch = arena_new(db->arena);
	struct err ignored = { .arena = scratch };
	if (db_is_open(db) && db_in_transaction(db)) {
		db_send(db, STR("ROLLBACK"), 0, NULL, NULL, NULL);
		db_sync(db);
		db_run(db, &ignored);
	}
	arena_free(scratch);
}

struct copy_to {
	struct arena *arena;
	struct rows *rows;
	struct err *err;
	bool failed;
};

static void copy_rows(void *ctx, const struct result *result)
{
	struct copy_to *to = ctx;
	if (result->kind == RESULT_ERROR) {
		err_copy(to->err, result->err);
		to->failed = true;
	}
	if (result->kind != RESULT_ROWS || !to->rows)
		return;
	size_t n = result->rows * result->columns;
	*to->rows = (struct rows){ .rows = result->rows, .columns = result->columns };
	to->rows->cells = arena_alloc(to->arena, (n + 1) * sizeof(struct str));
	for (size_t i = 0; i < n; i++) {
		struct str cell = result_cell(result, i / result->columns, i % result->columns);
		if (cell.ptr)
			cell.ptr = arena_strndup(to->arena, cell.ptr, cell.len);
		to->rows->cells[i] = cell;
	}
}

bool db_query(struct db *db, struct arena *arena, const char *sql, size_t nparams, const char *const *params,
	      struct rows *ret_rows, struct err *err)
{
	struct copy_to to = { .arena = arena, .rows = ret_rows, .err = err };
	db_send(db, str_of(sql), nparams, params, copy_rows, &to);
	db_sync(db);
	return db_run(db, err) && !to.failed;
}

struct str rows_cell(const struct rows *rows, size_t row, size_t column)
{
	return rows->cells[row * rows->columns + column];
}
