/*
 * workshop_open.c - which server the places need: of which version, with the platform's schemas or without.
 */
#include "base/file.h"
#include "db/binaries.h"
#include "db/stand_in.h"
#include "project/local_platform.h"
#include "sql/quote.h"
#include "workshop/place.h"

/* A file that makes the platform's schemas itself has no use for ours. */
static bool file_wants_platform(struct arena *arena, const char *path)
{
	static const char *const uses[] = { "auth.", "storage.",      "realtime.",    "vault.",
					    " anon", "authenticated", "service_role", NULL };
	static const char *const makes[] = { "create schema auth",        "create schema if not exists auth",
					     "create schema storage",     "create role anon",
					     "create role authenticated", NULL };
	struct err ignored = { .arena = arena };
	struct str text;
	return file_read(arena, path, &text, &ignored) && str_mentions(arena, text, uses) &&
		!str_mentions(arena, text, makes) && !platform_is_made_by(arena, text);
}

static bool place_makes_databases(struct arena *arena, const struct schema_place *place)
{
	struct err ignored = { .arena = arena };
	struct str text;
	bool makes = text_makes_database(place->wanted.ddl);
	for (size_t i = 0; i < place->files.len && !makes; i++)
		makes = file_read(arena, str_dup(arena, place->files.ptr[i]), &text, &ignored) &&
			text_makes_database(text);
	return makes;
}

static void find_stand_ins(struct arena *arena, const struct schema_place *place, struct strs *wants)
{
	struct err ignored = { .arena = arena };
	struct str text;
	stand_ins_find(arena, place->prelude, wants);
	stand_ins_find(arena, place->wanted.ddl, wants);
	for (size_t i = 0; i < place->files.len; i++)
		if (file_read(arena, str_dup(arena, place->files.ptr[i]), &text, &ignored))
			stand_ins_find(arena, text, wants);
}

/* More than every server has, and more than the platform adds. */
static bool is_path_of_its_own(struct arena *arena, const char *path)
{
	static const char *const usual[] = { "$user", "public", "extensions" };
	struct strs names = { 0 };
	bool own = false;
	if (!sql_path_names(arena, str_of(path), &names))
		return false;
	for (size_t i = 0; i < names.len && !own; i++) {
		own = true;
		for (size_t k = 0; k < LEN(usual); k++)
			own = own && !str_eq(names.ptr[i], str_of(usual[k]));
	}
	return own;
}

/* Where the project does not say it: what a role or a database has by ALTER ROLE ... SET search_path is what its migrations meant by a name without a schema. */
static void take_path(struct ctx *ctx, const struct schema_place *place, struct str path)
{
	struct format_settings *settings = &ctx->project->settings;
	char *said = path.ptr ? str_dup(ctx->arena, path) : NULL;
	if (said && place->kind == PLACE_DATABASE && !settings->search_path && is_path_of_its_own(ctx->arena, said))
		settings->search_path = said;
}

/* Whether it has the platform, its major version, and on the way the path that it means. */
static bool look_at_database(struct ctx *ctx, const struct schema_place *place, bool *ret_has, int *ret_major,
			     struct err *err)
{
	struct target target;
	struct db *db;
	struct rows rows;
	if (!schema_place_target(ctx, place, &target, err) || !workshop_connect_to(ctx->arena, &target, &db, err))
		return false;
	bool ok = db_query(
		db, ctx->arena,
		"SELECT pg_catalog.to_regnamespace('auth') IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'anon'), "
		"(SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path')",
		0, NULL, &rows, err);
	*ret_major = db_server_version(db) / 10000;
	db_close(db);
	*ret_has = ok && rows_cell(&rows, 0, 0).ptr[0] == 't';
	if (ok)
		take_path(ctx, place, rows_cell(&rows, 0, 1));
	return ok;
}

static bool project_makes_platform(struct ctx *ctx)
{
	const struct project *project = ctx->project;
	struct err ignored = { .arena = ctx->arena };
	struct history history;
	return project->format->load(ctx->arena, &project->settings, &history, &ignored) &&
		history_makes_platform(ctx, &history);
}

static bool wants_platform(struct ctx *ctx, const struct schema_place *place, bool *ret_wants, int *ret_major,
			   struct err *err)
{
	*ret_wants = place->kind == PLACE_HISTORY || place->kind == PLACE_WANTED;
	if (place->kind == PLACE_URL || place->kind == PLACE_DATABASE)
		return look_at_database(ctx, place, ret_wants, ret_major, err);
	for (size_t i = 0; i < place->files.len; i++)
		*ret_wants = *ret_wants || file_wants_platform(ctx->arena, str_dup(ctx->arena, place->files.ptr[i]));
	return true;
}

static void add_ledger_on_path(struct ctx *ctx, const char *ledger, struct strs *tables)
{
	const struct project *project = ctx->project;
	struct str schema, table;
	struct strs names = { 0 };
	if (!project->format->ledger_on_path || !project->settings.search_path ||
	    !sql_parse_name(ctx->arena, str_of(ledger), &schema, &table) ||
	    !sql_path_names(ctx->arena, str_of(project->settings.search_path), &names))
		return;
	size_t first = str_eq(names.ptr[0], STR("$user")) ? 1 : 0;
	if (first < names.len)
		vec_push(ctx->arena, tables, str_of(sql_qualified(ctx->arena, names.ptr[first], table)));
}

bool workshop_open(struct ctx *ctx, const struct schema_place *places, size_t nplaces, struct workshop *ret_workshop,
		   struct err *err)
{
	struct workshop shop = { .ctx = ctx, .only_sources = true };
	const struct project *project = ctx->project;
	struct err ignored = { .arena = ctx->arena };
	struct binaries binaries;
	bool asked = false;
	for (size_t i = 0; i < nplaces; i++) {
		shop.with_history = shop.with_history || places[i].kind == PLACE_HISTORY;
		bool wants, is_database = places[i].kind == PLACE_URL || places[i].kind == PLACE_DATABASE;
		if (!wants_platform(ctx, &places[i], &wants, &shop.major, err))
			return false;
		/* What a database is like counts more than what a history might need. */
		if (is_database || !asked)
			shop.with_platform = is_database ? wants : shop.with_platform || wants;
		asked = asked || is_database;
		shop.only_sources =
			shop.only_sources && (places[i].kind == PLACE_FILES || places[i].kind == PLACE_WANTED);
		shop.makes_databases = shop.makes_databases || place_makes_databases(ctx->arena, &places[i]);
		find_stand_ins(ctx->arena, &places[i], &shop.wants);
	}
	/* A database that came about by this history may look as if it had the platform. */
	if (shop.with_history && shop.with_platform && project_makes_platform(ctx))
		shop.with_platform = false;
	/* Versions write the same view differently: the database's own, where it is installed. */
	if (shop.major && !binaries_find(ctx->arena, shop.major, &binaries, &ignored))
		shop.major = 0;
	/* With files and histories alone the platform is one that we put there. */
	if (shop.with_platform && (!asked || !project->boundary.off))
		shop.options.outside = project->boundary.schemas;
	const char *ledger = project->settings.ledger ? project->settings.ledger : project->format->default_ledger;
	vec_push(ctx->arena, &shop.options.outside_tables, str_of(ledger));
	add_ledger_on_path(ctx, ledger, &shop.options.outside_tables);
	*ret_workshop = shop;
	return true;
}
