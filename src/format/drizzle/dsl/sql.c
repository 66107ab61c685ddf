#include "format/drizzle/dsl/select.h"

/* ---- making ---- */

struct sql_thing *dsl_sql_new(struct arena *arena)
{
	struct sql_thing *sql = arena_alloc(arena, sizeof(*sql));
	sql->host.class = &sql_class;
	return sql;
}

void sql_add_text(struct arena *arena, struct sql_thing *sql, struct str text)
{
	vec_push(arena, &sql->chunks, (struct chunk){ .kind = CHUNK_TEXT, .text = text });
}

void sql_add_value(struct arena *arena, struct sql_thing *sql, struct value value, const struct node *at)
{
	vec_push(arena, &sql->chunks, (struct chunk){ .kind = CHUNK_VALUE, .value = value, .at = at });
}

/* sql`text ${value} text` */
static bool tag_call(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct sql_thing *sql = dsl_sql_new(arena);
	if (!call->pieces)
		return call_refuse(call, "sql is a template tag: sql`...`");
	sql_add_text(arena, sql, call->pieces->ptr[0]);
	for (size_t i = 0; i < call->nargs; i++) {
		struct value value;
		if (!call_arg(call, i, &value))
			return false;
		sql_add_value(arena, sql, value, call->args[i]->node ? call->args[i]->node : call->node);
		sql_add_text(arena, sql, call->pieces->ptr[i + 1]);
	}
	*ret_value = js_host(sql);
	return true;
}

static bool sql_raw(struct call *call, struct value *ret_value)
{
	struct sql_thing *sql = dsl_sql_new(call->interp->arena);
	struct value value;
	struct str text;
	if (!call_arg(call, 0, &value) || !js_to_text(call->interp, call->node, &value, &text))
		return false;
	sql_add_text(call->interp->arena, sql, text);
	*ret_value = js_host(sql);
	return true;
}

static bool sql_identifier(struct call *call, struct value *ret_value)
{
	struct sql_thing *sql = dsl_sql_new(call->interp->arena);
	struct str name;
	if (!call_text(call, 0, &name))
		return false;
	vec_push(call->interp->arena, &sql->chunks, (struct chunk){ .kind = CHUNK_NAME, .text = name });
	*ret_value = js_host(sql);
	return true;
}

/* sql.join(parts, separator) and sql.fromList(parts) */
static bool sql_join(struct call *call, struct value *ret_value)
{
	struct arena *arena = call->interp->arena;
	struct sql_thing *sql = dsl_sql_new(arena);
	struct value list, separator, item;
	struct slots items;
	if (!call_arg(call, 0, &list) || !call_arg(call, 1, &separator) ||
	    !js_items(call->interp, call->node, &list, &items))
		return false;
	for (size_t i = 0; i < items.len; i++) {
		if (!slot_value(call->interp, items.ptr[i], &item))
			return false;
		if (i && separator.kind != V_UNDEFINED)
			sql_add_value(arena, sql, separator, call->node);
		sql_add_value(arena, sql, item, items.ptr[i]->node ? items.ptr[i]->node : call->node);
	}
	*ret_value = js_host(sql);
	return true;
}

static bool sql_empty(struct call *call, struct value *ret_value)
{
	*ret_value = js_host(dsl_sql_new(call->interp->arena));
	return true;
}

static bool sql_param(struct call *call, struct value *ret_value)
{
	struct sql_thing *sql = dsl_sql_new(call->interp->arena);
	struct value value;
	if (!call_arg(call, 0, &value))
		return false;
	vec_push(call->interp->arena, &sql->chunks,
		 (struct chunk){ .kind = CHUNK_PARAM, .value = value, .at = call->node });
	*ret_value = js_host(sql);
	return true;
}

static const struct method tag_methods[] = {
	{ "raw", sql_raw, 0 },       { "identifier", sql_identifier, 0 }, { "join", sql_join, 0 },
	{ "fromList", sql_join, 0 }, { "empty", sql_empty, 0 },           { "param", sql_param, 0 },
};
const struct host_class sql_tag_class = {
	.name = "sql",
	.methods = tag_methods,
	.nmethods = LEN(tag_methods),
	.call = tag_call,
};

/* ---- methods ---- */

static bool sql_same(struct call *call, struct value *ret_value)
{
	*ret_value = call->native->self;
	return true;
}

static bool sql_append(struct call *call, struct value *ret_value)
{
	struct value more;
	if (!call_arg(call, 0, &more))
		return false;
	sql_add_value(call->interp->arena, (struct sql_thing *)call->native->self.host, more, call->node);
	*ret_value = call->native->self;
	return true;
}

static bool sql_as(struct call *call, struct value *ret_value)
{
	struct sql_thing *sql = arena_alloc(call->interp->arena, sizeof(*sql));
	struct str alias;
	if (!call_text(call, 0, &alias))
		return false;
	*sql = *(const struct sql_thing *)call->native->self.host;
	sql->alias = str_dup(call->interp->arena, alias);
	*ret_value = js_host(sql);
	return true;
}

static bool sql_if(struct call *call, struct value *ret_value)
{
	struct value condition;
	bool truth;
	if (!call_arg(call, 0, &condition) || !js_truth(call->interp, call->node, &condition, &truth))
		return false;
	*ret_value = truth ? call->native->self : js_undefined();
	return true;
}

static const struct method sql_methods[] = {
	{ "as", sql_as, 0 },         { "mapWith", sql_same, 0 }, { "inlineParams", sql_same, 0 },
	{ "append", sql_append, 0 }, { "getSQL", sql_same, 0 },  { "$type", sql_same, 0 },
	{ "nullable", sql_same, 0 }, { "if", sql_if, 0 },
};
const struct host_class sql_class = { .name = "SQL", .methods = sql_methods, .nmethods = LEN(sql_methods) };

/* ---- rendering ---- */

static void add_name(struct rendering *r, const char *name)
{
	buf_printf(r->out, "\"%s\"", name); /* as drizzle-orm does it */
}

static bool render_column(struct rendering *r, const struct column_thing *column, const struct node *at)
{
	const struct table_thing *table = column->table;
	if (!table)
		return interp_refuse(r->interp, at, "this column is in no table yet");
	if (r->mode == SQL_PLAIN)
		return interp_refuse(r->interp, at, "a default cannot use a column");
	if (column->as_name) {
		add_name(r, column->as_name);
		return true;
	}
	if (r->mode == SQL_QUALIFIED && table->schema && !table->alias) {
		add_name(r, table->schema);
		buf_char(r->out, '.');
	}
	if (r->mode == SQL_QUALIFIED) {
		add_name(r, table->alias ? table->alias : table->name);
		buf_char(r->out, '.');
	}
	add_name(r, column->db_name);
	return true;
}

static bool render_qualified(struct rendering *r, const char *schema, const char *name, const struct node *at)
{
	if (r->mode == SQL_PLAIN)
		return interp_refuse(r->interp, at, "a default cannot use a name here; write it with sql.raw()");
	if (schema) {
		add_name(r, schema);
		buf_char(r->out, '.');
	}
	add_name(r, name);
	return true;
}

/* (a, b, c) */
static bool render_list(struct rendering *r, const struct array *array, const struct node *at)
{
	buf_char(r->out, '(');
	for (size_t i = 0; i < array->items.len; i++) {
		struct value item;
		if (i)
			buf_text(r->out, ", ");
		if (!slot_value(r->interp, array->items.ptr[i], &item) || !dsl_render_value(r, &item, at))
			return false;
	}
	buf_char(r->out, ')');
	return true;
}

static bool render_host(struct rendering *r, struct host *host, const struct node *at)
{
	if (host->class == &sql_class) {
		const struct sql_thing *sql = (const struct sql_thing *)host;
		const char *origin = dsl_of(r->interp)->line == DRIZZLE_1 ? sql->origin : NULL;
		return sql->alias ? render_qualified(r, origin, sql->alias, at) : dsl_render_sql(r, sql);
	}
	if (host->class == &column_class)
		return render_column(r, (const struct column_thing *)host, at);
	if (host->class == &indexed_class)
		return render_column(r, ((const struct indexed_thing *)host)->column, at);
	if (host->class == &table_class) {
		const struct table_thing *table = (const struct table_thing *)host;
		return render_qualified(r, table->alias ? NULL : table->schema,
					table->alias ? table->alias : table->name, at);
	}
	if (host->class == &enum_class) {
		const struct enum_thing *enumeration = (const struct enum_thing *)host;
		return render_qualified(r, enumeration->schema, enumeration->name, at);
	}
	if (host->class == &view_class) {
		const struct view_thing *view = (const struct view_thing *)host;
		return render_qualified(r, view->alias ? NULL : view->schema, view->alias ? view->alias : view->name,
					at);
	}
	if (host->class == &schema_class)
		return render_qualified(r, NULL, ((const struct schema_thing *)host)->name, at);
	if (host->class == &subquery_class)
		return subquery_render(r, (const struct subquery_thing *)host, at);
	if (host->class == &select_class) {
		buf_char(r->out, '(');
		bool ok = select_render(r->interp, at, host, r->out);
		buf_char(r->out, ')');
		return ok;
	}
	return interp_refuse(r->interp, at, "%s in SQL is not understood", host->class->name);
}

bool dsl_render_value(struct rendering *r, const struct value *value, const struct node *at)
{
	if (++r->interp->depth > INTERP_MAX_DEPTH)
		return interp_refuse(r->interp, at, "this SQL is nested too deeply");
	bool ok = true;
	if (value->kind == V_ARRAY)
		ok = render_list(r, value->array, at);
	else if (value->kind == V_HOST)
		ok = render_host(r, value->host, at);
	else if (value->kind != V_UNDEFINED)
		ok = dsl_render_parameter(r, value, NULL, at);
	r->interp->depth--;
	return ok;
}

bool dsl_render_sql(struct rendering *r, const struct sql_thing *sql)
{
	for (size_t i = 0; i < sql->chunks.len; i++) {
		const struct chunk *chunk = &sql->chunks.ptr[i];
		bool ok = true;
		if (chunk->kind == CHUNK_TEXT)
			buf_str(r->out, chunk->text);
		else if (chunk->kind == CHUNK_NAME)
			ok = render_qualified(r, NULL, str_dup(r->interp->arena, chunk->text), chunk->at);
		else if (chunk->kind == CHUNK_PARAM && !(chunk->value.kind == V_HOST))
			ok = dsl_render_parameter(r, &chunk->value, chunk->encoder, chunk->at);
		else
			ok = dsl_render_value(r, &chunk->value, chunk->at);
		if (!ok)
			return false;
	}
	return true;
}

bool sql_texts(struct interp *interp, const struct node *at, const struct value *value, enum sql_mode mode,
	       struct drizzle_sql *ret_sql)
{
	struct buf kit = buf_init(interp->arena), meant = buf_init(interp->arena);
	bool inlined = dsl_of(interp)->line == DRIZZLE_1;
	struct rendering as_kit = { interp, mode, inlined, 0, &kit };
	struct rendering as_meant = { interp, mode, true, 0, &meant };
	if (!dsl_render_value(&as_kit, value, at) || !dsl_render_value(&as_meant, value, at))
		return false;
	ret_sql->kit = kit.ptr;
	ret_sql->meant = strcmp(kit.ptr, meant.ptr) == 0 ? kit.ptr : meant.ptr;
	return true;
}
