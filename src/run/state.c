#include "run/state.h"

#include <stdlib.h>

#include "base/file.h"
#include "run/record.h"
#include "sql/quote.h"

#include "facts.sql.h"
#include "platform_names.sql.h"
#include "setup.sql.h"
#include "tables.sql.h"

/* What is being loaded, for the takers of answers. */
struct loading {
	struct arena *arena;
	struct db *db;
	const struct run_options *options;
	struct state *state;
	struct err *err;
	bool failed;
};

static const char *text(struct loading *l, const struct result *result, size_t row, size_t column)
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
static bool usable(struct loading *l, const struct result *result)
{
	if (result->kind == RESULT_ERROR)
		fail_with(l, result->err);
	return result->kind == RESULT_ROWS;
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

static void take_facts(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	struct facts *facts = &l->state->facts;
	if (!usable(l, result))
		return;
	facts->database = text(l, result, 0, 0);
	facts->user = text(l, result, 0, 1);
	facts->in_recovery = result_bool(result, 0, 2);
	facts->read_only = result_bool(result, 0, 3);
	facts->isolation = text(l, result, 0, 4);
	const char *comment = text(l, result, 0, 5);
	facts->has_schema = result_bool(result, 0, 6);
	const char *version = comment ? strstr(comment, "version ") : NULL;
	facts->schema_version = version ? (int)strtol(version + strlen("version "), NULL, 10) : 0;
	facts->can_create = result_bool(result, 0, 7);
	facts->postgrest = result_bool(result, 0, 8);
	facts->pooled = result_int(result, 0, 11) != db_backend_pid(l->db);
	facts->lock_timeout = text(l, result, 0, 12);
	facts->statement_timeout = text(l, result, 0, 13);
	facts->path = split(l->arena, text(l, result, 0, 9));
	struct strs schemas = split(l->arena, text(l, result, 0, 10));
	facts->platform = (struct strs){ 0 };
	for (size_t i = 0; i < schemas.len; i++)
		if (boundary_has_schema(&l->options->boundary, schemas.ptr[i]))
			vec_push(l->arena, &facts->platform, schemas.ptr[i]);
}

static void take_shape(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!usable(l, result))
		return;
	if (!l->options->format->ledger_shape_take(l->arena, &l->options->settings, result, &l->state->ledger, l->err))
		l->failed = true;
}

static void take_rows(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (usable(l, result))
		l->options->format->ledger_rows_take(l->arena, result, &l->state->ledger);
}

static void take_checksums(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!usable(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++) {
		struct checksum *sum = arena_alloc(l->arena, sizeof(*sum));
		sum->bytes = text(l, result, row, 1);
		map_set(l->arena, &l->state->checksums, str_of(text(l, result, row, 0)), sum);
	}
}

static void take_journal(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!usable(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++) {
		struct str version = str_of(text(l, result, row, 0));
		struct journal *journal = map_get(&l->state->journals, version);
		if (!journal) {
			journal = arena_alloc(l->arena, sizeof(*journal));
			map_set(l->arena, &l->state->journals, version, journal);
		}
		vec_push(l->arena, journal,
			 (struct journal_entry){
				 .position = (unsigned)result_int(result, row, 1),
				 .digest = text(l, result, row, 2),
				 .statement = text(l, result, row, 3),
				 .started_at = text(l, result, row, 4),
				 .finished_at = text(l, result, row, 5),
			 });
	}
}

static void take_lease(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	struct lease_info *lease = &l->state->lease;
	if (!usable(l, result) || !result->rows)
		return;
	lease->holder = text(l, result, 0, 0);
	lease->held = lease->holder != NULL;
	lease->anchored = result_bool(result, 0, 1);
	lease->seconds_held = (double)result_int(result, 0, 2);
	lease->seconds_left = (double)result_int(result, 0, 3);
	lease->command = text(l, result, 0, 4);
	lease->doing = text(l, result, 0, 5);
	lease->step = result_int(result, 0, 6);
	lease->steps = result_int(result, 0, 7);
}

static void take_platform_names(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!usable(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++)
		map_set(l->arena, &l->state->platform_names, str_of(text(l, result, row, 0)), l);
	l->state->knows_platform_names = true;
}

static void send_call(struct db *db, const struct call *call, result_fn *taker, void *ctx)
{
	db_send(db, str_of(call->sql), call->nparams, call->params, taker, ctx);
}

/* Digests of the files, while the server is busy with the first question.  One that cannot be read is nobody's business unless it counts. */
static void digest_files(struct arena *arena, struct history *history)
{
	struct arena *scratch = arena_new(arena);
	struct err ignored = { .arena = scratch };
	for (size_t i = 0; i < history->len; i++) {
		struct migration *migration = &history->ptr[i];
		struct arena *turn = arena_new(scratch);
		struct str now;
		if (file_read(turn, migration->path, &now, &ignored))
			migration->digest_bytes = arena_strdup(arena, script_digest_bytes(turn, now));
		arena_free(turn);
	}
	arena_free(scratch);
}

/* Reads the folder while the server thinks about the first question. */
static bool ask_first(struct loading *l, struct db *db)
{
	const struct run_options *options = l->options;
	struct call shape = l->options->format->ledger_shape(l->arena, &l->options->settings);
	db_send(db, str_of(sql_facts), 0, NULL, take_facts, l);
	send_call(db, &shape, take_shape, l);
	db_sync(db);
	db_poll(db);
	if (!options->format->load(l->arena, &options->settings, &l->state->history, l->err))
		return false;
	digest_files(l->arena, &l->state->history);
	return db_run(db, l->err) && !l->failed;
}

static void ask_brant(struct loading *l, struct db *db)
{
	const char *ledger[] = { l->state->ledger.shown };
	db_send(db, STR("SELECT version, bytes FROM brant.checksum WHERE ledger = $1"), 1, ledger, take_checksums, l);
	db_send(db,
		STR("SELECT version, position, digest, statement, started_at, finished_at FROM brant.step "
		    "WHERE ledger = $1 ORDER BY version, position"),
		1, ledger, take_journal, l);
	db_send(db,
		STR("SELECT l.holder, l.anchored_at IS NOT NULL, extract(epoch FROM clock_timestamp() - l.acquired_at)::bigint, "
		    "extract(epoch FROM l.expires_at - clock_timestamp())::bigint, r.command, r.doing, r.step, r.steps "
		    "FROM brant.lease l LEFT JOIN brant.run r ON r.fence = l.fence WHERE l.name = 'migrate'"),
		0, NULL, take_lease, l);
}

static bool path_meets_platform(const struct loading *l, const char **ret_joined)
{
	struct buf joined = buf_init(l->arena);
	const struct facts *facts = &l->state->facts;
	for (size_t i = 0; i < facts->path.len; i++)
		if (boundary_has_schema(&l->options->boundary, facts->path.ptr[i]))
			buf_printf(&joined, "%s" STR_FMT, joined.len ? "\1" : "", STR_ARG(facts->path.ptr[i]));
	*ret_joined = joined.ptr;
	return joined.len > 0;
}

static bool ledger_denied(const struct loading *l, const char *what)
{
	struct err *err = l->err;
	err_set(err, ERR_FAILED, "ledger-denied", "role \"%s\" may not %s the ledger %s", l->state->facts.user, what,
		l->state->ledger.shown);
	return err_hint(err, "Let its owner run: GRANT SELECT, INSERT, DELETE ON %s TO %s;", l->state->ledger.table,
			sql_ident(err->arena, str_of(l->state->facts.user)));
}

static bool ask_rest(struct loading *l, struct db *db)
{
	struct state *state = l->state;
	const char *joined;
	if (state->ledger.exists && !state->ledger.readable)
		return ledger_denied(l, "read");
	if (state->ledger.exists) {
		struct call rows = l->options->format->ledger_rows(l->arena, &l->options->settings, &state->ledger);
		send_call(db, &rows, take_rows, l);
	}
	if (state->facts.schema_version > 0)
		ask_brant(l, db);
	if (!state->knows_platform_names && path_meets_platform(l, &joined))
		db_send(db, str_of(sql_platform_names), 1, &joined, take_platform_names, l);
	if (!db_queued(db))
		return true;
	db_sync(db);
	return db_run(db, l->err) && !l->failed;
}

/* Compares an applied file with what it was; false only when it cannot be read. */
static bool compare(struct arena *arena, struct migration *migration, const struct checksum *sum,
		    enum standing *ret_standing, struct err *err)
{
	struct str now;
	if (!migration->digest_bytes) {
		if (!file_read(arena, migration->path, &now, err))
			return false;
		migration->digest_bytes = script_digest_bytes(arena, now);
	}
	*ret_standing = strcmp(migration->digest_bytes, sum->bytes) == 0 ? STANDING_APPLIED : STANDING_EDITED;
	return true;
}

/* The tool keeps a checksum of its own, and somebody else applied the migration. */
static bool compare_as_tool(struct loading *l, const struct migration *migration, enum standing *ret_standing)
{
	struct arena *scratch = arena_new(l->arena);
	struct str now;
	/* Most tools hash as brant does, and that is done already. */
	bool same = migration->digest_bytes && strcmp(migration->digest_bytes, migration->entry->checksum) == 0;
	bool ok = same || file_read(scratch, migration->path, &now, l->err);
	if (ok)
		*ret_standing = same || l->options->format->unchanged(scratch, migration, now) ? STANDING_APPLIED
											       : STANDING_EDITED;
	arena_free(scratch);
	return ok;
}

static void take_tokens(void *ctx, const struct result *result)
{
	struct loading *l = ctx;
	if (!usable(l, result))
		return;
	for (size_t row = 0; row < result->rows; row++) {
		struct checksum *sum = map_get(&l->state->checksums, str_of(text(l, result, row, 0)));
		if (sum)
			sum->tokens = text(l, result, row, 1);
	}
}

/* Of the files whose bytes have changed, which have only changed their layout?  Rarely asked, so it costs a question of its own. */
static bool tell_layout_apart(struct loading *l)
{
	struct state *state = l->state;
	const char *ledger[] = { state->ledger.shown };
	if (state->facts.schema_version <= 0)
		return true;
	db_send(l->db, STR("SELECT version, tokens FROM brant.checksum WHERE ledger = $1"), 1, ledger, take_tokens, l);
	if (!db_run(l->db, l->err) || l->failed)
		return false;
	for (size_t i = 0; i < state->history.len; i++) {
		const struct migration *migration = &state->history.ptr[i];
		struct str now;
		if (state->standings[i] != STANDING_EDITED)
			continue;
		const struct checksum *sum = map_get(&state->checksums, str_of(migration->version));
		struct arena *scratch = arena_new(l->arena);
		bool ok = file_read(scratch, migration->path, &now, l->err);
		if (ok && sum && sum->tokens &&
		    strcmp(record_tokens(scratch, l->options->format, now), sum->tokens) == 0)
			state->standings[i] = STANDING_REFORMATTED;
		arena_free(scratch);
		if (!ok)
			return false;
	}
	return true;
}

/*
 * As it was when brant applied or accepted it, or as the tool itself recorded it: either will do.  The tool may have applied an edited file again
 * on a database that it reset, and knows nothing of an edit that brant was told to accept.
 */
static bool judge_applied(struct loading *l, struct migration *migration, const struct checksum *sum,
			  enum standing *ret_standing)
{
	*ret_standing = STANDING_APPLIED;
	if (sum && !compare(l->arena, migration, sum, ret_standing, l->err))
		return false;
	if (sum && *ret_standing == STANDING_APPLIED)
		return true;
	if (!l->options->format->unchanged || !migration->entry->checksum)
		return true;
	return compare_as_tool(l, migration, ret_standing);
}

static bool judge(struct loading *l, size_t i, bool later_applied)
{
	struct state *state = l->state;
	struct migration *migration = &state->history.ptr[i];
	enum standing *standing = &state->standings[i];
	const struct checksum *sum = map_get(&state->checksums, str_of(migration->version));
	if (map_get(&state->journals, str_of(migration->version)))
		*standing = STANDING_PARTLY;
	else if (!migration->entry || migration->entry->state == LEDGER_ROLLED_BACK)
		*standing = (later_applied && !l->options->format->any_order) || migration->passed_over
			? STANDING_OUT_OF_ORDER
			: STANDING_PENDING;
	else if (migration->entry->state == LEDGER_FAILED)
		*standing = STANDING_FAILED;
	else
		return judge_applied(l, migration, sum, standing);
	return true;
}

static bool judge_all(struct loading *l)
{
	struct state *state = l->state;
	bool later_applied = false, edited = false;
	state->standings = arena_alloc(l->arena, (state->history.len + 1) * sizeof(*state->standings));
	state->pending = state->applied = state->missing = 0;
	for (size_t i = state->history.len; i-- > 0;) {
		if (!judge(l, i, later_applied))
			return false;
		edited = edited || state->standings[i] == STANDING_EDITED;
		if (state->history.ptr[i].entry && state->history.ptr[i].entry->state == LEDGER_APPLIED)
			later_applied = true;
		if (standing_is_pending(state->standings[i]))
			state->pending++;
		else
			state->applied++;
	}
	for (size_t i = 0; i < state->ledger.len; i++)
		if (!state->ledger.ptr[i].migration)
			state->missing++;
	return !edited || tell_layout_apart(l);
}

bool state_load(struct arena *arena, const struct run_options *options, struct db *db, struct state *ret_state,
		struct err *err)
{
	struct loading l = { .arena = arena, .db = db, .options = options, .state = ret_state, .err = err };
	*ret_state = (struct state){ 0 };
	if (!ask_first(&l, db) || !ask_rest(&l, db))
		return false;
	options->format->match(arena, &options->settings, &ret_state->history, &ret_state->ledger);
	return judge_all(&l);
}

bool state_reload(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		  struct err *err)
{
	struct loading l = { .arena = arena, .db = db, .options = options, .state = state, .err = err };
	state->checksums = (struct map){ 0 };
	state->journals = (struct map){ 0 };
	state->failures = (struct map){ 0 };
	state->lease = (struct lease_info){ 0 };
	for (size_t i = 0; i < state->history.len; i++)
		state->history.ptr[i].entry = NULL;
	state->ledger.len = 0;
	if (!ask_rest(&l, db))
		return false;
	options->format->match(arena, &options->settings, &state->history, &state->ledger);
	return judge_all(&l);
}

bool state_recorded(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		    const struct migration *migration, bool *ret_recorded, struct err *err)
{
	struct loading l = { .arena = arena, .db = db, .options = options, .state = state, .err = err };
	struct call rows = options->format->ledger_rows(arena, &options->settings, &state->ledger);
	for (size_t i = 0; i < state->history.len; i++)
		state->history.ptr[i].entry = NULL;
	state->ledger.len = 0;
	send_call(db, &rows, take_rows, &l);
	db_sync(db);
	if (!db_run(db, err) || l.failed)
		return false;
	options->format->match(arena, &options->settings, &state->history, &state->ledger);
	*ret_recorded = migration->entry && migration->entry->state == LEDGER_APPLIED;
	return true;
}

static bool refuse_read_only(const struct facts *facts, struct err *err)
{
	if (!facts->in_recovery && !facts->read_only)
		return true;
	err_set(err, ERR_FAILED, "read-only", "this server takes no changes");
	if (facts->in_recovery)
		err_detail(err, "It is a standby that follows another server.");
	else
		err_detail(err, "default_transaction_read_only is on for this role or database.");
	return err_hint(err, "Point DATABASE_URL at the primary.");
}

static bool cannot_create(const struct state *state, struct err *err)
{
	err_set(err, ERR_FAILED, "no-state-schema", "role \"%s\" may not create the schema brant keeps its state in",
		state->facts.user);
	err_detail(err, "brant needs a schema \"brant\" in database \"%s\": its lease, its journal and its checksums.",
		   state->facts.database);
	return err_hint(err, "Let the database's owner run once: CREATE SCHEMA brant AUTHORIZATION %s;",
			sql_ident(err->arena, str_of(state->facts.user)));
}

static void send_all(struct db *db, const struct strs *statements)
{
	for (size_t i = 0; i < statements->len; i++)
		db_send(db, statements->ptr[i], 0, NULL, NULL, NULL);
}

/* Roles of the API must not see brant's tables; their default privileges reach new tables of any schema that was said so. */
static const char shut_out[] =
	"DO $brant$ DECLARE api name; BEGIN "
	"FOR api IN SELECT rolname FROM pg_catalog.pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP "
	"EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA brant FROM %I', api); "
	"EXECUTE pg_catalog.format('REVOKE ALL ON ALL TABLES IN SCHEMA brant FROM %I', api); "
	"EXECUTE pg_catalog.format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA brant FROM %I', api); "
	"END LOOP; END $brant$";

static bool send_schema(struct arena *arena, struct db *db, struct err *err)
{
	struct script script;
	struct script_options none = { 0 };
	const char *all = arena_printf(arena, "%s;\n%s", sql_setup, sql_tables);
	if (!script_parse(arena, &none, "setup.sql", str_of(all), &script, err))
		return false;
	for (size_t i = 0; i < script.stmts.len; i++) {
		db_send(db, script.stmts.ptr[i].text, 0, NULL, NULL, NULL);
		/* Tables and functions come after the schema; what is revoked must exist. */
		if (i + 1 == script.stmts.len)
			db_send(db, STR(shut_out), 0, NULL, NULL, NULL);
	}
	return true;
}

/* Two first runs at once: CREATE ... IF NOT EXISTS alone can still collide in the catalog. */
static void send_setup_begin(struct db *db)
{
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(db,
		STR("SELECT set_config('lock_timeout', '10s', true), set_config('client_min_messages', 'warning', true)"),
		0, NULL, NULL, NULL);
	db_send(db, STR("SELECT pg_advisory_xact_lock(4772108902)"), 0, NULL, NULL, NULL);
}

bool state_setup_own(struct arena *arena, struct db *db, struct err *err)
{
	struct rows rows;
	const char *wanted = arena_printf(arena, "state of brant, version %d", BRANT_SCHEMA_VERSION);
	if (!db_query(db, arena,
		      "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'brant' "
		      "AND pg_catalog.obj_description(oid, 'pg_namespace') = $1)",
		      1, &wanted, &rows, err))
		return false;
	if (str_eq(rows_cell(&rows, 0, 0), STR("t")))
		return true;
	send_setup_begin(db);
	if (!send_schema(arena, db, err))
		return false;
	db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
	db_sync(db);
	bool ok = db_run(db, err);
	db_rollback(db);
	return ok || err_prefix(err, "could not set up schema brant");
}

bool state_setup(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		 struct err *err)
{
	struct loading l = { .arena = arena, .db = db, .options = options, .state = state, .err = err };
	bool schema = state->facts.schema_version < BRANT_SCHEMA_VERSION;
	bool ledger = !state->ledger.exists || state->ledger.outdated;
	if (!refuse_read_only(&state->facts, err))
		return false;
	if (state->ledger.exists && !state->ledger.writable)
		return ledger_denied(&l, "write");
	if (!schema && !ledger)
		return true;
	if (schema && !state->facts.has_schema && !state->facts.can_create)
		return cannot_create(state, err);
	struct strs statements;
	options->format->ledger_create(arena, &options->settings, &statements);
	send_setup_begin(db);
	if (schema && !send_schema(arena, db, err))
		return false;
	if (ledger)
		send_all(db, &statements);
	struct call shape = options->format->ledger_shape(arena, &options->settings);
	send_call(db, &shape, take_shape, &l);
	db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
	db_sync(db);
	if (!db_run(db, err)) {
		db_rollback(db);
		return err_prefix(err, "could not set up the ledger");
	}
	state->facts.schema_version = BRANT_SCHEMA_VERSION;
	return !l.failed;
}

const char *standing_text(enum standing standing)
{
	switch (standing) {
	case STANDING_APPLIED:
		return "applied";
	case STANDING_PENDING:
		return "pending";
	case STANDING_OUT_OF_ORDER:
		return "out of order";
	case STANDING_PARTLY:
		return "partly applied";
	case STANDING_FAILED:
		return "failed";
	case STANDING_FAILED_GONE:
		return "failed, left nothing";
	case STANDING_EDITED:
		return "edited";
	case STANDING_REFORMATTED:
		return "applied (layout changed)";
	}
	return "";
}

bool standing_is_pending(enum standing standing)
{
	return standing == STANDING_PENDING || standing == STANDING_OUT_OF_ORDER || standing == STANDING_PARTLY ||
		standing == STANDING_FAILED || standing == STANDING_FAILED_GONE;
}
