/*
 * What goes along: of what is dropped, made again or disturbed, all that needs it and does not survive that.
 */
#include "schema/cast.h"
#include "schema/work.h"

/* A foreign key cannot stand between the changes of its two ends; of a type that is made again the name alone is the same. */
static bool comes_apart(const struct work *work, const struct object *key, const struct object *old,
			const struct object *new)
{
	return key->kind == KIND_FOREIGN_KEY && old->kind == KIND_COLUMN &&
		(work->new[new->position].moved || work->new[new->position].follows ||
		 !is_comparable(object_get(old, "type"), object_get(new, "type")));
}

/* Does this survive that a column (or a type) it uses is altered? */
static bool is_sensitive(const struct object *object, const struct object *to)
{
	switch ((int)object->kind) {
	case KIND_INDEX:
	case KIND_CONSTRAINT:
	case KIND_FOREIGN_KEY:
	case KIND_STATISTICS:
	case KIND_TABLE:
	case KIND_FOREIGN_TABLE:
	case KIND_OWNED_BY:
	case KIND_GRANT:
		/* ALTER COLUMN TYPE makes indexes and the like again by itself; a type's own name in them it does not see. */
		return to->kind != KIND_COLUMN && (object->kind == KIND_INDEX || object->kind == KIND_CONSTRAINT);
	case KIND_ATTRIBUTE:
		return false;
	case KIND_COLUMN:
		return object_get(object, "generated") != NULL;
	default:
		return true;
	}
}

static bool replace(struct work *work, struct object *a)
{
	struct object *b = counterpart(work->to, a);
	if (!b || work->old[a->position].dropped || work->new[b->position].again)
		return false;
	if (holds_values(work, a) || is_in_composite(work, a)) {
		make_again(work, a, b);
		return true;
	}
	work->old[a->position].dropped = true;
	work->new[b->position].created = true;
	work->new[b->position].altered = work->new[b->position].disturbs = false;
	return true;
}

static bool needs(const struct object *object, const struct object *needed)
{
	for (size_t i = 0; i < object->needs.len; i++)
		if (object->needs.ptr[i] == needed)
			return true;
	return false;
}

/* May it be made again because what it needs is gone?  Its text is the same, but means something else now. */
static bool is_remade(const struct object *user)
{
	switch ((int)user->kind) {
	case KIND_VIEW:
	case KIND_MATERIALIZED_VIEW:
	case KIND_RULE:
	case KIND_POLICY:
	case KIND_TRIGGER:
	case KIND_DEFAULT:
	case KIND_CONSTRAINT:
	case KIND_FOREIGN_KEY:
	case KIND_INDEX:
	case KIND_STATISTICS:
	case KIND_DOMAIN_CONSTRAINT:
	case KIND_FUNCTION:
	case KIND_PROCEDURE:
	case KIND_AGGREGATE:
	case KIND_OPERATOR:
	case KIND_CAST:
	case KIND_EVENT_TRIGGER:
		return true;
	case KIND_COLUMN:
		return object_get(user, "generated") != NULL;
	default:
		return false;
	}
}

static void spread(struct work *work, struct object *a);

/*
 * A type that has one in it that is made again, and values in columns of its own, is made again along with that, while both of the old names are
 * there.  true: so it is, or it is an attribute whose type is altered then.
 */
static bool moves_along(struct work *work, struct object *user, const struct object *type)
{
	struct object *around = type_around(user), *now = around ? counterpart(work->to, around) : NULL;
	if (!now || !is_made_again(work, type) || work->old[around->position].dropped || now == type)
		return false;
	if (!holds_values(work, around))
		return user->kind == KIND_ATTRIBUTE;
	if (!is_made_again(work, now)) {
		make_again(work, around, now);
		spread(work, around);
	}
	if (!work->new[now->position].within)
		work->new[now->position].within = type;
	return true;
}

/* So is a column, and what uses it has to be out of the way. */
static void move_column(struct work *work, struct object *column, const struct object *type)
{
	struct fate *fate = &work->new[counterpart(work->to, column)->position];
	if (column->kind != KIND_COLUMN || !is_made_again(work, type) || fate->moved)
		return;
	/* The type of a column that partitions are found by does not change. */
	if (object_get(column, "_partition_key")) {
		if (replace(work, column->parent))
			spread(work, column->parent);
		return;
	}
	fate->moved = type;
	fate->disturbs = true;
	spread(work, column);
}

/* A body that PostgreSQL has read, with all columns of a table in it: it is read again when one of these has gone. */
static bool has_rows_of(const struct object *function, const struct object *column)
{
	return (function->kind == KIND_FUNCTION || function->kind == KIND_PROCEDURE) &&
		object_get(function, "_atomic") && column->parent && needs(function, column->parent);
}

/* Of a type whose name one of another kind takes: a column gets the new one, all else that has it is made again. */
static bool follow_heir(struct work *work, struct object *a, struct object *user, const struct object *heir)
{
	struct object *around = user->kind == KIND_ATTRIBUTE ? user->parent : user,
		      *now = counterpart(work->to, around);
	struct fate *fate = now ? &work->new[now->position] : NULL;
	if (!heir || !now || now == heir || !needs(counterpart(work->to, user), heir))
		return false;
	if (user->kind == KIND_COLUMN && object_get(user, "_partition_key"))
		around = user->parent;
	else if (user->kind == KIND_COLUMN && !object_get(user, "generated") && !object_get(now, "generated")) {
		fate->follows = fate->altered = fate->disturbs = work->old[a->position].gives_way = true;
		spread(work, user);
		return true;
	}
	if (replace(work, around))
		spread(work, around);
	if (fate->again)
		work->old[a->position].gives_way = true;
	return true;
}

static void spread(struct work *work, struct object *a)
{
	struct object *heir = heir_of(work, a);
	struct object *b = counterpart(work->to, a);
	bool replaced = work->old[a->position].dropped, gone = !b, disturbed = b && work->new[b->position].disturbs;
	for (size_t i = 0; i < a->needed_by.len; i++) {
		struct object *user = a->needed_by.ptr[i], *kept = counterpart(work->to, user);
		if (!kept || work->old[user->position].dropped || (b && moves_along(work, user, b)))
			continue;
		if (follow_heir(work, a, user, heir))
			continue;
		if (b)
			move_column(work, user, b);
		/* What no longer needs it is altered before it goes. */
		bool altered = work->new[kept->position].altered, freed = altered &&b && !needs(kept, b);
		bool goes = gone && has_rows_of(user, a) ? true
			: gone     ? !altered && (user->parent == a || (is_remade(user) && !comes_with_parent(user)))
			: replaced ? !freed
				   : disturbed && (is_sensitive(user, a) || comes_apart(work, user, a, b));
		if (goes && replace(work, user))
			spread(work, user);
	}
}

void spread_all(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *a = work->from->objects.ptr[i], *b = counterpart(work->to, a);
		if (work->old[i].dropped || (b && work->new[b->position].disturbs))
			spread(work, a);
	}
}
