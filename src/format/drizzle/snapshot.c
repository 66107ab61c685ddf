/*
 * snapshot.c - version 7: objects within objects, by name.  Keys in drizzle-kit's order; what has no value there (undefined) is not written.
 */
#include "format/drizzle/snapshot.h"

static void put_text(struct arena *arena, struct json *object, const char *key, const char *text)
{
	json_put(arena, object, key, json_of_text(text));
}

static void put_known(struct arena *arena, struct json *object, const char *key, const char *text)
{
	if (text)
		put_text(arena, object, key, text);
}

static void put_bool(struct arena *arena, struct json *object, const char *key, bool truth)
{
	json_put(arena, object, key, json_of_bool(truth));
}

static void put_names(struct arena *arena, struct json *object, const char *key, const struct drizzle_names *names)
{
	struct json array = json_new(JS_ARRAY);
	for (size_t i = 0; i < names->len; i++)
		json_add(arena, &array, json_of_text(names->ptr[i]));
	json_put(arena, object, key, array);
}

/* JavaScript replaces a key that is there. */
static void put_named(struct arena *arena, struct json *object, const char *key, struct json value)
{
	for (size_t i = 0; i < object->len; i++)
		if (str_eq(object->ptr[i].key, str_of(key))) {
			value.key = object->ptr[i].key;
			object->ptr[i] = value;
			return;
		}
	json_put(arena, object, key, value);
}

static const char *qualified(struct arena *arena, const char *schema, const char *name)
{
	return arena_printf(arena, "%s.%s", schema ? schema : "public", name);
}

static struct json raw(struct arena *arena, const char *text, bool is_text)
{
	if (is_text)
		return json_of_text(text);
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return json_of_bool(text[0] == 't');
	return (struct json){ .kind = JS_NUMBER, .text = str_of(arena_strdup(arena, text)) };
}

static struct json options_of(struct arena *arena, const struct drizzle_options *options)
{
	struct json object = json_new(JS_OBJECT);
	for (size_t i = 0; i < options->len; i++)
		json_put(arena, &object, options->ptr[i].name,
			 raw(arena, options->ptr[i].value, options->ptr[i].is_text));
	return object;
}

/* ---- columns ---- */

static void put_numbers(struct arena *arena, struct json *object, const struct drizzle_sequence *sequence)
{
	put_text(arena, object, "name", sequence->name);
	put_text(arena, object, "schema", sequence->schema ? sequence->schema : "public");
	put_text(arena, object, "increment", sequence->increment);
	put_text(arena, object, "startWith", sequence->start_with);
	put_text(arena, object, "minValue", sequence->min_value);
	put_text(arena, object, "maxValue", sequence->max_value);
	put_text(arena, object, "cache", sequence->cache);
	put_bool(arena, object, "cycle", sequence->cycle);
}

static void put_default(struct arena *arena, struct json *object, const struct drizzle_column *column)
{
	switch (column->has_default) {
	case DEFAULT_NONE:
		break;
	case DEFAULT_TEXT:
		put_text(arena, object, "default", column->initial.kit);
		break;
	case DEFAULT_NUMBER:
	case DEFAULT_BOOLEAN:
		json_put(arena, object, "default", raw(arena, column->initial.kit, false));
		break;
	}
}

static struct json column_of(struct arena *arena, const struct drizzle_column *column)
{
	struct json object = json_new(JS_OBJECT), generated = json_new(JS_OBJECT), identity = json_new(JS_OBJECT);
	put_text(arena, &object, "name", column->name);
	put_text(arena, &object, "type", column->type);
	put_known(arena, &object, "typeSchema", column->type_schema);
	put_bool(arena, &object, "primaryKey", column->primary_key);
	put_bool(arena, &object, "notNull", column->not_null);
	if (column->generated.kit) {
		put_text(arena, &generated, "as", column->generated.kit);
		put_text(arena, &generated, "type", "stored");
		json_put(arena, &object, "generated", generated);
	}
	if (column->has_identity) {
		put_text(arena, &identity, "type", column->identity_always ? "always" : "byDefault");
		put_numbers(arena, &identity, &column->identity);
		json_put(arena, &object, "identity", identity);
	}
	put_default(arena, &object, column);
	return object;
}

static struct json columns_of(struct arena *arena, const struct drizzle_column *columns, size_t n)
{
	struct json object = json_new(JS_OBJECT);
	for (size_t i = 0; i < n; i++)
		put_named(arena, &object, columns[i].name, column_of(arena, &columns[i]));
	return object;
}

/* ---- what tables have ---- */

static struct json index_column_of(struct arena *arena, const struct drizzle_index_column *column)
{
	struct json object = json_new(JS_OBJECT);
	put_text(arena, &object, "expression", column->expression);
	put_bool(arena, &object, "isExpression", column->is_expression);
	put_bool(arena, &object, "asc", column->asc);
	put_text(arena, &object, "nulls", column->nulls);
	put_known(arena, &object, "opclass", column->opclass);
	return object;
}

static struct json index_of(struct arena *arena, const struct drizzle_index *index)
{
	struct json object = json_new(JS_OBJECT), columns = json_new(JS_ARRAY);
	for (size_t i = 0; i < index->columns.len; i++)
		json_add(arena, &columns, index_column_of(arena, &index->columns.ptr[i]));
	put_text(arena, &object, "name", index->name);
	json_put(arena, &object, "columns", columns);
	put_bool(arena, &object, "isUnique", index->unique);
	put_known(arena, &object, "where", index->where.kit);
	put_bool(arena, &object, "concurrently", index->concurrently);
	put_text(arena, &object, "method", index->method);
	json_put(arena, &object, "with", options_of(arena, &index->with));
	return object;
}

static struct json foreign_key_of(struct arena *arena, const struct drizzle_table *table,
				  const struct drizzle_foreign_key *key)
{
	struct json object = json_new(JS_OBJECT);
	put_text(arena, &object, "name", key->name);
	put_text(arena, &object, "tableFrom", table->name);
	put_text(arena, &object, "tableTo", key->table_to);
	if (key->schema_to && strcmp(key->schema_to, "public") != 0)
		put_text(arena, &object, "schemaTo", key->schema_to);
	put_names(arena, &object, "columnsFrom", &key->columns);
	put_names(arena, &object, "columnsTo", &key->columns_to);
	put_known(arena, &object, "onDelete", key->on_delete);
	put_known(arena, &object, "onUpdate", key->on_update);
	return object;
}

static struct json unique_of(struct arena *arena, const struct drizzle_key *key)
{
	struct json object = json_new(JS_OBJECT);
	put_text(arena, &object, "name", key->name);
	put_bool(arena, &object, "nullsNotDistinct", key->nulls_not_distinct);
	put_names(arena, &object, "columns", &key->columns);
	return object;
}

static struct json primary_key_of(struct arena *arena, const struct drizzle_key *key)
{
	struct json object = json_new(JS_OBJECT);
	put_text(arena, &object, "name", key->name);
	put_names(arena, &object, "columns", &key->columns);
	return object;
}

static struct json policy_of(struct arena *arena, const struct drizzle_policy *policy)
{
	struct json object = json_new(JS_OBJECT);
	put_text(arena, &object, "name", policy->name);
	put_text(arena, &object, "as", policy->as);
	put_text(arena, &object, "for", policy->command);
	put_names(arena, &object, "to", &policy->to);
	put_known(arena, &object, "using", policy->use.kit);
	put_known(arena, &object, "withCheck", policy->with_check.kit);
	return object;
}

static struct json check_of(struct arena *arena, const struct drizzle_check *check)
{
	struct json object = json_new(JS_OBJECT);
	put_text(arena, &object, "name", check->name);
	put_text(arena, &object, "value", check->value.kit);
	return object;
}

static struct json table_of(struct arena *arena, const struct drizzle_table *table)
{
	struct json object = json_new(JS_OBJECT), indexes = json_new(JS_OBJECT), foreign_keys = json_new(JS_OBJECT),
		    primary_keys = json_new(JS_OBJECT), uniques = json_new(JS_OBJECT), policies = json_new(JS_OBJECT),
		    checks = json_new(JS_OBJECT);
	for (size_t i = 0; i < table->indexes.len; i++)
		put_named(arena, &indexes, table->indexes.ptr[i].name, index_of(arena, &table->indexes.ptr[i]));
	for (size_t i = 0; i < table->foreign_keys.len; i++)
		put_named(arena, &foreign_keys, table->foreign_keys.ptr[i].name,
			  foreign_key_of(arena, table, &table->foreign_keys.ptr[i]));
	for (size_t i = 0; i < table->primary_keys.len; i++)
		put_named(arena, &primary_keys, table->primary_keys.ptr[i].name,
			  primary_key_of(arena, &table->primary_keys.ptr[i]));
	for (size_t i = 0; i < table->uniques.len; i++)
		put_named(arena, &uniques, table->uniques.ptr[i].name, unique_of(arena, &table->uniques.ptr[i]));
	for (size_t i = 0; i < table->policies.len; i++)
		put_named(arena, &policies, table->policies.ptr[i].name, policy_of(arena, &table->policies.ptr[i]));
	for (size_t i = 0; i < table->checks.len; i++)
		put_named(arena, &checks, table->checks.ptr[i].name, check_of(arena, &table->checks.ptr[i]));
	put_text(arena, &object, "name", table->name);
	put_text(arena, &object, "schema", table->schema ? table->schema : "");
	json_put(arena, &object, "columns", columns_of(arena, table->columns.ptr, table->columns.len));
	json_put(arena, &object, "indexes", indexes);
	json_put(arena, &object, "foreignKeys", foreign_keys);
	json_put(arena, &object, "compositePrimaryKeys", primary_keys);
	json_put(arena, &object, "uniqueConstraints", uniques);
	json_put(arena, &object, "policies", policies);
	json_put(arena, &object, "checkConstraints", checks);
	put_bool(arena, &object, "isRLSEnabled", table->rls);
	return object;
}

/* ---- the rest ---- */

static struct json enum_of(struct arena *arena, const struct drizzle_enum *type)
{
	struct json object = json_new(JS_OBJECT);
	put_text(arena, &object, "name", type->name);
	put_text(arena, &object, "schema", type->schema ? type->schema : "public");
	put_names(arena, &object, "values", &type->values);
	return object;
}

static struct json role_of(struct arena *arena, const struct drizzle_role *role)
{
	struct json object = json_new(JS_OBJECT);
	put_text(arena, &object, "name", role->name);
	put_bool(arena, &object, "createDb", role->create_db);
	put_bool(arena, &object, "createRole", role->create_role);
	put_bool(arena, &object, "inherit", role->inherit);
	return object;
}

static struct json linked_policy_of(struct arena *arena, const struct drizzle_policy *policy)
{
	struct json object = policy_of(arena, policy);
	const char *schema = policy->schema ? policy->schema : "public";
	put_text(arena, &object, "schema", schema);
	put_text(arena, &object, "on", arena_printf(arena, "\"%s\".\"%s\"", schema, policy->table));
	return object;
}

static struct json view_of(struct arena *arena, const struct drizzle_view *view)
{
	struct json object = json_new(JS_OBJECT);
	json_put(arena, &object, "columns", columns_of(arena, view->columns.ptr, view->columns.len));
	put_known(arena, &object, "definition", view->existing ? NULL : view->definition);
	put_text(arena, &object, "name", view->name);
	put_text(arena, &object, "schema", view->schema ? view->schema : "public");
	put_bool(arena, &object, "isExisting", view->existing);
	if (view->with.len)
		json_put(arena, &object, "with", options_of(arena, &view->with));
	if (view->with_no_data)
		put_bool(arena, &object, "withNoData", true);
	put_bool(arena, &object, "materialized", view->materialized);
	put_known(arena, &object, "tablespace", view->tablespace);
	put_known(arena, &object, "using", view->method);
	return object;
}

static struct json empty_meta(struct arena *arena)
{
	struct json meta = json_new(JS_OBJECT);
	json_put(arena, &meta, "columns", json_new(JS_OBJECT));
	json_put(arena, &meta, "schemas", json_new(JS_OBJECT));
	json_put(arena, &meta, "tables", json_new(JS_OBJECT));
	return meta;
}

struct json snapshot_tables(struct arena *arena, const struct drizzle_model *model, const char *id,
			    const char *previous)
{
	struct json object = json_new(JS_OBJECT), tables = json_new(JS_OBJECT), enums = json_new(JS_OBJECT),
		    schemas = json_new(JS_OBJECT), sequences = json_new(JS_OBJECT), roles = json_new(JS_OBJECT),
		    policies = json_new(JS_OBJECT), views = json_new(JS_OBJECT);
	for (size_t i = 0; i < model->tables.len; i++)
		put_named(arena, &tables, qualified(arena, model->tables.ptr[i].schema, model->tables.ptr[i].name),
			  table_of(arena, &model->tables.ptr[i]));
	for (size_t i = 0; i < model->enums.len; i++)
		put_named(arena, &enums, qualified(arena, model->enums.ptr[i].schema, model->enums.ptr[i].name),
			  enum_of(arena, &model->enums.ptr[i]));
	for (size_t i = 0; i < model->schemas.len; i++)
		put_named(arena, &schemas, model->schemas.ptr[i], json_of_text(model->schemas.ptr[i]));
	for (size_t i = 0; i < model->sequences.len; i++) {
		struct json sequence = json_new(JS_OBJECT);
		put_numbers(arena, &sequence, &model->sequences.ptr[i]);
		put_named(arena, &sequences,
			  qualified(arena, model->sequences.ptr[i].schema, model->sequences.ptr[i].name), sequence);
	}
	for (size_t i = 0; i < model->roles.len; i++)
		put_named(arena, &roles, model->roles.ptr[i].name, role_of(arena, &model->roles.ptr[i]));
	for (size_t i = 0; i < model->policies.len; i++)
		put_named(arena, &policies, model->policies.ptr[i].name,
			  linked_policy_of(arena, &model->policies.ptr[i]));
	for (size_t i = 0; i < model->views.len; i++)
		put_named(arena, &views, qualified(arena, model->views.ptr[i].schema, model->views.ptr[i].name),
			  view_of(arena, &model->views.ptr[i]));
	put_text(arena, &object, "id", id);
	put_text(arena, &object, "prevId", previous);
	put_text(arena, &object, "version", "7");
	put_text(arena, &object, "dialect", "postgresql");
	json_put(arena, &object, "tables", tables);
	json_put(arena, &object, "enums", enums);
	json_put(arena, &object, "schemas", schemas);
	json_put(arena, &object, "sequences", sequences);
	json_put(arena, &object, "roles", roles);
	json_put(arena, &object, "policies", policies);
	json_put(arena, &object, "views", views);
	json_put(arena, &object, "_meta", empty_meta(arena));
	return object;
}
