#include "author/drifted.h"

#include "run/failed.h"
#include "run/settle.h"
#include "session/session.h"
#include "workshop/place.h"

struct drifted {
	struct ctx *ctx;
	const struct scope *scope;
	struct run_options run;
	struct state state;
	const char *last; /* the last applied migration; NULL: none is */
	struct schema history, database;
	struct statements there; /* what leads from the history to the database, of what counts */
};

/* ---- the history ---- */

static bool look(struct drifted *d, struct err *err)
{
	struct db *db;
	if (!session_options(d->ctx, "diff", &d->run, err) || !up_connect(d->ctx->arena, &d->run, &db, err))
		return false;
	bool ok = state_load(d->ctx->arena, &d->run, db, NULL, &d->state, err) &&
		failed_look(d->ctx->arena, &d->run, db, &d->state, true, err);
	db_close(db);
	return ok;
}

static bool missing(const struct drifted *d, struct err *err)
{
	struct buf names = buf_init(err->arena);
	for (size_t i = 0; i < d->state.ledger.len; i++)
		if (!d->state.ledger.ptr[i].migration)
			buf_printf(&names, "\n  %s%s", d->state.ledger.ptr[i].version,
				   d->state.ledger.ptr[i].state == LEDGER_FAILED ? " (failed)" : "");
	err_set(err, ERR_DECISION, "file-gone", "%zu applied %s not in %s", d->state.missing,
		d->state.missing == 1 ? "migration is" : "migrations are", d->state.history.folder);
	err_detail(err, "What they made is in the database and in no file:%s", names.ptr);
	for (size_t i = 0; i < d->state.history.len; i++)
		if (d->state.history.ptr[i].renamed)
			return err_hint(
				err,
				"\"%s\" is the file of one of them: record it under its new name with \"brant resolve %s --applied\".",
				d->state.history.ptr[i].id, d->state.history.ptr[i].id);
	return err_hint(
		err, "Get them from version control: another branch may have them. To go on without: --drift ignore.");
}

/* Replaying stops at the last applied one, so what is pending before it would count as drift. */
static bool applied_are_first(struct drifted *d)
{
	bool pending = false;
	for (size_t i = 0; i < d->state.history.len; i++) {
		bool is_pending = standing_is_pending(d->state.standings[i]);
		if (!is_pending && pending)
			return false;
		if (!is_pending)
			d->last = d->state.history.ptr[i].version;
		pending = pending || is_pending;
	}
	return true;
}

static bool check_history(struct drifted *d, bool ignore, struct err *err)
{
	if (ignore)
		return true;
	if (d->state.missing && !d->run.format->heads)
		return missing(d, err);
	for (size_t i = 0; i < d->state.history.len; i++)
		if (d->state.standings[i] == STANDING_EDITED)
			return plan_edited(&d->state, i, err);
	return true;
}

/* ---- the schema ---- */

static bool counts(const struct drifted *d, const struct statement *statement)
{
	const struct scope *scope = d->scope;
	return !scope || !scope->object || (statement->object && scope->object(scope, statement->object));
}

static bool compare(struct drifted *d, struct err *err)
{
	struct schema_place places[2];
	struct workshop shop;
	struct diff diff;
	struct diff_options options = { .plain = true, .naming = d->run.settings.naming };
	const char *name;
	if (!schema_place_find(d->ctx, "history", &places[0], err) ||
	    !schema_place_find(d->ctx, "database", &places[1], err))
		return false;
	places[0].last = d->last;
	if (!workshop_open(d->ctx, places, 2, &shop, err) ||
	    !schema_place_load(&shop, &places[0], &d->history, &name, err) ||
	    !schema_place_load(&shop, &places[1], &d->database, &name, err))
		return false;
	diff_schemas(d->ctx->arena, &d->history, &d->database, &options, &diff);
	for (size_t i = 0; i < diff.statements.len; i++)
		if (counts(d, &diff.statements.ptr[i]))
			vec_push(d->ctx->arena, &d->there, diff.statements.ptr[i]);
	return true;
}

static bool ask(const struct drifted *d, struct err *err)
{
	static const char *const signs[] = {
		[VERB_DROP] = "missing: ", [VERB_ALTER] = "different: ", [VERB_CREATE] = "extra: "
	};
	struct buf text = buf_init(err->arena);
	for (size_t i = 0; i < d->there.len && i < 12; i++) {
		const struct statement *statement = &d->there.ptr[i];
		if (statement->object)
			buf_printf(&text, "\n  %s%s", signs[statement->verb], statement->object->id);
	}
	err_set(err, ERR_DECISION, "drift", "the database is not what its history makes");
	err_detail(err, "In the database:%s", text.ptr);
	return err_hint(
		err,
		"--drift adopt writes a migration of it that counts as applied, --drift revert shows the SQL that takes it back, "
		"--drift ignore goes on.");
}

static bool adopt(struct drifted *d, struct err *err)
{
	static const struct column columns[] = { { "file", "", false } };
	struct settled settled;
	struct table *table = report_table(d->ctx->report, "adopted", "adopted", columns, LEN(columns));
	struct new_migration made = { .name = "adopt drift",
				      .up = session_text(d->ctx, &d->there),
				      .with_down = DOWN_NO };
	if (!session_create(d->ctx, &made, table, err))
		return false;
	const struct project *project = d->ctx->project;
	struct history history;
	if (!project->format->load(d->ctx->arena, &project->settings, &history, err))
		return false;
	const char *version = history.ptr[history.len - 1].version;
	struct settle_options settle = { .named = version, .claim = CLAIM_APPLIED, .force = true };
	return settle_resolve(d->ctx->arena, &d->run, &settle, &settled, err);
}

static void show_revert(struct drifted *d)
{
	struct diff diff;
	struct statements back = { 0 };
	/* Somebody will run it in a session of another search_path than that of the migrations. */
	struct diff_options options = { .plain = true, .naming = d->run.settings.home ? NULL : d->run.settings.naming };
	diff_schemas(d->ctx->arena, &d->database, &d->history, &options, &diff);
	for (size_t i = 0; i < diff.statements.len; i++)
		if (counts(d, &diff.statements.ptr[i]))
			vec_push(d->ctx->arena, &back, diff.statements.ptr[i]);
	report_block(d->ctx->report, "revert", statements_script(d->ctx->arena, &back, 0, back.len));
}

bool drifted_settle(struct ctx *ctx, const struct scope *scope, const char *choice, bool *ret_stop, size_t *ret_pending,
		    struct err *err)
{
	struct drifted d = { .ctx = ctx, .scope = scope };
	bool ignore = choice && strcmp(choice, "ignore") == 0;
	*ret_stop = false;
	*ret_pending = 0;
	if (!look(&d, err)) {
		bool first = err->name && strcmp(err->name, "no-migrations-folder") == 0;
		if (first)
			err_clear(err); /* before the first migration of all there is nothing to compare with */
		return first;
	}
	*ret_pending = d.state.pending;
	if (!check_history(&d, ignore, err))
		return false;
	if (ignore || !applied_are_first(&d) || !d.last)
		return true;
	if (!compare(&d, err))
		return false;
	if (!d.there.len)
		return true;
	if (!choice)
		return ask(&d, err);
	if (strcmp(choice, "adopt") == 0)
		return adopt(&d, err);
	show_revert(&d);
	*ret_stop = true;
	return true;
}
