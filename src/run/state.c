#include "run/loading.h"

#include <stdlib.h>

#include "sql/quote.h"

#include "facts.sql.h"
#include "platform_names.sql.h"

const char *loading_text(struct loading *l, const struct result *result, size_t row, size_t column)
{
	struct str cell = result_cell(result, row, column);
	return cell.ptr ? str_dup(l->arena, cell) : NULL;
}

static void fail_with(struct loading *l, const struct err *err)
{
	if (!l->failed)
		err_copy(l->err, err);
	l->failed = true;
}

/* Errors that mean "later in the segment" are kept; rows are taken by the caller. */
static bool answered(struct loading *l, const struct result *result)
{
	if (result->kind == RESULT_ERROR)
		fail_with(l, result->err);
	return result->kind == RESULT_ROWS;
}

bool loading_usable(struct loading *l, const struct result *result)
{
	return l->ahead ? result->kind == RESULT_ROWS : answered(l, result);
}

static struct strs split(struct arena *arena, const char *joined)
{
	struct strs all = { 0 };
	struct str rest = str_of(joined ? joined : ""), part;
	while (rest.len) {
		str_cut(rest, '\1', &part, &rest);
		vec_push(arena, &all, part);
	}
	return all;
}

/* Of functions that are neither the platform's nor in the schema where it puts such things.  Schemas come quoted where they need it. */
static bool has_own_event_triggers(const struct loading *l, struct strs schemas)
{
	for (size_t i = 0; i < schemas.len; i++) {
		struct str none, schema;
		if (!sql_parse_name(l->arena, schemas.ptr[i], &none, &schema) ||
		    (!str_eq(schema, STR("extensions")) && !boundary_has_schema(&l->options->boundary, schema)))
			return true;
	}
	return false;
}

static void take_facts(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	struct facts *facts = &l->state->facts;
	if (!answered(l, result))
		return;
	facts->database = loading_text(l, result, 0, 0);
	facts->user = loading_text(l, result, 0, 1);
	facts->in_recovery = result_bool(result, 0, 2);
	facts->read_only = result_bool(result, 0, 3);
	facts->isolation = loading_text(l, result, 0, 4);
	facts->has_schema = result_bool(result, 0, 5);
	facts->can_create = result_bool(result, 0, 6);
	facts->postgrest = result_bool(result, 0, 7);
	facts->path = split(l->arena, loading_text(l, result, 0, 8));
	struct strs schemas = split(l->arena, loading_text(l, result, 0, 9));
	facts->pooled = result_int(result, 0, 10) != db_backend_pid(l->db);
	facts->lock_timeout = loading_text(l, result, 0, 11);
	facts->statement_timeout = loading_text(l, result, 0, 12);
	facts->own_event_triggers = has_own_event_triggers(l, split(l->arena, loading_text(l, result, 0, 13)));
	facts->platform = (struct strs){ 0 };
	for (size_t i = 0; i < schemas.len; i++)
		if (boundary_has_schema(&l->options->boundary, schemas.ptr[i]))
			vec_push(l->arena, &facts->platform, schemas.ptr[i]);
}

static bool asked_for_rows_of(const struct loading *l, const struct ledger *ledger)
{
	const struct format *format = l->options->format;
	return ledger->exists &&
		strcmp(format->ledger_rows(l->arena, &l->options->settings, ledger).sql, l->rows_sql) == 0;
}

/* Rows that came before the shape did: they count where the question for them turns out to have been the right one. */
static void keep_rows(struct loading *l, const struct ledger *known)
{
	struct ledger *ledger = &l->state->ledger;
	if (!l->has_rows)
		return;
	l->has_rows = !l->failed && asked_for_rows_of(l, ledger);
	if (!l->has_rows)
		return;
	ledger->ptr = known->ptr;
	ledger->len = known->len;
	ledger->cap = known->cap;
}

static void take_shape(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	struct ledger known = l->state->ledger;
	if (!answered(l, result))
		return;
	if (!l->options->format->ledger_shape_take(l->arena, &l->options->settings, result, &l->state->ledger, l->err))
		l->failed = true;
	keep_rows(l, &known);
}

/* Asked ahead, it may have been the question for a ledger of another shape. */
static void take_rows(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	const struct ledger *shape = l->shape ? l->shape : &l->state->ledger;
	if (!loading_usable(l, result) || !asked_for_rows_of(l, shape))
		return;
	l->options->format->ledger_rows_take(l->arena, result, &l->state->ledger);
	l->has_rows = true;
}

static void take_checksums(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!loading_usable(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++) {
		struct checksum *sum = arena_alloc(l->arena, sizeof(*sum));
		sum->bytes = loading_text(l, result, row, 1);
		map_set(l->arena, &l->state->checksums, str_of(loading_text(l, result, row, 0)), sum);
	}
}

static void take_journal(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!loading_usable(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++) {
		struct str version = str_of(loading_text(l, result, row, 0));
		struct journal *journal = map_get(&l->state->journals, version);
		if (!journal) {
			journal = arena_alloc(l->arena, sizeof(*journal));
			map_set(l->arena, &l->state->journals, version, journal);
		}
		vec_push(l->arena, journal,
			 (struct journal_entry){
				 .position = (unsigned)result_int(result, row, 1),
				 .digest = loading_text(l, result, row, 2),
				 .statement = loading_text(l, result, row, 3),
				 .started_at = loading_text(l, result, row, 4),
				 .finished_at = loading_text(l, result, row, 5),
			 });
	}
}

static void take_lease(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!loading_usable(l, result))
		return;
	l->has_brant = true;
	if (!result->rows)
		return;
	l->state->holder = loading_text(l, result, 0, 0);
	if (result_cell(result, 0, 1).ptr)
		l->state->facts.schema_version = (int)result_int(result, 0, 1);
	l->state->facts.has_boundary = result_bool(result, 0, 2);
}

int loading_version_said(const char *comment)
{
	const char *version = comment ? strstr(comment, "version ") : NULL;
	return version ? (int)strtol(version + strlen("version "), NULL, 10) : 0;
}

/* Up to version 7 it stood in the schema's comment only, which costs a new connection more than all of brant's tables. */
static void take_comment(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!answered(l, result))
		return;
	l->state->facts.schema_version = loading_version_said(loading_text(l, result, 0, 0));
}

static void take_platform_names(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!answered(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++)
		map_set(l->arena, &l->state->platform_names, str_of(loading_text(l, result, row, 0)), l);
	l->state->knows_platform_names = true;
}

static void send_call(struct db *db, const struct call *call, result_fn *taker, void *ctx)
{
	db_send(db, str_of(call->sql), call->nparams, call->params, taker, ctx);
}

static void ask_brant(struct loading *l, const char *shown)
{
	struct db *db = l->db;
	const char *ledger[] = { shown };
	db_send(db, STR("SELECT version, bytes FROM brant.checksum WHERE ledger = $1"), 1, ledger, take_checksums, l);
	db_send(db,
		STR("SELECT version, position, digest, statement, started_at, finished_at FROM brant.step "
		    "WHERE ledger = $1 ORDER BY version, position"),
		1, ledger, take_journal, l);
	int version = l->ahead ? BRANT_SCHEMA_VERSION : l->state->facts.schema_version;
	db_send(db,
		version >= BOUNDARY_IN_LEASE
			? STR("SELECT holder, schema_version, boundary FROM brant.lease WHERE name = 'migrate'")
			: version >= VERSION_IN_LEASE
			? STR("SELECT holder, schema_version, false FROM brant.lease WHERE name = 'migrate'")
			: STR("SELECT holder, NULL, false FROM brant.lease WHERE name = 'migrate'"),
		0, NULL, take_lease, l);
}

bool loading_denied(const struct loading *l, const char *what)
{
	struct err *err = l->err;
	err_set(err, ERR_FAILED, "ledger-denied", "role \"%s\" may not %s the ledger %s", l->state->facts.user, what,
		l->state->ledger.shown);
	return err_hint(err, "Let its owner run: GRANT SELECT, INSERT, DELETE ON %s TO %s;", l->state->ledger.table,
			sql_ident(err->arena, str_of(l->state->facts.user)));
}

void loading_send_shape(struct loading *l)
{
	struct call shape = l->options->format->ledger_shape(l->arena, &l->options->settings);
	send_call(l->db, &shape, take_shape, l);
}

static void ask_rows(struct loading *l, const struct ledger *ledger)
{
	struct call rows = l->options->format->ledger_rows(l->arena, &l->options->settings, ledger);
	l->rows_sql = rows.sql;
	send_call(l->db, &rows, take_rows, l);
}

static bool usual_ledger(struct loading *l, struct ledger *ret_usual)
{
	const struct format *format = l->options->format;
	return format->ledger_usual && format->ledger_usual(l->arena, &l->options->settings, ret_usual);
}

/*
 * What is most likely there, with the first question: it saves a round trip whenever brant has been here before.  Where it is not there, these
 * messages fail and nothing else does, because they come last.
 */
static void ask_ahead(struct loading *l)
{
	struct ledger usual;
	l->ahead = true;
	if (!usual_ledger(l, &usual))
		return;
	ask_rows(l, &usual);
	ask_brant(l, usual.shown);
}

/* Names in platform schemas of the search path: which schemas those are, the server knows.  The platform's own roles have one there. */
static void ask_platform_names(struct loading *l)
{
	const struct boundary *boundary = &l->options->boundary;
	struct buf joined = buf_init(l->arena);
	if (boundary->off)
		return;
	for (size_t i = 0; i < boundary->schemas.len; i++)
		buf_printf(&joined, "%s" STR_FMT, i ? "\1" : "", STR_ARG(boundary->schemas.ptr[i]));
	const char *params[] = { joined.ptr };
	db_send(l->db, str_of(sql_platform_names), 1, params, take_platform_names, l);
}

static void ask_facts(struct loading *l)
{
	db_send(l->db, str_of(sql_facts), 0, NULL, take_facts, l);
	loading_send_shape(l);
	ask_platform_names(l);
}

/* Reads the folder while the server thinks about the first question. */
static bool ask_first(struct loading *l, struct ahead *ahead)
{
	db_sync(l->db);
	db_poll(l->db);
	if (!ahead_history(ahead, &l->state->history, l->err))
		return false;
	bool ok = db_run(l->db, l->err) && !l->failed;
	l->ahead = false;
	return ok;
}

static bool conclude(struct loading *l)
{
	struct state *state = l->state;
	l->options->format->match(l->arena, &l->options->settings, &state->history, &state->ledger);
	return loading_judge(l);
}

static bool all_applied(const struct state *state)
{
	for (size_t i = 0; i < state->history.len; i++)
		if (state->standings[i] != STANDING_APPLIED)
			return false;
	return !state->missing;
}

/* Matched and judged once more when the rest is known. */
static void unmatch(struct state *state)
{
	for (size_t i = 0; i < state->history.len; i++)
		state->history.ptr[i].entry = NULL;
	for (size_t i = 0; i < state->ledger.len; i++)
		state->ledger.ptr[i].migration = NULL;
}

/*
 * To a new connection each catalog that a question opens costs more than the way to a server nearby.  So the ledger and brant's own tables are asked for alone, and
 * where they say that there is nothing to do, what the server is and may does not matter.  Else that is asked next, and what was answered stays.
 */
static bool glance(struct loading *l, struct ahead *ahead, bool *ret_settled)
{
	struct state *state = l->state;
	struct ledger usual;
	*ret_settled = false;
	if (!usual_ledger(l, &usual))
		return true;
	usual.exists = usual.readable = usual.writable = true;
	state->ledger = usual;
	l->shape = &usual;
	ask_ahead(l);
	bool ok = ask_first(l, ahead);
	l->shape = NULL;
	if (!ok || !l->has_rows || !l->has_brant || state->facts.schema_version != BRANT_SCHEMA_VERSION ||
	    !state->history.len)
		return ok;
	state->facts.has_schema = true;
	if (!conclude(l))
		return false;
	*ret_settled = all_applied(state);
	if (!*ret_settled)
		unmatch(state);
	return true;
}

/* Where the lease was there it has said so; nobody has had it yet, or this schema is of an earlier version. */
static bool ask_version(struct loading *l)
{
	struct facts *facts = &l->state->facts;
	if (!facts->has_schema || facts->schema_version)
		return true;
	db_send(l->db, STR("SELECT obj_description(to_regnamespace('brant'), 'pg_namespace')"), 0, NULL, take_comment,
		l);
	db_sync(l->db);
	return db_run(l->db, l->err) && !l->failed;
}

static bool ask_rest(struct loading *l)
{
	struct state *state = l->state;
	if (state->ledger.exists && !state->ledger.readable)
		return loading_denied(l, "read");
	if (!ask_version(l))
		return false;
	if (state->ledger.exists && !l->has_rows)
		ask_rows(l, &state->ledger);
	if (state->facts.schema_version > 0 && !l->has_brant)
		ask_brant(l, state->ledger.shown);
	if (!db_queued(l->db))
		return true;
	db_sync(l->db);
	return db_run(l->db, l->err) && !l->failed;
}

static bool load(struct loading *l, struct ahead *ahead)
{
	bool settled = false, glanced = ahead_is_for_up(ahead) && db_is_near(l->db);
	if (glanced && !glance(l, ahead, &settled))
		return false;
	if (settled)
		return true;
	ask_facts(l);
	if (!glanced)
		ask_ahead(l);
	if (ask_first(l, ahead) && ask_rest(l))
		return conclude(l);
	if (l->state->facts.user)
		loading_tell_denied(l->err, &l->state->facts, false);
	return false;
}

bool state_load(struct arena *arena, const struct run_options *options, struct db *db, struct ahead *ahead,
		struct state *ret_state, struct err *err)
{
	struct loading l = { .arena = arena, .db = db, .options = options, .state = ret_state, .err = err };
	*ret_state = (struct state){ 0 };
	if (!ahead)
		ahead = ahead_start(arena, options, AHEAD_DIGESTS);
	ret_state->ahead = ahead;
	bool ok = load(&l, ahead);
	ahead_stop(ahead);
	return ok;
}

/* What others may have changed meanwhile. */
static void forget(struct state *state)
{
	state->checksums = (struct map){ 0 };
	state->journals = (struct map){ 0 };
	state->failures = (struct map){ 0 };
	state->holder = NULL;
	for (size_t i = 0; i < state->history.len; i++)
		state->history.ptr[i].entry = NULL;
	state->ledger.ptr = NULL;
	state->ledger.len = state->ledger.cap = 0;
}

bool state_recorded(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		    const struct migration *migration, bool *ret_recorded, struct err *err)
{
	struct loading l = { .arena = arena, .db = db, .options = options, .state = state, .err = err };
	for (size_t i = 0; i < state->history.len; i++)
		state->history.ptr[i].entry = NULL;
	state->ledger.len = 0;
	ask_rows(&l, &state->ledger);
	db_sync(db);
	if (!db_run(db, err) || l.failed)
		return false;
	options->format->match(arena, &options->settings, &state->history, &state->ledger);
	*ret_recorded = migration->entry && migration->entry->state == LEDGER_APPLIED;
	return true;
}

bool state_reload(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		  struct err *err)
{
	struct loading l = { .arena = arena, .db = db, .options = options, .state = state, .err = err };
	forget(state);
	return ask_rest(&l) && conclude(&l);
}

struct loading *state_reload_send(struct arena *arena, const struct run_options *options, struct db *db,
				  const struct state *state, struct err *err)
{
	struct loading *l = arena_alloc(arena, sizeof(*l));
	struct state *fresh = arena_alloc(arena, sizeof(*fresh));
	struct ledger usual;
	*fresh = *state;
	*l = (struct loading){ .arena = arena, .db = db, .options = options, .state = fresh, .err = err };
	fresh->ledger.ptr = NULL;
	fresh->ledger.len = fresh->ledger.cap = 0;
	fresh->checksums = fresh->journals = (struct map){ 0 };
	fresh->holder = NULL;
	/* Should what is in front of it fail, the rest is skipped, and that is no failure of its own. */
	l->ahead = true;
	l->shape = &state->ledger;
	if (fresh->ledger.exists)
		ask_rows(l, &fresh->ledger);
	else if (usual_ledger(l, &usual))
		ask_rows(l, &usual);
	ask_brant(l, fresh->ledger.shown);
	return l;
}

bool state_reload_take(struct loading *l, struct state *state)
{
	forget(state);
	state->ledger.ptr = l->state->ledger.ptr;
	state->ledger.len = l->state->ledger.len;
	state->ledger.cap = l->state->ledger.cap;
	state->checksums = l->state->checksums;
	state->journals = l->state->journals;
	state->holder = l->state->holder;
	state->facts.has_boundary = l->state->facts.has_boundary;
	l->state = state;
	l->shape = NULL;
	l->ahead = false;
	return ask_rest(l) && conclude(l);
}
