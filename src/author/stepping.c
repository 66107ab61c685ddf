/*
 * Renames in steps, in the midst of a diff: add and move come first, then what else has changed, and last what drops the old names.
 *
 * What the last steps will do is not the diff's business: it is known by running them on a copy, and put out of sight on both sides.
 */
#include "author/moves.h"

/* ---- the steps ---- */

/* Their names change under the column's last step. */
static bool tables_stand_alone(const struct diffing *d, struct err *err)
{
	for (size_t i = 0; i < d->stepped.len; i++)
		for (size_t k = 0; k < d->stepped.len; k++) {
			const struct move_request *table = &d->stepped.ptr[i].request,
						  *column = &d->stepped.ptr[k].request;
			if (table->column || !column->column || strcmp(table->table, column->table) != 0)
				continue;
			err_set(err, ERR_DECISION, "rename-in-steps",
				"%s and its column \"%s\" cannot be renamed in steps at the same time", table->table,
				column->column);
			return err_hint(
				err,
				"Rename one, and the other when \"brant up --contract\" has run; or use --in-place.");
		}
	return true;
}

static const struct move_step *last_of(const struct move *move)
{
	return &move->steps.ptr[move->steps.len - 1];
}

static bool run_steps(struct diffing *d, struct stepped *stepped, struct err *err)
{
	struct arena *arena = d->ctx->arena;
	struct db *db;
	if (!workshop_connect(&d->shop, d->from_database, &db, err))
		return false;
	bool ok = move_plan(arena, db, &stepped->request, &stepped->move, err);
	db_close(db);
	for (size_t i = 0; ok && i < stepped->move.notes.len; i++)
		report_note(d->ctx->report, "move-uses", STR_FMT, STR_ARG(stepped->move.notes.ptr[i]));
	for (size_t i = 0; ok && i + 1 < stepped->move.steps.len; i++)
		ok = workshop_run_text(&d->shop, d->from_database, str_of(stepped->move.steps.ptr[i].up), err);
	return ok;
}

/* ---- what the last steps do ---- */

struct out_of_sight {
	const struct diffing *d;
	const struct schema *before, *after; /* the last steps */
};

/* What uses the old name is not the steps' but the diff's. */
static bool is_of_steps(const struct diffing *d, const struct object *object)
{
	switch ((int)object->kind) {
	case KIND_COLUMN:
	case KIND_DEFAULT:
	case KIND_CONSTRAINT:
	case KIND_FOREIGN_KEY:
	case KIND_INDEX:
	case KIND_SEQUENCE:
	case KIND_OWNED_BY:
		return true;
	case KIND_TRIGGER:
		return str_starts(str_of(object->name), STR("zz_brant_sync"));
	case KIND_FUNCTION:
		return str_starts(str_of(object->name), STR("brant_sync_"));
	case KIND_VIEW:
		for (size_t i = 0; i < d->stepped.len; i++)
			if (!d->stepped.ptr[i].request.column &&
			    strcmp(d->stepped.ptr[i].request.table, object->ident) == 0)
				return true;
		return false;
	default:
		return false;
	}
}

static const char *value_of(const struct object *object, const char *name)
{
	return object ? object_get(object, name) : NULL;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* As it is before them, where they change it. */
static void take_values(struct object *wanted, const struct object *before, const struct object *after)
{
	for (size_t i = 0; i < wanted->attributes->len; i++) {
		const char *name = wanted->attributes->names[i];
		if (!same(value_of(before, name), value_of(after, name)))
			wanted->values[i] = value_of(before, name);
	}
}

static void settle(const struct scope *scope, struct graft *graft)
{
	const struct out_of_sight *known = scope->extra;
	for (size_t i = 0; i < known->before->objects.len; i++) {
		const struct object *before = known->before->objects.ptr[i],
				    *after = schema_find(known->after, before->id);
		struct object *wanted = schema_find(graft->to, before->id);
		if (!after && !wanted && is_of_steps(known->d, before))
			graft_keep(graft, before);
		else if (after && wanted)
			take_values(wanted, before, after);
	}
	for (size_t i = 0; i < known->after->objects.len; i++) {
		const struct object *after = known->after->objects.ptr[i], *wanted = schema_find(graft->to, after->id);
		if (wanted && !schema_find(known->before, after->id))
			graft_drop(graft, wanted);
	}
}

static bool put_out_of_sight(struct diffing *d, struct err *err)
{
	struct schema after;
	struct strs lost;
	const char *copy;
	if (!workshop_copy(&d->shop, d->from_database, &copy, err))
		return false;
	for (size_t i = 0; i < d->stepped.len; i++) {
		const struct move_step *last = last_of(&d->stepped.ptr[i].move);
		if (!workshop_run_text(&d->shop, copy, str_of(last->forced ? last->forced : last->up), err))
			return false;
	}
	if (!workshop_load(&d->shop, copy, &after, err))
		return false;
	struct out_of_sight known = { d, &d->from, &after };
	struct scope scope = { .settle = settle, .extra = &known };
	schema_graft(d->ctx->arena, &d->to, &d->from, &scope, &lost);
	return true;
}

bool steps_begin(struct diffing *d, struct err *err)
{
	if (!d->stepped.len)
		return true;
	if (!tables_stand_alone(d, err) || !diffing_copy_start(d, &d->from_database, err))
		return false;
	for (size_t i = 0; i < d->stepped.len; i++)
		if (!run_steps(d, &d->stepped.ptr[i], err))
			return false;
	return workshop_load(&d->shop, d->from_database, &d->from, err) && diffing_goal(d, &d->from, &d->to, err) &&
		put_out_of_sight(d, err);
}

/* ---- as migrations ---- */

static void add(struct diffing *d, const struct move *move, const struct move_step *step, struct parts *parts)
{
	struct part part = { .name = step->name, .up_text = step->up, .down_text = step->down, .held = !step->down };
	part.waits = moves_after_move(d->ctx->arena, d->moves, move);
	vec_push(d->ctx->arena, parts, part);
}

void steps_before(struct diffing *d, struct parts *parts)
{
	for (size_t i = 0; i < d->stepped.len; i++)
		for (size_t k = 0; k + 1 < d->stepped.ptr[i].move.steps.len; k++)
			add(d, &d->stepped.ptr[i].move, &d->stepped.ptr[i].move.steps.ptr[k], parts);
}

void steps_after(struct diffing *d, struct parts *parts)
{
	for (size_t i = 0; i < d->stepped.len; i++) {
		const struct move *move = &d->stepped.ptr[i].move;
		add(d, move, last_of(move), parts);
	}
}
