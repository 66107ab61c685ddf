#include "schema/schema.h"

const char *object_get(const struct object *object, const char *name)
{
	const char *const *names = object->attributes->names;
	for (size_t i = 0; i < object->attributes->len; i++)
		/* Most names differ in their first letters: one begins with "_", as all helpers do, or not. */
		if (names[i] == name ||
		    (names[i][0] == name[0] && names[i][1] == name[1] && strcmp(names[i], name) == 0))
			return object->values[i];
	return NULL;
}

static struct object *ownership_of(const struct object *sequence)
{
	for (size_t i = 0; i < sequence->children.len; i++)
		if (sequence->children.ptr[i]->kind == KIND_OWNED_BY)
			return sequence->children.ptr[i];
	return NULL;
}

struct object *sequence_owner(const struct object *sequence)
{
	const struct object *owned = ownership_of(sequence);
	for (size_t i = 0; owned && i < owned->needs.len; i++)
		if (owned->needs.ptr[i] != sequence)
			return owned->needs.ptr[i];
	return NULL;
}

bool sequence_is_owned(const struct object *sequence)
{
	return ownership_of(sequence) != NULL;
}

struct object *schema_find(const struct schema *schema, const char *id)
{
	return map_get(&schema->by_id, str_of(id));
}

const struct object *object_table(const struct object *object)
{
	const struct object *owner;
	while (object->kind != KIND_TABLE && object->parent)
		object = object->parent;
	if (object->kind == KIND_SEQUENCE && (owner = sequence_owner(object)))
		return owner->parent;
	return object->kind == KIND_TABLE ? object : NULL;
}

struct object *object_part(const struct object *object, enum kind kind, const char *ident)
{
	for (size_t i = 0; i < object->children.len; i++)
		if (object->children.ptr[i]->kind == kind && strcmp(object->children.ptr[i]->ident, ident) == 0)
			return object->children.ptr[i];
	return NULL;
}

struct object *object_beside(const struct object *part, enum kind kind)
{
	return part->parent ? object_part(part->parent, kind, part->ident) : NULL;
}

struct object *partition_whole(const struct object *table)
{
	bool may_be = table->kind == KIND_TABLE || table->kind == KIND_FOREIGN_TABLE;
	const char *of = may_be ? object_get(table, "partition_of") : NULL;
	for (size_t i = 0; of && i < table->needs.len; i++)
		if (table->needs.ptr[i]->kind == KIND_TABLE && strcmp(table->needs.ptr[i]->ident, of) == 0)
			return table->needs.ptr[i];
	return NULL;
}
