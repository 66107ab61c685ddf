#include "format/drizzle/dsl/select.h"

static struct object *object_new(struct arena *arena)
{
	return arena_alloc(arena, sizeof(struct object));
}

/* ---- how fields are seen ---- */

/* A column of what it is selected from, as one of the query around it: its own name does not count there any more. */
static struct value column_under(struct arena *arena, const struct column_thing *column, const char *alias)
{
	struct column_thing *seen = arena_alloc(arena, sizeof(*seen));
	struct table_thing *table = arena_alloc(arena, sizeof(*table));
	*table = *column->table;
	table->alias = alias;
	*seen = *column;
	seen->table = table;
	if (seen->as_name)
		seen->db_name = seen->as_name;
	seen->as_name = NULL;
	return js_host(seen);
}

static struct value sql_under(struct arena *arena, const struct proxy *proxy, const struct sql_thing *sql)
{
	struct sql_thing *seen = arena_alloc(arena, sizeof(*seen));
	if (!sql->alias && !proxy->as_sql)
		return js_opaque(STR("a field that is SQL without a name (give it one with .as())"));
	*seen = *sql;
	if (proxy->as_sql && !sql->selected) {
		seen->alias = NULL;
	} else {
		seen->selected = true;
		seen->origin = proxy->alias;
	}
	return js_host(seen);
}

bool fields_proxied(struct interp *interp, const struct node *at, const struct proxy *proxy, const struct value *fields,
		    struct value *ret_fields)
{
	struct object *members, *seen = object_new(interp->arena);
	if (!js_members(interp, at, fields, &members))
		return false;
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, at, "these fields are nested too deeply");
	for (size_t i = 0; i < members->map.len; i++) {
		struct value value;
		if (!slot_value(interp, members->map.ptr[i].value, &value))
			return false;
		if (js_is(&value, &sql_class))
			value = sql_under(interp->arena, proxy, (const struct sql_thing *)value.host);
		else if (js_is(&value, &column_class) && proxy->alias && ((struct column_thing *)value.host)->table)
			value = column_under(interp->arena, (const struct column_thing *)value.host, proxy->alias);
		else if ((value.kind == V_OBJECT || js_is(&value, &table_class)) &&
			 !fields_proxied(interp, at, proxy, &value, &value))
			return false;
		js_object_set(interp->arena, seen, members->map.ptr[i].key, slot_ready(interp->arena, value));
	}
	interp->depth--;
	*ret_fields = (struct value){ .kind = V_OBJECT, .object = seen };
	return true;
}

bool view_renamed(struct call *call, const struct view_thing *view, const char *name, struct value *ret_view)
{
	struct interp *interp = call->interp;
	struct view_thing *seen = arena_alloc(interp->arena, sizeof(*seen));
	struct object *members = object_new(interp->arena);
	*seen = *view;
	seen->alias = name;
	seen->fields = (struct value){ .kind = V_OBJECT, .object = members };
	for (size_t i = 0; i < view->fields.object->map.len; i++) {
		struct value value;
		if (!slot_value(interp, view->fields.object->map.ptr[i].value, &value))
			return false;
		if (js_is(&value, &column_class) && ((const struct column_thing *)value.host)->table)
			value = column_under(interp->arena, (const struct column_thing *)value.host, name);
		js_object_set(interp->arena, members, view->fields.object->map.ptr[i].key,
			      slot_ready(interp->arena, value));
	}
	*ret_view = js_host(seen);
	return true;
}

/* ---- what is selected from ---- */

bool is_source(const struct value *value)
{
	return js_is(value, &table_class) || js_is(value, &view_class) || js_is(value, &subquery_class) ||
		js_is(value, &sql_class);
}

const char *source_name(const struct value *source)
{
	const struct table_thing *table = (const struct table_thing *)source->host;
	const struct view_thing *view = (const struct view_thing *)source->host;
	if (js_is(source, &table_class))
		return table->alias ? table->alias : table->name;
	if (js_is(source, &view_class))
		return view->alias ? view->alias : view->name;
	if (js_is(source, &subquery_class))
		return ((const struct subquery_thing *)source->host)->name;
	return NULL;
}

bool source_fields(struct interp *interp, const struct node *at, const struct value *source, struct value *ret_fields)
{
	struct object *members = object_new(interp->arena);
	if (js_is(source, &view_class)) {
		*ret_fields = ((const struct view_thing *)source->host)->fields;
		return true;
	}
	if (!js_is(source, &sql_class) && !js_members(interp, at, source, &members))
		return false;
	*ret_fields = (struct value){ .kind = V_OBJECT, .object = members };
	return true;
}

bool fields_flatten(struct interp *interp, const struct node *at, const struct value *fields, struct slots *ret_flat)
{
	struct object *members;
	if (++interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(interp, at, "these fields are nested too deeply");
	if (!js_members(interp, at, fields, &members))
		return false;
	for (size_t i = 0; i < members->map.len; i++) {
		struct value value;
		if (!slot_value(interp, members->map.ptr[i].value, &value))
			return false;
		if (js_is(&value, &column_class) || js_is(&value, &sql_class) || js_is(&value, &subquery_class))
			vec_push(interp->arena, ret_flat, members->map.ptr[i].value);
		else if (value.kind != V_OBJECT && !js_is(&value, &table_class))
			return interp_refuse(interp, at, "the field \"" STR_FMT "\" of a query is %s",
					     STR_ARG(members->map.ptr[i].key), js_describe(interp->arena, &value));
		else if (!fields_flatten(interp, at, &value, ret_flat))
			return false;
	}
	interp->depth--;
	return true;
}

/* ---- queries under a name ---- */

bool subquery_new(struct call *call, const char *name, bool with, const struct value *query, const struct value *fields,
		  struct value *ret_value)
{
	struct subquery_thing *subquery = arena_alloc(call->interp->arena, sizeof(*subquery));
	struct proxy proxy = { .alias = name };
	*subquery = (struct subquery_thing){ .host = { &subquery_class }, .name = name, .with = with, .query = *query };
	*ret_value = js_host(subquery);
	return fields_proxied(call->interp, call->node, &proxy, fields, &subquery->fields);
}

static bool subquery_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	struct slot *slot = js_object_get(((const struct subquery_thing *)host)->fields.object, key);
	if (slot)
		return slot_value(interp, slot, ret_value);
	if (key.len && (key.ptr[0] == '$' || key.ptr[0] == '_'))
		*ret_value = js_opaque(STR("the subquery's types"));
	return true;
}

static struct object *subquery_members(struct interp *interp, struct host *host)
{
	(void)interp;
	return ((const struct subquery_thing *)host)->fields.object;
}

const struct host_class subquery_class = { .name = "a subquery", .get = subquery_get, .members = subquery_members };
