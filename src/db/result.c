#include <stdlib.h>

#include "db/internal.h"

struct str result_cell(const struct result *result, size_t row, size_t column)
{
	const PGresult *res = result->handle;
	if (result->kept)
		return result->kept->cells[row * result->columns + column];
	int r = (int)row, c = (int)column;
	if (PQgetisnull(res, r, c))
		return (struct str){ 0 };
	return (struct str){ PQgetvalue(res, r, c), (size_t)PQgetlength(res, r, c) };
}

const char *result_column(const struct result *result, size_t column)
{
	if (result->kept)
		return result->kept->names[column].ptr;
	return PQfname(result->handle, (int)column);
}

bool result_bool(const struct result *result, size_t row, size_t column)
{
	struct str cell = result_cell(result, row, column);
	return cell.len && cell.ptr[0] == 't';
}

long long result_int(const struct result *result, size_t row, size_t column)
{
	struct str cell = result_cell(result, row, column);
	long long value = 0;
	bool negative = cell.len && cell.ptr[0] == '-';
	for (size_t i = negative; i < cell.len && cell.ptr[i] >= '0' && cell.ptr[i] <= '9'; i++)
		value = value * 10 + (cell.ptr[i] - '0');
	return negative ? -value : value;
}

static const char *field(struct arena *arena, const PGresult *result, int code)
{
	const char *text = PQresultErrorField(result, code);
	return text ? arena_strdup(arena, text) : NULL;
}

void result_to_err(const struct db *db, const PGresult *result, struct err *err)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	struct str plain = str_trim(str_of(PQresultErrorMessage(result)));
	if (message)
		plain = str_of(message);
	err_set(err, ERR_FAILED, "server-error", STR_FMT, STR_ARG(plain));
	err->detail = field(err->arena, result, PG_DIAG_MESSAGE_DETAIL);
	err->hint = field(err->arena, result, PG_DIAG_MESSAGE_HINT);
	err->server_context = field(err->arena, result, PG_DIAG_CONTEXT);
	if (sqlstate && strlen(sqlstate) == 5)
		memcpy(err->sqlstate, sqlstate, sizeof(err->sqlstate));
	/* 57014 is query_canceled: by us, when we were asked to. */
	if (db_cancel_flag && strcmp(err->sqlstate, "57014") == 0) {
		err->code = ERR_CANCELLED;
		err->name = "cancelled";
		err->message = "interrupted";
	}
	err->connection_lost = PQstatus(db->conn) != CONNECTION_OK;
}

bool connection_lost(struct db *db, struct err *err)
{
	struct str message = str_trim(str_of(PQerrorMessage(db->conn)));
	db->head = db->queue.len = 0;
	err_set(err, ERR_FAILED, "connection-lost", "the connection to the server was lost");
	if (message.len)
		err_detail(err, STR_FMT, STR_ARG(message));
	err->connection_lost = true;
	return false;
}
