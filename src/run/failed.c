#include "run/failed.h"

#include "base/clock.h"
#include "run/evidence.h"

/* ---- is the tool at work? ---- */

/* ret_who: "Prisma Migrate (pid 42)", NULL: nobody. */
static bool at_work(struct arena *arena, const struct run_options *options, struct db *db, const char **ret_who,
		    struct err *err)
{
	struct rows rows;
	*ret_who = NULL;
	if (!options->format->at_work)
		return true;
	if (!db_query(db, arena, options->format->at_work, 0, NULL, &rows, err))
		return false;
	if (rows.rows)
		*ret_who = arena_printf(arena, "%s (pid " STR_FMT ")", options->format->title,
					STR_ARG(rows_cell(&rows, 0, 0)));
	return true;
}

static bool busy(const char *who, struct err *err)
{
	err_set(err, ERR_BUSY, "busy", "%s is at work on this database", who);
	return err_hint(err, "Without --no-wait brant waits for it to finish.");
}

/* As long as it takes: what it does cannot be told from a failure before it has ended. */
static bool wait_for_tool(struct arena *arena, const struct run_options *options, struct db *db, const char *who,
			  struct err *err)
{
	const struct run_watcher *watcher = &options->watcher;
	if (options->no_wait)
		return busy(who, err);
	while (who && !db_cancel_flag) {
		if (watcher->waiting)
			watcher->waiting(watcher->ctx, who, 0);
		clock_sleep(0.2);
		if (!at_work(arena, options, db, &who, err))
			return false;
	}
	return !db_cancel_flag || err_set(err, ERR_CANCELLED, "cancelled", "interrupted while waiting for %s", who);
}

/* ---- what is there? ---- */

/* A script that ends its own transactions, or has statements without one, may have kept a part. */
static bool is_one_transaction(const struct script *script)
{
	for (size_t i = 0; i < script->stmts.len; i++) {
		const struct stmt *stmt = &script->stmts.ptr[i];
		if (stmt->kind == STMT_COMMIT || stmt->no_tx != NO_TX_NOT)
			return false;
	}
	return true;
}

static bool judge(struct arena *arena, const struct run_options *options, struct db *db, struct migration *migration,
		  struct failure *failure, struct err *err)
{
	struct script script;
	struct evidence evidence;
	if (!options->format->read(arena, &options->settings, migration, &script, err) ||
	    !evidence_collect(arena, db, options->settings.search_path, NULL, &script, 1, &evidence, err))
		return false;
	failure->there = evidence.present;
	failure->missing = evidence.missing;
	if (!evidence.present.len && !evidence.missing.len)
		failure->kind = FAILURE_UNSEEN;
	else if (!evidence.present.len)
		failure->kind = is_one_transaction(&script) ? FAILURE_GONE : FAILURE_PARTLY;
	else
		failure->kind = evidence.missing.len ? FAILURE_PARTLY : FAILURE_THERE;
	return true;
}

static size_t failed_count(const struct state *state)
{
	size_t n = 0;
	for (size_t i = 0; i < state->history.len; i++)
		n += state->standings[i] == STANDING_FAILED;
	return n;
}

static bool look(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		 bool running, struct err *err)
{
	for (size_t i = 0; i < state->history.len; i++) {
		struct migration *migration = &state->history.ptr[i];
		if (state->standings[i] != STANDING_FAILED)
			continue;
		struct failure *failure = arena_alloc(arena, sizeof(*failure));
		if (!running && !judge(arena, options, db, migration, failure, err))
			return false;
		if (failure->kind == FAILURE_GONE)
			state->standings[i] = STANDING_FAILED_GONE;
		map_set(arena, &state->failures, str_of(migration->version), failure);
	}
	return true;
}

bool failed_look(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		 bool look_only, struct err *err)
{
	const char *who = NULL;
	if (!failed_count(state))
		return true;
	if (!at_work(arena, options, db, &who, err))
		return false;
	if (who && !look_only) {
		if (!wait_for_tool(arena, options, db, who, err) || !state_reload(arena, options, db, state, err))
			return false;
		who = NULL;
	}
	return look(arena, options, db, state, who != NULL, err);
}

/* ---- telling ---- */

const char *failure_text(struct arena *arena, const struct failure *failure)
{
	if (!failure)
		return NULL;
	switch (failure->kind) {
	case FAILURE_RUNNING:
		return "it is running now";
	case FAILURE_GONE:
		return "nothing of it is in the database: \"brant up\" runs it again";
	case FAILURE_PARTLY:
		return arena_printf(arena, "there: %s; not there: %s",
				    failure->there.len ? evidence_text(arena, &failure->there)
						       : "nothing of what it makes",
				    evidence_text(arena, &failure->missing));
	case FAILURE_THERE:
		return arena_printf(arena, "all of what it makes is there: %s", evidence_text(arena, &failure->there));
	case FAILURE_UNSEEN:
		return "it makes nothing that could be looked for";
	}
	return NULL;
}

bool failure_err(const struct state *state, const struct migration *migration, struct err *err)
{
	const struct failure *failure = map_get(&state->failures, str_of(migration->version));
	const char *known = failure_text(err->arena, failure), *log = migration->entry->extra;
	err_set(err, ERR_REFUSED, "failed-before", "the ledger says that migration \"%s\" failed", migration->id);
	if (known && log)
		err_detail(err, "In the catalog, %s.\nThe tool wrote down: %.300s", known, log);
	else if (known)
		err_detail(err, "In the catalog, %s.", known);
	if (failure && failure->kind == FAILURE_THERE)
		err_hint(
			err,
			"If all of it is in the database: brant resolve %s --applied. If it was there before: take it away, then "
			"brant resolve %s --rolled-back.",
			migration->version, migration->version);
	else
		err_hint(err,
			 "Put the database in order, then say which it is: brant resolve %s --applied | --rolled-back.",
			 migration->version);
	return err_at(err, migration->path, 0, 0);
}

static void tell(const struct run_options *options, const char *id, struct arena *arena)
{
	const struct run_watcher *watcher = &options->watcher;
	if (watcher->note)
		watcher->note(
			watcher->ctx, "failed-gone",
			arena_printf(
				arena,
				"%s failed before and left nothing in the database: its row is taken back, and it runs again",
				id));
}

bool failed_take_back(struct arena *arena, const struct run_options *options, const struct state *state, struct db *db,
		      struct err *err)
{
	size_t n = 0;
	for (size_t i = 0; i < state->history.len; i++) {
		const struct migration *migration = &state->history.ptr[i];
		if (state->standings[i] != STANDING_FAILED_GONE)
			continue;
		if (!n++)
			db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
		struct call call =
			options->format->settle(arena, &options->settings, &state->ledger, migration, NULL, false);
		db_send(db, str_of(call.sql), call.nparams, call.params, NULL, NULL);
		tell(options, migration->id, arena);
	}
	if (!n)
		return true;
	return db_commit(db, err) || err_prefix(err, "could not take back what failed");
}
