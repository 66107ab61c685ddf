#include "session/session.h"

#include "base/file.h"
#include "project/local.h"
#include "run/named.h"

bool session_target(struct ctx *ctx, struct err *err)
{
	struct project *project = ctx->project;
	if (ctx->common->local)
		return local_ensure(ctx->arena, project->root, &project->target, err);
	return project->target.keywords || project_target(ctx->arena, project, err);
}

static void tell_url(const struct project *project)
{
	const char *origin = project->url_origin ? project->url_origin : "the URL";
	for (size_t i = 0; i < project->target.notes.len; i++)
		term_info("%s: " STR_FMT, origin, STR_ARG(project->target.notes.ptr[i]));
	if (project->target.search_path && !project->format->takes_path)
		term_info("%s: ignored search_path: where names without a schema lead is %s's to say", origin,
			  project->format->title);
	else if (project->target.search_path && !project->format->targeted)
		term_info("%s: ignored search_path: it goes into brant.yaml (search_path: ...)", origin);
}

bool session_options(struct ctx *ctx, const char *command, struct run_options *ret_options, struct err *err)
{
	struct project *project = ctx->project;
	if (!session_target(ctx, err))
		return false;
	if (project->format->targeted)
		project->format->targeted(ctx->arena, &project->settings, &project->target);
	for (size_t i = 0; i < project->warnings.len; i++)
		report_note(ctx->report, "password-in-config", STR_FMT, STR_ARG(project->warnings.ptr[i]));
	tell_url(project);
	*ret_options = (struct run_options){
		.format = project->format,
		.settings = project->settings,
		.boundary = project->boundary,
		.target = project->target,
		.lock_timeout = project->lock_timeout,
		.statement_timeout = project->statement_timeout,
		.lock_retries = project->lock_retries,
		.notify_postgrest = project->notify_postgrest,
		.out_of_order = project->out_of_order,
		.allow_gaps = project->allow_gaps,
		.command = command,
	};
	return true;
}

void session_look_at_url(struct ctx *ctx)
{
	struct project *project = ctx->project;
	struct err ignored = { .arena = ctx->arena };
	if (!project->format->by_url || ctx->common->local)
		return;
	if (project->target.keywords || project_target(ctx->arena, project, &ignored))
		project->format->targeted(ctx->arena, &project->settings, &project->target);
}

/* A project without migrations is about to get its first one. */
static bool load_or_begin(struct ctx *ctx, struct history *history, struct err *err)
{
	const struct project *project = ctx->project;
	if (project->format->load(ctx->arena, &project->settings, history, err))
		return true;
	if (!err->name || strcmp(err->name, "no-migrations-folder") != 0)
		return false;
	const char *folder =
		project->settings.migrations ? project->settings.migrations : project->format->default_migrations;
	*history = (struct history){ .folder = path_join(ctx->arena, project->settings.root, folder) };
	err_clear(err);
	return true;
}

bool session_last_has_down(struct ctx *ctx)
{
	struct history history;
	struct err ignored = { .arena = ctx->arena };
	return load_or_begin(ctx, &history, &ignored) && history.len && history.ptr[history.len - 1].down_path;
}

/* As people name a place; the second of several that are made at once stands on the first. */
static bool choose_head(struct ctx *ctx, const struct history *history, struct new_migration *made, struct err *err)
{
	const struct format *format = ctx->project->format;
	size_t index;
	if (!made->head)
		return true;
	if (!format->heads)
		return err_set(err, ERR_USAGE, "usage", "--head is for histories that branch, and %s has none",
			       format->title);
	if (!named_one(ctx->arena, history, made->head, &index, err))
		return false;
	if (made->part && index < history->len &&
	    !named_one(ctx->arena, history, arena_printf(ctx->arena, "%s@head", history->ptr[index].version), &index,
		       err))
		return false;
	made->head = index < history->len ? history->ptr[index].version : "base";
	return true;
}

bool session_create(struct ctx *ctx, const struct new_migration *made, struct table *files, struct err *err)
{
	const struct project *project = ctx->project;
	struct history history;
	struct strs paths;
	struct new_migration chosen = *made;
	if (!load_or_begin(ctx, &history, err) || !choose_head(ctx, &history, &chosen, err) ||
	    !project->format->create(ctx->arena, &project->settings, &history, &chosen, &paths, err))
		return false;
	for (size_t i = 0; i < paths.len; i++) {
		table_row(files);
		table_cell(files, C_NAME, STR_FMT, STR_ARG(paths.ptr[i]));
	}
	return true;
}

void session_report_target(struct ctx *ctx, const struct run_options *options, const struct facts *facts)
{
	report_fact(ctx->report, NULL, "database", C_PLAIN, "%s%s", options->target.shown,
		    facts->pooled ? ", through a pooler" : "");
	report_fact(ctx->report, "database", NULL, C_PLAIN, "%s", options->target.shown);
	report_flag(ctx->report, "pooler", facts->pooled);
}

/* Of files that are not run; the rest is counted. */
enum { SHOWN = 5 };

/* Whoever has SQL files that begin with no version keeps them there on purpose; one in capitals is a migration that somebody waits for. */
static void report_ignored(struct ctx *ctx, const struct history *history, bool all)
{
	size_t n = 0;
	for (size_t i = 0; i < history->ignored.len; i++) {
		struct str name = history->ignored.ptr[i];
		const char *why =
			history->ignored_why ? history->ignored_why : "its name does not begin with a version";
		bool ending = !history->ignored_why && !str_ends(name, STR(".sql"));
		if ((all || ending) && ++n <= SHOWN)
			report_note(ctx->report, "ignored-file", STR_FMT " is no migration: %s", STR_ARG(name),
				    ending ? "its name does not end in \".sql\", in small letters" : why);
	}
	if (n > SHOWN)
		report_note(ctx->report, "ignored-file", "%zu more files in %s are no migrations", n - SHOWN,
			    history->folder);
}

void session_report_unused(struct ctx *ctx, const struct history *history, bool all)
{
	report_ignored(ctx, history, all);
	for (size_t i = 0; i < history->repeatable.len && i < SHOWN; i++)
		report_note(ctx->report, "repeatable",
			    STR_FMT
			    " is not applied: brant runs each migration once, and this one is meant to run again",
			    STR_ARG(history->repeatable.ptr[i]));
	if (history->repeatable.len > SHOWN)
		report_note(ctx->report, "repeatable",
			    "%zu more files in %s are meant to run again, and are not applied",
			    history->repeatable.len - SHOWN, history->folder);
}

/* With a word in front of each statement that has to be outside of the migration's transaction. */
static const char *marked_text(struct arena *arena, const struct statements *statements)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < statements->len; i++) {
		if (statements->ptr[i].apart && !statements->ptr[i].lone)
			buf_text(&buf, "-- brant: no-transaction\n");
		buf_str(&buf, statements_script(arena, statements, i, i + 1));
	}
	return buf.ptr;
}

const char *session_text(struct ctx *ctx, const struct statements *statements)
{
	const struct format *format = ctx->project->format;
	if (format->whole)
		return marked_text(ctx->arena, statements);
	if (format->compose)
		return format->compose(ctx->arena, &ctx->project->settings, statements, 0, statements->len).ptr;
	return statements_script(ctx->arena, statements, 0, statements->len).ptr;
}
