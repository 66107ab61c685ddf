/*
 * steps.c - cutting a script into transactions and lone statements.
 */
#include "base/hash.h"
#include "sql/fresh.h"
#include "run/plan.h"
#include "sql/cut.h"
#include "sql/lex.h"

/* An enum value that the transaction being built has added. */
struct added_value {
	struct str type, value;
};

struct cutting {
	struct arena *arena;
	const struct run_options *options;
	const struct script *script;
	struct migration *migration;
	struct plan *plan;
	struct err *err;

	struct step step;             /* being built */
	bool open;                    /* it has statements that will be sent */
	const struct stmt *own_begin; /* inside a BEGIN of the file's own */
	VEC(const struct stmt *) carried;
	VEC(struct added_value) added;
	VEC(struct str) created_types;
	size_t first_step; /* of this migration in the plan */
	bool unsure;       /* the reader of the boundary wants the check inside the transaction */
	struct fresh fresh;
	bool no_fresh; /* what a new table is like cannot be read from its CREATE TABLE */
};

bool step_sends(const struct stmt *stmt)
{
	return stmt->kind == STMT_SQL || stmt->kind == STMT_SET || stmt->kind == STMT_COPY_IN;
}

static void start_step(struct cutting *c, size_t at)
{
	c->step = (struct step){
		.kind = STEP_TRANSACTION,
		.migration = c->migration,
		.script = c->script,
		.first = at,
		.before = at,
		.end = at,
		.carried = c->carried.ptr,
		.ncarried = c->carried.len,
	};
	/* The array grows while later steps are cut; each step keeps what was carried when it began. */
	if (c->carried.len) {
		c->step.carried = arena_alloc(c->arena, c->carried.len * sizeof(*c->carried.ptr));
		memcpy(c->step.carried, c->carried.ptr, c->carried.len * sizeof(*c->carried.ptr));
	}
	c->open = false;
	c->fresh.len = 0;
	c->added.len = 0;
	c->created_types.len = 0;
}

static void close_step(struct cutting *c, size_t end)
{
	if (c->open || c->step.begin) {
		c->step.end = end;
		vec_push(c->arena, c->plan, c->step);
	}
	start_step(c, end);
}

static bool mentions(const struct stmt *stmt, const char *needle)
{
	return str_find(stmt->text, str_of(needle)) >= 0;
}

static void note_facts(struct cutting *c, const struct stmt *stmt)
{
	struct step *step = &c->step;
	bool opaque = stmt->opaque && (c->no_fresh || !fresh_takes(&c->fresh, stmt));
	step->guarded = step->guarded || opaque || c->unsure || c->options->guard_all;
	fresh_follow(c->arena, &c->fresh, stmt);
	step->may_set = step->may_set || stmt->may_set || stmt->kind == STMT_SET;
	/* A function may change the role and say nothing of it where it is called, as those that act like a user do. */
	step->sets_role = step->sets_role || stmt->sets_role || (stmt->opaque && !stmt->only_fires);
	step->has_copy = step->has_copy || stmt->kind == STMT_COPY_IN;
	step->has_advisory = step->has_advisory || mentions(stmt, "advisory_lock");
	for (size_t i = 0; i < stmt->touches.len; i++) {
		const struct touch *touch = &stmt->touches.ptr[i];
		if (touch->schema.ptr && str_starts(touch->schema, STR("pg_temp")))
			step->has_temp = true;
		if (touch->verb == TOUCH_CREATE && touch->kind == OBJECT_TYPE)
			vec_push(c->arena, &c->created_types, touch->name);
	}
	if (stmt->opaque && (mentions(stmt, "TEMP") || mentions(stmt, "temp")))
		step->has_temp = true;
}

static bool made_here(const struct cutting *c, struct str type)
{
	for (size_t i = 0; i < c->created_types.len; i++)
		if (str_eq(c->created_types.ptr[i], type))
			return true;
	return false;
}

/* PostgreSQL refuses a value that its own transaction added, unless that transaction made the type too. */
static bool uses_new_value(const struct cutting *c, const struct stmt *stmt)
{
	for (size_t i = 0; i < c->added.len; i++)
		if (stmt_mentions(stmt, c->added.ptr[i].value))
			return true;
	return false;
}

static bool is_set_transaction(const struct stmt *stmt)
{
	struct token first = lex_significant(stmt->text, 0), second = lex_significant(stmt->text, first.to);
	return token_is_word(stmt->text, &first, "set") && token_is_word(stmt->text, &second, "transaction");
}

/* Nothing of the step has been sent when this statement is: only others of its kind stand before it. */
static bool is_first(const struct cutting *c, size_t at)
{
	for (size_t i = c->step.before; i < at; i++)
		if (step_sends(&c->script->stmts.ptr[i]))
			return false;
	return true;
}

/* The server takes an isolation level before the first query only, and brant.enter() is one. */
static void add_set_transaction(struct cutting *c, size_t at)
{
	if (is_first(c, at)) {
		c->step.before = at + 1;
		c->step.drains = true;
	}
	c->open = true;
	c->step.end = at + 1;
}

static void add_stmt(struct cutting *c, const struct stmt *stmt, size_t at)
{
	if (is_set_transaction(stmt)) {
		add_set_transaction(c, at);
		return;
	}
	if (!c->own_begin && uses_new_value(c, stmt))
		close_step(c, at);
	note_facts(c, stmt);
	if (stmt->enum_value.ptr && !made_here(c, stmt->enum_type))
		vec_push(c->arena, &c->added, (struct added_value){ stmt->enum_type, stmt->enum_value });
	/* Only SETs so far: they can go into whatever step comes next. */
	if (stmt->kind != STMT_SET)
		c->open = true;
	c->step.end = at + 1;
	if (stmt->kind == STMT_SET)
		vec_push(c->arena, &c->carried, stmt);
}

static bool refuse(struct cutting *c, const struct stmt *stmt, const char *name, const char *message, const char *hint)
{
	err_set(c->err, ERR_FAILED, name, "%s", message);
	err_hint(c->err, "%s", hint);
	return stmt_err_at(c->err, stmt, 0);
}

static bool add_lone(struct cutting *c, const struct stmt *stmt, size_t at)
{
	if (c->own_begin)
		return refuse(
			c, stmt, "not-in-transaction",
			arena_printf(c->arena, "%s cannot run inside the transaction that the file opens", stmt->tag),
			"Move it behind the file's COMMIT, or in front of its BEGIN.");
	close_step(c, at);
	c->step.kind = STEP_LONE;
	note_facts(c, stmt);
	c->open = true;
	close_step(c, at + 1);
	return true;
}

/* What is said in front of a statement: "-- brant: backfill batch=2000". */
static const struct directive *directive_of(const struct cutting *c, size_t at, const char *key)
{
	for (size_t i = 0; i < c->script->directives.len; i++)
		if (c->script->directives.ptr[i].stmt == at && str_eq(c->script->directives.ptr[i].key, str_of(key)))
			return &c->script->directives.ptr[i];
	return NULL;
}

/* A batch has timeouts of its own, and the search path is written down; what else is SET would be missing in the batches. */
static bool may_be_carried(const struct stmt *set)
{
	return set->sets_path || set->resets_path || mentions(set, "_timeout") || mentions(set, "client_min_messages");
}

static bool add_backfill(struct cutting *c, const struct directive *directive, const struct stmt *stmt, size_t at)
{
	struct cut ignored;
	if (c->own_begin)
		return refuse(c, stmt, "not-in-transaction",
			      "a backfill is many transactions: it cannot be inside the one that the file opens",
			      "Move it behind the file's COMMIT, or in front of its BEGIN.");
	for (size_t i = 0; i < c->carried.len; i++)
		if (!may_be_carried(c->carried.ptr[i]))
			return refuse(
				c, c->carried.ptr[i], "backfill-statement",
				"this SET would not be in force in a backfill's batches",
				"Put the backfill into a file of its own, and say in the statement what it needs.");
	close_step(c, at);
	c->step.kind = STEP_BACKFILL;
	c->step.backfill = backfill_defaults;
	c->step.backfill.lock_timeout =
		c->options->lock_timeout > 0 && c->options->lock_timeout < backfill_defaults.lock_timeout
		? c->options->lock_timeout
		: backfill_defaults.lock_timeout;
	if (!backfill_settings_read(c->arena, directive->arguments, &c->step.backfill, c->err))
		return err_at(c->err, stmt->source->path, directive->line, 0);
	if (!sql_cut(c->arena, stmt, &ignored, c->err))
		return false;
	note_facts(c, stmt);
	c->open = true;
	close_step(c, at + 1);
	return true;
}

static bool add_begin(struct cutting *c, const struct stmt *stmt, size_t at)
{
	if (c->own_begin)
		return true; /* a warning in PostgreSQL, and nothing else */
	if (c->open)
		close_step(c, at);
	c->own_begin = stmt;
	c->step.begin = stmt;
	c->step.drains = mentions(stmt, " ") && str_find(stmt->text, STR("ISOLATION")) >= 0;
	return true;
}

static bool add_end(struct cutting *c, const struct stmt *stmt, size_t at)
{
	if (stmt->chain)
		return refuse(c, stmt, "unsupported-statement", "AND CHAIN is not supported in a migration",
			      "Write COMMIT and BEGIN.");
	/* A COMMIT without BEGIN ends what brant has opened around the statements before it. */
	bool rollback = stmt->kind == STMT_ROLLBACK;
	if (rollback && !c->own_begin)
		return true;
	c->step.rolls_back = rollback;
	c->own_begin = NULL;
	close_step(c, at + 1);
	return true;
}

/* Where the file asks for no transaction, code may be meant to commit by itself, which it cannot do inside of one. */
static bool may_commit(const struct stmt *stmt)
{
	return strcmp(stmt->tag, "CALL") == 0 || strcmp(stmt->tag, "DO") == 0;
}

static bool add_sql(struct cutting *c, const struct stmt *stmt, size_t at)
{
	const struct directive *backfill = directive_of(c, at, "backfill");
	if (backfill)
		return add_backfill(c, backfill, stmt, at);
	/* "No transaction around this file": each statement commits by itself, as psql would do it. */
	bool by_itself = c->script->no_transaction && at >= c->script->no_transaction_from && !c->own_begin;
	if (stmt->no_tx != NO_TX_NOT || (by_itself && may_commit(stmt)))
		return add_lone(c, stmt, at);
	add_stmt(c, stmt, at);
	if (by_itself && stmt->kind != STMT_SET)
		close_step(c, at + 1);
	return true;
}

static bool cut(struct cutting *c, const struct stmt *stmt, size_t at)
{
	switch (stmt->kind) {
	case STMT_BEGIN:
		return add_begin(c, stmt, at);
	case STMT_COMMIT:
	case STMT_ROLLBACK:
		return add_end(c, stmt, at);
	case STMT_TWO_PHASE:
		return refuse(c, stmt, "unsupported-statement", "two-phase commit is not supported in a migration",
			      "What is prepared outlives the run, and a pooler may finish it elsewhere. Use COMMIT.");
	case STMT_ECHO:
		c->step.end = at + 1;
		return true;
	case STMT_SQL:
	case STMT_SET:
	case STMT_COPY_IN:
		return add_sql(c, stmt, at);
	}
	return true;
}

static const char *digest_of(struct arena *arena, const struct step *step)
{
	struct arena *scratch = arena_new(arena);
	struct sha256 *hash = sha256_new(scratch);
	for (size_t i = step->first; i < step->end; i++) {
		sha256_add(hash, step->script->stmts.ptr[i].text);
		sha256_add(hash, STR(";"));
		sha256_add(hash, step->script->stmts.ptr[i].copy_data);
	}
	const char *digest = arena_strdup(arena, sha256_hex(hash));
	arena_free(scratch);
	return digest;
}

/* The last step writes the ledger row; a lone statement or a transaction that rolls back needs one more for it. */
static void finish(struct cutting *c)
{
	struct plan *plan = c->plan;
	struct step *last = plan->len > c->first_step ? &plan->ptr[plan->len - 1] : NULL;
	if (!last || last->kind != STEP_TRANSACTION || last->rolls_back)
		vec_push(c->arena, plan, c->step);
	plan->ptr[plan->len - 1].records = true;
	unsigned of = (unsigned)(plan->len - c->first_step);
	for (size_t i = c->first_step; i < plan->len; i++) {
		plan->ptr[i].position = (unsigned)(i - c->first_step) + 1;
		plan->ptr[i].of = of;
		if (of > 1)
			plan->ptr[i].digest = digest_of(c->arena, &plan->ptr[i]);
	}
}

static bool edited_after_running(const struct step *step, const struct journal_entry *entry, struct err *err)
{
	err_set(err, ERR_REFUSED, "edited-part", "the part of \"%s\" that has run was edited", step->migration->id);
	err_detail(err, "Step %u of %u ran %s as: %s", step->position, step->of,
		   entry->finished_at ? "and finished" : "and did not finish", entry->statement);
	err_hint(
		err,
		"Put the statements that ran back as they were; what comes after them may be changed. Or settle it by hand: "
		"brant resolve %s --applied | --rolled-back.",
		step->migration->version);
	if (step->first < step->script->stmts.len)
		return stmt_err_at(err, &step->script->stmts.ptr[step->first], 0);
	return err_at(err, step->migration->path, 0, 0);
}

/* The file may be edited after a run that failed: the tool left nothing, or its ledger tells. */
static bool add_tool(struct cutting *c)
{
	start_step(c, 0);
	c->step.kind = STEP_TOOL;
	c->step.records = true;
	c->step.position = c->step.of = 1;
	c->step.digest = "run by the tool";
	vec_push(c->arena, c->plan, c->step);
	return true;
}

/* What the journal says about steps that ran before. */
static bool resume(const struct state *state, struct plan *plan, size_t first_step, struct err *err)
{
	const struct journal *journal = map_get(&state->journals, str_of(plan->ptr[first_step].migration->version));
	for (size_t i = 0; journal && i < journal->len; i++) {
		const struct journal_entry *entry = &journal->ptr[i];
		struct step *step = &plan->ptr[first_step + entry->position - 1];
		if (first_step + entry->position > plan->len || !step->digest ||
		    strcmp(step->digest, entry->digest) != 0)
			return edited_after_running(first_step + entry->position > plan->len ? &plan->ptr[plan->len - 1]
											     : step,
						    entry, err);
		step->done = entry->finished_at != NULL;
		step->in_doubt = !step->done;
	}
	return true;
}

/* The search_path that the tool runs its migrations with, as a SET in front of the file's own. */
static void set_path(struct cutting *c, struct name_space *names)
{
	const char *path = c->options->settings.search_path;
	if (!path)
		return;
	struct stmt *set = arena_alloc(c->arena, sizeof(*set));
	set->kind = STMT_SET;
	set->text = str_of(arena_printf(c->arena, "SET search_path = %s", path));
	set->source = &c->script->source;
	stmt_classify(c->arena, set);
	names->path = set->path;
	vec_push(c->arena, &c->carried, set);
}

bool plan_add(struct arena *arena, const struct run_options *options, const struct state *state,
	      struct migration *migration, const struct script *script, struct plan *plan, struct err *err)
{
	struct cutting c = {
		.arena = arena,
		.options = options,
		.script = script,
		.migration = migration,
		.plan = plan,
		.err = err,
		.first_step = plan->len,
		.no_fresh = state->facts.own_event_triggers,
	};
	struct name_space names = {
		.path = state->facts.path,
		.platform_names = state->knows_platform_names ? &state->platform_names : NULL,
	};
	set_path(&c, &names);
	size_t before = plan->violations.len;
	boundary_read(arena, &options->boundary, script, &names, &plan->violations, &c.unsure);
	if (plan->violations.len > before)
		return true; /* those of the other files are to be told too: plan_pending() refuses */
	if (script->by_tool)
		return add_tool(&c) && resume(state, plan, c.first_step, err);
	start_step(&c, 0);
	for (size_t i = 0; i < script->stmts.len; i++)
		if (!cut(&c, &script->stmts.ptr[i], i))
			return false;
	if (c.own_begin && !script->tool_commits)
		return refuse(
			&c, c.own_begin, "uncommitted", "the transaction that begins here is never committed",
			"Add COMMIT; at the end, or take BEGIN away: brant runs each migration in a transaction.");
	close_step(&c, script->stmts.len);
	finish(&c);
	return resume(state, plan, c.first_step, err);
}
