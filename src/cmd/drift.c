#include "cmd/commands.h"
#include "workshop/place.h"

static bool run_drift(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	(void)given;
	(void)nargs;
	(void)args;
	static const struct column columns[] = { { "difference", "", false } };
	struct schema_place places[2];
	struct workshop shop;
	struct schema history, database;
	const char *name;
	struct diff diff;
	struct diff_options options = { .plain = true };
	if (!schema_place_find(ctx, "history", &places[0], err) ||
	    !schema_place_find(ctx, "database", &places[1], err) || !workshop_open(ctx, places, 2, &shop, err) ||
	    !schema_place_load(&shop, &places[0], &history, &name, err) ||
	    !schema_place_load(&shop, &places[1], &database, &name, err))
		return false;
	diff_schemas(ctx->arena, &history, &database, &options, &diff);
	report_number(ctx->report, "missing", NULL, (long long)diff.dropped);
	report_number(ctx->report, "extra", NULL, (long long)diff.created);
	report_number(ctx->report, "different", NULL, (long long)diff.changed);
	struct table *table = report_table(ctx->report, "differences", NULL, columns, LEN(columns));
	for (size_t i = 0; i < diff.differences.len; i++) {
		table_row(table);
		table_cell(table, C_PLAIN, "%s", diff.differences.ptr[i].text);
	}
	for (size_t i = 0; i < database.unmodelled.len; i++)
		report_note(ctx->report, "not-modelled", "%s %s is not compared", database.unmodelled.ptr[i].kind,
			    database.unmodelled.ptr[i].name);
	if (!diff.differences.len) {
		report_outcome(ctx->report, C_GOOD, "the database is what its history makes");
		return true;
	}
	err_set(err, ERR_REFUSED, "drift",
		"the database is not what its history makes: %zu extra, %zu missing, %zu different", diff.created,
		diff.dropped, diff.changed);
	return err_hint(err,
			"\"brant diff --from history --to database --print\" shows the SQL that makes the difference.");
}

const struct cmd cmd_drift = {
	.name = "drift",
	.summary = "does the database still equal its history?",
	.text = "Replays the migrations on a throwaway server and compares what they make with what the database holds: what is extra, missing or "
		"different. Exits with 4 when there is any. Nothing is changed; pending migrations count as missing.",
	.examples = "brant drift\nbrant drift --json",
	.needs_project = true,
	.needs_database = true,
	.run = run_drift,
};
