#include "run/apply.h"

#include <stdio.h>

#include "base/clock.h"
#include "run/backfill/backfill.h"
#include "run/companion.h"
#include "run/record.h"
#include "run/recover.h"
#include "sql/quote.h"

/* In flight at the most: enough to hide any distance, small enough to stay small. */
enum { QUEUE_HIGH = 4096, QUEUE_LOW = 2048 };

/* What a message was for, so that its answer can be understood. */
enum sent_kind {
	SENT_OWN,
	SENT_ENTER,
	SENT_ENTER_TOOL,
	SENT_BEGIN,
	SENT_STMT,
	SENT_BOUNDARY,
	SENT_RECORD,
	SENT_COMMIT
};

struct apply {
	struct arena *arena;
	const struct run_options *options;
	struct state *state;
	struct db *db;
	struct lease *lease;
	const struct plan *plan;
	struct apply_result *result;
	struct err *err;
	const char *fence, *lock_timeout, *statement_timeout;
	long long entered;    /* brant.run.step: counts the transactions of this run */
	double seconds;       /* of the migration whose answers come in */
	const char *platform; /* the schemas as an array literal, NULL when there are none */
	const char *allow;
	bool seen;      /* what the platform is like is in brant.run, or will be before this step's statements */
	double renewed; /* the lease, during the pauses of a backfill */
};

struct sent {
	struct apply *apply;
	size_t step;
	const struct stmt *stmt;
	enum sent_kind kind;
};

static struct step *step_of(const struct apply *a, size_t i)
{
	return &a->plan->ptr[i];
}

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
	const struct step *step = step_of(a, sent->step);
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
	const struct step *step = step_of(a, i);
	const struct run_watcher *watcher = &a->options->watcher;
	a->result->steps = i + 1;
	if (watcher->stepped && step->of > 1)
		watcher->stepped(watcher->ctx, step, a->seconds);
	if (!step->records)
		return;
	a->result->migrations++;
	if (watcher->applied)
		watcher->applied(watcher->ctx, step->migration, a->seconds);
	a->seconds = 0;
}

static void take(void *ctx, const struct result *result)
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

static struct sent *tag(struct apply *a, size_t step, enum sent_kind kind, const struct stmt *stmt)
{
	struct sent *sent = arena_alloc(a->arena, sizeof(*sent));
	*sent = (struct sent){ .apply = a, .step = step, .kind = kind, .stmt = stmt };
	return sent;
}

static void send_own(struct apply *a, size_t step, enum sent_kind kind, const char *sql, size_t nparams,
		     const char *const *params)
{
	db_send(a->db, str_of(sql), nparams, params, take, tag(a, step, kind, NULL));
}

static void send_stmt(struct apply *a, size_t step, const struct stmt *stmt)
{
	db_send(a->db, stmt->text, 0, NULL, take, tag(a, step, SENT_STMT, stmt));
}

static const char *doing_text(struct apply *a, const struct step *step)
{
	if (step->of == 1)
		return step->migration->id;
	return arena_printf(a->arena, "%s, step %u of %u", step->migration->id, step->position, step->of);
}

/* The application name is what pg_stat_activity and those who wait for our locks see. */
static void send_enter(struct apply *a, size_t i)
{
	const struct step *step = step_of(a, i);
	char entered[32];
	snprintf(entered, sizeof(entered), "%lld", ++a->entered);
	const char *doing = doing_text(a, step);
	const char *application = arena_printf(a->arena, "brant: %.40s", step->migration->id);
	const struct migration *m = step->migration;
	const char *params[] = { a->fence,    entered,         a->lock_timeout,        a->statement_timeout,
				 application, doing,           a->state->ledger.shown, m->version,
				 m->path,     m->digest_bytes, m->digest_tokens };
	if (step->records && !a->plan->undo)
		send_own(a, i, SENT_ENTER,
			 "SELECT brant.enter($1::bigint, $2::integer, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			 LEN(params), params);
	else
		send_own(a, i, SENT_ENTER, "SELECT brant.enter($1::bigint, $2::integer, $3, $4, $5, $6)", 6, params);
}

/* Keeps the tool itself off, where it has a way to say so. */
static void send_tool_enter(struct apply *a, size_t i)
{
	if (!a->options->format->enter || a->options->rehearsal)
		return;
	struct call call =
		a->options->format->enter(a->arena, &a->state->ledger, step_of(a, i)->migration, a->plan->undo);
	send_own(a, i, SENT_ENTER_TOOL, call.sql, call.nparams, call.params);
}

/* Once is enough, unless a ROLLBACK takes back what was written down: brant.boundary_end compares with what was seen last. */
static void send_boundary_begin(struct apply *a, size_t i)
{
	const struct step *step = step_of(a, i);
	const char *params[] = { a->fence, a->platform, a->allow };
	if (!step->guarded || !a->platform || a->seen)
		return;
	send_own(a, i, SENT_BOUNDARY, "SELECT brant.boundary_begin($1::bigint, $2::text[], $3::text[])", 3, params);
	a->seen = !step->rolls_back;
}

static void send_begin(struct apply *a, size_t i)
{
	const struct step *step = step_of(a, i);
	if (step->begin)
		db_send(a->db, step->begin->text, 0, NULL, take, tag(a, i, SENT_BEGIN, step->begin));
	else
		send_own(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	for (size_t k = step->first; k < step->before; k++)
		if (step_sends(&step->script->stmts.ptr[k]))
			send_stmt(a, i, &step->script->stmts.ptr[k]);
	send_enter(a, i);
	send_tool_enter(a, i);
	send_boundary_begin(a, i);
	for (size_t k = 0; k < step->ncarried; k++)
		send_stmt(a, i, step->carried[k]);
}

/* What the statements may have left in the session is taken back before COMMIT gives the backend to somebody else. */
static void send_cleanup(struct apply *a, size_t i)
{
	const struct step *step = step_of(a, i);
	if (step->guarded && a->platform)
		send_own(a, i, SENT_OWN, "SET CONSTRAINTS ALL IMMEDIATE", 0, NULL);
	if (step->sets_role) {
		send_own(a, i, SENT_OWN, "RESET SESSION AUTHORIZATION", 0, NULL);
		send_own(a, i, SENT_OWN, "RESET ROLE", 0, NULL);
	}
	if (step->may_set || step->ncarried)
		send_own(a, i, SENT_OWN, "RESET ALL", 0, NULL);
	if (step->has_advisory)
		send_own(a, i, SENT_OWN, "SELECT pg_catalog.pg_advisory_unlock_all()", 0, NULL);
	if (step->has_temp)
		send_own(a, i, SENT_OWN, "DISCARD TEMP", 0, NULL);
}

static void send_boundary_end(struct apply *a, size_t i)
{
	if (!step_of(a, i)->guarded || !a->platform)
		return;
	const char *params[] = { a->fence, a->platform, a->allow };
	send_own(a, i, SENT_BOUNDARY, "SELECT brant.boundary_end($1::bigint, $2::text[], $3::text[])", 3, params);
}

static void send_record(struct apply *a, size_t i)
{
	const struct step *step = step_of(a, i);
	struct call calls[RECORD_CALLS];
	record_calls(a->arena, a->options, a->state, step->migration, step->script, a->plan->undo, calls);
	/* brant.enter wrote the checksum, and a migration of one step has no journal. */
	for (size_t k = 0; k < RECORD_CALLS; k++)
		if ((k != RECORD_CHECKSUM || a->plan->undo) && (k != RECORD_JOURNAL || step->of > 1))
			send_own(a, i, SENT_RECORD, calls[k].sql, calls[k].nparams, calls[k].params);
	if (a->options->notify_postgrest && a->state->facts.postgrest && i + 1 == a->plan->len)
		send_own(a, i, SENT_OWN, "NOTIFY pgrst, 'reload schema'", 0, NULL);
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

static void send_journal(struct apply *a, size_t i, bool finished)
{
	const struct step *step = step_of(a, i);
	char position[16];
	snprintf(position, sizeof(position), "%u", step->position);
	const char *params[] = { a->state->ledger.shown, step->migration->version, position,
				 step->digest,           step_text(a, step),       a->fence,
				 finished ? "t" : "f" };
	send_own(a, i, SENT_RECORD,
		 "INSERT INTO brant.step (ledger, version, position, digest, statement, run, finished_at) "
		 "VALUES ($1, $2, $3::integer, $4, $5, $6::bigint, CASE WHEN $7::boolean THEN clock_timestamp() END) "
		 "ON CONFLICT (ledger, version, position) DO UPDATE "
		 "SET digest = EXCLUDED.digest, run = EXCLUDED.run, finished_at = EXCLUDED.finished_at",
		 7, params);
}

static void send_commit(struct apply *a, size_t i)
{
	const struct step *step = step_of(a, i);
	if (step->records)
		send_record(a, i);
	else
		send_journal(a, i, true);
	send_own(a, i, SENT_COMMIT, "COMMIT", 0, NULL);
	db_flush(a->db);
}

/* The file's own ROLLBACK takes back what brant.enter counted: it is counted again behind it. */
static void send_rollback(struct apply *a, size_t i)
{
	send_own(a, i, SENT_OWN, "ROLLBACK", 0, NULL);
	send_own(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	a->entered--;
	send_enter(a, i);
	send_commit(a, i);
}

static void echo(struct apply *a, const struct stmt *stmt)
{
	if (a->options->watcher.echo)
		a->options->watcher.echo(a->options->watcher.ctx, stmt->text);
}

static bool drain(struct apply *a)
{
	if (!db_run(a->db, a->err))
		a->result->failed = true;
	companion_yield(a->lease->companion);
	return !a->result->failed;
}

/* COPY data cannot travel in the pipeline: what is before it must be answered first. */
static bool copy_in(struct apply *a, size_t i, const struct stmt *stmt)
{
	unsigned position;
	if (!drain(a))
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
	const struct step *step = step_of(a, i);
	for (size_t k = step->before; k < step->end; k++) {
		const struct stmt *stmt = &step->script->stmts.ptr[k];
		if (stmt->kind == STMT_ECHO)
			echo(a, stmt);
		else if (stmt->kind == STMT_COPY_IN && !copy_in(a, i, stmt))
			return false;
		else if (stmt->kind == STMT_SQL || stmt->kind == STMT_SET)
			send_stmt(a, i, stmt);
	}
	return true;
}

static bool apply_transaction(struct apply *a, size_t i)
{
	const struct step *step = step_of(a, i);
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
		return drain(a);
	if (db_queued(a->db) > QUEUE_HIGH && !db_run_until(a->db, QUEUE_LOW, a->err))
		a->result->failed = true;
	return !a->result->failed;
}

/* The end of a lone statement: a short transaction of brant's own. */
static bool journal_end(struct apply *a, size_t i)
{
	send_own(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	send_enter(a, i);
	send_journal(a, i, true);
	send_own(a, i, SENT_COMMIT, "COMMIT", 0, NULL);
	/* The statement ran to its end although Ctrl-C came: that must not be forgotten. */
	db_shield(a->db, true);
	bool ok = drain(a);
	db_shield(a->db, false);
	return ok;
}

/*
 * A session-level lock that a failed migration took outlives ROLLBACK, and through a pooler its client.  Only in one pipeline with the
 * ROLLBACK is it certain that the unlock reaches the same backend.
 */
static void unlock_with_rollback(struct apply *a)
{
	struct err ignored = { .arena = a->arena };
	bool locks = false;
	for (size_t i = a->result->steps; i < a->plan->len; i++)
		locks = locks || step_of(a, i)->has_advisory;
	if (!locks || !db_is_open(a->db) || !db_in_transaction(a->db))
		return;
	db_send(a->db, STR("ROLLBACK"), 0, NULL, NULL, NULL);
	db_send(a->db, STR("SELECT pg_catalog.pg_advisory_unlock_all()"), 0, NULL, NULL, NULL);
	db_sync(a->db);
	db_run(a->db, &ignored);
}

/* The session's setting is what a lone statement wants, mostly: no SET, then, and nothing to take back. */
static bool send_timeout(struct apply *a, size_t i, const char *name, const char *is, const char *wanted)
{
	bool off = strcmp(wanted, "0") == 0 || strcmp(wanted, "0ms") == 0;
	if (off && strcmp(is, "0") == 0)
		return false;
	send_own(a, i, SENT_OWN, arena_printf(a->arena, "SET %s = '%s'", name, wanted), 0, NULL);
	return true;
}

/*
 * A statement outside of any transaction, in one segment with the transaction that writes down its intent: behind a COMMIT the server takes it
 * for the first of the segment, which CONCURRENTLY insists on.  Settings for it are SET in that transaction and RESET behind it; RESET
 * has a segment of its own, because it must run also when the statement fails, and travels along, because only then is it certain to reach
 * the same backend of the pool.
 *
 * Waiting for old transactions is what CONCURRENTLY does, and it blocks nobody meanwhile: no lock_timeout for it.
 */
static bool run_alone(struct apply *a, size_t i, const struct stmt *stmt)
{
	const struct step *step = step_of(a, i);
	const struct facts *facts = &a->state->facts;
	bool sets = step->ncarried > 0;
	send_own(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	send_enter(a, i);
	send_tool_enter(a, i);
	send_journal(a, i, false);
	sets |= send_timeout(a, i, "lock_timeout", facts->lock_timeout,
			     stmt->no_tx == NO_TX_CONCURRENTLY ? "0" : a->lock_timeout);
	sets |= send_timeout(a, i, "statement_timeout", facts->statement_timeout, a->statement_timeout);
	for (size_t k = 0; k < step->ncarried; k++)
		send_stmt(a, i, step->carried[k]);
	send_own(a, i, SENT_OWN, "COMMIT", 0, NULL);
	/* Which backend it is has to be known while the statement runs, or nobody could say how far it is. */
	db_flush(a->db);
	send_stmt(a, i, stmt);
	if (sets || step->may_set) {
		db_sync(a->db);
		send_own(a, i, SENT_OWN, "RESET ALL", 0, NULL);
	}
	return drain(a);
}

/* These fail as a whole, so an ordinary error leaves no doubt: the intent in the journal is taken back. */
static void forget_intent(struct apply *a, size_t i)
{
	struct step *step = step_of(a, i);
	struct err ignored = { .arena = a->arena };
	const char *params[] = { a->state->ledger.shown, step->migration->version };
	step->in_doubt = false;
	db_shield(a->db, true);
	db_send(a->db, STR("DELETE FROM brant.step WHERE ledger = $1 AND version = $2 AND finished_at IS NULL"), 2,
		params, NULL, NULL);
	db_sync(a->db);
	db_run(a->db, &ignored);
	db_shield(a->db, false);
}

static bool apply_lone(struct apply *a, size_t i)
{
	struct step *step = step_of(a, i);
	const struct stmt *stmt = &step->script->stmts.ptr[step->first];
	enum recovery recovery = RECOVER_RUN;
	if (!drain(a))
		return false;
	bool clear = step->in_doubt ? recover_lone(a->arena, a->db, stmt, &recovery, a->err)
				    : recover_leftover(a->arena, a->db, stmt, a->err);
	if (!clear) {
		a->result->failed = true;
		a->result->failed_step = i;
		a->result->failed_stmt = stmt;
		return false;
	}
	/* Should it fail and be tried again, it may have left half of its work: an invalid index, for example. */
	step->in_doubt = true;
	if (recovery == RECOVER_RUN && !run_alone(a, i, stmt)) {
		if (stmt->no_tx == NO_TX_STATEMENT && db_is_open(a->db))
			forget_intent(a, i);
		return false;
	}
	return journal_end(a, i);
}

/* The intent of a backfill; earlier ones of the same step (undone meanwhile) are history. */
static bool journal_backfill(struct apply *a, size_t i, const char *source)
{
	const char *params[] = { source };
	send_own(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	send_enter(a, i);
	send_journal(a, i, false);
	send_own(a, i, SENT_RECORD, "UPDATE brant.backfill SET source = NULL WHERE source = $1", 1, params);
	send_own(a, i, SENT_OWN, "COMMIT", 0, NULL);
	return drain(a);
}

static void on_backfilled(void *ctx, const struct backfill_progress *progress)
{
	struct apply *a = ctx;
	const struct run_watcher *watcher = &a->options->watcher;
	if (watcher->backfilling)
		watcher->backfilling(watcher->ctx, step_of(a, a->result->steps)->migration, progress);
}

static void on_idle(void *ctx)
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

static struct backfill_job job_of(struct apply *a, const struct step *step, const char *source)
{
	struct backfill_job job = {
		.name = doing_text(a, step),
		.source = source,
		.stmt = &step->script->stmts.ptr[step->first],
		.carried = step->carried,
		.ncarried = step->ncarried,
		.search_path = a->options->settings.search_path,
		.settings = step->backfill,
		.holder = a->lease->holder,
		.lease = a->lease->fence,
		.boundary = &a->options->boundary,
		.target = &a->options->target,
		.ctx = a,
		.progress = on_backfilled,
		.idle = on_idle,
	};
	if (a->options->rehearsal)
		job.settings.workers = 1;
	return job;
}

/* Refused before its first batch: nothing was done, so the file may be mended freely. */
static void forget_unbegun(struct apply *a, size_t i, const char *source)
{
	struct step *step = step_of(a, i);
	struct err ignored = { .arena = a->arena };
	const char *params[] = { a->state->ledger.shown, step->migration->version, source };
	struct rows rows = { 0 };
	if (!db_is_open(a->db))
		return;
	db_shield(a->db, true);
	db_query(a->db, a->arena,
		 "DELETE FROM brant.backfill AS b WHERE source = $1 AND state = 'running' AND NOT EXISTS "
		 "(SELECT FROM brant.backfill_range AS r WHERE r.backfill = b.id AND r.batches > 0)",
		 1, &source, NULL, &ignored);
	if (db_query(a->db, a->arena,
		     "DELETE FROM brant.step WHERE ledger = $1 AND version = $2 AND finished_at IS NULL AND NOT EXISTS "
		     "(SELECT FROM brant.backfill WHERE source = $3) RETURNING 1",
		     3, params, &rows, &ignored))
		step->in_doubt = rows.rows == 0;
	db_shield(a->db, false);
}

static bool apply_backfill(struct apply *a, size_t i)
{
	struct step *step = step_of(a, i);
	struct backfill_progress end;
	const char *source = arena_printf(a->arena, "%s %s step %u", a->state->ledger.shown, step->migration->version,
					  step->position);
	if (!drain(a) || (!step->in_doubt && !journal_backfill(a, i, source)))
		return false;
	step->in_doubt = true;
	a->result->steps = i;
	double start = clock_now();
	struct backfill_job job = job_of(a, step, source);
	if (!backfill_run(a->arena, a->db, &job, &end, a->err)) {
		a->result->failed = true;
		a->result->failed_step = i;
		forget_unbegun(a, i, source);
		if (!a->err->file)
			stmt_err_at(a->err, job.stmt, 0);
		return false;
	}
	on_backfilled(a, &end);
	a->seconds += clock_now() - start;
	return journal_end(a, i);
}

/* The intent, in a transaction that asserts the lease: what the tool does afterwards cannot assert it. */
static bool journal_tool(struct apply *a, size_t i)
{
	send_own(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	send_enter(a, i);
	send_journal(a, i, false);
	send_own(a, i, SENT_OWN, "COMMIT", 0, NULL);
	return drain(a);
}

/* The tool has written its own row: what is left is brant's own. */
static bool record_tool(struct apply *a, size_t i)
{
	const struct step *step = step_of(a, i);
	struct call calls[RECORD_CALLS];
	record_calls(a->arena, a->options, a->state, step->migration, step->script, a->plan->undo, calls);
	send_own(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	send_enter(a, i);
	for (size_t k = RECORD_LEDGER + 1; k < RECORD_CALLS; k++)
		send_own(a, i, SENT_RECORD, calls[k].sql, calls[k].nparams, calls[k].params);
	if (a->options->notify_postgrest && a->state->facts.postgrest && i + 1 == a->plan->len)
		send_own(a, i, SENT_OWN, "NOTIFY pgrst, 'reload schema'", 0, NULL);
	send_own(a, i, SENT_COMMIT, "COMMIT", 0, NULL);
	db_shield(a->db, true);
	bool ok = drain(a);
	db_shield(a->db, false);
	return ok;
}

static bool not_recorded(struct apply *a, const struct step *step)
{
	const char *tool = a->options->format->title;
	err_set(a->err, ERR_FAILED, "tool-failed", "%s ran \"%s\", but %s does not show it", tool, step->migration->id,
		a->state->ledger.shown);
	err_detail(a->err, "It may have worked on another database, or keep its ledger in another table.");
	return err_at(a->err, step->migration->path, 0, 0);
}

static bool run_tool(struct apply *a, const struct step *step, bool *ret_recorded)
{
	const struct run_options *options = a->options;
	const struct run_watcher *watcher = &options->watcher;
	struct run_tick tick = { on_idle, a };
	bool undo = a->plan->undo;
	if (watcher->note)
		watcher->note(watcher->ctx, "by-tool",
			      arena_printf(a->arena, "%s: run by %s itself: %s", step->migration->id,
					   options->format->title, step->script->by_tool));
	return options->format->run(a->arena, &options->settings, &options->target, step->migration, undo, &tick,
				    a->err) &&
		state_recorded(a->arena, options, a->db, a->state, step->migration, ret_recorded, a->err);
}

/* After a crash the ledger says whether the tool had finished. */
static bool apply_tool(struct apply *a, size_t i)
{
	struct step *step = step_of(a, i);
	bool recorded = a->plan->undo, undo = a->plan->undo;
	double start = clock_now();
	if (!drain(a))
		return false;
	bool ok = !step->in_doubt ||
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

/* Ran before, says the journal; counts as done once everything in front of it is. */
static void skip_done(struct apply *a, size_t i)
{
	if (drain(a))
		a->result->steps = i + 1;
}

/* The row that brant.enter counts in, made ready again; queued in front of the first step. */
static void send_run(struct apply *a, size_t first)
{
	char steps[32];
	snprintf(steps, sizeof(steps), "%zu", a->plan->len - first);
	const char *params[] = { a->fence, steps };
	/* A transaction of its own, or the first BEGIN of the plan would take it into its own. */
	send_own(a, a->plan->len, SENT_OWN, "BEGIN", 0, NULL);
	send_own(a, a->plan->len, SENT_OWN,
		 "UPDATE brant.run SET steps = $2::integer, step = 0 WHERE fence = $1::bigint AND finished_at IS NULL",
		 2, params);
	send_own(a, a->plan->len, SENT_OWN, "COMMIT", 0, NULL);
}

static void take_release(void *ctx, const struct result *result)
{
	struct apply *a = ctx;
	a->lease->released = result->kind == RESULT_ROWS;
}

/* Behind the last COMMIT, where it costs no round trip; a failure in front of it lets the server skip it. */
static void send_release(struct apply *a)
{
	const char *params[] = { a->fence };
	db_send(a->db, STR("SELECT brant.release($1::bigint, 'done')"), 1, params, take_release, a);
}

static const char *milliseconds(struct arena *arena, double seconds)
{
	return arena_printf(arena, "%.0fms", seconds * 1000);
}

void apply_plan(struct arena *arena, const struct run_options *options, struct state *state, struct db *db,
		struct lease *lease, const struct plan *plan, size_t first, struct apply_result *ret_result,
		struct err *err)
{
	struct apply a = {
		.arena = arena,
		.options = options,
		.state = state,
		.db = db,
		.lease = lease,
		.plan = plan,
		.result = ret_result,
		.err = err,
		.fence = arena_printf(arena, "%lld", lease->fence),
		.lock_timeout = milliseconds(arena, options->lock_timeout),
		.statement_timeout = milliseconds(arena, options->statement_timeout),
		.allow = boundary_allow_array(arena, &options->boundary),
	};
	*ret_result = (struct apply_result){ .steps = first, .failed_step = plan->len };
	if (state->facts.platform.len && !options->boundary.off)
		a.platform = sql_array(arena, &state->facts.platform);
	send_run(&a, first);
	for (size_t i = first; i < plan->len && !ret_result->failed && !db_cancel_flag; i++) {
		if (plan->ptr[i].done)
			skip_done(&a, i);
		else if (plan->ptr[i].kind == STEP_LONE)
			apply_lone(&a, i);
		else if (plan->ptr[i].kind == STEP_BACKFILL)
			apply_backfill(&a, i);
		else if (plan->ptr[i].kind == STEP_TOOL)
			apply_tool(&a, i);
		else
			apply_transaction(&a, i);
	}
	if (!ret_result->failed && !db_cancel_flag)
		send_release(&a);
	/* Answers of what was queued before a failure are still to be taken, but its error is the one to tell. */
	struct err later = { .arena = arena };
	struct err *last = ret_result->failed ? &later : err;
	if (db_is_open(db) && !db_run(db, last))
		ret_result->failed = true;
	companion_yield(lease->companion);
	if (!ret_result->failed && ret_result->steps < plan->len && db_cancel_flag) {
		ret_result->failed = true;
		err_set(err, ERR_CANCELLED, "cancelled", "interrupted");
	}
	unlock_with_rollback(&a);
	db_rollback(db);
}
