#include "format/drizzle/dsl/select.h"

static void add_name(struct buf *out, const char *name)
{
	buf_printf(out, "\"%s\"", name); /* as drizzle-orm does it */
}

static void add_as(struct buf *out, const char *name)
{
	if (!name)
		return;
	buf_text(out, " as ");
	add_name(out, name);
}

/* ---- fields ---- */

/* What 1.0 compares: a table by its name, and its schema where it is no alias. */
static const char *name_in_1(struct arena *arena, const char *alias, const char *schema, const char *name)
{
	return alias ? alias : schema ? arena_printf(arena, "%s.%s", schema, name) : name;
}

static const char *source_in_1(struct arena *arena, const struct value *source)
{
	const struct table_thing *table = (const struct table_thing *)source->host;
	const struct view_thing *view = (const struct view_thing *)source->host;
	if (js_is(source, &table_class))
		return name_in_1(arena, table->alias, table->schema, table->name);
	return js_is(source, &view_class) ? name_in_1(arena, view->alias, view->schema, view->name) : NULL;
}

/* Of one table, columns stand without its name; in 1.0 only where all of them are that table's. */
static bool is_bare(struct arena *arena, const struct select_thing *select, const struct sql_thing *sql, bool new)
{
	const char *own = new ? source_in_1(arena, &select->from) : NULL;
	if (select->joins.len || (new && !own))
		return false;
	for (size_t i = 0; new &&i < sql->chunks.len; i++) {
		const struct chunk *chunk = &sql->chunks.ptr[i];
		if (chunk->kind != CHUNK_VALUE || !js_is(&chunk->value, &column_class))
			continue;
		const struct table_thing *table = ((const struct column_thing *)chunk->value.host)->table;
		if (table && strcmp(name_in_1(arena, table->alias, table->schema, table->name), own) != 0)
			return false;
	}
	return true;
}

/* The same with the columns directly in it as names alone. */
static struct sql_thing unqualified(struct arena *arena, const struct sql_thing *sql, bool raw)
{
	struct sql_thing bare = *sql;
	bare.chunks.ptr = arena_alloc(arena, (sql->chunks.len + 1) * sizeof(*bare.chunks.ptr));
	for (size_t i = 0; i < sql->chunks.len; i++) {
		struct chunk chunk = sql->chunks.ptr[i];
		if (chunk.kind == CHUNK_VALUE && js_is(&chunk.value, &column_class)) {
			const struct column_thing *column = (const struct column_thing *)chunk.value.host;
			const char *name = column->as_name ? column->as_name
				: raw && !column->name     ? str_dup(arena, column->key)
							   : column->db_name;
			chunk = (struct chunk){ .kind = CHUNK_NAME, .at = chunk.at, .text = str_of(name) };
		}
		bare.chunks.ptr[i] = chunk;
	}
	return bare;
}

static bool render_column_field(struct rendering *r, const struct column_thing *column, bool single,
				const struct node *at)
{
	struct column_thing own = *column;
	struct value value = js_host(&own);
	own.as_name = NULL;
	if (single)
		add_name(r->out, column->db_name);
	else if (!dsl_render_value(r, &value, at))
		return false;
	add_as(r->out, column->as_name);
	return true;
}

static bool render_sql_field(struct rendering *r, const struct select_thing *select, const struct sql_thing *sql)
{
	bool new = dsl_of(r->interp)->line == DRIZZLE_1;
	struct sql_thing own = *sql;
	if (sql->selected) {
		if (new && sql->origin && select->joins.len) {
			add_name(r->out, sql->origin);
			buf_char(r->out, '.');
		}
		add_name(r->out, sql->alias);
		return true;
	}
	if (is_bare(r->interp->arena, select, sql, new))
		own = unqualified(r->interp->arena, sql, false);
	if (!dsl_render_sql(r, &own))
		return false;
	add_as(r->out, sql->alias);
	return true;
}

static bool render_field(struct rendering *r, const struct select_thing *select, const struct value *value)
{
	if (js_is(value, &column_class))
		return render_column_field(r, (const struct column_thing *)value->host, !select->joins.len, select->at);
	if (js_is(value, &sql_class))
		return render_sql_field(r, select, (const struct sql_thing *)value->host);
	return dsl_render_value(r, value, select->at);
}

/* ---- sources ---- */

static bool render_query(struct rendering *r, const struct value *query, const struct node *at)
{
	return js_is(query, &select_class) ? select_render(r->interp, at, query->host, r->out)
					   : dsl_render_value(r, query, at);
}

bool subquery_render(struct rendering *r, const struct subquery_thing *subquery, const struct node *at)
{
	if (!subquery->with) {
		buf_char(r->out, '(');
		if (!render_query(r, &subquery->query, at))
			return false;
		buf_text(r->out, ") ");
	}
	add_name(r->out, subquery->name);
	return true;
}

static bool render_with(struct rendering *r, const struct select_thing *select)
{
	for (size_t i = 0; i < select->with.len; i++) {
		struct value value;
		if (!slot_value(r->interp, select->with.ptr[i], &value))
			return false;
		const struct subquery_thing *subquery = (const struct subquery_thing *)value.host;
		buf_text(r->out, i ? ", " : "with ");
		add_name(r->out, subquery->name);
		buf_text(r->out, " as (");
		if (!render_query(r, &subquery->query, select->at))
			return false;
		buf_char(r->out, ')');
	}
	if (select->with.len)
		buf_char(r->out, ' ');
	return true;
}

static void add_aliased(struct buf *out, const char *schema, const char *name, const char *alias)
{
	if (schema) {
		add_name(out, schema);
		buf_char(out, '.');
	}
	add_name(out, name);
	if (alias) {
		buf_char(out, ' ');
		add_name(out, alias);
	}
}

/* drizzle-orm 0.x forgets the view behind an alias right after "from": no server takes that, but it is what the snapshot has. */
static bool render_source(struct rendering *r, const struct value *source, bool joined, const struct node *at)
{
	const struct table_thing *table = (const struct table_thing *)source->host;
	const struct view_thing *view = (const struct view_thing *)source->host;
	if (js_is(source, &table_class))
		add_aliased(r->out, table->schema, table->name, table->alias);
	else if (js_is(source, &view_class) && (joined || dsl_of(r->interp)->line == DRIZZLE_1))
		add_aliased(r->out, view->schema, view->name, view->alias);
	else
		return dsl_render_value(r, source, at);
	return true;
}

/* ---- clauses ---- */

static bool render_clause(struct rendering *r, const char *keyword, const struct clause *clause, const struct node *at)
{
	static const struct proxy proxy = { .as_sql = true };
	struct value value, fields;
	if (!clause->slot)
		return true;
	if (!slot_value(r->interp, clause->slot, &value))
		return false;
	if (value.kind == V_CLOSURE) {
		if (!fields_proxied(r->interp, at, &proxy, &clause->fields, &fields))
			return false;
		struct slot *args[] = { slot_ready(r->interp->arena, fields) };
		if (!js_call(r->interp, at, &value, NULL, args, 1, &value))
			return false;
	}
	if (js_is_nullish(&value))
		return true;
	buf_text(r->out, keyword);
	return dsl_render_value(r, &value, at);
}

/* A number below 0 counts as none, and so does an offset of 0. */
static bool render_number(struct rendering *r, const char *keyword, struct slot *slot, double least,
			  const struct node *at)
{
	struct value value;
	if (!slot)
		return true;
	if (!slot_value(r->interp, slot, &value))
		return false;
	value = js_settle(r->interp, &value);
	if (js_is_nullish(&value) || (value.kind == V_NUMBER && value.number < least))
		return true;
	buf_text(r->out, keyword);
	return dsl_render_value(r, &value, at);
}

/* groupBy((fields) => [...]) */
static bool items_of(struct rendering *r, const struct items *items, const struct node *at, struct slots *ret_items)
{
	static const struct proxy proxy = { .as_sql = false };
	struct value first, fields, result;
	*ret_items = items->slots;
	if (!items->slots.len)
		return true;
	if (!slot_value(r->interp, items->slots.ptr[0], &first))
		return false;
	if (first.kind != V_CLOSURE)
		return true;
	if (!fields_proxied(r->interp, at, &proxy, &items->fields, &fields))
		return false;
	struct slot *args[] = { slot_ready(r->interp->arena, fields) };
	if (!js_call(r->interp, at, &first, NULL, args, 1, &result))
		return false;
	if (result.kind == V_ARRAY)
		return js_items(r->interp, at, &result, ret_items);
	*ret_items = (struct slots){ 0 };
	vec_push(r->interp->arena, ret_items, slot_ready(r->interp->arena, result));
	return true;
}

/* What a set operation is ordered by stands without its table. */
static bool render_item(struct rendering *r, const struct value *value, bool bare, const struct node *at)
{
	struct sql_thing own;
	struct value named = *value;
	bool raw = dsl_of(r->interp)->line == DRIZZLE_0;
	if (bare && js_is(value, &column_class)) {
		struct sql_thing one = { .host = { &sql_class } };
		sql_add_value(r->interp->arena, &one, *value, at);
		own = unqualified(r->interp->arena, &one, raw);
		named = js_host(&own);
	} else if (bare && js_is(value, &sql_class) && !((const struct sql_thing *)value->host)->alias) {
		own = unqualified(r->interp->arena, (const struct sql_thing *)value->host, raw);
		named = js_host(&own);
	}
	return dsl_render_value(r, &named, at);
}

static bool render_items(struct rendering *r, const char *keyword, const struct items *items, bool bare,
			 const struct node *at)
{
	struct slots slots;
	if (!items_of(r, items, at, &slots))
		return false;
	for (size_t i = 0; i < slots.len; i++) {
		struct value value;
		buf_text(r->out, i ? ", " : keyword);
		if (!slot_value(r->interp, slots.ptr[i], &value) || !render_item(r, &value, bare, at))
			return false;
	}
	return true;
}

static bool render_joins(struct rendering *r, const struct select_thing *select)
{
	for (size_t i = 0; i < select->joins.len; i++) {
		const struct join *join = &select->joins.ptr[i];
		buf_printf(r->out, " %s join%s ", join->kind, join->lateral ? " lateral" : "");
		if (!render_source(r, &join->source, true, select->at) ||
		    !render_clause(r, " on ", &join->on, select->at))
			return false;
	}
	return true;
}

static bool render_selection(struct rendering *r, const struct select_thing *select)
{
	struct items distinct_on = { select->distinct_on, select->fields };
	struct slots fields = { 0 };
	if (!fields_flatten(r->interp, select->at, &select->fields, &fields))
		return false;
	buf_text(r->out, "select");
	if (select->distinct == DISTINCT)
		buf_text(r->out, " distinct");
	if (select->distinct == DISTINCT_ON) {
		if (!render_items(r, " distinct on (", &distinct_on, false, select->at))
			return false;
		buf_char(r->out, ')');
	}
	buf_char(r->out, ' ');
	for (size_t i = 0; i < fields.len; i++) {
		struct value value;
		if (i)
			buf_text(r->out, ", ");
		if (!slot_value(r->interp, fields.ptr[i], &value) || !render_field(r, select, &value))
			return false;
	}
	return true;
}

static bool render_tail(struct rendering *r, const struct tail *tail, bool of_set, const struct node *at)
{
	if (!render_items(r, " order by ", &tail->order_by, of_set, at))
		return false;
	if (of_set && tail->order_by.slots.len && dsl_of(r->interp)->line == DRIZZLE_0)
		buf_char(r->out, ' ');
	return render_number(r, " limit ", tail->limit, 0, at) && render_number(r, " offset ", tail->offset, 1, at);
}

static bool option_of(struct rendering *r, const struct value *options, const char *key, const struct node *at,
		      struct value *ret_value, bool *ret_truth)
{
	struct slot *slot;
	*ret_truth = false;
	*ret_value = js_undefined();
	if (!js_member(r->interp, options, key, &slot))
		return true;
	return slot_value(r->interp, slot, ret_value) && js_truth(r->interp, at, ret_value, ret_truth);
}

/* Of which tables: since 1.0 by their names alone. */
static bool render_locked(struct rendering *r, const struct value *of, const struct node *at)
{
	struct slots tables = { 0 };
	if (of->kind != V_ARRAY)
		vec_push(r->interp->arena, &tables, slot_ready(r->interp->arena, *of));
	else if (!js_items(r->interp, at, of, &tables))
		return false;
	for (size_t i = 0; i < tables.len; i++) {
		struct value table;
		buf_text(r->out, i ? ", " : " of ");
		if (!slot_value(r->interp, tables.ptr[i], &table))
			return false;
		if (dsl_of(r->interp)->line == DRIZZLE_1 && source_name(&table))
			add_name(r->out, source_name(&table));
		else if (!dsl_render_value(r, &table, at))
			return false;
	}
	return true;
}

static bool render_locking(struct rendering *r, const struct locking *locking, const struct node *at)
{
	struct value of, ignored;
	bool some, no_wait, skip;
	if (!locking->strength)
		return true;
	buf_printf(r->out, " for %s", locking->strength);
	if (!option_of(r, &locking->options, "of", at, &of, &some) || (some && !render_locked(r, &of, at)) ||
	    !option_of(r, &locking->options, "noWait", at, &ignored, &no_wait) ||
	    !option_of(r, &locking->options, "skipLocked", at, &ignored, &skip))
		return false;
	buf_text(r->out, no_wait ? " nowait" : skip ? " skip locked" : "");
	return true;
}

static bool render_one(struct rendering *r, const struct select_thing *select)
{
	if (!render_with(r, select) || !render_selection(r, select))
		return false;
	buf_text(r->out, " from ");
	return render_source(r, &select->from, false, select->at) && render_joins(r, select) &&
		render_clause(r, " where ", &select->where, select->at) &&
		render_items(r, " group by ", &select->group_by, false, select->at) &&
		render_clause(r, " having ", &select->having, select->at) &&
		render_tail(r, &select->tail, false, select->at) && render_locking(r, &select->locking, select->at);
}

/* (((first) union (second)) union (third)), without the outer ones: each takes what is there so far as its left side. */
static bool render_others(struct rendering *r, const struct select_thing *select)
{
	for (size_t i = 0; i < select->others.len; i++) {
		const struct set_operation *other = &select->others.ptr[i];
		buf_printf(r->out, ") %s (", other->word);
		if (!select_render(r->interp, select->at, other->right.host, r->out))
			return false;
		buf_char(r->out, ')');
		if (!render_tail(r, &other->tail, true, select->at))
			return false;
	}
	return true;
}

enum { STEPS_A_QUERY = 400 };

bool select_render(struct interp *interp, const struct node *at, struct host *host, struct buf *out)
{
	const struct select_thing *select = (const struct select_thing *)host;
	struct rendering r = { interp, SQL_QUALIFIED, true, 0, out };
	if (js_is_nullish(&select->from))
		return interp_refuse(interp, select->at, "this query has no from()");
	/* A query can stand in itself, and one that stands in another twice doubles it. */
	interp->steps += STEPS_A_QUERY;
	if (++interp->depth > INTERP_MAX_DEPTH || interp->steps > INTERP_MAX_STEPS)
		return interp_refuse(interp, at, "this query is nested too deeply");
	for (size_t i = 0; i < select->others.len; i++)
		buf_char(out, '(');
	bool ok = render_one(&r, select) && render_others(&r, select);
	interp->depth--;
	return ok;
}
