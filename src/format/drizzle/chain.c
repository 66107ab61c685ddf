#include "format/drizzle/chain.h"

#include "base/file.h"
#include "base/map.h"
#include "format/drizzle/create.h"
#include "format/drizzle/delta.h"

static bool invalid(const char *path, const struct json *at, const char *message, struct err *err)
{
	err_set(err, ERR_FAILED, "snapshot-invalid", "%s", message);
	return err_at(err, path, at->line, at->column);
}

static bool load_snapshot(struct arena *arena, const char *path, struct json *ret_snapshot, struct err *err)
{
	if (!json_load(arena, JSON_PLAIN, path, ret_snapshot, err))
		return false;
	if (ret_snapshot->kind != JS_OBJECT || !json_get_kind(ret_snapshot, "id", JS_STRING) ||
	    !json_get_kind(ret_snapshot, "prevIds", JS_ARRAY))
		return invalid(path, ret_snapshot,
			       "a snapshot is an object with \"id\" and \"prevIds\", and this is none", err);
	return true;
}

static void find_leaves(struct arena *arena, struct chain *chain)
{
	struct map parents = { 0 };
	chain->leaves = json_new(JS_ARRAY);
	for (size_t i = 0; i < chain->len; i++) {
		const struct json *ids = json_get(&chain->ptr[i], "prevIds");
		for (size_t k = 0; k < ids->len; k++)
			map_set(arena, &parents, ids->ptr[k].text, chain);
	}
	for (size_t i = 0; i < chain->len; i++)
		if (!map_get(&parents, json_get(&chain->ptr[i], "id")->text))
			json_add(arena, &chain->leaves, *json_get(&chain->ptr[i], "id"));
	if (!chain->leaves.len)
		json_add(arena, &chain->leaves, json_of_text(DRIZZLE_ORIGIN));
}

bool chain_load(struct arena *arena, const struct strs *paths, struct chain *ret_chain, struct err *err)
{
	*ret_chain = (struct chain){ 0 };
	for (size_t i = 0; i < paths->len; i++) {
		const char *path = str_dup(arena, paths->ptr[i]);
		struct json snapshot;
		if (!file_exists(path))
			continue;
		if (!load_snapshot(arena, path, &snapshot, err))
			return false;
		ret_chain->whole = strcmp(json_get_text(&snapshot, "version", ""), "8") == 0;
		vec_push(arena, ret_chain, snapshot);
	}
	find_leaves(arena, ret_chain);
	return true;
}

void chain_keep(struct arena *arena, struct chain *chain, const char *id)
{
	struct map wanted = { 0 };
	size_t left = chain->len;
	map_set(arena, &wanted, str_of(id), chain);
	for (size_t i = chain->len; i-- > 0;) {
		const struct json *ids = json_get(&chain->ptr[i], "prevIds");
		if (!map_get(&wanted, json_get(&chain->ptr[i], "id")->text))
			continue;
		for (size_t k = 0; k < ids->len; k++)
			map_set(arena, &wanted, ids->ptr[k].text, chain);
		chain->ptr[--left] = chain->ptr[i];
	}
	chain->ptr += left;
	chain->len -= left;
	chain->cap = chain->len;
}

static bool is_there(const struct chain *chain, size_t before, struct str id)
{
	for (size_t i = 0; i < before; i++)
		if (str_eq(json_get(&chain->ptr[i], "id")->text, id))
			return true;
	return str_eq(id, STR(DRIZZLE_ORIGIN));
}

bool chain_is_complete(const struct chain *chain)
{
	for (size_t i = 0; i < chain->len; i++) {
		const struct json *ids = json_get(&chain->ptr[i], "prevIds");
		bool whole = json_get_kind(&chain->ptr[i], "ddl", JS_ARRAY);
		for (size_t k = 0; !whole && k < ids->len; k++)
			if (!is_there(chain, i, ids->ptr[k].text))
				return false;
	}
	return chain->len && json_get_kind(&chain->ptr[0], "ddl", JS_ARRAY);
}

struct json chain_rows(struct arena *arena, const struct chain *chain)
{
	struct json rows = json_new(JS_ARRAY);
	for (size_t i = 0; i < chain->len; i++) {
		const struct json *whole = json_get_kind(&chain->ptr[i], "ddl", JS_ARRAY);
		if (whole)
			rows = (struct json){ .kind = JS_ARRAY };
		for (size_t k = 0; whole && k < whole->len; k++)
			json_add(arena, &rows, whole->ptr[k]);
		delta_apply(arena, &rows, json_get_kind(&chain->ptr[i], "deltas", JS_ARRAY));
	}
	return rows;
}
