/*
 * floor - the least that a libpq program can do for a folder of migrations.
 *
 *     floor URL DIR       (DIR/VERSION_name.sql, statements separated by NUL)
 *
 * One connection.  One query makes the ledger and asks what it holds; then every pending migration is queued as a pipeline
 * segment (BEGIN, the statements, the ledger row, COMMIT, Sync) before any answer is waited for.  No splitting, no lease, no
 * checks, no retries: the mark that brant is measured against, not a tool.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ledger[] = "CREATE TABLE IF NOT EXISTS public.schema_migrations ("
			     "version text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());"
			     "SELECT version FROM public.schema_migrations ORDER BY version COLLATE \"C\"";

struct run {
	PGconn *conn;
	int sent, done; /* Syncs */
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "floor: %s: %s\n", what, why);
	exit(1);
}

static void ignore_notice(void *arg, const PGresult *notice)
{
	(void)arg;
	(void)notice;
}

static int is_sql(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".sql") == 0;
}

/* The file with one more NUL at its end, so that the last statement ends like the others. */
static char *read_file(const char *dir, const char *name, size_t *ret_len)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "r");

	if (!f)
		fail(path, strerror(errno));
	fseek(f, 0, SEEK_END);
	size_t len = (size_t)ftell(f);
	char *text = calloc(1, len + 1);

	rewind(f);
	if (!text || fread(text, 1, len, f) != len)
		fail(path, "cannot be read");
	fclose(f);
	*ret_len = len;
	return text;
}

static void take_results(struct run *run)
{
	int nulls = 0;

	/* NULL ends one command's results; two of them, that there is nothing to take at all */
	while (nulls < 2 && !PQisBusy(run->conn)) {
		PGresult *result = PQgetResult(run->conn);
		ExecStatusType status = PQresultStatus(result);

		nulls = result ? 0 : nulls + 1;
		if (status == PGRES_PIPELINE_SYNC)
			run->done++;
		else if (result && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
			fail("migration", PQresultErrorMessage(result));
		PQclear(result);
	}
}

/* Sends what can be sent and takes what has come, without waiting or until there is something. */
static void turn(struct run *run, int timeout)
{
	int left = PQflush(run->conn);
	struct pollfd p = { PQsocket(run->conn), (short)(POLLIN | (left ? POLLOUT : 0)), 0 };

	if (left < 0)
		fail("send", PQerrorMessage(run->conn));
	if (poll(&p, 1, timeout) > 0 && (p.revents & POLLIN) && !PQconsumeInput(run->conn))
		fail("receive", PQerrorMessage(run->conn));
	take_results(run);
}

static void queue(struct run *run, const char *sql, int nparams, const char *const *params)
{
	if (!PQsendQueryParams(run->conn, sql, nparams, NULL, params, NULL, NULL, 0))
		fail("send", PQerrorMessage(run->conn));
}

static void queue_migration(struct run *run, const char *dir, const char *name, const char *version)
{
	size_t len;
	char *text = read_file(dir, name, &len);

	queue(run, "BEGIN", 0, NULL);
	for (char *s = text; s < text + len; s += strlen(s) + 1)
		queue(run, s, 0, NULL);
	queue(run, "INSERT INTO public.schema_migrations (version) VALUES ($1)", 1, &version);
	queue(run, "COMMIT", 0, NULL);
	if (!PQpipelineSync(run->conn))
		fail("sync", PQerrorMessage(run->conn));
	run->sent++;
	free(text);
	turn(run, 0);
}

int main(int argc, char **argv)
{
	struct dirent **files;

	if (argc != 3)
		fail("usage", "floor URL DIR");
	int n = scandir(argv[2], &files, is_sql, alphasort);
	struct run run = { .conn = PQconnectdb(argv[1]) };

	if (n < 0 || PQstatus(run.conn) != CONNECTION_OK)
		fail(argv[2], PQerrorMessage(run.conn));
	PQsetNoticeReceiver(run.conn, ignore_notice, NULL);
	PGresult *applied = PQexec(run.conn, ledger);

	if (PQresultStatus(applied) != PGRES_TUPLES_OK)
		fail("ledger", PQerrorMessage(run.conn));
	PQsetnonblocking(run.conn, 1);
	PQenterPipelineMode(run.conn);
	for (int i = 0, seen = 0; i < n; i++) {
		char version[64];

		snprintf(version, sizeof version, "%.*s", (int)strcspn(files[i]->d_name, "_"), files[i]->d_name);
		if (seen < PQntuples(applied) && strcmp(PQgetvalue(applied, seen, 0), version) == 0)
			seen++;
		else
			queue_migration(&run, argv[2], files[i]->d_name, version);
	}
	while (run.done < run.sent)
		turn(&run, -1);
	PQfinish(run.conn);
	return 0;
}
