#include <math.h>

#include "format/drizzle/ts/builtin.h"

/* The methods of arrays. */

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
		if (!call_each(call, &function, items_of(call)->ptr[i], i, &result))
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
	return call_array(call, out, ret_value);
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
		if (!call_test(call, &function, item, i, &truth))
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
		return call_array(call, out, ret_value);
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
		if (!call_each(call, &function, items_of(call)->ptr[i], i, ret_value))
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
					slot_ready(call->interp->arena, js_number((double)i)),
					slot_ready(call->interp->arena, call->self) };
		struct value value;
		if (!js_call(call->interp, call->node, &function, NULL, args, LEN(args), &value))
			return false;
		sum = slot_ready(call->interp->arena, value);
	}
	return slot_value(call->interp, sum, ret_value);
}

static bool array_slice(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	size_t len = items_of(call)->len, from, to;
	if (!call_position(call, 0, len, 0, &from) || !call_position(call, 1, len, len, &to))
		return false;
	for (size_t i = from; i < to; i++)
		vec_push(call->interp->arena, &out, items_of(call)->ptr[i]);
	return call_array(call, out, ret_value);
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
	return call_array(call, out, ret_value);
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
	if (call->nargs > 1)
		return call_refuse(call, "a search from a position on is not understood");
	*ret_value = call->native->tag ? js_number(-1) : js_boolean(false);
	for (size_t i = 0; i < items_of(call)->len; i++) {
		if (!slot_value(call->interp, items_of(call)->ptr[i], &item))
			return false;
		bool nan = !call->native->tag && item.kind == V_NUMBER && wanted.kind == V_NUMBER &&
			isnan(item.number) && isnan(wanted.number); /* includes() finds it, indexOf() does not */
		if (!nan && !is_same(&item, &wanted))
			continue;
		*ret_value = call->native->tag ? js_number((double)i) : js_boolean(true);
		return true;
	}
	return true;
}

static bool array_at(struct call *call, struct value *ret_value)
{
	size_t at;
	bool there;
	if (!call_place(call, items_of(call)->len, &at, &there))
		return false;
	*ret_value = js_undefined();
	return !there || slot_value(call->interp, items_of(call)->ptr[at], ret_value);
}

/* The same items in another order: the array itself (reverse, sort), or a new one (toReversed, toSorted). */
static bool reordered(struct call *call, struct slots items, struct value *ret_value)
{
	if (call->native->tag)
		return call_array(call, items, ret_value);
	if (!js_may_change(call->interp, call->node, &call->self))
		return false;
	call->self.array->items = items;
	*ret_value = call->self;
	return true;
}

static bool array_reverse(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	for (size_t i = items_of(call)->len; i > 0; i--)
		vec_push(call->interp->arena, &out, items_of(call)->ptr[i - 1]);
	return reordered(call, out, ret_value);
}

/* Does b belong in front of a?  By the function, or as texts where there is none; what is undefined goes last. */
static bool is_less(struct call *call, const struct value *function, struct slot *a, struct slot *b, bool *ret_less)
{
	struct interp *interp = call->interp;
	struct slot *args[] = { b, a };
	struct value left, right, result;
	struct str texts[2];
	double order;
	if (!slot_value(interp, a, &left) || !slot_value(interp, b, &right))
		return false;
	*ret_less = left.kind == V_UNDEFINED && right.kind != V_UNDEFINED;
	if (left.kind == V_UNDEFINED || right.kind == V_UNDEFINED)
		return true;
	if (function->kind != V_UNDEFINED) {
		if (!js_call(interp, call->node, function, NULL, args, 2, &result) ||
		    !js_to_number(interp, call->node, &result, &order))
			return false;
		*ret_less = order < 0;
		return true;
	}
	if (!js_to_text(interp, call->node, &left, &texts[0]) || !js_to_text(interp, call->node, &right, &texts[1]))
		return false;
	*ret_less = str_cmp(texts[1], texts[0]) < 0;
	return true;
}

/* sort() and toSorted(): each goes in front of those before it that are greater, so that equals stay in order. */
static bool array_sort(struct call *call, struct value *ret_value)
{
	struct slots out = { 0 };
	struct value function;
	if (!call_arg(call, 0, &function))
		return false;
	for (size_t i = 0; i < items_of(call)->len; i++) {
		struct slot *item = items_of(call)->ptr[i];
		size_t at = out.len;
		vec_push(call->interp->arena, &out, item);
		for (bool less = true; at; at--) {
			if (!is_less(call, &function, out.ptr[at - 1], item, &less))
				return false;
			if (!less)
				break;
			out.ptr[at] = out.ptr[at - 1];
		}
		out.ptr[at] = item;
	}
	return reordered(call, out, ret_value);
}

/* One level of it; ret_nested: an array was in it. */
static bool flatten(struct call *call, const struct slots *items, struct slots *ret_items, bool *ret_nested)
{
	*ret_items = (struct slots){ 0 };
	*ret_nested = false;
	for (size_t i = 0; i < items->len; i++) {
		struct value item;
		if (!slot_value(call->interp, items->ptr[i], &item))
			return false;
		if (item.kind != V_ARRAY)
			vec_push(call->interp->arena, ret_items, items->ptr[i]);
		for (size_t j = 0; item.kind == V_ARRAY && j < item.array->items.len; j++)
			vec_push(call->interp->arena, ret_items, item.array->items.ptr[j]);
		*ret_nested = *ret_nested || item.kind == V_ARRAY;
	}
	call->interp->steps += ret_items->len;
	return true;
}

static bool array_flat(struct call *call, struct value *ret_value)
{
	double depth;
	bool nested = true;
	struct slots out = *items_of(call);
	out.cap = out.len;
	if (!call_integer(call, 0, 1, &depth))
		return false;
	for (double level = 0; level < depth && nested; level++) {
		if (++call->interp->steps > INTERP_MAX_STEPS)
			return call_refuse(call, "this computes for too long");
		struct slots before = out;
		if (!flatten(call, &before, &out, &nested))
			return false;
	}
	if (depth < 1)
		return array_slice(&(struct call){ .interp = call->interp, .node = call->node, .self = call->self },
				   ret_value);
	return call_array(call, out, ret_value);
}

static const struct method methods[] = {
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
	{ "sort", array_sort, 0 },
	{ "toSorted", array_sort, 1 },
	{ "push", array_push, 0 },
};

const struct methods array_methods = { methods, LEN(methods) };
