/*
 * Unique indexes that become the index of a key with the same name: the key takes what is there, and nothing is built again.
 */
#include "schema/kind.h"
#include "schema/work.h"

/* "(a, b) INCLUDE (c)": of an index with any more to it (a predicate, an order, an operator class) this is no key's. */
static bool same_columns(const struct object *index, const struct object *key)
{
	static const char method[] = " USING btree ";
	const char *columns = strstr(object_get(index, "definition"), method);
	return columns && same(columns + strlen(method), strchr(object_get(key, "definition"), '('));
}

/* What a key has to say of its index in words of its own: then both are made as ever. */
static bool has_more(const struct object *index)
{
	for (size_t i = 0; i < index->attributes->len; i++) {
		const char *name = index->attributes->names[i];
		if (name[0] != '_' && strcmp(name, "definition") != 0 && index->values[i])
			return true;
	}
	return false;
}

static struct object *index_for(const struct work *work, const struct object *key)
{
	const char *type = key->kind == KIND_CONSTRAINT ? object_get(key, "_type") : NULL;
	const struct object *table = key->parent ? counterpart(work->from, key->parent) : NULL;
	struct object *found = NULL;
	if (!type || !strchr("pu", *type) || !table || !table_exists(work, key) || object_get(key, "_partitioned") ||
	    object_get(key, "attached_to"))
		return NULL;
	for (size_t i = 0; i < table->children.len && !found; i++) {
		struct object *index = table->children.ptr[i];
		if (index->kind == KIND_INDEX && same(index->ident, object_get(key, "_index")) &&
		    work->old[index->position].dropped && object_get(index, "_unique") && !has_more(index) &&
		    same_columns(index, key))
			found = index;
	}
	return found;
}

void keys_take_indexes(struct work *work)
{
	for (size_t i = 0; i < work->to->objects.len && !work->options->bare; i++) {
		const struct object *key = work->to->objects.ptr[i];
		struct object *index = work->new[i].created ? index_for(work, key) : NULL;
		if (!index)
			continue;
		work->old[index->position].dropped = false;
		work->new[i].takes_index = true;
	}
}

void take_index(struct work *work, const struct object *key, struct statements *statements)
{
	bool primary = *object_get(key, "_type") == 'p';
	statements_add(work->arena, statements, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s", key->parent_ident,
		       key->ident, primary ? "PRIMARY KEY" : "UNIQUE", key->ident)
		->why = "its index is there already";
}
