#include "format/drizzle/delta.h"

#include <stdint.h>

/* Which of a row's fields say which row it is. */
static bool identifies(const char *kind, const char *field)
{
	static const char *const without_table[] = { "tables", "enums", "indexes", "sequences", "views" };
	if (strcmp(kind, "schemas") == 0 || strcmp(kind, "roles") == 0)
		return strcmp(field, "name") == 0;
	for (size_t i = 0; strcmp(field, "table") == 0 && i < LEN(without_table); i++)
		if (strcmp(kind, without_table[i]) == 0)
			return false;
	return true;
}

struct str delta_key(struct arena *arena, const struct json *row)
{
	static const char *const fields[] = { "schema", "table", "name" };
	const char *kind = json_get_text(row, "entityType", "");
	struct json identity = json_new(JS_ARRAY);
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < LEN(fields); i++)
		if (identifies(kind, fields[i]))
			json_add(arena, &identity, json_of_text(json_get_text(row, fields[i], "")));
	buf_text(&buf, kind);
	buf_char(&buf, '\0');
	buf_str(&buf, json_print(arena, &identity, 0));
	return buf_as_str(&buf);
}

/* Rows by key, while they change: a row that is gone stays as null until the end, so that places hold. */
struct table_of_rows {
	struct arena *arena;
	struct json *rows;
	struct map places; /* key -> index + 1 */
};

static size_t place_of(const struct table_of_rows *t, struct str key)
{
	return (size_t)(uintptr_t)map_get(&t->places, key);
}

static void put_place(struct table_of_rows *t, struct str key, size_t place)
{
	map_set(t->arena, &t->places, key, (void *)(uintptr_t)place);
}

static void set_field(struct arena *arena, struct json *row, const struct json *value)
{
	for (size_t i = 0; i < row->len; i++)
		if (str_eq(row->ptr[i].key, value->key)) {
			row->ptr[i] = *value;
			return;
		}
	vec_push(arena, row, *value);
}

static struct json copy_of(struct arena *arena, const struct json *row)
{
	struct json copy = json_new(row->kind);
	for (size_t i = 0; i < row->len; i++)
		vec_push(arena, &copy, row->ptr[i]);
	return copy;
}

static void create_row(struct table_of_rows *t, const struct json *row)
{
	struct str key = delta_key(t->arena, row);
	if (place_of(t, key))
		return;
	json_add(t->arena, t->rows, copy_of(t->arena, row));
	put_place(t, key, t->rows->len);
}

static void change_row(struct table_of_rows *t, struct str key, const struct json *set)
{
	size_t place = place_of(t, key);
	if (!place)
		return;
	struct json *row = &t->rows->ptr[place - 1];
	put_place(t, key, 0);
	if (!set) {
		row->kind = JS_NULL;
		return;
	}
	*row = copy_of(t->arena, row);
	for (size_t i = 0; i < set->len; i++)
		set_field(t->arena, row, &set->ptr[i]);
	put_place(t, delta_key(t->arena, row), place);
}

static void apply_one(struct table_of_rows *t, const struct json *delta)
{
	const char *op = json_get_text(delta, "op", "");
	const struct json *row = json_get_kind(delta, "row", JS_OBJECT), *key = json_get_kind(delta, "key", JS_STRING);
	const struct json *set = json_get_kind(delta, "set", JS_OBJECT);
	if (strcmp(op, "create") == 0 && row)
		create_row(t, row);
	else if (key && (set || strcmp(op, "drop") == 0))
		change_row(t, key->text, set);
}

void delta_apply(struct arena *arena, struct json *rows, const struct json *deltas)
{
	struct table_of_rows t = { .arena = arena, .rows = rows };
	size_t left = 0;
	for (size_t i = 0; i < rows->len; i++)
		put_place(&t, delta_key(arena, &rows->ptr[i]), i + 1);
	for (size_t i = 0; deltas && i < deltas->len; i++)
		apply_one(&t, &deltas->ptr[i]);
	for (size_t i = 0; i < rows->len; i++)
		if (rows->ptr[i].kind != JS_NULL)
			rows->ptr[left++] = rows->ptr[i];
	rows->len = left;
}

/* ---- the difference ---- */

static bool same(struct arena *arena, const struct json *a, const struct json *b)
{
	return str_eq(json_print(arena, a, 0), json_print(arena, b, 0));
}

/* Fields of to that from has otherwise; an array that is empty where there are none. */
static struct json changed_fields(struct arena *arena, const struct json *from, const struct json *to)
{
	struct json set = json_new(JS_OBJECT), null = json_new(JS_NULL);
	for (size_t i = 0; i < to->len; i++) {
		const struct json *before = json_get(from, str_dup(arena, to->ptr[i].key));
		if (!same(arena, before ? before : &null, &to->ptr[i]))
			vec_push(arena, &set, to->ptr[i]);
	}
	return set;
}

static void add_delta(struct arena *arena, struct json *deltas, const char *op, const char *field, struct json value,
		      const struct json *set)
{
	struct json delta = json_new(JS_OBJECT);
	json_put(arena, &delta, "op", json_of_text(op));
	json_put(arena, &delta, field, value);
	if (set)
		json_put(arena, &delta, "set", *set);
	json_add(arena, deltas, delta);
}

static struct map by_key(struct arena *arena, const struct json *rows)
{
	struct map map = { 0 };
	for (size_t i = 0; i < rows->len; i++)
		map_set(arena, &map, delta_key(arena, &rows->ptr[i]), &rows->ptr[i]);
	return map;
}

struct json delta_between(struct arena *arena, const struct json *from, const struct json *to)
{
	struct json deltas = json_new(JS_ARRAY);
	struct map before = by_key(arena, from), after = by_key(arena, to);
	for (size_t i = 0; i < before.len; i++)
		if (!map_get(&after, before.ptr[i].key))
			add_delta(arena, &deltas, "drop", "key", json_of_str(before.ptr[i].key), NULL);
	for (size_t i = 0; i < after.len; i++) {
		const struct json *was = map_get(&before, after.ptr[i].key), *is = after.ptr[i].value;
		struct json set = was ? changed_fields(arena, was, is) : json_new(JS_OBJECT);
		if (!was)
			add_delta(arena, &deltas, "create", "row", *is, NULL);
		else if (set.len)
			add_delta(arena, &deltas, "alter", "key", json_of_str(after.ptr[i].key), &set);
	}
	return deltas;
}
