#include "format/drizzle/snapshot_read.h"

#include <stdarg.h>

#include "base/file.h"
#include "format/drizzle/chain.h"
#include "format/drizzle/drizzle.h"
#include "format/drizzle/snapshot.h"

/* ---- what both lines share ---- */

bool snapshot_invalid(const char *path, const struct json *at, struct err *err, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(err->arena, fmt, args);
	va_end(args);
	err_set(err, ERR_FAILED, "snapshot-invalid", "%s", message);
	return err_at(err, path, at->line, at->column);
}

const char *snapshot_need(struct snapshot_reader *r, const struct json *object, const char *key)
{
	const char *text = json_get_text(object, key, NULL);
	if (!text && !r->failed) {
		r->failed = true;
		snapshot_invalid(r->path, object, r->err, "\"%s\" is missing here, or no string", key);
	}
	return text ? text : "";
}

static const char *text_of(const struct json *value, const char *otherwise)
{
	if (!value)
		return otherwise;
	if (value->kind == JS_BOOL)
		return value->truth ? "true" : "false";
	return value->kind == JS_STRING || value->kind == JS_NUMBER ? value->text.ptr : otherwise;
}

const char *snapshot_scalar(const struct json *object, const char *key, const char *otherwise)
{
	return text_of(json_get(object, key), otherwise);
}

void snapshot_names(struct snapshot_reader *r, const struct json *object, const char *key, struct drizzle_names *names)
{
	const struct json *list = json_get(object, key);
	bool many = list && (list->kind == JS_ARRAY || list->kind == JS_OBJECT);
	for (size_t i = 0; many && i < list->len; i++)
		vec_push(r->arena, names, text_of(&list->ptr[i], ""));
}

struct drizzle_sql snapshot_sql(const struct json *object, const char *key)
{
	const char *text = json_get_text(object, key, NULL);
	return (struct drizzle_sql){ text, text };
}

void snapshot_options(struct snapshot_reader *r, const struct json *object, struct drizzle_options *options)
{
	for (size_t i = 0; object && object->kind == JS_OBJECT && i < object->len; i++) {
		const struct json *value = &object->ptr[i];
		struct drizzle_option option = { str_dup(r->arena, value->key), text_of(value, NULL),
						 value->kind == JS_STRING };
		if (option.value)
			vec_push(r->arena, options, option);
	}
}

/* schema.ts does not export it: the snapshot has its name, and nothing of it. */
static void note_enum(struct snapshot_reader *r, const char *schema, const char *name)
{
	struct drizzle_enum unknown = { schema, name, { 0 } };
	for (size_t i = 0; i < r->model->enums.len; i++)
		if (strcmp(r->model->enums.ptr[i].name, name) == 0 &&
		    strcmp(r->model->enums.ptr[i].schema, schema) == 0)
			return;
	for (size_t i = 0; i < r->model->unknown_enums.len; i++)
		if (strcmp(r->model->unknown_enums.ptr[i].name, name) == 0 &&
		    strcmp(r->model->unknown_enums.ptr[i].schema, schema) == 0)
			return;
	vec_push(r->arena, &r->model->unknown_enums, unknown);
}

/* An enum of public is said without its schema, as in schema.ts. */
void snapshot_type(struct snapshot_reader *r, const struct json *at, const char *type, struct drizzle_column *column)
{
	const char *schema = json_get_text(at, "typeSchema", NULL);
	size_t end = strcspn(type, "[");
	column->type = type;
	column->type_schema = schema;
	if (!schema) {
		column->type_meant = drizzle_type_sql(r->arena, type);
		return;
	}
	const char *plain = arena_strndup(r->arena, type, end);
	const char *name = drizzle_enum_sql(r->arena, strcmp(schema, "public") == 0 ? NULL : schema, plain);
	note_enum(r, schema, plain);
	column->type_meant = arena_printf(r->arena, "%s%s", name, type + end);
}

void snapshot_default(const struct json *column, struct drizzle_column *ret_column)
{
	const struct json *value = json_get(column, "default");
	const char *text = text_of(value, NULL);
	if (!text)
		return;
	ret_column->has_default = value->kind == JS_NUMBER ? DEFAULT_NUMBER
		: value->kind == JS_BOOL                   ? DEFAULT_BOOLEAN
							   : DEFAULT_TEXT;
	ret_column->initial = (struct drizzle_sql){ text, text };
}

void snapshot_generated(const struct json *column, struct drizzle_column *ret_column)
{
	const struct json *generated = json_get_kind(column, "generated", JS_OBJECT);
	if (generated)
		ret_column->generated = snapshot_sql(generated, "as");
}

void snapshot_identity(const struct json *column, const char *table, const char *schema, struct arena *arena,
		       struct drizzle_column *ret_column)
{
	const struct json *identity = json_get_kind(column, "identity", JS_OBJECT);
	if (!identity)
		return;
	ret_column->has_identity = true;
	ret_column->identity_always = strcmp(json_get_text(identity, "type", ""), "always") == 0;
	ret_column->identity = (struct drizzle_sequence){
		.schema = schema ? schema : "public",
		.name = json_get_text(identity, "name", NULL),
		.increment = snapshot_scalar(identity, "increment", "1"),
		.min_value = snapshot_scalar(identity, "minValue", "1"),
		.max_value = snapshot_scalar(identity, "maxValue", "2147483647"),
		.start_with = snapshot_scalar(identity, "startWith", "1"),
		.cache = snapshot_scalar(identity, "cache", "1"),
		.cycle = json_get_true(identity, "cycle"),
	};
	if (!ret_column->identity.name)
		ret_column->identity.name = arena_printf(arena, "%s_%s_seq", table, ret_column->name);
}

struct drizzle_role snapshot_role(struct snapshot_reader *r, const struct json *object)
{
	const struct json *inherit = json_get_kind(object, "inherit", JS_BOOL);
	return (struct drizzle_role){ snapshot_need(r, object, "name"), json_get_true(object, "createDb"),
				      json_get_true(object, "createRole"), !inherit || inherit->truth };
}

/* ---- tables of the 0.x line ---- */

static void read_column(struct snapshot_reader *r, const struct json *object, struct drizzle_table *table)
{
	struct drizzle_column column = { .name = snapshot_need(r, object, "name"),
					 .primary_key = json_get_true(object, "primaryKey"),
					 .not_null = json_get_true(object, "notNull") };
	snapshot_type(r, object, snapshot_need(r, object, "type"), &column);
	snapshot_default(object, &column);
	snapshot_generated(object, &column);
	snapshot_identity(object, table->name, table->schema, r->arena, &column);
	drizzle_imply_extensions(r->arena, r->model, &column);
	vec_push(r->arena, &table->columns, column);
}

/* Up to version 6 a column of an index is its name. */
static struct drizzle_index_column index_column(struct snapshot_reader *r, const struct json *value)
{
	if (value->kind == JS_STRING)
		return (struct drizzle_index_column){
			.expression = value->text.ptr, .meant = value->text.ptr, .asc = true, .nulls = "last"
		};
	const struct json *asc = json_get_kind(value, "asc", JS_BOOL);
	const char *expression = snapshot_need(r, value, "expression");
	return (struct drizzle_index_column){
		.expression = expression,
		.meant = expression,
		.is_expression = json_get_true(value, "isExpression"),
		.asc = !asc || asc->truth,
		.nulls = json_get_text(value, "nulls", "last"),
		.opclass = json_get_text(value, "opclass", NULL),
	};
}

static void read_index(struct snapshot_reader *r, const struct json *object, struct drizzle_table *table)
{
	const struct json *columns = json_get_kind(object, "columns", JS_ARRAY);
	struct drizzle_index index = { .name = snapshot_need(r, object, "name"),
				       .unique = json_get_true(object, "isUnique"),
				       .concurrently = json_get_true(object, "concurrently"),
				       .where = snapshot_sql(object, "where"),
				       .method = json_get_text(object, "method", "btree") };
	for (size_t i = 0; columns && i < columns->len; i++) {
		struct drizzle_index_column column = index_column(r, &columns->ptr[i]);
		drizzle_imply_operators(r->arena, r->model, column.opclass);
		vec_push(r->arena, &index.columns, column);
	}
	snapshot_options(r, json_get(object, "with"), &index.with);
	vec_push(r->arena, &table->indexes, index);
}

static void read_foreign_key(struct snapshot_reader *r, const struct json *object, struct drizzle_table *table)
{
	const char *schema = json_get_text(object, "schemaTo", NULL);
	struct drizzle_foreign_key key = { .name = snapshot_need(r, object, "name"),
					   .table_to = snapshot_need(r, object, "tableTo"),
					   .schema_to = schema && *schema ? schema : NULL,
					   .on_delete = json_get_text(object, "onDelete", "no action"),
					   .on_update = json_get_text(object, "onUpdate", "no action") };
	snapshot_names(r, object, "columnsFrom", &key.columns);
	snapshot_names(r, object, "columnsTo", &key.columns_to);
	vec_push(r->arena, &table->foreign_keys, key);
}

static struct drizzle_key read_key(struct snapshot_reader *r, const struct json *object)
{
	struct drizzle_key key = { .name = snapshot_need(r, object, "name"),
				   .nulls_not_distinct = json_get_true(object, "nullsNotDistinct") };
	snapshot_names(r, object, "columns", &key.columns);
	return key;
}

static void read_primary_key(struct snapshot_reader *r, const struct json *object, struct drizzle_table *table)
{
	vec_push(r->arena, &table->primary_keys, read_key(r, object));
}

static void read_unique(struct snapshot_reader *r, const struct json *object, struct drizzle_table *table)
{
	vec_push(r->arena, &table->uniques, read_key(r, object));
}

static void read_check(struct snapshot_reader *r, const struct json *object, struct drizzle_table *table)
{
	const char *value = snapshot_need(r, object, "value");
	struct drizzle_check check = { snapshot_need(r, object, "name"), { value, value } };
	vec_push(r->arena, &table->checks, check);
}

static struct drizzle_policy policy_of(struct snapshot_reader *r, const struct json *object)
{
	struct drizzle_policy policy = { .name = snapshot_need(r, object, "name"),
					 .as = json_get_text(object, "as", "PERMISSIVE"),
					 .command = json_get_text(object, "for", "ALL"),
					 .use = snapshot_sql(object, "using"),
					 .with_check = snapshot_sql(object, "withCheck") };
	snapshot_names(r, object, "to", &policy.to);
	if (!policy.to.len)
		vec_push(r->arena, &policy.to, "public");
	return policy;
}

static void read_policy(struct snapshot_reader *r, const struct json *object, struct drizzle_table *table)
{
	vec_push(r->arena, &table->policies, policy_of(r, object));
}

static void read_parts(struct snapshot_reader *r, const struct json *object, const char *key,
		       struct drizzle_table *table,
		       void (*read)(struct snapshot_reader *, const struct json *, struct drizzle_table *))
{
	const struct json *parts = json_get_kind(object, key, JS_OBJECT);
	for (size_t i = 0; parts && i < parts->len && !r->failed; i++)
		read(r, &parts->ptr[i], table);
}

static const char *schema_of(struct snapshot_reader *r, const struct json *object)
{
	const char *schema = json_get_text(object, "schema", "");
	if (*schema && strcmp(schema, "public") != 0)
		drizzle_add_once(r->arena, &r->model->implied_schemas, schema);
	return *schema ? schema : NULL;
}

static void read_table(struct snapshot_reader *r, const struct json *object)
{
	struct drizzle_table table = { .name = snapshot_need(r, object, "name"),
				       .schema = schema_of(r, object),
				       .rls = json_get_true(object, "isRLSEnabled") };
	read_parts(r, object, "columns", &table, read_column);
	read_parts(r, object, "indexes", &table, read_index);
	read_parts(r, object, "foreignKeys", &table, read_foreign_key);
	read_parts(r, object, "compositePrimaryKeys", &table, read_primary_key);
	read_parts(r, object, "uniqueConstraints", &table, read_unique);
	read_parts(r, object, "policies", &table, read_policy);
	read_parts(r, object, "checkConstraints", &table, read_check);
	vec_push(r->arena, &r->model->tables, table);
}

/* ---- the rest of the 0.x line ---- */

static const char *schema_or_public(struct snapshot_reader *r, const struct json *object)
{
	const char *schema = schema_of(r, object);
	return schema ? schema : "public";
}

static void read_enum(struct snapshot_reader *r, const struct json *object)
{
	struct drizzle_enum type = { schema_or_public(r, object), snapshot_need(r, object, "name"), { 0 } };
	snapshot_names(r, object, "values", &type.values);
	vec_push(r->arena, &r->model->enums, type);
}

static void read_schema(struct snapshot_reader *r, const struct json *name)
{
	drizzle_add_once(r->arena, &r->model->schemas, text_of(name, str_dup(r->arena, name->key)));
}

static void read_sequence(struct snapshot_reader *r, const struct json *object)
{
	struct drizzle_sequence sequence = { .schema = schema_or_public(r, object),
					     .name = snapshot_need(r, object, "name"),
					     .increment = snapshot_scalar(object, "increment", "1"),
					     .min_value = snapshot_scalar(object, "minValue", "1"),
					     .max_value = snapshot_scalar(object, "maxValue", "9223372036854775807"),
					     .start_with = snapshot_scalar(object, "startWith", "1"),
					     .cache = snapshot_scalar(object, "cache", "1"),
					     .cycle = json_get_true(object, "cycle") };
	vec_push(r->arena, &r->model->sequences, sequence);
}

static void read_role(struct snapshot_reader *r, const struct json *object)
{
	vec_push(r->arena, &r->model->roles, snapshot_role(r, object));
}

/* "on" is "\"schema\".\"table\"". */
static void read_linked(struct snapshot_reader *r, const struct json *object)
{
	struct drizzle_policy policy = policy_of(r, object);
	struct str on = str_of(snapshot_need(r, object, "on"));
	ptrdiff_t dot = str_find(on, STR("\".\""));
	struct str table = dot >= 0 ? str_slice(on, (size_t)dot + 3, on.len) : on;
	while (table.len && table.ptr[table.len - 1] == '"')
		table.len--;
	policy.schema = json_get_text(object, "schema", "public");
	policy.table = str_dup(r->arena, table);
	vec_push(r->arena, &r->model->policies, policy);
}

static void read_view(struct snapshot_reader *r, const struct json *object)
{
	struct drizzle_view view = { .schema = schema_or_public(r, object),
				     .name = snapshot_need(r, object, "name"),
				     .materialized = json_get_true(object, "materialized"),
				     .existing = json_get_true(object, "isExisting"),
				     .with_no_data = json_get_true(object, "withNoData"),
				     .method = json_get_text(object, "using", NULL),
				     .tablespace = json_get_text(object, "tablespace", NULL) };
	if (!view.existing)
		view.definition = snapshot_need(r, object, "definition");
	snapshot_options(r, json_get(object, "with"), &view.with);
	vec_push(r->arena, &r->model->views, view);
}

static void read_all(struct snapshot_reader *r, const struct json *snapshot, const char *key,
		     void (*read)(struct snapshot_reader *, const struct json *))
{
	const struct json *members = json_get_kind(snapshot, key, JS_OBJECT);
	for (size_t i = 0; members && i < members->len && !r->failed; i++)
		read(r, &members->ptr[i]);
}

static void read_tables(struct snapshot_reader *r, const struct json *snapshot)
{
	r->model->line = DRIZZLE_0;
	read_all(r, snapshot, "schemas", read_schema);
	read_all(r, snapshot, "enums", read_enum);
	read_all(r, snapshot, "sequences", read_sequence);
	read_all(r, snapshot, "roles", read_role);
	read_all(r, snapshot, "tables", read_table);
	read_all(r, snapshot, "views", read_view);
	read_all(r, snapshot, "policies", read_linked);
}

/* ---- files ---- */

static bool check_dialect(const char *path, const struct json *snapshot, struct err *err)
{
	const char *dialect = json_get_text(snapshot, "dialect", "");
	const struct json *at = json_get(snapshot, "dialect");
	if (strcmp(dialect, "postgresql") == 0 || strcmp(dialect, "postgres") == 0 || strcmp(dialect, "pg") == 0)
		return true;
	if (!*dialect)
		return snapshot_invalid(path, at ? at : snapshot, err, "the snapshot does not say its \"dialect\"");
	err_set(err, ERR_USAGE, "dialect-unsupported", "the snapshot is for \"%s\", and brant is for PostgreSQL",
		dialect);
	return err_at(err, path, at->line, at->column);
}

/* Those beside it that came before; one that holds changes only stands on them. */
static bool chain_to(struct arena *arena, const char *path, struct chain *ret_chain, struct err *err)
{
	const char *folder = path_dir(arena, path), *parent = path_join(arena, folder, ".."), *own = path_base(folder);
	struct strs paths = { 0 };
	struct names names = { 0 };
	if (!dir_list(arena, parent, &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++)
		if (strcmp(names.ptr[i], own) < 0 && drizzle_folder_is_migration(arena, parent, names.ptr[i]))
			vec_push(arena, &paths,
				 str_of(path_join(arena, path_join(arena, parent, names.ptr[i]), "snapshot.json")));
	vec_push(arena, &paths, str_of(path));
	return chain_load(arena, &paths, ret_chain, err);
}

static bool rows_of(struct arena *arena, const char *path, const struct json *snapshot, struct json *ret_rows,
		    struct err *err)
{
	struct chain chain;
	const struct json *whole = json_get_kind(snapshot, "ddl", JS_ARRAY);
	if (whole) {
		*ret_rows = *whole;
		return true;
	}
	if (!chain_to(arena, path, &chain, err))
		return false;
	chain_keep(arena, &chain, json_get_text(snapshot, "id", ""));
	if (!chain_is_complete(&chain))
		return snapshot_invalid(
			path, snapshot, err,
			"this snapshot holds changes only, and those that it stands on are not beside it");
	*ret_rows = chain_rows(arena, &chain);
	return true;
}

bool snapshot_read(struct arena *arena, const char *path, const struct json *snapshot, struct drizzle_model *ret_model,
		   struct err *err)
{
	struct drizzle_model model = { .line = DRIZZLE_1 };
	struct snapshot_reader reader = { .arena = arena, .path = path, .model = &model, .err = err };
	struct json rows;
	if (snapshot->kind != JS_OBJECT)
		return snapshot_invalid(path, snapshot, err, "a snapshot is an object, and this is %s",
					json_kind_text(snapshot));
	if (!check_dialect(path, snapshot, err))
		return false;
	if (json_get_kind(snapshot, "tables", JS_OBJECT))
		read_tables(&reader, snapshot);
	else if (!json_get(snapshot, "ddl") && !json_get(snapshot, "deltas"))
		return snapshot_invalid(path, snapshot, err, "a snapshot has \"tables\", \"ddl\" or \"deltas\"");
	else if (!rows_of(arena, path, snapshot, &rows, err))
		return false;
	else
		snapshot_read_rows(&reader, &rows);
	drizzle_drop_said_schemas(&model);
	*ret_model = model;
	return !reader.failed;
}

bool snapshot_load(struct arena *arena, const char *path, struct drizzle_model *ret_model, struct err *err)
{
	struct json *snapshot = arena_alloc(arena, sizeof(*snapshot));
	return json_load(arena, JSON_PLAIN, path, snapshot, err) &&
		snapshot_read(arena, path, snapshot, ret_model, err);
}
