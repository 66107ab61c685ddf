/*
 * A diff as migrations: cut where a transaction has to end, and proved before anything is written.
 */
#include "author/diffing.h"
#include "schema/kind.h"
#include "session/session.h"
#include "workshop/narrow.h"

/* A tool's words are for what its source wants: where the way back leads, it has nothing to say. */
static const char *back_text_of(struct ctx *ctx, const struct statements *statements)
{
	return statements_script(ctx->arena, statements, 0, statements->len).ptr;
}

/*
 * What can be one transaction is one migration, but where the tool's migrations can leave theirs (whole); the renames are one of their own, since only
 * they know the way back.
 */
static struct parts cut(struct arena *arena, const struct statements *all, size_t renames, bool whole)
{
	static const char unchecked_bodies[] = "SET check_function_bodies";
	struct parts parts = { 0 };
	const struct statement *setting = NULL;
	bool cut_here = true;
	for (size_t i = 0; i < all->len; i++) {
		const struct statement *statement = &all->ptr[i];
		bool breaks = !whole && (statement->lone || statement->apart);
		if (cut_here || breaks || i == renames) {
			vec_push(arena, &parts, (struct part){ 0 });
			if (setting && !statement->lone)
				vec_push(arena, &parts.ptr[parts.len - 1].up, *setting);
		}
		if (strncmp(statement->sql, unchecked_bodies, strlen(unchecked_bodies)) == 0)
			setting = statement;
		vec_push(arena, &parts.ptr[parts.len - 1].up, *statement);
		cut_here = statement->lone && !whole;
	}
	return parts;
}

static bool proof_differs(struct err *err, const struct diff *left, const char *what)
{
	struct buf text = buf_init(err->arena);
	for (size_t i = 0; i < left->differences.len && i < 12; i++)
		buf_printf(&text, "\n  %s", left->differences.ptr[i].text);
	err_set(err, ERR_FAILED, "proof-failed", "%s", what);
	return err_detail(err, "These differences are left:%s", text.ptr);
}

const char *part_up(struct diffing *d, struct part *part)
{
	static const char contract[] = "-- brant: contract\n";
	if (part->up_text)
		return part->up_text;
	if (!part->composed)
		part->composed = session_text(d->ctx, &part->up);
	return part->held ? arena_printf(d->ctx->arena, "%s%s", contract, part->composed) : part->composed;
}

const char *part_down(struct diffing *d, const struct part *part)
{
	return part->up_text ? part->down_text : back_text_of(d->ctx, &part->down);
}

/* What belongs to the server goes back last where it came first, and first where it went last. */
static void add_server_back(struct diffing *d, struct parts *parts, size_t first)
{
	struct statements last = { 0 };
	if (parts->len == first)
		return;
	struct part *with_before = &parts->ptr[first + (d->renamed.len && parts->len > 1)];
	struct part *with_behind = &parts->ptr[parts->len - 1];
	statements_add_all(d->ctx->arena, &last, &d->server.behind_back);
	statements_add_all(d->ctx->arena, &last, &with_behind->down);
	with_behind->down = last;
	statements_add_all(d->ctx->arena, &with_before->down, &d->server.before_back);
}

static size_t count_steps(const struct parts *parts)
{
	size_t n = 0;
	while (n < parts->len && parts->ptr[n].up_text)
		n++;
	return n;
}

/* For a comparison, and for a way back that nobody works beside. */
static struct diff_options plain_options(const struct diffing *d)
{
	return (struct diff_options){ .plain = true, .bare = d->options.bare, .naming = d->options.naming };
}

/* Nothing but which sequence counts for which column? */
static bool is_of_sequences(const struct differences *differences)
{
	for (size_t i = 0; i < differences->len; i++) {
		enum kind kind = differences->ptr[i].object->kind;
		if (kind != KIND_SEQUENCE && kind != KIND_OWNED_BY && kind != KIND_DEFAULT)
			return false;
	}
	return true;
}

/*
 * SERIAL takes a name that is free when it runs: "t_id_seq1" where another table, that goes later, still has "t_id_seq".  Where a tool does not care for
 * these names, the next diff finds nothing to do, and that is enough.
 */
static bool means_the_same(struct diffing *d, const struct schema *after, const struct diff *left)
{
	struct diff_options plain = plain_options(d);
	struct err ignored = { .arena = d->ctx->arena };
	struct schema goal;
	struct diff next;
	if (d->places[1].kind != PLACE_WANTED || !is_of_sequences(&left->differences) ||
	    !diffing_goal(d, after, &goal, &ignored))
		return false;
	diff_schemas(d->ctx->arena, after, &goal, &plain, &next);
	return !next.differences.len;
}

static bool prove_goal(struct diffing *d, const struct schema *after, const struct schema *goal, struct err *err)
{
	struct diff_options plain = plain_options(d);
	struct diff left;
	diff_schemas(d->ctx->arena, after, goal, &plain, &left);
	return !left.differences.len || means_the_same(d, after, &left) ||
		proof_differs(err, &left, "the migration does not lead to the wanted schema");
}

/* Where nobody asks for a way back, only what it leads to counts: that is looked at once, and no further than it can have changed. */
static bool loads_goal(struct diffing *d, const char *copy, const struct parts *parts)
{
	struct arena *arena = d->ctx->arena;
	struct diff_options plain = plain_options(d);
	struct err ignored = { .arena = arena };
	struct script_options options = { .include_dir = d->ctx->project->root };
	struct strs tables = { 0 };
	struct schema after;
	struct diff left;
	for (size_t i = 0; i < parts->len; i++) {
		struct script script;
		if (!script_parse(arena, &options, "the new migration", str_of(part_up(d, &parts->ptr[i])), &script,
				  &ignored) ||
		    !narrow_find(arena, &d->start, &script, &tables))
			return false;
	}
	if (!workshop_load_changed(&d->shop, copy, &d->start, &tables, &after))
		return false;
	diff_schemas(arena, &after, &d->to, &plain, &left);
	return !left.differences.len;
}

static bool prove_one_way(struct diffing *d, const char *copy, struct parts *parts, struct err *err)
{
	struct schema after;
	for (size_t i = 0; i < parts->len; i++)
		if (!workshop_run_text(&d->shop, copy, str_of(part_up(d, &parts->ptr[i])), err))
			return false;
	/* What is told of a failure is told of all of it. */
	return loads_goal(d, copy, parts) ||
		(workshop_load(&d->shop, copy, &after, err) && prove_goal(d, &after, &d->to, err));
}

/* One migration on a copy that is as before; the way back from where it led is its down script. */
static bool prove_part(struct diffing *d, const char *copy, struct schema *before, struct part *part, bool is_rename,
		       struct err *err)
{
	struct diff_options plain = plain_options(d);
	struct schema after;
	struct diff left;
	if (!workshop_run_text(&d->shop, copy, str_of(part_up(d, part)), err) ||
	    !workshop_load(&d->shop, copy, &after, err))
		return false;
	diff_schemas(d->ctx->arena, &after, before, &plain, &left);
	part->down = is_rename ? d->renamed_back : left.statements;
	*before = after;
	return true;
}

static bool prove_back(struct diffing *d, const char *copy, struct parts *parts, struct err *err)
{
	struct diff_options plain = plain_options(d);
	struct schema after;
	struct diff left;
	for (size_t i = parts->len; i > 0; i--)
		if (!workshop_run_text(&d->shop, copy, str_of(part_down(d, &parts->ptr[i - 1])), err))
			return err_prefix(err, "the way back");
	if (!workshop_load(&d->shop, copy, &after, err))
		return false;
	diff_schemas(d->ctx->arena, &after, &d->start, &plain, &left);
	return !left.differences.len || proof_differs(err, &left, "the down script does not lead back");
}

/* The last steps, which have no way back, and what is left to do when they have run: names that they could not know. */
static bool prove_last(struct diffing *d, const char *copy, struct schema *before, struct parts *parts, struct err *err)
{
	struct arena *arena = d->ctx->arena;
	struct schema goal;
	struct diff rest;
	size_t first = parts->len;
	steps_after(d, parts);
	for (size_t i = first; i < parts->len; i++)
		if (!prove_part(d, copy, before, &parts->ptr[i], false, err))
			return false;
	if (!diffing_goal(d, before, &goal, err))
		return false;
	diff_schemas(arena, before, &goal, &d->options, &rest);
	struct parts more = cut(arena, &rest.statements, 0, d->ctx->project->format->whole);
	for (size_t i = 0; i < more.len; i++) {
		more.ptr[i].held = true;
		vec_push(arena, parts, more.ptr[i]);
		if (!prove_part(d, copy, before, &parts->ptr[parts->len - 1], false, err))
			return false;
	}
	return prove_goal(d, before, &goal, err);
}

/* Runs each part on a copy, and the way back on another. */
bool parts_prove(struct diffing *d, struct parts *parts, struct err *err)
{
	struct schema before = d->start;
	const char *copy = d->start_database, *back;
	/* A database of ours is needed by nobody afterwards. */
	if (!copy && !diffing_copy_start(d, &copy, err))
		return false;
	if (d->one_way)
		return prove_one_way(d, copy, parts, err);
	for (size_t i = 0; i < parts->len; i++)
		if (!prove_part(d, copy, &before, &parts->ptr[i], i == 0 && d->renamed.len, err))
			return false;
	add_server_back(d, parts, count_steps(parts));
	if (!d->stepped.len)
		return prove_goal(d, &before, &d->to, err) && prove_back(d, copy, parts, err);
	return workshop_copy(&d->shop, copy, &back, err) && prove_back(d, back, parts, err) &&
		prove_last(d, copy, &before, parts, err);
}

struct parts parts_make(struct diffing *d)
{
	struct arena *arena = d->ctx->arena;
	/* Without a way back there is nothing that only the renames know. */
	size_t renames = d->one_way ? 0 : d->renamed.len;
	struct parts parts = { 0 }, rest = cut(arena, &d->diff.statements, renames, d->ctx->project->format->whole);
	steps_before(d, &parts);
	for (size_t i = 0; i < rest.len; i++)
		vec_push(arena, &parts, rest.ptr[i]);
	return parts;
}
