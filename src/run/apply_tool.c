/*
 * apply_tool.c - a migration that only its own tool can run.
 */
#include "base/clock.h"
#include "run/applying.h"
#include "run/record.h"
#include "sql/quote.h"

/*
 * The timeouts, as brant.enter sets them.  The row of the run is not touched here, as brant.enter does: two transactions of the project's code would wait for
 * each other.
 */
static const char *guard_begin(struct apply *a, const struct step *step)
{
	struct arena *arena = a->arena;
	const char *application =
		arena_printf(arena, "brant: " STR_FMT, STR_ARG(str_head(str_of(step->migration->id), 40)));
	return arena_printf(arena,
			    "SELECT pg_catalog.set_config('lock_timeout', '%s', true), "
			    "pg_catalog.set_config('statement_timeout', '%s', true), "
			    "pg_catalog.set_config('application_name', %s, true)",
			    a->lock_timeout, a->statement_timeout, sql_literal(arena, str_of(application)));
}

/*
 * Is the lease still ours, and has nothing happened to the platform since the intent was written?  What was dropped tells nobody who has dropped it: the first
 * time it may have been others, and the step is tried again; the second time it was not.
 */
static const char *guard_commit(struct apply *a, const struct step *step)
{
	struct arena *arena = a->arena;
	const char *look = "", *unlock = "";
	/* env.py may hold a lock of its own for as long as its session lives: the pooler's would live on with it. */
	if (a->state->facts.pooled)
		unlock = "  PERFORM pg_catalog.pg_advisory_unlock_all();\n";
	if (a->platform) {
		const char *platform = sql_literal(arena, str_of(a->platform)),
			   *allow = sql_literal(arena, str_of(a->allow));
		look = arena_printf(
			arena,
			"  SET CONSTRAINTS ALL IMMEDIATE;\n"
			"  BEGIN\n"
			"    PERFORM brant.boundary_end(%s, %s::text[], %s::text[]);\n"
			"  EXCEPTION WHEN SQLSTATE 'BR005' THEN\n"
			"    SELECT c.object, c.allowances[1] AS allowance INTO change FROM brant.boundary_changes(%s, %s::text[]) AS c\n"
			"    WHERE NOT pg_catalog.lower(c.allowances::text)::text[] && %s::text[] LIMIT 1;\n"
			"    RAISE EXCEPTION USING ERRCODE = '%s', MESSAGE = COALESCE(change.object, SQLERRM), HINT = COALESCE(change.allowance, '');\n"
			"  END;\n",
			a->fence, platform, allow, a->fence, platform, allow, step->in_doubt ? "BR003" : "BR005");
	}
	return arena_printf(arena,
			    "DO $brant$ DECLARE change record; BEGIN\n"
			    "%s  IF pg_catalog.current_setting('transaction_read_only') = 'on' THEN RETURN; END IF;\n"
			    "  PERFORM pg_catalog.set_config('role', 'none', true);\n"
			    "  PERFORM FROM brant.run AS r WHERE r.fence = %s AND r.finished_at IS NULL FOR SHARE;\n"
			    "  IF NOT FOUND THEN\n"
			    "    RAISE EXCEPTION USING ERRCODE = 'BR001', MESSAGE = 'another brant has taken over';\n"
			    "  END IF;\n"
			    "%sEND $brant$",
			    unlock, a->fence, look);
}

/* The intent, in a transaction that asserts the lease, and what the platform is like. */
static bool journal_tool(struct apply *a, size_t i)
{
	const char *params[] = { a->fence, a->platform, a->allow };
	apply_send(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	apply_send_enter(a, i);
	if (a->platform)
		apply_send(a, i, SENT_BOUNDARY, "SELECT brant.boundary_begin($1::bigint, $2::text[], $3::text[])", 3,
			   params);
	a->seen = a->seen || a->platform;
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

static bool run_tool(struct apply *a, const struct step *step, struct run_guard *guard, bool *ret_recorded)
{
	const struct run_options *options = a->options;
	const struct run_watcher *watcher = &options->watcher;
	struct run_tick tick = { apply_idle, a };
	bool undo = a->plan->undo;
	if (watcher->note)
		watcher->note(watcher->ctx, "by-tool",
			      arena_printf(a->arena, "%s: run by %s itself: %s", step->migration->id,
					   options->format->title, step->script->by_tool));
	return options->format->run(a->arena, &options->settings, &options->target, step->migration, undo, guard, &tick,
				    a->err) &&
		state_recorded(a->arena, options, a->db, a->state, step->migration, ret_recorded, a->err);
}

/* Whom a lock is held by is known by the statement that waited for it. */
static const struct stmt *failed_stmt(struct apply *a, const struct step *step, const struct run_guard *guard)
{
	struct script_options none = { 0 };
	struct script *script = arena_alloc(a->arena, sizeof(*script));
	struct err ignored = { .arena = a->arena };
	bool ok = guard->failed &&
		script_parse(a->arena, &none, step->migration->path, str_of(guard->failed), script, &ignored);
	return ok && script->stmts.len == 1 ? &script->stmts.ptr[0] : NULL;
}

/* After a crash the ledger says whether the tool had finished; and what ran before this one may have done more than its own part. */
static bool is_uncertain(struct apply *a, size_t i)
{
	return apply_step(a, i)->in_doubt || (i && apply_step(a, i - 1)->script->by_tool);
}

bool apply_tool(struct apply *a, size_t i)
{
	struct step *step = apply_step(a, i);
	struct run_guard guard = { 0 };
	struct aside aside = { a, i };
	bool recorded = a->plan->undo, undo = a->plan->undo;
	double start = clock_now();
	if (!apply_drain(a))
		return false;
	bool ok = !is_uncertain(a, i) ||
		state_recorded(a->arena, a->options, a->db, a->state, step->migration, &recorded, a->err);
	if (ok && recorded == undo) {
		guard = (struct run_guard){ .begin = guard_begin(a, step),
					    .commit = guard_commit(a, step),
					    .pooled = a->state->facts.pooled,
					    .aside = apply_aside,
					    .aside_ctx = &aside };
		if (!journal_tool(a, i))
			return false;
		step->in_doubt = true;
		ok = run_tool(a, step, &guard, &recorded) && (recorded != undo || not_recorded(a, step));
	}
	a->seconds += clock_now() - start;
	if (ok)
		return record_tool(a, i);
	a->result->failed = true;
	a->result->failed_step = i;
	a->result->failed_stmt = failed_stmt(a, step, &guard);
	if (!a->err->file)
		err_at(a->err, step->migration->path, 0, 0);
	return false;
}
