/*
 * settle.c - what means the same to drizzle-kit although the catalog has it differently.
 */
#include "format/drizzle/wanted.h"

/* A constraint of the same table that says the same. */
static const struct object *same_constraint(const struct graft *graft, const struct object *wanted)
{
	const struct object *table = wanted->parent ? schema_find(graft->from, wanted->parent->id) : NULL;
	const char *definition = object_get(wanted, "definition");
	for (size_t i = 0; table && definition && i < table->children.len; i++) {
		const struct object *old = table->children.ptr[i];
		const char *there = old->kind == wanted->kind ? object_get(old, "definition") : NULL;
		if (there && strcmp(there, definition) == 0)
			return old;
	}
	return NULL;
}

/*
 * A primary key whose name is from a table's earlier life ("user_temp_pkey"), a foreign key that somebody named by hand: drizzle-kit does not see the first and does
 * not know the second.  Where the constraint is the same, it stays as it is.
 */
static void settle_constraint(const struct drizzle_wanted *wanted, struct graft *graft, const struct object *object)
{
	const struct object *old;
	if (schema_find(graft->from, object->id) || !(old = same_constraint(graft, object)) ||
	    schema_find(graft->to, old->id))
		return;
	if (!drizzle_constraint_is(old, "p") && (!wanted->known.sure || drizzle_is_known(wanted, old)))
		return;
	graft_keep(graft, old);
	graft_drop(graft, object);
}

/* ---- enums ---- */

/* The labels as a list of literals: 'a', 'it''s'. */
static struct strs labels_of(struct arena *arena, const struct object *type)
{
	struct strs labels = { 0 };
	const char *text = object_get(type, "labels");
	for (const char *at = text ? text : ""; *at;) {
		size_t n = 1;
		while (at[n] && !(at[n] == '\'' && at[n + 1] != '\''))
			n += at[n] == '\'' ? 2 : 1;
		n += at[n] == '\'';
		vec_push(arena, &labels, (struct str){ at, n });
		at += n;
		at += strspn(at, ", ");
	}
	return labels;
}

static bool has_label(const struct strs *labels, struct str label)
{
	for (size_t i = 0; i < labels->len; i++)
		if (str_eq(labels->ptr[i], label))
			return true;
	return false;
}

static void add_label(struct buf *buf, struct str label)
{
	buf_printf(buf, "%s" STR_FMT, buf->len ? ", " : "", STR_ARG(label));
}

/* Those of both lists, in the order of the first. */
static struct str common(struct arena *arena, const struct strs *first, const struct strs *second)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < first->len; i++)
		if (has_label(second, first->ptr[i]))
			add_label(&buf, first->ptr[i]);
	return buf_as_str(&buf);
}

/* drizzle-kit compares enums as sets: values that merely stand in another order than in the database stay there, and new ones come behind. */
static void settle_enum(struct graft *graft, struct object *type)
{
	struct arena *arena = graft->arena;
	const struct object *old = schema_find(graft->from, type->id);
	if (!old)
		return;
	struct strs there = labels_of(arena, old), wanted = labels_of(arena, type);
	struct buf buf = buf_init(arena);
	buf_str(&buf, common(arena, &there, &wanted));
	if (str_eq(buf_as_str(&buf), common(arena, &wanted, &there)))
		return;
	for (size_t i = 0; i < wanted.len; i++)
		if (!has_label(&there, wanted.ptr[i]))
			add_label(&buf, wanted.ptr[i]);
	for (size_t i = 0; i < type->attributes->len; i++)
		if (strcmp(type->attributes->names[i], "labels") == 0)
			type->values[i] = buf.ptr;
}

void drizzle_settle(const struct scope *scope, struct graft *graft)
{
	const struct drizzle_wanted *wanted = scope->extra;
	for (size_t i = 0; i < graft->to->objects.len; i++) {
		struct object *object = graft->to->objects.ptr[i];
		if (object->kind == KIND_CONSTRAINT || object->kind == KIND_FOREIGN_KEY)
			settle_constraint(wanted, graft, object);
		else if (object->kind == KIND_ENUM)
			settle_enum(graft, object);
	}
}
