#include "format/drizzle/dsl/read.h"

/* Names derived by drizzle-orm (0.x) and drizzle-kit (1.0). */

struct naming {
	struct reader *reader;
	const struct table_thing *table;
};

/* The name before casing: 0.x derives the names of unique constraints from it, whatever the casing. */
static const char *raw_name(struct arena *arena, const struct column_thing *column)
{
	return column->name ? column->name : str_dup(arena, column->key);
}

static void add_joined(struct buf *text, const struct drizzle_names *names)
{
	for (size_t i = 0; i < names->len; i++)
		buf_printf(text, "_%s", names->ptr[i]);
}

static const char *joined(struct arena *arena, const char *table, const struct drizzle_names *names, const char *suffix)
{
	struct buf text = buf_init(arena);
	buf_text(&text, table);
	add_joined(&text, names);
	buf_text(&text, suffix);
	return text.ptr;
}

/* name.replace(from, to): the first place only. */
static const char *replaced(struct arena *arena, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	if (!at)
		return text;
	return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static const char *replace_all(struct arena *arena, const char *text, const struct drizzle_names *from,
			       const struct drizzle_names *to)
{
	for (size_t i = 0; i < from->len; i++)
		text = replaced(arena, text, from->ptr[i], to->ptr[i]);
	return text;
}

/* drizzle-kit 1.0's hash of a name that is too long: twelve digits to the base 62. */
static const char *hashed(struct arena *arena, const char *text)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	unsigned __int128 all = 1, power = 1, hash = 0;
	char *result = arena_alloc(arena, 13);
	for (int i = 0; i < 12; i++)
		all *= 62;
	for (const char *c = text; *c; c++) {
		hash = (hash + (unsigned char)*c * power) % all;
		power = power * 53 % all;
	}
	for (int i = 11; i >= 0; i--, hash /= 62)
		result[i] = digits[(unsigned)(hash % 62)];
	return result;
}

static const char *foreign_key_name(struct reader *reader, const char *table, const struct drizzle_foreign_key *key,
				    const struct drizzle_names *raw, const struct drizzle_names *raw_to)
{
	struct arena *arena = reader->interp->arena;
	struct buf text = buf_init(arena);
	bool old = reader->model->line == DRIZZLE_0;
	buf_text(&text, table);
	add_joined(&text, raw);
	buf_printf(&text, "_%s", key->table_to);
	add_joined(&text, raw_to);
	buf_text(&text, old ? "_fk" : "_fkey");
	if (old && dsl_of(reader->interp)->casing != CASING_NONE)
		return replace_all(arena, replace_all(arena, text.ptr, raw, &key->columns), raw_to, &key->columns_to);
	if (old || text.len <= 63)
		return text.ptr;
	return strlen(table) < 45 ? arena_printf(arena, "%s_%s_fkey", table, hashed(arena, text.ptr))
				  : arena_printf(arena, "%s_fkey", hashed(arena, text.ptr));
}

/* ---- columns of constraints ---- */

static bool column_of(struct reader *reader, const struct node *at, struct slot *slot,
		      const struct column_thing **ret_column)
{
	struct value value;
	if (!slot_value(reader->interp, slot, &value))
		return false;
	if (js_is(&value, &indexed_class))
		value = js_host(((struct indexed_thing *)value.host)->column);
	if (!js_is(&value, &column_class) || !((struct column_thing *)value.host)->table)
		return interp_refuse(reader->interp, slot->node ? slot->node : at,
				     "%s where a column of a table is needed",
				     js_describe(reader->interp->arena, &value));
	*ret_column = (const struct column_thing *)value.host;
	return true;
}

static bool read_columns(struct reader *reader, const struct node *at, const struct slots *slots,
			 struct drizzle_names *names, struct drizzle_names *raw)
{
	for (size_t i = 0; i < slots->len; i++) {
		const struct column_thing *column;
		if (!column_of(reader, at, slots->ptr[i], &column))
			return false;
		vec_push(reader->interp->arena, names, column->db_name);
		vec_push(reader->interp->arena, raw, raw_name(reader->interp->arena, column));
	}
	return true;
}

/* ---- keys ---- */

static bool add_key(const struct naming *n, const struct key_thing *key, struct drizzle_table *out)
{
	struct arena *arena = n->reader->interp->arena;
	bool old = n->reader->model->line == DRIZZLE_0, unique = key->kind == KEY_UNIQUE;
	struct drizzle_key made = { .name = key->name,
				    .name_explicit = key->name != NULL,
				    .nulls_not_distinct = key->nulls_not_distinct };
	struct drizzle_names raw = { 0 };
	if (!read_columns(n->reader, key->at, &key->columns, &made.columns, &raw))
		return false;
	if (!made.name && unique)
		made.name = joined(arena, n->table->name, &raw, old || raw.len > 1 ? "_unique" : "_key");
	if (!made.name && !old)
		made.name = arena_printf(arena, "%s_pkey", n->table->name);
	if (!made.name)
		made.name = joined(arena, n->table->name, &raw, "_pk");
	if (!unique && old && dsl_of(n->reader->interp)->casing != CASING_NONE)
		made.name = replace_all(arena, made.name, &raw, &made.columns);
	struct drizzle_keys *keys = unique ? &out->uniques : &out->primary_keys;
	for (size_t i = 0; i < keys->len; i++)
		if (unique && strcmp(keys->ptr[i].name, made.name) == 0)
			return dsl_refuse_duplicate(n->reader, key->at, "unique constraint", made.name);
	vec_push(arena, keys, made);
	return true;
}

static bool add_column_unique(const struct naming *n, const struct column_thing *column, struct drizzle_table *out)
{
	struct arena *arena = n->reader->interp->arena;
	bool old = n->reader->model->line == DRIZZLE_0;
	struct drizzle_key made = { .name = column->unique_name,
				    .name_explicit = column->unique_name != NULL,
				    .nulls_not_distinct = column->nulls_not_distinct };
	struct drizzle_names raw = { 0 };
	vec_push(arena, &raw, raw_name(arena, column));
	vec_push(arena, &made.columns, column->db_name);
	if (!made.name)
		made.name = joined(arena, n->table->name, old ? &raw : &made.columns, old ? "_unique" : "_key");
	for (size_t i = 0; i < out->uniques.len; i++)
		if (strcmp(out->uniques.ptr[i].name, made.name) == 0)
			return dsl_refuse_duplicate(n->reader, column->at, "unique constraint", made.name);
	vec_push(arena, &out->uniques, made);
	return true;
}

/* ---- foreign keys ---- */

static bool action_text(struct reader *reader, const struct node *at, const struct value *value, const char **ret_text)
{
	*ret_text = "no action";
	if (value->kind == V_STRING) {
		*ret_text = str_dup(reader->interp->arena, value->text);
		return true;
	}
	return js_is_nullish(value) ||
		interp_refuse(reader->interp, at, "an action that is %s", js_describe(reader->interp->arena, value));
}

static bool add_foreign_key(const struct naming *n, struct drizzle_foreign_key made, const struct drizzle_names *raw,
			    const struct drizzle_names *raw_to, const struct column_thing *target,
			    struct drizzle_table *out)
{
	made.table_to = target->table->name;
	made.schema_to = target->table->schema ? target->table->schema : "public";
	made.name_explicit = made.name != NULL;
	if (!made.name)
		made.name = foreign_key_name(n->reader, n->table->name, &made, raw, raw_to);
	for (size_t i = 0; i < out->foreign_keys.len; i++)
		if (strcmp(out->foreign_keys.ptr[i].name, made.name) == 0) {
			out->foreign_keys.ptr[i] = made; /* the last one counts, as in drizzle-kit's object */
			return true;
		}
	vec_push(n->reader->interp->arena, &out->foreign_keys, made);
	return true;
}

static bool read_reference(const struct naming *n, const struct column_thing *column, const struct reference *reference,
			   struct drizzle_table *out)
{
	struct interp *interp = n->reader->interp;
	struct value function, target, actions = js_undefined(), on_delete = js_undefined(), on_update = js_undefined();
	struct drizzle_foreign_key made = { 0 };
	struct drizzle_names raw = { 0 }, raw_to = { 0 };
	const struct column_thing *to;
	if (!slot_value(interp, reference->function, &function) ||
	    !js_call(interp, column->at, &function, NULL, NULL, 0, &target) ||
	    !column_of(n->reader, column->at, slot_ready(interp->arena, target), &to))
		return false;
	if (reference->actions && !slot_value(interp, reference->actions, &actions))
		return false;
	if (actions.kind == V_OBJECT &&
	    (!js_get(interp, column->at, &actions, STR("onDelete"), &on_delete) ||
	     !js_get(interp, column->at, &actions, STR("onUpdate"), &on_update)))
		return false;
	if (!action_text(n->reader, column->at, &on_delete, &made.on_delete) ||
	    !action_text(n->reader, column->at, &on_update, &made.on_update))
		return false;
	vec_push(interp->arena, &made.columns, column->db_name);
	vec_push(interp->arena, &made.columns_to, to->db_name);
	vec_push(interp->arena, &raw, raw_name(interp->arena, column));
	vec_push(interp->arena, &raw_to, raw_name(interp->arena, to));
	return add_foreign_key(n, made, &raw, &raw_to, to, out);
}

static bool config_columns(const struct naming *n, const struct foreign_key_thing *key, const char *name,
			   struct slots *slots)
{
	struct value columns;
	if (!js_get(n->reader->interp, key->at, &key->config, str_of(name), &columns) ||
	    !js_items(n->reader->interp, key->at, &columns, slots))
		return false;
	return slots->len || interp_refuse(n->reader->interp, key->at, "foreignKey() without \"%s\"", name);
}

static bool read_foreign_key(const struct naming *n, const struct foreign_key_thing *key, struct drizzle_table *out)
{
	struct drizzle_foreign_key made = { 0 };
	struct drizzle_names raw = { 0 }, raw_to = { 0 };
	struct slots columns, foreign;
	const struct column_thing *to;
	if (!config_columns(n, key, "columns", &columns) || !config_columns(n, key, "foreignColumns", &foreign) ||
	    !dsl_read_text(n->reader, key->at, &key->config, "name", &made.name) ||
	    !read_columns(n->reader, key->at, &columns, &made.columns, &raw) ||
	    !read_columns(n->reader, key->at, &foreign, &made.columns_to, &raw_to) ||
	    !column_of(n->reader, key->at, foreign.ptr[0], &to) ||
	    !action_text(n->reader, key->at, &key->on_delete, &made.on_delete) ||
	    !action_text(n->reader, key->at, &key->on_update, &made.on_update))
		return false;
	return add_foreign_key(n, made, &raw, &raw_to, to, out);
}

/* ---- indexes ---- */

static bool add_index_column(const struct naming *n, const struct index_thing *index, struct slot *slot,
			     struct drizzle_index *made)
{
	struct interp *interp = n->reader->interp;
	struct drizzle_index_column out = { .asc = true, .nulls = "last" };
	struct drizzle_sql sql;
	struct value value;
	if (!slot_value(interp, slot, &value))
		return false;
	if (js_is(&value, &sql_class)) {
		if (!index->name)
			return interp_refuse(interp, index->at, "an index on an expression needs a name");
		if (!sql_texts(interp, index->at, &value, SQL_BARE, &sql))
			return false;
		out.expression = sql.kit;
		out.meant = sql.meant;
		out.is_expression = true;
	} else {
		const struct column_thing *column;
		if (!column_of(n->reader, index->at, slot, &column))
			return false;
		out.expression = out.meant = column->db_name;
	}
	if (js_is(&value, &indexed_class)) {
		const struct indexed_thing *indexed = (const struct indexed_thing *)value.host;
		out.asc = !indexed->order || strcmp(indexed->order, "asc") == 0;
		out.nulls = indexed->nulls ? indexed->nulls : "last";
		out.opclass = indexed->opclass;
	}
	drizzle_imply_operators(interp->arena, n->reader->model, out.opclass);
	vec_push(interp->arena, &made->columns, out);
	return true;
}

/* Indexes share one space of names with the tables of their schema. */
static bool check_index_name(const struct naming *n, const struct index_thing *index, const char *name)
{
	struct arena *arena = n->reader->interp->arena;
	struct str full = str_of(arena_printf(arena, "%s.%s", n->table->schema ? n->table->schema : "public", name));
	for (size_t i = 0; i < n->reader->index_names.len; i++)
		if (str_eq(n->reader->index_names.ptr[i], full))
			return dsl_refuse_duplicate(n->reader, index->at, "index", name);
	vec_push(arena, &n->reader->index_names, full);
	return true;
}

/* In checks and predicates the 1.0 line writes columns without their table. */
static enum sql_mode mode_of_conditions(const struct naming *n)
{
	return n->reader->model->line == DRIZZLE_1 ? SQL_BARE : SQL_QUALIFIED;
}

static bool read_index(const struct naming *n, const struct index_thing *index, struct drizzle_table *out)
{
	struct interp *interp = n->reader->interp;
	struct drizzle_index made = { .name = index->name,
				      .name_explicit = index->name != NULL,
				      .unique = index->unique,
				      .concurrently = index->concurrently,
				      .method = index->method };
	struct drizzle_names names = { 0 };
	struct value value = js_undefined();
	for (size_t i = 0; i < index->columns.len; i++) {
		if (!add_index_column(n, index, index->columns.ptr[i], &made))
			return false;
		vec_push(interp->arena, &names, made.columns.ptr[i].expression);
	}
	if (!made.name)
		made.name = joined(interp->arena, n->table->name, &names, "_index");
	if (index->where && !slot_value(interp, index->where, &value))
		return false;
	if (value.kind != V_UNDEFINED && !sql_texts(interp, index->at, &value, mode_of_conditions(n), &made.where))
		return false;
	if (index->with &&
	    (!slot_value(interp, index->with, &value) || !dsl_read_options(n->reader, index->at, &value, &made.with)))
		return false;
	if (!check_index_name(n, index, made.name))
		return false;
	vec_push(interp->arena, &out->indexes, made);
	return true;
}

static bool read_check(const struct naming *n, const struct check_thing *check, struct drizzle_table *out)
{
	struct drizzle_check made = { .name = check->name };
	struct value value;
	for (size_t i = 0; i < out->checks.len; i++)
		if (strcmp(out->checks.ptr[i].name, check->name) == 0)
			return dsl_refuse_duplicate(n->reader, check->at, "check", check->name);
	if (!slot_value(n->reader->interp, check->value, &value) ||
	    !sql_texts(n->reader->interp, check->at, &value, mode_of_conditions(n), &made.value))
		return false;
	vec_push(n->reader->interp->arena, &out->checks, made);
	return true;
}

static bool add_policy(const struct naming *n, const struct policy_thing *policy, struct drizzle_table *out)
{
	struct drizzle_policy made;
	for (size_t i = 0; i < out->policies.len; i++)
		if (strcmp(out->policies.ptr[i].name, policy->name) == 0)
			return dsl_refuse_duplicate(n->reader, policy->at, "policy", policy->name);
	if (!dsl_read_policy(n->reader, policy, &made))
		return false;
	vec_push(n->reader->interp->arena, &out->policies, made);
	return true;
}

/* ---- what the third argument of pgTable() gives ---- */

static bool read_extra(const struct naming *n, const struct node *at, const struct value *value,
		       struct drizzle_table *out)
{
	if (js_is(value, &index_class))
		return read_index(n, (const struct index_thing *)value->host, out);
	if (js_is(value, &key_class))
		return add_key(n, (const struct key_thing *)value->host, out);
	if (js_is(value, &check_class))
		return read_check(n, (const struct check_thing *)value->host, out);
	if (js_is(value, &foreign_key_class))
		return read_foreign_key(n, (const struct foreign_key_thing *)value->host, out);
	if (js_is(value, &policy_class))
		return add_policy(n, (const struct policy_thing *)value->host, out);
	/* drizzle-orm passes over everything else: undefined, and an index() or unique() whose on() was forgotten. */
	return value->kind != V_OPAQUE ||
		interp_refuse(n->reader->interp, at, "this part of table \"%s\" is %s", n->table->name,
			      js_describe(n->reader->interp->arena, value));
}

static bool read_extras(const struct naming *n, const struct slots *slots, unsigned depth, struct drizzle_table *out)
{
	for (size_t i = 0; i < slots->len; i++) {
		const struct node *at = slots->ptr[i]->node ? slots->ptr[i]->node : n->table->at;
		struct value value;
		if (!slot_value(n->reader->interp, slots->ptr[i], &value))
			return false;
		if (value.kind == V_ARRAY && depth == 0) {
			if (!read_extras(n, &value.array->items, 1, out))
				return false;
		} else if (!read_extra(n, at, &value, out)) {
			return false;
		}
	}
	return true;
}

static bool call_extras(const struct naming *n, struct drizzle_table *out)
{
	struct interp *interp = n->reader->interp;
	struct value function, result;
	struct slots slots = { 0 };
	struct object *members;
	struct slot *args[] = { slot_ready(interp->arena, js_host((void *)(uintptr_t)n->table)) };
	if (!n->table->extras)
		return true;
	if (!slot_value(interp, n->table->extras, &function) ||
	    !js_call(interp, n->table->at, &function, NULL, args, 1, &result))
		return false;
	if (result.kind == V_ARRAY)
		return read_extras(n, &result.array->items, 0, out);
	if (!js_members(interp, n->table->at, &result, &members))
		return false;
	for (size_t i = 0; i < members->map.len; i++)
		vec_push(interp->arena, &slots, (struct slot *)members->map.ptr[i].value);
	return read_extras(n, &slots, 1, out);
}

static void note_schema(struct reader *reader, const char *schema)
{
	if (!schema)
		return;
	for (size_t i = 0; i < reader->model->schemas.len; i++)
		if (strcmp(reader->model->schemas.ptr[i], schema) == 0)
			return;
	drizzle_add_once(reader->interp->arena, &reader->model->implied_schemas, schema);
}

/* Two keys with one name: drizzle-kit keeps the later one, in the place of the first. */
static void add_column(struct arena *arena, struct drizzle_table *table, const struct drizzle_column *column)
{
	for (size_t i = 0; i < table->columns.len; i++)
		if (strcmp(table->columns.ptr[i].name, column->name) == 0) {
			table->columns.ptr[i] = *column;
			return;
		}
	vec_push(arena, &table->columns, *column);
}

bool dsl_read_table(struct reader *reader, const struct table_thing *table, struct drizzle_table *ret_table)
{
	struct naming n = { reader, table };
	struct drizzle_table out = { .schema = table->schema, .name = table->name, .rls = table->rls };
	note_schema(reader, table->schema);
	for (size_t i = 0; i < table->columns.len; i++) {
		const struct column_thing *column = table->columns.ptr[i].value;
		struct drizzle_column made;
		if (!dsl_read_column(reader, column, table->name, table->schema, &made) ||
		    (column->unique && !add_column_unique(&n, column, &out)))
			return false;
		add_column(reader->interp->arena, &out, &made);
	}
	for (size_t i = 0; i < table->columns.len; i++) {
		const struct column_thing *column = table->columns.ptr[i].value;
		for (size_t j = 0; j < column->references.len; j++)
			if (!read_reference(&n, column, &column->references.ptr[j], &out))
				return false;
	}
	if (!call_extras(&n, &out))
		return false;
	*ret_table = out;
	return true;
}
