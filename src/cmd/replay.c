#include "cmd/replay.h"

#include <stdlib.h>

#include "base/hash.h"
#include "cmd/session.h"
#include "project/local_platform.h"
#include "run/up.h"
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
	add(hash, "2 " BRANT_VERSION);
	add(hash, with_platform ? platform_key(arena) : NULL);
	add(hash, project->format->name);
	add(hash, settings->ledger);
	add(hash, settings->version_form);
	add(hash, settings->search_path);
	for (size_t i = 0; settings->variables && i < settings->variables->len; i++) {
		add(hash, str_dup(arena, settings->variables->ptr[i].key));
		add(hash, settings->variables->ptr[i].value);
	}
	return sha256_hex(hash);
}

/* The statements as they are sent, too: they may come from other files, or from a program. */
static char *next_key(struct arena *arena, const char *before, const struct migration *migration,
		      const struct script *script)
{
	struct sha256 *hash = sha256_new(arena);
	add(hash, before);
	add(hash, migration->id);
	sha256_add(hash, script->source.text);
	for (size_t i = 0; i < script->stmts.len; i++) {
		sha256_add(hash, script->stmts.ptr[i].text);
		sha256_add(hash, script->stmts.ptr[i].copy_data);
		add(hash, "");
	}
	return sha256_hex(hash);
}

static bool find_keys(struct ctx *ctx, bool with_platform, struct replay *replay, struct err *err)
{
	const struct project *project = ctx->project;
	const char *key = first_key(ctx->arena, project, with_platform);
	struct history history;
	if (!project->format->load(ctx->arena, &project->settings, &history, err))
		return false;
	for (size_t i = 0; i < history.len; i++) {
		struct script script;
		if (!project->format->read(ctx->arena, &project->settings, &history.ptr[i], &script, err))
			return false;
		key = next_key(ctx->arena, key, &history.ptr[i], &script);
		vec_push(ctx->arena, &replay->keys, str_of(key));
	}
	return true;
}

/* ---- images ---- */

static const char *image_of(struct ctx *ctx, const struct replay *replay, size_t migrations,
			    const struct binaries *binaries)
{
	return image_path(ctx->arena, replay->name, replay->keys.ptr[migrations - 1].ptr, binaries);
}

void replay_plan(struct ctx *ctx, bool with_platform, int major, struct replay *ret_replay)
{
	struct replay replay = { .name = project_name(ctx->arena, ctx->project) };
	struct err err = { .arena = ctx->arena };
	struct binaries binaries;
	if (!find_keys(ctx, with_platform, &replay, &err)) {
		/* A project that is about to get its first migration has no folder for it yet. */
		replay.empty = err.name && strcmp(err.name, "no-migrations-folder") == 0;
		replay.keys.len = 0;
	}
	bool possible = replay.keys.len && binaries_find(ctx->arena, major, &binaries, &err);
	for (size_t n = replay.keys.len; possible && n > 0 && !replay.image; n--) {
		const char *path = image_of(ctx, &replay, n, &binaries);
		if (!path || !image_is_there(path))
			continue;
		replay.image = path;
		replay.kept = n;
	}
	*ret_replay = replay;
}

/* Nothing is made from it here, and each copy would carry its 7 MB. */
static void drop_spare(struct ctx *ctx, const struct scratch *scratch)
{
	struct err ignored = { .arena = ctx->arena };
	struct db_options options = { .application = "brant: image" };
	struct target target;
	struct rows rows;
	struct db *db;
	if (!scratch_target(ctx->arena, scratch, "template1", &target, &ignored) ||
	    !db_open(ctx->arena, &target, &options, &db, &ignored))
		return;
	db_query(db, ctx->arena, "UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'", 0, NULL,
		 &rows, &ignored);
	db_query(db, ctx->arena, "DROP DATABASE IF EXISTS template0", 0, NULL, &rows, &ignored);
	db_close(db);
}

bool replay_keep(struct ctx *ctx, const struct replay *replay, struct scratch *scratch, struct err *err)
{
	const char *path = replay->keys.len ? image_of(ctx, replay, replay->keys.len, &scratch->binaries) : NULL;
	if (!path)
		return true;
	drop_spare(ctx, scratch);
	if (!scratch_save(ctx->arena, scratch, path, err))
		return false;
	image_prune(path, replay->name, IMAGES_OF_A_PROJECT);
	return true;
}

/* On an empty server nothing is left behind, and nothing of the user's was touched: what is to be mended are the files. */
static bool tell_replay(struct err *err)
{
	if (!err->file || err->hint)
		return false;
	return err_hint(
		err,
		"A history is replayed on a throwaway server that begins empty; your database was not touched. Mend the file, or get back a migration that is missing.");
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
	bool ok = up_run(ctx->arena, &options, 0, &result, err);
	progress_end();
	if (ok)
		return true;
	/* Before the first migration there is no folder: the history is empty. */
	if (!err->name || strcmp(err->name, "no-migrations-folder") != 0)
		return tell_replay(err);
	err_clear(err);
	return true;
}
