/*
 * What only has another name: a constraint, an index or a column's sequence that goes while the same one comes under another name, as they do when
 * their table or column was renamed.  Made again, a key would be built anew and a sequence would begin at its start.
 */
#include "schema/kind.h"
#include "schema/rename.h"
#include "sql/quote.h"

static bool is_constraint(const struct object *object)
{
	return object->kind == KIND_CONSTRAINT || object->kind == KIND_FOREIGN_KEY;
}

/* The text of an index around its own name. */
static bool same_index(const struct object *a, const struct object *b)
{
	const char *old = object_get(a, "definition"), *new = object_get(b, "definition");
	const char *old_name = strstr(old, object_get(a, "_bare")), *new_name = strstr(new, object_get(b, "_bare"));
	return old_name && new_name &&
		old_name - old == new_name - new &&strncmp(old, new, (size_t)(new_name - new)) == 0 &&
		strcmp(old_name + strlen(object_get(a, "_bare")), new_name + strlen(object_get(b, "_bare"))) == 0;
}

static const char *owned_by(const struct object *sequence)
{
	for (size_t i = 0; i < sequence->children.len; i++)
		if (sequence->children.ptr[i]->kind == KIND_OWNED_BY)
			return object_get(sequence->children.ptr[i], "owned_by");
	return NULL;
}

static bool is_same(const struct object *a, const struct object *b)
{
	if (a->kind == KIND_SEQUENCE)
		return owned_by(a) && same(owned_by(a), owned_by(b)) && same(a->schema, b->schema);
	if (!same(a->parent_ident, b->parent_ident))
		return false;
	if (a->kind == KIND_INDEX)
		return same_index(a, b);
	return same(object_get(a, "definition"), object_get(b, "definition")) &&
		same(object_get(a, "not_valid"), object_get(b, "not_valid"));
}

/* What comes with the parent's is called after its own table; a check of a table with children takes theirs along. */
static bool may_follow(const struct object *object)
{
	bool is_check = object->kind == KIND_CONSTRAINT && same(object_get(object, "_type"), "c");
	if (object->kind == KIND_SEQUENCE)
		return true;
	if (!object->parent || object_get(object, "_inherited") || object_get(object, "_merged") ||
	    object_get(object, "attached_to"))
		return false;
	for (size_t i = 0; is_check && i < object->parent->needed_by.len; i++)
		if (object->parent->needed_by.ptr[i]->kind == KIND_TABLE)
			return false;
	return is_constraint(object) || object->kind == KIND_INDEX;
}

/* The name that is to be is still another one's. */
static bool is_taken(const struct schema *schema, const struct object *named)
{
	const char *relation = is_constraint(named) ? object_get(named, "_index") : named->ident;
	for (size_t i = 0; relation && i < schema->objects.len; i++) {
		const struct object *object = schema->objects.ptr[i];
		bool is_index = is_constraint(object) && same(object_get(object, "_index"), relation);
		if (is_index || (kinds[object->kind].is_relation && strcmp(object->ident, relation) == 0))
			return true;
	}
	return false;
}

static void add(struct arena *arena, const struct object *a, const struct object *b, struct statements *statements)
{
	const char *now = sql_ident(arena, str_of(b->name));
	if (is_constraint(a))
		statements_add(arena, statements, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s", a->parent_ident,
			       a->ident, now);
	else
		statements_add(arena, statements, "ALTER %s %s RENAME TO %s",
			       a->kind == KIND_INDEX ? "INDEX" : "SEQUENCE", a->ident, now);
	statements_concern(statements, statements->len - 1, VERB_ALTER, a);
}

void names_follow(struct arena *arena, const struct schema *from, const struct schema *to, struct statements *there,
		  struct statements *back)
{
	struct objects taken = { 0 };
	for (size_t i = 0; i < from->objects.len; i++) {
		const struct object *a = from->objects.ptr[i];
		if (schema_find(to, a->id) || !may_follow(a))
			continue;
		for (size_t k = 0; k < to->objects.len; k++) {
			struct object *b = to->objects.ptr[k];
			bool fits = b->kind == a->kind && is_same(a, b) && may_follow(b) && !schema_find(from, b->id) &&
				!is_taken(from, b);
			for (size_t n = 0; fits && n < taken.len; n++)
				fits = taken.ptr[n] != b;
			if (!fits)
				continue;
			vec_push(arena, &taken, b);
			add(arena, a, b, there);
			add(arena, b, a, back);
			break;
		}
	}
}
