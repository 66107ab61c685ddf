/*
 * What comes before what.  Drops go from dependants to what they need, by the old catalog; creations the other way, by the new one; an alteration
 * comes after what it newly needs and before what it no longer needs is dropped.  How the nodes are made and sorted: order.c.
 */
#include "schema/kind.h"
#include "schema/work.h"

const struct object *carrier_of(const struct object *object)
{
	if (object->kind != KIND_COLUMN || !object->parent || !object_get(object, "inherited"))
		return object;
	for (size_t i = 0; i < object->parent->needs.len; i++) {
		const struct object *table = object->parent->needs.ptr[i];
		const struct object *like =
			table->kind == KIND_TABLE ? object_part(table, KIND_COLUMN, object->ident) : NULL;
		if (like)
			return carrier_of(like);
	}
	return object;
}

/* A table joins a parent when it has what the parent has, and the parent has all that it will have. */
static void edges_of_joining(struct work *work, const struct object *table, const struct object *old)
{
	const char *joins[] = { "partition_of", "inherits" };
	bool joining = false;
	for (size_t i = 0; i < LEN(joins); i++) {
		const char *now = object_get(table, joins[i]), *before = object_get(old, joins[i]);
		joining = joining || (now && (!before || strcmp(now, before) != 0));
	}
	for (size_t i = 0; joining && i <= table->needs.len; i++) {
		const struct object *owner = i ? table->needs.ptr[i - 1] : table, *was = counterpart(work->from, owner);
		for (size_t k = 0; owner->kind == KIND_TABLE && was && k < was->children.len; k++)
			if (was->children.ptr[k]->kind == KIND_COLUMN)
				order_before(work, work->old[was->children.ptr[k]->position].node,
					     work->new[table->position].node);
		for (size_t k = 0; owner->kind == KIND_TABLE && k < owner->children.len; k++) {
			const struct object *child = owner->children.ptr[k];
			if (child->kind == KIND_COLUMN || child->kind == KIND_CONSTRAINT)
				order_before(work, work->new[child->position].node, work->new[table->position].node);
		}
	}
}

/* Is it the index of the whole table that took this one in?  pg_depend has the later one as what is needed. */
static bool took_in(const struct object *whole, const struct object *part)
{
	const char *of = whole_of(part);
	const char *index = whole->kind == KIND_INDEX ? whole->ident
		: whole->kind == KIND_CONSTRAINT      ? object_get(whole, "_index")
						      : NULL;
	return of && index && strcmp(of, index) == 0;
}

static bool needs(const struct object *object, const struct object *needed)
{
	for (size_t i = 0; i < object->needs.len; i++)
		if (object->needs.ptr[i] == needed)
			return true;
	return false;
}

static void edges_before_changes(struct work *work, const struct object *table, const struct object *parent)
{
	for (size_t i = 0; parent && i < parent->children.len; i++) {
		const struct object *part = parent->children.ptr[i];
		if (part->kind == KIND_COLUMN || part->kind == KIND_CONSTRAINT || part->kind == KIND_DEFAULT)
			order_before(work, work->new[table->position].node, work->new[carrier_of(part)->position].node);
	}
}

/* A table leaves its parent before that loses what the table may keep, or gets what it is not to have. */
static void edges_of_leaving_parents(struct work *work, const struct object *table, const struct object *old)
{
	for (size_t i = 0; i < old->needs.len; i++) {
		const struct object *parent = old->needs.ptr[i], *kept = counterpart(work->to, parent);
		if (parent->kind != KIND_TABLE || (kept && needs(table, kept)))
			continue;
		edges_before_changes(work, table, kept);
		for (size_t k = 0; k < parent->children.len; k++)
			if (parent->children.ptr[k]->kind == KIND_COLUMN ||
			    parent->children.ptr[k]->kind == KIND_CONSTRAINT)
				order_before(work, work->new[table->position].node,
					     work->old[parent->children.ptr[k]->position].node);
	}
}

/* Whom it waits for: but an altered table is there already, and may itself wait for its parts (see above). */
static ptrdiff_t awaited(const struct work *work, const struct object *object, const struct object *needed)
{
	const struct fate *fate = &work->new[needed->position];
	if (took_in(needed, object) && (work->new[object->position].apart || !comes_with_parent(object)))
		return 0;
	if (needed == object->parent && !fate->created && !fate->again)
		return 0;
	return work->new[carrier_of(needed)->position].node;
}

/* The node that alters what is needed now; 0: none does. */
static ptrdiff_t altering(const struct work *work, const struct object *needed)
{
	const struct object *now = counterpart(work->to, needed);
	return now && work->new[now->position].altered ? work->new[now->position].node : 0;
}

/* The node of the type that is made again and gives this column its type anew. */
static ptrdiff_t moving(const struct work *work, const struct object *column)
{
	const struct object *now = counterpart(work->to, column), *type = now ? work->new[now->position].moved : NULL;
	return type ? work->new[type->position].node : 0;
}

/* While an index is the replica identity its columns are not null. */
static bool frees_columns(const struct work *work, const struct object *index)
{
	const struct object *old = counterpart(work->from, index);
	return (index->kind == KIND_INDEX || index->kind == KIND_CONSTRAINT) && old &&
		object_get(old, "replica_identity") && !object_get(index, "replica_identity") &&
		work->new[index->position].altered;
}

/* Another one takes the replica identity over, with the same word. */
static ptrdiff_t taking_over(const struct work *work, const struct object *index)
{
	const struct objects *others = &index->parent->children;
	ptrdiff_t node = 0;
	for (size_t i = 0; i < others->len && !node; i++)
		if ((others->ptr[i]->kind == KIND_INDEX || others->ptr[i]->kind == KIND_CONSTRAINT) &&
		    object_get(others->ptr[i], "replica_identity"))
			node = work->new[others->ptr[i]->position].node;
	return node;
}

/* The same part of a table that this one's has for a parent; *at, from 0 on, finds the next one.  NULL: no more. */
static const struct object *next_above(const struct object *part, size_t *at)
{
	const struct objects *tables = &part->parent->needs;
	while (*at < tables->len) {
		const struct object *table = tables->ptr[(*at)++];
		for (size_t i = 0; table->kind == KIND_TABLE && i < table->children.len; i++)
			if (table->children.ptr[i]->kind == part->kind &&
			    strcmp(table->children.ptr[i]->ident, part->ident) == 0)
				return table->children.ptr[i];
	}
	return NULL;
}

/* A check that a partition had from its whole is its own when the whole's has gone. */
static void edges_of_passed(struct work *work, const struct object *check, ptrdiff_t node)
{
	const struct object *above;
	size_t at = 0;
	if (check->kind == KIND_CONSTRAINT && comes_with_parent(check))
		while ((above = next_above(check, &at)))
			order_before(work, work->old[above->position].node, node);
}

/* A check is validated when the parent's, which is not, is there. */
static void edges_of_surer(struct work *work, const struct object *check, ptrdiff_t node)
{
	const struct object *above;
	size_t at = 0;
	if (is_surer(check))
		while ((above = next_above(check, &at)))
			order_before(work, work->new[above->position].node, node);
}

/* What all tables above say of an inherited column, or of its default, is said before what its own says: PostgreSQL tells the children. */
static void edges_from_above(struct work *work, const struct object *column, ptrdiff_t node)
{
	const struct object *above;
	size_t at = 0;
	bool told = column->kind == KIND_DEFAULT || (column->kind == KIND_COLUMN && object_get(column, "_merged"));
	if (!column->parent || (carrier_of(column) == column && !told))
		return;
	while ((above = next_above(column, &at))) {
		order_before(work, work->new[above->position].node, node);
		edges_from_above(work, above, node);
	}
}

/* A partition that gets another place is back in its table before that changes: what changes there changes on its partitions. */
static void edges_of_moving(struct work *work, const struct object *table, const struct object *old)
{
	const struct object *whole = partition_whole(table), *before = whole ? counterpart(work->from, whole) : NULL;
	if (!before || partition_whole(old) != before)
		return;
	edges_before_changes(work, table, whole);
	for (size_t i = 0; i < before->children.len; i++)
		if (before->children.ptr[i]->kind == KIND_COLUMN || before->children.ptr[i]->kind == KIND_CONSTRAINT)
			order_before(work, work->new[table->position].node,
				     work->old[before->children.ptr[i]->position].node);
}

/* An attribute's statement is that of its type, where this is made again. */
static ptrdiff_t node_of(const struct work *work, const struct object *object)
{
	const struct fate *fate = &work->new[object->position];
	bool again = object->kind == KIND_ATTRIBUTE && object->parent && work->new[object->parent->position].again;
	return again && !fate->node ? work->new[object->parent->position].node : fate->node;
}

/* PostgreSQL adds no rule to a domain of which there are values inside of others. */
static void edges_of_rules(struct work *work, const struct object *domain, const struct object *user, ptrdiff_t node)
{
	bool holds = user->kind == KIND_COLUMN || (user->kind >= KIND_DOMAIN && user->kind <= KIND_RANGE);
	for (size_t i = 0; holds && domain->kind == KIND_DOMAIN && i < domain->children.len; i++)
		if (domain->children.ptr[i]->kind == KIND_DOMAIN_CONSTRAINT && work->new[domain->position].created &&
		    user->parent != domain)
			order_before(work, work->new[domain->children.ptr[i]->position].node, node);
}

static void edges_of_new(struct work *work, const struct object *object)
{
	const struct fate *fate = &work->new[object->position];
	const struct object *old = counterpart(work->from, object);
	ptrdiff_t node = node_of(work, object);
	if (!node)
		return;
	for (size_t i = 0; i < object->needs.len; i++) {
		const struct object *needed = object->needs.ptr[i], *was = counterpart(work->from, needed);
		if (needed->kind == KIND_COLUMN && frees_columns(work, object))
			order_before(work, node, work->new[needed->position].node),
				order_before(work, taking_over(work, object), work->new[needed->position].node);
		else
			order_before(work, awaited(work, object, needed), node);
		if (carrier_of(needed) != needed)
			order_before(work, work->new[needed->position].node, node);
		if (was)
			order_before(work, moving(work, was), node);
		edges_of_rules(work, needed, object, node);
	}
	edges_from_above(work, object, node);
	edges_of_surer(work, object, node);
	if (!old)
		return;
	if (object->kind == KIND_TABLE) {
		edges_of_joining(work, object, old);
		edges_of_leaving_parents(work, object, old);
		if (table_moves(work, object))
			edges_of_moving(work, object, old);
	}
	/* What it had from its parent can be changed when it has left it. */
	if (comes_with_parent(old) && !comes_with_parent(object) && object->parent)
		order_before(work, work->new[object->parent->position].node, node);
	if (fate->created) {
		order_before(work, work->old[old->position].node, node);
		edges_of_passed(work, old, node);
	} else {
		for (size_t i = 0; i < old->needs.len; i++)
			order_before(work, node, work->old[old->needs.ptr[i]->position].node);
	}
}

/* A table's own check goes before its parent gets the one that it has from then on. */
static void edges_of_passing(struct work *work, const struct object *check, ptrdiff_t node)
{
	const struct object *now = counterpart(work->to, check), *above;
	size_t at = 0;
	if (now && comes_with_parent(now))
		while ((above = next_above(now, &at)))
			order_before(work, node, work->new[above->position].node);
}

/* What a table has of its own and from a parent too goes when the parent has it no more, or the table has left. */
static void edges_of_merged(struct work *work, const struct object *part, ptrdiff_t node)
{
	const struct object *now = part->parent ? counterpart(work->to, part->parent) : NULL, *above;
	size_t at = 0;
	while (now && (above = next_above(part, &at))) {
		const struct object *kept = counterpart(work->to, above->parent);
		if (!kept || !needs(now, kept))
			order_before(work, work->new[now->position].node, node);
		else
			order_before(work, work->old[above->position].node, node);
	}
}

/* A foreign key to a partitioned table holds its partitions too, and pg_depend does not say so. */
static void edges_of_referenced(struct work *work, ptrdiff_t key, const struct object *whole)
{
	for (size_t i = 0; whole->kind == KIND_TABLE && object_get(whole, "partition_key") && i < whole->needed_by.len;
	     i++) {
		const struct object *partition = whole->needed_by.ptr[i];
		if (partition->kind != KIND_TABLE || partition_whole(partition) != whole)
			continue;
		order_before(work, key, work->old[partition->position].node);
		edges_of_referenced(work, key, partition);
	}
}

static void edges_of_old(struct work *work, const struct object *object)
{
	ptrdiff_t node = work->old[object->position].node;
	const struct object *carrier = carrier_of(object), *table = object->parent;
	for (size_t i = 0; node && i < object->needs.len; i++) {
		const struct object *needed = object->needs.ptr[i];
		order_before(work, node, work->old[needed->position].node);
		order_before(work, node, moving(work, needed));
		if (object->kind == KIND_FOREIGN_KEY)
			edges_of_referenced(work, node, needed->parent ? needed->parent : needed);
		/* Parts need not go before their table is altered: what stays behind when it leaves its parent goes later. */
		if (needed != table)
			order_before(work, node, altering(work, needed)),
				order_before(work, node, altering(work, carrier_of(needed)));
	}
	if ((object->kind == KIND_COLUMN || object->kind == KIND_CONSTRAINT) && !comes_with_parent(object))
		edges_of_merged(work, object, node), edges_of_passing(work, object, node);
	if (carrier != object)
		order_before(work, node, work->old[carrier->position].node);
	if (work->old[object->position].left && table)
		order_before(work, work->new[counterpart(work->to, table)->position].node, node);
}

/* Names that only one object may have at a time; up to two of them. */
static void slots_of(const struct object *object, const char *ret_slots[2])
{
	ret_slots[0] = ret_slots[1] = NULL;
	if (kinds[object->kind].is_relation ||
	    (object->kind >= KIND_ENUM && object->kind <= KIND_RANGE && object->kind != KIND_DOMAIN_CONSTRAINT) ||
	    (object->kind >= KIND_FUNCTION && object->kind <= KIND_AGGREGATE))
		ret_slots[0] = object->ident;
	else if (object->kind == KIND_CONSTRAINT || object->kind == KIND_FOREIGN_KEY) {
		ret_slots[0] = object->id + strlen(kinds[object->kind].name);
		ret_slots[1] = object_get(object, "_index");
	} else if (object->kind == KIND_COLUMN) {
		ret_slots[0] = object_get(object, "_identity_sequence");
	}
}

static bool holds_slot(const struct object *object, const char *slot)
{
	const char *slots[2];
	slots_of(object, slots);
	for (size_t i = 0; i < 2; i++)
		if (slots[i] && strcmp(slots[i], slot) == 0)
			return true;
	return false;
}

/* Whose end makes the name free; 0: it is not given up. */
static ptrdiff_t node_that_frees(const struct work *work, const struct object *old, const char *slot)
{
	const struct object *now = counterpart(work->to, old);
	if (work->old[old->position].way)
		return work->old[old->position].way;
	if (work->old[old->position].node || !now || !work->new[now->position].altered || holds_slot(now, slot))
		return work->old[old->position].node;
	return work->new[now->position].node;
}

/* Whose statement takes the name; 0: it is held already. */
static ptrdiff_t node_that_takes(const struct work *work, const struct object *new, const char *slot)
{
	const struct object *old = counterpart(work->from, new);
	const struct fate *fate = &work->new[new->position];
	return fate->created || (fate->altered && old && !holds_slot(old, slot)) ? fate->node : 0;
}

static void edges_of_names(struct work *work)
{
	struct map taken = { 0 };
	const char *slots[2];
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *old = work->from->objects.ptr[i];
		slots_of(old, slots);
		for (size_t k = 0; k < 2; k++)
			if (slots[k] && node_that_frees(work, old, slots[k]))
				map_set(work->arena, &taken, str_of(slots[k]), old);
	}
	for (size_t i = 0; i < work->to->objects.len && taken.len; i++) {
		const struct object *new = work->to->objects.ptr[i], *old;
		slots_of(new, slots);
		for (size_t k = 0; k < 2; k++)
			if (slots[k] && (old = map_get(&taken, str_of(slots[k]))))
				order_before(work, node_that_frees(work, old, slots[k]),
					     node_that_takes(work, new, slots[k]));
	}
}

/* The index of the whole table takes in those of the partitions that are there already. */
static void edges_of_part(struct work *work, const struct object *part)
{
	const struct object *whole = map_get(&work->new_parts.wholes, str_of(whole_of(part)));
	const struct fate *fate = &work->new[part->position];
	bool has_statement = fate->apart || !comes_with_parent(part);
	if (whole && fate->created && has_statement && work->new[whole->position].created)
		order_before(work, fate->node, work->new[whole->position].node);
}

/* A table leaves before the index goes that its own was a part of, or it would go along. */
static void edges_of_leaving(struct work *work, const struct object *part)
{
	const struct object *whole = old_whole(work, part),
			    *table = part->parent ? counterpart(work->to, part->parent) : NULL;
	if (whole && table && work->new[table->position].altered && !whole_that_takes_along(work, part))
		order_before(work, work->new[table->position].node, work->old[whole->position].node);
}

/* A table joins without the indexes that its new parent's must not take, and before those that are to be parts. */
static void edges_of_indexes(struct work *work, const struct object *table)
{
	for (size_t i = 0; i < table->children.len; i++) {
		const struct object *child = table->children.ptr[i], *old = counterpart(work->from, child);
		if (child->kind != KIND_INDEX && child->kind != KIND_CONSTRAINT)
			continue;
		if (old && work->old[old->position].dropped && work->new[child->position].created) {
			order_before(work, work->old[old->position].node, work->new[table->position].node);
			order_before(work, work->new[table->position].node, work->new[child->position].node);
		}
	}
}

/* What has no part on every partition is made when all partitions are there: one that comes later gets a part. */
static void edges_of_only(struct work *work, const struct object *whole)
{
	for (size_t i = 0; whole->parent && i < whole->parent->needed_by.len; i++)
		if (is_partition_of(whole->parent->needed_by.ptr[i], whole))
			order_before(work, work->new[whole->parent->needed_by.ptr[i]->position].node,
				     work->new[whole->position].node);
}

static void edges_of_partitions(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++)
		if (whole_of(work->from->objects.ptr[i]))
			edges_of_leaving(work, work->from->objects.ptr[i]);
	for (size_t i = 0; i < work->to->objects.len; i++) {
		const struct object *object = work->to->objects.ptr[i];
		if (whole_of(object))
			edges_of_part(work, object);
		if (work->new[i].only)
			edges_of_only(work, object);
		if (table_joins(work, object))
			edges_of_indexes(work, object);
	}
}

void order_edges(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++)
		edges_of_old(work, work->from->objects.ptr[i]);
	for (size_t i = 0; i < work->to->objects.len; i++)
		edges_of_new(work, work->to->objects.ptr[i]);
	edges_unsaid(work);
	edges_of_names(work);
	edges_of_partitions(work);
	edges_of_bodies(work);
}
