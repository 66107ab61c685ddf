/*
 * apply_transaction.c - a step that is a transaction: begin, the statements, what they may have left, the record, commit.
 */
#include "run/applying.h"
#include "run/record.h"

/* In flight at the most: enough to hide any distance, small enough to stay small. */
enum { QUEUE_HIGH = 4096, QUEUE_LOW = 2048 };

/* Once is enough, unless a ROLLBACK takes back what was written down: brant.boundary_end compares with what was seen last. */
static void send_boundary_begin(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	const char *params[] = { a->fence, a->platform, a->allow };
	if (!step->guarded || !a->platform || a->seen)
		return;
	apply_send(a, i, SENT_BOUNDARY, "SELECT brant.boundary_begin($1::bigint, $2::text[], $3::text[])", 3, params);
	a->seen = !step->rolls_back;
}

static void send_begin(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	if (step->begin)
		db_send(a->db, step->begin->text, 0, NULL, apply_take, apply_tag(a, i, SENT_BEGIN, step->begin));
	else
		apply_send(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	for (size_t k = step->first; k < step->before; k++)
		if (step_sends(&step->script->stmts.ptr[k]))
			apply_send_stmt(a, i, &step->script->stmts.ptr[k]);
	apply_send_enter(a, i);
	apply_send_tool_enter(a, i);
	send_boundary_begin(a, i);
	for (size_t k = 0; k < step->ncarried; k++)
		apply_send_stmt(a, i, step->carried[k]);
}

/* What the statements may have left in the session is taken back before COMMIT gives the backend to somebody else. */
static void send_cleanup(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	if (step->guarded && a->platform)
		apply_send(a, i, SENT_OWN, "SET CONSTRAINTS ALL IMMEDIATE", 0, NULL);
	if (step->sets_role) {
		apply_send(a, i, SENT_OWN, "RESET SESSION AUTHORIZATION", 0, NULL);
		apply_send(a, i, SENT_OWN, "RESET ROLE", 0, NULL);
	}
	if (step->may_set || step->ncarried)
		apply_send(a, i, SENT_OWN, "RESET ALL", 0, NULL);
	if (step->has_advisory)
		apply_send(a, i, SENT_OWN, "SELECT pg_catalog.pg_advisory_unlock_all()", 0, NULL);
	if (step->has_temp)
		apply_send(a, i, SENT_OWN, "DISCARD TEMP", 0, NULL);
}

static void send_boundary_end(struct apply *a, size_t i)
{
	if (!apply_step(a, i)->guarded || !a->platform)
		return;
	const char *params[] = { a->fence, a->platform, a->allow };
	apply_send(a, i, SENT_BOUNDARY, "SELECT brant.boundary_end($1::bigint, $2::text[], $3::text[])", 3, params);
}

static void send_record(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	struct call calls[RECORD_CALLS];
	record_calls(a->arena, a->options, a->state, step->migration, step->script, a->plan->undo, calls);
	/* brant.enter wrote the checksum, and a migration of one step has no journal. */
	for (size_t k = 0; k < RECORD_CALLS; k++)
		if ((k != RECORD_CHECKSUM || a->plan->undo) && (k != RECORD_JOURNAL || step->of > 1))
			apply_send(a, i, SENT_RECORD, calls[k].sql, calls[k].nparams, calls[k].params);
	if (a->options->notify_postgrest && a->state->facts.postgrest && i + 1 == a->plan->len)
		apply_send(a, i, SENT_OWN, "NOTIFY pgrst, 'reload schema'", 0, NULL);
}

static void send_commit(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	if (step->records)
		send_record(a, i);
	else
		apply_send_journal(a, i, true);
	apply_send(a, i, SENT_COMMIT, "COMMIT", 0, NULL);
	db_flush(a->db);
}

/* The file's own ROLLBACK takes back what brant.enter counted: it is counted again behind it. */
static void send_rollback(struct apply *a, size_t i)
{
	apply_send(a, i, SENT_OWN, "ROLLBACK", 0, NULL);
	apply_send(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	a->entered--;
	apply_send_enter(a, i);
	send_commit(a, i);
}

static void echo(struct apply *a, const struct stmt *stmt)
{
	if (a->options->watcher.echo)
		a->options->watcher.echo(a->options->watcher.ctx, stmt->text);
}

/* COPY data cannot travel in the pipeline: what is before it must be answered first. */
static bool copy_in(struct apply *a, size_t i, const struct stmt *stmt)
{
	unsigned position;
	if (!apply_drain(a))
		return false;
	if (db_copy_in(a->db, stmt->text, stmt->copy_data, &position, a->err))
		return true;
	a->result->failed = true;
	a->result->failed_step = i;
	a->result->failed_stmt = stmt;
	stmt_err_at(a->err, stmt, position);
	return false;
}

static bool send_statements(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	for (size_t k = step->before; k < step->end; k++) {
		const struct stmt *stmt = &step->script->stmts.ptr[k];
		if (stmt->kind == STMT_ECHO)
			echo(a, stmt);
		else if (stmt->kind == STMT_COPY_IN && !copy_in(a, i, stmt))
			return false;
		else if (stmt->kind == STMT_SQL || stmt->kind == STMT_SET)
			apply_send_stmt(a, i, stmt);
	}
	return true;
}

bool apply_transaction(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	send_begin(a, i);
	if (!send_statements(a, i))
		return false;
	send_cleanup(a, i);
	send_boundary_end(a, i);
	if (step->rolls_back)
		send_rollback(a, i);
	else
		send_commit(a, i);
	if (step->drains)
		return apply_drain(a);
	if (db_queued(a->db) > QUEUE_HIGH && !db_run_until(a->db, QUEUE_LOW, a->err))
		a->result->failed = true;
	return !a->result->failed;
}
