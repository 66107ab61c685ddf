#include <stddef.h>

#include "cmd/commands.h"
#include "run/settle.h"
#include "session/session.h"
#include "session/watch.h"
#include "workshop/claim.h"

struct baseline_options {
	bool force, no_wait;
};

#define AT(field) offsetof(struct baseline_options, field)
static const struct option options[] = {
	{ "force", 0, OPTION_FLAG, NULL, "also when the database is not what these migrations make", AT(force) },
	{ "no-wait", 0, OPTION_FLAG, NULL, "exit with 5 when another brant is at work", AT(no_wait) },
	{ 0 },
};
#undef AT

static bool run_baseline(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	static const struct column columns[] = { { "version", "version", false }, { "name", "name", false } };
	const struct baseline_options *wanted = given;
	struct run_options run;
	struct session_watch watch = { .arena = ctx->arena };
	struct claim_check check;
	struct settled settled;
	bool dry = ctx->common->dry_run;
	if (!session_options(ctx, "baseline", &run, err))
		return false;
	run.no_wait = wanted->no_wait;
	run.watcher = session_watcher(&watch);
	struct judge judge = claim_judge(&check, ctx, CLAIM_APPLIED);
	struct settle_options settle = { .named = nargs ? args[0] : NULL,
					 .claim = CLAIM_APPLIED,
					 .force = wanted->force,
					 .dry_run = dry,
					 .judge = &judge };
	if (!settle_baseline(ctx->arena, &run, &settle, &settled, err))
		return false;
	const char *how = claim_report(&check, &settled, wanted->force);
	struct table *table = report_table(ctx->report, "migrations", NULL, columns, LEN(columns));
	for (size_t i = 0; i < settled.len; i++) {
		table_row(table);
		table_cell(table, C_NAME, "%s", settled.ptr[i]->version);
		table_cell(table, C_PLAIN, "%s", settled.ptr[i]->name);
	}
	if (!settled.len)
		report_outcome(ctx->report, C_GOOD, "nothing to record: the ledger has them all");
	else
		report_outcome(ctx->report, C_GOOD, "%s%zu %s recorded as applied (%s)", dry ? "would be: " : "",
			       settled.len, settled.len == 1 ? "migration" : "migrations", how);
	return true;
}

const struct cmd cmd_baseline = {
	.name = "baseline",
	.arguments = "[VERSION]",
	.summary = "adopt a database that already has the schema",
	.text = "Records the migrations up to VERSION (all of them where it is not said) as applied, without running them. They are replayed on a "
		"throwaway server first, and what they make there must be in the database as it is there; otherwise brant names what is missing or "
		"different, and nothing is recorded, unless --force is given. What the database has beyond that is only told. Where there is no server "
		"to replay on, the objects that the migrations make are looked for, and brant says so.",
	.examples = "brant baseline --dry-run\nbrant baseline 0012",
	.options_size = sizeof(struct baseline_options),
	.options = options,
	.max_args = 1,
	.needs_database = true,
	.needs_project = true,
	.dry_run = true,
	.run = run_baseline,
};
