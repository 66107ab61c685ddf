#include "format/drizzle/ts/builtin.h"

/* Object.keys() and its kin. */

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
		if (js_is_symbol(key))
			continue;
		enum listing listing = (enum listing)call->native->tag;
		vec_push(arena, &out,
			 listing == LIST_KEYS             ? slot_ready(arena, js_string(key))
				 : listing == LIST_VALUES ? slot
							  : entry(arena, key, slot));
	}
	return call_array(call, out, ret_value);
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
		    !js_to_key(call->interp, call->node, &key, &text))
			return false;
		js_object_set(call->interp->arena, ret_value->object, text, pair.array->items.ptr[1]);
	}
	return true;
}

static bool assign_to_function(struct call *call, struct value *function)
{
	for (size_t i = 1; i < call->nargs; i++) {
		struct value from;
		if (!call_arg(call, i, &from) || !function_assign(call->interp, call->node, function, &from))
			return false;
	}
	return true;
}

static bool object_assign(struct call *call, struct value *ret_value)
{
	if (!call_arg(call, 0, ret_value))
		return false;
	bool extended = ret_value->kind == V_HOST && ret_value->host->class->extensible;
	if (ret_value->kind == V_OPAQUE)
		return true;
	if (ret_value->kind == V_CLOSURE)
		return assign_to_function(call, ret_value);
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
		if (!extended && ret_value->object->setters.len)
			return call_refuse(call, "Object.assign() to an object with setters is not understood");
		if (!js_copy_members(call->interp, members, extended ? &ret_value->host->own : &ret_value->object->map))
			return false;
	}
	return true;
}

static const struct method methods[] = {
	{ "keys", object_list, LIST_KEYS },       { "values", object_list, LIST_VALUES },
	{ "entries", object_list, LIST_ENTRIES }, { "fromEntries", object_from_entries, 0 },
	{ "assign", object_assign, 0 },           { "freeze", call_identity, 0 },
};

const struct host_class object_class = {
	.name = "Object",
	.methods = methods,
	.nmethods = LEN(methods),
	.call = call_identity,
};
