#include "format/drizzle/dsl/dsl.h"

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

static bool view_existing(struct call *call, struct value *ret_value)
{
	struct view_thing *view = self_of(call);
	view->existing = true;
	view->host.class = &view_class;
	*ret_value = call->native->self;
	return true;
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
	view->host.class = &view_class;
	*ret_value = call->native->self;
	return !js_is(&view->query, &select_class) || select_columns(interp, call->node, &view->query, view->columns);
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
	struct column_thing *column = map_get(&((const struct view_thing *)host)->columns->columns, key);
	(void)interp;
	if (column)
		*ret_value = js_host(column);
	else if (key.len && (key.ptr[0] == '$' || key.ptr[0] == '_'))
		*ret_value = js_opaque(STR("the view's types"));
	return true;
}

const struct host_class view_class = { .name = "a view", .get = view_get };
