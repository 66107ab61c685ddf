#include "schema/splice.h"

#include <ctype.h>
#include <stdlib.h>

#include "schema/kind.h"

struct splicing {
	struct arena *arena;
	struct schema *base;
	struct map tables; /* bare names */
	struct map gone;   /* bare names of what leaves */
	bool failed;
};

static bool is_of_tables(const struct splicing *s, const struct object *object)
{
	const struct object *table = object_table(object);
	return table && table->name && map_get(&s->tables, str_of(table->name));
}

static void split(struct splicing *s, const struct schema *schema, bool of_tables, struct objects *ret_objects)
{
	for (size_t i = 0; i < schema->objects.len; i++)
		if (is_of_tables(s, schema->objects.ptr[i]) == of_tables)
			vec_push(s->arena, ret_objects, schema->objects.ptr[i]);
}

/* "t_a_seq1" may be called so since there was a "t_a_seq". */
static bool may_be_numbered(const struct splicing *s, const struct object *object)
{
	size_t len = object->name ? strlen(object->name) : 0, all = len;
	while (len && isdigit((unsigned char)object->name[len - 1]))
		len--;
	return len && len < all && map_get(&s->gone, (struct str){ object->name, len });
}

static void note_gone(struct splicing *s)
{
	for (size_t i = 0; i < s->base->objects.len; i++) {
		const struct object *object = s->base->objects.ptr[i];
		if (object->name && is_of_tables(s, object))
			map_set(s->arena, &s->gone, str_of(object->name), s);
	}
}

static int compare_by_id(const void *a, const void *b)
{
	const struct object *left = *(struct object *const *)a, *right = *(struct object *const *)b;
	return strcmp(left->id, right->id);
}

static struct object *there(struct splicing *s, const struct object *object)
{
	struct object *found = map_get(&s->base->by_id, str_of(object->id));
	s->failed = s->failed || !found;
	return found;
}

/* Its links lead to the objects of the other schema. */
static void link_again(struct splicing *s, struct object *object)
{
	struct objects needs = object->needs;
	object->needs = (struct objects){ 0 };
	object->parent = object->parent ? there(s, object->parent) : NULL;
	if (object->parent)
		vec_push(s->arena, &object->parent->children, object);
	for (size_t i = 0; i < needs.len; i++) {
		struct object *needed = there(s, needs.ptr[i]);
		if (!needed)
			return;
		vec_push(s->arena, &object->needs, needed);
		vec_push(s->arena, &needed->needed_by, object);
	}
}

/* Where tables were loaded alone, their schemas were not. */
static void link_schemas(struct splicing *s, const struct objects *objects)
{
	struct map schemas = { 0 };
	for (size_t i = 0; i < s->base->objects.len; i++)
		if (s->base->objects.ptr[i]->kind == KIND_SCHEMA)
			map_set(s->arena, &schemas, str_of(s->base->objects.ptr[i]->name), s->base->objects.ptr[i]);
	for (size_t i = 0; i < objects->len; i++) {
		struct object *object = objects->ptr[i];
		bool stands_in_it = object->kind == KIND_TABLE || object->kind == KIND_SEQUENCE;
		struct object *schema =
			stands_in_it && object->schema ? map_get(&schemas, str_of(object->schema)) : NULL;
		for (size_t k = 0; schema && k < object->needs.len; k++)
			if (object->needs.ptr[k] == schema)
				schema = NULL;
		if (!schema)
			continue;
		vec_push(s->arena, &object->needs, schema);
		vec_push(s->arena, &schema->needed_by, object);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* The schema that it comes from stays as it is. */
static void copy_all(struct splicing *s, struct objects *objects)
{
	struct object *copies = arena_alloc(s->arena, (objects->len + 1) * sizeof(*copies));
	for (size_t i = 0; i < objects->len; i++) {
		copies[i] = *objects->ptr[i];
		objects->ptr[i] = &copies[i];
	}
}

bool schema_splice(struct arena *arena, struct schema *base, const struct schema *part, const struct strs *tables)
{
	struct splicing s = { .arena = arena, .base = base };
	struct objects objects = { 0 }, new = { 0 };
	for (size_t i = 0; i < tables->len; i++)
		map_set(arena, &s.tables, tables->ptr[i], base);
	note_gone(&s);
	split(&s, base, false, &objects);
	for (size_t i = 0; i < objects.len; i++)
		if (may_be_numbered(&s, objects.ptr[i]))
			return false;
	size_t kept = objects.len;
	split(&s, part, true, &objects);
	copy_all(&s, &objects);
	for (size_t i = kept; i < objects.len; i++)
		vec_push(arena, &new, objects.ptr[i]);
	base->objects = objects;
	base->by_id = (struct map){ 0 };
	qsort(objects.ptr, objects.len, sizeof(*objects.ptr), compare_by_id);
	for (size_t i = 0; i < objects.len; i++) {
		struct object *object = objects.ptr[i];
		if (map_set(arena, &base->by_id, str_of(object->id), object))
			return false;
		object->position = i;
		object->children = object->needed_by = (struct objects){ 0 };
	}
	for (size_t i = 0; i < objects.len && !s.failed; i++)
		link_again(&s, objects.ptr[i]);
	link_schemas(&s, &new);
	return !s.failed && same_text(base->owner, part->owner);
}
