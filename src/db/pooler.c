#include "db/pooler.h"

#include <stdlib.h>

#include "db/internal.h"

static long long sum_waiting(const PGresult *pools, const char *database)
{
	int name = PQfnumber(pools, "database"), waiting = PQfnumber(pools, "cl_waiting");
	long long sum = 0;
	for (int i = 0; name >= 0 && waiting >= 0 && i < PQntuples(pools); i++)
		if (!database || strcmp(PQgetvalue(pools, i, name), database) == 0)
			sum += strtoll(PQgetvalue(pools, i, waiting), NULL, 10);
	return sum;
}

bool pooler_waiting(const struct target *target, long long *ret_waiting)
{
	struct arena *arena = arena_new(NULL);
	struct target console = *target;
	target_set(arena, &console, "dbname", "pgbouncer");
	target_set(arena, &console, "connect_timeout", "2");
	PGconn *conn = PQconnectdbParams(console.keywords, console.values, 0);
	PGresult *pools = PQstatus(conn) == CONNECTION_OK ? PQexec(conn, "SHOW POOLS") : NULL;
	bool ok = pools && PQresultStatus(pools) == PGRES_TUPLES_OK;
	if (ok)
		*ret_waiting = sum_waiting(pools, target->database);
	PQclear(pools);
	PQfinish(conn);
	arena_free(arena);
	return ok;
}
