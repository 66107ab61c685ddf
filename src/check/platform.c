#include "check/platform.h"

#include "platform_objects.sql.h"

struct platform_object {
	const char *name, *wider[2];
	const char *looks;
};

static const char *cell(struct arena *arena, const struct rows *rows, size_t row, size_t column)
{
	struct str s = rows_cell(rows, row, column);
	return s.ptr ? str_dup(arena, s) : NULL;
}

/* Several functions of one name, or default privileges of several roles, share an entry: what they look like is put together. */
static void add(struct arena *arena, struct platform *platform, const struct platform_object *object)
{
	struct platform_object *there = map_get(&platform->objects, str_of(object->name));
	if (!there) {
		there = arena_alloc(arena, sizeof(*there));
		*there = *object;
		map_set(arena, &platform->objects, str_of(there->name), there);
	} else {
		there->looks = arena_printf(arena, "%s\n%s", there->looks, object->looks);
	}
}

static const char *existing_schemas(struct arena *arena, const struct boundary *boundary, struct db *db,
				    struct err *err)
{
	struct rows rows;
	struct buf buf = buf_init(arena);
	if (!db_query(
		    db, arena,
		    "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'",
		    0, NULL, &rows, err))
		return NULL;
	for (size_t i = 0; i < rows.rows; i++)
		if (boundary_has_schema(boundary, rows_cell(&rows, i, 0)))
			buf_printf(&buf, "%s" STR_FMT, buf.len ? "\1" : "", STR_ARG(rows_cell(&rows, i, 0)));
	return buf.ptr;
}

bool platform_load(struct arena *arena, const struct boundary *boundary, struct db *db, struct platform *ret_platform,
		   struct err *err)
{
	struct platform platform = { 0 };
	struct rows rows;
	const char *schemas = existing_schemas(arena, boundary, db, err);
	/* ORDER BY: what shares a name must be put together in one order. */
	const char *sql = arena_printf(arena, "SELECT * FROM (%s) AS o (name, wider, widest, looks) ORDER BY 1, 4",
				       sql_platform_objects);
	if (!schemas || !db_query(db, arena, sql, 1, &schemas, &rows, err))
		return false;
	for (size_t i = 0; i < rows.rows; i++) {
		struct platform_object object = {
			.name = cell(arena, &rows, i, 0),
			.wider = { cell(arena, &rows, i, 1), cell(arena, &rows, i, 2) },
			.looks = cell(arena, &rows, i, 3),
		};
		if (!object.looks)
			object.looks = "";
		add(arena, &platform, &object);
	}
	*ret_platform = platform;
	return true;
}

static bool allows(const struct boundary *boundary, const char *name)
{
	for (size_t i = 0; name && i < boundary->allow.len; i++)
		if (str_eq_nocase(boundary->allow.ptr[i], str_of(name)))
			return true;
	return false;
}

static void note(struct arena *arena, const struct boundary *boundary, const struct platform_object *object,
		 const char *verb, struct strs *changes)
{
	if (!allows(boundary, object->name) && !allows(boundary, object->wider[0]) &&
	    !allows(boundary, object->wider[1]))
		vec_push(arena, changes,
			 str_of(arena_printf(arena, "%s %s", verb, boundary_object(arena, str_of(object->name)))));
}

struct strs platform_changes(struct arena *arena, const struct boundary *boundary, const struct platform *before,
			     const struct platform *after)
{
	struct strs changes = { 0 };
	for (size_t i = 0; i < before->objects.len; i++) {
		const struct platform_object *was = before->objects.ptr[i].value;
		const struct platform_object *is = map_get(&after->objects, before->objects.ptr[i].key);
		if (!is)
			note(arena, boundary, was, "dropped", &changes);
		else if (strcmp(was->looks, is->looks) != 0)
			note(arena, boundary, was, "changed", &changes);
	}
	for (size_t i = 0; i < after->objects.len; i++)
		if (!map_get(&before->objects, after->objects.ptr[i].key))
			note(arena, boundary, after->objects.ptr[i].value, "created", &changes);
	return changes;
}
