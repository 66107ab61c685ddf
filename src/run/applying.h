/*
 * applying.h - what the files that apply a plan share: never included from outside of run/.
 *
 * A step's messages are queued without waiting; each carries what it was for, and its answer is taken when it comes in.  The first failure is the one that is
 * told.
 */
#ifndef BRANT_RUN_APPLYING_H
#define BRANT_RUN_APPLYING_H

#include "run/apply.h"

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
	double earlier;       /* of its steps before this one */
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

struct step *apply_step(const struct apply *a, size_t i);

/* Queues a message of brant's own, or a statement of the file; apply_take() gets the answer. */
void apply_send(struct apply *a, size_t step, enum sent_kind kind, const char *sql, size_t nparams,
		const char *const *params);
void apply_send_stmt(struct apply *a, size_t step, const struct stmt *stmt);
struct sent *apply_tag(struct apply *a, size_t step, enum sent_kind kind, const struct stmt *stmt);
void apply_take(void *ctx, const struct result *result);

/* brant.enter: the fence, the order, the timeouts; the checksum with the step that records.  Then the tool's own, where it has one. */
void apply_send_enter(struct apply *a, size_t i);
void apply_send_tool_enter(struct apply *a, size_t i);

/* The step's row in brant.step: its intent, or its end. */
void apply_send_journal(struct apply *a, size_t i, bool finished);

/* The end of what was not a transaction of brant's, in a short one that Ctrl-C does not reach. */
bool apply_journal_end(struct apply *a, size_t i);

/* Waits for all answers; false: something failed. */
bool apply_drain(struct apply *a);

/* "0007_add_bio, step 2 of 3". */
const char *apply_doing(struct apply *a, const struct step *step);

/* Between two transactions that somebody else makes: ticks, and keeps the lease.  ctx: struct apply. */
void apply_idle(void *ctx);

/* One step each; false: it failed, and the result says where. */
bool apply_transaction(struct apply *a, size_t i);
bool apply_lone(struct apply *a, size_t i);
bool apply_backfill(struct apply *a, size_t i);
bool apply_tool(struct apply *a, size_t i);

/* For a program of the user's that runs the step (struct run_guard): a statement that is to be outside of any transaction. */
struct aside {
	struct apply *apply;
	size_t step;
};
bool apply_aside(void *ctx, struct str sql, const struct strs *settings, bool *ret_taken, struct err *err);

#endif
