/*
 * copy.c - COPY ... FROM STDIN, which libpq's pipeline mode cannot carry.
 *
 * Pipeline mode is left for as long as the copy takes.  The caller's open transaction keeps us on one backend of the pool.
 */
#include "db/internal.h"

enum { PIECE = 1024 * 1024 };

static bool next_result(struct db *db, PGresult **ret_result, struct err *err)
{
	while (PQisBusy(db->conn))
		if (!wait_for_socket(db, err))
			return false;
	*ret_result = PQgetResult(db->conn);
	return true;
}

/* Takes results until NULL; keeps the first error. */
static bool finish(struct db *db, unsigned *ret_error_position, struct err *err)
{
	bool ok = true;
	PGresult *result;
	for (;;) {
		if (!next_result(db, &result, err))
			return false;
		if (!result)
			return ok;
		ExecStatusType status = PQresultStatus(result);
		if (status != PGRES_COMMAND_OK && status != PGRES_COPY_IN && ok) {
			unsigned long long position;
			const char *at = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
			result_to_err(db, result, err);
			*ret_error_position = at && str_to_u64(str_of(at), &position) ? (unsigned)position : 0;
			ok = false;
		}
		PQclear(result);
		if (status == PGRES_COPY_IN)
			return ok;
	}
}

static bool put_data(struct db *db, struct str data, struct err *err)
{
	while (data.len) {
		size_t len = data.len < PIECE ? data.len : PIECE;
		int sent = PQputCopyData(db->conn, data.ptr, (int)len);
		if (sent < 0)
			return connection_lost(db, err);
		if (sent)
			data = str_slice(data, len, data.len);
		else if (!wait_for_socket(db, err))
			return false;
	}
	for (int sent; (sent = PQputCopyEnd(db->conn, NULL)) != 1;) {
		if (sent < 0)
			return connection_lost(db, err);
		if (!wait_for_socket(db, err))
			return false;
	}
	return true;
}

bool db_copy_in(struct db *db, struct str sql, struct str data, unsigned *ret_error_position, struct err *err)
{
	*ret_error_position = 0;
	if (PQexitPipelineMode(db->conn) != 1)
		return connection_lost(db, err);
	char *text = arena_strndup(err->arena, sql.ptr, sql.len);
	bool ok = PQsendQuery(db->conn, text) == 1 || connection_lost(db, err);
	ok = ok && finish(db, ret_error_position, err);
	if (ok && PQstatus(db->conn) == CONNECTION_OK)
		ok = put_data(db, data, err) && finish(db, ret_error_position, err);
	if (PQstatus(db->conn) == CONNECTION_OK && PQenterPipelineMode(db->conn) != 1)
		return connection_lost(db, err);
	return ok;
}
