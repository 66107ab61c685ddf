#include "format/drizzle/ts/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct value js_boolean(bool truth)
{
	return (struct value){ .kind = V_BOOLEAN, .truth = truth };
}

struct value js_number(double number)
{
	return (struct value){ .kind = V_NUMBER, .number = number };
}

struct value js_string(struct str text)
{
	return (struct value){ .kind = V_STRING, .text = text };
}

struct value js_text(const char *text)
{
	return js_string(str_of(text));
}

struct value js_host(void *host)
{
	return (struct value){ .kind = V_HOST, .host = host };
}

struct value js_opaque(struct str from)
{
	return (struct value){ .kind = V_OPAQUE, .text = from };
}

struct value js_array(struct arena *arena)
{
	return (struct value){ .kind = V_ARRAY, .array = arena_alloc(arena, sizeof(struct array)) };
}

struct value js_object(struct arena *arena)
{
	return (struct value){ .kind = V_OBJECT, .object = arena_alloc(arena, sizeof(struct object)) };
}

struct value js_native(struct arena *arena, const char *name, bool (*run)(struct call *, struct value *), int tag)
{
	struct native *native = arena_alloc(arena, sizeof(*native));
	*native = (struct native){ .name = name, .run = run, .tag = tag };
	return (struct value){ .kind = V_NATIVE, .native = native };
}

bool js_is_nullish(const struct value *value)
{
	return value->kind == V_UNDEFINED || value->kind == V_NULL;
}

bool js_is_text(const struct value *value, const char *text)
{
	return value->kind == V_STRING && str_eq(value->text, str_of(text));
}

bool js_is(const struct value *value, const struct host_class *class)
{
	return value->kind == V_HOST && value->host->class == class;
}

const char *js_describe(struct arena *arena, const struct value *value)
{
	static const char *const names[] = {
		[V_UNDEFINED] = "undefined",
		[V_NULL] = "null",
		[V_BOOLEAN] = "a boolean",
		[V_NUMBER] = "a number",
		[V_BIGINT] = "a bigint",
		[V_STRING] = "a string",
		[V_REGEX] = "a regular expression",
		[V_DATE] = "a date",
		[V_ARRAY] = "an array",
		[V_OBJECT] = "an object",
		[V_CLOSURE] = "a function",
		[V_NATIVE] = "a function",
		[V_CLASS] = "a class",
	};
	switch (value->kind) {
	case V_HOST:
		return value->host->class->name;
	case V_OPAQUE:
		return arena_printf(arena, "something of %.*s, which is not known here", STR_ARG(value->text));
	case V_ENV:
		return arena_printf(arena, "the environment variable %.*s", STR_ARG(value->text));
	case V_UNDEFINED:
	case V_NULL:
	case V_BOOLEAN:
	case V_NUMBER:
	case V_BIGINT:
	case V_STRING:
	case V_REGEX:
	case V_DATE:
	case V_ARRAY:
	case V_OBJECT:
	case V_CLOSURE:
	case V_NATIVE:
	case V_CLASS:
		return names[value->kind];
	}
	return "something";
}

struct slot *slot_ready(struct arena *arena, struct value value)
{
	struct slot *slot = arena_alloc(arena, sizeof(*slot));
	*slot = (struct slot){ .state = SLOT_READY, .value = value };
	return slot;
}

struct slot *slot_lazy(struct arena *arena, const struct node *node, struct scope *scope)
{
	struct slot *slot = arena_alloc(arena, sizeof(*slot));
	*slot = (struct slot){ .state = SLOT_LAZY, .from = FROM_NODE, .node = node, .scope = scope };
	return slot;
}

void js_array_add(struct arena *arena, struct array *array, struct slot *slot)
{
	vec_push(arena, &array->items, slot);
}

/* "0", "17": JavaScript lists such members first, by their numbers. */
static bool is_index(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (key.ptr[i] < '0' || key.ptr[i] > '9')
			return false;
	return key.len && key.len < 10 && (key.ptr[0] != '0' || key.len == 1);
}

static bool comes_before(struct str index, struct str key)
{
	return !is_index(key) || index.len < key.len || (index.len == key.len && str_cmp(index, key) < 0);
}

enum { MAX_SORTED = 4096 }; /* to insert takes time; no schema has as many */

void js_object_set(struct arena *arena, struct object *object, struct str key, struct slot *slot)
{
	struct map *map = &object->map;
	size_t index = map->len;
	if (map->len && map->len < MAX_SORTED && is_index(key) && !map_get(map, key))
		while (index > 0 && comes_before(key, map->ptr[index - 1].key))
			index--;
	if (index < map->len)
		map_insert(arena, map, index, key, slot);
	else
		map_set(arena, map, key, slot);
}

void js_object_remove(struct object *object, struct str key)
{
	map_remove(&object->map, key);
}

bool js_is_symbol(struct str key)
{
	return str_starts(key, STR("#Symbol("));
}

struct map *js_members_for(struct object *object, struct str key)
{
	return object->class && key.len && key.ptr[0] == '#' ? &object->hidden : &object->map;
}

struct slot *js_object_get(const struct object *object, struct str key)
{
	return map_get(&object->map, key);
}

/* The fewest digits that read back as the same number. */
static void shortest_digits(double number, char *digits, size_t size, int *exponent)
{
	for (int precision = 0; precision < 17; precision++) {
		char text[64];
		snprintf(text, sizeof(text), "%.*e", precision, number);
		if (precision < 16 && strtod(text, NULL) != number)
			continue;
		const char *e = strchr(text, 'e');
		size_t n = 0;
		for (const char *c = text; c < e && n + 1 < size; c++)
			if (*c != '.')
				digits[n++] = *c;
		digits[n] = 0;
		*exponent = (int)strtol(e + 1, NULL, 10);
		return;
	}
}

/* Number.prototype.toString: between 1e-7 and 1e21 without an exponent. */
static struct str format_number(struct arena *arena, double number)
{
	char digits[32];
	int exponent, n;
	shortest_digits(number, digits, sizeof(digits), &exponent);
	n = (int)strlen(digits);
	if (exponent >= 0 && exponent < 21) {
		if (n == exponent + 1)
			return str_of(arena_strdup(arena, digits));
		if (n <= exponent)
			return str_of(arena_printf(arena, "%s%0*d", digits, exponent + 1 - n, 0));
		return str_of(arena_printf(arena, "%.*s.%s", exponent + 1, digits, digits + exponent + 1));
	}
	if (exponent < 0 && exponent >= -6)
		return str_of(arena_printf(arena, "0.%.*s%s", -exponent - 1, "0000000", digits));
	return str_of(arena_printf(arena, "%c%s%se%+d", digits[0], n > 1 ? "." : "", digits + 1, exponent));
}

struct str number_text(struct arena *arena, double number)
{
	if (isnan(number))
		return STR("NaN");
	if (isinf(number))
		return number < 0 ? STR("-Infinity") : STR("Infinity");
	if (number == 0)
		return STR("0");
	if (number > 0)
		return format_number(arena, number);
	return str_of(arena_printf(arena, "-" STR_FMT, STR_ARG(format_number(arena, -number))));
}
