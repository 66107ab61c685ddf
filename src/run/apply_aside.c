/*
 * apply_aside.c - a statement that a migration's own tool means to run outside of any transaction.
 *
 * There the tool's connection could give it no lock timeout: a SET LOCAL ends with itself, and a bare SET reaches, through a pooler, whoever comes next.  So
 * the tool hands the statement over, and it is run as a lone one is: behind a transaction that asserts the lease and SETs what is to hold for it, in one
 * pipeline with the RESET.  What fails on a lock is tried again right here, since the program that waits for the answer cannot begin anew.
 *
 * A watcher that cancels the tool's backend when it waits too long was rejected: between the look and the cancel a pooler may have given that backend to
 * somebody else.
 */
#include "run/applying.h"
#include "run/blocker.h"
#include "run/recover.h"
#include "run/retry.h"

static void send(struct apply *a, const char *sql)
{
	db_send(a->db, str_of(sql), 0, NULL, NULL, NULL);
}

/* No queue is shared with the steps: what fails here is the program's to deal with, and no failure of the run. */
static bool run_once(struct apply *a, size_t i, const struct stmt *stmt, const struct strs *settings, struct err *err)
{
	bool waits = stmt->no_tx == NO_TX_CONCURRENTLY; /* for old transactions, and blocks nobody meanwhile */
	send(a, "BEGIN");
	apply_send_enter(a, i);
	send(a, arena_printf(a->arena, "SET lock_timeout = '%s'", waits ? "0" : a->lock_timeout));
	send(a, arena_printf(a->arena, "SET statement_timeout = '%s'", a->statement_timeout));
	for (size_t k = 0; k < settings->len; k++)
		db_send(a->db, settings->ptr[k], 0, NULL, NULL, NULL);
	send(a, "COMMIT");
	/* Which backend it is has to be known while the statement runs, or nobody could say how far it is. */
	db_flush(a->db);
	db_send(a->db, stmt->text, 0, NULL, NULL, NULL);
	db_sync(a->db);
	if (settings->len) { /* one of them may be a role, which RESET ALL leaves */
		send(a, "RESET SESSION AUTHORIZATION");
		send(a, "RESET ROLE");
	}
	send(a, "RESET ALL");
	bool ok = db_run(a->db, err);
	if (a->result->failed)
		err_copy(err, a->err);
	return ok && !a->result->failed;
}

static bool is_allowed(struct apply *a, const struct script *script, struct err *err)
{
	struct violations violations = { 0 };
	struct name_space names = {
		.path = a->state->facts.path,
		.platform_names = a->state->knows_platform_names ? &a->state->platform_names : NULL,
	};
	bool unsure = false;
	boundary_read(a->arena, &a->options->boundary, script, &names, &violations, &unsure);
	return !violations.len || violations_err(err, &violations);
}

/* Whom it waited for in vain, as the steps of a plan tell it. */
static bool gave_up(struct apply *a, const struct stmt *stmt, long long tries, struct err *err)
{
	const char *blocker = strcmp(err->sqlstate, "55P03") == 0 ? blocker_of(a->arena, a->db, stmt) : NULL;
	err->message =
		arena_printf(a->arena, "%s, tried %lld %s%s%s", err->message, tries, tries == 1 ? "time" : "times",
			     blocker ? "; blocked by " : "", blocker ? blocker : "");
	return false;
}

bool apply_aside(void *ctx, struct str sql, const struct strs *settings, bool *ret_taken, struct err *err)
{
	struct aside *aside = ctx;
	struct apply *a = aside->apply;
	const struct migration *migration = apply_step(a, aside->step)->migration;
	struct script_options none = { 0 };
	struct retry retry = { a->arena, a->options, a->db, a->lease };
	struct script script;
	*ret_taken = script_parse(a->arena, &none, migration->path, sql, &script, err) && script.stmts.len == 1 &&
		script.stmts.ptr[0].kind == STMT_SQL && db_is_open(a->db);
	err_clear(err);
	if (!*ret_taken)
		return true;
	const struct stmt *stmt = &script.stmts.ptr[0];
	if (!is_allowed(a, &script, err))
		return false;
	for (long long attempt = 1; recover_leftover(a->arena, a->db, stmt, err); attempt++) {
		if (run_once(a, aside->step, stmt, settings, err))
			return true;
		if (!retry_helps(err))
			return false;
		if (attempt > a->options->lock_retries || !retry_pause(&retry, migration, stmt, err, attempt))
			return gave_up(a, stmt, attempt, err);
		err_clear(err);
	}
	return false;
}
