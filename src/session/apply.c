#include "session/apply.h"

#include "base/clock.h"
#include "session/session.h"

void session_report_held(struct ctx *ctx, const struct plan *plan)
{
	report_number(ctx->report, "held_back", NULL, (long long)plan->held);
	if (plan->held)
		report_note(
			ctx->report, "contract-held",
			"%zu %s held back: \"brant up --contract\" applies %s when no running code needs the old names",
			plan->held, plan->held == 1 ? "migration is" : "migrations are",
			plan->held == 1 ? "it" : "them");
}

static void report_missing(struct ctx *ctx, const struct state *state)
{
	if (state->missing)
		report_note(ctx->report, "file-gone", "%zu applied %s not in %s; \"brant status\" lists them",
			    state->missing, state->missing == 1 ? "migration is" : "migrations are",
			    state->history.folder);
}

static const char *all_there(struct arena *arena, size_t n)
{
	return n == 1 ? "the only migration is in the database"
		      : arena_printf(arena, "all %zu migrations are in the database", n);
}

static void report_summary(struct ctx *ctx, const struct up_result *result, const char *to, bool ok)
{
	const char *took = clock_text(ctx->arena, result->seconds);
	report_number(ctx->report, "applied", NULL, (long long)result->migrations);
	report_number(ctx->report, "accepted", NULL, (long long)result->accepted);
	report_number(ctx->report, "milliseconds", NULL, (long long)(result->seconds * 1000));
	if (result->accepted)
		report_outcome(ctx->report, C_GOOD, "accepted %zu edited %s", result->accepted,
			       result->accepted == 1 ? "file" : "files");
	if (!ok)
		return;
	report_missing(ctx, &result->state);
	session_report_held(ctx, &result->plan);
	session_report_unused(ctx, &result->state.history, false);
	if (result->migrations)
		report_outcome(ctx->report, C_GOOD, "applied %zu %s in %s", result->migrations,
			       result->migrations == 1 ? "migration" : "migrations", took);
	else if (!result->state.history.len)
		report_outcome(ctx->report, C_WARN, "there are no migrations in %s yet: \"brant new NAME\" makes one",
			       result->state.history.folder);
	else if (to && result->state.pending)
		report_outcome(ctx->report, C_GOOD, "nothing to apply up to %s", to);
	else
		report_outcome(ctx->report, C_GOOD, "nothing to apply: %s",
			       result->plan.held ? "what is pending is held back"
						 : all_there(ctx->arena, result->state.applied));
}

bool session_apply(struct ctx *ctx, struct run_options *run, struct session_run *all, bool last, struct err *err)
{
	struct up_result result;
	struct session_watch *watch = &all->watch;
	watch->arena = ctx->arena;
	watch->doing = "applying";
	watch->verb = "applied";
	run->watcher = session_watcher(watch);
	bool ok = up_run(ctx->arena, run, 0, &result, err);
	progress_end();
	result.migrations = all->migrations += result.migrations;
	result.seconds = all->seconds += result.seconds;
	if (ok && !last)
		return true;
	session_report_applied(ctx, watch);
	report_summary(ctx, &result, run->to, ok);
	return ok;
}
