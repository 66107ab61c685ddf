/*
 * dryrun.c - a plan as SQL.
 *
 * What brant adds for itself (lease, fence, journal, boundary check) is told in comments: it has no meaning outside of a run.
 */
#include "session/session.h"
#include "sql/quote.h"

static void put_stmt(struct buf *buf, const struct stmt *stmt)
{
	if (stmt->kind == STMT_ECHO) {
		buf_printf(buf, "\\echo " STR_FMT "\n", STR_ARG(stmt->text));
		return;
	}
	if (!step_sends(stmt))
		return;
	buf_str(buf, stmt->text);
	buf_text(buf, ";\n");
	if (stmt->kind == STMT_COPY_IN) {
		buf_str(buf, stmt->copy_data);
		if (stmt->copy_data.len && stmt->copy_data.ptr[stmt->copy_data.len - 1] != '\n')
			buf_char(buf, '\n');
		buf_text(buf, "\\.\n");
	}
}

/* A call with its parameters written in: they are all text here. */
static void put_call(struct buf *buf, const struct call *call)
{
	for (const char *p = call->sql; *p; p++) {
		size_t n = (size_t)(p[1] - '1');
		if (*p == '$' && p[1] >= '1' && p[1] <= '9' && n < call->nparams) {
			buf_text(buf, call->params[n] ? sql_literal(buf->arena, str_of(call->params[n])) : "NULL");
			p++;
		} else {
			buf_char(buf, *p);
		}
	}
	buf_text(buf, ";\n");
}

static void put_transaction(struct buf *buf, const struct run_options *options, const struct state *state,
			    const struct plan *plan, const struct step *step)
{
	const struct format *format = options->format;
	if (step->begin)
		buf_str(buf, step->begin->text);
	else
		buf_text(buf, "BEGIN");
	buf_printf(buf, ";\nSET LOCAL lock_timeout = '%.0fms';\n", options->lock_timeout * 1000);
	if (options->statement_timeout > 0)
		buf_printf(buf, "SET LOCAL statement_timeout = '%.0fms';\n", options->statement_timeout * 1000);
	for (size_t i = 0; i < step->ncarried; i++)
		put_stmt(buf, step->carried[i]);
	for (size_t i = step->first; i < step->end; i++)
		put_stmt(buf, &step->script->stmts.ptr[i]);
	if (step->sets_role)
		buf_text(buf, "RESET ROLE;\n");
	if (step->may_set || step->ncarried)
		buf_text(buf, "RESET ALL;\n");
	if (step->guarded && state->facts.platform.len)
		buf_text(buf, "-- here brant looks whether platform schemas were changed\n");
	if (step->records && !step->rolls_back) {
		struct call call = plan->undo
			? format->unrecord(buf->arena, &state->ledger, step->migration)
			: format->record(buf->arena, &options->settings, &state->ledger, step->migration, step->script);
		put_call(buf, &call);
	}
	buf_text(buf, step->rolls_back ? "ROLLBACK;\n\n" : "COMMIT;\n\n");
}

static void put_lone(struct buf *buf, const struct run_options *options, const struct step *step)
{
	const struct stmt *stmt = &step->script->stmts.ptr[step->first];
	bool waits = stmt->no_tx == NO_TX_CONCURRENTLY;
	buf_text(buf, "-- alone, outside of any transaction; journaled by brant\n");
	buf_printf(buf, "SET lock_timeout = '%.0fms';\n", waits ? 0 : options->lock_timeout * 1000);
	for (size_t i = 0; i < step->ncarried; i++)
		put_stmt(buf, step->carried[i]);
	put_stmt(buf, stmt);
	buf_text(buf, step->ncarried ? "RESET ALL;\n\n" : "RESET lock_timeout;\n\n");
}

static void put_backfill(struct buf *buf, const struct step *step)
{
	buf_printf(buf, "-- a backfill: in batches, each its own transaction, journaled by brant; %s\n",
		   backfill_settings_text(buf->arena, &step->backfill));
	put_stmt(buf, &step->script->stmts.ptr[step->first]);
	buf_char(buf, '\n');
}

void session_report_plan(struct ctx *ctx, const struct run_options *options, const struct state *state,
			 const struct plan *plan)
{
	struct buf buf = buf_init(ctx->arena);
	for (size_t i = 0; i < plan->len; i++) {
		const struct step *step = &plan->ptr[i];
		const char *path = plan->undo ? step->migration->down_path : step->migration->path;
		if (step->of > 1)
			buf_printf(&buf, "-- %s, step %u of %u%s\n", path, step->position, step->of,
				   step->done ? ": done before" : "");
		else
			buf_printf(&buf, "-- %s\n", path);
		if (step->done)
			continue;
		if (step->kind == STEP_LONE)
			put_lone(&buf, options, step);
		else if (step->kind == STEP_TOOL)
			buf_printf(&buf, "-- run by %s itself: %s\n\n", options->format->title, step->script->by_tool);
		else if (step->kind == STEP_BACKFILL)
			put_backfill(&buf, step);
		else
			put_transaction(&buf, options, state, plan, step);
	}
	report_block(ctx->report, "sql", buf_as_str(&buf));
}
