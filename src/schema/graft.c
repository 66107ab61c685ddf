#include "schema/graft.h"

#include <stdlib.h>

#include "schema/kind.h"

struct grafting {
	struct arena *arena;
	struct schema *to;
	const struct schema *from;
	const struct scope *scope;
	struct map copies; /* id -> the copy, of those that stay */
	struct strs *lost;
};

static bool described(const struct grafting *g, const struct object *object)
{
	return !g->scope->object || g->scope->object(object);
}

/* Parts of an object that was grafted come along, whatever they are. */
static bool stays(const struct grafting *g, const struct object *object)
{
	if (schema_find(g->to, object->id))
		return false;
	return !described(g, object) || (object->parent && map_get(&g->copies, str_of(object->parent->id)));
}

static struct object *in_to(const struct grafting *g, const struct object *object)
{
	struct object *there = schema_find(g->to, object->id);
	return there ? there : map_get(&g->copies, str_of(object->id));
}

static bool can_stand(const struct grafting *g, const struct object *object)
{
	for (size_t i = 0; i < object->needs.len; i++)
		if (!in_to(g, object->needs.ptr[i]))
			return false;
	return !object->parent || in_to(g, object->parent);
}

/* Without its links: these are made when all copies are there. */
static struct object *copy(struct grafting *g, const struct object *object)
{
	struct object *made = arena_alloc(g->arena, sizeof(*made));
	*made = *object;
	made->parent = NULL;
	made->oid = made->class = 0;
	made->children = made->needs = made->needed_by = (struct objects){ 0 };
	map_set(g->arena, &g->copies, str_of(made->id), made);
	return made;
}

/* Whatever can stand on what is there; each turn makes room for more. */
static void copy_objects(struct grafting *g, struct objects *copied)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < g->from->objects.len; i++) {
			struct object *object = g->from->objects.ptr[i];
			if (map_get(&g->copies, str_of(object->id)) || !stays(g, object) || !can_stand(g, object))
				continue;
			copy(g, object);
			vec_push(g->arena, copied, object);
			more = true;
		}
	}
	for (size_t i = 0; i < g->from->objects.len; i++) {
		struct object *object = g->from->objects.ptr[i];
		if (stays(g, object) && !map_get(&g->copies, str_of(object->id)))
			vec_push(g->arena, g->lost, str_of(object->id));
	}
}

static void need(struct grafting *g, struct object *object, struct object *needed)
{
	vec_push(g->arena, &object->needs, needed);
	vec_push(g->arena, &needed->needed_by, object);
}

static void link_copies(struct grafting *g, const struct objects *copied)
{
	for (size_t i = 0; i < copied->len; i++) {
		const struct object *object = copied->ptr[i];
		struct object *made = map_get(&g->copies, str_of(object->id));
		if (object->parent) {
			made->parent = in_to(g, object->parent);
			vec_push(g->arena, &made->parent->children, made);
		}
		for (size_t k = 0; k < object->needs.len; k++)
			need(g, made, in_to(g, object->needs.ptr[k]));
		vec_push(g->arena, &g->to->objects, made);
		map_set(g->arena, &g->to->by_id, str_of(made->id), made);
	}
}

static int compare_by_id(const void *a, const void *b)
{
	const struct object *left = *(struct object *const *)a, *right = *(struct object *const *)b;
	return strcmp(left->id, right->id);
}

static void sort_objects(struct schema *schema)
{
	qsort(schema->objects.ptr, schema->objects.len, sizeof(*schema->objects.ptr), compare_by_id);
	for (size_t i = 0; i < schema->objects.len; i++)
		schema->objects.ptr[i]->position = i;
}

static void copy_attributes(struct grafting *g)
{
	for (size_t i = 0; g->scope->attribute && i < g->to->objects.len; i++) {
		struct object *object = g->to->objects.ptr[i];
		const struct object *old = schema_find(g->from, object->id);
		for (size_t k = 0; old && k < object->attributes->len; k++) {
			const char *name = object->attributes->names[k];
			if (!g->scope->attribute(object, name))
				object->values[k] = object_get(old, name);
		}
	}
}

void schema_graft(struct arena *arena, struct schema *to, const struct schema *from, const struct scope *scope,
		  struct strs *ret_lost)
{
	struct grafting g = { .arena = arena, .to = to, .from = from, .scope = scope, .lost = ret_lost };
	struct objects copied = { 0 };
	*ret_lost = (struct strs){ 0 };
	copy_attributes(&g);
	copy_objects(&g, &copied);
	link_copies(&g, &copied);
	sort_objects(to);
}
