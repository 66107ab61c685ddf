#include "workshop/workshop.h"

#include "base/file.h"
#include "db/stand_in.h"
#include "project/local_platform.h"
#include "schema/create.h"
#include "schema/splice.h"
#include "sql/quote.h"
#include "term/report.h"
#include "workshop/ahead.h"
#include "workshop/attempt.h"

/* ---- its databases ---- */

bool workshop_connect_to(struct arena *arena, const struct target *target, struct db **ret_db, struct err *err)
{
	struct db_options options = { .application = "brant: schema" };
	return db_open(arena, target, &options, ret_db, err);
}

bool workshop_load_from(struct workshop *shop, const struct target *target, struct buf *keep, struct schema *ret_schema,
			struct err *err)
{
	struct db *db;
	if (!workshop_connect_to(shop->ctx->arena, target, &db, err))
		return false;
	bool ok = schema_load_keep(shop->ctx->arena, db, &shop->options, keep, ret_schema, err);
	db_close(db);
	return ok;
}

/* The same server, but as the one that users arrive as. */
bool workshop_target(struct workshop *shop, const char *database, struct target *ret_target, struct err *err)
{
	struct arena *arena = shop->ctx->arena;
	bool is_history = strcmp(database, HISTORY_DATABASE) == 0;
	if (!is_history && !shop->started)
		scratch_complete_soon(&shop->scratch);
	if (!workshop_start(shop, err) || (!is_history && !scratch_complete(&shop->scratch, err)) ||
	    !scratch_target(arena, &shop->scratch, database, ret_target, err))
		return false;
	for (size_t i = 0; shop->with_platform && ret_target->keywords[i]; i++)
		if (strcmp(ret_target->keywords[i], "user") == 0)
			ret_target->values[i] = PLATFORM_OWNER;
	return true;
}

void workshop_session_close(struct workshop *shop)
{
	if (shop->open)
		db_close(shop->db);
	shop->open = NULL;
	shop->prepared = false;
}

/* The session that was used last, where it is in this database. */
bool workshop_session(struct workshop *shop, const char *database, struct err *err)
{
	struct target target;
	if (shop->open && strcmp(shop->open, database) == 0 && db_is_open(shop->db))
		return true;
	if (workshop_take_ahead(shop, database))
		return true;
	workshop_session_close(shop);
	if (!workshop_target(shop, database, &target, err) ||
	    !workshop_connect_to(shop->ctx->arena, &target, &shop->db, err))
		return false;
	shop->open = database;
	return true;
}

bool workshop_load(struct workshop *shop, const char *database, struct schema *ret_schema, struct err *err)
{
	if (!workshop_session(shop, database, err) ||
	    !schema_load(shop->ctx->arena, shop->db, &shop->options, ret_schema, err))
		return false;
	ret_schema->user = shop->with_platform ? PLATFORM_OWNER : SERVER_SUPERUSER;
	return true;
}

bool workshop_load_changed(struct workshop *shop, const char *database, const struct schema *before,
			   const struct strs *tables, struct schema *ret_schema)
{
	struct arena *arena = shop->ctx->arena;
	struct err ignored = { .arena = arena };
	struct schema part;
	*ret_schema = *before;
	return workshop_session(shop, database, &ignored) &&
		schema_load_tables(arena, shop->db, &shop->options, shop->prepared, tables, NULL, &part) &&
		schema_splice(arena, ret_schema, &part, tables);
}

bool workshop_connect(struct workshop *shop, const char *database, struct db **ret_db, struct err *err)
{
	struct target target;
	return workshop_target(shop, database, &target, err) &&
		workshop_connect_to(shop->ctx->arena, &target, ret_db, err);
}

void stand_in_note(struct ctx *ctx, struct str extension)
{
	if (str_find(extension, STR(" ")) < 0)
		report_note(
			ctx->report, "stand-in",
			"the extension \"" STR_FMT
			"\" is not installed on this machine: a stand-in took its place on the throwaway server, with its names and types, not with what it does",
			STR_ARG(extension));
}

/* ---- the server ---- */

/* Without a history, too, there may be something that the server is to have. */
static void plan_stand_ins(struct workshop *shop)
{
	struct err ignored = { .arena = shop->ctx->arena };
	struct binaries binaries;
	if (shop->wants.len && binaries_find(shop->ctx->arena, shop->major, &binaries, &ignored))
		shop->replay.stand_ins = stand_ins_lacking(shop->ctx->arena, &binaries, &shop->wants);
}

void workshop_plan_replay(struct workshop *shop)
{
	if (!shop->with_history && !shop->planned)
		plan_stand_ins(shop);
	if (shop->with_history && !shop->planned)
		replay_plan(shop->ctx, shop->with_platform, shop->major, &shop->wants, &shop->replay);
	shop->planned = true;
}

static struct scratch_source source_of(const struct workshop *shop)
{
	bool makes_databases = shop->makes_databases || shop->replay.makes_databases;
	return (struct scratch_source){
		.major = shop->major,
		.unpack = shop->with_platform ? platform_unpack : NULL,
		/* One of a history that makes no databases has no template1. */
		.image = shop->makes_databases ? NULL : shop->replay.image,
		.lean = !makes_databases && (shop->with_history || shop->only_sources),
		.stand_ins = shop->replay.stand_ins,
	};
}

void workshop_start_soon(struct workshop *shop)
{
	if (shop->started || shop->scratch.begun)
		return;
	workshop_plan_replay(shop);
	struct scratch_source source = source_of(shop);
	scratch_begin(shop->ctx->arena, &source, &shop->scratch);
}

void workshop_begin(struct ctx *ctx, struct workshop *ret_workshop)
{
	*ret_workshop = (struct workshop){ .ctx = ctx, .with_platform = true, .with_history = true };
	workshop_start_soon(ret_workshop);
}

void workshop_take(struct workshop *shop, const struct workshop *begun)
{
	if (!begun->planned || begun->with_platform != shop->with_platform ||
	    begun->with_history != shop->with_history || begun->major != shop->major)
		return;
	/* What another place needs was not known yet. */
	plan_stand_ins(shop);
	for (size_t i = 0; i < shop->replay.stand_ins.len; i++)
		if (!stand_ins_have(&begun->replay.stand_ins, shop->replay.stand_ins.ptr[i]))
			return;
	shop->planned = true;
	shop->replay = begun->replay;
	if (!shop->makes_databases)
		shop->scratch = begun->scratch;
}

bool workshop_start(struct workshop *shop, struct err *err)
{
	const char *database;
	if (shop->started)
		return true;
	workshop_plan_replay(shop);
	struct scratch_source source = source_of(shop);
	if (!scratch_start(shop->ctx->arena, &source, &shop->scratch, err))
		return false;
	shop->started = true;
	return !shop->owes_history || workshop_fill_history(shop, &database, err);
}

/* Subscriptions belong to the server: a copy of a database is without them. */
static bool ask_subscriptions(struct arena *arena, struct db *db, const char *database, bool *ret_any, struct err *err)
{
	struct rows rows;
	bool ok = db_query(db, arena,
			   "SELECT EXISTS (SELECT FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d "
			   "ON d.oid = s.subdbid WHERE d.datname = $1)",
			   1, &database, &rows, err);
	*ret_any = ok && rows_cell(&rows, 0, 0).ptr[0] == 't';
	return ok;
}

/* Only we are connected to what is copied, and that does not count. */
static bool make_database(struct workshop *shop, const char *name, const char *template, bool *ret_subscribes,
			  struct err *err)
{
	struct arena *arena = shop->ctx->arena;
	if (!workshop_session(shop, template, err))
		return false;
	/* Through the log, which is the default since it can be chosen, each page would be written twice. */
	const char *sql = arena_printf(arena, "CREATE DATABASE %s TEMPLATE %s OWNER " SERVER_SUPERUSER "%s", name,
				       template, db_server_version(shop->db) >= 150000 ? " STRATEGY file_copy" : "");
	return db_query(shop->db, arena, sql, 0, NULL, NULL, err) &&
		ask_subscriptions(arena, shop->db, template, ret_subscribes, err);
}

/* Without a word to their publishers. */
static bool copy_subscriptions(struct workshop *shop, const char *database, const char *copy, struct err *err)
{
	static const struct objects nothing;
	struct statements statements = { 0 };
	struct schema schema;
	if (!workshop_load(shop, database, &schema, err))
		return false;
	for (size_t i = 0; i < schema.objects.len; i++)
		if (schema.objects.ptr[i]->kind == KIND_SUBSCRIPTION)
			create_object(shop->ctx->arena, schema.objects.ptr[i], &nothing, &statements);
	return workshop_run(shop, copy, &statements, err);
}

bool workshop_copy(struct workshop *shop, const char *database, const char **ret_copy, struct err *err)
{
	bool subscribes;
	*ret_copy = arena_printf(shop->ctx->arena, "brant_%u", ++shop->databases);
	return make_database(shop, *ret_copy, database, &subscribes, err) &&
		(!subscribes || copy_subscriptions(shop, database, *ret_copy, err));
}

/* Loaded once, and written down before the image is made. */
static bool load_history(struct workshop *shop, const char *database, struct err *err)
{
	struct arena *arena = shop->ctx->arena;
	struct buf keep = buf_init(arena);
	struct target target;
	struct schema schema;
	if (!workshop_target(shop, database, &target, err) || !workshop_load_from(shop, &target, &keep, &schema, err))
		return false;
	shop->history = buf_as_str(&keep);
	return file_write(path_join(arena, shop->scratch.server.data, KEPT_SCHEMA), shop->history, 0600, err);
}

/* A history is at home there from its first migration on. */
static bool make_home(struct workshop *shop, const char *database, struct err *err)
{
	const char *home = shop->ctx->project->settings.home;
	struct statements statements = { 0 };
	if (!home)
		return true;
	statements_add(shop->ctx->arena, &statements, "CREATE SCHEMA IF NOT EXISTS %s",
		       sql_ident(shop->ctx->arena, str_of(home)));
	bool ok = workshop_run(shop, database, &statements, err);
	workshop_session_close(shop);
	return ok;
}

/* The history has a database of its own, which an image brings along. */
bool workshop_fill_history(struct workshop *shop, const char **ret_database, struct err *err)
{
	struct replay *replay = &shop->replay;
	struct target target;
	const char *database = HISTORY_DATABASE;
	bool subscribes;
	workshop_session_close(shop);
	workshop_close_ahead(shop);
	if (!shop->scratch.from_image && !shop->replayed &&
	    (!make_database(shop, database, PLATFORM_DATABASE, &subscribes, err) || !make_home(shop, database, err)))
		return false;
	if (!shop->scratch.from_image)
		replay->kept = 0;
	*ret_database = database;
	if (replay->empty && !shop->replayed)
		return workshop_target(shop, database, &target, err) && replay_ground(shop->ctx, &target, err);
	if (shop->replayed || replay->empty || (replay->keys.len && replay->kept == replay->keys.len))
		return true;
	/* To keep it the server is stopped. */
	workshop_session_close(shop);
	if (!workshop_target(shop, database, &target, err) || !replay_run(shop->ctx, &target, NULL, NULL, err))
		return false;
	shop->replayed = true;
	return shop->databases ||
		(load_history(shop, database, err) && replay_keep(shop->ctx, replay, &shop->scratch, err));
}

bool workshop_replay(struct workshop *shop, const char *database, const char *to, struct err *err)
{
	struct target target;
	return workshop_target(shop, database, &target, err) && replay_run(shop->ctx, &target, to, NULL, err);
}

bool workshop_replay_only(struct workshop *shop, const char *database, const struct map *only, struct err *err)
{
	struct target target;
	return workshop_target(shop, database, &target, err) && replay_run(shop->ctx, &target, NULL, only, err);
}

/* ---- what is run there ---- */

/* Roles are all databases' here: one that is made is there already, and one that goes has a use elsewhere. */
static bool is_of_other_places(const char *sql, const struct err *failure)
{
	static const char duplicate_object[] = "42710", dependent_objects[] = "2BP01";
	struct str text = str_of(sql);
	return (str_starts(text, STR("CREATE ROLE ")) && strcmp(failure->sqlstate, duplicate_object) == 0) ||
		(str_starts(text, STR("DROP ROLE ")) && strcmp(failure->sqlstate, dependent_objects) == 0);
}

/* What they have set is not for those that come next.  DISCARD ALL would take what is prepared, too. */
static bool forget_settings(struct workshop *shop, struct err *err)
{
	static const char *const parts[] = {
		"CLOSE ALL",        "SET SESSION AUTHORIZATION DEFAULT",          "RESET ALL",
		"UNLISTEN *",       "SELECT pg_catalog.pg_advisory_unlock_all()", "DISCARD TEMP",
		"DISCARD SEQUENCES"
	};
	if (!shop->prepared)
		return db_query(shop->db, shop->ctx->arena, "DISCARD ALL", 0, NULL, NULL, err);
	for (size_t i = 0; i < LEN(parts); i++)
		db_send(shop->db, str_of(parts[i]), 0, NULL, NULL, NULL);
	return db_run(shop->db, err);
}

bool workshop_run(struct workshop *shop, const char *database, const struct statements *statements, struct err *err)
{
	struct arena *arena = shop->ctx->arena;
	struct err ignored = { .arena = arena };
	bool ok = true;
	if (!workshop_session(shop, database, err))
		return false;
	struct db *db = shop->db;
	for (size_t i = 0; ok && i < statements->len; i++) {
		struct rows rows;
		ok = db_query(db, arena, statements->ptr[i].sql, 0, NULL, &rows, err);
		if (!ok && is_of_other_places(statements->ptr[i].sql, err)) {
			err_clear(err);
			ok = true;
		}
		if (!ok && make_missing_role(arena, db, err)) {
			err_clear(err);
			ok = db_query(db, arena, statements->ptr[i].sql, 0, NULL, &rows, err);
		}
		if (!ok) {
			err_set(err, ERR_FAILED, "proof-failed", "%s", err->message);
			err_detail(err, "The statement was: %s", statements->ptr[i].sql);
		}
	}
	if (!forget_settings(shop, &ignored))
		workshop_session_close(shop);
	return ok;
}

bool workshop_run_text(struct workshop *shop, const char *database, struct str text, struct err *err)
{
	struct arena *arena = shop->ctx->arena;
	const struct project *project = shop->ctx->project;
	struct script_options options = { .include_dir = project->root };
	struct statements statements = { 0 };
	struct script script;
	if (!script_parse(arena, &options, "the new migration", text, &script, err))
		return false;
	if (project->settings.search_path)
		statements_add(arena, &statements, "SET search_path = %s", project->settings.search_path);
	for (size_t i = 0; i < script.stmts.len; i++)
		if (script.stmts.ptr[i].kind == STMT_SQL || script.stmts.ptr[i].kind == STMT_SET)
			statements_add(arena, &statements, "%s", str_dup(arena, script.stmts.ptr[i].text));
	return workshop_run(shop, database, &statements, err);
}
