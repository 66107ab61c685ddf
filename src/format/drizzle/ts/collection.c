#include <math.h>

#include "format/drizzle/ts/builtin.h"
#include "format/drizzle/ts/evaluators.h"

/*
 * Set and Map, as schemas have them: made from a list, added to where they were made, asked, gone through.  [...new Set(labels)], byName.get("x").
 */

struct collection {
	struct host host;
	bool pairs;                /* a Map */
	struct slots keys, values; /* a Set's values are its keys */
	struct map texts;          /* index + 1 of each key that is a text */
};

static struct collection *self_of(const struct call *call)
{
	return (struct collection *)call->native->self.host;
}

/* Keys that are no texts are compared one by one, and counted, so that nothing takes forever. */
static bool find_among_others(struct call *call, const struct collection *collection, const struct value *key,
			      size_t *ret_at)
{
	bool same = false;
	for (*ret_at = 0; *ret_at < collection->keys.len; ++*ret_at) {
		struct value value;
		if (++call->interp->steps > INTERP_MAX_STEPS)
			return interp_refuse(call->interp, call->node, "this computes for too long");
		if (!slot_value(call->interp, collection->keys.ptr[*ret_at], &value) ||
		    !js_same(call->interp, call->node, &value, key, &same))
			return false;
		if (same ||
		    (value.kind == V_NUMBER && key->kind == V_NUMBER && isnan(value.number) && isnan(key->number)))
			break;
	}
	return true;
}

/* Where the key is, or the number of keys. */
static bool find(struct call *call, const struct collection *collection, const struct value *key, size_t *ret_at)
{
	if (key->kind != V_STRING)
		return find_among_others(call, collection, key, ret_at);
	uintptr_t known = (uintptr_t)map_get(&collection->texts, key->text);
	*ret_at = known ? known - 1 : collection->keys.len;
	return true;
}

static bool put(struct call *call, struct collection *collection, struct slot *key, struct slot *value)
{
	struct arena *arena = call->interp->arena;
	struct value name;
	size_t at;
	if (!slot_value(call->interp, key, &name))
		return false;
	name = js_settle(call->interp, &name);
	if (!find(call, collection, &name, &at))
		return false;
	if (at < collection->keys.len) {
		collection->values.ptr[at] = value;
		return true;
	}
	vec_push(arena, &collection->keys, key);
	vec_push(arena, &collection->values, value);
	if (name.kind == V_STRING)
		map_set(arena, &collection->texts, name.text, (void *)(uintptr_t)collection->keys.len);
	return true;
}

static bool put_pair(struct call *call, struct collection *collection, struct slot *slot)
{
	struct value pair;
	if (!slot_value(call->interp, slot, &pair))
		return false;
	if (pair.kind != V_ARRAY || pair.array->items.len < 2)
		return call_refuse(call, "an entry that is no pair");
	return put(call, collection, pair.array->items.ptr[0], pair.array->items.ptr[1]);
}

/* ---- methods ---- */

static bool find_argument(struct call *call, size_t *ret_at)
{
	struct value key;
	if (!call_arg(call, 0, &key))
		return false;
	key = js_settle(call->interp, &key);
	return find(call, self_of(call), &key, ret_at);
}

static bool collection_has(struct call *call, struct value *ret_value)
{
	size_t at;
	if (!find_argument(call, &at))
		return false;
	*ret_value = js_boolean(at < self_of(call)->keys.len);
	return true;
}

static bool collection_get(struct call *call, struct value *ret_value)
{
	size_t at;
	*ret_value = js_undefined();
	if (!find_argument(call, &at))
		return false;
	return at == self_of(call)->keys.len || slot_value(call->interp, self_of(call)->values.ptr[at], ret_value);
}

static struct slot *argument(struct call *call, size_t index)
{
	return index < call->nargs ? call->args[index] : slot_ready(call->interp->arena, js_undefined());
}

/* add(key), set(key, value) */
static bool collection_put(struct call *call, struct value *ret_value)
{
	struct slot *key = argument(call, 0);
	*ret_value = call->native->self;
	return js_may_change(call->interp, call->node, ret_value) &&
		put(call, self_of(call), key, self_of(call)->pairs ? argument(call, 1) : key);
}

enum listing { LIST_KEYS, LIST_VALUES, LIST_ENTRIES };

static struct slot *pair_of(struct arena *arena, struct slot *key, struct slot *value)
{
	struct value pair = js_array(arena);
	js_array_add(arena, pair.array, key);
	js_array_add(arena, pair.array, value);
	return slot_ready(arena, pair);
}

static struct slots listed(struct arena *arena, const struct collection *collection, enum listing listing)
{
	struct slots out = { 0 };
	for (size_t i = 0; i < collection->keys.len; i++)
		vec_push(arena, &out,
			 listing == LIST_KEYS ? collection->keys.ptr[i]
				 : listing == LIST_VALUES
				 ? collection->values.ptr[i]
				 : pair_of(arena, collection->keys.ptr[i], collection->values.ptr[i]));
	return out;
}

static bool collection_list(struct call *call, struct value *ret_value)
{
	return call_array(call, listed(call->interp->arena, self_of(call), (enum listing)call->native->tag), ret_value);
}

static bool collection_each(struct call *call, struct value *ret_value)
{
	struct collection *collection = self_of(call);
	struct value function;
	*ret_value = js_undefined();
	if (!call_function(call, 0, &function))
		return false;
	for (size_t i = 0; i < collection->keys.len; i++) {
		struct slot *args[] = { collection->values.ptr[i], collection->keys.ptr[i],
					slot_ready(call->interp->arena, call->native->self) };
		struct value ignored;
		if (!js_call(call->interp, call->node, &function, NULL, args, LEN(args), &ignored))
			return false;
	}
	return true;
}

static const struct method set_methods[] = {
	{ "has", collection_has, 0 },
	{ "add", collection_put, 0 },
	{ "keys", collection_list, LIST_KEYS },
	{ "values", collection_list, LIST_VALUES },
	{ "entries", collection_list, LIST_ENTRIES },
	{ "forEach", collection_each, 0 },
};
static const struct method map_methods[] = {
	{ "has", collection_has, 0 },
	{ "get", collection_get, 0 },
	{ "set", collection_put, 0 },
	{ "keys", collection_list, LIST_KEYS },
	{ "values", collection_list, LIST_VALUES },
	{ "entries", collection_list, LIST_ENTRIES },
	{ "forEach", collection_each, 0 },
};

static bool size_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	(void)interp;
	if (str_eq(key, STR("size")))
		*ret_value = js_number((double)((const struct collection *)host)->keys.len);
	return true;
}

static struct slots items_of(struct interp *interp, struct host *host)
{
	const struct collection *collection = (const struct collection *)host;
	return listed(interp->arena, collection, collection->pairs ? LIST_ENTRIES : LIST_KEYS);
}

static const struct host_class set_class = {
	.name = "a Set", .methods = set_methods, .nmethods = LEN(set_methods), .get = size_get, .items = items_of
};
static const struct host_class map_class = {
	.name = "a Map", .methods = map_methods, .nmethods = LEN(map_methods), .get = size_get, .items = items_of
};

/* ---- new Set(list), new Map(pairs) ---- */

static bool make_collection(struct call *call, bool pairs, struct value *ret_value)
{
	struct collection *collection = arena_alloc(call->interp->arena, sizeof(*collection));
	struct value list;
	struct slots items = { 0 };
	*collection = (struct collection){ .host = { pairs ? &map_class : &set_class }, .pairs = pairs };
	*ret_value = js_host(collection);
	if (!call_arg(call, 0, &list) || (!js_is_nullish(&list) && !js_items(call->interp, call->node, &list, &items)))
		return false;
	for (size_t i = 0; i < items.len; i++)
		if (!(pairs ? put_pair(call, collection, items.ptr[i])
			    : put(call, collection, items.ptr[i], items.ptr[i])))
			return false;
	return true;
}

static bool make_set(struct call *call, struct value *ret_value)
{
	return make_collection(call, false, ret_value);
}

static bool make_map(struct call *call, struct value *ret_value)
{
	return make_collection(call, true, ret_value);
}

const struct host_class set_maker_class = { .name = "Set", .call = make_set };
const struct host_class map_maker_class = { .name = "Map", .call = make_map };
