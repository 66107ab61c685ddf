/*
 * apply_message.c - what is sent for a step, and what its answers mean.
 */
#include <stdio.h>

#include "base/clock.h"
#include "run/applying.h"
#include "run/companion.h"

/* What did it cannot be told, but where only one statement could have, it was that one. */
static void point_at_opaque(struct err *err, const struct step *step)
{
	const struct stmt *only = NULL;
	for (size_t i = step->first; i < step->end; i++) {
		const struct stmt *stmt = &step->script->stmts.ptr[i];
		if (!stmt->opaque)
			continue;
		if (only)
			return;
		only = stmt;
	}
	if (only)
		stmt_err_at(err, only, 0);
}

/* The server's message becomes a message about the user's file. */
static void explain(struct apply *a, const struct sent *sent, const struct result *result)
{
	struct err *err = a->err;
	err_copy(err, result->err);
	if (sent->step == a->plan->len) {
		err_prefix(err, "could not begin the run");
		return;
	}
	const struct step *step = apply_step(a, sent->step);
	if (sent->stmt) {
		stmt_err_at(err, sent->stmt, result->error_position);
		return;
	}
	err_at(err, step->migration->path, 0, 0);
	switch (sent->kind) {
	case SENT_BOUNDARY:
		point_at_opaque(err, step);
		break;
	case SENT_RECORD:
		err_prefix(err, "could not record migration \"%s\"", step->migration->id);
		if (strcmp(err->sqlstate, "42P01") == 0)
			err_hint(
				err,
				"The migration itself takes the ledger away: name another one with \"ledger: public.NAME\" in brant.yaml.");
		else if (strcmp(err->sqlstate, "22001") == 0)
			err_hint(err,
				 "Its name is longer than %s has room for: widen the column, or give it a shorter one.",
				 a->state->ledger.shown);
		break;
	case SENT_COMMIT:
		err_prefix(err, "migration \"%s\" could not be committed", step->migration->id);
		break;
	case SENT_OWN:
	case SENT_ENTER:
	case SENT_ENTER_TOOL:
	case SENT_BEGIN:
	case SENT_STMT:
		err_prefix(err, "migration \"%s\"", step->migration->id);
		break;
	}
}

static void step_done(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	const struct run_watcher *watcher = &a->options->watcher;
	a->result->steps = i + 1;
	if (watcher->stepped && step->of > 1)
		watcher->stepped(watcher->ctx, step, a->seconds - a->earlier);
	a->earlier = a->seconds;
	if (!step->records)
		return;
	a->result->migrations++;
	if (watcher->applied)
		watcher->applied(watcher->ctx, step->migration, a->seconds);
	a->seconds = a->earlier = 0;
}

void apply_take(void *ctx, const struct result *result)
{
	const struct sent *sent = ctx;
	struct apply *a = sent->apply;
	a->seconds += result->seconds;
	if (result->kind == RESULT_ERROR && !a->result->failed) {
		a->result->failed = true;
		a->result->failed_step = sent->step;
		a->result->failed_stmt = sent->stmt;
		explain(a, sent, result);
	}
	if (sent->kind == SENT_ENTER && result->kind == RESULT_ROWS)
		companion_set_backend(a->lease->companion, result_int(result, 0, 0));
	if (sent->kind == SENT_COMMIT && result->kind == RESULT_ROWS && !a->result->failed)
		step_done(a, sent->step);
}

struct sent *apply_tag(struct apply *a, size_t step, enum sent_kind kind, const struct stmt *stmt)
{
	struct sent *sent = arena_alloc(a->arena, sizeof(*sent));
	*sent = (struct sent){ .apply = a, .step = step, .kind = kind, .stmt = stmt };
	return sent;
}

void apply_send(struct apply *a, size_t step, enum sent_kind kind, const char *sql, size_t nparams,
		const char *const *params)
{
	db_send(a->db, str_of(sql), nparams, params, apply_take, apply_tag(a, step, kind, NULL));
}

void apply_send_stmt(struct apply *a, size_t step, const struct stmt *stmt)
{
	db_send(a->db, stmt->text, 0, NULL, apply_take, apply_tag(a, step, SENT_STMT, stmt));
}

const char *apply_doing(struct apply *a, const struct step *step)
{
	if (step->of == 1)
		return step->migration->id;
	return arena_printf(a->arena, "%s, step %u of %u", step->migration->id, step->position, step->of);
}

/* The application name is what pg_stat_activity and those who wait for our locks see. */
void apply_send_enter(struct apply *a, size_t i)
{
	const struct step *step = apply_step(a, i);
	char entered[32];
	snprintf(entered, sizeof(entered), "%lld", ++a->entered);
	const char *doing = apply_doing(a, step);
	const char *application =
		arena_printf(a->arena, "brant: " STR_FMT, STR_ARG(str_head(str_of(step->migration->id), 40)));
	const struct migration *m = step->migration;
	const char *params[] = { a->fence,    entered,         a->lock_timeout,        a->statement_timeout,
				 application, doing,           a->state->ledger.shown, m->version,
				 m->path,     m->digest_bytes, m->digest_tokens };
	if (step->records && !a->plan->undo)
		apply_send(a, i, SENT_ENTER,
			   "SELECT brant.enter($1::bigint, $2::integer, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			   LEN(params), params);
	else
		apply_send(a, i, SENT_ENTER, "SELECT brant.enter($1::bigint, $2::integer, $3, $4, $5, $6)", 6, params);
}

/* Keeps the tool itself off, where it has a way to say so. */
void apply_send_tool_enter(struct apply *a, size_t i)
{
	if (!a->options->format->enter || a->options->rehearsal)
		return;
	struct call call =
		a->options->format->enter(a->arena, &a->state->ledger, apply_step(a, i)->migration, a->plan->undo);
	apply_send(a, i, SENT_ENTER_TOOL, call.sql, call.nparams, call.params);
}

/* The first words of a step, for people who read the journal. */
static const char *step_text(struct apply *a, const struct step *step)
{
	for (size_t k = step->first; k < step->end; k++) {
		struct str s = step->script->stmts.ptr[k].text;
		if (step_sends(&step->script->stmts.ptr[k]))
			return arena_printf(a->arena, "%.*s", (int)(s.len < 200 ? s.len : 200), s.ptr);
	}
	return "";
}

void apply_send_journal(struct apply *a, size_t i, bool finished)
{
	const struct step *step = apply_step(a, i);
	char position[16];
	snprintf(position, sizeof(position), "%u", step->position);
	const char *params[] = { a->state->ledger.shown, step->migration->version, position,
				 step->digest,           step_text(a, step),       a->fence,
				 finished ? "t" : "f" };
	apply_send(a, i, SENT_RECORD,
		   "INSERT INTO brant.step (ledger, version, position, digest, statement, run, finished_at) "
		   "VALUES ($1, $2, $3::integer, $4, $5, $6::bigint, CASE WHEN $7::boolean THEN clock_timestamp() END) "
		   "ON CONFLICT (ledger, version, position) DO UPDATE "
		   "SET digest = EXCLUDED.digest, run = EXCLUDED.run, finished_at = EXCLUDED.finished_at",
		   7, params);
}

bool apply_drain(struct apply *a)
{
	if (!db_run(a->db, a->err))
		a->result->failed = true;
	companion_yield(a->lease->companion);
	return !a->result->failed;
}

/* The end of a lone statement: a short transaction of brant's own. */
bool apply_journal_end(struct apply *a, size_t i)
{
	apply_send(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	apply_send_enter(a, i);
	apply_send_journal(a, i, true);
	apply_send(a, i, SENT_COMMIT, "COMMIT", 0, NULL);
	/* The statement ran to its end although Ctrl-C came: that must not be forgotten. */
	db_shield(a->db, true);
	bool ok = apply_drain(a);
	db_shield(a->db, false);
	return ok;
}

void apply_idle(void *ctx)
{
	struct apply *a = ctx;
	const struct run_watcher *watcher = &a->options->watcher;
	if (watcher->tick)
		watcher->tick(watcher->ctx);
	if (clock_now() > a->renewed + 1.5) {
		lease_renew(a->db, a->lease);
		a->renewed = clock_now();
	}
}
