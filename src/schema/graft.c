#include "schema/graft.h"

#include <stdlib.h>

#include "schema/kind.h"

struct grafting {
	struct arena *arena;
	struct schema *to;
	const struct schema *from;
	const struct scope *scope;
	struct graft settled;
	struct map copies; /* id -> the copy, of those that stay */
	struct strs *lost;
};

/* Attributes that only help to render another one: they are copied with it. */
static const struct {
	const char *helper, *leader;
} followers[] = {
	{ "_short", "options" },
	{ "_identity_short", "identity_options" },
	{ "_identity_sequence", "identity" },
	{ "_identity_bare", "identity" },
	{ "_default_storage", "type" },
	{ "_defaults", "defaults" },
	{ "_language", "definition" },
	{ "_atomic", "definition" },
	{ "_complete", "privileges" },
};

static bool described(const struct grafting *g, const struct object *object)
{
	return !g->scope->object || g->scope->object(g->scope, object);
}

/* Parts of an object that was grafted come along, whatever they are. */
static bool stays(const struct grafting *g, const struct object *object)
{
	if (schema_find(g->to, object->id))
		return false;
	if (map_get(&g->settled.kept, str_of(object->id)))
		return true;
	return !described(g, object) || (object->parent && map_get(&g->copies, str_of(object->parent->id)));
}

static struct object *in_to(const struct grafting *g, const struct object *object)
{
	struct object *there = schema_find(g->to, object->id);
	return there ? there : map_get(&g->copies, str_of(object->id));
}

/* ---- who can stay ---- */

static const struct object *part_of(const struct grafting *g, const struct object *parent, const char *ident)
{
	for (size_t i = 0; i < parent->children.len; i++)
		if (parent->children.ptr[i]->kind == KIND_COLUMN && strcmp(parent->children.ptr[i]->ident, ident) == 0)
			return in_to(g, parent->children.ptr[i]);
	return NULL;
}

static bool is_table(const struct object *object)
{
	return object->kind == KIND_TABLE || object->kind == KIND_FOREIGN_TABLE;
}

/* An inherited column goes with the last table that it is inherited from. */
static bool is_still_inherited(const struct grafting *g, const struct object *column)
{
	const struct objects *needs = &column->parent->needs;
	for (size_t i = 0; i < needs->len; i++)
		if (is_table(needs->ptr[i]) && part_of(g, needs->ptr[i], column->ident))
			return true;
	return false;
}

/* Where identity and generated columns have their values from is said already. */
static bool takes_default(const struct grafting *g, const struct object *value)
{
	const struct object *column = value->parent ? part_of(g, value->parent, value->ident) : NULL;
	return !column || (!object_get(column, "identity") && !object_get(column, "generated"));
}

/* A sequence ends with the column that owns it. */
static bool has_owner_left(const struct grafting *g, const struct object *sequence)
{
	for (size_t i = 0; i < sequence->children.len; i++) {
		const struct object *owned = sequence->children.ptr[i];
		for (size_t k = 0; owned->kind == KIND_OWNED_BY && k < owned->needs.len; k++)
			if (owned->needs.ptr[k] != sequence && !in_to(g, owned->needs.ptr[k]))
				return false;
	}
	return true;
}

static bool fits(const struct grafting *g, const struct object *object)
{
	switch ((int)object->kind) {
	case KIND_COLUMN:
		return !object_get(object, "inherited") || is_still_inherited(g, object);
	case KIND_DEFAULT:
		return takes_default(g, object);
	case KIND_SEQUENCE:
		return has_owner_left(g, object);
	default:
		return true;
	}
}

static bool can_stand(const struct grafting *g, const struct object *object)
{
	for (size_t i = 0; i < object->needs.len; i++)
		if (!in_to(g, object->needs.ptr[i]))
			return false;
	return (!object->parent || in_to(g, object->parent)) && fits(g, object);
}

/* What goes with its table, or is said in another way now, is nothing that anybody would miss. */
static bool is_missed(const struct grafting *g, const struct object *object)
{
	return stays(g, object) && !map_get(&g->copies, str_of(object->id)) &&
		(!object->parent || in_to(g, object->parent)) && fits(g, object);
}

/* ---- copies ---- */

/* Without its links: these are made when all copies are there. */
static struct object *copy(struct grafting *g, const struct object *object)
{
	struct object *made = arena_alloc(g->arena, sizeof(*made));
	*made = *object;
	made->values = arena_alloc(g->arena, object->attributes->len * sizeof(*made->values));
	for (size_t i = 0; i < object->attributes->len; i++)
		made->values[i] = object->values[i];
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
		const struct object *object = g->from->objects.ptr[i];
		if (is_missed(g, object))
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

/* ---- attributes ---- */

static const char *leader_of(const char *name)
{
	for (size_t i = 0; i < LEN(followers); i++)
		if (strcmp(followers[i].helper, name) == 0)
			return followers[i].leader;
	return name;
}

static void copy_attributes(struct grafting *g)
{
	for (size_t i = 0; g->scope->attribute && i < g->to->objects.len; i++) {
		struct object *object = g->to->objects.ptr[i];
		const struct object *old = schema_find(g->from, object->id);
		for (size_t k = 0; old && k < object->attributes->len; k++) {
			const char *leader = leader_of(object->attributes->names[k]);
			if (leader[0] != '_' && !g->scope->attribute(g->scope, object, leader))
				object->values[k] = object_get(old, object->attributes->names[k]);
		}
	}
}

/* ---- children of tables that are described ---- */

static void set(struct object *object, const char *name, const char *value)
{
	for (size_t i = 0; i < object->attributes->len; i++)
		if (strcmp(object->attributes->names[i], name) == 0)
			object->values[i] = value;
}

/* What a child table has from its parent: the type, and nothing of its own. */
static void inherit(struct grafting *g, struct object *child, const struct object *column)
{
	struct object *made = arena_alloc(g->arena, sizeof(*made));
	*made = *column;
	made->values = arena_alloc(g->arena, column->attributes->len * sizeof(*made->values));
	made->children = made->needs = made->needed_by = (struct objects){ 0 };
	made->class = made->oid = 0;
	made->parent = child;
	made->parent_ident = child->ident;
	made->schema = child->schema;
	made->id = arena_printf(g->arena, "%s %s.%s", kinds[KIND_COLUMN].name, child->ident, made->ident);
	set(made, "type", object_get(column, "type"));
	set(made, "collation", object_get(column, "collation"));
	set(made, "inherited", "t");
	vec_push(g->arena, &child->children, made);
	vec_push(g->arena, &g->to->objects, made);
	map_set(g->arena, &g->to->by_id, str_of(made->id), made);
	need(g, made, child);
}

static void follow_parent(struct grafting *g, struct object *child, const struct object *parent)
{
	for (size_t i = 0; i < parent->children.len; i++) {
		const struct object *column = parent->children.ptr[i];
		if (column->kind != KIND_COLUMN)
			continue;
		struct object *own = schema_find(
			g->to,
			arena_printf(g->arena, "%s %s.%s", kinds[KIND_COLUMN].name, child->ident, column->ident));
		if (!own)
			inherit(g, child, column);
		else if (object_get(own, "inherited"))
			set(own, "type", object_get(column, "type"));
	}
}

/* A partition that was grafted gets the columns that its table gets; parents first, since theirs may be new too. */
static void follow_parents(struct grafting *g, struct object *table, struct map *done)
{
	if (!is_table(table) || map_get(done, str_of(table->id)))
		return;
	map_set(g->arena, done, str_of(table->id), table);
	for (size_t i = 0; i < table->needs.len; i++) {
		struct object *parent = table->needs.ptr[i];
		if (!is_table(parent))
			continue;
		follow_parents(g, parent, done);
		if (map_get(&g->copies, str_of(table->id)))
			follow_parent(g, table, parent);
	}
}

static void follow_all_parents(struct grafting *g, const struct objects *copied)
{
	struct map done = { 0 };
	for (size_t i = 0; i < copied->len; i++)
		follow_parents(g, map_get(&g->copies, str_of(copied->ptr[i]->id)), &done);
}

/* ---- what means the same ---- */

void graft_keep(struct graft *graft, const struct object *old)
{
	map_set(graft->arena, &graft->kept, str_of(old->id), graft);
}

void graft_drop(struct graft *graft, const struct object *wanted)
{
	map_set(graft->arena, &graft->dropped, str_of(wanted->id), graft);
	for (size_t i = 0; i < wanted->children.len; i++)
		graft_drop(graft, wanted->children.ptr[i]);
}

static void without_dropped(const struct graft *graft, struct objects *objects)
{
	size_t n = 0;
	for (size_t i = 0; i < objects->len; i++)
		if (!map_get(&graft->dropped, str_of(objects->ptr[i]->id)))
			objects->ptr[n++] = objects->ptr[i];
	objects->len = n;
}

/* A map forgets nothing: the one by id is made again. */
static void remove_dropped(const struct graft *graft)
{
	struct schema *to = graft->to;
	without_dropped(graft, &to->objects);
	to->by_id = (struct map){ 0 };
	for (size_t i = 0; i < to->objects.len; i++) {
		struct object *object = to->objects.ptr[i];
		map_set(graft->arena, &to->by_id, str_of(object->id), object);
		without_dropped(graft, &object->children);
		without_dropped(graft, &object->needs);
		without_dropped(graft, &object->needed_by);
	}
}

static void settle(struct grafting *g)
{
	g->settled = (struct graft){ .arena = g->arena, .to = g->to, .from = g->from };
	if (!g->scope->settle)
		return;
	g->scope->settle(g->scope, &g->settled);
	if (g->settled.dropped.len)
		remove_dropped(&g->settled);
}

void schema_graft(struct arena *arena, struct schema *to, const struct schema *from, const struct scope *scope,
		  struct strs *ret_lost)
{
	struct grafting g = { .arena = arena, .to = to, .from = from, .scope = scope, .lost = ret_lost };
	struct objects copied = { 0 };
	*ret_lost = (struct strs){ 0 };
	settle(&g);
	copy_attributes(&g);
	copy_objects(&g, &copied);
	link_copies(&g, &copied);
	follow_all_parents(&g, &copied);
	sort_objects(to);
}
