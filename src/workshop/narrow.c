#include "workshop/narrow.h"

#include "schema/splice.h"
#include "workshop/partial.h"

/* ---- what the statements name ---- */

/*
 * Code may run where a table has rows: for a default, a check, a domain.  A new table has none; a trigger or a policy is only written down.
 */
static bool runs_no_code(const struct stmt *stmt)
{
	bool writes_down = strcmp(stmt->tag, "CREATE TRIGGER") == 0 || strcmp(stmt->tag, "CREATE POLICY") == 0;
	return !stmt->opaque && (!stmt->keeps_code || stmt->makes_table || writes_down);
}

static bool writes_rows(const struct stmt *stmt)
{
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (stmt->touches.ptr[i].verb == TOUCH_WRITE || stmt->touches.ptr[i].verb == TOUCH_TRUNCATE)
			return true;
	return false;
}

static bool add_subjects(struct arena *arena, const struct script *script, struct map *named)
{
	for (size_t i = 0; i < script->stmts.len; i++) {
		const struct stmt *stmt = &script->stmts.ptr[i];
		struct str table;
		if (!stmt_changes_one_table(stmt, &table) || !runs_no_code(stmt) || writes_rows(stmt))
			return false;
		map_set(arena, named, table, named);
	}
	return true;
}

/* ---- what stands on it ---- */

static bool is_of(const struct object *object, const struct map *tables)
{
	const struct object *table = object_table(object);
	return table && table->name && map_get(tables, str_of(table->name));
}

/* Columns, keys and triggers that parents, partitions and children share are changed together. */
static bool is_related(const struct object *table)
{
	return table->kind != KIND_TABLE || object_get(table, "inherits") || object_get(table, "partition_of") ||
		object_get(table, "partition_key") || object_get(table, "of_type");
}

struct reaching {
	struct arena *arena;
	bool *seen; /* by position */
	struct objects left;
};

static void reach(struct reaching *r, struct object *object)
{
	if (!r->seen[object->position])
		vec_push(r->arena, &r->left, object);
	r->seen[object->position] = true;
}

/* Object by object: of a table whose foreign key goes, nothing else is concerned. */
static bool add_dependents(struct arena *arena, const struct schema *before, const struct map *named,
			   struct strs *tables)
{
	struct reaching r = { .arena = arena, .seen = arena_alloc(arena, before->objects.len + 1) };
	for (size_t i = 0; i < before->objects.len; i++) {
		struct object *object = before->objects.ptr[i];
		if (object->kind == KIND_EVENT_TRIGGER)
			return false;
		if (is_of(object, named))
			reach(&r, object);
	}
	for (size_t i = 0; i < r.left.len; i++) {
		const struct object *object = r.left.ptr[i], *table = object_table(object);
		if (!table || is_related(table) || (object == table && !is_of(object, named)))
			return false;
		vec_push(arena, tables, str_of(table->name));
		for (size_t k = 0; k < object->needed_by.len; k++)
			reach(&r, object->needed_by.ptr[k]);
	}
	return true;
}

static void keep_each_once(struct arena *arena, struct strs *tables)
{
	struct map seen = { 0 };
	size_t kept = 0;
	for (size_t i = 0; i < tables->len; i++)
		if (!map_set(arena, &seen, tables->ptr[i], tables))
			tables->ptr[kept++] = tables->ptr[i];
	tables->len = kept;
}

bool narrow_find(struct arena *arena, const struct schema *before, const struct script *script, struct strs *tables)
{
	struct map named = { 0 };
	if (!add_subjects(arena, script, &named) || !add_dependents(arena, before, &named, tables))
		return false;
	for (size_t i = 0; i < named.len; i++)
		vec_push(arena, tables, named.ptr[i].key);
	keep_each_once(arena, tables);
	return true;
}
