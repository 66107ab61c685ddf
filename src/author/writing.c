/*
 * writing.c - the plan as migrations of the project's tool, each in its file.
 */
#include "author/diffing.h"

#include "author/moves.h"
#include "session/session.h"

static bool write_part(struct diffing *d, struct parts *parts, size_t i, const char *name, struct table *table,
		       struct err *err)
{
	struct ctx *ctx = d->ctx;
	struct part *part = &parts->ptr[i];
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

bool writes_one_way(const struct diffing *d)
{
	return !d->wanted->down && d->ctx->project->format->down_as_last &&
		(d->wanted->up_only || !session_last_has_down(d->ctx));
}

bool diffing_write(struct diffing *d, const char *name, struct err *err)
{
	static const struct column columns[] = { { "file", "", false } };
	struct ctx *ctx = d->ctx;
	d->one_way = !d->stepped.len && writes_one_way(d);
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
