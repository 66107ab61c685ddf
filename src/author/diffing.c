#include "author/diffing.h"

#include "author/moves.h"
#include "schema/kind.h"
#include "workshop/ahead.h"

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
	d->shop.proves = !d->wanted->print && d->places[0].kind == PLACE_HISTORY && writes_one_way(d);
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
	workshop_look_ahead(&d->shop);
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

bool diffing_settle_renames(struct diffing *d, struct err *err)
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

bool diffing_plan(struct diffing *d, struct err *err)
{
	if (!load_both(d, err) || !moves_follow(d, err) || !renames_apply_given(d, err) || !apply_names(d, err))
		return false;
	make_plan(d);
	return settle_names(d, err);
}
