#include "format/drizzle/dsl/select.h"

bool make_view_in(struct call *call, const char *schema, bool materialized, struct value *ret_value)
{
	struct view_thing *view = arena_alloc(call->interp->arena, sizeof(*view));
	struct str name;
	if (!call_text(call, 0, &name))
		return false;
	*view = (struct view_thing){ .host = { &view_builder_class },
				     .name = str_dup(call->interp->arena, name),
				     .schema = schema,
				     .materialized = materialized,
				     .at = call->node };
	view->columns = dsl_table_new(call->interp, view->name, schema, call->node);
	view->columns->view = view;
	*ret_value = js_host(view);
	return call_arg(call, 1, &view->columns_said) &&
		(js_is_nullish(&view->columns_said) ||
		 table_add_columns(call->interp, view->columns, &view->columns_said));
}

bool make_view(struct call *call, struct value *ret_value)
{
	return make_view_in(call, NULL, call->native->tag, ret_value);
}

static struct view_thing *self_of(const struct call *call)
{
	return (struct view_thing *)call->native->self.host;
}

/*
 * Its columns, for the snapshot and for those who use the view: there a column is named by the view, without a schema, and SQL by its name.  drizzle-kit looks
 * at the columns themselves, not into objects of them.
 */
static bool take_fields(struct call *call, struct view_thing *view, const struct value *fields)
{
	struct arena *arena = call->interp->arena;
	struct proxy proxy = { .alias = view->name };
	if (!fields_proxied(call->interp, call->node, &proxy, fields, &view->fields))
		return false;
	view->host.class = &view_class;
	const struct map *members = &view->fields.object->map;
	for (size_t i = 0; i < members->len; i++) {
		const struct slot *slot = members->ptr[i].value;
		if (js_is(&slot->value, &column_class))
			map_set(arena, &view->columns->columns, members->ptr[i].key, slot->value.host);
	}
	return true;
}

static bool take_said_columns(struct call *call, struct view_thing *view)
{
	struct value columns = js_host(view->columns);
	return take_fields(call, view, &columns);
}

static bool view_existing(struct call *call, struct value *ret_value)
{
	struct view_thing *view = self_of(call);
	view->existing = true;
	*ret_value = call->native->self;
	return take_said_columns(call, view);
}

/* as(sql`...`), as((qb) => qb.select()...), as(select) */
static bool view_as(struct call *call, struct value *ret_value)
{
	struct interp *interp = call->interp;
	struct view_thing *view = self_of(call);
	if (!call_arg(call, 0, &view->query))
		return false;
	if (view->query.kind == V_CLOSURE) {
		struct slot *args[] = { slot_ready(interp->arena, query_builder(interp->arena)) };
		if (!js_call(interp, call->node, &view->query, NULL, args, 1, &view->query))
			return false;
	}
	if (!js_is(&view->query, &sql_class) && !js_is(&view->query, &select_class))
		return call_refuse(call, "the query of a view is %s", js_describe(interp->arena, &view->query));
	*ret_value = call->native->self;
	struct value fields;
	if (!js_is_nullish(&view->columns_said) || !js_is(&view->query, &select_class))
		return take_said_columns(call, view);
	return select_fields(interp, call->node, &view->query, &fields) && take_fields(call, view, &fields);
}

enum view_option { VIEW_WITH, VIEW_USING, VIEW_TABLESPACE, VIEW_NO_DATA };

static bool view_set(struct call *call, struct value *ret_value)
{
	struct view_thing *view = self_of(call);
	struct str text = { 0 };
	enum view_option option = (enum view_option)call->native->tag;
	if ((option == VIEW_USING || option == VIEW_TABLESPACE) && !call_text(call, 0, &text))
		return false;
	switch (option) {
	case VIEW_WITH:
		if (!call_arg(call, 0, &view->with))
			return false;
		break;
	case VIEW_USING:
		view->method = str_dup(call->interp->arena, text);
		break;
	case VIEW_TABLESPACE:
		view->tablespace = str_dup(call->interp->arena, text);
		break;
	case VIEW_NO_DATA:
		view->with_no_data = true;
		break;
	}
	*ret_value = call->native->self;
	return true;
}

static const struct method builder_methods[] = {
	{ "as", view_as, 0 },
	{ "existing", view_existing, 0 },
	{ "with", view_set, VIEW_WITH },
	{ "using", view_set, VIEW_USING },
	{ "tablespace", view_set, VIEW_TABLESPACE },
	{ "withNoData", view_set, VIEW_NO_DATA },
};
const struct host_class view_builder_class = {
	.name = "a view without a query",
	.methods = builder_methods,
	.nmethods = LEN(builder_methods),
};

static bool view_get(struct interp *interp, struct host *host, struct str key, struct value *ret_value)
{
	struct slot *slot = js_object_get(((const struct view_thing *)host)->fields.object, key);
	if (slot)
		return slot_value(interp, slot, ret_value);
	if (key.len && (key.ptr[0] == '$' || key.ptr[0] == '_'))
		*ret_value = js_opaque(STR("the view's types"));
	return true;
}

static struct object *view_members(struct interp *interp, struct host *host)
{
	(void)interp;
	return ((const struct view_thing *)host)->fields.object;
}

const struct host_class view_class = { .name = "a view", .get = view_get, .members = view_members };
