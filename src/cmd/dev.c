#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "cmd/commands.h"
#include "db/binaries.h"
#include "project/local.h"

/* The folder whose .brant/ it is about: where brant runs. */
#define HERE "."

/* ---- reports ---- */

static void report_where(struct ctx *ctx, const struct local *local)
{
	report_fact(ctx->report, "database", "database", C_PLAIN,
		    "%s on 127.0.0.1:%u as %s, through PgBouncer in transaction mode", local->ref, local->port,
		    local->ref);
	report_number(ctx->report, "port", NULL, local->port);
	report_fact(ctx->report, "name", NULL, C_PLAIN, "%s", local->ref);
}

static void report_outdated(struct ctx *ctx, const struct local *local)
{
	if (local->is_outdated)
		report_note(ctx->report, "local-outdated",
			    "the platform's schemas in it were made by another version of brant; \"brant dev reset\" "
			    "makes them anew, and the database with them");
}

static void report_started(struct ctx *ctx, const struct local *local, double seconds)
{
	struct arena *arena = ctx->arena;
	const char *server = local_server_version(arena, local), *pooler = local_pooler_version(arena);
	report_outcome(ctx->report, C_GOOD, "%s PostgreSQL %s behind PgBouncer %s in %s",
		       local->was_made ? "made and started" : "started", server ? server : "?", pooler ? pooler : "?",
		       clock_text(arena, seconds));
	report_where(ctx, local);
	report_outcome(ctx->report, C_DIM, "%s",
		       "\"brant dev url\" prints its URL; \"--local\" makes other commands use it");
	if (local->has_moved)
		report_note(ctx->report, "local-port",
			    "its port of before is taken: it has another one now, and so another URL");
	if (local->went_down)
		report_note(ctx->report, "local-went-down",
			    "the machine stopped while it ran, so the data may be damaged; \"brant dev reset\" "
			    "makes new ones");
	report_outdated(ctx, local);
}

/* ---- the words ---- */

static bool dev_start(struct ctx *ctx, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	(void)args;
	struct local local;
	struct err looking = { .arena = ctx->arena };
	double begin = clock_now();
	bool known = local_status(ctx->arena, HERE, &local, &looking),
	     ran = known && local.server_runs && local.pooler_runs;
	if (!known && looking.name && strcmp(looking.name, "local-missing") == 0)
		term_line(C_DIM, "making a local project in .brant/");
	if (!ran && !local_start(ctx->arena, HERE, &local, err))
		return false;
	report_flag(ctx->report, "running", true);
	report_flag(ctx->report, "was_running", ran);
	if (!ran) {
		report_started(ctx, &local, clock_now() - begin);
		return true;
	}
	report_outcome(ctx->report, C_PLAIN, "%s", "it is running already");
	report_where(ctx, &local);
	report_outdated(ctx, &local);
	return true;
}

static bool dev_stop(struct ctx *ctx, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	(void)args;
	struct local local;
	if (!local_stop(ctx->arena, HERE, &local, err))
		return false;
	bool ran = local.server_runs || local.pooler_runs;
	report_outcome(ctx->report, C_PLAIN, "%s",
		       ran ? "stopped; \"brant dev start\" goes on where it was" : "it is not running");
	report_flag(ctx->report, "running", false);
	report_flag(ctx->report, "was_running", ran);
	return true;
}

static void report_process(struct ctx *ctx, const char *key, const char *label, const char *version, int pid)
{
	if (pid)
		report_fact(ctx->report, NULL, label, C_GOOD, "%s, running (process %d)", version ? version : "?", pid);
	else
		report_fact(ctx->report, NULL, label, C_WARN, "%s, stopped", version ? version : "?");
	report_fact(ctx->report, arena_printf(ctx->arena, "%s_version", key), NULL, C_PLAIN, "%s",
		    version ? version : "");
	report_number(ctx->report, arena_printf(ctx->arena, "%s_pid", key), NULL, pid);
}

static bool dev_status(struct ctx *ctx, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	(void)args;
	struct local local;
	if (!local_status(ctx->arena, HERE, &local, err))
		return false;
	unsigned long long size = local_data_size(&local);
	report_flag(ctx->report, "running", local.server_runs && local.pooler_runs);
	report_where(ctx, &local);
	report_process(ctx, "server", "PostgreSQL", local_server_version(ctx->arena, &local), local.server_pid);
	report_process(ctx, "pooler", "PgBouncer", local_pooler_version(ctx->arena), local.pooler_pid);
	report_fact(ctx->report, "folder", "folder", C_PLAIN, "%s", local.home);
	report_fact(ctx->report, NULL, "data", C_PLAIN, "%.0f MB", (double)size / 1e6);
	report_number(ctx->report, "data_bytes", NULL, (long long)size);
	report_outdated(ctx, &local);
	return true;
}

static bool dev_url(struct ctx *ctx, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	(void)args;
	struct local local;
	if (!local_status(ctx->arena, HERE, &local, err))
		return false;
	report_block(ctx->report, NULL, str_of(arena_printf(ctx->arena, "%s\n", local.url)));
	report_fact(ctx->report, "url", NULL, C_PLAIN, "%s", local.url);
	report_flag(ctx->report, "running", local.server_runs && local.pooler_runs);
	if (!local.server_runs || !local.pooler_runs)
		report_note(ctx->report, "local-stopped", "it is not running; \"brant dev start\" starts it");
	return true;
}

/* What cannot be brought back is done only when somebody said yes. */
static bool agreed(struct ctx *ctx, const char *what, const char *action, struct err *err)
{
	if (ctx->common->yes || (term_can_ask() && term_ask("%s?", what)))
		return true;
	if (term_can_ask())
		return err_set(err, ERR_CANCELLED, "cancelled", "nothing was %s", action);
	err_set(err, ERR_DECISION, "needs-yes", "%s?", what);
	return err_hint(err, "--yes answers with yes.");
}

static bool dev_reset(struct ctx *ctx, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	(void)args;
	struct local local;
	if (!local_status(ctx->arena, HERE, &local, err) ||
	    !agreed(ctx,
		    arena_printf(ctx->arena, "throw away the local database \"%s\" with all that is in it", local.ref),
		    "reset", err))
		return false;
	double begin = clock_now();
	if (!local_reset(ctx->arena, HERE, &local, err))
		return false;
	report_outcome(ctx->report, C_GOOD, "a new, empty database in %s", clock_text(ctx->arena, clock_now() - begin));
	report_where(ctx, &local);
	report_flag(ctx->report, "running", true);
	return true;
}

static bool dev_remove(struct ctx *ctx, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	(void)args;
	struct local local;
	if (!local_status(ctx->arena, HERE, &local, err) ||
	    !agreed(ctx, arena_printf(ctx->arena, "remove the local project \"%s\" with its database", local.ref),
		    "removed", err) ||
	    !local_remove(ctx->arena, HERE, err))
		return false;
	report_outcome(ctx->report, C_PLAIN, "%s", "removed");
	report_flag(ctx->report, "running", false);
	return true;
}

static bool find_psql(struct arena *arena, const struct local *local, const char **ret_program, struct err *err)
{
	const char *folders[] = { local->bin, NULL };
	*ret_program = program_find(arena, "psql", local->bin ? folders : NULL);
	if (*ret_program)
		return true;
	err_set(err, ERR_FAILED, "psql-missing", "psql is not installed here");
	return err_hint(err, "Install it (apt install postgresql-client).");
}

static bool dev_psql(struct ctx *ctx, size_t nargs, char **args, struct err *err)
{
	struct arena *arena = ctx->arena;
	struct target target;
	struct local local;
	const char *psql;
	if (!local_ensure(arena, HERE, &target, err) || !local_status(arena, HERE, &local, err) ||
	    !find_psql(arena, &local, &psql, err))
		return false;
	VEC(const char *) argv = { 0 };
	vec_push(arena, &argv, psql);
	for (size_t i = 0; i < nargs; i++)
		vec_push(arena, &argv, args[i]);
	vec_push(arena, &argv, NULL);
	/* By the environment: a password in an argument would be in the process list.  PGOPTIONS and the like do not get through the pooler. */
	static const char *const without[] = { "PG", NULL };
	const char *more[] = { "PGHOST=127.0.0.1",
			       arena_printf(arena, "PGPORT=%u", local.port),
			       arena_printf(arena, "PGUSER=%s", local.ref),
			       arena_printf(arena, "PGDATABASE=%s", local.ref),
			       arena_printf(arena, "PGPASSWORD=%s", local.password),
			       "PGSSLMODE=disable",
			       NULL };
	struct program program = { .argv = argv.ptr,
				   .env = environment(arena, without, more),
				   .in = PROC_INHERIT,
				   .out = PROC_INHERIT,
				   .error = PROC_INHERIT };
	return program_become(&program, err);
}

/* ---- the command ---- */

static const struct word {
	const char *name;
	bool (*run)(struct ctx *ctx, size_t nargs, char **args, struct err *err);
	bool takes_arguments;
} words[] = {
	{ "start", dev_start, false }, { "stop", dev_stop, false },   { "status", dev_status, false },
	{ "url", dev_url, false },     { "reset", dev_reset, false }, { "remove", dev_remove, false },
	{ "psql", dev_psql, true },
};

static bool run_dev(struct ctx *ctx, void *options, size_t nargs, char **args, struct err *err)
{
	(void)options;
	for (size_t i = 0; i < LEN(words); i++) {
		if (strcmp(args[0], words[i].name) != 0)
			continue;
		if (nargs > 1 && !words[i].takes_arguments)
			return err_set(err, ERR_USAGE, "usage", "\"dev %s\" takes no arguments", args[0]);
		return words[i].run(ctx, nargs - 1, args + 1, err);
	}
	err_set(err, ERR_USAGE, "usage", "\"dev\" does not know the word \"%s\"", args[0]);
	return err_hint(err, "It is one of start, stop, status, url, reset, remove, psql.");
}

const struct cmd cmd_dev = {
	.name = "dev",
	.arguments = "start|stop|status|url|reset|remove|psql",
	.summary = "a local project: PostgreSQL behind PgBouncer, with the platform's schemas",
	.text = "Runs a PostgreSQL and a PgBouncer in transaction mode for this folder, from the programs that are installed, with the platform's "
		"roles, schemas, functions and default privileges, so that what fails there fails here. They listen on this machine only, with a "
		"password of their own, keep everything in .brant/, and run on until they are stopped. With --local other commands use this database, "
		"and start it where needed.\n\n"
		"  start   start it; the first time, make it\n"
		"  stop    stop it; the data stay\n"
		"  status  whether it runs, where, how large it is\n"
		"  url     print its URL, password included\n"
		"  reset   throw the database away and begin with a new one: same URL\n"
		"  remove  stop it and remove all of it\n"
		"  psql    psql, through the pooler; what follows -- goes to psql",
	.examples =
		"brant dev start && brant up --local\nDATABASE_URL=$(brant dev url) npm test\nbrant dev psql -- -c '\\dt'",
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = run_dev,
};
