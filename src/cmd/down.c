#include <stddef.h>

#include "base/clock.h"
#include "cmd/commands.h"
#include "cmd/session.h"

struct down_options {
	bool no_wait;
	double lock_timeout;
	long long lock_retries;
};

static const struct down_options defaults = { .lock_timeout = -1, .lock_retries = -1 };

#define AT(field) offsetof(struct down_options, field)
static const struct option options[] = {
	{ "no-wait", 0, OPTION_FLAG, NULL, "exit with 5 when another brant is at work", AT(no_wait) },
	{ "lock-timeout", 0, OPTION_TIME, "TIME", "how long a statement may wait for its lock; default 2s",
	  AT(lock_timeout) },
	{ "lock-retries", 0, OPTION_NUMBER, "N", "how often a migration is tried again that did not get its lock",
	  AT(lock_retries) },
	{ 0 },
};
#undef AT

static bool parse_count(size_t nargs, char **args, size_t *ret_count, struct err *err)
{
	unsigned long long count = 1;
	if (nargs && (!str_to_u64(str_of(args[0]), &count) || !count || count > 100000)) {
		err_set(err, ERR_USAGE, "bad-count", "\"%s\" is not a number of migrations", args[0]);
		return err_hint(err, "For example: brant down 2");
	}
	*ret_count = (size_t)count;
	return true;
}

static bool dry_run(struct ctx *ctx, const struct run_options *run, size_t count, struct err *err)
{
	struct up_result result = { 0 };
	struct db *db;
	if (!up_plan(ctx->arena, run, count, &db, &result, err))
		return false;
	if (result.plan.len)
		session_report_plan(ctx, run, &result.state, &result.plan);
	else
		report_outcome(ctx->report, C_GOOD, "nothing to undo");
	return true;
}

static bool run_down(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	const struct down_options *down = given;
	struct run_options run;
	struct up_result result;
	struct session_watch watch = { .arena = ctx->arena, .doing = "undoing", .verb = "undone" };
	size_t count = 0;
	if (!parse_count(nargs, args, &count, err) || !session_options(ctx, "down", &run, err))
		return false;
	run.no_wait = down->no_wait;
	if (down->lock_timeout >= 0)
		run.lock_timeout = down->lock_timeout;
	if (down->lock_retries >= 0)
		run.lock_retries = down->lock_retries;
	run.watcher = session_watcher(&watch);
	if (ctx->common->dry_run)
		return dry_run(ctx, &run, count, err);
	bool ok = up_run(ctx->arena, &run, count, &result, err);
	progress_end();
	session_report_applied(ctx, &watch);
	report_number(ctx->report, "undone", NULL, (long long)result.migrations);
	if (ok && result.migrations)
		report_outcome(ctx->report, C_GOOD, "undone %zu %s in %s", result.migrations,
			       result.migrations == 1 ? "migration" : "migrations",
			       clock_text(ctx->arena, result.seconds));
	else if (ok)
		report_outcome(ctx->report, C_GOOD, "nothing to undo: no migration is applied");
	return ok;
}

const struct cmd cmd_down = {
	.name = "down",
	.aliases = { "rollback" },
	.arguments = "[N]",
	.summary = "undo the last N migrations (1 where not said)",
	.text = "Runs the scripts that undo the last N applied migrations (NNNN_name.down.sql), newest first, each in one transaction with "
		"the removal of its row in the ledger. Before anything runs, all N must have such a script.",
	.examples = "brant down\nbrant down 3 --dry-run",
	.options_size = sizeof(struct down_options),
	.defaults = &defaults,
	.options = options,
	.max_args = 1,
	.needs_database = true,
	.needs_project = true,
	.dry_run = true,
	.run = run_down,
};
