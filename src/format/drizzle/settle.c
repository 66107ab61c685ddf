/*
 * settle.c - what means the same to drizzle-kit although the catalog has it differently.
 */
#include "format/drizzle/wanted.h"

/* Of an index what is behind its name. */
static const char *definition_of(const struct object *object)
{
	const char *definition = object_get(object, "definition");
	const char *on = definition && object->kind == KIND_INDEX ? strstr(definition, " ON ") : NULL;
	return on ? on : definition;
}

static bool is_unique(const struct object *index)
{
	const char *definition = object_get(index, "definition");
	return definition && strncmp(definition, "CREATE UNIQUE", 13) == 0;
}

/* A constraint or an index of the same table that says the same. */
static const struct object *same_constraint(const struct graft *graft, const struct object *wanted)
{
	const struct object *table = wanted->parent ? schema_find(graft->from, wanted->parent->id) : NULL;
	const char *definition = definition_of(wanted);
	for (size_t i = 0; table && definition && i < table->children.len; i++) {
		const struct object *old = table->children.ptr[i];
		const char *there = old->kind == wanted->kind ? definition_of(old) : NULL;
		if (there && strcmp(there, definition) == 0 && is_unique(old) == is_unique(wanted) &&
		    !schema_find(graft->to, old->id))
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
	if (schema_find(graft->from, object->id) || !(old = same_constraint(graft, object)))
		return;
	bool theirs = !wanted->known.sure || drizzle_is_known(wanted, old);
	if (!drizzle_is_same_but_named(wanted, old, object) &&
	    (object->kind == KIND_INDEX || (theirs && !drizzle_constraint_is(old, "p"))))
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

/* ---- a unique constraint over the primary key ---- */

static void set_value(struct object *object, const char *name, const char *value)
{
	for (size_t i = 0; i < object->attributes->len; i++)
		if (strcmp(object->attributes->names[i], name) == 0)
			object->values[i] = value;
}

static const char *columns_of(const struct object *constraint)
{
	const char *definition = object_get(constraint, "definition");
	return definition ? strchr(definition, '(') : NULL;
}

/*
 * Said in one CREATE TABLE, PostgreSQL makes of both one primary key with the name of the other; said one after the other, two constraints.  Which it was, is
 * nobody's wish.  object: what is a primary key in the one, and a unique constraint in the other.
 */
static void settle_merged(struct graft *graft, struct object *object)
{
	struct object *old = schema_find(graft->from, object->id);
	bool key = drizzle_constraint_is(object, "p"), old_key = old && drizzle_constraint_is(old, "p");
	const char *columns = columns_of(object);
	if (!old || key == old_key || !columns || !columns_of(old) || strcmp(columns, columns_of(old)) != 0)
		return;
	set_value(object, "definition", object_get(old, "definition"));
	set_value(object, "_type", object_get(old, "_type"));
	for (size_t i = 0; key && i < old->parent->children.len; i++) {
		const struct object *other = old->parent->children.ptr[i];
		if (other->kind == KIND_CONSTRAINT && drizzle_constraint_is(other, "p"))
			graft_keep(graft, other);
	}
	for (size_t i = 0; !key && i < object->parent->children.len; i++) {
		const struct object *other = object->parent->children.ptr[i];
		if (other != object && other->kind == KIND_CONSTRAINT && drizzle_constraint_is(other, "p"))
			graft_drop(graft, other);
	}
}

/* ---- sequences of serial columns ---- */

static const char *owner_of(const struct object *sequence)
{
	for (size_t i = 0; i < sequence->children.len; i++)
		if (sequence->children.ptr[i]->kind == KIND_OWNED_BY)
			return object_get(sequence->children.ptr[i], "owned_by");
	return NULL;
}

static const struct object *sequence_of(const struct graft *graft, const char *owner)
{
	for (size_t i = 0; i < graft->from->objects.len; i++) {
		const struct object *old = graft->from->objects.ptr[i];
		const char *column = old->kind == KIND_SEQUENCE ? owner_of(old) : NULL;
		if (column && strcmp(column, owner) == 0)
			return old;
	}
	return NULL;
}

/*
 * A serial column's sequence has its name from the first name of the table, and drizzle-kit never looks at it: the one that is there stays, with the default
 * that takes numbers from it.
 */
static void settle_sequence(struct graft *graft, const struct object *sequence)
{
	const char *owner = sequence->kind == KIND_SEQUENCE ? owner_of(sequence) : NULL;
	const struct object *old = owner && !schema_find(graft->from, sequence->id) ? sequence_of(graft, owner) : NULL;
	if (!old || schema_find(graft->to, old->id))
		return;
	graft_keep(graft, old);
	for (size_t i = 0; i < old->children.len; i++)
		graft_keep(graft, old->children.ptr[i]);
	graft_drop(graft, sequence);
	for (size_t i = 0; i < sequence->needed_by.len; i++) {
		const struct object *taker = sequence->needed_by.ptr[i];
		const struct object *was = taker->kind == KIND_DEFAULT ? schema_find(graft->from, taker->id) : NULL;
		if (!was)
			continue;
		graft_keep(graft, was);
		graft_drop(graft, taker);
	}
}

/* ---- what drizzle-kit takes for done ---- */

static bool is_settled_kind(const struct object *object)
{
	switch ((int)object->kind) {
	case KIND_TABLE:
	case KIND_COLUMN:
	case KIND_DEFAULT:
	case KIND_INDEX:
	case KIND_CONSTRAINT:
	case KIND_FOREIGN_KEY:
	case KIND_POLICY:
	case KIND_ENUM:
		return true;
	default:
		return false;
	}
}

/* The key of one column has no name in a snapshot of the 0.x line: the column says it. */
static bool is_done(const struct drizzle_wanted *wanted, const struct object *object)
{
	const char *columns = columns_of(object);
	bool key = object->kind == KIND_CONSTRAINT && drizzle_constraint_is(object, "p") && columns;
	for (size_t i = 0; key && object->parent && i < object->parent->children.len; i++) {
		const struct object *column = object->parent->children.ptr[i];
		if (column->kind == KIND_COLUMN &&
		    strcmp(columns, arena_printf(wanted->arena, "(%s)", column->ident)) == 0)
			return drizzle_is_done(wanted, column);
	}
	return drizzle_is_done(wanted, object);
}

/* What is missing altogether, a table or a column, is made, and with it what stands on it, and what it stands on. */
static bool goes_with_new(const struct graft *graft, const struct object *object)
{
	if (object->parent && !schema_find(graft->from, object->parent->id))
		return true;
	for (size_t i = 0; object->kind == KIND_ENUM && i < object->needed_by.len; i++)
		if (object->needed_by.ptr[i]->kind == KIND_COLUMN &&
		    !schema_find(graft->from, object->needed_by.ptr[i]->id))
			return true;
	for (size_t i = 0; i < object->needs.len; i++)
		if (object->needs.ptr[i]->kind == KIND_COLUMN && !schema_find(graft->from, object->needs.ptr[i]->id))
			return true;
	return false;
}

static void note(const struct drizzle_wanted *wanted, const struct object *object, const char *said)
{
	vec_push(wanted->arena, wanted->notes,
		 str_of(arena_printf(wanted->arena, "%s %s; drizzle-kit's snapshot says that it is as schema.ts has it",
				     object->id, said)));
}

static bool differs(const struct scope *scope, const struct object *object, const struct object *old, size_t i)
{
	const char *name = object->attributes->names[i], *is = object->values[i], *was = object_get(old, name);
	return name[0] != '_' && scope->attribute(scope, object, name) && (is || was) &&
		!(is && was && strcmp(is, was) == 0);
}

/*
 * Somebody wrote something else into a migration than drizzle-kit had generated: another default, an index left out.  The snapshot and schema.ts agree, so
 * drizzle-kit sees nothing to do; nor is there for us, but it is said.
 */
static void settle_done(const struct scope *scope, struct graft *graft, struct object *object)
{
	const struct drizzle_wanted *wanted = scope->extra;
	const struct object *old = schema_find(graft->from, object->id);
	bool different = false;
	if (!is_settled_kind(object) || !is_done(wanted, object))
		return;
	if (!old && object->kind != KIND_COLUMN && object->kind != KIND_TABLE && !goes_with_new(graft, object)) {
		graft_drop(graft, object);
		note(wanted, object, "is not in the history");
		return;
	}
	for (size_t i = 0; old && i < object->attributes->len; i++)
		different = different || differs(scope, object, old, i);
	for (size_t i = 0; different && i < object->attributes->len; i++)
		object->values[i] = object_get(old, object->attributes->names[i]);
	if (different)
		note(wanted, object, "is another in the history");
}

/*
 * A primary key of a table that has none for drizzle-kit, neither then nor now: it cannot tell the name of such a key and writes its DROP as a comment, which
 * people leave as it is.
 */
static bool is_left_key(const struct drizzle_wanted *wanted, const struct graft *graft, const struct object *old)
{
	const struct object *table = old->parent ? schema_find(graft->to, old->parent->id) : NULL;
	if (old->kind != KIND_CONSTRAINT || !table || !drizzle_constraint_is(old, "p") || !wanted->known.sure ||
	    drizzle_is_known(wanted, old))
		return false;
	for (size_t i = 0; i < table->children.len; i++)
		if (table->children.ptr[i]->kind == KIND_CONSTRAINT &&
		    drizzle_constraint_is(table->children.ptr[i], "p"))
			return false;
	for (size_t i = 0; i < old->needs.len; i++)
		if (old->needs.ptr[i]->kind == KIND_COLUMN && !drizzle_is_done(wanted, old->needs.ptr[i]))
			return false;
	return true;
}

static bool is_kept(const struct drizzle_wanted *wanted, const struct graft *graft, const struct object *old)
{
	if (schema_find(graft->to, old->id))
		return false;
	return is_left_key(wanted, graft, old) ||
		((old->kind == KIND_DEFAULT || old->kind == KIND_FOREIGN_KEY) && drizzle_is_done(wanted, old));
}

/* Of a column that was a serial one drizzle-kit changes the type and nothing else: with the default stays what it takes numbers from. */
static void keep_sequences(struct graft *graft, const struct object *taker)
{
	for (size_t i = 0; taker->kind == KIND_DEFAULT && i < taker->needs.len; i++) {
		const struct object *sequence = taker->needs.ptr[i];
		if (sequence->kind != KIND_SEQUENCE || schema_find(graft->to, sequence->id))
			continue;
		graft_keep(graft, sequence);
		for (size_t k = 0; k < sequence->children.len; k++)
			graft_keep(graft, sequence->children.ptr[k]);
	}
}

/* A default that the history alone has, a key that nobody could make again. */
static void settle_kept(const struct scope *scope, struct graft *graft, const struct object *old)
{
	if (!is_kept(scope->extra, graft, old))
		return;
	graft_keep(graft, old);
	keep_sequences(graft, old);
	note(scope->extra, old, "is in the history alone");
}

/* From nothing on there is nothing that somebody changed by hand. */
static bool has_tables(const struct schema *schema)
{
	for (size_t i = 0; i < schema->objects.len; i++)
		if (schema->objects.ptr[i]->kind == KIND_TABLE)
			return true;
	return false;
}

void drizzle_settle(const struct scope *scope, struct graft *graft)
{
	const struct drizzle_wanted *wanted = scope->extra;
	bool by_hand = has_tables(graft->from);
	for (size_t i = 0; i < graft->from->objects.len; i++)
		settle_kept(scope, graft, graft->from->objects.ptr[i]);
	for (size_t i = 0; i < graft->to->objects.len; i++)
		settle_sequence(graft, graft->to->objects.ptr[i]);
	for (size_t i = 0; i < graft->to->objects.len; i++) {
		struct object *object = graft->to->objects.ptr[i];
		if (map_get(&graft->dropped, str_of(object->id)))
			continue;
		if (object->kind == KIND_CONSTRAINT)
			settle_merged(graft, object);
		if (object->kind == KIND_CONSTRAINT || object->kind == KIND_FOREIGN_KEY || object->kind == KIND_INDEX)
			settle_constraint(wanted, graft, object);
		else if (object->kind == KIND_ENUM)
			settle_enum(graft, object);
		if (by_hand)
			settle_done(scope, graft, object);
	}
}
