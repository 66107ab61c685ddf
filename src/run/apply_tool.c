/*
 * apply_tool.c - a migration that only its own tool can run.
 */
#include "base/clock.h"
#include "run/applying.h"
#include "run/record.h"

/* The intent, in a transaction that asserts the lease: what the tool does afterwards cannot assert it. */
static bool journal_tool(struct apply *a, size_t i)
{
	apply_send(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	apply_send_enter(a, i);
	apply_send_journal(a, i, false);
	apply_send(a, i, SENT_OWN, "COMMIT", 0, NULL);
	return apply_drain(a);
}

/* The tool has written its own row: what is left is brant's own. */
static bool record_tool(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	struct call calls[RECORD_CALLS];
	record_calls(a->arena, a->options, a->state, step->migration, step->script, a->plan->undo, calls);
	apply_send(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	apply_send_enter(a, i);
	for (size_t k = RECORD_LEDGER + 1; k < RECORD_CALLS; k++)
		apply_send(a, i, SENT_RECORD, calls[k].sql, calls[k].nparams, calls[k].params);
	if (a->options->notify_postgrest && a->state->facts.postgrest && i + 1 == a->plan->len)
		apply_send(a, i, SENT_OWN, "NOTIFY pgrst, 'reload schema'", 0, NULL);
	apply_send(a, i, SENT_COMMIT, "COMMIT", 0, NULL);
	db_shield(a->db, true);
	bool ok = apply_drain(a);
	db_shield(a->db, false);
	return ok;
}

static bool not_recorded(struct apply *a, const struct step *step)
{
	const char *tool = a->options->format->title;
	err_set(a->err, ERR_FAILED, "tool-failed", "%s ran \"%s\", but %s does not show it", tool, step->migration->id,
		a->state->ledger.shown);
	err_detail(a->err,
		   "It may have worked on another database, keep its ledger in another table, or not have committed: "
		   "a transaction that the project's own code begins before %s does is its own to end.",
		   tool);
	return err_at(a->err, step->migration->path, 0, 0);
}

static bool run_tool(struct apply *a, const struct step *step, bool *ret_recorded)
{
	const struct run_options *options = a->options;
	const struct run_watcher *watcher = &options->watcher;
	struct run_tick tick = { apply_idle, a };
	bool undo = a->plan->undo;
	if (watcher->note)
		watcher->note(watcher->ctx, "by-tool",
			      arena_printf(a->arena, "%s: run by %s itself: %s", step->migration->id,
					   options->format->title, step->script->by_tool));
	return options->format->run(a->arena, &options->settings, &options->target, step->migration, undo, &tick,
				    a->err) &&
		state_recorded(a->arena, options, a->db, a->state, step->migration, ret_recorded, a->err);
}

/* After a crash the ledger says whether the tool had finished; and what ran before this one may have done more than its own part. */
static bool is_uncertain(struct apply *a, size_t i)
{
	return apply_step(a, i)->in_doubt || (i && apply_step(a, i - 1)->script->by_tool);
}

bool apply_tool(struct apply *a, size_t i)
{
	struct step *step = apply_step(a, i);
	bool recorded = a->plan->undo, undo = a->plan->undo;
	double start = clock_now();
	if (!apply_drain(a))
		return false;
	bool ok = !is_uncertain(a, i) ||
		state_recorded(a->arena, a->options, a->db, a->state, step->migration, &recorded, a->err);
	if (ok && recorded == undo) {
		if (!journal_tool(a, i))
			return false;
		step->in_doubt = true;
		ok = run_tool(a, step, &recorded) && (recorded != undo || not_recorded(a, step));
	}
	a->seconds += clock_now() - start;
	if (ok)
		return record_tool(a, i);
	a->result->failed = true;
	a->result->failed_step = i;
	return false;
}
