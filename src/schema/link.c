#include "schema/link.h"

#include <stdlib.h>

#include "schema/kind.h"

static struct str key_of(const struct address *address)
{
	return (struct str){ (const char *)address, sizeof(*address) };
}

static struct address *keep(struct link *link, struct address address)
{
	struct address *kept = arena_alloc(link->arena, sizeof(*kept));
	*kept = address;
	return kept;
}

void link_add(struct link *link, struct object *object, unsigned parent_class, unsigned parent_oid)
{
	vec_push(link->arena, &link->schema->objects, object);
	vec_push(link->arena, &link->parents, (struct address){ parent_class, parent_oid, 0 });
	if (object->oid)
		map_set(link->arena, &link->at,
			key_of(keep(link, (struct address){ object->class, object->oid, object->sub })), object);
}

void link_alias(struct link *link, struct address from, struct address to)
{
	map_set(link->arena, &link->aliases, key_of(keep(link, from)), keep(link, to));
}

void link_depend(struct link *link, struct address from, struct address to)
{
	vec_push(link->arena, &link->edges, (struct edge){ from, to });
}

struct object *link_at(const struct link *link, struct address address)
{
	enum { FAR_ENOUGH = 4 }; /* a row type's array: type, element, table */
	for (int i = 0; i < FAR_ENOUGH; i++) {
		struct object *object = map_get(&link->at, key_of(&address));
		if (object)
			return object;
		if (address.sub) {
			address.sub = 0;
			if ((object = map_get(&link->at, key_of(&address))))
				return object;
		}
		const struct address *alias = map_get(&link->aliases, key_of(&address));
		if (!alias)
			return NULL;
		address = *alias;
	}
	return NULL;
}

bool link_is_at(const struct object *object, struct address address)
{
	return object->class == address.class && object->oid == address.oid && object->sub == address.sub;
}

/* ---- identities ---- */

/* What is granted on an extension's function is not granted on the extension. */
static void set_parent(struct link *link, struct object *object, struct address address)
{
	if (!address.oid)
		return;
	/* A grant's parent may be a column: its number came in place of a name. */
	if (object->kind == KIND_GRANT) {
		address.sub = (int)strtol(object->parent_ident ? object->parent_ident : "0", NULL, 10);
		object->parent_ident = NULL;
	}
	struct object *parent = link_at(link, address);
	if (!parent || parent == object || (object->kind == KIND_GRANT && !link_is_at(parent, address)))
		return;
	object->parent = parent;
	if (object->kind == KIND_GRANT)
		object->schema = parent->schema;
	if (!object->parent_ident)
		object->parent_ident = parent->parent_ident
			? arena_printf(link->arena, "%s.%s", parent->parent_ident, parent->ident)
			: parent->ident;
}

static char *concat(struct arena *arena, const char *const *parts, size_t nparts)
{
	size_t len = 0, lens[5];
	for (size_t i = 0; i < nparts; i++)
		len += lens[i] = strlen(parts[i]);
	char *text = arena_alloc(arena, len + 1), *at = text;
	for (size_t i = 0; i < nparts; at += lens[i++])
		memcpy(at, parts[i], lens[i]);
	*at = '\0';
	return text;
}

static void set_id(struct arena *arena, struct object *object)
{
	const char *kind = kinds[object->kind].name;
	bool told = object->parent_ident && object->kind != KIND_INDEX && object->kind != KIND_STATISTICS;
	if (object->kind == KIND_GRANT && object->parent)
		object->id = arena_printf(arena, "grant on %s: %s", object->parent->id, object->ident);
	else if (told)
		object->id = concat(arena, (const char *[]){ kind, " ", object->parent_ident, ".", object->ident }, 5);
	else
		object->id = concat(arena, (const char *[]){ kind, " ", object->ident }, 3);
}

/* ---- who owns most ---- */

static const char *database_owner(const struct schema *schema)
{
	for (size_t i = 0; i < schema->objects.len; i++)
		if (schema->objects.ptr[i]->kind == KIND_SCHEMA)
			return object_get(schema->objects.ptr[i], "_database_owner");
	return NULL;
}

/* Of two that own the same number the one that owns the database. */
static const char *usual_owner(struct link *link)
{
	struct map counts = { 0 };
	const char *usual = NULL, *first = database_owner(link->schema);
	size_t most = 0;
	for (size_t i = 0; i < link->schema->objects.len; i++) {
		const struct object *object = link->schema->objects.ptr[i];
		const char *owner = object_get(object, "owner");
		if (!owner || object->kind == KIND_SCHEMA || object->kind == KIND_DEFAULT_PRIVILEGES)
			continue;
		size_t *count = map_get(&counts, str_of(owner));
		if (!count)
			map_set(link->arena, &counts, str_of(owner), count = arena_alloc(link->arena, sizeof(*count)));
		bool is_first = first && strcmp(owner, first) == 0;
		if (++*count > most || (*count == most && is_first)) {
			most = *count;
			usual = owner;
		}
	}
	return usual;
}

static const char **owner_value(const struct object *object)
{
	for (size_t i = 0; i < object->attributes->len; i++)
		if (strcmp(object->attributes->names[i], "owner") == 0)
			return &object->values[i];
	return NULL;
}

static void forget_usual_owner(struct object *object, const char *usual)
{
	const char **owner = owner_value(object);
	if (!owner || !*owner || !usual || strcmp(*owner, usual) != 0)
		return;
	*owner = NULL;
	object->usually_owned = true;
}

bool schemas_share_server(const struct schema *a, const struct schema *b)
{
	return a->server && b->server && a->user && b->user && strcmp(a->server, b->server) == 0 &&
		strcmp(a->user, b->user) == 0;
}

static void name_role(struct arena *arena, struct object *object)
{
	const char *role = object_get(object, "owner");
	if (object->kind == KIND_DEFAULT_PRIVILEGES && role)
		object->ident = arena_printf(arena, "for role %s %s", role, object->ident);
}

static void name_again(struct arena *arena, struct schema *schema, struct object *object, const char *old)
{
	const char *prefix = old ? arena_printf(arena, "for role %s ", old) : "";
	map_set(arena, &schema->by_id, str_of(object->id), NULL);
	object->ident += strlen(prefix);
	name_role(arena, object);
	object->id = arena_printf(arena, "%s %s", kinds[object->kind].name, object->ident);
	map_set(arena, &schema->by_id, str_of(object->id), object);
}

void schema_name_owners(struct arena *arena, struct schema *schema)
{
	const char *usual = schema->owner;
	if (!usual || !schema->user || strcmp(usual, schema->user) == 0)
		return;
	for (size_t i = 0; i < schema->objects.len; i++) {
		struct object *object = schema->objects.ptr[i];
		const char **owner = owner_value(object), *old = owner ? *owner : NULL;
		if (!owner || (!old && !object->usually_owned))
			continue;
		bool is_users = old && strcmp(old, schema->user) == 0;
		*owner = is_users ? NULL : old ? old : usual;
		object->usually_owned = is_users;
		if (object->kind == KIND_DEFAULT_PRIVILEGES)
			name_again(arena, schema, object, old);
	}
	schema->owner = schema->user;
}

/* ---- dependencies ---- */

static bool has(const struct objects *objects, const struct object *object)
{
	for (size_t i = 0; i < objects->len; i++)
		if (objects->ptr[i] == object)
			return true;
	return false;
}

/* A table needs what its columns need; the other way round would be a circle. */
static void add_need(struct arena *arena, struct object *object, struct object *needed)
{
	if (object == needed || needed->parent == object || has(&object->needs, needed))
		return;
	vec_push(arena, &object->needs, needed);
	vec_push(arena, &needed->needed_by, object);
}

static int compare_by_id(const void *a, const void *b)
{
	const struct object *left = *(struct object *const *)a, *right = *(struct object *const *)b;
	return strcmp(left->id, right->id);
}

/* Grants of what is not in the schema (an extension's, the platform's) are not ours either. */
static void drop_orphans(struct schema *schema)
{
	size_t kept = 0;
	for (size_t i = 0; i < schema->objects.len; i++) {
		struct object *object = schema->objects.ptr[i];
		bool orphan = !object->parent &&
			(object->kind == KIND_GRANT || object->kind == KIND_OWNED_BY || object->kind == KIND_COLUMN ||
			 object->kind == KIND_EXTENSION_DEPENDENCY);
		if (!orphan)
			schema->objects.ptr[kept++] = object;
	}
	schema->objects.len = kept;
}

void link_finish(struct link *link)
{
	struct schema *schema = link->schema;
	for (size_t i = 0; i < schema->objects.len; i++)
		set_parent(link, schema->objects.ptr[i], link->parents.ptr[i]);
	drop_orphans(schema);
	schema->owner = usual_owner(link);
	for (size_t i = 0; i < schema->objects.len; i++) {
		struct object *object = schema->objects.ptr[i];
		forget_usual_owner(object, schema->owner);
		name_role(link->arena, object);
	}
	/* Parents first: a grant's identity is made from its parent's. */
	for (size_t i = 0; i < schema->objects.len; i++)
		if (schema->objects.ptr[i]->kind != KIND_GRANT)
			set_id(link->arena, schema->objects.ptr[i]);
	for (size_t i = 0; i < schema->objects.len; i++)
		if (schema->objects.ptr[i]->kind == KIND_GRANT)
			set_id(link->arena, schema->objects.ptr[i]);
	qsort(schema->objects.ptr, schema->objects.len, sizeof(*schema->objects.ptr), compare_by_id);
	for (size_t i = 0; i < schema->objects.len; i++) {
		struct object *object = schema->objects.ptr[i];
		object->position = i;
		map_set(link->arena, &schema->by_id, str_of(object->id), object);
		if (object->parent) {
			vec_push(link->arena, &object->parent->children, object);
			add_need(link->arena, object, object->parent);
		}
	}
	for (size_t i = 0; i < link->edges.len; i++) {
		struct object *from = link_at(link, link->edges.ptr[i].from),
			      *to = link_at(link, link->edges.ptr[i].to);
		if (from && to)
			add_need(link->arena, from, to);
	}
}
