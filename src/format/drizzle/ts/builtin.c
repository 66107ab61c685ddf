#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "format/drizzle/ts/evaluate.h"

/*
 * JavaScript's own: Object.*, Array.*, the methods of strings, arrays and dates.  Only what is a pure function of its arguments.
 */

static bool as_array(struct call *call, struct slots items, struct value *ret_value)
{
	*ret_value = js_array(call->interp->arena);
	ret_value->array->items = items;
	return true;
}

static bool call_function(struct call *call, size_t index, struct value *ret_function)
{
	if (!call_arg(call, index, ret_function))
		return false;
	return ret_function->kind == V_CLOSURE || ret_function->kind == V_NATIVE || ret_function->kind == V_HOST ||
		call_refuse(call, "%s where a function is needed", js_describe(call->interp->arena, ret_function));
}

/* fn(item, index) */
static bool apply(struct call *call, const struct value *function, struct slot *item, size_t index,
		  struct value *ret_value)
{
	struct slot *args[] = { item, slot_ready(call->interp->arena, js_number((double)index)) };
	return js_call(call->interp, call->node, function, NULL, args, LEN(args), ret_value);
}

static bool apply_test(struct call *call, const struct value *function, struct slot *item, size_t index,
		       bool *ret_truth)
{
	struct value value;
	return apply(call, function, item, index, &value) && js_truth(call->interp, call->node, &value, ret_truth);
}

/* ---- arrays ---- */

static const struct slots *items_of(const struct call *call)
{
	return &call->self.array->items;
}

static bool array_map(struct call *call, struct value *ret_value)
{
	struct value function, result;
	struct slots out = { 0 };
	if (!call_function(call, 0, &function))
		return false;
	for (size_t i = 0; i < items_of(call)->len; i++) {
		struct slots inner;
		if (!apply(call, &function, items_of(call)->ptr[i], i, &result))
			return false;
		if (!call->native->tag || result.kind != V_ARRAY) {
			vec_push(call->interp->arena, &out, slot_ready(call->interp->arena, result));
			continue;
		}
		if (!js_items(call->interp, call->node, &result, &inner))
			return false;
		for (size_t j = 0; j < inner.len; j++)
			vec_push(call->interp->arena, &out, inner.ptr[j]);
	}
	return as_array(call, out, ret_value);
}

enum search { SEARCH_FILTER, SEARCH_FIND, SEARCH_INDEX, SEARCH_SOME, SEARCH_EVERY };

static bool array_search(struct call *call, struct value *ret_value)
{
	struct value function;
	struct slots out = { 0 };
	enum search search = (enum search)call->native->tag;
	bool truth;
	if (!call_function(call, 0, &function))
		return false;
	for (size_t i = 0; i < items_of(call)->len; i++) {
		struct slot *item = items_of(call)->ptr[i];
		if (!apply_test(call, &function, item, i, &truth))
			return false;
		if (truth && search == SEARCH_FILTER)
			vec_push(call->interp->arena, &out, item);
		if (truth && search == SEARCH_FIND)
			return slot_value(call->interp, item, ret_value);
		if (search == SEARCH_FILTER || truth == (search == SEARCH_EVERY))
			continue;
		*ret_value = search == SEARCH_INDEX ? js_number((double)i) : js_boolean(search == SEARCH_SOME);
		return true;
	}
	if (search == SEARCH_FILTER)
		return as_array(call, out, ret_value);
	*ret_value = search == SEARCH_FIND ? js_undefined()
		: search == SEARCH_INDEX   ? js_number(-1)
					   : js_boolean(search == SEARCH_EVERY);
	return true;
}

static bool array_each(struct call *call, struct value *ret_value)
{
	struct value function;
	if (!call_function(call, 0, &function))
		return false;
	for (size_t i = 0; i < items_of(call)->len; i++)
		if (!apply(call, &function, items_of(call)->ptr[i], i, ret_value))
			return false;
	*ret_value = js_undefined();
	return true;
}

static bool array_reduce(struct call *call, struct value *ret_value)
{
	struct value function;
	size_t i = 0;
	if (!call_function(call, 0, &function))
		return false;
	if (call->nargs < 2 && !items_of(call)->len)
		return call_refuse(call, "reduce() of an empty array without a first value");
	struct slot *sum = call->nargs > 1 ? call->args[1] : items_of(call)->ptr[i++];
	for (; i < items_of(call)->len; i++) {
		struct slot *args[] = { sum, items_of(call)->ptr[i],
					slot_ready(call->interp->arena, js_number((double)i)) };
		struct value value;
		if (!js_call(call->interp, call->node, &function, NULL, args, LEN(args), &value))
			return false;
		sum = slot_ready(call->interp->arena, value);
	}
	return slot_value(call->interp, sum, ret_value);
}

/* A position as slice() and at() take it: from the end where it is negative. */
static bool call_position(struct call *call, size_t index, size_t len, size_t otherwise, size_t *ret_position)
{
	struct value value;
	double number;
	*ret_position = otherwise;
	if (!call_arg(call, index, &value) || value.kind == V_UNDEFINED)
		return value.kind == V_UNDEFINED;
	if (!js_to_number(call->interp, call->node, &value, &number))
		return false;
	if (number < 0)
		number = number + (double)len < 0 ? 0 : number + (double)len;
	*ret_position = number > (double)len ? len : (size_t)number;
	return true;
}

static bool array_slice(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	size_t len = items_of(call)->len, from, to;
	if (!call_position(call, 0, len, 0, &from) || !call_position(call, 1, len, len, &to))
		return false;
	for (size_t i = from; i < to; i++)
		vec_push(call->interp->arena, &out, items_of(call)->ptr[i]);
	return as_array(call, out, ret_value);
}

static bool array_concat(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	for (size_t i = 0; i < items_of(call)->len; i++)
		vec_push(call->interp->arena, &out, items_of(call)->ptr[i]);
	for (size_t i = 0; i < call->nargs; i++) {
		struct value value;
		if (!call_arg(call, i, &value))
			return false;
		if (value.kind != V_ARRAY)
			vec_push(call->interp->arena, &out, call->args[i]);
		for (size_t j = 0; value.kind == V_ARRAY && j < value.array->items.len; j++)
			vec_push(call->interp->arena, &out, value.array->items.ptr[j]);
	}
	return as_array(call, out, ret_value);
}

static bool array_push(struct call *call, struct value *ret_value)
{
	if (!js_may_change(call->interp, call->node, &call->self))
		return false;
	for (size_t i = 0; i < call->nargs; i++)
		js_array_add(call->interp->arena, call->self.array, call->args[i]);
	*ret_value = js_number((double)items_of(call)->len);
	return true;
}

static bool array_join(struct call *call, struct value *ret_value)
{
	struct buf text = buf_init(call->interp->arena);
	struct str separator = STR(","), piece;
	if (call->nargs && !call_text(call, 0, &separator))
		return false;
	for (size_t i = 0; i < items_of(call)->len; i++) {
		struct value item;
		if (!slot_value(call->interp, items_of(call)->ptr[i], &item))
			return false;
		if (i)
			buf_str(&text, separator);
		if (js_is_nullish(&item))
			continue;
		if (!js_to_text(call->interp, call->node, &item, &piece))
			return false;
		buf_str(&text, piece);
	}
	*ret_value = js_string(buf_as_str(&text));
	return true;
}

static bool is_same(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == V_STRING || a->kind == V_BIGINT)
		return str_eq(a->text, b->text);
	return a->kind == V_NUMBER ? a->number == b->number : a->object == b->object;
}

/* includes() and indexOf() */
static bool array_index(struct call *call, struct value *ret_value)
{
	struct value wanted, item;
	if (!call_arg(call, 0, &wanted))
		return false;
	*ret_value = call->native->tag ? js_number(-1) : js_boolean(false);
	for (size_t i = 0; i < items_of(call)->len; i++) {
		if (!slot_value(call->interp, items_of(call)->ptr[i], &item))
			return false;
		if (!is_same(&item, &wanted))
			continue;
		*ret_value = call->native->tag ? js_number((double)i) : js_boolean(true);
		return true;
	}
	return true;
}

static bool array_at(struct call *call, struct value *ret_value)
{
	size_t len = items_of(call)->len, at;
	if (!call_position(call, 0, len, 0, &at))
		return false;
	*ret_value = js_undefined();
	return at >= len || slot_value(call->interp, items_of(call)->ptr[at], ret_value);
}

static bool array_reverse(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	for (size_t i = items_of(call)->len; i > 0; i--)
		vec_push(call->interp->arena, &out, items_of(call)->ptr[i - 1]);
	if (call->native->tag)
		return as_array(call, out, ret_value);
	if (!js_may_change(call->interp, call->node, &call->self))
		return false;
	call->self.array->items = out;
	*ret_value = call->self;
	return true;
}

static bool array_flat(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	for (size_t i = 0; i < items_of(call)->len; i++) {
		struct value item;
		if (!slot_value(call->interp, items_of(call)->ptr[i], &item))
			return false;
		if (item.kind != V_ARRAY)
			vec_push(call->interp->arena, &out, items_of(call)->ptr[i]);
		for (size_t j = 0; item.kind == V_ARRAY && j < item.array->items.len; j++)
			vec_push(call->interp->arena, &out, item.array->items.ptr[j]);
	}
	return as_array(call, out, ret_value);
}

static const struct method array_methods[] = {
	{ "map", array_map, 0 },
	{ "flatMap", array_map, 1 },
	{ "filter", array_search, SEARCH_FILTER },
	{ "find", array_search, SEARCH_FIND },
	{ "findIndex", array_search, SEARCH_INDEX },
	{ "some", array_search, SEARCH_SOME },
	{ "every", array_search, SEARCH_EVERY },
	{ "forEach", array_each, 0 },
	{ "reduce", array_reduce, 0 },
	{ "slice", array_slice, 0 },
	{ "concat", array_concat, 0 },
	{ "join", array_join, 0 },
	{ "includes", array_index, 0 },
	{ "indexOf", array_index, 1 },
	{ "at", array_at, 0 },
	{ "flat", array_flat, 0 },
	{ "reverse", array_reverse, 0 },
	{ "toReversed", array_reverse, 1 },
	{ "push", array_push, 0 },
};

/* ---- strings ---- */

enum shape { LOWER, UPPER, TRIM, SAME };

static bool string_shape(struct call *call, struct value *ret_value)
{
	enum shape shape = (enum shape)call->native->tag;
	char *text = str_dup(call->interp->arena, call->self.text);
	if (shape == TRIM) {
		*ret_value = js_string(str_trim(call->self.text));
		return true;
	}
	for (char *c = text; *c && shape != SAME; c++) {
		if (*c & (char)0x80)
			return call_refuse(call, "letters outside of ASCII are not changed here");
		if (shape == LOWER && *c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 'a' - 'A');
		if (shape == UPPER && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
	*ret_value = js_string((struct str){ text, call->self.text.len });
	return true;
}

static bool string_split(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	struct str rest = call->self.text, separator;
	if (!call_text(call, 0, &separator))
		return false;
	if (!separator.len)
		return js_items(call->interp, call->node, &call->self, &out) && as_array(call, out, ret_value);
	for (ptrdiff_t at; (at = str_find(rest, separator)) >= 0;) {
		struct str piece = str_slice(rest, 0, (size_t)at);
		vec_push(call->interp->arena, &out, slot_ready(call->interp->arena, js_string(piece)));
		rest = str_slice(rest, (size_t)at + separator.len, rest.len);
	}
	vec_push(call->interp->arena, &out, slot_ready(call->interp->arena, js_string(rest)));
	return as_array(call, out, ret_value);
}

/* replace() (the first only) and replaceAll(), with texts: regular expressions are not executed. */
static bool string_replace(struct call *call, struct value *ret_value)
{
	struct str rest = call->self.text, what, by;
	struct buf text = buf_init(call->interp->arena);
	if (!call_text(call, 0, &what) || !call_text(call, 1, &by))
		return false;
	for (ptrdiff_t at; what.len && (at = str_find(rest, what)) >= 0;) {
		buf_str(&text, str_slice(rest, 0, (size_t)at));
		buf_str(&text, by);
		rest = str_slice(rest, (size_t)at + what.len, rest.len);
		if (!call->native->tag)
			break;
	}
	buf_str(&text, rest);
	*ret_value = js_string(buf_as_str(&text));
	return true;
}

enum test { TEST_STARTS, TEST_ENDS, TEST_INCLUDES, TEST_INDEX };

static bool string_test(struct call *call, struct value *ret_value)
{
	struct str what;
	if (!call_text(call, 0, &what))
		return false;
	switch ((enum test)call->native->tag) {
	case TEST_STARTS:
		*ret_value = js_boolean(str_starts(call->self.text, what));
		break;
	case TEST_ENDS:
		*ret_value = js_boolean(str_ends(call->self.text, what));
		break;
	case TEST_INCLUDES:
		*ret_value = js_boolean(str_find(call->self.text, what) >= 0);
		break;
	case TEST_INDEX:
		*ret_value = js_number((double)str_find(call->self.text, what));
		break;
	}
	return true;
}

static bool string_slice(struct call *call, struct value *ret_value)
{
	size_t len = call->self.text.len, from, to;
	if (!call_position(call, 0, len, 0, &from) || !call_position(call, 1, len, len, &to))
		return false;
	*ret_value = js_string(from < to ? str_slice(call->self.text, from, to) : (struct str){ "", 0 });
	return true;
}

static bool string_at(struct call *call, struct value *ret_value)
{
	size_t len = call->self.text.len, at;
	if (!call_position(call, 0, len, 0, &at))
		return false;
	*ret_value = js_string(at < len ? str_slice(call->self.text, at, at + 1) : (struct str){ "", 0 });
	return true;
}

/* padStart(), padEnd() and repeat() */
static bool string_fill(struct call *call, struct value *ret_value)
{
	struct buf text = buf_init(call->interp->arena);
	struct value length;
	struct str fill = STR(" "), self = call->self.text;
	double wanted;
	bool repeat = call->native->tag == 2;
	if (!call_arg(call, 0, &length) || !js_to_number(call->interp, call->node, &length, &wanted) ||
	    (call->nargs > 1 && !call_text(call, 1, &fill)))
		return false;
	if (!(wanted >= 0 && wanted <= 10000))
		return call_refuse(call, "a text of that length");
	for (double i = 0; repeat && i < wanted; i++)
		buf_str(&text, self);
	if (call->native->tag == 1)
		buf_str(&text, self);
	for (size_t i = self.len; !repeat && fill.len && i < (size_t)wanted; i++)
		buf_char(&text, fill.ptr[(i - self.len) % fill.len]);
	if (!call->native->tag)
		buf_str(&text, self);
	*ret_value = js_string(buf_as_str(&text));
	return true;
}

static bool string_concat(struct call *call, struct value *ret_value)
{
	struct buf text = buf_init(call->interp->arena);
	buf_str(&text, call->self.text);
	for (size_t i = 0; i < call->nargs; i++) {
		struct value value;
		struct str piece;
		if (!call_arg(call, i, &value) || !js_to_text(call->interp, call->node, &value, &piece))
			return false;
		buf_str(&text, piece);
	}
	*ret_value = js_string(buf_as_str(&text));
	return true;
}

static const struct method string_methods[] = {
	{ "toLowerCase", string_shape, LOWER },
	{ "toUpperCase", string_shape, UPPER },
	{ "trim", string_shape, TRIM },
	{ "toString", string_shape, SAME },
	{ "valueOf", string_shape, SAME },
	{ "split", string_split, 0 },
	{ "replace", string_replace, 0 },
	{ "replaceAll", string_replace, 1 },
	{ "startsWith", string_test, TEST_STARTS },
	{ "endsWith", string_test, TEST_ENDS },
	{ "includes", string_test, TEST_INCLUDES },
	{ "indexOf", string_test, TEST_INDEX },
	{ "slice", string_slice, 0 },
	{ "substring", string_slice, 0 },
	{ "at", string_at, 0 },
	{ "charAt", string_at, 0 },
	{ "padStart", string_fill, 0 },
	{ "padEnd", string_fill, 1 },
	{ "repeat", string_fill, 2 },
	{ "concat", string_concat, 0 },
};

/* ---- functions ---- */

/* f.call(self, ...): what a function of ours is a method of, it stays. */
static bool function_call(struct call *call, struct value *ret_value)
{
	struct value self, function = call->native->self;
	if (!call_arg(call, 0, &self))
		return false;
	size_t skip = call->nargs ? 1 : 0;
	return js_call(call->interp, call->node, &function, &self, call->args + skip, call->nargs - skip, ret_value);
}

static bool function_bind(struct call *call, struct value *ret_value)
{
	*ret_value = call->native->self;
	return call->nargs <= 1 || call_refuse(call, "bind() with arguments is not understood");
}

static const struct method function_methods[] = { { "call", function_call, 0 }, { "bind", function_bind, 0 } };

/* ---- numbers, dates ---- */

static bool to_text(struct call *call, struct value *ret_value)
{
	struct str text;
	if (!js_to_text(call->interp, call->node, &call->self, &text))
		return false;
	*ret_value = js_string(text);
	return true;
}

static bool date_iso(struct call *call, struct value *ret_value)
{
	struct str json;
	if (!js_json(call->interp, call->node, &call->self, &json))
		return false;
	*ret_value = js_string(str_slice(json, 1, json.len - 1));
	return true;
}

static bool date_time(struct call *call, struct value *ret_value)
{
	*ret_value = js_number(call->self.number);
	return true;
}

static const struct method number_methods[] = { { "toString", to_text, 0 }, { "toFixed", NULL, 0 } };
static const struct method date_methods[] = { { "toISOString", date_iso, 0 },
					      { "toJSON", date_iso, 0 },
					      { "getTime", date_time, 0 } };

static bool find_method(struct interp *interp, const struct method *methods, size_t n, const struct value *self,
			struct str key, struct value *ret_value)
{
	for (size_t i = 0; i < n; i++) {
		if (!methods[i].run || !str_eq(str_of(methods[i].name), key))
			continue;
		*ret_value = js_native(interp->arena, methods[i].name, methods[i].run, methods[i].tag);
		struct native *native = arena_alloc(interp->arena, sizeof(*native));
		*native = (struct native){ methods[i].name, methods[i].run, methods[i].tag, *self };
		ret_value->native = native;
		return true;
	}
	return false;
}

static bool element(struct interp *interp, const struct value *object, struct str key, struct value *ret_value)
{
	unsigned long long index;
	struct slots items;
	if (!str_to_u64(key, &index))
		return true;
	if (!js_items(interp, NULL, object, &items))
		return false;
	return index >= items.len || slot_value(interp, items.ptr[index], ret_value);
}

bool builtin_member(struct interp *interp, const struct value *object, struct str key, struct value *ret_value)
{
	*ret_value = js_undefined();
	if (object->kind == V_ARRAY || object->kind == V_STRING) {
		bool array = object->kind == V_ARRAY;
		if (str_eq(key, STR("length"))) {
			*ret_value = js_number(array ? (double)object->array->items.len : (double)object->text.len);
			return true;
		}
		return find_method(interp, array ? array_methods : string_methods,
				   array ? LEN(array_methods) : LEN(string_methods), object, key, ret_value) ||
			element(interp, object, key, ret_value);
	}
	if (object->kind == V_CLOSURE || object->kind == V_NATIVE)
		find_method(interp, function_methods, LEN(function_methods), object, key, ret_value);
	else if (object->kind == V_DATE)
		find_method(interp, date_methods, LEN(date_methods), object, key, ret_value);
	else if (object->kind == V_NUMBER || object->kind == V_BIGINT || object->kind == V_BOOLEAN)
		find_method(interp, number_methods, LEN(number_methods), object, key, ret_value);
	return true;
}

/* ---- Object ---- */

enum listing { LIST_KEYS, LIST_VALUES, LIST_ENTRIES };

static struct slot *entry(struct arena *arena, struct str key, struct slot *slot)
{
	struct value pair = js_array(arena);
	js_array_add(arena, pair.array, slot_ready(arena, js_string(key)));
	js_array_add(arena, pair.array, slot);
	return slot_ready(arena, pair);
}

static bool object_list(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct value value;
	struct object *members;
	struct slots out = { 0 };
	if (!call_arg(call, 0, &value) || !js_members(call->interp, call->node, &value, &members))
		return false;
	for (size_t i = 0; i < members->map.len; i++) {
		struct str key = members->map.ptr[i].key;
		struct slot *slot = members->map.ptr[i].value;
		enum listing listing = (enum listing)call->native->tag;
		vec_push(arena, &out,
			 listing == LIST_KEYS             ? slot_ready(arena, js_string(key))
				 : listing == LIST_VALUES ? slot
							  : entry(arena, key, slot));
	}
	return as_array(call, out, ret_value);
}

static bool object_from_entries(struct call *call, struct value *ret_value)
{
	struct value list, pair, key;
	struct slots items;
	struct str text;
	*ret_value = js_object(call->interp->arena);
	if (!call_arg(call, 0, &list) || !js_items(call->interp, call->node, &list, &items))
		return false;
	for (size_t i = 0; i < items.len; i++) {
		if (!slot_value(call->interp, items.ptr[i], &pair))
			return false;
		if (pair.kind != V_ARRAY || pair.array->items.len < 2)
			return call_refuse(call, "an entry that is no pair");
		if (!slot_value(call->interp, pair.array->items.ptr[0], &key) ||
		    !js_to_text(call->interp, call->node, &key, &text))
			return false;
		js_object_set(call->interp->arena, ret_value->object, text, pair.array->items.ptr[1]);
	}
	return true;
}

static bool object_assign(struct call *call, struct value *ret_value)
{
	if (!call_arg(call, 0, ret_value))
		return false;
	bool extended = ret_value->kind == V_HOST && ret_value->host->class->extensible;
	if (ret_value->kind == V_OPAQUE || ret_value->kind == V_CLOSURE)
		return true; /* what hangs on a function is missed by name, if it is ever asked for */
	if (ret_value->kind != V_OBJECT && !extended && call->nargs > 1)
		return call_refuse(call, "Object.assign() to %s is not understood",
				   js_describe(call->interp->arena, ret_value));
	if (!js_may_change(call->interp, call->node, ret_value))
		return false;
	for (size_t i = 1; i < call->nargs; i++) {
		struct value from;
		struct object *members;
		if (!call_arg(call, i, &from))
			return false;
		if (js_is_nullish(&from))
			continue;
		if (!js_members(call->interp, call->node, &from, &members))
			return false;
		struct map *into = extended ? &ret_value->host->own : &ret_value->object->map;
		for (size_t j = 0; j < members->map.len; j++)
			map_set(call->interp->arena, into, members->map.ptr[j].key, members->map.ptr[j].value);
	}
	return true;
}

static bool identity(struct call *call, struct value *ret_value)
{
	return call_arg(call, 0, ret_value);
}

static const struct method object_methods[] = {
	{ "keys", object_list, LIST_KEYS },       { "values", object_list, LIST_VALUES },
	{ "entries", object_list, LIST_ENTRIES }, { "fromEntries", object_from_entries, 0 },
	{ "assign", object_assign, 0 },           { "freeze", identity, 0 },
};

/* ---- Array, String, Number, Boolean, JSON, Date, Math ---- */

static bool array_is(struct call *call, struct value *ret_value)
{
	struct value value;
	if (!call_arg(call, 0, &value))
		return false;
	if (value.kind == V_OPAQUE)
		return call_refuse(call, "Array.isArray() of %s", js_describe(call->interp->arena, &value));
	*ret_value = js_boolean(value.kind == V_ARRAY);
	return true;
}

/* Array.from(items, fn) and Array.from({ length: n }, fn) */
static bool array_from(struct call *call, struct value *ret_value)
{
	struct value list, length, function;
	struct slots items = { 0 };
	struct slot *slot;
	double n;
	if (!call_arg(call, 0, &list))
		return false;
	if (js_member(call->interp, &list, "length", &slot)) {
		if (!slot_value(call->interp, slot, &length) || !js_to_number(call->interp, call->node, &length, &n))
			return false;
		if (!(n >= 0 && n <= 100000))
			return call_refuse(call, "an array of that length");
		for (double i = 0; i < n; i++)
			vec_push(call->interp->arena, &items, slot_ready(call->interp->arena, js_undefined()));
	} else if (!js_items(call->interp, call->node, &list, &items)) {
		return false;
	}
	if (call->nargs < 2)
		return as_array(call, items, ret_value);
	struct slots out = { 0 };
	if (!call_function(call, 1, &function))
		return false;
	for (size_t i = 0; i < items.len; i++) {
		struct value value;
		if (!apply(call, &function, items.ptr[i], i, &value))
			return false;
		vec_push(call->interp->arena, &out, slot_ready(call->interp->arena, value));
	}
	return as_array(call, out, ret_value);
}

static bool array_of(struct call *call, struct value *ret_value)
{
	struct slots items = { call->args, call->nargs, call->nargs };
	return as_array(call, items, ret_value);
}

static bool make_string(struct call *call, struct value *ret_value)
{
	struct value value;
	struct str text;
	if (!call_arg(call, 0, &value) || !js_to_text(call->interp, call->node, &value, &text))
		return false;
	*ret_value = js_string(text);
	return true;
}

static bool make_number(struct call *call, struct value *ret_value)
{
	struct value value;
	double number;
	if (!call_arg(call, 0, &value) || !js_to_number(call->interp, call->node, &value, &number))
		return false;
	*ret_value = js_number(number);
	return true;
}

static bool make_bigint(struct call *call, struct value *ret_value)
{
	if (!make_string(call, ret_value))
		return false;
	ret_value->kind = V_BIGINT;
	return true;
}

static bool make_boolean(struct call *call, struct value *ret_value)
{
	struct value value;
	bool truth;
	if (!call_arg(call, 0, &value) || !js_truth(call->interp, call->node, &value, &truth))
		return false;
	*ret_value = js_boolean(truth);
	return true;
}

static bool json_stringify(struct call *call, struct value *ret_value)
{
	struct value value;
	struct str json;
	if (call->nargs > 1)
		return call_refuse(call, "JSON.stringify() with more than a value");
	if (!call_arg(call, 0, &value) || !js_json(call->interp, call->node, &value, &json))
		return false;
	*ret_value = js_string(json);
	return true;
}

/* The forms that Date takes for UTC: YYYY-MM-DD and YYYY-MM-DDTHH:MM:SS(.mmm)Z. */
static bool parse_date(struct str text, double *ret_ms)
{
	struct tm tm = { 0 };
	char copy[40] = { 0 };
	int ms = 0, used = 0;
	if (text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.ptr, text.len);
	if (sscanf(copy, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &used) != 3)
		return false;
	const char *rest = copy + used;
	if (*rest == 'T') {
		if (sscanf(rest, "T%2d:%2d:%2d%n", &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 3)
			return false;
		rest += used;
		if (*rest == '.' && sscanf(rest, ".%3d%n", &ms, &used) == 1)
			rest += used;
		if (*rest++ != 'Z')
			return false;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret_ms = (double)timegm(&tm) * 1000 + ms;
	return *rest == 0;
}

static bool make_date(struct call *call, struct value *ret_value)
{
	struct value value;
	if (!call->nargs) {
		*ret_value = js_opaque(STR("the time of the day"));
		return true;
	}
	if (!call_arg(call, 0, &value))
		return false;
	*ret_value = (struct value){ .kind = V_DATE, .number = value.kind == V_STRING ? 0 : value.number };
	if (value.kind == V_NUMBER || (value.kind == V_STRING && parse_date(value.text, &ret_value->number)))
		return call->nargs == 1 || call_refuse(call, "a date like this is not understood");
	if (value.kind == V_OPAQUE) {
		*ret_value = value;
		return true;
	}
	return call_refuse(call, "a date like this is not understood");
}

static bool math_round(struct call *call, struct value *ret_value)
{
	static double (*const functions[])(double) = { floor, ceil, trunc, fabs, round };
	if (!make_number(call, ret_value))
		return false;
	ret_value->number = functions[call->native->tag](ret_value->number);
	return true;
}

static bool math_extreme(struct call *call, struct value *ret_value)
{
	double best = call->native->tag ? -INFINITY : INFINITY;
	for (size_t i = 0; i < call->nargs; i++) {
		struct value value;
		double number;
		if (!call_arg(call, i, &value) || !js_to_number(call->interp, call->node, &value, &number))
			return false;
		if (call->native->tag ? number > best : number < best)
			best = number;
	}
	*ret_value = js_number(best);
	return true;
}

static bool math_pow(struct call *call, struct value *ret_value)
{
	struct value by;
	double power;
	if (!make_number(call, ret_value) || !call_arg(call, 1, &by) ||
	    !js_to_number(call->interp, call->node, &by, &power))
		return false;
	ret_value->number = pow(ret_value->number, power);
	return true;
}

static const struct method array_statics[] = { { "isArray", array_is, 0 },
					       { "from", array_from, 0 },
					       { "of", array_of, 0 } };
static const struct method json_statics[] = { { "stringify", json_stringify, 0 } };
static const struct method number_statics[] = { { "parseInt", make_number, 0 }, { "parseFloat", make_number, 0 } };
static const struct method math_statics[] = {
	{ "floor", math_round, 0 }, { "ceil", math_round, 1 },  { "trunc", math_round, 2 }, { "abs", math_round, 3 },
	{ "round", math_round, 4 }, { "min", math_extreme, 0 }, { "max", math_extreme, 1 }, { "pow", math_pow, 0 },
};

/* ---- process ---- */

static bool environment_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)interp, (void)host;
	*ret_value = (struct value){ .kind = V_ENV, .text = key };
	return true;
}

static const struct host_class environment_class = { .name = "the environment", .get = environment_get };
static struct host environment_host = { &environment_class };

static bool process_cwd(struct call *call, struct value *ret_value)
{
	*ret_value = js_text(call->interp->root);
	return true;
}

static const struct method process_methods[] = { { "cwd", process_cwd, 0 } };

static bool process_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host, (void)interp;
	*ret_value = str_eq(key, STR("env")) ? js_host(&environment_host) : js_opaque(STR("process"));
	return true;
}

static bool number_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host, (void)interp;
	if (str_eq(key, STR("MAX_SAFE_INTEGER")))
		*ret_value = js_number(9007199254740991.0);
	else if (str_eq(key, STR("MIN_SAFE_INTEGER")))
		*ret_value = js_number(-9007199254740991.0);
	return true;
}

/* console.log() and the like: nothing that a schema is made of. */
static bool nothing_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)host, (void)interp, (void)key;
	*ret_value = js_opaque(STR("console"));
	return true;
}

static const struct host_class classes[] = {
	{ .name = "Object", .methods = object_methods, .nmethods = LEN(object_methods), .call = identity },
	{ .name = "Array", .methods = array_statics, .nmethods = LEN(array_statics), .call = array_of },
	{ .name = "String", .call = make_string },
	{ .name = "Number",
	  .methods = number_statics,
	  .nmethods = LEN(number_statics),
	  .call = make_number,
	  .get = number_get },
	{ .name = "Boolean", .call = make_boolean },
	{ .name = "BigInt", .call = make_bigint },
	{ .name = "JSON", .methods = json_statics, .nmethods = LEN(json_statics) },
	{ .name = "Date", .call = make_date },
	{ .name = "Math", .methods = math_statics, .nmethods = LEN(math_statics) },
	{ .name = "process", .methods = process_methods, .nmethods = LEN(process_methods), .get = process_get },
	{ .name = "console", .get = nothing_get },
};
static struct host hosts[LEN(classes)];

void globals_fill(struct interp *interp)
{
	struct arena *arena = interp->arena;
	struct map *names = &interp->globals->names;
	for (size_t i = 0; i < LEN(classes); i++) {
		hosts[i].class = &classes[i];
		map_set(arena, names, str_of(classes[i].name), slot_ready(arena, js_host(&hosts[i])));
	}
	map_set(arena, names, STR("undefined"), slot_ready(arena, js_undefined()));
	map_set(arena, names, STR("NaN"), slot_ready(arena, js_number(NAN)));
	map_set(arena, names, STR("Infinity"), slot_ready(arena, js_number(INFINITY)));
}
