#include "format/drizzle/dsl/dsl.h"

/* ---- columns of an index ---- */

struct value indexed_of(struct interp *interp, struct column_thing *column)
{
	struct indexed_thing *indexed = arena_alloc(interp->arena, sizeof(*indexed));
	*indexed = (struct indexed_thing){ .host = { &indexed_class }, .column = column };
	return js_host(indexed);
}

/* asc(), desc(), nullsFirst(), nullsLast(), op("..."), of a column or of what one of them made of it. */
bool indexed_method(struct call *call, struct value *ret_value)
{
	struct value self = call->native->self;
	struct str opclass;
	*ret_value = js_is(&self, &column_class) ? indexed_of(call->interp, (struct column_thing *)self.host) : self;
	struct indexed_thing *indexed = (struct indexed_thing *)ret_value->host;
	switch (call->native->tag) {
	case 0:
	case 1:
		indexed->order = call->native->tag ? "desc" : "asc";
		return true;
	case 2:
	case 3:
		indexed->nulls = call->native->tag == 2 ? "first" : "last";
		return true;
	default:
		if (!call_text(call, 0, &opclass))
			return false;
		indexed->opclass = str_dup(call->interp->arena, opclass);
		return true;
	}
}

static const struct method indexed_methods[] = {
	{ "asc", indexed_method, 0 },       { "desc", indexed_method, 1 }, { "nullsFirst", indexed_method, 2 },
	{ "nullsLast", indexed_method, 3 }, { "op", indexed_method, 4 },
};
const struct host_class indexed_class = {
	.name = "a column of an index",
	.methods = indexed_methods,
	.nmethods = LEN(indexed_methods),
};

static bool optional_name(struct call *call, const char **ret_name)
{
	struct value name;
	*ret_name = NULL;
	if (!call_arg(call, 0, &name))
		return false;
	name = js_settle(call->interp, &name);
	if (name.kind == V_STRING && name.text.len)
		*ret_name = str_dup(call->interp->arena, name.text);
	return name.kind == V_STRING || name.kind == V_UNDEFINED ||
		call_refuse(call, "the name is %s", js_describe(call->interp->arena, &name));
}

/* ---- indexes ---- */

bool make_index(struct call *call, struct value *ret_value)
{
	struct index_thing *index = arena_alloc(call->interp->arena, sizeof(*index));
	*index = (struct index_thing){
		.host = { &index_on_class }, .unique = call->native->tag, .method = "btree", .at = call->node
	};
	*ret_value = js_host(index);
	return optional_name(call, &index->name);
}

static struct index_thing *index_of(const struct call *call)
{
	return (struct index_thing *)call->native->self.host;
}

/* on(), onOnly() and using(method, ...) */
static bool index_on(struct call *call, struct value *ret_value)
{
	struct index_thing *index = arena_alloc(call->interp->arena, sizeof(*index));
	size_t first = (size_t)call->native->tag;
	struct str method;
	*index = *index_of(call);
	index->host.class = &index_class;
	if (first && !call_text(call, 0, &method))
		return false;
	if (first)
		index->method = str_dup(call->interp->arena, method);
	for (size_t i = first; i < call->nargs; i++)
		vec_push(call->interp->arena, &index->columns, call->args[i]);
	*ret_value = js_host(index);
	return true;
}

static const struct method index_on_methods[] = { { "on", index_on, 0 },
						  { "onOnly", index_on, 0 },
						  { "using", index_on, 1 } };
const struct host_class index_on_class = {
	.name = "an index without columns",
	.methods = index_on_methods,
	.nmethods = LEN(index_on_methods),
};

enum index_option { INDEX_WHERE, INDEX_WITH, INDEX_CONCURRENTLY };

static bool index_set(struct call *call, struct value *ret_value)
{
	struct index_thing *index = index_of(call);
	struct slot *argument = call->nargs ? call->args[0] : NULL;
	switch ((enum index_option)call->native->tag) {
	case INDEX_WHERE:
		index->where = argument;
		break;
	case INDEX_WITH:
		index->with = argument;
		break;
	case INDEX_CONCURRENTLY:
		index->concurrently = true;
		break;
	}
	*ret_value = call->native->self;
	return true;
}

static const struct method index_methods[] = {
	{ "where", index_set, INDEX_WHERE },
	{ "with", index_set, INDEX_WITH },
	{ "concurrently", index_set, INDEX_CONCURRENTLY },
};
const struct host_class index_class = { .name = "an index", .methods = index_methods, .nmethods = LEN(index_methods) };

/* ---- unique, primaryKey ---- */

/* primaryKey({ name, columns }), and primaryKey(t.a, t.b) as it was once written */
static bool primary_key(struct call *call, struct key_thing *key)
{
	struct value first, columns, name = js_undefined();
	struct slot *slot, *name_slot;
	struct slots items;
	if (!call_arg(call, 0, &first))
		return false;
	if (!js_member(call->interp, &first, "columns", &slot)) {
		for (size_t i = 0; i < call->nargs; i++)
			vec_push(call->interp->arena, &key->columns, call->args[i]);
		return call->nargs || call_refuse(call, "primaryKey() without columns");
	}
	if (js_member(call->interp, &first, "name", &name_slot) && !slot_value(call->interp, name_slot, &name))
		return false;
	key->name = name.kind == V_STRING && name.text.len ? str_dup(call->interp->arena, name.text) : NULL;
	if (!slot_value(call->interp, slot, &columns) || !js_items(call->interp, call->node, &columns, &items))
		return false;
	key->columns = items;
	return true;
}

bool make_key(struct call *call, struct value *ret_value)
{
	struct key_thing *key = arena_alloc(call->interp->arena, sizeof(*key));
	enum key_kind kind = (enum key_kind)call->native->tag;
	*key = (struct key_thing){ .host = { kind == KEY_UNIQUE ? &key_on_class : &key_class },
				   .kind = kind,
				   .at = call->node };
	*ret_value = js_host(key);
	return kind == KEY_UNIQUE ? optional_name(call, &key->name) : primary_key(call, key);
}

static bool key_on(struct call *call, struct value *ret_value)
{
	struct key_thing *key = arena_alloc(call->interp->arena, sizeof(*key));
	*key = *(const struct key_thing *)call->native->self.host;
	key->host.class = &key_class;
	for (size_t i = 0; i < call->nargs; i++)
		vec_push(call->interp->arena, &key->columns, call->args[i]);
	*ret_value = js_host(key);
	return true;
}

static bool key_not_distinct(struct call *call, struct value *ret_value)
{
	((struct key_thing *)call->native->self.host)->nulls_not_distinct = true;
	*ret_value = call->native->self;
	return true;
}

static const struct method key_on_methods[] = { { "on", key_on, 0 } };
static const struct method key_methods[] = { { "nullsNotDistinct", key_not_distinct, 0 } };
const struct host_class key_on_class = {
	.name = "a unique constraint without columns",
	.methods = key_on_methods,
	.nmethods = LEN(key_on_methods),
};
const struct host_class key_class = { .name = "a key", .methods = key_methods, .nmethods = LEN(key_methods) };

/* ---- check, foreignKey ---- */

bool make_check(struct call *call, struct value *ret_value)
{
	struct check_thing *check = arena_alloc(call->interp->arena, sizeof(*check));
	struct str name;
	if (call->nargs < 2)
		return call_refuse(call, "check() takes a name and a condition");
	if (!call_text(call, 0, &name))
		return false;
	*check =
		(struct check_thing){ { &check_class }, str_dup(call->interp->arena, name), call->args[1], call->node };
	*ret_value = js_host(check);
	return true;
}

const struct host_class check_class = { .name = "a check" };

bool make_foreign_key(struct call *call, struct value *ret_value)
{
	struct foreign_key_thing *key = arena_alloc(call->interp->arena, sizeof(*key));
	*key = (struct foreign_key_thing){ .host = { &foreign_key_class }, .at = call->node };
	*ret_value = js_host(key);
	return call_arg(call, 0, &key->config);
}

static bool foreign_key_action(struct call *call, struct value *ret_value)
{
	struct foreign_key_thing *key = (struct foreign_key_thing *)call->native->self.host;
	*ret_value = call->native->self;
	return call_arg(call, 0, call->native->tag ? &key->on_update : &key->on_delete);
}

static const struct method foreign_key_methods[] = { { "onDelete", foreign_key_action, 0 },
						     { "onUpdate", foreign_key_action, 1 } };
const struct host_class foreign_key_class = {
	.name = "a foreign key",
	.methods = foreign_key_methods,
	.nmethods = LEN(foreign_key_methods),
};
