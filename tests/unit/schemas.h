/*
 * schemas.h - schemas by hand, for the tests of schema/.
 */
#ifndef BRANT_TESTS_SCHEMAS_H
#define BRANT_TESTS_SCHEMAS_H

#include <string.h>

#include "schema/kind.h"
#include "fixture.h"

/* names and values in turn, ended by NULL; a value of "" is none. */
static struct object *add(struct schema *schema, enum kind kind, struct object *parent, const char *ident, ...)
{
	struct object *object = arena_alloc(arena, sizeof(*object));
	struct attributes *attributes = arena_alloc(arena, sizeof(*attributes));
	attributes->names = arena_alloc(arena, 16 * sizeof(*attributes->names));
	object->values = arena_alloc(arena, 16 * sizeof(*object->values));
	va_list args;
	va_start(args, ident);
	for (const char *name; (name = va_arg(args, const char *));) {
		const char *value = va_arg(args, const char *);
		attributes->names[attributes->len] = name;
		object->values[attributes->len++] = *value ? value : NULL;
	}
	va_end(args);
	attributes->names[attributes->len++] = "comment";
	object->kind = kind;
	object->attributes = attributes;
	object->ident = object->name = ident;
	object->parent = parent;
	object->parent_ident = parent ? parent->ident : NULL;
	object->id = parent ? arena_printf(arena, "%s %s.%s", kinds[kind].name, parent->ident, ident)
			    : arena_printf(arena, "%s %s", kinds[kind].name, ident);
	object->position = schema->objects.len;
	vec_push(arena, &schema->objects, object);
	map_set(arena, &schema->by_id, str_of(object->id), object);
	if (parent)
		vec_push(arena, &parent->children, object);
	return object;
}

static void need(struct object *object, struct object *needed)
{
	vec_push(arena, &object->needs, needed);
	vec_push(arena, &needed->needed_by, object);
}

static struct object *table(struct schema *schema, const char *ident)
{
	return add(schema, KIND_TABLE, NULL, ident, "row_security", "", NULL);
}

static struct object *column(struct schema *schema, struct object *parent, const char *ident, const char *type)
{
	struct object *made = add(schema, KIND_COLUMN, parent, ident, "type", type, "not_null", "", NULL);
	need(made, parent);
	return made;
}

#endif
