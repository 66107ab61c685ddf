#include <stddef.h>
#include <stdint.h>

#include "author/fix.h"
#include "base/clock.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "db/absent.h"
#include "project/local_platform.h"
#include "run/named.h"
#include "run/rehearse.h"
#include "session/session.h"
#include "workshop/place.h"

struct check_options {
	bool offline, fix, write;
};

#define AT(field) offsetof(struct check_options, field)
static const struct option options[] = {
	{ "offline", 0, OPTION_FLAG, NULL, "only read the files: no throwaway server", AT(offline) },
	{ "fix", 0, OPTION_FLAG, NULL, "rewrite statements that lock a table while they work, shown as a diff",
	  AT(fix) },
	{ "write", 0, OPTION_FLAG, NULL, "with --fix: write the files", AT(write) },
	{ 0 },
};
#undef AT

struct checking {
	struct ctx *ctx;
	struct run_options run;
	struct history history;
	bool *chosen; /* of each migration: was it asked for? */
	struct table *problems;
	size_t nproblems, nchecked;
	enum err_code worst;
};

static void add_problem(struct checking *c, const struct err *found)
{
	struct report *report = c->ctx->report;
	table_row(c->problems);
	table_cell(c->problems, C_PLAIN, "%s", found->file ? found->file : "");
	table_cell(c->problems, C_PLAIN, "%u", found->line);
	table_cell(c->problems, C_PLAIN, "%u", found->column);
	table_cell(c->problems, C_PLAIN, "%s", found->name ? found->name : "");
	table_cell(c->problems, C_PLAIN, "%s", found->message);
	table_cell(c->problems, C_PLAIN, found->detail ? "%s" : NULL, found->detail);
	table_cell(c->problems, C_PLAIN, found->hint ? "%s" : NULL, found->hint);
	if (found->line)
		report_line(report, C_BAD, "%s:%u:%u: %s", found->file, found->line, found->column, found->message);
	else
		report_line(report, C_BAD, "%s%s%s", found->file ? found->file : "", found->file ? ": " : "",
			    found->message);
	if (found->detail)
		report_line(report, C_PLAIN, "    %s", found->detail);
	if (found->hint)
		report_line(report, C_DIM, "    %s", found->hint);
	c->nproblems++;
	c->worst = found->code == ERR_REFUSED || c->worst == ERR_REFUSED ? ERR_REFUSED : ERR_FAILED;
}

/* Without a database the search path is the one that is documented. */
static void offline_state(struct arena *arena, struct state *state)
{
	*state = (struct state){ 0 };
	vec_push(arena, &state->facts.path, STR("public"));
	vec_push(arena, &state->facts.path, STR("extensions"));
	state->knows_platform_names = true;
}

static void check_script(struct checking *c, struct migration *migration, const struct script *script)
{
	struct arena *arena = c->ctx->arena;
	struct state state;
	struct violations violations = { 0 };
	struct plan plan = { 0 };
	struct err found = { .arena = arena };
	bool unsure;
	offline_state(arena, &state);
	struct name_space names = { .path = state.facts.path, .platform_names = &state.platform_names };
	boundary_read(arena, &c->run.boundary, script, &names, &violations, &unsure);
	for (size_t i = 0; i < violations.len; i++) {
		violation_err(&found, &violations.ptr[i]);
		add_problem(c, &found);
	}
	if (!violations.len && !plan_add(arena, &c->run, &state, migration, script, &plan, &found))
		add_problem(c, &found);
}

static void check_migration(struct checking *c, struct migration *migration)
{
	struct script script;
	struct err found = { .arena = c->ctx->arena };
	c->nchecked++;
	if (!c->run.format->read(c->ctx->arena, &c->run.settings, migration, &script, &found)) {
		add_problem(c, &found);
		return;
	}
	check_script(c, migration, &script);
	if (migration->down_path) {
		err_clear(&found);
		if (c->run.format->read_down(c->ctx->arena, &c->run.settings, migration, &script, &found))
			check_script(c, migration, &script);
		else
			add_problem(c, &found);
	}
}

static bool choose(struct checking *c, size_t nargs, char **args, struct err *err)
{
	c->chosen = arena_alloc(c->ctx->arena, (c->history.len + 1) * sizeof(*c->chosen));
	for (size_t i = 0; i < c->history.len; i++)
		c->chosen[i] = nargs == 0;
	for (size_t k = 0; k < nargs; k++) {
		size_t i;
		if (!history_find(&c->history, args[k], &i, err))
			return false;
		c->chosen[i] = true;
	}
	return true;
}

static void report_changes(struct checking *c, const struct rehearsal *rehearsal)
{
	for (size_t i = 0; i < rehearsal->changes.len; i++) {
		struct err found = { .arena = c->ctx->arena };
		struct str change = rehearsal->changes.ptr[i];
		err_set(&found, ERR_REFUSED, "boundary", "the history " STR_FMT, STR_ARG(change));
		err_detail(&found,
			   "Seen by comparing the platform before and after the whole history, on a throwaway server.");
		add_problem(c, &found);
	}
}

static bool replay(struct checking *c)
{
	static const struct stage platform = { platform_unpack, PLATFORM_DATABASE, PLATFORM_OWNER };
	static const struct stage bare = { NULL, PLATFORM_DATABASE, SERVER_SUPERUSER };
	struct stage stage = history_makes_platform(c->ctx, &c->history) ? bare : platform;
	stage.stand_ins = replay_stand_ins(c->ctx);
	struct report *report = c->ctx->report;
	struct rehearsal rehearsal;
	struct err found = { .arena = c->ctx->arena };
	bool ok = rehearse(c->ctx->arena, &c->run, &stage, &rehearsal, &found);
	if (!ok && found.name && strcmp(found.name, "postgres-missing") == 0) {
		report_note(report, "check-offline", "no PostgreSQL is installed here, so the files were only read: %s",
			    found.hint);
		return true;
	}
	if (!ok) {
		advice_for_absent(&found);
		add_problem(c, &found);
	}
	report_changes(c, &rehearsal);
	for (size_t i = 0; rehearsal.server && i < stage.stand_ins.len; i++)
		stand_in_note(c->ctx, stage.stand_ins.ptr[i]);
	report_fact(report, "server", NULL, C_PLAIN, "%s", rehearsal.server ? rehearsal.server : "");
	report_number(report, "replayed", NULL, (long long)rehearsal.migrations);
	if (rehearsal.server)
		report_outcome(report, C_DIM, "replayed %zu %s on a throwaway %s in %s", rehearsal.migrations,
			       rehearsal.migrations == 1 ? "migration" : "migrations", rehearsal.server,
			       clock_text(c->ctx->arena, rehearsal.seconds));
	return ok;
}

static void prepare(struct checking *c)
{
	const struct project *project = c->ctx->project;
	c->run = (struct run_options){
		.format = project->format,
		.settings = project->settings,
		.boundary = project->boundary,
		.lock_timeout = project->lock_timeout,
		.command = "check",
	};
}

static bool run_check(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	static const struct column columns[] = { { "file", NULL, false },    { "line", NULL, true },
						 { "column", NULL, true },   { "name", NULL, false },
						 { "message", NULL, false }, { "detail", NULL, false },
						 { "hint", NULL, false } };
	const struct check_options *wanted = given;
	struct checking c = { .ctx = ctx };
	prepare(&c);
	if (!c.run.format->load(ctx->arena, &c.run.settings, &c.history, err) || !choose(&c, nargs, args, err))
		return false;
	if (!format_prepare(ctx->arena, c.run.format, &c.run.settings, &c.history, c.chosen, false, err) ||
	    !format_prepare(ctx->arena, c.run.format, &c.run.settings, &c.history, c.chosen, true, err))
		return false;
	if (wanted->fix)
		return fix_migrations(ctx, &c.history, c.chosen, wanted->write, err);
	c.problems = report_table(ctx->report, "problems", NULL, columns, LEN(columns));
	for (size_t i = 0; i < c.history.len; i++)
		if (c.chosen[i])
			check_migration(&c, &c.history.ptr[i]);
	/* What cannot even be read cannot be replayed. */
	if (!c.nproblems && !wanted->offline)
		replay(&c);
	report_number(ctx->report, "checked", NULL, (long long)c.nchecked);
	if (!c.nproblems) {
		report_outcome(ctx->report, C_GOOD, "%zu %s checked: nothing to object to", c.nchecked,
			       c.nchecked == 1 ? "migration" : "migrations");
		return true;
	}
	return err_set(err, c.worst, "check-failed", "%zu %s found in %zu %s", c.nproblems,
		       c.nproblems == 1 ? "problem" : "problems", c.nchecked,
		       c.nchecked == 1 ? "migration" : "migrations");
}

const struct cmd cmd_check = {
	.name = "check",
	.aliases = { "lint" },
	.arguments = "[VERSION...]",
	.summary = "what is wrong with the migrations, before a database sees them",
	.text = "Reads the migrations (all, or those that are named) as \"brant up\" would: whether they can be read and split, what refuses a "
		"transaction, what would reach into the platform's schemas.\n\n"
		"Then the whole history is replayed on a throwaway PostgreSQL that looks like the platform, if one is installed. Each transaction "
		"is looked at from inside, and the platform's objects are compared before and after, so that DO blocks, functions and triggers "
		"hide nothing. Your database is not asked.\n\n"
		"With --fix, statements that lock a table for as long as they work (indexes, constraints, NOT NULL, volatile defaults, enums made "
		"anew) are rewritten into forms that do not, each proved on the throwaway server to make the same schema. Files that are applied "
		"already are better left alone: name those that are not.",
	.examples =
		"brant check\nbrant check 0007 --offline\nbrant check --fix 0007 0008   # a diff to review; --write writes it",
	.options_size = sizeof(struct check_options),
	.options = options,
	.max_args = SIZE_MAX,
	.needs_project = true,
	.run = run_check,
};
