/*
 * What differs: object by object, by identity, attribute by attribute.  What one side has from a parent table is compared where it comes from.
 */
#include "schema/kind.h"
#include "schema/list.h"
#include "schema/normal.h"
#include "schema/work.h"

struct object *counterpart(const struct schema *schema, const struct object *object)
{
	return schema_find(schema, object->id);
}

/* Nothing makes a column that a table has of its own, and from its parent, one that it has from its parent only. */
static bool is_inherited(const struct object *column)
{
	return object_get(column, "inherited") || object_get(column, "_merged");
}

/* What an inherited column is like is decided where it is inherited from. */
static bool is_compared(const struct object *a, const struct object *b, const char *name)
{
	static const char *const own[] = { "comment", "statistics", "options", "attached_to", NULL };
	if (name[0] == '_')
		return false;
	if (b->kind == KIND_COLUMN && strcmp(name, "inherited") == 0 && is_inherited(a) && is_inherited(b))
		return false;
	/* A sequence that a column owns has the owner that its table has, and may have no other. */
	if (b->kind == KIND_SEQUENCE && strcmp(name, "owner") == 0 && sequence_is_owned(a) && sequence_is_owned(b))
		return false;
	/* A column that is the parent's too has the type that the parent's has. */
	if (b->kind == KIND_COLUMN && (strcmp(name, "type") == 0 || strcmp(name, "collation") == 0) &&
	    is_inherited(a) && is_inherited(b))
		return false;
	if (!comes_with_parent(a) || !comes_with_parent(b))
		return true;
	for (size_t i = 0; own[i]; i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return false;
}

/* The same column of a table that this one's has for a parent, NULL: none. */
static const struct object *like_in(const struct object *table, const struct object *column)
{
	for (size_t i = 0; table->kind == KIND_TABLE && i < table->children.len; i++)
		if (table->children.ptr[i]->kind == KIND_COLUMN && same(table->children.ptr[i]->ident, column->ident))
			return table->children.ptr[i];
	return NULL;
}

bool is_not_null(const struct object *column)
{
	const struct object *table = is_inherited(column) ? column->parent : NULL;
	bool found = object_get(column, "not_null") != NULL;
	for (size_t i = 0; table && !found && i < table->needs.len; i++) {
		const struct object *above = like_in(table->needs.ptr[i], column);
		found = above && is_not_null(above);
	}
	return found;
}

/* Does a table that both have for a parent go from the one to the other?  It takes its children along. */
static bool parent_goes(const struct object *a, const struct object *b, bool was, bool becomes)
{
	bool goes = false;
	for (size_t i = 0; is_inherited(a) && is_inherited(b) && i < a->parent->needs.len; i++) {
		const struct object *old = like_in(a->parent->needs.ptr[i], a), *new = NULL;
		for (size_t k = 0; old && !new &&k < b->parent->needs.len; k++)
			if (same(b->parent->needs.ptr[k]->id, old->parent->id))
				new = like_in(b->parent->needs.ptr[k], b);
		goes = goes || (new &&is_not_null(old) == was &&is_not_null(new) == becomes);
	}
	return goes;
}

/* What a parent says is not told of its children: it comes and goes with it, while the child is one. */
static bool not_null_differs(const struct object *a, const struct object *b)
{
	bool was = is_not_null(a), becomes = is_not_null(b);
	if (was && becomes)
		return parent_goes(a, b, true, false);
	return was != becomes && !parent_goes(a, b, was, becomes);
}

/* Its own expression, or that of the parent's column, which is not told of it again. */
static const char *generated_as(const struct object *column)
{
	const char *own = object_get(column, "generated");
	const struct object *table = is_inherited(column) ? column->parent : NULL;
	for (size_t i = 0; table && !own && i < table->needs.len; i++) {
		const struct object *above = like_in(table->needs.ptr[i], column);
		own = above ? generated_as(above) : NULL;
	}
	return own;
}

/* Two of a kind mostly have the same attributes in the same order. */
static const char *get_likely(const struct object *object, const char *name, size_t index)
{
	const struct attributes *attributes = object->attributes;
	return index < attributes->len && strcmp(attributes->names[index], name) == 0 ? object->values[index]
										      : object_get(object, name);
}

bool attributes_differ(const struct object *a, const struct object *b, size_t index)
{
	const char *name = b->attributes->names[index];
	const char *old = get_likely(a, name, index), *new = b->values[index];
	if (b->kind == KIND_COLUMN && strcmp(name, "not_null") == 0)
		return not_null_differs(a, b);
	if (b->kind == KIND_COLUMN && strcmp(name, "generated") == 0 && same(generated_as(a), generated_as(b)))
		return false;
	return is_compared(a, b, name) && !same(old, new) && !(old && new &&same_expression(old, new));
}

static enum change change_of(const struct work *work, const struct object *a, const struct object *b, size_t index,
			     bool *disturbs)
{
	const char *name = b->attributes->names[index];
	const struct meaning *meaning = meaning_find(b->kind, name);
	if (!meaning)
		return CHANGE_REPLACE;
	if (meaning->change == CHANGE_SPECIAL)
		return special_possible(work, a, b, name, disturbs) ? CHANGE_SPECIAL : CHANGE_REPLACE;
	if (meaning->change == CHANGE_IN_PLACE && !(b->values[index] ? meaning->set : meaning->reset))
		return CHANGE_REPLACE;
	return meaning->change;
}

void work_note(struct work *work, char sign, const struct object *object, const char *what)
{
	vec_push(work->arena, &work->diff->differences,
		 (struct difference){ .sign = sign,
				      .object = object,
				      .attribute = what,
				      .text = arena_printf(work->arena, "%c %s%s%s", sign, object->id, what ? ": " : "",
							   what ? what : "") });
}

static bool is_check(const struct object *object)
{
	return object->kind == KIND_CONSTRAINT && same(object_get(object, "_type"), "c");
}

/* The same check of a table that this one's has for a parent, NULL: none. */
static struct object *check_above(const struct object *check)
{
	const struct object *table = check->parent;
	struct object *above = NULL;
	for (size_t i = 0; !above && i < table->needs.len; i++)
		for (size_t k = 0; table->needs.ptr[i]->kind == KIND_TABLE && k < table->needs.ptr[i]->children.len;
		     k++)
			if (is_check(table->needs.ptr[i]->children.ptr[k]) &&
			    same(table->needs.ptr[i]->children.ptr[k]->ident, check->ident))
				above = table->needs.ptr[i]->children.ptr[k];
	return above;
}

static bool is_child_of(const struct object *table, const struct object *parent)
{
	for (size_t i = 0; parent && i < table->needs.len; i++)
		if (table->needs.ptr[i] == parent)
			return true;
	return false;
}

/*
 * A check that a table has of its own on one side, and from its parent on the other.  The parent's takes the place of one that went before; a partition
 * cannot keep what its whole gives up (other children can: safe.c), and gets it anew.
 */
static void pass_check(struct work *work, const struct object *a, const struct object *b)
{
	const struct object *above = comes_with_parent(b) ? check_above(b) : NULL;
	if (!is_check(a) || !is_check(b) || !table_exists(work, a) || comes_with_parent(a) == comes_with_parent(b))
		return;
	if (above && is_child_of(a->parent, counterpart(work->from, above->parent)) &&
	    !object_get(b->parent, "partition_of") && !object_get(a, "_merged") && !counterpart(work->from, above))
		work->old[a->position].dropped = true;
	if (comes_with_parent(a) && object_get(a->parent, "partition_of") &&
	    same(object_get(a->parent, "partition_of"), object_get(b->parent, "partition_of")))
		work->new[b->position].created = true;
}

static bool is_retyped(const struct object *a, const struct object *b)
{
	return !same(object_get(a, "type"), object_get(b, "type")) ||
		!same(object_get(a, "collation"), object_get(b, "collation"));
}

/* PostgreSQL does not change the type of a column that partitions are found by. */
static bool takes_a_new_table(const struct object *a, const struct object *b)
{
	bool is_key = object_get(a, "_partition_key") || object_get(b, "_partition_key");
	return a->kind == KIND_COLUMN && is_key && is_retyped(a, b);
}

static void compare(struct work *work, struct object *a, struct object *b)
{
	struct fate *old = &work->old[a->position], *new = &work->new[b->position];
	pass_check(work, a, b);
	if (takes_a_new_table(a, b))
		work->old[a->parent->position].dropped = work->new[b->parent->position].created = true;
	for (size_t i = 0; i < b->attributes->len; i++) {
		if (!attributes_differ(a, b, i))
			continue;
		work_note(work, '~', b, b->attributes->names[i]);
		if (change_of(work, a, b, i, &new->disturbs) == CHANGE_REPLACE)
			old->dropped = new->created = true;
		else
			new->altered = true;
	}
	/* Of an inherited column the type is its parent's business, but what uses the column is disturbed all the same. */
	if (a->kind == KIND_COLUMN && !same(object_get(a, "type"), object_get(b, "type")))
		new->disturbs = true;
	if (new->created)
		new->altered = new->disturbs = false;
	if (new->altered || new->created)
		work->diff->changed++;
}

/* Is this in a table's list of parents? */
static bool inherits_from(struct arena *arena, const struct object *table, const struct object *parent)
{
	struct strs parents = list_elements(arena, object_get(table, "inherits"));
	return list_has(&parents, str_of(parent->ident));
}

static bool has_part(const struct object *table, const struct object *like)
{
	for (size_t i = 0; i < table->children.len; i++)
		if (table->children.ptr[i]->kind == like->kind && same(table->children.ptr[i]->ident, like->ident))
			return true;
	return false;
}

/* What came with the parent table stays behind when a table leaves it: the last one that it came with. */
static bool leaves(const struct work *work, const struct object *a)
{
	const struct object *table = comes_with_parent(a) ? a->parent : NULL,
			    *now = table ? counterpart(work->to, table) : NULL;
	bool left = false;
	if (!now || !table_exists(work, table))
		return false;
	if (object_get(table, "partition_of"))
		return !object_get(now, "partition_of");
	for (size_t i = 0; i < table->needs.len; i++) {
		const struct object *parent = table->needs.ptr[i];
		if (!inherits_from(work->arena, table, parent) || !has_part(parent, a))
			continue;
		if (inherits_from(work->arena, now, parent))
			return false;
		left = true;
	}
	return left;
}

bool brings_check(const struct work *work, const struct object *b)
{
	const struct object *table = b->parent, *old = table ? counterpart(work->from, table) : NULL;
	if (b->kind != KIND_CONSTRAINT || !comes_with_parent(b) || !same(object_get(b, "_type"), "c") || !old ||
	    !table_exists(work, b))
		return false;
	for (size_t i = 0; i < table->needs.len; i++) {
		const struct object *parent = table->needs.ptr[i], *was = counterpart(work->from, parent);
		bool had = false;
		for (size_t k = 0; was && k < old->needs.len; k++)
			had = had || old->needs.ptr[k] == was;
		if (!had && parent->kind == KIND_TABLE && has_part(parent, b))
			return true;
	}
	return false;
}

/* A default that one side's column has of its own, and the other side's from its parent. */
static bool is_inherited_there(const struct schema *there, const struct object *value)
{
	const struct object *table =
		value->kind == KIND_DEFAULT && value->parent ? counterpart(there, value->parent) : NULL;
	const struct object *column = table ? object_part(table, KIND_COLUMN, value->ident) : NULL, *inherited;
	if (!column || carrier_of(column) == column)
		return false;
	inherited = object_beside(carrier_of(column), KIND_DEFAULT);
	return inherited && same(object_get(inherited, "expression"), object_get(value, "expression"));
}

void compare_all(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *a = work->from->objects.ptr[i], *b = counterpart(work->to, a);
		if (b) {
			compare(work, a, b);
			work->old[i].left = work->old[i].dropped && leaves(work, a);
			continue;
		}
		work->old[i].left = leaves(work, a);
		if (is_inherited_there(work->to, a))
			continue;
		if (a->kind != KIND_COLUMN && comes_with_parent(a) && !work->old[i].left)
			continue; /* under whatever name */
		work->old[i].dropped = true;
		work->diff->dropped++;
		work_note(work, '-', a, NULL);
	}
	for (size_t i = 0; i < work->to->objects.len; i++) {
		const struct object *b = work->to->objects.ptr[i];
		bool by_itself = b->kind != KIND_COLUMN && comes_with_parent(b) && !brings_check(work, b);
		if (counterpart(work->from, b) || by_itself || is_inherited_there(work->from, b))
			continue;
		work->new[i].created = true;
		work->diff->created++;
		work_note(work, '+', b, NULL);
	}
}

bool is_surer(const struct object *b)
{
	const struct object *above = is_check(b) && comes_with_parent(b) ? check_above(b) : NULL;
	return above && object_get(above, "not_valid") && !object_get(b, "not_valid");
}

void checks_settle(struct work *work)
{
	for (size_t i = 0; i < work->to->objects.len; i++) {
		const struct object *b = work->to->objects.ptr[i];
		const struct object *a = is_surer(b) ? counterpart(work->from, b) : NULL;
		bool stays = a && !object_get(a, "not_valid") && !work->new[check_above(b)->position].created;
		if (!is_surer(b) || stays)
			continue;
		work->new[i].created = work->new[i].alone = true;
		work_note(work, '~', b, "not_valid");
	}
}
