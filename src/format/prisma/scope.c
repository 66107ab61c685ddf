/*
 * scope.c - what schema.prisma can describe, and what means the same to Prisma although the catalog has it differently.
 *
 * Tables with their columns, defaults and keys, indexes, foreign keys and enums, in the schemas that it names.  All else that a history makes
 * stays: policies, triggers, functions, checks, partial indexes and those of expressions, views, grants, comments, extensions, domains, partitions.
 *
 *     there                                          wanted                          is the same, since
 *     UNIQUE constraint                              unique index of its name        Prisma sees its index
 *     identity, or another sequence's nextval()      SERIAL                          both are autoincrement()
 *     now(), CURRENT_TIMESTAMP                       each other                      both are now()
 *     timestamp, time                                timestamp(6), time(6)          6 is what they have without a number
 *     a domain                                       the type that it is of         Prisma sees that
 *     vector(3)                                      Unsupported("vector")          Prisma does not compare these
 *     0.00, 'a'::bpchar, '{a}'::text[]               0, 'a'::text, ARRAY['a'::text]  Prisma compares values
 *     any default                                    dbgenerated() without a text    that says so
 *     a generated column                             a default                       Prisma has no other word for it
 *     enum values in another order                                                   Prisma compares sets
 *     NOT NULL on an array                                                           a list is neither
 *     INCLUDE, DEFERRABLE, NULLS NOT DISTINCT, ...                                   Prisma does not see them
 */
#include "format/prisma/wanted.h"
#include "schema/kind.h"
#include "sql/quote.h"

/* ---- what can be described ---- */

static bool in_its_schemas(const struct prisma_wanted *wanted, const char *schema)
{
	const struct psl_datasource *datasource = &wanted->psl->datasource;
	if (!datasource->says_schemas)
		return schema && strcmp(schema, wanted->home) == 0;
	for (size_t i = 0; i < datasource->schemas.len; i++)
		if (schema && str_eq(datasource->schemas.ptr[i], str_of(schema)))
			return true;
	return false;
}

static bool has(const struct object *object, const char *attribute, const char *text)
{
	const char *value = object_get(object, attribute);
	return value && strstr(value, text);
}

static bool is_type(const struct object *constraint, char type)
{
	const char *value = object_get(constraint, "_type");
	return value && value[0] == type;
}

static bool index_is_seen(const struct prisma_wanted *wanted, const struct object *index)
{
	return prisma_can_say_index(object_get(index, "definition")) &&
		(wanted->partial_indexes || !has(index, "definition", " WHERE "));
}

/* Prisma refuses to look at a key that leads out of its schemas; auth.users is the usual one. */
static bool leads_elsewhere(const struct prisma_wanted *wanted, const struct object *key)
{
	const char *definition = object_get(key, "definition");
	const char *to = definition ? strstr(definition, " REFERENCES ") : NULL;
	struct str schema, table, name, rest;
	if (!to)
		return false;
	str_cut(str_of(to + strlen(" REFERENCES ")), '(', &name, &rest);
	return sql_parse_name(wanted->psl->arena, str_trim(name), &schema, &table) && schema.ptr &&
		!in_its_schemas(wanted, str_dup(wanted->psl->arena, schema));
}

static bool table_is_seen(const struct object *table)
{
	return table && table->kind == KIND_TABLE && !object_get(table, "partition_of") &&
		!object_get(table, "inherits");
}

/* Where the extension is there its tables are not looked at; where they were made by hand, Prisma does not see them either. */
static bool is_of_postgis(const struct object *object)
{
	while (object->parent)
		object = object->parent;
	return object->kind == KIND_TABLE && psl_is_of_postgis(str_of(object->name));
}

bool prisma_describes(const struct scope *scope, const struct object *object)
{
	const struct prisma_wanted *wanted = scope->extra;
	if (!in_its_schemas(wanted, object->schema) || prisma_is_external(wanted->project, object) ||
	    is_of_postgis(object))
		return false;
	switch ((int)object->kind) {
	case KIND_TABLE:
		return table_is_seen(object);
	case KIND_COLUMN:
	case KIND_DEFAULT:
		return table_is_seen(object->parent);
	case KIND_ENUM:
		return true;
	case KIND_SEQUENCE:
		return sequence_is_owned(object);
	case KIND_OWNED_BY:
		return true;
	case KIND_CONSTRAINT:
		return is_type(object, 'p') || is_type(object, 'u');
	case KIND_INDEX:
		return table_is_seen(object->parent) && index_is_seen(wanted, object);
	case KIND_FOREIGN_KEY:
		return !leads_elsewhere(wanted, object);
	default:
		return false;
	}
}

bool prisma_describes_attribute(const struct scope *scope, const struct object *object, const char *name)
{
	(void)scope;
	switch ((int)object->kind) {
	case KIND_COLUMN:
		return strcmp(name, "type") == 0 || (strcmp(name, "not_null") == 0 && !has(object, "type", "[]"));
	case KIND_DEFAULT:
		return strcmp(name, "expression") == 0;
	case KIND_ENUM:
		return strcmp(name, "labels") == 0;
	case KIND_SEQUENCE:
		return strcmp(name, "options") == 0; /* but see settle_sequence() */
	case KIND_CONSTRAINT:
	case KIND_INDEX:
	case KIND_FOREIGN_KEY:
		return strcmp(name, "definition") == 0;
	default:
		return false;
	}
}

/* ---- what means the same ---- */

static void take_old(struct graft *graft, const struct object *wanted, const struct object *old)
{
	graft_drop(graft, wanted);
	graft_keep(graft, old);
}

static const struct object *column_of(const struct schema *schema, const struct object *part)
{
	const struct object *table = part->parent ? schema_find(schema, part->parent->id) : NULL;
	for (size_t i = 0; table && i < table->children.len; i++)
		if (table->children.ptr[i]->kind == KIND_COLUMN &&
		    strcmp(table->children.ptr[i]->ident, part->ident) == 0)
			return table->children.ptr[i];
	return NULL;
}

static struct str key_of(struct arena *arena, const struct object *part)
{
	return prisma_column_key(arena, str_of(part->schema), str_of(part->parent ? part->parent->name : ""),
				 str_of(part->name));
}

static bool is_nextval(const char *expression)
{
	return expression && strncmp(expression, "nextval(", 8) == 0;
}

static bool is_now(const char *expression)
{
	return strcmp(expression, "now()") == 0 || strcmp(expression, "CURRENT_TIMESTAMP") == 0;
}

static const struct object *sequence_of(const struct object *value)
{
	for (size_t i = 0; i < value->needs.len; i++)
		if (value->needs.ptr[i]->kind == KIND_SEQUENCE)
			return value->needs.ptr[i];
	return NULL;
}

static void drop_sequence(struct graft *graft, const struct object *value)
{
	const struct object *sequence = sequence_of(value);
	if (sequence)
		graft_drop(graft, sequence);
}

static void keep_sequence(struct graft *graft, const struct object *value)
{
	const struct object *sequence = sequence_of(value);
	if (!sequence)
		return;
	graft_keep(graft, sequence);
	for (size_t i = 0; i < sequence->children.len; i++)
		graft_keep(graft, sequence->children.ptr[i]);
}

/* Of a column that is retyped the default is another one, whatever it says. */
static bool is_same_value(const struct graft *graft, const struct object *wanted, const struct object *column,
			  const char *there, const char *expression)
{
	const struct object *new = column_of(graft->to, wanted);
	const char *was = column ? object_get(column, "type") : NULL, *is = new ? object_get(new, "type") : NULL;
	return was && is && strcmp(was, is) == 0 &&
		(prisma_same_default(graft->arena, is, there, expression) ||
		 prisma_same_list(graft->arena, is, there, expression));
}

/* A wanted default, and the column as it is. */
static void settle_default(struct graft *graft, const struct object *wanted)
{
	const char *expression = object_get(wanted, "expression");
	const struct object *column = column_of(graft->from, wanted), *old = schema_find(graft->from, wanted->id);
	const char *there = old ? object_get(old, "expression") : NULL;
	if (column && (object_get(column, "generated") || (object_get(column, "identity") && is_nextval(expression)))) {
		graft_drop(graft, wanted);
		drop_sequence(graft, wanted);
	} else if (is_nextval(there) && is_nextval(expression) && strcmp(there, expression) != 0) {
		take_old(graft, wanted, old);
		drop_sequence(graft, wanted);
		keep_sequence(graft, old);
	} else if (there &&
		   ((is_now(there) && is_now(expression)) || is_same_value(graft, wanted, column, there, expression))) {
		take_old(graft, wanted, old);
	}
}

/* A default that is there where dbgenerated() does not say which is right. */
static void settle_unwritten(const struct prisma_wanted *wanted, struct graft *graft, const struct object *old)
{
	if (!map_get(&wanted->unwritten, key_of(graft->arena, old)))
		return;
	graft_keep(graft, old);
	keep_sequence(graft, old);
}

bool prisma_same_index(const struct prisma_wanted *wanted, const struct object *old, const struct object *index)
{
	const char *there = object_get(old, "definition"), *definition = object_get(index, "definition");
	if (old->kind == KIND_CONSTRAINT)
		return is_type(old, 'u') && prisma_keeps_unique(there, definition);
	return old->kind == KIND_INDEX && index_is_seen(wanted, old) && prisma_same_columns(there, definition);
}

static void settle_index(const struct prisma_wanted *wanted, struct graft *graft, const struct object *index)
{
	const struct object *old = schema_find(graft->from, index->id);
	const struct object *table = index->parent ? schema_find(graft->from, index->parent->id) : NULL;
	if (old && (!index_is_seen(wanted, old) || prisma_same_index(wanted, old, index)))
		take_old(graft, index, old);
	/* Others of the same shape Prisma takes for it, and lets them be. */
	for (size_t i = 0; table && i < table->children.len; i++) {
		const struct object *other = table->children.ptr[i];
		if (other == old || schema_find(graft->to, other->id) || !prisma_same_index(wanted, other, index))
			continue;
		graft_keep(graft, other);
		if (!old && strcmp(other->name, index->name) == 0)
			graft_drop(graft, index);
	}
}

/* Primary and foreign keys. */
static bool is_same_key(const struct graft *graft, const struct object *old, const struct object *key)
{
	return old->kind == key->kind &&
		prisma_same_key(graft->arena, object_get(old, "definition"), object_get(key, "definition"));
}

static void settle_key(struct graft *graft, const struct object *key)
{
	const struct object *old = schema_find(graft->from, key->id);
	const struct object *table = key->parent ? schema_find(graft->from, key->parent->id) : NULL;
	const char *there = old ? object_get(old, "definition") : NULL;
	if (there && strcmp(there, object_get(key, "definition")) != 0 && is_same_key(graft, old, key))
		take_old(graft, key, old);
	/* Of two that say the same Prisma sees one. */
	for (size_t i = 0; old && table && key->kind == KIND_FOREIGN_KEY && i < table->children.len; i++) {
		const struct object *other = table->children.ptr[i];
		if (other != old && !schema_find(graft->to, other->id) && is_same_key(graft, other, key))
			graft_keep(graft, other);
	}
}

/* ---- enums ---- */

/* The labels as a list of literals: 'a', 'it''s'. */
static struct strs labels_of(struct arena *arena, const struct object *type)
{
	struct strs labels = { 0 };
	const char *text = object_get(type, "labels");
	for (const char *p = text ? text : ""; *p;) {
		const char *end = p + 1;
		while (*end && !(*end == '\'' && end[1] != '\'')) /* a doubled quote is part of it */
			end += *end == '\'' ? 2 : 1;
		vec_push(arena, &labels, (struct str){ p, (size_t)(end - p) + (*end == '\'') });
		p = *end ? end + 1 : end;
		while (*p == ',' || *p == ' ')
			p++;
	}
	return labels;
}

static bool is_label(const struct strs *labels, struct str label)
{
	for (size_t i = 0; i < labels->len; i++)
		if (str_eq(labels->ptr[i], label))
			return true;
	return false;
}

/* The order that is there, and new ones at the end: as ALTER TYPE ... ADD VALUE makes it.  Where a value goes, the type is made anew as it is written. */
static void settle_enum(struct graft *graft, struct object *type)
{
	struct arena *arena = graft->arena;
	const struct object *old = schema_find(graft->from, type->id);
	struct buf buf = buf_init(arena);
	if (!old)
		return;
	struct strs there = labels_of(arena, old), wanted = labels_of(arena, type);
	for (size_t i = 0; i < there.len; i++) {
		if (!is_label(&wanted, there.ptr[i]))
			return;
		buf_printf(&buf, "%s" STR_FMT, buf.len ? ", " : "", STR_ARG(there.ptr[i]));
	}
	for (size_t i = 0; i < wanted.len; i++)
		if (!is_label(&there, wanted.ptr[i]))
			buf_printf(&buf, "%s" STR_FMT, buf.len ? ", " : "", STR_ARG(wanted.ptr[i]));
	for (size_t i = 0; i < type->attributes->len; i++)
		if (strcmp(type->attributes->names[i], "labels") == 0)
			type->values[i] = buf.ptr;
}

/* ---- types ---- */

static void set(struct object *object, const char *name, const char *value)
{
	for (size_t i = 0; i < object->attributes->len; i++)
		if (strcmp(object->attributes->names[i], name) == 0)
			object->values[i] = value;
}

/* "timestamp(6) with time zone" without the first parentheses and what is in them. */
static const char *without_modifier(struct arena *arena, const char *type)
{
	const char *from = strchr(type, '('), *to = from ? strchr(from, ')') : NULL;
	return to ? arena_printf(arena, "%.*s%s", (int)(from - type), type, to + 1) : type;
}

static bool is_of_six(const char *type)
{
	return (strncmp(type, "timestamp", 9) == 0 || strncmp(type, "time", 4) == 0) &&
		(!strchr(type, '(') || strstr(type, "(6)"));
}

/* What the domain is of; NULL: it is none. */
static const char *type_of_domain(const struct schema *schema, const char *type)
{
	for (size_t i = 0; i < schema->objects.len; i++)
		if (schema->objects.ptr[i]->kind == KIND_DOMAIN && strcmp(schema->objects.ptr[i]->ident, type) == 0)
			return object_get(schema->objects.ptr[i], "type");
	return NULL;
}

static bool is_same_type(const struct prisma_wanted *wanted, struct graft *graft, const struct object *column,
			 const char *there, const char *type)
{
	struct arena *arena = graft->arena;
	const char *domain = type_of_domain(graft->from, there);
	bool alike = strcmp(without_modifier(arena, there), without_modifier(arena, type)) == 0;
	if (domain && strcmp(domain, type) == 0)
		return true;
	return alike &&
		((is_of_six(there) && is_of_six(type)) ||
		 (map_get(&wanted->unsupported, key_of(arena, column)) && !strchr(type, '(')));
}

static void settle_column(const struct prisma_wanted *wanted, struct graft *graft, struct object *column)
{
	const struct object *old = schema_find(graft->from, column->id);
	const char *there = old ? object_get(old, "type") : NULL, *type = object_get(column, "type");
	if (there && type && strcmp(there, type) != 0 && is_same_type(wanted, graft, column, there, type))
		set(column, "type", there);
}

/* ---- sequences ---- */

/*
 * "AS bigint INCREMENT BY ...": schema.prisma says of a sequence what its column says, the type.  One that stays integer where the column becomes
 * BigInt would end at 2147483647 one day; that it counts further than its column can, steps, limits and starts are the history's.
 */
static int width_of(struct str type)
{
	return str_eq(type, STR("bigint")) ? 3 : str_eq(type, STR("integer")) ? 2 : 1;
}

static void settle_sequence(struct graft *graft, struct object *sequence)
{
	const struct object *old = schema_find(graft->from, sequence->id);
	const char *there = old ? object_get(old, "options") : NULL, *wanted = object_get(sequence, "options");
	struct str old_type, type, rest;
	if (!there || !wanted)
		return;
	str_cut(str_slice(str_of(there), 3, strlen(there)), ' ', &old_type, &rest);
	str_cut(str_slice(str_of(wanted), 3, strlen(wanted)), ' ', &type, &rest);
	if (width_of(type) > width_of(old_type))
		return;
	set(sequence, "options", there);
	set(sequence, "_create", object_get(old, "_create"));
}

/* What the platform brings along and the history has dropped is nobody's wish. */
static void settle_extension(const struct prisma_wanted *wanted, struct graft *graft, const struct object *extension)
{
	const struct psl_datasource *datasource = &wanted->psl->datasource;
	for (size_t i = 0; i < datasource->extensions.len; i++) {
		const struct psl_extension *each = &datasource->extensions.ptr[i];
		if (str_eq(each->map.len ? each->map : each->name, str_of(extension->name)))
			return;
	}
	if (!extension->needed_by.len && !schema_find(graft->from, extension->id))
		graft_drop(graft, extension);
}

void prisma_same(const struct scope *scope, struct graft *graft)
{
	const struct prisma_wanted *wanted = scope->extra;
	/* First the types: of these it depends which defaults are the same. */
	for (size_t i = 0; i < graft->to->objects.len; i++)
		if (graft->to->objects.ptr[i]->kind == KIND_COLUMN)
			settle_column(wanted, graft, graft->to->objects.ptr[i]);
	for (size_t i = 0; i < graft->to->objects.len; i++) {
		struct object *object = graft->to->objects.ptr[i];
		if (object->kind == KIND_DEFAULT)
			settle_default(graft, object);
		else if (object->kind == KIND_INDEX)
			settle_index(wanted, graft, object);
		else if (object->kind == KIND_FOREIGN_KEY || object->kind == KIND_CONSTRAINT)
			settle_key(graft, object);
		else if (object->kind == KIND_ENUM)
			settle_enum(graft, object);
		else if (object->kind == KIND_SEQUENCE)
			settle_sequence(graft, object);
		else if (object->kind == KIND_EXTENSION)
			settle_extension(wanted, graft, object);
	}
	for (size_t i = 0; i < graft->from->objects.len; i++)
		if (graft->from->objects.ptr[i]->kind == KIND_DEFAULT)
			settle_unwritten(wanted, graft, graft->from->objects.ptr[i]);
}
