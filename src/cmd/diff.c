#include <stddef.h>

#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/diffing.h"
#include "cmd/drifted.h"
#include "cmd/moves.h"
#include "cmd/place.h"
#include "cmd/session.h"
#include "schema/kind.h"
#include "sql/quote.h"

#define AT(field) offsetof(struct cmd_diff_options, field)
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

/* ---- the plan ---- */

/* What the source has no words for, it may still build upon: a type of an extension, a function in a default. */
static bool lay_ground(struct diffing *d)
{
	struct arena *arena = d->ctx->arena;
	struct schema_place *place = &d->places[1];
	struct schema ground = { .server_version = d->from.server_version };
	struct statements statements;
	struct strs lost;
	if (place->kind != PLACE_WANTED || !place->wanted.scope)
		return true;
	struct scope scope = *place->wanted.scope;
	scope.settle = NULL;
	schema_graft(arena, &ground, &d->from, &scope, &lost);
	dump_statements(arena, &ground, &statements);
	place->prelude = statements_script(arena, &statements, 0, statements.len);
	return true;
}

static bool load_wanted(struct diffing *d, struct err *err)
{
	d->places[1].keeps = true;
	return schema_place_load(&d->shop, &d->places[1], &d->to, &d->to_database, err);
}

static bool open_workshop(struct diffing *d, struct err *err)
{
	struct ctx *ctx = d->ctx;
	struct workshop begun = { 0 };
	const char *to = d->wanted->to ? d->wanted->to : "wanted";
	if (!schema_place_find(ctx, d->wanted->from ? d->wanted->from : "history", &d->places[0], err))
		return false;
	/* The proof needs it; meanwhile the tool's source is read. */
	if (!d->wanted->print && d->places[0].kind == PLACE_HISTORY)
		workshop_begin(ctx, &begun);
	if (!schema_place_find(ctx, to, &d->places[1], err) || !workshop_open(ctx, d->places, 2, &d->shop, err))
		return false;
	workshop_take(&d->shop, &begun);
	return true;
}

static bool load_both(struct diffing *d, struct err *err)
{
	struct ctx *ctx = d->ctx;
	if (!open_workshop(d, err) || !schema_place_load(&d->shop, &d->places[0], &d->from, &d->from_database, err) ||
	    !lay_ground(d) || !load_wanted(d, err))
		return false;
	d->owners_named = schemas_share_server(&d->from, &d->to);
	if (d->owners_named) {
		schema_name_owners(ctx->arena, &d->from);
		schema_name_owners(ctx->arena, &d->to);
	}
	d->start = d->from;
	d->start_database = d->from_database;
	return true;
}

/* What the source of the wanted schema has no words for stays. */
static struct strs keep_the_rest(struct diffing *d, const struct schema *from, struct schema *to)
{
	const struct schema_place *place = &d->places[1];
	struct strs lost = { 0 };
	if (place->kind == PLACE_WANTED && place->wanted.scope)
		schema_graft(d->ctx->arena, to, from, place->wanted.scope, &lost);
	return lost;
}

bool diffing_goal(struct diffing *d, const struct schema *from, struct schema *ret_goal, struct err *err)
{
	bool ok = d->to_database ? workshop_load(&d->shop, d->to_database, ret_goal, err)
				 : schema_place_load(&d->shop, &d->places[1], ret_goal, &d->to_database, err);
	if (ok)
		keep_the_rest(d, from, ret_goal);
	return ok;
}

static bool copy_from(struct diffing *d, const char **ret_copy, struct err *err)
{
	return d->from_database ? workshop_copy(&d->shop, d->from_database, ret_copy, err)
				: diffing_copy_start(d, ret_copy, err);
}

/* What the tool itself would rename. */
static bool apply_names(struct diffing *d, struct err *err)
{
	const struct schema_place *place = &d->places[1];
	const struct scope *scope = place->kind == PLACE_WANTED ? place->wanted.scope : NULL;
	size_t before = d->named.len;
	if (!scope || !scope->renames)
		return true;
	scope->renames(scope, d->ctx->arena, &d->from, &d->to, &d->named);
	if (d->named.len == before)
		return true;
	struct statements new = { d->named.ptr + before, d->named.len - before, d->named.len - before };
	return copy_from(d, &d->from_database, err) && workshop_run(&d->shop, d->from_database, &new, err) &&
		workshop_load(&d->shop, d->from_database, &d->from, err);
}

static void find_server_changes(struct diffing *d)
{
	const struct schema_place *place = &d->places[1];
	const struct scope *scope = place->kind == PLACE_WANTED ? place->wanted.scope : NULL;
	d->server = (struct server_changes){ 0 };
	if (scope && scope->server && d->places[0].kind == PLACE_HISTORY)
		scope->server(scope, d->ctx->arena, &d->server);
}

/* In the words of the project's tool, as all other statements are. */
static void add_renamed(struct diffing *d, struct statements *all)
{
	struct arena *arena = d->ctx->arena;
	struct map names = { 0 };
	naming_learn(arena, &names, &d->start);
	naming_learn(arena, &names, &d->to);
	for (size_t i = 0; i < d->renamed.len; i++) {
		struct statement statement = d->renamed.ptr[i];
		if (d->options.naming)
			statement.sql = naming_apply(arena, d->options.naming, &names, statement.sql);
		vec_push(arena, all, statement);
	}
}

static void make_plan(struct diffing *d)
{
	struct arena *arena = d->ctx->arena;
	struct statements all = { 0 };
	/* With steps it was done before they were put out of sight. */
	struct strs lost = d->stepped.len ? (struct strs){ 0 } : keep_the_rest(d, &d->from, &d->to);
	for (size_t i = 0; i < lost.len; i++)
		report_note(d->ctx->report, "cannot-stay", STR_FMT " goes, since what it needs goes",
			    STR_ARG(lost.ptr[i]));
	find_server_changes(d);
	diff_schemas(arena, &d->from, &d->to, &d->options, &d->diff);
	add_renamed(d, &all);
	statements_add_all(arena, &all, &d->named);
	statements_add_all(arena, &all, &d->server.before);
	statements_add_all(arena, &all, &d->diff.statements);
	statements_add_all(arena, &all, &d->server.behind);
	d->diff.statements = all;
}

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

/* ---- migrations ---- */

static bool write_part(struct diffing *d, const struct parts *parts, size_t i, const char *name, struct table *table,
		       struct err *err)
{
	struct ctx *ctx = d->ctx;
	const struct part *part = &parts->ptr[i];
	const char *up = part_up(d, part), *waits = part->waits ? part->waits : moves_after(ctx->arena, d->moves, up);
	/* What comes behind may build upon it. */
	if (*waits)
		d->waits = waits;
	if (!part->waits && d->waits)
		waits = d->waits;
	struct new_migration made = {
		.name = part->name ? part->name : name,
		.up = arena_printf(ctx->arena, "%s%s", waits, up),
		.down = part_down(d, part),
		.with_down = part->up_text   ? (part->down_text ? DOWN_YES : DOWN_NO)
			: d->wanted->down    ? DOWN_YES
			: d->wanted->up_only ? DOWN_NO
					     : DOWN_AS_FOLDER,
		.head = d->wanted->head,
		.wanted = d->places[1].kind == PLACE_WANTED ? &d->places[1].wanted : NULL,
		.part = i,
		.parts = parts->len,
	};
	return session_create(ctx, &made, table, err);
}

/* The second one and the third of what was named once are numbered. */
static void name_parts(struct arena *arena, const char *name, struct parts *parts)
{
	size_t n = 0;
	for (size_t i = 0; i < parts->len; i++) {
		struct part *part = &parts->ptr[i];
		if (!part->name)
			part->name = n++ ? arena_printf(arena, "%s_%zu", name, n) : name;
	}
}

static bool write_migrations(struct diffing *d, const char *name, struct err *err)
{
	static const struct column columns[] = { { "file", "", false } };
	struct ctx *ctx = d->ctx;
	d->one_way = !d->stepped.len && !d->wanted->down && ctx->project->format->down_as_last &&
		(d->wanted->up_only || !session_last_has_down(ctx));
	struct parts parts = parts_make(d);
	if (!parts_prove(d, &parts, err))
		return false;
	name_parts(ctx->arena, name, &parts);
	struct table *table = report_table(ctx->report, "files", NULL, columns, LEN(columns));
	for (size_t i = 0; i < parts.len; i++)
		if (!write_part(d, &parts, i, parts.ptr[i].name, table, err))
			return false;
	if (d->waits)
		moves_tell_waiting(ctx);
	if (d->stepped.len)
		report_outcome(
			ctx->report, C_PLAIN,
			"the rename is in steps: \"brant up\" holds the last one back until \"brant up --contract\"; --in-place renames at once");
	return true;
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

/* The wanted schema as it was before what stays was copied into it. */
static bool load_wanted_again(struct diffing *d, struct err *err)
{
	if (d->stepped.len)
		return true;
	if (d->to_database && !workshop_load(&d->shop, d->to_database, &d->to, err))
		return false;
	return !d->places[1].known || load_wanted(d, err);
}

static bool settle_names(struct diffing *d, struct err *err)
{
	if (!renames_follow(d))
		return true;
	if (!load_wanted_again(d, err))
		return false;
	make_plan(d);
	return true;
}

/* What was asked for changes the old schema, and with it the plan. */
static bool settle_renames(struct diffing *d, struct err *err)
{
	bool renamed;
	if (!renames_ask(d, &renamed, err))
		return false;
	if (!renamed)
		return true;
	if (!load_wanted_again(d, err) || !apply_names(d, err))
		return false;
	make_plan(d);
	return settle_names(d, err);
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
	if (!d.wanted->print && d.wanted->from && strcmp(d.wanted->from, "history") != 0)
		return err_set(err, ERR_USAGE, "usage", "a migration starts from the history: --from needs --print");
	if (d.wanted->up && !settle_drift(&d, &stop, err))
		return false;
	if (stop)
		return true;
	if (!load_both(&d, err) || !moves_follow(&d, err) || !renames_apply_given(&d, err) || !apply_names(&d, err))
		return false;
	make_plan(&d);
	if (!settle_names(&d, err))
		return false;
	note_unmodelled(ctx, &d.to);
	note_wanted(&d);
	if (d.wanted->print) {
		print_plan(&d);
		return true;
	}
	if (!d.diff.statements.len && !d.stepped.len) {
		report_outcome(ctx->report, C_GOOD, "nothing to change: the history makes the wanted schema");
		return !d.wanted->up || apply(&d, true, err);
	}
	if (!settle_renames(&d, err) || !refuse_loss(&d, err))
		return false;
	if (d.wanted->up && (!apply_pending(&d, args[0], err) || !full_tables_allow(&d, err)))
		return false;
	return write_migrations(&d, args[0], err) && (!d.wanted->up || apply(&d, true, err));
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
		    "brant diff --from history --to database --print\n"
		    "brant diff --from old.sql --to new.sql --print",
	.options_size = sizeof(struct cmd_diff_options),
	.options = options,
	.max_args = 1,
	.needs_project = true,
	.run = run_diff,
};
