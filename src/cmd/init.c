#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cmd/commands.h"
#include "project/environment.h"

struct init_options {
	bool example;
};

#define AT(field) offsetof(struct init_options, field)
static const struct option options[] = {
	{ "example", 0, OPTION_FLAG, NULL, "with a first migration that shows how one may look", AT(example) },
	{ 0 },
};
#undef AT

static const char example_up[] =
	"-- A table of its own for each user's notes.  Row level security and its policies belong in the migration that makes the table:\n"
	"-- until they are there, everybody who has the public key can read it.\n"
	"CREATE TABLE public.notes (\n"
	"    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
	"    owner uuid NOT NULL,\n"
	"    body text NOT NULL DEFAULT '',\n"
	"    created_at timestamptz NOT NULL DEFAULT now()\n"
	");\n"
	"\n"
	"ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;\n"
	"\n"
	"CREATE INDEX notes_owner_idx ON public.notes (owner);\n";

static const char example_down[] = "DROP TABLE public.notes;\n";

/* What init does, step by step, for the report. */
struct init {
	struct ctx *ctx;
	const char *folder; /* of the migrations, as the user would write it */
	struct table *table;
	bool dry;
};

static void add_step(struct init *init, const char *path, const char *what)
{
	bool done = strcmp(what, "there already") == 0;
	table_row(init->table);
	table_cell(init->table, C_NAME, "%s", path);
	table_cell(init->table, done ? C_DIM : C_GOOD, "%s",
		   init->dry && !done ? arena_printf(init->ctx->arena, "would be %s", what) : what);
}

/* ---- brant.yaml ---- */

/* A text as a YAML scalar: plain where that is safe, else in single quotes. */
static const char *yaml_text(struct arena *arena, const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./";
	if (text[0] != '.' && strspn(text, safe) == strlen(text) && strcspn(text, "0123456789") > 0)
		return text;
	struct buf buf = buf_init(arena);
	buf_char(&buf, '\'');
	for (; *text; text++)
		buf_printf(&buf, *text == '\'' ? "''" : "%c", *text);
	buf_char(&buf, '\'');
	return buf.ptr;
}

/* Only what differs from the defaults is set; the rest shows what there is to set. */
static const char *config_text(struct init *init)
{
	const struct project *project = init->ctx->project;
	const char *migrations =
		project->settings.migrations ? project->settings.migrations : project->format->default_migrations;
	struct buf buf = buf_init(init->ctx->arena);
	buf_text(&buf, "# brant's settings.  All are optional.\n\n");
	if (init->ctx->common->format)
		buf_printf(&buf, "format: %s\n", project->format->name);
	buf_printf(&buf, "migrations: %s\n", yaml_text(init->ctx->arena, migrations));
	buf_text(&buf,
		 "\n# The variable, in the environment or in .env, that holds the database's URL.\n"
		 "url: ${DATABASE_URL}\n"
		 "\n# How long a statement may wait for a lock before its transaction is rolled back and tried again.\n"
		 "#lock_timeout: 2s\n"
		 "\n# Changes to the platform's schemas (auth, storage, ai, ...) are refused.  Single exceptions:\n"
		 "#boundary:\n"
		 "#  allow: [\"trigger on auth.users\"]\n");
	return buf.ptr;
}

static bool write_config(struct init *init, struct err *err)
{
	const struct project *project = init->ctx->project;
	const char *path = path_join(init->ctx->arena, project->root, "brant.yaml");
	if (project->config_path) {
		add_step(init, project->config_path, "there already");
		return true;
	}
	const char *text = config_text(init);
	if (init->dry)
		report_block(init->ctx->report, "config", str_of(text));
	else if (!file_create(path, str_of(text), 0644, err))
		return false;
	add_step(init, path, "written");
	return true;
}

/* ---- the folder of migrations ---- */

static bool write_example(struct init *init, struct err *err)
{
	const struct project *project = init->ctx->project;
	struct new_migration made = {
		.name = "create_notes", .up = example_up, .down = example_down, .with_down = DOWN_YES
	};
	struct history history;
	struct strs files;
	if (init->dry) {
		add_step(init, path_join(init->ctx->arena, init->folder, "0001_create_notes.sql"), "written");
		return true;
	}
	if (!project->format->load(init->ctx->arena, &project->settings, &history, err))
		return false;
	if (history.len)
		return err_set(err, ERR_USAGE, "file-exists",
			       "there are migrations already, so there is no need for an example");
	if (!project->format->create(init->ctx->arena, &project->settings, &history, &made, &files, err))
		return false;
	for (size_t i = 0; i < files.len; i++)
		add_step(init, str_dup(init->ctx->arena, files.ptr[i]), "written");
	return true;
}

static bool make_folder(struct init *init, bool example, struct err *err)
{
	bool there = file_is_dir(init->folder);
	if (!there && !init->dry && !dir_make(init->folder, 0755, err))
		return false;
	add_step(init, init->folder, there ? "there already" : "made");
	return !example || write_example(init, err);
}

/* ---- .gitignore ---- */

/* In a work tree, or a folder of one; links and submodules have a file .git. */
static bool in_git(struct arena *arena, const char *root)
{
	const char *folder = root;
	for (size_t i = 0; i < 40; i++) {
		if (file_exists(path_join(arena, folder, ".git")))
			return true;
		folder = strcmp(folder, ".") == 0 ? ".." : arena_printf(arena, "%s/..", folder);
	}
	return false;
}

static bool ignores(struct str text, struct str entry)
{
	struct str line;
	bool more = true;
	while (more) {
		more = str_cut(text, '\n', &line, &text);
		line = str_trim(line);
		if (str_starts(line, STR("/")))
			line = str_slice(line, 1, line.len);
		if (str_ends(line, STR("/")))
			line.len--;
		if (str_eq(line, entry))
			return true;
	}
	return false;
}

/* Keeps what is there, line ends and mode too. */
static bool write_ignore(struct init *init, struct err *err)
{
	struct arena *arena = init->ctx->arena;
	const char *path = path_join(arena, init->ctx->project->root, ".gitignore");
	struct str old = { 0 };
	struct stat st;
	if (!in_git(arena, init->ctx->project->root))
		return true;
	bool there = stat(path, &st) == 0;
	if (there && !file_read(arena, path, &old, err))
		return false;
	if (ignores(old, STR(".brant"))) {
		add_step(init, path, "there already");
		return true;
	}
	struct buf buf = buf_init(arena);
	bool crlf = str_find(old, STR("\r\n")) >= 0;
	buf_str(&buf, old);
	if (old.len && old.ptr[old.len - 1] != '\n')
		buf_text(&buf, crlf ? "\r\n" : "\n");
	buf_text(&buf, crlf ? ".brant/\r\n" : ".brant/\n");
	char *real = there ? realpath(path, NULL) : NULL;
	bool ok = init->dry || file_write(real ? real : path, buf_as_str(&buf), there ? st.st_mode & 0777 : 0644, err);
	free(real);
	if (ok)
		add_step(init, path, there ? "given the line .brant/" : "written");
	return ok;
}

/* ---- what comes next ---- */

static size_t count_migrations(struct init *init)
{
	const struct project *project = init->ctx->project;
	struct err ignored = { .arena = init->ctx->arena };
	struct history history = { 0 };
	bool ok = file_is_dir(init->folder) &&
		project->format->load(init->ctx->arena, &project->settings, &history, &ignored);
	return ok ? history.len : 0;
}

/* Is a URL known?  A broken one is told by the commands that use it. */
static const char *url_origin(struct init *init)
{
	struct err ignored = { .arena = init->ctx->arena };
	struct project copy = *init->ctx->project;
	project_target(init->ctx->arena, &copy, &ignored);
	return copy.url_origin;
}

static void report_next(struct init *init, size_t migrations, const char *origin)
{
	struct report *report = init->ctx->report;
	report_fact(report, "format", NULL, C_PLAIN, "%s", init->ctx->project->format->name);
	report_fact(report, "folder", NULL, C_PLAIN, "%s", init->folder);
	report_number(report, "migrations", NULL, (long long)migrations);
	report_fact(report, "url_origin", NULL, C_PLAIN, "%s", origin ? origin : "");
	report_outcome(report, C_TITLE, "\nNext:");
	if (!origin)
		report_outcome(report, C_PLAIN,
			       "  put DATABASE_URL=postgresql://... into the environment or .env (or use --local)");
	else
		report_outcome(report, C_PLAIN, "  brant doctor      looks at the database (%s)", origin);
	if (!migrations)
		report_outcome(report, C_PLAIN, "  brant new NAME    makes the first migration");
	else
		report_outcome(report, C_PLAIN, "  brant status      compares %zu migration%s with the database",
			       migrations, migrations == 1 ? "" : "s");
	report_outcome(report, C_PLAIN, "  brant up          applies what is pending");
}

static bool run_init(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	static const struct column columns[] = { { "path", "", false }, { "state", "", false } };
	const struct init_options *wanted = given;
	const struct project *project = ctx->project;
	const char *migrations =
		project->settings.migrations ? project->settings.migrations : project->format->default_migrations;
	(void)nargs;
	(void)args;
	struct init init = { .ctx = ctx,
			     .folder = path_join(ctx->arena, project->root, migrations),
			     .dry = ctx->common->dry_run };
	init.table = report_table(ctx->report, "files", NULL, columns, LEN(columns));
	if (!write_config(&init, err) || !make_folder(&init, wanted->example, err) || !write_ignore(&init, err))
		return false;
	report_next(&init, count_migrations(&init), url_origin(&init));
	return true;
}

const struct cmd cmd_init = {
	.name = "init",
	.summary = "set up a project",
	.text = "Looks at what is there and writes brant.yaml, makes the folder of migrations where it is missing, and has git ignore .brant/. "
		"What is there already stays as it is, so it can be run again at any time.\n\nbrant needs none of this: a folder with "
		"migrations and a DATABASE_URL are enough.",
	.examples = "brant init\nbrant init --example --dry-run",
	.options_size = sizeof(struct init_options),
	.options = options,
	.needs_project = true,
	.dry_run = true,
	.run = run_init,
};
