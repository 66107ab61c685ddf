#include <stddef.h>

#include "author/diffing.h"
#include "author/drifted.h"
#include "author/moves.h"
#include "cmd/commands.h"
#include "session/session.h"

#define AT(field) offsetof(struct diff_request, field)
static const struct option options[] = {
	{ "from", 0, OPTION_TEXT, "PLACE",
	  "the schema that is there: \"history\", \"database\", \"empty\", a URL, a .sql file, a folder of them, a schema.prisma, or a snapshot (Drizzle); default: history",
	  AT(from) },
	{ "to", 0, OPTION_TEXT, "PLACE",
	  "the schema that is wanted, said likewise; default: what the project's tool describes, or schema.sql, or the folder schema/",
	  AT(to) },
	{ "merge", 0, OPTION_FLAG, NULL, "join the ends of all branches with an empty migration (Alembic)", AT(merge) },
	{ "head", 0, OPTION_TEXT, "REVISION",
	  "the one that the migration goes on from, where there are several heads (Alembic)", AT(head) },
	{ "print", 0, OPTION_FLAG, NULL, "print the SQL instead of writing a migration", AT(print) },
	{ "exit-code", 0, OPTION_FLAG, NULL, "with --print: exit with 6 when there is a difference", AT(exit_code) },
	{ "up", 0, OPTION_FLAG, NULL, "apply what was written, and what is pending before it", AT(up) },
	{ "drift", 0, OPTION_CHOICE, "adopt|revert|ignore",
	  "with --up, where the database is not what its history makes", AT(drift) },
	{ "plain", 0, OPTION_FLAG, NULL, "the short forms, which lock tables while they work", AT(plain) },
	{ "safe", 0, OPTION_FLAG, NULL,
	  "forms that keep tables usable; the default but where the tool's migrations are plain", AT(safe) },
	{ "down", 0, OPTION_FLAG, NULL, "with a script that undoes it; default: as the last migration has it",
	  AT(down) },
	{ "up-only", 0, OPTION_FLAG, NULL, "without a script that undoes it", AT(up_only) },
	{ "rename", 0, OPTION_LIST, "OLD=NEW", "table.old=new, or table=new; \"none\": nothing was renamed",
	  AT(renames) },
	{ "in-place", 0, OPTION_FLAG, NULL, "rename at once, also where clients of an API use the old name",
	  AT(in_place) },
	{ "allow-data-loss", 0, OPTION_FLAG, NULL, "write a migration that loses data", AT(allow_data_loss) },
	{ 0 },
};
#undef AT

static void note_wanted(struct diffing *d)
{
	const struct schema_place *place = &d->places[1];
	const struct strs *notes = place->kind == PLACE_WANTED ? place->wanted.notes : NULL;
	for (size_t i = 0; notes && i < notes->len; i++)
		report_note(d->ctx->report, "settled", STR_FMT, STR_ARG(notes->ptr[i]));
}

static void note_unmodelled(struct ctx *ctx, const struct schema *schema)
{
	for (size_t i = 0; i < schema->unmodelled.len; i++)
		report_note(ctx->report, "not-modelled", "%s %s is not compared", schema->unmodelled.ptr[i].kind,
			    schema->unmodelled.ptr[i].name);
}

/* One script; with steps, each of them under its name. */
static const char *printed(struct diffing *d)
{
	struct parts parts = { 0 };
	const char *rest = session_text(d->ctx, &d->diff.statements);
	struct buf buf = buf_init(d->ctx->arena);
	if (!d->stepped.len)
		return rest;
	steps_before(d, &parts);
	size_t before = parts.len;
	steps_after(d, &parts);
	for (size_t i = 0; i < parts.len; i++) {
		if (i == before && *rest)
			buf_printf(&buf, "-- what else has changed\n%s\n", rest);
		buf_printf(&buf, "-- %s\n%s\n", parts.ptr[i].name, parts.ptr[i].up_text);
	}
	return buf.ptr;
}

static void print_plan(struct diffing *d)
{
	const struct diff *diff = &d->diff;
	struct arena *arena = d->ctx->arena;
	report_block(d->ctx->report, "sql", str_of(printed(d)));
	report_flag(d->ctx->report, "loses_data", diff->loses);
	report_number(d->ctx->report, "statements", NULL, (long long)diff->statements.len);
	for (size_t i = 0; i < diff->renames.len && !renames_are_all(d); i++)
		report_note(d->ctx->report, "rename-or-drop",
			    "%s goes and %s comes (%s); if it was renamed: --rename %s", diff->renames.ptr[i].from->id,
			    diff->renames.ptr[i].to->ident, diff->renames.ptr[i].evidence,
			    rename_text(arena, &diff->renames.ptr[i]));
}

static bool is_empty(const struct diffing *d)
{
	return !d->diff.statements.len && !d->stepped.len;
}

static bool refuse_loss(struct diffing *d, struct err *err)
{
	struct buf text = buf_init(err->arena);
	if (!d->diff.loses || d->wanted->allow_data_loss)
		return true;
	for (size_t i = 0; i < d->diff.statements.len; i++)
		if (d->diff.statements.ptr[i].loses)
			buf_printf(&text, "\n  %s", d->diff.statements.ptr[i].loses);
	err_set(err, ERR_REFUSED, "data-loss", "this change loses data");
	err_detail(err, "It loses:%s", text.ptr);
	return err_hint(err, "Use --allow-data-loss where that is meant; --print shows the statements.");
}

static bool apply(struct diffing *d, bool last, struct err *err)
{
	struct run_options run;
	return session_options(d->ctx, "up", &run, err) && session_apply(d->ctx, &run, &d->applied, last, err);
}

/* Where what is pending fails, a migration behind it is not written: its author is going to change what it stands on. */
static bool apply_pending(struct diffing *d, const char *name, struct err *err)
{
	if (!d->pending)
		return true;
	bool ok = apply(d, false, err);
	d->pending = 0;
	if (!ok)
		report_note(d->ctx->report, "not-written", "\"%s\" is not written: what is pending comes first", name);
	return ok;
}

/* Where a history may branch: no schema is looked at. */
static bool merge(struct ctx *ctx, const char *name, struct err *err)
{
	static const struct column columns[] = { { "file", "", false } };
	struct new_migration made = { .name = name, .merge = true };
	if (!ctx->project->format->heads)
		return err_set(err, ERR_USAGE, "usage", "--merge is for histories that branch, and %s has none",
			       ctx->project->format->title);
	return session_create(ctx, &made, report_table(ctx->report, "files", NULL, columns, LEN(columns)), err);
}

/* With the eyes of the tool: what its source has no words for is no drift. */
static bool settle_drift(struct diffing *d, bool *ret_stop, struct err *err)
{
	struct schema_place wanted;
	if (!schema_place_find(d->ctx, "wanted", &wanted, err))
		return false;
	return drifted_settle(d->ctx, wanted.kind == PLACE_WANTED ? wanted.wanted.scope : NULL, d->wanted->drift,
			      ret_stop, &d->pending, err);
}

static bool run_diff(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	struct diffing d = { .ctx = ctx, .wanted = given };
	struct known_moves moves = moves_known(ctx);
	bool stop = false;
	d.moves = &moves;
	d.options.plain = d.wanted->plain || (ctx->project->format->short_forms && !d.wanted->safe);
	d.options.bare = ctx->project->format->short_forms && !d.wanted->safe;
	d.options.naming = ctx->project->settings.naming;
	if (d.wanted->merge)
		return merge(ctx, nargs ? args[0] : "merge heads", err);
	if (!d.wanted->print && !nargs)
		return err_set(err, ERR_USAGE, "usage", "say the migration's name, or --print");
	if (!d.wanted->print && d.wanted->exit_code)
		return err_set(err, ERR_USAGE, "usage", "--exit-code goes with --print");
	if (!d.wanted->print && d.wanted->from && strcmp(d.wanted->from, "history") != 0)
		return err_set(err, ERR_USAGE, "usage", "a migration starts from the history: --from needs --print");
	if (d.wanted->up && !settle_drift(&d, &stop, err))
		return false;
	if (stop)
		return true;
	if (!diffing_plan(&d, err))
		return false;
	note_unmodelled(ctx, &d.to);
	note_wanted(&d);
	if (d.wanted->print) {
		print_plan(&d);
		if (d.wanted->exit_code && !is_empty(&d))
			err->code = ERR_PENDING;
		return !err->code;
	}
	if (is_empty(&d)) {
		report_outcome(ctx->report, C_GOOD, "nothing to change: the history makes the wanted schema");
		return !d.wanted->up || apply(&d, true, err);
	}
	if (!diffing_settle_renames(&d, err) || !refuse_loss(&d, err))
		return false;
	if (d.wanted->up && (!apply_pending(&d, args[0], err) || !full_tables_allow(&d, err)))
		return false;
	return diffing_write(&d, args[0], err) && (!d.wanted->up || apply(&d, true, err));
}

const struct cmd cmd_diff = {
	.name = "diff",
	.arguments = "[NAME]",
	.summary = "write a migration that leads to the wanted schema",
	.text = "Replays the history on a throwaway server, reads the wanted schema, and writes what leads from one to the other. Before a file is written it "
		"is proved: run on a copy, its result must equal the wanted schema, and its down script, if it has one, must lead back.\n\n"
		"Tables that exist are changed in ways that keep them usable: indexes concurrently, constraints NOT VALID and then validated. What cannot share a "
		"transaction becomes a migration of its own. --plain gives the short forms.\n\n"
		"What may be a rename is never silently dropped and added: the question is asked with exit status 3. What loses data is refused with 4.",
	.examples = "brant diff add_posts          # from the history to schema.sql\n"
		    "brant diff --print --exit-code # in a pipeline: is one missing?\n"
		    "brant diff --from history --to database --print\n"
		    "brant diff --from old.sql --to new.sql --print",
	.options_size = sizeof(struct diff_request),
	.options = options,
	.max_args = 1,
	.needs_project = true,
	.run = run_diff,
};
