#include <stddef.h>

#include "cmd/commands.h"
#include "session/apply.h"
#include "session/session.h"

struct up_options {
	const char *to;
	bool out_of_order, allow_gaps, accept_edited, contract, no_wait;
	double lock_timeout, statement_timeout;
	long long lock_retries;
};

static const struct up_options defaults = { .lock_timeout = -1, .statement_timeout = -1, .lock_retries = -1 };

#define AT(field) offsetof(struct up_options, field)
static const struct option options[] = {
	{ "to", 0, OPTION_TEXT, "VERSION", "stop after this migration", AT(to) },
	{ "out-of-order", 0, OPTION_FLAG, NULL, "also apply what sorts before migrations that are applied",
	  AT(out_of_order) },
	{ "allow-gaps", 0, OPTION_FLAG, NULL, "also when a number is missing in front of a pending migration",
	  AT(allow_gaps) },
	{ "accept-edited", 0, OPTION_FLAG, NULL, "take edited files of applied migrations as they are now",
	  AT(accept_edited) },
	{ "contract", 0, OPTION_FLAG, NULL, "also what is held back until no running code needs the old names",
	  AT(contract) },
	{ "no-wait", 0, OPTION_FLAG, NULL, "exit with 5 when another brant is at work", AT(no_wait) },
	{ "lock-timeout", 0, OPTION_TIME, "TIME", "how long a statement may wait for its lock; default 2s",
	  AT(lock_timeout) },
	{ "lock-retries", 0, OPTION_NUMBER, "N", "how often a migration is tried again that did not get its lock",
	  AT(lock_retries) },
	{ "statement-timeout", 0, OPTION_TIME, "TIME", "how long a statement may run; default: no limit",
	  AT(statement_timeout) },
	{ 0 },
};
#undef AT

static void set_options(const struct up_options *given, struct run_options *run)
{
	run->to = given->to;
	run->out_of_order = run->out_of_order || given->out_of_order;
	run->allow_gaps = run->allow_gaps || given->allow_gaps;
	run->accept_edited = given->accept_edited;
	run->contract = given->contract;
	run->no_wait = given->no_wait;
	if (given->lock_timeout >= 0)
		run->lock_timeout = given->lock_timeout;
	if (given->statement_timeout >= 0)
		run->statement_timeout = given->statement_timeout;
	if (given->lock_retries >= 0)
		run->lock_retries = given->lock_retries;
}

static bool dry_run(struct ctx *ctx, const struct run_options *run, struct err *err)
{
	struct up_result result = { 0 };
	struct db *db;
	if (!up_plan(ctx->arena, run, 0, &db, &result, err))
		return false;
	report_number(ctx->report, "pending", NULL, (long long)result.plan.nmigrations);
	session_report_held(ctx, &result.plan);
	if (result.plan.len)
		session_report_plan(ctx, run, &result.state, &result.plan);
	else
		report_outcome(ctx->report, C_GOOD, "nothing to apply");
	return true;
}

static bool run_up(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	struct up_options *wanted = given;
	struct session_run all = { 0 };
	struct run_options run;
	if (nargs && wanted->to)
		return err_set(err, ERR_USAGE, "usage", "\"%s\" and --to %s both say how far to go", args[0],
			       wanted->to);
	if (nargs)
		wanted->to = args[0];
	if (!session_options(ctx, "up", &run, err))
		return false;
	set_options(given, &run);
	return ctx->common->dry_run ? dry_run(ctx, &run, err) : session_apply(ctx, &run, &all, true, err);
}

const struct cmd cmd_up = {
	.name = "up",
	.aliases = { "deploy", "migrate" },
	.arguments = "[VERSION]",
	.summary = "apply what is pending",
	.text = "Applies the pending migrations in order. Each is one transaction together with its row in the ledger; a statement that "
		"refuses a transaction (CREATE INDEX CONCURRENTLY and its kin) runs alone and is journaled, so that a crash at any moment "
		"leaves a state from which \"brant up\" goes on.\n\n"
		"No statement waits longer than the lock timeout for its lock. A migration that did not get it is rolled back and tried "
		"again after a growing pause, and brant says who holds the lock.\n\n"
		"Safe through a pooler in transaction mode: nothing depends on the session, and nothing is left in it.",
	.examples = "brant up\n"
		    "brant up --dry-run            # what would run, as SQL\n"
		    "brant up 0007                 # no further than this one (--to 0007 is the same)\n"
		    "brant up tags@head            # in a history that branches: one branch, and what it needs\n"
		    "brant up --local              # against the local project, without any database of your own",
	.options_size = sizeof(struct up_options),
	.defaults = &defaults,
	.options = options,
	.max_args = 1,
	.needs_database = true,
	.needs_project = true,
	.dry_run = true,
	.run = run_up,
};
