/*
 * What comes before what though pg_depend does not say so: tables OF a type, logged ones and what they refer to, grants by those who were granted the
 * right, default privileges of schemas.
 */
#include "schema/work.h"

/* The columns of a table, or the attributes of a type, between two nodes; 0: any time. */
static void parts_between(struct work *work, ptrdiff_t first, const struct object *whole, const struct fate *fates,
			  ptrdiff_t last)
{
	for (size_t i = 0; whole && i < whole->children.len; i++) {
		const struct object *part = whole->children.ptr[i];
		if (part->kind != KIND_COLUMN && part->kind != KIND_ATTRIBUTE)
			continue;
		order_before(work, first, fates[part->position].node);
		order_before(work, fates[part->position].node, last);
	}
}

void edges_of_typed(struct work *work, size_t leaves, const struct object *table)
{
	const struct object *old = counterpart(work->from, table), *type = type_of_table(table);
	ptrdiff_t first = (ptrdiff_t)leaves + 1, last = work->new[table->position].node;
	order_before(work, first, last);
	order_before(work, first, work->new[type->position].node);
	parts_between(work, first, table, work->new, last);
	parts_between(work, first, type, work->new, last);
	parts_between(work, first, old, work->old, last);
	parts_between(work, first, type_of_table(old), work->old, last);
}

static bool loses_log(const struct work *work, const struct object *table)
{
	const struct object *old = counterpart(work->from, table);
	return old && object_get(table, "unlogged") && !object_get(old, "unlogged");
}

/* A table that is logged refers to none that is not. */
static void edges_of_logged(struct work *work, const struct object *key)
{
	const struct object *table = key->parent;
	for (size_t i = 0; key->kind == KIND_FOREIGN_KEY && table && i < key->needs.len; i++) {
		const struct object *other = object_table(key->needs.ptr[i]);
		if (!other || other == table || work->new[other->position].created)
			continue;
		if (loses_log(work, other))
			order_before(work, work->new[table->position].node, work->new[other->position].node);
		else if (object_get(counterpart(work->from, other) ? counterpart(work->from, other) : other,
				    "unlogged"))
			order_before(work, work->new[other->position].node, work->new[table->position].node);
	}
}

/* What a schema has from the beginning. */
static void edges_of_defaults(struct work *work, const struct object *defaults)
{
	const char *objects = object_get(defaults, "_objects");
	for (size_t i = 0; objects && strcmp(objects, "SCHEMAS") == 0 && i < work->to->objects.len; i++)
		if (work->to->objects.ptr[i]->kind == KIND_SCHEMA && work->new[i].created)
			order_before(work, work->new[defaults->position].node, work->new[i].node);
}

/* Its columns are what the type says while a table is one OF it: both change before it becomes one, or when it is none any more. */
static void edges_of_type(struct work *work, const struct object *table)
{
	const struct object *old = table->kind == KIND_TABLE ? counterpart(work->from, table) : NULL;
	ptrdiff_t node = work->new[table->position].node;
	bool becomes = object_get(table, "of_type") != NULL;
	if (!old || (object_get(old, "of_type") != NULL) == becomes)
		return;
	const struct object *type = type_of_table(becomes ? table : old),
			    *other = type ? counterpart(becomes ? work->from : work->to, type) : NULL;
	ptrdiff_t first = becomes ? 0 : node, last = becomes ? node : 0;
	parts_between(work, first, table, work->new, last);
	parts_between(work, first, becomes ? type : other, work->new, last);
	parts_between(work, first, old, work->old, last);
	parts_between(work, first, becomes ? other : type, work->old, last);
}

/* Who grants on has to have the right to, from before until after. */
static void edges_of_grant(struct work *work, const struct object *grant, bool new)
{
	const char *grantor = grant->kind == KIND_GRANT ? object_get(grant, "_grantor") : NULL;
	for (const struct object *on = grantor ? grant->parent : NULL; on; on = on->parent)
		for (size_t i = 0; i < on->children.len; i++) {
			const struct object *right = on->children.ptr[i], *now = counterpart(work->to, right);
			if (right->kind != KIND_GRANT || strcmp(object_get(right, "_grantee"), grantor) != 0)
				continue;
			if (new)
				order_before(work, work->new[right->position].node, work->new[grant->position].node);
			else
				order_before(work, work->old[grant->position].node, work->old[right->position].node),
					order_before(work, work->old[grant->position].node,
						     now ? work->new[now->position].node : 0);
		}
}

void edges_unsaid(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++)
		edges_of_grant(work, work->from->objects.ptr[i], false);
	for (size_t i = 0; i < work->to->objects.len; i++) {
		edges_of_grant(work, work->to->objects.ptr[i], true);
		edges_of_type(work, work->to->objects.ptr[i]);
		edges_of_logged(work, work->to->objects.ptr[i]);
		edges_of_defaults(work, work->to->objects.ptr[i]);
	}
}
