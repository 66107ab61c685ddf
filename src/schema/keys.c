/*
 * Unique indexes that become the index of a key of the same columns: the key takes what is there, and nothing is built again.
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

static bool is_named(const struct object *index, const struct object *key)
{
	return same(index->ident, object_get(key, "_index"));
}

/* The name that the index would lose is wanted again: then it has to be free first. */
static bool name_is_wanted(const struct schema *to, const struct object *index)
{
	for (size_t i = 0; i < to->objects.len; i++)
		if (is_named(index, to->objects.ptr[i]) || same(index->ident, to->objects.ptr[i]->ident))
			return true;
	return false;
}

static bool can_be_taken(const struct work *work, const struct object *index, const struct object *key)
{
	return index->kind == KIND_INDEX && work->old[index->position].dropped && object_get(index, "_unique") &&
		!object_get(index, "attached_to") && !has_more(index) && same_columns(index, key) &&
		(is_named(index, key) || !name_is_wanted(work->to, index));
}

/* One of the key's name goes before others, which are renamed. */
static struct object *index_for(const struct work *work, const struct object *key)
{
	const char *type = key->kind == KIND_CONSTRAINT ? object_get(key, "_type") : NULL;
	const struct object *table = key->parent ? counterpart(work->from, key->parent) : NULL;
	struct object *found = NULL;
	if (!type || !strchr("pu", *type) || !table || !table_exists(work, key) || object_get(key, "_partitioned") ||
	    object_get(key, "attached_to"))
		return NULL;
	for (size_t i = 0; i < table->children.len; i++) {
		struct object *index = table->children.ptr[i];
		if (can_be_taken(work, index, key) && (!found || is_named(index, key)))
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
		work->new[i].takes = index;
	}
}

void take_index(struct work *work, const struct object *key, struct statements *statements)
{
	const struct object *index = work->new[key->position].takes;
	bool primary = *object_get(key, "_type") == 'p';
	statements_add(work->arena, statements, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s", key->parent_ident,
		       key->ident, primary ? "PRIMARY KEY" : "UNIQUE",
		       is_named(index, key) ? key->ident : object_get(index, "_bare"))
		->why = is_named(index, key) ? "its index is there already"
					     : "its index is there already and gets the key's name";
}
