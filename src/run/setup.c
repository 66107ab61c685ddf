/*
 * setup.c - schema brant and the ledger, where they are missing or of an earlier version.
 */
#include "run/loading.h"
#include "sql/quote.h"
#include "sql/split.h"

#include "boundary.sql.h"
#include "setup.sql.h"
#include "setup_functions.sql.h"
#include "setup_older.sql.h"
#include "tables.sql.h"

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

/* What a later version counts on would be put back, under the eyes of one that may be at work. */
static bool refuse_newer(int version, struct err *err)
{
	if (version <= BRANT_SCHEMA_VERSION)
		return true;
	err_set(err, ERR_REFUSED, "newer-brant", "a newer brant has been at work on this database");
	err_detail(err, "Its schema brant is of version %d, and this brant knows it up to version %d.", version,
		   BRANT_SCHEMA_VERSION);
	return err_hint(err, "Use the newer one everywhere. Nothing was changed.");
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

bool loading_tell_denied(struct err *err, const struct facts *facts, bool writes)
{
	if (strcmp(err->sqlstate, "42501") != 0)
		return false;
	const char *said = err->message, *role = sql_ident(err->arena, str_of(facts->user));
	const char *rights = writes ? "ALL" : "USAGE", *on_tables = writes ? "ALL" : "SELECT";
	err_set(err, ERR_FAILED, "state-denied", "role \"%s\" may not %s what brant keeps in schema \"brant\"",
		facts->user, writes ? "change" : "read");
	err_detail(err, "The server says: %s.", said);
	err_hint(
		err,
		"Connect as the role that ran brant here first, or let it run: GRANT %s ON SCHEMA brant TO %s; GRANT %s ON ALL TABLES IN SCHEMA brant TO %s;",
		rights, role, on_tables, role);
	return true;
}

static void send_all(struct db *db, const struct strs *statements)
{
	for (size_t i = 0; i < statements->len; i++)
		db_send(db, statements->ptr[i], 0, NULL, NULL, NULL);
}

/*
 * Roles of the API must not see brant's tables; their default privileges reach new tables of any schema that was said so.  Mostly none was, nothing has
 * privileges of its own then, and to take them all the same would write a row for each table and function.  One of each file tells for the others.
 */
static const char shut_out[] =
	"DO $brant$ DECLARE api text; BEGIN "
	"FOREACH api IN ARRAY ARRAY['anon', 'authenticated'] LOOP "
	"CONTINUE WHEN pg_catalog.to_regrole(api) IS NULL; "
	"IF pg_catalog.has_schema_privilege(api, 'brant', 'USAGE, CREATE') "
	"OR EXISTS (SELECT FROM pg_catalog.pg_class WHERE relacl IS NOT NULL "
	"AND oid = ANY (ARRAY[pg_catalog.to_regclass('brant.lease'), pg_catalog.to_regclass('brant.backfill')]::oid[])) "
	"OR EXISTS (SELECT FROM pg_catalog.pg_proc WHERE proacl IS NOT NULL AND oid = ANY (ARRAY[pg_catalog.to_regproc('brant.enter'), "
	"pg_catalog.to_regproc('brant.boundary_end'), pg_catalog.to_regproc('brant.backfill_claim')]::oid[])) THEN "
	"EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA brant FROM %I', api); "
	"EXECUTE pg_catalog.format('REVOKE ALL ON ALL TABLES IN SCHEMA brant FROM %I', api); "
	"EXECUTE pg_catalog.format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA brant FROM %I', api); "
	"END IF; END LOOP; END $brant$";

/* It stands twice: in the lease's row, which every run reads anyway, and in the comment, for people and for versions before 8. */
static void send_version(struct arena *arena, struct db *db, bool boundary)
{
	const char *lease = arena_printf(
		arena,
		"INSERT INTO brant.lease AS l (name, fence, schema_version, boundary) VALUES ('migrate', 0, %d, %s) ON CONFLICT (name) "
		"DO UPDATE SET schema_version = EXCLUDED.schema_version, boundary = l.boundary OR EXCLUDED.boundary "
		"WHERE l.schema_version IS DISTINCT FROM EXCLUDED.schema_version",
		BRANT_SCHEMA_VERSION, boundary ? "true" : "false");
	const char *comment =
		arena_printf(arena, "COMMENT ON SCHEMA brant IS 'state of brant, version %d'", BRANT_SCHEMA_VERSION);
	db_send(db, str_of(lease), 0, NULL, NULL, NULL);
	db_send(db, str_of(comment), 0, NULL, NULL, NULL);
}

/* Cut only: what our own statements do is known. */
static void send_script(struct db *db, const char *sql)
{
	struct splitter splitter = splitter_init(str_of(sql));
	struct str statement;
	while (splitter_statement(&splitter, &statement))
		db_send(db, statement, 0, NULL, NULL, NULL);
}

/*
 * Most databases never see a backfill, and many nothing that has to be looked at from inside: what that needs is made when it is needed first, and kept up to date
 * from then on.  A first migration waits for all that is made here.
 */
static void send_schema(struct arena *arena, struct db *db, bool own, bool older, bool backfills)
{
	if (own)
		send_script(db, sql_setup);
	if (own && older)
		send_script(db, sql_setup_older);
	if (own)
		send_script(db, sql_setup_functions);
	if (older || backfills)
		send_script(db, sql_boundary);
	if (older || backfills)
		send_script(db, sql_tables);
	db_send(db, STR(shut_out), 0, NULL, NULL, NULL);
	if (own)
		send_version(arena, db, older || backfills);
}

/*
 * Two first runs at once: CREATE ... IF NOT EXISTS alone can still collide in the catalog.  That our own functions can be read need not be tried in every
 * database: it took a third of the time of all this.
 */
static const char *const setup_begin[] = {
	"BEGIN",
	"SELECT set_config('lock_timeout', '10s', true), set_config('client_min_messages', 'warning', true), "
	"set_config('check_function_bodies', 'off', true)",
	"SELECT pg_advisory_xact_lock(4772108902)",
};

static void send_setup_begin(struct db *db)
{
	for (size_t i = 0; i < LEN(setup_begin); i++)
		db_send(db, str_of(setup_begin[i]), 0, NULL, NULL, NULL);
}

void state_boundary_statements(struct arena *arena, struct strs *ret_statements)
{
	struct splitter splitter = splitter_init(str_of(sql_boundary));
	struct strs statements = { 0 };
	struct str statement;
	for (size_t i = 0; i < LEN(setup_begin); i++)
		vec_push(arena, &statements, str_of(setup_begin[i]));
	while (splitter_statement(&splitter, &statement))
		vec_push(arena, &statements, statement);
	vec_push(arena, &statements, STR(shut_out));
	vec_push(arena, &statements, STR("UPDATE brant.lease SET boundary = true WHERE name = 'migrate'"));
	vec_push(arena, &statements, STR("COMMIT"));
	*ret_statements = statements;
}

bool state_setup_own(struct arena *arena, struct db *db, struct err *err)
{
	struct rows rows;
	if (!db_query(
		    db, arena,
		    "SELECT (SELECT pg_catalog.obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace WHERE nspname = 'brant'), "
		    "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
		    "WHERE n.nspname = 'brant' AND c.relname = 'backfill_range')",
		    0, NULL, &rows, err))
		return false;
	struct str comment = rows_cell(&rows, 0, 0);
	int version = loading_version_said(comment.ptr ? str_dup(arena, comment) : NULL);
	bool own = version == BRANT_SCHEMA_VERSION, backfills = str_eq(rows_cell(&rows, 0, 1), STR("t"));
	if (!refuse_newer(version, err))
		return false;
	if (own && backfills)
		return true;
	send_setup_begin(db);
	send_schema(arena, db, !own, !own, true);
	return db_commit(db, err) || err_prefix(err, "could not set up schema brant");
}

static bool may_set_up(const struct loading *l, bool schema)
{
	const struct state *state = l->state;
	if (!refuse_read_only(&state->facts, l->err) || !refuse_newer(state->facts.schema_version, l->err))
		return false;
	if (state->ledger.exists && !state->ledger.writable)
		return loading_denied(l, "write");
	return !schema || state->facts.has_schema || state->facts.can_create || cannot_create(state, l->err);
}

bool state_setup_send(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		      bool *ret_sent, struct err *err)
{
	struct loading *l = arena_alloc(arena, sizeof(*l));
	bool schema = state->facts.schema_version < BRANT_SCHEMA_VERSION;
	bool ledger = !state->ledger.exists || state->ledger.outdated;
	*l = (struct loading){ .arena = arena, .db = db, .options = options, .state = state, .err = err };
	*ret_sent = schema || ledger;
	if (!may_set_up(l, schema))
		return false;
	if (!*ret_sent)
		return true;
	struct strs statements;
	options->format->ledger_create(arena, &options->settings, &statements);
	send_setup_begin(db);
	if (schema)
		send_schema(arena, db, true, state->facts.has_schema, false);
	if (ledger)
		send_all(db, &statements);
	loading_send_shape(l);
	db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
	return true;
}

bool state_setup(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		 struct err *err)
{
	bool sent;
	if (!state_setup_send(arena, options, db, state, &sent, err))
		return false;
	if (!sent)
		return true;
	db_sync(db);
	if (!db_run(db, err)) {
		db_rollback(db);
		return err_prefix(err, "could not set up the ledger");
	}
	state->facts.schema_version = BRANT_SCHEMA_VERSION;
	return !err->code;
}
