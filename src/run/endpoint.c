#include "run/endpoint.h"

#include <stdlib.h>

#include "base/clock.h"

#include "endpoint.sql.h"
#include "endpoint_schemas.sql.h"
#include "endpoint_settings.sql.h"
#include "endpoint_transactions.sql.h"

enum { ROUND_TRIPS = 5 };

static const char *text(struct arena *arena, const struct rows *rows, size_t row, size_t column)
{
	struct str cell = rows_cell(rows, row, column);
	return cell.ptr ? str_dup(arena, cell) : NULL;
}

static bool flag(const struct rows *rows, size_t row, size_t column)
{
	return str_eq(rows_cell(rows, row, column), STR("t"));
}

static long long number(struct arena *arena, const struct rows *rows, size_t row, size_t column)
{
	const char *digits = text(arena, rows, row, column);
	return digits ? strtoll(digits, NULL, 10) : 0;
}

static double timeout(struct arena *arena, const struct rows *rows, size_t column)
{
	return (double)number(arena, rows, 0, column) / 1000;
}

static bool look_at_server(struct arena *arena, struct db *db, struct endpoint *e, struct err *err)
{
	struct rows rows;
	if (!db_query(db, arena, sql_endpoint, 0, NULL, &rows, err))
		return false;
	e->version = text(arena, &rows, 0, 0);
	e->database = text(arena, &rows, 0, 1);
	e->user = text(arena, &rows, 0, 2);
	e->session_user = text(arena, &rows, 0, 3);
	e->search_path = text(arena, &rows, 0, 4);
	e->isolation = text(arena, &rows, 0, 5);
	e->superuser = flag(&rows, 0, 6);
	e->create_role = flag(&rows, 0, 7);
	e->bypass_rls = flag(&rows, 0, 8);
	e->has_public = flag(&rows, 0, 9);
	e->create_public = flag(&rows, 0, 10);
	e->create_schema = flag(&rows, 0, 11);
	e->standby = flag(&rows, 0, 12);
	e->read_only = flag(&rows, 0, 13);
	e->postgrest = flag(&rows, 0, 14);
	e->monitor = flag(&rows, 0, 15);
	e->lock_timeout = timeout(arena, &rows, 16);
	e->statement_timeout = timeout(arena, &rows, 17);
	e->idle_timeout = timeout(arena, &rows, 18);
	e->transaction_timeout = timeout(arena, &rows, 19);
	e->connections = number(arena, &rows, 0, 20);
	e->connections_here = number(arena, &rows, 0, 21);
	e->max_connections = number(arena, &rows, 0, 22);
	e->pooled = number(arena, &rows, 0, 23) != db_backend_pid(db);
	e->encrypted = db_is_encrypted(db);
	return true;
}

static bool look_at_settings(struct arena *arena, struct db *db, struct endpoint *e, struct err *err)
{
	struct rows rows;
	if (!db_query(db, arena, sql_endpoint_settings, 0, NULL, &rows, err))
		return false;
	for (size_t i = 0; i < rows.rows; i++)
		vec_push(arena, &e->settings,
			 (struct role_setting){ .role = text(arena, &rows, i, 0),
						.name = text(arena, &rows, i, 1),
						.value = text(arena, &rows, i, 2),
						.mine = flag(&rows, i, 3) });
	return true;
}

static bool look_at_schemas(struct arena *arena, struct db *db, struct endpoint *e, struct err *err)
{
	struct rows rows;
	if (!db_query(db, arena, sql_endpoint_schemas, 0, NULL, &rows, err))
		return false;
	for (size_t i = 0; i < rows.rows; i++)
		vec_push(arena, &e->schemas,
			 (struct schema_seen){ .name = text(arena, &rows, i, 0),
					       .owner = text(arena, &rows, i, 1),
					       .relations = number(arena, &rows, i, 2),
					       .on_path = flag(&rows, i, 3),
					       .may_create = flag(&rows, i, 4) });
	return true;
}

static bool look_at_transactions(struct arena *arena, struct db *db, struct endpoint *e, struct err *err)
{
	struct rows rows;
	if (!db_query(db, arena, sql_endpoint_transactions, 0, NULL, &rows, err))
		return false;
	for (size_t i = 0; i < rows.rows; i++)
		vec_push(arena, &e->transactions,
			 (struct open_transaction){ .prepared = flag(&rows, i, 0),
						    .who = text(arena, &rows, i, 1),
						    .what = text(arena, &rows, i, 2),
						    .age = (double)number(arena, &rows, i, 3) });
	return true;
}

/* The shortest of a few: the others had company on the way. */
static bool measure(struct arena *arena, struct db *db, struct endpoint *e, struct err *err)
{
	for (size_t i = 0; i < ROUND_TRIPS; i++) {
		struct rows rows;
		double start = clock_now();
		if (!db_query(db, arena, "SELECT 1", 0, NULL, &rows, err))
			return false;
		double seconds = clock_now() - start;
		if (!i || seconds < e->round_trip)
			e->round_trip = seconds;
	}
	return true;
}

bool endpoint_look(struct arena *arena, struct db *db, struct endpoint *ret_endpoint, struct err *err)
{
	struct endpoint e = { 0 };
	if (!look_at_server(arena, db, &e, err) || !look_at_settings(arena, db, &e, err) ||
	    !look_at_schemas(arena, db, &e, err) || !look_at_transactions(arena, db, &e, err) ||
	    !measure(arena, db, &e, err))
		return false;
	*ret_endpoint = e;
	return true;
}
