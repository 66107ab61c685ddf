/*
 * renames.c - what is there under another name.
 *
 * The names of keys and indexes follow from those of models and fields, so that they change together.  Prisma renames an index, a primary key or
 * a foreign key that is otherwise as it is wanted; dropping and building it again would cost a scan of the table, and a lock meanwhile.
 */
#include "format/prisma/wanted.h"
#include "schema/kind.h"
#include "sql/quote.h"

struct renaming {
	const struct prisma_wanted *wanted;
	struct arena *arena;
	const struct schema *from, *to;
	struct statements *statements;
	struct map taken; /* ids of old objects that have a new name already */
};

static const char *quoted(struct arena *arena, const char *name)
{
	struct buf buf = buf_init(arena);
	buf_char(&buf, '"');
	for (const char *p = name; *p; p++)
		buf_printf(&buf, "%s%c", *p == '"' ? "\"" : "", *p);
	buf_char(&buf, '"');
	return buf.ptr;
}

/* As Prisma writes it: the schema only where schema.prisma names schemas. */
static const char *full_name(const struct renaming *r, const char *schema, const char *name)
{
	if (!r->wanted->psl->datasource.says_schemas)
		return quoted(r->arena, name);
	return arena_printf(r->arena, "%s.%s", quoted(r->arena, schema), quoted(r->arena, name));
}

static void add(struct renaming *r, const struct object *old, const struct object *wanted)
{
	const char *now = quoted(r->arena, wanted->name), *was = quoted(r->arena, old->name);
	struct statement *statement;
	if (wanted->kind == KIND_INDEX)
		statement = statements_add(r->arena, r->statements, "ALTER INDEX %s RENAME TO %s",
					   full_name(r, old->schema, old->name), now);
	else
		statement = statements_add(r->arena, r->statements, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
					   full_name(r, old->schema, old->parent->name), was, now);
	statement->verb = VERB_ALTER;
	statement->object = wanted;
	map_set(r->arena, &r->taken, str_of(old->id), r);
}

static bool is_same(const struct renaming *r, const struct object *old, const struct object *wanted)
{
	if (wanted->kind == KIND_INDEX)
		return prisma_same_index(r->wanted, old, wanted);
	return old->kind == wanted->kind &&
		strcmp(object_get(old, "definition"), object_get(wanted, "definition")) == 0;
}

static void look_for(struct renaming *r, const struct object *wanted)
{
	const struct object *table = wanted->parent ? schema_find(r->from, wanted->parent->id) : NULL;
	if (!table || schema_find(r->from, wanted->id))
		return;
	for (size_t i = 0; i < table->children.len; i++) {
		const struct object *old = table->children.ptr[i];
		bool free = !schema_find(r->to, old->id) && !map_get(&r->taken, str_of(old->id));
		if (free && is_same(r, old, wanted)) {
			/* A constraint of the wanted index' name is that index. */
			if (strcmp(old->name, wanted->name) != 0)
				add(r, old, wanted);
			return;
		}
	}
}

void prisma_renames(const struct scope *scope, struct arena *arena, const struct schema *from, const struct schema *to,
		    struct statements *statements)
{
	struct renaming r = {
		.wanted = scope->extra, .arena = arena, .from = from, .to = to, .statements = statements
	};
	for (size_t i = 0; i < to->objects.len; i++) {
		const struct object *object = to->objects.ptr[i];
		if (object->kind == KIND_INDEX || object->kind == KIND_CONSTRAINT || object->kind == KIND_FOREIGN_KEY)
			look_for(&r, object);
	}
}
