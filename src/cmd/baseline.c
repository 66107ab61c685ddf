#include <stddef.h>

#include "cmd/commands.h"
#include "cmd/session.h"
#include "run/settle.h"

struct baseline_options {
	bool force, no_wait;
};

#define AT(field) offsetof(struct baseline_options, field)
static const struct option options[] = {
	{ "force", 0, OPTION_FLAG, NULL, "also when objects of these migrations are missing", AT(force) },
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
	struct settled settled;
	bool dry = ctx->common->dry_run;
	if (!session_options(ctx, "baseline", &run, err))
		return false;
	run.no_wait = wanted->no_wait;
	run.watcher = session_watcher(&watch);
	if (!settle_baseline(ctx->arena, &run, nargs ? args[0] : NULL, wanted->force, dry, &settled, err))
		return false;
	report_number(ctx->report, "evidence", NULL, (long long)settled.evidence);
	struct table *table = report_table(ctx->report, "migrations", NULL, columns, LEN(columns));
	for (size_t i = 0; i < settled.len; i++) {
		table_row(table);
		table_cell(table, C_NAME, "%s", settled.ptr[i]->version);
		table_cell(table, C_PLAIN, "%s", settled.ptr[i]->name);
	}
	if (!settled.len)
		report_outcome(ctx->report, C_GOOD, "nothing to record: the ledger has them all");
	else
		report_outcome(ctx->report, C_GOOD, "%s%zu %s recorded as applied (%zu %s found in the database)",
			       dry ? "would be: " : "", settled.len, settled.len == 1 ? "migration" : "migrations",
			       settled.evidence, settled.evidence == 1 ? "object" : "objects");
	return true;
}

const struct cmd cmd_baseline = {
	.name = "baseline",
	.arguments = "[VERSION]",
	.summary = "adopt a database that already has the schema",
	.text = "Records the migrations up to VERSION (all of them where it is not said) as applied, without running them. The objects that "
		"they make, less those that they drop again, must be in the database; otherwise nothing is recorded, unless --force is given.",
	.examples = "brant baseline --dry-run\nbrant baseline 0012",
	.options_size = sizeof(struct baseline_options),
	.options = options,
	.max_args = 1,
	.needs_database = true,
	.needs_project = true,
	.dry_run = true,
	.run = run_baseline,
};
