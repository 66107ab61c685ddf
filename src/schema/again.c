/*
 * Types whose values stand in columns: never dropped under them, but made again under the same name, and the columns move over (alter_type.c).
 */
#include "schema/kind.h"
#include "schema/work.h"

static bool is_type(const struct object *object)
{
	return object->kind == KIND_ENUM || object->kind == KIND_DOMAIN || object->kind == KIND_COMPOSITE ||
		object->kind == KIND_RANGE || object->kind == KIND_COLLATION;
}

struct object *type_around(struct object *user)
{
	struct object *type = user->kind == KIND_ATTRIBUTE ? user->parent : user;
	return type && is_type(type) && type->kind != KIND_COLLATION ? type : NULL;
}

static bool is_kept(const struct work *work, const struct object *a)
{
	return counterpart(work->to, a) && !work->old[a->position].dropped;
}

bool holds_values(const struct work *work, const struct object *type)
{
	for (size_t i = 0; is_type(type) && i < type->needed_by.len; i++) {
		struct object *user = type->needed_by.ptr[i], *around = type_around(user);
		if (!is_kept(work, user))
			continue;
		if ((user->kind == KIND_COLUMN && !object_get(user, "generated")) ||
		    (around && around != type && is_kept(work, around) && holds_values(work, around)))
			return true;
	}
	return false;
}

/* An attribute cannot be without its type either, and keeps its place only if that is made again. */
bool is_in_composite(const struct work *work, const struct object *type)
{
	for (size_t i = 0; is_type(type) && i < type->needed_by.len; i++) {
		const struct object *user = type->needed_by.ptr[i];
		if (user->kind == KIND_ATTRIBUTE && user->parent != type && is_kept(work, user) &&
		    is_kept(work, user->parent))
			return true;
	}
	return false;
}

bool is_made_again(const struct work *work, const struct object *type)
{
	const struct fate *fate = &work->new[type->position];
	return is_type(type) && fate->altered && fate->disturbs &&
		(fate->again || type->kind == KIND_ENUM || type->kind == KIND_DOMAIN);
}

/* Instead of dropping it with all columns that have it. */
void make_again(struct work *work, const struct object *a, const struct object *b)
{
	struct fate *fate = &work->new[b->position];
	work->old[a->position].dropped = fate->created = false;
	fate->altered = fate->again = fate->disturbs = true;
	for (size_t i = 0; i < a->children.len; i++)
		if (a->children.ptr[i]->kind == KIND_ATTRIBUTE)
			work->old[a->children.ptr[i]->position].dropped = false;
	for (size_t i = 0; i < b->children.len; i++) {
		struct fate *child = &work->new[b->children.ptr[i]->position];
		if (b->children.ptr[i]->kind == KIND_ATTRIBUTE)
			child->created = child->altered = child->disturbs = false;
		else if (b->children.ptr[i]->kind == KIND_GRANT)
			child->created = true; /* the new type has none */
	}
}

/* PostgreSQL adds and drops attributes of a type that columns have, but does not change their types. */
static bool is_fixed(const struct work *work, const struct object *b)
{
	for (size_t i = 0; i < b->children.len; i++)
		if (b->children.ptr[i]->kind == KIND_ATTRIBUTE && work->new[b->children.ptr[i]->position].altered)
			return true;
	return false;
}

/* Are there values of a domain inside of others: of an array, of a composite type?  PostgreSQL does not look for what a new rule would refuse there. */
static bool is_inside(const struct work *work, const struct object *domain)
{
	for (size_t i = 0; i < domain->needed_by.len; i++) {
		struct object *user = domain->needed_by.ptr[i], *around = type_around(user);
		if (!is_kept(work, user))
			continue;
		if (user->kind == KIND_COLUMN && strchr(object_get(user, "type"), '['))
			return true;
		if (around && around != domain && is_kept(work, around) &&
		    (around->kind == KIND_DOMAIN ? is_inside(work, around) : holds_values(work, around)))
			return true;
	}
	return false;
}

static bool gets_rule(const struct work *work, const struct object *a, const struct object *b)
{
	if (!object_get(a, "not_null") && object_get(b, "not_null"))
		return true;
	for (size_t i = 0; i < b->children.len; i++) {
		const struct object *rule = b->children.ptr[i];
		const struct fate *fate = &work->new[rule->position];
		if (rule->kind == KIND_DOMAIN_CONSTRAINT && !object_get(rule, "not_valid") &&
		    (fate->created || fate->altered))
			return true;
	}
	return false;
}

void keep_values(struct work *work)
{
	for (size_t i = 0; i < work->from->objects.len; i++) {
		struct object *a = work->from->objects.ptr[i], *b = is_type(a) ? counterpart(work->to, a) : NULL;
		bool held = b && (work->old[i].dropped || is_fixed(work, b)) && holds_values(work, a);
		held = held || (b && a->kind == KIND_DOMAIN && gets_rule(work, a, b) && is_inside(work, a));
		if (held || (b && is_made_again(work, b)) || (b && work->old[i].dropped && is_in_composite(work, a)))
			make_again(work, a, b);
	}
}

/* ---- another kind under the same name ---- */

static bool names_type(enum kind kind)
{
	return (kind >= KIND_ENUM && kind <= KIND_RANGE && kind != KIND_DOMAIN_CONSTRAINT && kind != KIND_ATTRIBUTE &&
		kind != KIND_SHELL_TYPE) ||
		kind == KIND_TABLE || kind == KIND_FOREIGN_TABLE || kind == KIND_VIEW || kind == KIND_MATERIALIZED_VIEW;
}

struct object *heir_of(const struct work *work, const struct object *a)
{
	struct object *heir = NULL;
	if (!names_type(a->kind) || counterpart(work->to, a))
		return NULL;
	struct arena *arena = arena_new(NULL);
	for (enum kind kind = 0; kind < KIND_COUNT && !heir; kind++)
		if (names_type(kind))
			heir = schema_find(work->to, arena_printf(arena, "%s %s", kinds[kind].name, a->ident));
	arena_free(arena);
	return heir;
}

/* What has the old one in its signature goes before. */
void edges_of_way(struct work *work, ptrdiff_t node, const struct object *a)
{
	work->old[a->position].way = node;
	order_before(work, node, work->new[heir_of(work, a)->position].node);
	for (size_t i = 0; i < a->needed_by.len; i++) {
		ptrdiff_t gone = work->old[a->needed_by.ptr[i]->position].node;
		if (gone != work->old[a->position].node)
			order_before(work, gone, node);
	}
}
