/*
 * place_find.c - which schema a user means by a word, a path or a URL.
 */
#include "base/file.h"
#include "project/local_platform.h"
#include "session/session.h"
#include "workshop/place.h"

static bool is_sql(const char *name)
{
	return str_ends(str_of(name), STR(".sql"));
}

static bool add_files(struct arena *arena, const char *path, struct strs *files, struct err *err)
{
	struct names names = { 0 };
	if (!file_is_dir(path)) {
		vec_push(arena, files, str_of(arena_strdup(arena, path)));
		return true;
	}
	if (!dir_list(arena, path, &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		char *inner = path_join(arena, path, names.ptr[i]);
		if ((file_is_dir(inner) || is_sql(inner)) && names.ptr[i][0] != '.' &&
		    !add_files(arena, inner, files, err))
			return false;
	}
	return true;
}

/* What the tool's source describes; a project of files has schema.sql or schema/. */
static bool find_wanted(struct ctx *ctx, struct schema_place *place, struct err *err)
{
	const struct project *project = ctx->project;
	const char *path = project->settings.wanted;
	if (project->format->wanted) {
		place->kind = PLACE_WANTED;
		return project->format->wanted(ctx->arena, &project->settings, &place->wanted, err);
	}
	place->kind = PLACE_FILES;
	if (!path)
		path = file_exists(path_join(ctx->arena, project->root, "schema.sql")) ? "schema.sql" : "schema";
	path = path_join(ctx->arena, project->root, path);
	if (file_exists(path))
		return add_files(ctx->arena, path, &place->files, err);
	err_set(err, ERR_USAGE, "no-such-schema", "there is no wanted schema: \"%s\" is not there", path);
	if (format_tell_below(&project->settings, err))
		return false;
	return err_hint(
		err,
		"Write it to schema.sql or a folder schema/, name it with \"schema:\" in brant.yaml, or say --to.");
}

static const struct format *format_of_source(struct arena *arena, const char *path)
{
	for (size_t i = 0; formats[i]; i++)
		if (formats[i]->is_source && formats[i]->is_source(arena, path))
			return formats[i];
	return NULL;
}

/* A source of the project's tool, but not the one that the project has. */
static bool find_source(struct ctx *ctx, const struct format *format, struct schema_place *place, struct err *err)
{
	const struct project *project = ctx->project;
	if (format != project->format) {
		err_set(err, ERR_USAGE, "no-such-schema", "\"%s\" is for %s, and this project is of %s", place->said,
			format->title, project->format->title);
		return err_hint(err, "Say where that project is with -C, or \"format: %s\" in brant.yaml.",
				format->name);
	}
	place->kind = PLACE_WANTED;
	return format->schema_in(ctx->arena, &project->settings, place->said, &place->wanted, err);
}

bool history_makes_platform(struct ctx *ctx, const struct history *history)
{
	const struct boundary *boundary = &ctx->project->boundary;
	struct arena *scratch = arena_new(ctx->arena);
	struct err ignored = { .arena = scratch };
	struct str text;
	bool makes = false;
	for (size_t i = 0; i < history->len && !makes && (boundary->off || boundary->allow.len); i++)
		makes = file_read(scratch, history->ptr[i].path, &text, &ignored) && platform_is_made_by(scratch, text);
	arena_free(scratch);
	return makes;
}

/* The project's files mean what its migrations mean by a name without a schema. */
static struct str prelude_of_files(struct ctx *ctx)
{
	struct statements statements = replay_path_schemas(ctx);
	if (!statements.len)
		return (struct str){ 0 };
	statements_add(ctx->arena, &statements, "SET search_path = %s", ctx->project->settings.search_path);
	return statements_script(ctx->arena, &statements, 0, statements.len);
}

bool schema_place_find(struct ctx *ctx, const char *said, struct schema_place *ret_place, struct err *err)
{
	const struct format *source;
	struct schema_place place = { .said = said };
	session_look_at_url(ctx);
	if (strcmp(said, "wanted") == 0) {
		if (!find_wanted(ctx, &place, err))
			return false;
	} else if (strcmp(said, "history") == 0)
		place.kind = PLACE_HISTORY;
	else if (strcmp(said, "database") == 0)
		place.kind = PLACE_DATABASE;
	else if (strcmp(said, "empty") == 0)
		place.kind = PLACE_FILES;
	else if (file_exists(said) && (source = format_of_source(ctx->arena, said))) {
		if (!find_source(ctx, source, &place, err))
			return false;
	} else if (file_exists(said)) {
		place.kind = PLACE_FILES;
		if (!add_files(ctx->arena, said, &place.files, err))
			return false;
	} else if (strstr(said, "://") || strchr(said, '='))
		place.kind = PLACE_URL;
	else {
		err_set(err, ERR_USAGE, "no-such-schema", "there is no schema at \"%s\"", said);
		return err_hint(
			err,
			"Say \"wanted\", \"history\", \"database\", \"empty\", a URL, a .sql file, a folder of .sql files, or what the project's tool has: a schema.prisma, a snapshot of Drizzle's.");
	}
	if (place.kind == PLACE_FILES && place.files.len)
		place.prelude = prelude_of_files(ctx);
	*ret_place = place;
	return true;
}
