/*
 * Which statement comes before which: nodes, a statement or more each, and how they are sorted.  What has to come before what: edges.c.
 */
#include <stdlib.h>

#include "schema/alter.h"
#include "schema/kind.h"
#include "schema/work.h"

/* ---- nodes ---- */

static size_t add_node(struct work *work, enum verb verb, struct object *a, struct object *b)
{
	vec_push(work->arena, &work->nodes, (struct node){ .verb = verb, .a = a, .b = b });
	return work->nodes.len - 1;
}

void order_before(struct work *work, ptrdiff_t first, ptrdiff_t then)
{
	if (first && then && first != then)
		vec_push(work->arena, &work->nodes.ptr[first - 1].next, (size_t)then - 1);
}

/* A sequence that its column's word, serial, makes. */
static struct object *serial_of(const struct work *work, const struct object *object)
{
	const struct object *sequence = object->kind == KIND_OWNED_BY ? object->parent : object;
	struct object *column = sequence->kind == KIND_SEQUENCE ? sequence_owner(sequence) : NULL;
	if (!column || !is_made_as_serial(work, column))
		return NULL;
	return work->new[column->parent->position].created ? column->parent : column;
}

/* CREATE TABLE makes one key of two that have the same columns. */
static bool repeats_key(const struct object *key)
{
	const char *type = object_get(key, "_type"), *columns = strchr(object_get(key, "definition"), '(');
	for (size_t i = 0; type && *type == 'u' && columns && i < key->parent->children.len; i++) {
		const struct object *other = key->parent->children.ptr[i];
		const char *others = other->kind == KIND_CONSTRAINT ? object_get(other, "_type") : NULL;
		const char *same =
			others && strchr("pu", *others) ? strchr(object_get(other, "definition"), '(') : NULL;
		if (other != key && same && strcmp(same, columns) == 0 &&
		    (*others == 'p' || strcmp(other->id, key->id) < 0))
			return true;
	}
	return false;
}

/* Whose statement creates this object too; NULL: its own does. */
static struct object *creator_of(const struct work *work, const struct object *object)
{
	const struct fate *fate = &work->new[object->position];
	struct object *parent = object->parent, *column;
	if (fate->alone)
		return NULL;
	if (object->kind == KIND_SEQUENCE || object->kind == KIND_OWNED_BY)
		return serial_of(work, object);
	if (!parent)
		return NULL;
	bool with_parent = work->new[parent->position].created;
	if (object->kind == KIND_INDEX)
		return work->new[parent->position].joins &&whole_of(object) ? parent : NULL;
	if (object->kind == KIND_COLUMN || object->kind == KIND_ATTRIBUTE)
		return with_parent ? parent : NULL;
	if (object->kind == KIND_DOMAIN_CONSTRAINT)
		return is_made_again(work, parent) && !object_get(object, "not_valid") ? parent : NULL;
	if (object->kind == KIND_CONSTRAINT)
		return with_parent && !object_get(object, "not_valid") && !repeats_key(object) ? parent : NULL;
	if (object->kind == KIND_DEFAULT && (column = object_beside(object, KIND_COLUMN)) &&
	    !object_get(column, "inherited") && work->new[column->position].created)
		return with_parent ? parent : column;
	return NULL;
}

static ptrdiff_t node_for_new(struct work *work, struct object *object)
{
	struct fate *fate = &work->new[object->position];
	if (fate->node || !(fate->created || fate->altered))
		return fate->node;
	struct object *creator = fate->created ? creator_of(work, object)
		: fate->within                 ? counterpart(work->to, fate->within)
					       : NULL;
	ptrdiff_t node = creator ? node_for_new(work, creator) : 0;
	if (node)
		vec_push(work->arena, &work->nodes.ptr[node - 1].folded, object);
	else
		node = (ptrdiff_t)add_node(work, fate->created ? VERB_CREATE : VERB_ALTER,
					   fate->created ? NULL : counterpart(work->from, object), object) +
			1;
	return fate->node = node;
}

/* The type whose functions go with it: neither could go before the other. */
static struct object *base_type_of(const struct object *function)
{
	for (size_t i = 0; function->kind == KIND_FUNCTION && i < function->needed_by.len; i++) {
		struct object *type = function->needed_by.ptr[i];
		for (size_t k = 0; type->kind == KIND_BASE_TYPE && k < function->needs.len; k++)
			if (function->needs.ptr[k]->kind == KIND_SHELL_TYPE &&
			    strcmp(function->needs.ptr[k]->ident, type->ident) == 0)
				return type;
	}
	return NULL;
}

/* The table that is made again and takes its partitions along: their rows are its. */
static struct object *refilled_whole(const struct work *work, const struct object *partition)
{
	struct object *whole = partition_whole(partition);
	return whole && (is_refilled(work, whole) || refilled_whole(work, whole)) ? whole : NULL;
}

static struct object *dropper_of(const struct work *work, const struct object *object)
{
	const struct fate *fate = &work->old[object->position];
	struct object *owner = object->parent, *other;
	if (fate->alone)
		return NULL;
	if (owner && (owner->kind == KIND_VIEW_COLUMN || owner->kind == KIND_EXTENSION_MEMBER))
		return owner->parent && work->old[owner->parent->position].dropped ? owner->parent : NULL;
	if (owner && work->old[owner->position].dropped)
		return owner;
	if ((other = base_type_of(object)) && work->old[other->position].dropped)
		return other;
	if ((other = whole_that_takes_along(work, object)))
		return other;
	if (object->kind == KIND_DEFAULT && (other = object_beside(object, KIND_COLUMN)) &&
	    work->old[other->position].dropped)
		return other;
	if ((other = refilled_whole(work, object)))
		return other;
	if (object->kind == KIND_SEQUENCE && (other = sequence_owner(object)) && work->old[other->position].dropped)
		return other;
	return NULL;
}

static ptrdiff_t node_for_old(struct work *work, struct object *object)
{
	struct fate *fate = &work->old[object->position];
	if (fate->node || !fate->dropped)
		return fate->node;
	struct object *dropper = dropper_of(work, object);
	ptrdiff_t node = dropper ? node_for_old(work, dropper) : 0;
	if (node)
		vec_push(work->arena, &work->nodes.ptr[node - 1].folded, object);
	else
		node = (ptrdiff_t)add_node(work, VERB_DROP, object, NULL) + 1;
	return fate->node = node;
}

static long place(const struct object *object)
{
	const char *position =
		object->kind == KIND_COLUMN || object->kind == KIND_ATTRIBUTE ? object_get(object, "_position") : NULL;
	return position ? strtol(position, NULL, 10) : 0;
}

static int compare_folded(const void *left, const void *right)
{
	const struct object *a = *(struct object *const *)left, *b = *(struct object *const *)right;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (place(a) != place(b))
		return place(a) < place(b) ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void make_nodes(struct work *work)
{
	work->nodes.len = 0;
	for (size_t i = 0; i < work->from->objects.len; i++)
		work->old[i].node = 0;
	for (size_t i = 0; i < work->to->objects.len; i++)
		work->new[i].node = 0;
	for (size_t i = 0; i < work->from->objects.len; i++)
		node_for_old(work, work->from->objects.ptr[i]);
	for (size_t i = 0; i < work->to->objects.len; i++)
		node_for_new(work, work->to->objects.ptr[i]);
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *type = work->from->objects.ptr[i];
		if (!work->old[i].gives_way)
			continue;
		size_t node = add_node(work, VERB_ALTER, type, heir_of(work, type));
		work->nodes.ptr[node].gives_way = true;
		edges_of_way(work, (ptrdiff_t)node + 1, type);
	}
	/* What moves leaves its range before anything takes it. */
	for (size_t i = 0; i < work->to->objects.len; i++) {
		struct object *table = work->to->objects.ptr[i];
		if (work->new[i].retyped) {
			size_t leaves = add_node(work, VERB_ALTER, counterpart(work->from, table), table);
			work->nodes.ptr[leaves].untypes = true;
			edges_of_typed(work, leaves, table);
		}
		if (work->new[i].created && counterpart(work->from, table) &&
		    is_refilled(work, counterpart(work->from, table))) {
			size_t refills = add_node(work, VERB_ALTER, counterpart(work->from, table), table);
			work->nodes.ptr[refills].refills = true;
			edges_of_refilled(work, (ptrdiff_t)refills + 1, table);
		}
		if (!table_moves(work, table))
			continue;
		size_t node = add_node(work, VERB_ALTER, counterpart(work->from, table), table);
		work->nodes.ptr[node].detaches = true;
		order_before(work, (ptrdiff_t)node + 1, work->new[i].node);
	}
	for (size_t i = 0; i < work->nodes.len; i++) {
		struct objects *folded = &work->nodes.ptr[i].folded;
		if (folded->len > 1)
			qsort(folded->ptr, folded->len, sizeof(*folded->ptr), compare_folded);
	}
}

/* ---- sorting ---- */

static const struct object *subject(const struct node *node)
{
	return node->b ? node->b : node->a;
}

static bool detached(const struct node *node)
{
	return node->detaches ||
		(node->verb == VERB_ALTER && node->a && node->a->kind == KIND_TABLE &&
		 object_get(node->a, "partition_of") && !object_get(node->b, "partition_of"));
}

/* Which of two that could both run is nicer to read first. */
static int compare_nodes(const struct work *work, size_t left, size_t right)
{
	const struct node *x = &work->nodes.ptr[left], *y = &work->nodes.ptr[right];
	const struct object *a = subject(x), *b = subject(y);
	bool drops = x->verb == VERB_DROP;
	if (drops != (y->verb == VERB_DROP))
		return drops ? -1 : 1;
	/* A partition leaves before another one takes its range. */
	bool detaches = detached(x), other_detaches = detached(y);
	if (!drops && detaches != other_detaches)
		return detaches ? -1 : 1;
	unsigned group_a = kinds[a->kind].group, group_b = kinds[b->kind].group;
	if (group_a != group_b)
		return (group_a < group_b) != drops ? -1 : 1;
	int order = strcmp(a->parent_ident ? a->parent_ident : a->ident, b->parent_ident ? b->parent_ident : b->ident);
	if (order)
		return order;
	if (a->kind != b->kind)
		return (a->kind < b->kind) != drops ? -1 : 1;
	if (place(a) != place(b))
		return place(a) < place(b) ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void heap_push(const struct work *work, struct order *heap, size_t node)
{
	size_t at = heap->len;
	vec_push(work->arena, heap, node);
	for (; at && compare_nodes(work, node, heap->ptr[(at - 1) / 2]) < 0; at = (at - 1) / 2)
		heap->ptr[at] = heap->ptr[(at - 1) / 2];
	heap->ptr[at] = node;
}

static size_t heap_pop(const struct work *work, struct order *heap)
{
	size_t top = heap->ptr[0], node = heap->ptr[--heap->len], at = 0;
	for (;;) {
		size_t child = at * 2 + 1;
		if (child >= heap->len)
			break;
		if (child + 1 < heap->len && compare_nodes(work, heap->ptr[child + 1], heap->ptr[child]) < 0)
			child++;
		if (compare_nodes(work, node, heap->ptr[child]) <= 0)
			break;
		heap->ptr[at] = heap->ptr[child];
		at = child;
	}
	if (heap->len)
		heap->ptr[at] = node;
	return top;
}

static void release(struct work *work, size_t node, struct order *heap)
{
	const struct node *done = &work->nodes.ptr[node];
	for (size_t i = 0; i < done->next.len; i++)
		if (--work->nodes.ptr[done->next.ptr[i]].waits == 0 && !work->nodes.ptr[done->next.ptr[i]].done)
			heap_push(work, heap, done->next.ptr[i]);
}

static void count_waits(struct work *work)
{
	for (size_t i = 0; i < work->nodes.len; i++)
		for (size_t k = 0; k < work->nodes.ptr[i].next.len; k++)
			work->nodes.ptr[work->nodes.ptr[i].next.ptr[k]].waits++;
}

static void drain(struct work *work, struct order *heap, struct order *order)
{
	while (heap->len) {
		size_t node = heap_pop(work, heap);
		work->nodes.ptr[node].done = true;
		vec_push(work->arena, order, node);
		release(work, node, heap);
	}
}

static void sort_nodes(struct work *work, struct order *order)
{
	struct order heap = { 0 };
	count_waits(work);
	for (size_t i = 0; i < work->nodes.len; i++)
		if (!work->nodes.ptr[i].waits)
			heap_push(work, &heap, i);
	drain(work, &heap, order);
}

/* What may go before the table that it is of; not an index that one of the whole table has taken in. */
static bool goes_alone(const struct object *object, bool only_keys)
{
	if (object->kind == KIND_FOREIGN_KEY || only_keys)
		return object->kind == KIND_FOREIGN_KEY;
	return object->kind == KIND_DEFAULT || (object->kind == KIND_CONSTRAINT && !whole_of(object)) ||
		object->kind == KIND_TRIGGER || object->kind == KIND_POLICY || object->kind == KIND_RULE;
}

/* Of the nodes that could not be sorted, those that are in a circle or between two: nothing behind them is left. */
static bool unfold_circles(struct work *work, bool only_keys)
{
	bool any = false, again = true;
	while (again) {
		again = false;
		for (size_t i = 0; i < work->nodes.len; i++) {
			struct node *node = &work->nodes.ptr[i];
			bool leads = false;
			for (size_t k = 0; !node->done && k < node->next.len; k++)
				leads = leads || !work->nodes.ptr[node->next.ptr[k]].done;
			if (!node->done && !leads)
				again = node->done = true;
		}
	}
	for (size_t i = 0; i < work->nodes.len; i++) {
		const struct node *node = &work->nodes.ptr[i];
		for (size_t k = 0; !node->done && k < node->folded.len; k++) {
			const struct object *object = node->folded.ptr[k];
			struct fate *fate =
				node->verb == VERB_DROP ? &work->old[object->position] : &work->new[object->position];
			bool can = node->verb == VERB_DROP
				? goes_alone(object, only_keys)
				: object->kind == KIND_DEFAULT || object->kind == KIND_CONSTRAINT;
			if (can && !fate->alone)
				any = fate->alone = true;
		}
	}
	return any;
}

/*
 * A circle that is left (two views that need each other through rules, a function and the type that it makes) is cut at the node that reads
 * best first; running the script tells whether PostgreSQL minds.
 */
static void cut_circles(struct work *work, struct order *order)
{
	struct order heap = { 0 };
	while (order->len < work->nodes.len) {
		size_t best = work->nodes.len;
		for (size_t i = 0; i < work->nodes.len; i++)
			if (!work->nodes.ptr[i].done && (best == work->nodes.len || compare_nodes(work, i, best) < 0))
				best = i;
		heap_push(work, &heap, best);
		drain(work, &heap, order);
	}
}

void order_nodes(struct work *work, struct order *ret_order)
{
	enum { ATTEMPTS = 4 }; /* as they are, without foreign keys, without more, and once more for what that brings */
	struct order order = { 0 };
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		order.len = 0;
		make_nodes(work);
		order_edges(work);
		sort_nodes(work, &order);
		if (order.len == work->nodes.len || (!unfold_circles(work, true) && !unfold_circles(work, false)))
			break;
	}
	for (size_t i = 0; i < work->nodes.len; i++)
		work->nodes.ptr[i].done = false;
	for (size_t i = 0; i < order.len; i++)
		work->nodes.ptr[order.ptr[i]].done = true;
	cut_circles(work, &order);
	*ret_order = order;
}
