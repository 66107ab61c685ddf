/*
 * snapshot_rows.c - versions 8 and 9: a flat list of rows, each with its kind; what is not said is null.
 */
#include "format/drizzle/snapshot.h"

static void put_text(struct arena *arena, struct json *row, const char *key, const char *text)
{
	json_put(arena, row, key, json_of_text(text));
}

static void put_bool(struct arena *arena, struct json *row, const char *key, bool truth)
{
	json_put(arena, row, key, json_of_bool(truth));
}

static void put_names(struct arena *arena, struct json *row, const char *key, const struct drizzle_names *names)
{
	struct json array = json_new(JS_ARRAY);
	for (size_t i = 0; i < names->len; i++)
		json_add(arena, &array, json_of_text(names->ptr[i]));
	json_put(arena, row, key, array);
}

static void put_number(struct arena *arena, struct json *row, const char *key, const char *digits)
{
	(void)arena;
	json_put(arena, row, key, (struct json){ .kind = JS_NUMBER, .text = str_of(digits ? digits : "1") });
}

/* "no action" is "NO ACTION" here. */
static void put_action(struct arena *arena, struct json *row, const char *key, const char *action)
{
	char *upper = action ? arena_strdup(arena, action) : NULL;
	for (char *c = upper; c && *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
	put_text(arena, row, key, upper);
}

static const char *schema_or_public(const char *schema)
{
	return schema ? schema : "public";
}

/* The parts of an identity, then what is left to the caller, then the kind. */
static struct json row_of(struct arena *arena, const char *schema, const char *table, const char *name)
{
	struct json row = json_new(JS_OBJECT);
	if (schema)
		put_text(arena, &row, "schema", schema);
	if (table)
		put_text(arena, &row, "table", table);
	put_text(arena, &row, "name", name);
	return row;
}

static void add(struct arena *arena, struct json *rows, struct json row, const char *kind)
{
	put_text(arena, &row, "entityType", kind);
	json_add(arena, rows, row);
}

/* ---- tables ---- */

static struct json identity_of(struct arena *arena, const struct drizzle_column *column)
{
	const struct drizzle_sequence *sequence = &column->identity;
	struct json identity = json_new(JS_OBJECT);
	if (!column->has_identity)
		return json_new(JS_NULL);
	put_text(arena, &identity, "type", column->identity_always ? "always" : "byDefault");
	put_text(arena, &identity, "name", sequence->name);
	put_text(arena, &identity, "increment", sequence->increment);
	put_text(arena, &identity, "startWith", sequence->start_with);
	put_text(arena, &identity, "minValue", sequence->min_value);
	put_text(arena, &identity, "maxValue", sequence->max_value);
	put_number(arena, &identity, "cache", sequence->cache);
	put_bool(arena, &identity, "cycle", sequence->cycle);
	return identity;
}

static struct json generated_of(struct arena *arena, const struct drizzle_column *column)
{
	struct json generated = json_new(JS_OBJECT);
	if (!column->generated.kit)
		return json_new(JS_NULL);
	put_text(arena, &generated, "as", column->generated.kit);
	put_text(arena, &generated, "type", "stored");
	return generated;
}

static bool in_primary_key(const struct drizzle_table *table, const char *column)
{
	for (size_t i = 0; i < table->primary_keys.len; i++)
		for (size_t k = 0; k < table->primary_keys.ptr[i].columns.len; k++)
			if (strcmp(table->primary_keys.ptr[i].columns.ptr[k], column) == 0)
				return true;
	return false;
}

static void add_column(struct arena *arena, struct json *rows, const char *schema, const struct drizzle_table *table,
		       const struct drizzle_column *column)
{
	struct json row = row_of(arena, schema, table->name, column->name);
	/* An array is its element's type and a number of dimensions. */
	put_text(arena, &row, "type", arena_printf(arena, "%.*s", (int)strcspn(column->type, "["), column->type));
	put_text(arena, &row, "typeSchema", column->type_schema);
	put_bool(arena, &row, "notNull",
		 column->not_null || column->primary_key || in_primary_key(table, column->name));
	json_put(arena, &row, "dimensions", json_of_integer(arena, column->dimensions));
	put_text(arena, &row, "default", column->has_default == DEFAULT_NONE ? NULL : column->initial.kit);
	json_put(arena, &row, "generated", generated_of(arena, column));
	json_put(arena, &row, "identity", identity_of(arena, column));
	add(arena, rows, row, "columns");
}

static struct json index_column_of(struct arena *arena, const struct drizzle_index_column *column)
{
	struct json object = json_new(JS_OBJECT), opclass = json_new(JS_OBJECT);
	put_text(arena, &object, "value", column->expression);
	put_bool(arena, &object, "isExpression", column->is_expression);
	put_bool(arena, &object, "asc", column->asc);
	put_bool(arena, &object, "nullsFirst", column->nulls && strcmp(column->nulls, "first") == 0);
	if (column->opclass) {
		put_text(arena, &opclass, "name", column->opclass);
		put_bool(arena, &opclass, "default", false);
	}
	json_put(arena, &object, "opclass", column->opclass ? opclass : json_new(JS_NULL));
	return object;
}

static const char *with_of(struct arena *arena, const struct drizzle_options *options)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < options->len; i++)
		buf_printf(&buf, "%s%s=%s", i ? ", " : "", options->ptr[i].name, options->ptr[i].value);
	return buf.ptr;
}

static void add_index(struct arena *arena, struct json *rows, const char *schema, const struct drizzle_table *table,
		      const struct drizzle_index *index)
{
	struct json row = row_of(arena, schema, table->name, index->name), columns = json_new(JS_ARRAY);
	for (size_t i = 0; i < index->columns.len; i++)
		json_add(arena, &columns, index_column_of(arena, &index->columns.ptr[i]));
	put_bool(arena, &row, "nameExplicit", index->name_explicit);
	json_put(arena, &row, "columns", columns);
	put_bool(arena, &row, "isUnique", index->unique);
	put_text(arena, &row, "where",
		 index->where.kit && strcmp(index->where.kit, "true") == 0 ? NULL : index->where.kit);
	put_text(arena, &row, "with", with_of(arena, &index->with));
	put_text(arena, &row, "method", index->method);
	put_bool(arena, &row, "concurrently", index->concurrently);
	add(arena, rows, row, "indexes");
}

static void add_foreign_key(struct arena *arena, struct json *rows, const char *schema,
			    const struct drizzle_table *table, const struct drizzle_foreign_key *key)
{
	struct json row = row_of(arena, schema, table->name, key->name);
	put_bool(arena, &row, "nameExplicit", key->name_explicit);
	put_names(arena, &row, "columns", &key->columns);
	put_text(arena, &row, "schemaTo", schema_or_public(key->schema_to));
	put_text(arena, &row, "tableTo", key->table_to);
	put_names(arena, &row, "columnsTo", &key->columns_to);
	put_action(arena, &row, "onUpdate", key->on_update);
	put_action(arena, &row, "onDelete", key->on_delete);
	add(arena, rows, row, "fks");
}

static void add_primary_key(struct arena *arena, struct json *rows, const char *schema, const char *table,
			    const struct drizzle_key *key)
{
	struct json row = row_of(arena, schema, table, key->name);
	put_names(arena, &row, "columns", &key->columns);
	put_bool(arena, &row, "nameExplicit", key->name_explicit);
	add(arena, rows, row, "pks");
}

/* A column's own primaryKey() is a key of one column with PostgreSQL's name. */
static void add_own_key(struct arena *arena, struct json *rows, const char *schema, const struct drizzle_table *table,
			const struct drizzle_column *column)
{
	const char *names[] = { column->name };
	struct drizzle_key key = { .name = arena_printf(arena, "%s_pkey", table->name), .columns = { names, 1, 1 } };
	add_primary_key(arena, rows, schema, table->name, &key);
}

static void add_unique(struct arena *arena, struct json *rows, const char *schema, const char *table,
		       const struct drizzle_key *key)
{
	struct json row = row_of(arena, schema, table, key->name);
	put_bool(arena, &row, "nameExplicit", key->name_explicit);
	put_names(arena, &row, "columns", &key->columns);
	put_bool(arena, &row, "nullsNotDistinct", key->nulls_not_distinct);
	add(arena, rows, row, "uniques");
}

static void add_policy(struct arena *arena, struct json *rows, const char *schema, const char *table,
		       const struct drizzle_policy *policy)
{
	struct json row = row_of(arena, schema, table, policy->name);
	put_text(arena, &row, "as", policy->as);
	put_text(arena, &row, "for", policy->command);
	put_names(arena, &row, "roles", &policy->to);
	put_text(arena, &row, "using", policy->use.kit);
	put_text(arena, &row, "withCheck", policy->with_check.kit);
	add(arena, rows, row, "policies");
}

static void add_table(struct arena *arena, struct json *rows, const struct drizzle_table *table)
{
	const char *schema = schema_or_public(table->schema);
	struct json row = row_of(arena, schema, NULL, table->name);
	put_bool(arena, &row, "isRlsEnabled", table->rls || table->policies.len);
	add(arena, rows, row, "tables");
	for (size_t i = 0; i < table->columns.len; i++) {
		add_column(arena, rows, schema, table, &table->columns.ptr[i]);
		if (table->columns.ptr[i].primary_key)
			add_own_key(arena, rows, schema, table, &table->columns.ptr[i]);
	}
	for (size_t i = 0; i < table->primary_keys.len; i++)
		add_primary_key(arena, rows, schema, table->name, &table->primary_keys.ptr[i]);
	for (size_t i = 0; i < table->indexes.len; i++)
		add_index(arena, rows, schema, table, &table->indexes.ptr[i]);
	for (size_t i = 0; i < table->foreign_keys.len; i++)
		add_foreign_key(arena, rows, schema, table, &table->foreign_keys.ptr[i]);
	for (size_t i = 0; i < table->uniques.len; i++)
		add_unique(arena, rows, schema, table->name, &table->uniques.ptr[i]);
	for (size_t i = 0; i < table->checks.len; i++) {
		row = row_of(arena, schema, table->name, table->checks.ptr[i].name);
		put_text(arena, &row, "value", table->checks.ptr[i].value.kit);
		add(arena, rows, row, "checks");
	}
	for (size_t i = 0; i < table->policies.len; i++)
		add_policy(arena, rows, schema, table->name, &table->policies.ptr[i]);
}

/* ---- the rest ---- */

static void add_sequence(struct arena *arena, struct json *rows, const struct drizzle_sequence *sequence)
{
	struct json row = row_of(arena, schema_or_public(sequence->schema), NULL, sequence->name);
	put_text(arena, &row, "incrementBy", sequence->increment);
	put_text(arena, &row, "minValue", sequence->min_value);
	put_text(arena, &row, "maxValue", sequence->max_value);
	put_text(arena, &row, "startWith", sequence->start_with);
	put_number(arena, &row, "cacheSize", sequence->cache);
	put_bool(arena, &row, "cycle", sequence->cycle);
	add(arena, rows, row, "sequences");
}

/* schema.ts has no words for most of what a role can be. */
static void add_role(struct arena *arena, struct json *rows, const struct drizzle_role *role)
{
	struct json row = row_of(arena, NULL, NULL, role->name);
	put_bool(arena, &row, "superuser", false);
	put_bool(arena, &row, "createDb", role->create_db);
	put_bool(arena, &row, "createRole", role->create_role);
	put_bool(arena, &row, "inherit", role->inherit);
	put_bool(arena, &row, "canLogin", false);
	put_bool(arena, &row, "replication", false);
	put_bool(arena, &row, "bypassRls", false);
	json_put(arena, &row, "connLimit", json_of_integer(arena, -1));
	put_text(arena, &row, "password", NULL);
	put_text(arena, &row, "validUntil", NULL);
	add(arena, rows, row, "roles");
}

static struct json option_value(const struct drizzle_options *options, const char *name)
{
	for (size_t i = 0; i < options->len; i++) {
		const struct drizzle_option *option = &options->ptr[i];
		if (strcmp(option->name, name) != 0)
			continue;
		if (option->is_text)
			return json_of_text(option->value);
		if (strcmp(option->value, "true") == 0 || strcmp(option->value, "false") == 0)
			return json_of_bool(option->value[0] == 't');
		return (struct json){ .kind = JS_NUMBER, .text = str_of(option->value) };
	}
	return json_new(JS_NULL);
}

static struct json view_options(struct arena *arena, const struct drizzle_options *options)
{
	static const char *const names[] = { "checkOption",
					     "securityBarrier",
					     "securityInvoker",
					     "autovacuumEnabled",
					     "autovacuumFreezeMaxAge",
					     "autovacuumFreezeMinAge",
					     "autovacuumFreezeTableAge",
					     "autovacuumMultixactFreezeMaxAge",
					     "autovacuumMultixactFreezeMinAge",
					     "autovacuumMultixactFreezeTableAge",
					     "autovacuumVacuumCostDelay",
					     "autovacuumVacuumCostLimit",
					     "autovacuumVacuumScaleFactor",
					     "autovacuumVacuumThreshold",
					     "fillfactor",
					     "logAutovacuumMinDuration",
					     "parallelWorkers",
					     "toastTupleTarget",
					     "userCatalogTable",
					     "vacuumIndexCleanup",
					     "vacuumTruncate" };
	struct json object = json_new(JS_OBJECT);
	if (!options->len)
		return json_new(JS_NULL);
	for (size_t i = 0; i < LEN(names); i++)
		json_put(arena, &object, names[i], option_value(options, names[i]));
	return object;
}

static void add_view(struct arena *arena, struct json *rows, const struct drizzle_view *view)
{
	struct json row = row_of(arena, schema_or_public(view->schema), NULL, view->name);
	if (view->existing)
		return;
	put_text(arena, &row, "definition", view->definition);
	json_put(arena, &row, "with", view_options(arena, &view->with));
	json_put(arena, &row, "withNoData", view->with_no_data ? json_of_bool(true) : json_new(JS_NULL));
	put_text(arena, &row, "using", view->method);
	put_text(arena, &row, "tablespace", view->tablespace);
	put_bool(arena, &row, "materialized", view->materialized);
	add(arena, rows, row, "views");
}

struct json snapshot_rows(struct arena *arena, const struct drizzle_model *model)
{
	struct json rows = json_new(JS_ARRAY);
	for (size_t i = 0; i < model->schemas.len; i++)
		add(arena, &rows, row_of(arena, NULL, NULL, model->schemas.ptr[i]), "schemas");
	for (size_t i = 0; i < model->enums.len; i++) {
		const struct drizzle_enum *type = &model->enums.ptr[i];
		struct json row = row_of(arena, schema_or_public(type->schema), NULL, type->name);
		put_names(arena, &row, "values", &type->values);
		add(arena, &rows, row, "enums");
	}
	for (size_t i = 0; i < model->tables.len; i++)
		add_table(arena, &rows, &model->tables.ptr[i]);
	for (size_t i = 0; i < model->sequences.len; i++)
		add_sequence(arena, &rows, &model->sequences.ptr[i]);
	for (size_t i = 0; i < model->roles.len; i++)
		add_role(arena, &rows, &model->roles.ptr[i]);
	for (size_t i = 0; i < model->policies.len; i++)
		add_policy(arena, &rows, schema_or_public(model->policies.ptr[i].schema), model->policies.ptr[i].table,
			   &model->policies.ptr[i]);
	for (size_t i = 0; i < model->views.len; i++)
		add_view(arena, &rows, &model->views.ptr[i]);
	return rows;
}
