#include "check/observe.h"

#include "observe.sql.h"

/* Those that keep others from reading or writing. */
static const char strong_modes[] = "{ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}";

static const char counters[] =
	"SELECT array_agg(oid ORDER BY oid), array_agg(COALESCE(pg_stat_get_xact_numscans(oid), 0) ORDER BY oid), "
	"array_agg(relfilenode ORDER BY oid), "
	"ARRAY(SELECT relation FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND pid = pg_catalog.pg_backend_pid() "
	"AND mode = ANY ($2::text[])) "
	"FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384 "
	"AND ($1::oid[] IS NULL OR oid = ANY ($1::oid[]))";

/* What is so before a statement. */
struct before {
	const char *oids, *scans, *files, *locked;
};

static bool look(struct arena *arena, struct db *db, const char *only, struct before *ret_before, struct err *err)
{
	struct rows rows;
	const char *params[] = { only, strong_modes };
	if (!db_query(db, arena, counters, 2, params, &rows, err))
		return false;
	bool any = rows_cell(&rows, 0, 0).ptr != NULL;
	*ret_before = (struct before){
		.oids = any ? rows_cell(&rows, 0, 0).ptr : "{}",
		.scans = any ? rows_cell(&rows, 0, 1).ptr : "{}",
		.files = any ? rows_cell(&rows, 0, 2).ptr : "{}",
		.locked = rows_cell(&rows, 0, 3).ptr,
	};
	return true;
}

bool observer_begin(struct arena *arena, struct db *db, struct observer *ret_observer, struct err *err)
{
	struct before before;
	if (!look(arena, db, NULL, &before, err))
		return false;
	ret_observer->oids = before.oids;
	return true;
}

bool observe(struct arena *arena, struct db *db, const struct observer *observer, struct str sql,
	     struct observed *ret_observed, struct err *err)
{
	struct before before;
	struct rows rows;
	if (!look(arena, db, observer->oids, &before, err) ||
	    !db_query(db, arena, str_dup(arena, sql), 0, NULL, &rows, err))
		return false;
	const char *params[] = { before.oids, before.scans, before.files, before.locked, strong_modes };
	if (!db_query(db, arena, sql_observe, 5, params, &rows, err))
		return false;
	*ret_observed = (struct observed){ 0 };
	if (rows.rows) {
		ret_observed->blocked = rows_cell(&rows, 0, 0).ptr;
		ret_observed->earlier = str_eq(rows_cell(&rows, 0, 1), STR("t"));
	}
	return true;
}
