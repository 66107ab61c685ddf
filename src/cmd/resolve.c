#include <stddef.h>

#include "cmd/commands.h"
#include "run/settle.h"
#include "session/session.h"
#include "session/watch.h"
#include "workshop/claim.h"

struct resolve_options {
	bool applied, rolled_back, force, no_wait;
};

#define AT(field) offsetof(struct resolve_options, field)
static const struct option options[] = {
	{ "applied", 0, OPTION_FLAG, NULL, "all of it is in the database: record it", AT(applied) },
	{ "rolled-back", 0, OPTION_FLAG, NULL, "nothing of it is in the database: forget it", AT(rolled_back) },
	{ "force", 0, OPTION_FLAG, NULL, "also when the catalog says otherwise", AT(force) },
	{ "no-wait", 0, OPTION_FLAG, NULL, "exit with 5 when another brant is at work", AT(no_wait) },
	{ 0 },
};
#undef AT

/* Schemas are compared, rows are not: what the journal knows of the statements that change them is worth a word. */
static void report_rows(struct ctx *ctx, const struct settled *settled)
{
	size_t done = 0;
	for (size_t i = 0; i < settled->journal->len; i++)
		done += settled->journal->ptr[i].finished_at != NULL;
	report_note(ctx->report, "rows-not-compared",
		    "of its steps the journal has seen only %zu end; what the others do to rows was not looked for",
		    done);
}

static bool run_resolve(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	const struct resolve_options *wanted = given;
	struct run_options run;
	struct session_watch watch = { .arena = ctx->arena };
	struct claim_check check;
	struct settled settled;
	if (wanted->applied == wanted->rolled_back) {
		err_set(err, ERR_USAGE, "claim-missing", "say what is true of \"%s\": --applied or --rolled-back",
			args[0]);
		return err_hint(err, "\"brant status\" says what is known of it.");
	}
	if (!session_options(ctx, "resolve", &run, err))
		return false;
	run.no_wait = wanted->no_wait;
	run.watcher = session_watcher(&watch);
	enum claim claim = wanted->applied ? CLAIM_APPLIED : CLAIM_ROLLED_BACK;
	struct judge judge = claim_judge(&check, ctx, claim);
	struct settle_options settle = { .named = args[0], .claim = claim, .force = wanted->force, .judge = &judge };
	if (!settle_resolve(ctx->arena, &run, &settle, &settled, err))
		return false;
	report_fact(ctx->report, "migration", NULL, C_PLAIN, "%s", settled.ptr[0]->id);
	report_fact(ctx->report, "claim", NULL, C_PLAIN, "%s", wanted->applied ? "applied" : "rolled-back");
	if (wanted->applied && settled.journal)
		report_rows(ctx, &settled);
	report_outcome(ctx->report, C_GOOD, "%s is recorded as %s (%s)", settled.ptr[0]->id,
		       wanted->applied ? "applied" : "not applied", claim_report(&check, &settled, wanted->force));
	return true;
}

const struct cmd cmd_resolve = {
	.name = "resolve",
	.arguments = "VERSION",
	.summary = "settle a migration by hand: --applied or --rolled-back",
	.text = "After a failure that brant cannot settle by itself, say what is true. --applied records the migration in the ledger, "
		"--rolled-back takes its row and its journal away; neither runs anything of it.\n\n"
		"The claim is checked first: the history is replayed on a throwaway server, without the migration and with it, and of what differs "
		"between the two the database must have all, or nothing. Where that is not possible, only the objects that the migration makes are "
		"looked for, and brant says so. A claim that the catalog contradicts is refused, unless --force is given.",
	.examples = "brant resolve 0007 --applied\nbrant resolve 0007 --rolled-back",
	.options_size = sizeof(struct resolve_options),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.needs_database = true,
	.needs_project = true,
	.run = run_resolve,
};
