#include "check/observe.h"

#include "observe.sql.h"

static const char counters[] =
	"SELECT array_agg(oid ORDER BY oid), array_agg(COALESCE(pg_stat_get_xact_numscans(oid), 0) ORDER BY oid), "
	"array_agg(relfilenode ORDER BY oid) FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384 "
	"AND ($1::oid[] IS NULL OR oid = ANY ($1::oid[]))";

static bool look(struct arena *arena, struct db *db, const char *only, struct observer *ret_observer, struct err *err)
{
	struct rows rows;
	if (!db_query(db, arena, counters, 1, &only, &rows, err))
		return false;
	bool any = rows_cell(&rows, 0, 0).ptr != NULL;
	*ret_observer = (struct observer){
		.oids = any ? rows_cell(&rows, 0, 0).ptr : "{}",
		.scans = any ? rows_cell(&rows, 0, 1).ptr : "{}",
		.files = any ? rows_cell(&rows, 0, 2).ptr : "{}",
	};
	return true;
}

bool observer_begin(struct arena *arena, struct db *db, struct observer *ret_observer, struct err *err)
{
	return look(arena, db, NULL, ret_observer, err);
}

static bool run(struct arena *arena, struct db *db, const struct observer *observer, struct str sql,
		struct rows *ret_rows, struct err *err)
{
	struct observer before;
	struct rows none;
	if (!db_query(db, arena, "BEGIN", 0, NULL, &none, err) || !look(arena, db, observer->oids, &before, err) ||
	    !db_query(db, arena, str_dup(arena, sql), 0, NULL, &none, err))
		return false;
	const char *params[] = { before.oids, before.scans, before.files };
	return db_query(db, arena, sql_observe, 3, params, ret_rows, err) &&
		db_query(db, arena, "COMMIT", 0, NULL, &none, err);
}

bool observe(struct arena *arena, struct db *db, const struct observer *observer, struct str sql,
	     const char **ret_blocked, struct err *err)
{
	struct rows rows;
	bool ok = run(arena, db, observer, sql, &rows, err);
	db_rollback(db);
	if (ok)
		*ret_blocked = rows.rows ? rows_cell(&rows, 0, 0).ptr : NULL;
	return ok;
}
