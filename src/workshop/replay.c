#include "workshop/replay.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/file.h"
#include "base/hash.h"
#include "db/absent.h"
#include "db/stand_in.h"
#include "project/local_platform.h"
#include "run/up.h"
#include "schema/schema.h"
#include "session/session.h"
#include "session/watch.h"
#include "sql/quote.h"
#include "term/term.h"

/* Images of one project: the newest, and some to go back to (another branch of the repository). */
enum { IMAGES_OF_A_PROJECT = 4 };

static const char *project_name(struct arena *arena, const struct project *project)
{
	char *path = realpath(project->root, NULL);
	const char *name = arena_printf(arena, "history-%.12s", sha256_of(arena, str_of(path ? path : project->root)));
	free(path);
	return name;
}

/* ---- keys ---- */

static void add(struct sha256 *hash, const char *text)
{
	sha256_add(hash, text ? (struct str){ text, strlen(text) + 1 } : STR("-"));
}

static char *first_key(struct arena *arena, const struct project *project, bool with_platform)
{
	const struct format_settings *settings = &project->settings;
	struct sha256 *hash = sha256_new(arena);
	add(hash, "3 " BRANT_VERSION);
	add(hash, schema_load_key(arena));
	add(hash, with_platform ? platform_key(arena) : NULL);
	add(hash, project->format->name);
	add(hash, settings->ledger);
	add(hash, settings->version_form);
	add(hash, settings->search_path);
	add(hash, settings->ground);
	for (size_t i = 0; settings->variables && i < settings->variables->len; i++) {
		add(hash, str_dup(arena, settings->variables->ptr[i].key));
		add(hash, settings->variables->ptr[i].value);
	}
	return sha256_hex(hash);
}

/* Where a script is all in its file, the file says enough, and need not be parsed. */
static bool is_all_in_file(const struct format *format, struct str text)
{
	return format->all_in_file && str_find(text, STR("\\i")) < 0;
}

/* The statements as they are sent, too: they may come from other files, or from a program. */
static char *next_key(struct arena *arena, const char *before, const struct migration *migration, struct str text,
		      const struct script *script)
{
	struct sha256 *hash = sha256_new(arena);
	add(hash, before);
	add(hash, migration->id);
	sha256_add(hash, text);
	for (size_t i = 0; script && i < script->stmts.len; i++) {
		sha256_add(hash, script->stmts.ptr[i].text);
		sha256_add(hash, script->stmts.ptr[i].copy_data);
		add(hash, "");
	}
	return sha256_hex(hash);
}

static bool is_word(struct str text, size_t at, const char *word)
{
	size_t len = strlen(word);
	return at + len <= text.len && strncasecmp(text.ptr + at, word, len) == 0;
}

bool text_makes_database(struct str text)
{
	static const char create[] = "create", database[] = "database";
	for (size_t i = 0; i < text.len; i++) {
		if ((text.ptr[i] | 32) != create[0] || !is_word(text, i, create))
			continue;
		size_t end = i + strlen(create), at = end;
		while (at < text.len && isspace((unsigned char)text.ptr[at]))
			at++;
		if (at > end && is_word(text, at, database))
			return true;
	}
	return false;
}

static bool makes_database(const struct script *script)
{
	for (size_t i = 0; i < script->stmts.len; i++)
		if (text_makes_database(script->stmts.ptr[i].text))
			return true;
	return text_makes_database(script->source.text);
}

/* An image without template1 is not for a history that makes databases from it, whichever migration does. */
static void set_apart(struct arena *arena, struct strs *keys)
{
	for (size_t i = 0; i < keys->len; i++)
		keys->ptr[i] = str_of(sha256_of(arena, str_of(arena_printf(arena, "%s whole", keys->ptr[i].ptr))));
}

/* The statements, too: they may come from other files. */
static void find_stand_ins(struct arena *arena, const struct script *script, struct strs *wants)
{
	stand_ins_find(arena, script->source.text, wants);
	for (size_t i = 0; i < script->stmts.len; i++)
		stand_ins_find(arena, script->stmts.ptr[i].text, wants);
}

static bool add_key(struct ctx *ctx, struct migration *migration, const char **key, struct replay *replay,
		    struct err *err)
{
	struct arena *arena = ctx->arena;
	const struct project *project = ctx->project;
	struct err ignored = { .arena = arena };
	struct script script;
	struct str text;
	bool makes;
	if (file_read(arena, migration->path, &text, &ignored) && is_all_in_file(project->format, text)) {
		*key = next_key(arena, *key, migration, text, NULL);
		makes = text_makes_database(text);
		stand_ins_find(arena, text, &replay->stand_ins);
	} else {
		if (!project->format->read(arena, &project->settings, migration, &script, err))
			return false;
		*key = next_key(arena, *key, migration, script.source.text, &script);
		makes = makes_database(&script);
		find_stand_ins(arena, &script, &replay->stand_ins);
	}
	replay->makes_databases = replay->makes_databases || makes;
	vec_push(arena, &replay->keys, str_of(*key));
	return true;
}

static bool find_keys(struct ctx *ctx, bool with_platform, struct replay *replay, struct err *err)
{
	const struct project *project = ctx->project;
	const char *key = first_key(ctx->arena, project, with_platform);
	struct history history;
	if (!project->format->load(ctx->arena, &project->settings, &history, err) ||
	    !format_prepare(ctx->arena, project->format, &project->settings, &history, NULL, false, err))
		return false;
	for (size_t i = 0; i < history.len; i++)
		if (!add_key(ctx, &history.ptr[i], &key, replay, err))
			return false;
	if (replay->makes_databases)
		set_apart(ctx->arena, &replay->keys);
	return true;
}

/* ---- images ---- */

static const char *image_of(struct ctx *ctx, const struct replay *replay, size_t migrations,
			    const struct binaries *binaries)
{
	return image_path(ctx->arena, replay->name, replay->keys.ptr[migrations - 1].ptr, binaries);
}

void replay_plan(struct ctx *ctx, bool with_platform, int major, const struct strs *wants, struct replay *ret_replay)
{
	struct replay replay = { .name = project_name(ctx->arena, ctx->project) };
	struct err err = { .arena = ctx->arena };
	struct binaries binaries;
	if (!find_keys(ctx, with_platform, &replay, &err)) {
		/* A project that is about to get its first migration has no folder for it yet. */
		replay.empty = err.name && strcmp(err.name, "no-migrations-folder") == 0;
		replay.keys.len = 0;
	}
	bool possible = binaries_find(ctx->arena, major, &binaries, &err);
	stand_ins_add(ctx->arena, wants, &replay.stand_ins);
	if (possible)
		replay.stand_ins = binaries.stand_ins = stand_ins_lacking(ctx->arena, &binaries, &replay.stand_ins);
	for (size_t n = replay.keys.len; possible && n > 0 && !replay.image; n--) {
		const char *path = image_of(ctx, &replay, n, &binaries);
		if (!path || !image_is_there(path))
			continue;
		replay.image = path;
		replay.kept = n;
	}
	*ret_replay = replay;
}

struct strs replay_stand_ins(struct ctx *ctx)
{
	const struct strs none = { 0 };
	struct replay replay;
	replay_plan(ctx, false, 0, &none, &replay);
	return replay.stand_ins;
}

bool replay_keep(struct ctx *ctx, const struct replay *replay, struct scratch *scratch, struct err *err)
{
	const char *path = replay->keys.len ? image_of(ctx, replay, replay->keys.len, &scratch->binaries) : NULL;
	if (!path)
		return true;
	if (!scratch_save(ctx->arena, scratch, path, err))
		return false;
	image_prune(path, replay->name, IMAGES_OF_A_PROJECT);
	return true;
}

/* On an empty server nothing is left behind, and nothing of the user's was touched: what is to be mended are the files. */
static bool tell_replay(struct err *err)
{
	if (advice_for_absent(err) || !err->file || err->hint)
		return false;
	return err_hint(
		err,
		"A history is replayed on a throwaway server that begins empty; your database was not touched. Mend the file, or get back a migration that is missing.");
}

/* Each statement by itself: some of it the platform may have made already. */
static void run_ground(struct arena *arena, struct db *db, const struct script *script)
{
	struct err ignored = { .arena = arena };
	for (size_t i = 0; i < script->stmts.len; i++)
		db_query(db, arena, str_dup(arena, script->stmts.ptr[i].text), 0, NULL, NULL, &ignored);
}

/* "$user" and what begins with pg_ is nobody's to make. */
struct statements replay_path_schemas(struct ctx *ctx)
{
	const char *path = ctx->project->settings.search_path;
	struct statements statements = { 0 };
	struct strs names = { 0 };
	if (!path || ctx->project->settings.home || !sql_path_names(ctx->arena, str_of(path), &names))
		return statements;
	for (size_t i = 0; i < names.len; i++)
		if (names.ptr[i].ptr[0] != '$' && !str_starts(names.ptr[i], STR("pg_")))
			statements_add(ctx->arena, &statements, "CREATE SCHEMA IF NOT EXISTS %s",
				       sql_ident(ctx->arena, names.ptr[i]));
	return statements;
}

/* A history that makes its schemas may do so without IF NOT EXISTS. */
static bool history_makes_schemas(struct ctx *ctx)
{
	static const char *const makes[] = { "create schema", NULL };
	const struct project *project = ctx->project;
	struct arena *scratch = arena_new(ctx->arena);
	struct err ignored = { .arena = scratch };
	struct history history;
	struct str text;
	bool found = false;
	if (project->format->load(scratch, &project->settings, &history, &ignored))
		for (size_t i = 0; i < history.len && !found; i++)
			found = file_read(scratch, history.ptr[i].path, &text, &ignored) &&
				str_mentions(scratch, text, makes);
	arena_free(scratch);
	return found;
}

/* Somebody else has made the schemas that names without one lead to: the owner of the database, say. */
static bool make_path(struct ctx *ctx, const struct target *target, struct err *err)
{
	struct db_options session = { .application = "brant: ground" };
	struct statements schemas = replay_path_schemas(ctx);
	struct db *db;
	if (!schemas.len || history_makes_schemas(ctx))
		return true;
	if (!db_open(ctx->arena, target, &session, &db, err))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < schemas.len; i++)
		ok = db_query(db, ctx->arena, schemas.ptr[i].sql, 0, NULL, NULL, err);
	db_close(db);
	return ok;
}

bool replay_ground(struct ctx *ctx, const struct target *target, struct err *err)
{
	struct arena *arena = ctx->arena;
	const struct project *project = ctx->project;
	struct script_options options = { .include_dir = project->root };
	struct db_options session = { .application = "brant: ground" };
	struct script script;
	struct rows rows;
	struct db *db;
	if (!project->settings.ground)
		return make_path(ctx, target, err);
	if (!script_parse(arena, &options, "the ground", str_of(project->settings.ground), &script, err) ||
	    !db_open(arena, target, &session, &db, err))
		return false;
	const char *ledger = format_ledger_table(arena, project->format, &project->settings);
	bool ok = db_query(db, arena, "SELECT pg_catalog.to_regclass($1) IS NULL", 1, &ledger, &rows, err);
	if (ok && rows_cell(&rows, 0, 0).ptr[0] == 't') {
		if (project->settings.search_path)
			ok = db_query(db, arena,
				      arena_printf(arena, "SET search_path = %s", project->settings.search_path), 0,
				      NULL, NULL, err);
		run_ground(arena, db, &script);
	}
	db_close(db);
	return ok;
}

bool replay_run(struct ctx *ctx, const struct target *target, const char *to, const struct map *only, struct err *err)
{
	const struct project *project = ctx->project;
	struct up_result result;
	struct session_watch watch = { .arena = ctx->arena, .doing = "replaying the history" };
	struct run_options options = {
		.watcher = session_watcher(&watch),
		.format = project->format,
		.settings = project->settings,
		.boundary = project->boundary,
		.target = *target,
		.lock_timeout = project->lock_timeout,
		.out_of_order = true,
		.contract = true,
		.allow_gaps = true,
		.to = to,
		.only = only,
		.command = "diff",
		.rehearsal = true,
	};
	bool ok = replay_ground(ctx, target, err) && up_run(ctx->arena, &options, 0, &result, err);
	progress_end();
	if (ok)
		return true;
	/* Before the first migration there is no folder: the history is empty. */
	if (!err->name || strcmp(err->name, "no-migrations-folder") != 0)
		return tell_replay(err);
	err_clear(err);
	return true;
}
