#include <stddef.h>

#include "base/clock.h"
#include "cmd/commands.h"
#include "session/session.h"
#include "session/watch.h"

struct down_options {
	const char *to;
	bool no_wait;
	double lock_timeout;
	long long lock_retries;
};

static const struct down_options defaults = { .lock_timeout = -1, .lock_retries = -1 };

#define AT(field) offsetof(struct down_options, field)
static const struct option options[] = {
	{ "to", 0, OPTION_TEXT, "VERSION", "undo what was applied after this migration, which stays", AT(to) },
	{ "no-wait", 0, OPTION_FLAG, NULL, "exit with 5 when another brant is at work", AT(no_wait) },
	{ "lock-timeout", 0, OPTION_TIME, "TIME", "how long a statement may wait for its lock; default 2s",
	  AT(lock_timeout) },
	{ "lock-retries", 0, OPTION_NUMBER, "N", "how often a migration is tried again that did not get its lock",
	  AT(lock_retries) },
	{ 0 },
};
#undef AT

/* A number of migrations, or a place in the history; "0007" is a version, as nobody counts so. */
static bool is_count(const char *text)
{
	return *text && text[0] != '0' && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 6;
}

static bool parse_target(const struct down_options *down, size_t nargs, char **args, struct run_options *run,
			 size_t *ret_count, struct err *err)
{
	unsigned long long count = 1;
	*ret_count = 1;
	if (nargs && down->to)
		return err_set(err, ERR_USAGE, "usage", "\"%s\" and --to %s both say how far to go", args[0], down->to);
	run->to = down->to;
	if (!nargs)
		return true;
	if (args[0][0] == '-' && is_count(args[0] + 1) && !run->format->heads)
		args[0]++; /* where there are branches it is a place, as Alembic has it */
	if (!is_count(args[0])) {
		if (strcmp(args[0], "0") == 0) {
			err_set(err, ERR_USAGE, "bad-count", "\"0\" is not a number of migrations");
			return err_hint(err, "For example: brant down 2");
		}
		run->to = args[0];
		return true;
	}
	*ret_count = str_to_u64(str_of(args[0]), &count) ? (size_t)count : 1;
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
	if (!session_options(ctx, "down", &run, err) || !parse_target(down, nargs, args, &run, &count, err))
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
	else if (ok && run.to)
		report_outcome(ctx->report, C_GOOD, "nothing to undo above %s", run.to);
	else if (ok)
		report_outcome(ctx->report, C_GOOD, "nothing to undo: no migration is applied");
	return ok;
}

const struct cmd cmd_down = {
	.name = "down",
	.aliases = { "rollback" },
	.arguments = "[N|VERSION]",
	.summary = "undo the last N migrations (1 where not said), or what came after one",
	.text = "Runs the scripts that undo the last N applied migrations (NNNN_name.down.sql), newest first, each in one transaction with "
		"the removal of its row in the ledger. Before anything runs, all of them must have such a script.\n\n"
		"A version in place of N undoes what was applied after it, and leaves that one itself; \"base\" undoes everything. In a history that "
		"branches a branch may stand in front: tags@-1 is one step down on the branch with the label tags, tags@base all of it.",
	.examples = "brant down\nbrant down 3 --dry-run\nbrant down --to 0007",
	.options_size = sizeof(struct down_options),
	.defaults = &defaults,
	.options = options,
	.max_args = 1,
	.needs_database = true,
	.needs_project = true,
	.dry_run = true,
	.run = run_down,
};
