/*
 * snapshot_read_rows.c - versions 8 and 9: the rows of snapshot_rows.c, read back.
 */
#include "base/map.h"
#include "format/drizzle/snapshot_read.h"

struct rows_reader {
	struct snapshot_reader *r;
	struct map tables; /* "schema.name" -> index + 1 */
};

static const char *not_public(const char *schema)
{
	return strcmp(schema, "public") == 0 ? NULL : schema;
}

static const char *schema_of(struct rows_reader *rr, const struct json *row)
{
	const char *schema = json_get_text(row, "schema", "public");
	drizzle_add_once(rr->r->arena, &rr->r->model->implied_schemas, schema);
	return schema;
}

static struct str table_key(struct arena *arena, const char *schema, const char *name)
{
	return str_of(arena_printf(arena, "%s.%s", schema, name));
}

/* The table that a row is a part of.  A policy may be on one that is not in the schema; anything else must not. */
static struct drizzle_table *table_of(struct rows_reader *rr, const struct json *row)
{
	struct str key =
		table_key(rr->r->arena, json_get_text(row, "schema", "public"), snapshot_need(rr->r, row, "table"));
	size_t place = (size_t)(uintptr_t)map_get(&rr->tables, key);
	return place ? &rr->r->model->tables.ptr[place - 1] : NULL;
}

static char *lower(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);
	for (char *c = copy; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
	return copy;
}

/* ---- what is no part of a table ---- */

static void read_schema(struct rows_reader *rr, const struct json *row)
{
	drizzle_add_once(rr->r->arena, &rr->r->model->schemas, snapshot_need(rr->r, row, "name"));
}

static void read_enum(struct rows_reader *rr, const struct json *row)
{
	struct drizzle_enum type = { schema_of(rr, row), snapshot_need(rr->r, row, "name"), { 0 } };
	snapshot_names(rr->r, row, "values", &type.values);
	vec_push(rr->r->arena, &rr->r->model->enums, type);
}

static void read_sequence(struct rows_reader *rr, const struct json *row)
{
	struct drizzle_sequence sequence = { .schema = schema_of(rr, row),
					     .name = snapshot_need(rr->r, row, "name"),
					     .increment = snapshot_scalar(row, "incrementBy", "1"),
					     .min_value = snapshot_scalar(row, "minValue", "1"),
					     .max_value = snapshot_scalar(row, "maxValue", "9223372036854775807"),
					     .start_with = snapshot_scalar(row, "startWith", "1"),
					     .cache = snapshot_scalar(row, "cacheSize", "1"),
					     .cycle = json_get_true(row, "cycle") };
	vec_push(rr->r->arena, &rr->r->model->sequences, sequence);
}

static void read_role(struct rows_reader *rr, const struct json *row)
{
	vec_push(rr->r->arena, &rr->r->model->roles, snapshot_role(rr->r, row));
}

static void read_view(struct rows_reader *rr, const struct json *row)
{
	struct drizzle_view view = { .schema = schema_of(rr, row),
				     .name = snapshot_need(rr->r, row, "name"),
				     .definition = snapshot_need(rr->r, row, "definition"),
				     .materialized = json_get_true(row, "materialized"),
				     .with_no_data = json_get_true(row, "withNoData"),
				     .method = json_get_text(row, "using", NULL),
				     .tablespace = json_get_text(row, "tablespace", NULL) };
	snapshot_options(rr->r, json_get(row, "with"), &view.with);
	vec_push(rr->r->arena, &rr->r->model->views, view);
}

static void read_table(struct rows_reader *rr, const struct json *row)
{
	struct arena *arena = rr->r->arena;
	const char *schema = schema_of(rr, row), *name = snapshot_need(rr->r, row, "name");
	struct drizzle_table table = { .schema = not_public(schema),
				       .name = name,
				       .rls = json_get_true(row, "isRlsEnabled") };
	vec_push(arena, &rr->r->model->tables, table);
	map_set(arena, &rr->tables, table_key(arena, schema, name), (void *)(uintptr_t)rr->r->model->tables.len);
}

/* ---- parts of tables ---- */

static void read_column(struct rows_reader *rr, const struct json *row, struct drizzle_table *table)
{
	struct snapshot_reader *r = rr->r;
	struct drizzle_column column = { .name = snapshot_need(r, row, "name"),
					 .not_null = json_get_true(row, "notNull") };
	struct buf type = buf_init(r->arena);
	long long dimensions = 0;
	json_integer_of(json_get(row, "dimensions"), &dimensions);
	column.dimensions = dimensions > 0 && dimensions <= 6 ? (unsigned)dimensions : 0;
	buf_text(&type, snapshot_need(r, row, "type"));
	for (unsigned i = 0; i < column.dimensions; i++)
		buf_text(&type, "[]");
	snapshot_type(r, row, type.ptr, &column);
	snapshot_default(row, &column);
	snapshot_generated(row, &column);
	snapshot_identity(row, table->name, table->schema, r->arena, &column);
	drizzle_imply_extensions(r->arena, r->model, &column);
	vec_push(r->arena, &table->columns, column);
}

static struct drizzle_index_column index_column(struct snapshot_reader *r, const struct json *value)
{
	const char *expression = snapshot_need(r, value, "value");
	const struct json *opclass = json_get_kind(value, "opclass", JS_OBJECT);
	return (struct drizzle_index_column){
		.expression = expression,
		.meant = expression,
		.is_expression = json_get_true(value, "isExpression"),
		.asc = json_get_true(value, "asc"),
		.nulls = json_get_true(value, "nullsFirst") ? "first" : "last",
		.opclass = json_get_true(opclass, "default") ? NULL : json_get_text(opclass, "name", NULL),
	};
}

/* "fillfactor=70, deduplicate_items=off" */
static void read_with(struct snapshot_reader *r, const char *text, struct drizzle_options *options)
{
	struct str rest = str_of(text), one, name, value;
	for (bool more = rest.len > 0; more;) {
		more = str_cut(rest, ',', &one, &rest);
		if (!str_cut(one, '=', &name, &value))
			continue;
		struct drizzle_option option = { str_dup(r->arena, str_trim(name)), str_dup(r->arena, str_trim(value)),
						 false };
		vec_push(r->arena, options, option);
	}
}

static void read_index(struct rows_reader *rr, const struct json *row, struct drizzle_table *table)
{
	struct snapshot_reader *r = rr->r;
	const struct json *columns = json_get_kind(row, "columns", JS_ARRAY);
	struct drizzle_index index = { .name = snapshot_need(r, row, "name"),
				       .name_explicit = json_get_true(row, "nameExplicit"),
				       .unique = json_get_true(row, "isUnique"),
				       .concurrently = json_get_true(row, "concurrently"),
				       .where = snapshot_sql(row, "where"),
				       .method = json_get_text(row, "method", "btree") };
	for (size_t i = 0; columns && i < columns->len; i++) {
		struct drizzle_index_column column = index_column(r, &columns->ptr[i]);
		drizzle_imply_operators(r->arena, r->model, column.opclass);
		vec_push(r->arena, &index.columns, column);
	}
	read_with(r, json_get_text(row, "with", ""), &index.with);
	vec_push(r->arena, &table->indexes, index);
}

static void read_foreign_key(struct rows_reader *rr, const struct json *row, struct drizzle_table *table)
{
	struct snapshot_reader *r = rr->r;
	struct drizzle_foreign_key key = {
		.name = snapshot_need(r, row, "name"),
		.name_explicit = json_get_true(row, "nameExplicit"),
		.table_to = snapshot_need(r, row, "tableTo"),
		.schema_to = not_public(json_get_text(row, "schemaTo", "public")),
		.on_delete = lower(r->arena, json_get_text(row, "onDelete", "no action")),
		.on_update = lower(r->arena, json_get_text(row, "onUpdate", "no action")),
	};
	snapshot_names(r, row, "columns", &key.columns);
	snapshot_names(r, row, "columnsTo", &key.columns_to);
	vec_push(r->arena, &table->foreign_keys, key);
}

static struct drizzle_key key_of(struct rows_reader *rr, const struct json *row)
{
	struct drizzle_key key = { .name = snapshot_need(rr->r, row, "name"),
				   .name_explicit = json_get_true(row, "nameExplicit"),
				   .nulls_not_distinct = json_get_true(row, "nullsNotDistinct") };
	snapshot_names(rr->r, row, "columns", &key.columns);
	return key;
}

static void read_primary_key(struct rows_reader *rr, const struct json *row, struct drizzle_table *table)
{
	vec_push(rr->r->arena, &table->primary_keys, key_of(rr, row));
}

static void read_unique(struct rows_reader *rr, const struct json *row, struct drizzle_table *table)
{
	vec_push(rr->r->arena, &table->uniques, key_of(rr, row));
}

static void read_check(struct rows_reader *rr, const struct json *row, struct drizzle_table *table)
{
	const char *value = snapshot_need(rr->r, row, "value");
	struct drizzle_check check = { snapshot_need(rr->r, row, "name"), { value, value } };
	vec_push(rr->r->arena, &table->checks, check);
}

static void read_policy(struct rows_reader *rr, const struct json *row, struct drizzle_table *table)
{
	struct drizzle_policy policy = { .name = snapshot_need(rr->r, row, "name"),
					 .as = json_get_text(row, "as", "PERMISSIVE"),
					 .command = json_get_text(row, "for", "ALL"),
					 .use = snapshot_sql(row, "using"),
					 .with_check = snapshot_sql(row, "withCheck") };
	struct drizzle_policies *into = table ? &table->policies : &rr->r->model->policies;
	snapshot_names(rr->r, row, "roles", &policy.to);
	if (!policy.to.len)
		vec_push(rr->r->arena, &policy.to, "public");
	if (!table) {
		policy.schema = json_get_text(row, "schema", "public");
		policy.table = snapshot_need(rr->r, row, "table");
	}
	vec_push(rr->r->arena, into, policy);
}

/* ---- all rows ---- */

static bool is(const struct json *row, const char *kind)
{
	return strcmp(json_get_text(row, "entityType", ""), kind) == 0;
}

static void read_whole(struct rows_reader *rr, const struct json *row)
{
	static const struct {
		const char *kind;
		void (*read)(struct rows_reader *, const struct json *);
	} kinds[] = { { "schemas", read_schema }, { "enums", read_enum }, { "sequences", read_sequence },
		      { "roles", read_role },     { "views", read_view }, { "tables", read_table } };
	for (size_t i = 0; i < LEN(kinds); i++)
		if (is(row, kinds[i].kind))
			kinds[i].read(rr, row);
}

static void read_part(struct rows_reader *rr, const struct json *row)
{
	static const struct {
		const char *kind;
		void (*read)(struct rows_reader *, const struct json *, struct drizzle_table *);
	} kinds[] = { { "columns", read_column },  { "indexes", read_index },  { "fks", read_foreign_key },
		      { "pks", read_primary_key }, { "uniques", read_unique }, { "checks", read_check },
		      { "policies", read_policy } };
	for (size_t i = 0; i < LEN(kinds); i++) {
		if (!is(row, kinds[i].kind))
			continue;
		struct drizzle_table *table = table_of(rr, row);
		if (table || is(row, "policies"))
			kinds[i].read(rr, row, table);
		else if (!rr->r->failed)
			rr->r->failed =
				!snapshot_invalid(rr->r->path, row, rr->r->err,
						  "\"%s\" is part of a table \"%s\" that is not in the snapshot",
						  json_get_text(row, "name", ""), json_get_text(row, "table", ""));
	}
}

void snapshot_read_rows(struct snapshot_reader *r, const struct json *rows)
{
	struct rows_reader rr = { .r = r };
	for (size_t i = 0; i < rows->len && !r->failed; i++)
		read_whole(&rr, &rows->ptr[i]);
	for (size_t i = 0; i < rows->len && !r->failed; i++)
		read_part(&rr, &rows->ptr[i]);
}
