#include "schema/alter.h"
#include "schema/kind.h"
#include "schema/list.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

/* The default that a column shares with its parent's. */
static bool has_parents_default(const struct object *column)
{
	for (size_t i = 0; i < column->parent->needs.len; i++) {
		const struct object *parent = column->parent->needs.ptr[i];
		for (size_t k = 0; parent->kind == KIND_TABLE && k < parent->children.len; k++) {
			const struct object *like = parent->children.ptr[k];
			if (like->kind == KIND_COLUMN && is(like->ident, column->ident) &&
			    (object_beside(like, KIND_DEFAULT) || has_parents_default(like)))
				return true;
		}
	}
	return false;
}

/* What a table had from the parent that it has left is its own now: also the defaults of the columns that stay. */
static void drop_inherited_defaults(struct work *work, const struct object *a, struct statements *statements)
{
	for (size_t i = 0; i < a->children.len; i++) {
		const struct object *column = a->children.ptr[i],
				    *now = column->kind == KIND_COLUMN ? counterpart(work->to, column) : NULL;
		if (!now || !comes_with_parent(column) || work->old[column->position].dropped ||
		    object_beside(column, KIND_DEFAULT) || object_beside(now, KIND_DEFAULT) ||
		    !has_parents_default(column) || has_parents_default(now))
			continue;
		ADD("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", now->parent_ident, now->ident);
	}
}

/* What the nearest parent that has one says. */
static const char *inherited_default(const struct object *column)
{
	const char *found = NULL;
	for (size_t i = 0; !found && i < column->parent->needs.len; i++) {
		const struct object *parent = column->parent->needs.ptr[i];
		for (size_t k = 0; parent->kind == KIND_TABLE && !found && k < parent->children.len; k++) {
			const struct object *like = parent->children.ptr[k];
			if (like->kind != KIND_COLUMN || !is(like->ident, column->ident))
				continue;
			found = object_beside(like, KIND_DEFAULT)
				? object_get(object_beside(like, KIND_DEFAULT), "expression")
				: inherited_default(like);
		}
	}
	return found;
}

/* A table that joins a parent does not get its defaults, and keeps those of one that it leaves; one that was made as its child has them. */
static void take_parents_defaults(struct work *work, const struct object *b, struct statements *statements)
{
	for (size_t i = 0; i < b->children.len; i++) {
		const struct object *column = b->children.ptr[i],
				    *old = column->kind == KIND_COLUMN ? counterpart(work->from, column) : NULL;
		const char *value = old && comes_with_parent(column) ? inherited_default(column) : NULL;
		bool has_it = old && comes_with_parent(old) && same(value, inherited_default(old));
		if (value && !has_it && !object_beside(old, KIND_DEFAULT) && !object_beside(column, KIND_DEFAULT) &&
		    !work->old[old->position].dropped)
			ADD("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", b->ident, column->ident, value);
	}
}

void keep_defaults_below(struct work *work, const struct object *value, struct statements *statements)
{
	const struct object *table = value->parent ? counterpart(work->to, value->parent) : NULL;
	for (size_t i = 0; table && table->kind == KIND_TABLE && i < table->needed_by.len; i++) {
		const struct object *child = table->needed_by.ptr[i];
		bool is_table = child->kind == KIND_TABLE || child->kind == KIND_FOREIGN_TABLE;
		const struct object *column = is_table ? object_part(child, KIND_COLUMN, value->ident) : NULL;
		const struct object *own = column ? object_beside(column, KIND_DEFAULT) : NULL;
		if (!column || !(object_get(column, "inherited") || object_get(column, "_merged")))
			continue;
		if (own && !work->new[own->position].created && !work->new[own->position].altered)
			ADD("ALTER %s ALTER COLUMN %s SET DEFAULT %s", object_reference(work->arena, child), own->ident,
			    object_get(own, "expression"));
		keep_defaults_below(work, column, statements);
	}
}

bool leaves_type(const struct object *a, const struct object *b)
{
	return b->kind == KIND_TABLE && object_get(a, "of_type") && !object_get(b, "of_type") &&
		object_get(b, "partition_of");
}

void alter_partition(struct work *work, const struct object *a, const struct object *b, const char *name,
		     struct statements *statements)
{
	const char *old = object_get(a, "partition_of"), *new = object_get(b, "partition_of");
	if (is(name, "partition_bound") && !same(old, new))
		return; /* said with partition_of */
	if (old && !new)
		ADD("ALTER TABLE %s DETACH PARTITION %s", old, b->ident), drop_inherited_defaults(work, a, statements);
	if (new &&leaves_type(a, b))
		ADD("ALTER TABLE %s NOT OF", b->ident);
	if (new)
		ADD("ALTER TABLE %s ATTACH PARTITION %s %s", new, b->ident, object_get(b, "partition_bound")),
			take_parents_defaults(work, b, statements);
}

void detach_partition(struct work *work, const struct object *old, struct statements *statements)
{
	ADD("ALTER TABLE %s DETACH PARTITION %s", object_get(old, "partition_of"), old->ident);
}

/* Nothing but making the table anew takes that away: what it means shows when the parent's column is dropped. */
static bool keeps_own_columns(const struct work *work, const struct object *b)
{
	for (size_t i = 0; i < b->children.len; i++) {
		const struct object *column = b->children.ptr[i], *old = counterpart(work->from, column);
		if (column->kind == KIND_COLUMN && comes_with_parent(column) && old && !comes_with_parent(old))
			return true;
	}
	return false;
}

/*
 * May a table join before it leaves?  A column that it has from either stays one that it has from its parent only then; while it is the old parent's
 * child nothing can be changed that it has from that.
 */
static bool joins_first(const struct work *work, const struct object *a)
{
	for (size_t i = 0; i < a->children.len; i++) {
		const struct object *part = a->children.ptr[i], *now = counterpart(work->to, part);
		bool is_part = part->kind == KIND_COLUMN || part->kind == KIND_CONSTRAINT;
		if (is_part && comes_with_parent(part) &&
		    (!now || !comes_with_parent(now) || work->old[part->position].dropped ||
		     work->new[now->position].altered))
			return false;
	}
	return true;
}

void lift_forced_security(const struct work *work, const struct object *table, struct statements *statements)
{
	const struct object *before = counterpart(work->from, table);
	if (object_get(table, "force_row_security") || (before && object_get(before, "force_row_security")))
		ADD("ALTER TABLE %s NO FORCE ROW LEVEL SECURITY", table->ident);
}

void force_security_again(const struct work *work, const struct object *table, struct statements *statements)
{
	if (object_get(table, "force_row_security"))
		ADD("ALTER TABLE %s FORCE ROW LEVEL SECURITY", table->ident);
}

bool joins_in_order(struct arena *arena, const char *before, const char *after)
{
	struct strs old = list_elements(arena, before), new = list_elements(arena, after);
	size_t at = 0;
	for (size_t i = 0; i < old.len; i++)
		if (list_find(&new, old.ptr[i], '\0') && !str_eq(new.ptr[at++], old.ptr[i]))
			return false;
	return true;
}

static void leave_parents(struct work *work, const struct object *a, const struct object *b,
			  struct statements *statements)
{
	struct strs old = list_elements(work->arena, object_get(a, "inherits")),
		    new = list_elements(work->arena, object_get(b, "inherits"));
	bool left = false;
	for (size_t i = 0; i < old.len; i++)
		if (!list_find(&new, old.ptr[i], '\0'))
			ADD("ALTER TABLE %s NO INHERIT " STR_FMT, b->ident, STR_ARG(old.ptr[i])), left = true;
	if (left)
		drop_inherited_defaults(work, a, statements);
}

static void join_parents(struct work *work, const struct object *a, const struct object *b,
			 struct statements *statements)
{
	struct strs old = list_elements(work->arena, object_get(a, "inherits")),
		    new = list_elements(work->arena, object_get(b, "inherits"));
	const char *why = keeps_own_columns(work, b)
		? "columns that it has already stay its own too, and would outlive the parent's"
		: NULL;
	bool joined = false;
	for (size_t i = 0; i < new.len; i++)
		if (!list_find(&old, new.ptr[i], '\0'))
			ADD("ALTER TABLE %s INHERIT " STR_FMT, b->ident, STR_ARG(new.ptr[i]))->why = why, why = NULL,
									 joined = true;
	if (joined)
		take_parents_defaults(work, b, statements);
}

void alter_inherits(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	bool first = joins_first(work, a);
	if (first)
		join_parents(work, a, b, statements);
	leave_parents(work, a, b, statements);
	if (!first)
		join_parents(work, a, b, statements);
}
