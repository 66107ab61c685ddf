/*
 * apply_lone.c - a statement outside of any transaction, between the intent and the end in the journal.
 */
#include "run/applying.h"
#include "run/recover.h"

/* The session's setting is what a lone statement wants, mostly: no SET, then, and nothing to take back. */
static bool send_timeout(struct apply *a, size_t i, const char *name, const char *is, const char *wanted)
{
	bool off = strcmp(wanted, "0") == 0 || strcmp(wanted, "0ms") == 0;
	if (off && strcmp(is, "0") == 0)
		return false;
	apply_send(a, i, SENT_OWN, arena_printf(a->arena, "SET %s = '%s'", name, wanted), 0, NULL);
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
	const struct step *step = apply_step(a, i);
	const struct facts *facts = &a->state->facts;
	bool sets = step->ncarried > 0;
	apply_send(a, i, SENT_BEGIN, "BEGIN", 0, NULL);
	apply_send_enter(a, i);
	apply_send_tool_enter(a, i);
	apply_send_journal(a, i, false);
	sets |= send_timeout(a, i, "lock_timeout", facts->lock_timeout,
			     stmt->no_tx == NO_TX_CONCURRENTLY ? "0" : a->lock_timeout);
	sets |= send_timeout(a, i, "statement_timeout", facts->statement_timeout, a->statement_timeout);
	for (size_t k = 0; k < step->ncarried; k++)
		apply_send_stmt(a, i, step->carried[k]);
	apply_send(a, i, SENT_OWN, "COMMIT", 0, NULL);
	/* Which backend it is has to be known while the statement runs, or nobody could say how far it is. */
	db_flush(a->db);
	apply_send_stmt(a, i, stmt);
	if (sets || step->may_set || step->sets_role)
		db_sync(a->db);
	if (step->sets_role) {
		apply_send(a, i, SENT_OWN, "RESET SESSION AUTHORIZATION", 0, NULL);
		apply_send(a, i, SENT_OWN, "RESET ROLE", 0, NULL);
	}
	if (sets || step->may_set)
		apply_send(a, i, SENT_OWN, "RESET ALL", 0, NULL);
	return apply_drain(a);
}

/* These fail as a whole, so an ordinary error leaves no doubt: the intent in the journal is taken back. */
static void forget_intent(struct apply *a, size_t i)
{
	struct step *step = apply_step(a, i);
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

bool apply_lone(struct apply *a, size_t i)
{
	struct step *step = apply_step(a, i);
	const struct stmt *stmt = &step->script->stmts.ptr[step->first];
	enum recovery recovery = RECOVER_RUN;
	if (!apply_drain(a))
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
	return apply_journal_end(a, i);
}
