#include "schema/rename.h"

#include <stdlib.h>

#include "schema/cast.h"
#include "schema/kind.h"
#include "sql/quote.h"

static bool same_value(const struct object *a, const struct object *b, const char *name)
{
	return same(object_get(a, name), object_get(b, name));
}

static size_t count_columns(const struct object *table)
{
	size_t n = 0;
	for (size_t i = 0; i < table->children.len; i++)
		n += table->children.ptr[i]->kind == KIND_COLUMN;
	return n;
}

/* ---- columns ---- */

static const char *default_of(const struct object *column)
{
	const struct object *value = object_beside(column, KIND_DEFAULT);
	return value ? object_get(value, "expression") : NULL;
}

static bool look_alike(const char *a, const char *b)
{
	return strstr(a, b) || strstr(b, a);
}

static bool same_place(const struct object *a, const struct object *b)
{
	return object_get(a, "_position") && same_value(a, b, "_position");
}

/* A column that gets another type along with its name stands where it stood, or is called much the same. */
static bool column_fits(const struct object *a, const struct object *b)
{
	if (!same(a->parent_ident, b->parent_ident) || !same_value(a, b, "generated"))
		return false;
	return same_value(a, b, "type") ||
		(is_comparable(object_get(a, "type"), object_get(b, "type")) &&
		 (same_place(a, b) || look_alike(a->ident, b->ident)));
}

static void judge_column(struct arena *arena, struct rename *rename)
{
	const struct object *a = rename->from, *b = rename->to;
	struct buf buf = buf_init(arena);
	buf_text(&buf, object_get(a, "type") ? object_get(a, "type") : "a column");
	if (!same_value(a, b, "type"))
		buf_printf(&buf, " to %s", object_get(b, "type")), rename->score -= 2;
	if (same_place(a, b))
		buf_text(&buf, ", same position"), rename->score += 3;
	if (same_value(a, b, "not_null") && same(default_of(a), default_of(b)))
		buf_text(&buf, default_of(a) ? ", same default" : ""), rename->score += 1;
	if (a->needed_by.len && a->needed_by.len == b->needed_by.len)
		buf_printf(&buf, ", %zu thing%s on each", a->needed_by.len,
			   a->needed_by.len == 1 ? " depends" : "s depend"),
			rename->score += 2;
	if (look_alike(a->ident, b->ident))
		buf_text(&buf, ", the names are alike"), rename->score += 2;
	rename->evidence = buf.ptr;
}

/* ---- tables ---- */

static size_t shared_columns(const struct object *a, const struct object *b)
{
	size_t shared = 0;
	for (size_t i = 0; i < b->children.len; i++) {
		const struct object *column = b->children.ptr[i],
				    *other = column->kind == KIND_COLUMN ? object_part(a, KIND_COLUMN, column->ident)
									 : NULL;
		shared += other && same_value(column, other, "type");
	}
	return shared;
}

static bool table_fits(const struct object *a, const struct object *b)
{
	size_t shared = shared_columns(a, b), of_a = count_columns(a), of_b = count_columns(b);
	return shared && same(a->schema, b->schema) && shared * 4 >= (of_a > of_b ? of_a : of_b) * 3;
}

static void judge_table(struct arena *arena, struct rename *rename)
{
	size_t shared = shared_columns(rename->from, rename->to), all = count_columns(rename->from);
	rename->score = (int)(shared * 4 / (all ? all : 1)) + look_alike(rename->from->ident, rename->to->ident);
	rename->evidence = arena_printf(arena, "%zu of its %zu columns", shared, all);
}

/* ---- finding ---- */

static bool may_go(const struct schema *to, const struct object *a)
{
	if (schema_find(to, a->id))
		return false;
	return a->kind == KIND_TABLE ||
		(a->kind == KIND_COLUMN && a->parent && schema_find(to, a->parent->id) && !object_get(a, "inherited"));
}

static int compare_renames(const void *left, const void *right)
{
	const struct rename *a = left, *b = right;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	int order = strcmp(a->from->id, b->from->id);
	return order ? order : strcmp(a->to->id, b->to->id);
}

void renames_find(struct arena *arena, const struct schema *from, const struct schema *to, struct renames *ret_renames)
{
	*ret_renames = (struct renames){ 0 };
	for (size_t i = 0; i < from->objects.len; i++) {
		const struct object *a = from->objects.ptr[i];
		for (size_t k = 0; may_go(to, a) && k < to->objects.len; k++) {
			const struct object *b = to->objects.ptr[k];
			struct rename rename = { .from = a, .to = b };
			bool is_table = a->kind == KIND_TABLE;
			if (b->kind != a->kind || schema_find(from, b->id) ||
			    !(is_table ? table_fits : column_fits)(a, b))
				continue;
			(is_table ? judge_table : judge_column)(arena, &rename);
			vec_push(arena, ret_renames, rename);
		}
	}
	if (ret_renames->len > 1)
		qsort(ret_renames->ptr, ret_renames->len, sizeof(*ret_renames->ptr), compare_renames);
}

/* ---- as text ---- */

char *rename_text(struct arena *arena, const struct rename *rename)
{
	const struct object *a = rename->from, *b = rename->to;
	if (a->kind == KIND_COLUMN)
		return arena_printf(arena, "%s.%s=%s", a->parent_ident, a->ident, b->ident);
	return arena_printf(arena, "%s=%s", a->ident, sql_ident(arena, str_of(b->name)));
}

/* One name, which may be in double quotes; what is behind it comes after a "." or a "=". */
static struct str read_name(struct arena *arena, struct str *rest, char *ret_end)
{
	struct buf name = buf_init(arena);
	size_t i = 0;
	bool quoted = rest->len && rest->ptr[0] == '"';
	for (i = quoted; i < rest->len; i++) {
		char c = rest->ptr[i];
		bool doubled = quoted && c == '"' && i + 1 < rest->len && rest->ptr[i + 1] == '"';
		if (quoted ? c == '"' && !doubled : c == '.' || c == '=')
			break;
		buf_char(&name, c);
		i += doubled;
	}
	i += quoted && i < rest->len;
	*ret_end = i < rest->len ? rest->ptr[i] : '\0';
	*rest = str_slice(*rest, i < rest->len ? i + 1 : rest->len, rest->len);
	return buf_as_str(&name);
}

static bool rename_in(struct arena *arena, const struct schema *schema, const struct strs *names, struct str new,
		      struct rename_statements *ret)
{
	char *table = sql_qualified(arena, names->ptr[0], names->ptr[1]);
	const struct object *object = schema_find(schema, arena_printf(arena, "table %s", table));
	const char *now = sql_ident(arena, new), *was = sql_ident(arena, names->ptr[names->len - 1]);
	if (!object || (names->len == 3 && !object_part(object, KIND_COLUMN, was)))
		return false;
	ret->object = object;
	ret->is_table = names->len == 2;
	ret->column = ret->is_table ? NULL : str_dup(arena, names->ptr[2]);
	ret->name = str_dup(arena, new);
	ret->there = names->len == 2 ? arena_printf(arena, "ALTER TABLE %s RENAME TO %s", table, now)
				     : arena_printf(arena, "ALTER TABLE %s RENAME COLUMN %s TO %s", table, was, now);
	ret->back = names->len == 2
		? arena_printf(arena, "ALTER TABLE %s RENAME TO %s", sql_qualified(arena, names->ptr[0], new), was)
		: arena_printf(arena, "ALTER TABLE %s RENAME COLUMN %s TO %s", table, now, was);
	return true;
}

bool rename_read(struct arena *arena, const struct schema *schema, struct str given,
		 struct rename_statements *ret_statements)
{
	struct strs names = { 0 };
	char end = '.';
	while (end == '.')
		vec_push(arena, &names, read_name(arena, &given, &end));
	struct str new = end == '=' ? read_name(arena, &given, &end) : (struct str){ 0 };
	if (end || !new.len || names.len > 3)
		return false;
	if (names.len > 1 && rename_in(arena, schema, &names, new, ret_statements))
		return true;
	struct strs of_public = { 0 };
	vec_push(arena, &of_public, STR("public"));
	for (size_t i = 0; i < names.len; i++)
		vec_push(arena, &of_public, names.ptr[i]);
	return of_public.len <= 3 && rename_in(arena, schema, &of_public, new, ret_statements);
}
