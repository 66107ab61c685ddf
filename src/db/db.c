#include "db/db.h"

#include "db/internal.h"

volatile int db_cancel_flag;
volatile int db_cancels;

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
		bool before = db->shielded;
		db->shielded = true;
		db_send(db, STR("ROLLBACK"), 0, NULL, NULL, NULL);
		db_sync(db);
		db_run(db, &ignored);
		db->shielded = before;
	}
	arena_free(scratch);
}

bool db_commit(struct db *db, struct err *err)
{
	db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
	db_sync(db);
	if (db_run(db, err))
		return true;
	db_rollback(db);
	return false;
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
