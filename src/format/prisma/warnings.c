/*
 * warnings.c - what Prisma says in front of a migration that loses data or may fail on it, in its words, so that reviewers know them.
 */
#include "format/prisma/style.h"
#include "schema/kind.h"

static const char *table_name(const struct object *part)
{
	return part->parent ? part->parent->name : "?";
}

/* Of a table that this migration makes, nothing can be lost. */
static bool is_new(const struct statements *statements, size_t from, size_t to, const struct object *table)
{
	for (size_t i = from; table && i < to; i++) {
		const struct statement *statement = &statements->ptr[i];
		if (statement->verb == VERB_CREATE && statement->object && statement->object->kind == KIND_TABLE &&
		    strcmp(statement->object->id, table->id) == 0)
			return true;
	}
	return false;
}

static const char *column_text(struct arena *arena, const struct statement *statement)
{
	const struct object *column = statement->object;
	if (statement->verb == VERB_DROP)
		return arena_printf(
			arena,
			"You are about to drop the column `%s` on the `%s` table. All the data in the column will be lost.",
			column->name, table_name(column));
	if (statement->verb == VERB_CREATE && object_get(column, "not_null") && !strstr(statement->sql, " DEFAULT ") &&
	    !object_get(column, "identity") && !object_get(column, "generated"))
		return arena_printf(
			arena,
			"Added the required column `%s` to the `%s` table without a default value. This is not possible if the "
			"table is not empty.",
			column->name, table_name(column));
	if (statement->verb == VERB_ALTER && strstr(statement->sql, " SET NOT NULL"))
		return arena_printf(
			arena,
			"Made the column `%s` on table `%s` required, but there are existing NULL values. This will fail if "
			"there are existing NULL values.",
			column->name, table_name(column));
	return NULL;
}

/* The columns between the parentheses of a definition: "a,b". */
static const char *columns_of(struct arena *arena, const struct object *index)
{
	struct buf buf = buf_init(arena);
	const char *definition = object_get(index, "definition"), *p = definition ? strchr(definition, '(') : NULL;
	for (; p && *++p && *p != ')';)
		if (*p != '"' && *p != ' ')
			buf_char(&buf, *p);
	return buf.ptr;
}

static const char *warning_of(struct arena *arena, const struct statement *statement)
{
	const struct object *object = statement->object;
	if (!object)
		return NULL;
	if (object->kind == KIND_COLUMN)
		return column_text(arena, statement);
	if (object->kind == KIND_TABLE && statement->verb == VERB_DROP)
		return arena_printf(
			arena,
			"You are about to drop the `%s` table. If the table is not empty, all the data it contains will be lost.",
			object->name);
	if (object->kind == KIND_INDEX && statement->verb == VERB_CREATE && object_get(object, "_unique"))
		return arena_printf(
			arena,
			"A unique constraint covering the columns `[%s]` on the table `%s` will be added. If there are existing "
			"duplicate values, this will fail.",
			columns_of(arena, object), table_name(object));
	return NULL;
}

struct str style_warnings(struct arena *arena, const struct statements *statements, size_t from, size_t to)
{
	struct buf buf = buf_init(arena);
	for (size_t i = from; i < to; i++) {
		const struct statement *statement = &statements->ptr[i];
		if (statement->object && is_new(statements, from, to, statement->object->parent))
			continue;
		const char *text = warning_of(arena, statement);
		if (!text && statement->loses)
			text = arena_printf(arena, "It loses %s.", statement->loses);
		if (text)
			buf_printf(&buf, "%s  - %s\n", buf.len ? "" : "/*\n  Warnings:\n\n", text);
	}
	if (buf.len)
		buf_text(&buf, "\n*/\n");
	return buf_as_str(&buf);
}
