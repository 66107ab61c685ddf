/*
 * scope.c - what schema.ts can describe.
 *
 * Tables with their columns, defaults, keys, checks, foreign keys, indexes and policies, enums, sequences, views, schemas.  What else a history makes stays:
 * triggers, functions, grants, comments, domains, extensions, partitions, exclusion constraints, roles' rights; and of what it describes, what it has no
 * words for: storage, statistics, collations, the owner.
 */
#include "format/drizzle/wanted.h"
#include "schema/kind.h"

static bool is_plain_table(const struct object *table)
{
	return table && table->kind == KIND_TABLE && !object_get(table, "partition_of") &&
		!object_get(table, "inherits");
}

bool drizzle_constraint_is(const struct object *constraint, const char *types)
{
	const char *value = object_get(constraint, "_type");
	return value && value[0] && strchr(types, value[0]);
}

static struct str key_of(const struct drizzle_wanted *wanted, const struct object *object)
{
	const struct object *table = object->parent;
	if (object->kind == KIND_SCHEMA)
		return str_of(drizzle_known_key(wanted->arena, object->name, NULL, STR("")));
	return str_of(drizzle_known_key(wanted->arena, table ? table->schema : object->schema,
					table ? table->name : NULL, str_of(object->name)));
}

/* Was it ever drizzle-kit's?  A part is known by its table and its name. */
bool drizzle_is_known(const struct drizzle_wanted *wanted, const struct object *object)
{
	return !wanted->known.sure || map_get(&wanted->known.names, key_of(wanted, object));
}

/* Does schema.ts speak of it? */
static bool is_said(const struct drizzle_wanted *wanted, const struct object *object)
{
	return map_get(&wanted->now, key_of(wanted, object)) != NULL;
}

static bool is_done(const struct drizzle_wanted *wanted, struct str key)
{
	const char *then = map_get(&wanted->known.names, key), *now = map_get(&wanted->now, key);
	return wanted->known.sure && then && now && strcmp(then, now) == 0;
}

bool drizzle_is_done(const struct drizzle_wanted *wanted, const struct object *object)
{
	return is_done(wanted, key_of(wanted, object));
}

/* Since 1.0 a name that nobody gave does not count: where a column is renamed, its keys and indexes keep the old one. */
bool drizzle_is_same_but_named(const struct drizzle_wanted *wanted, const struct object *old,
			       const struct object *object)
{
	static const char implied[] = "\"nameExplicit\":false";
	const char *then = map_get(&wanted->known.names, key_of(wanted, old)),
		   *now = map_get(&wanted->now, key_of(wanted, object));
	return wanted->known.sure && then && now && strstr(then, implied) && strstr(now, implied);
}

static bool has_name(const struct drizzle_names *names, const char *name)
{
	for (size_t i = 0; i < names->len; i++)
		if (strcmp(names->ptr[i], name) == 0)
			return true;
	return false;
}

static bool same_names(const struct drizzle_names *a, const struct drizzle_names *b)
{
	for (size_t i = 0; i < a->len; i++)
		if (!has_name(b, a->ptr[i]))
			return false;
	return a->len == b->len;
}

static bool is_one_of(const struct drizzle_keys *keys, const struct drizzle_names *columns)
{
	for (size_t i = 0; i < keys->len; i++)
		if (same_names(&keys->ptr[i].columns, columns))
			return true;
	return false;
}

static bool is_unique_index(const struct drizzle_index *index, const struct drizzle_names *columns)
{
	for (size_t i = 0; i < index->columns.len; i++)
		if (index->columns.ptr[i].is_expression || !has_name(columns, index->columns.ptr[i].expression))
			return false;
	return index->unique && !index->where.kit && index->columns.len == columns->len;
}

/* Does schema.ts make these columns of the table unique, so that a foreign key can point at them? */
static bool is_key(const struct drizzle_table *table, const struct drizzle_names *columns)
{
	for (size_t i = 0; i < table->columns.len && columns->len == 1; i++)
		if (table->columns.ptr[i].primary_key && strcmp(table->columns.ptr[i].name, columns->ptr[0]) == 0)
			return true;
	for (size_t i = 0; i < table->indexes.len; i++)
		if (is_unique_index(&table->indexes.ptr[i], columns))
			return true;
	return is_one_of(&table->primary_keys, columns) || is_one_of(&table->uniques, columns);
}

static bool points_at_key(const struct drizzle_model *model, const struct drizzle_foreign_key *key)
{
	for (size_t i = 0; i < model->tables.len; i++) {
		const struct drizzle_table *table = &model->tables.ptr[i];
		if (strcmp(table->name, key->table_to) == 0 &&
		    strcmp(table->schema ? table->schema : "public", key->schema_to) == 0)
			return is_key(table, &key->columns_to);
	}
	return false;
}

void drizzle_mark_done(struct drizzle_wanted *wanted)
{
	for (size_t i = 0; i < wanted->model.tables.len; i++) {
		struct drizzle_table *table = &wanted->model.tables.ptr[i];
		for (size_t j = 0; j < table->foreign_keys.len; j++) {
			struct drizzle_foreign_key *key = &table->foreign_keys.ptr[j];
			key->certain = points_at_key(&wanted->model, key);
			key->done = is_done(wanted,
					    str_of(drizzle_known_key(wanted->arena, table->schema, table->name,
								     str_of(key->name))));
		}
	}
}

/* What a migration made by hand is drizzle-kit's from then on that schema.ts has it. */
static bool is_described(const struct drizzle_wanted *wanted, const struct object *object)
{
	return drizzle_is_known(wanted, object) || is_said(wanted, object);
}

/* A snapshot says that there is such an enum, and nothing of it. */
static bool is_unknown_enum(const struct drizzle_wanted *wanted, const struct object *object)
{
	for (size_t i = 0; i < wanted->model.unknown_enums.len; i++)
		if (strcmp(wanted->model.unknown_enums.ptr[i].name, object->name) == 0 &&
		    strcmp(wanted->model.unknown_enums.ptr[i].schema, object->schema) == 0)
			return true;
	return false;
}

static bool describes(const struct scope *scope, const struct object *object)
{
	const struct drizzle_wanted *wanted = scope->extra;
	switch ((int)object->kind) {
	case KIND_TABLE:
		return is_plain_table(object) && is_described(wanted, object);
	case KIND_DEFAULT:
	case KIND_COLUMN:
	case KIND_INDEX:
	case KIND_FOREIGN_KEY:
		return is_plain_table(object->parent) && is_described(wanted, object);
	case KIND_CONSTRAINT:
		/* The key of a single column has no name in a snapshot. */
		return is_plain_table(object->parent) && drizzle_constraint_is(object, "puc") &&
			(drizzle_constraint_is(object, "p") || is_described(wanted, object));
	case KIND_SEQUENCE:
		return sequence_is_owned(object) || is_described(wanted, object);
	case KIND_ENUM:
		return !is_unknown_enum(wanted, object) && is_described(wanted, object);
	case KIND_POLICY:
	case KIND_VIEW:
	case KIND_MATERIALIZED_VIEW:
		return is_described(wanted, object);
	case KIND_OWNED_BY:
	case KIND_VIEW_COLUMN:
		return true;
	case KIND_SCHEMA:
		return strcmp(object->name, wanted->ledger_schema) != 0 && is_described(wanted, object);
	default:
		return false;
	}
}

static bool is_any(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static bool describes_attribute(const struct scope *scope, const struct object *object, const char *name)
{
	static const char *const of_columns[] = {
		"type", "not_null", "generated", "identity", "identity_options", NULL
	};
	static const char *const of_views[] = { "definition", "columns", "options", "access_method", NULL };
	static const char *const of_policies[] = { "restrictive", "command", "roles", "using", "check", NULL };
	(void)scope;
	switch ((int)object->kind) {
	case KIND_TABLE:
		return strcmp(name, "row_security") == 0;
	case KIND_COLUMN:
		return is_any(name, of_columns);
	case KIND_DEFAULT:
		return strcmp(name, "expression") == 0;
	case KIND_ENUM:
		return strcmp(name, "labels") == 0;
	case KIND_SEQUENCE:
		return strcmp(name, "options") == 0;
	case KIND_OWNED_BY:
		return strcmp(name, "owned_by") == 0;
	case KIND_CONSTRAINT:
	case KIND_INDEX:
	case KIND_FOREIGN_KEY:
		return strcmp(name, "definition") == 0;
	case KIND_VIEW:
	case KIND_MATERIALIZED_VIEW:
		return is_any(name, of_views);
	case KIND_POLICY:
		return is_any(name, of_policies);
	default:
		return false;
	}
}

const struct scope drizzle_scope = {
	.object = describes, .attribute = describes_attribute, .settle = drizzle_settle, .server = drizzle_roles
};
