/*
 * Columns that a person would call serial: a default from a sequence of the column's own, which has the name and the shape that PostgreSQL
 * gives it.  Where all of it is made at once, it is said so.
 */
#include "schema/alter.h"
#include "schema/create.h"
#include "sql/quote.h"

static const struct {
	const char *type, *word, *options;
} serials[] = {
	{ "smallint", "smallserial", "AS smallint" },
	{ "integer", "serial", "AS integer" },
	{ "bigint", "bigserial", NULL },
};

static const struct object *owned_by_of(const struct object *sequence)
{
	for (size_t i = 0; i < sequence->children.len; i++)
		if (sequence->children.ptr[i]->kind == KIND_OWNED_BY)
			return sequence->children.ptr[i];
	return NULL;
}

/* The sequence that PostgreSQL would make for a serial column, where the default is from it and it is the column's. */
static const struct object *sequence_of(struct arena *arena, const struct object *column, const struct object *value)
{
	enum { LONGEST_NAME = 63 };
	const char *name = arena_printf(arena, "%s_%s_seq", column->parent->name, column->name);
	for (size_t i = 0; i < value->needs.len; i++) {
		const struct object *sequence = value->needs.ptr[i];
		const char *expression =
			arena_printf(arena, "nextval(%s::regclass)", sql_literal(arena, str_of(sequence->ident)));
		if (sequence->kind == KIND_SEQUENCE && sequence_owner(sequence) == column && is(sequence->name, name) &&
		    strlen(name) <= LONGEST_NAME && same(sequence->schema, column->schema) &&
		    same(object_get(value, "expression"), expression))
			return sequence;
	}
	return NULL;
}

static const char *word_for(const struct object *column, const struct object *sequence)
{
	for (size_t i = 0; i < LEN(serials); i++)
		if (same(object_get(column, "type"), serials[i].type) &&
		    same(object_get(sequence, "_short"), serials[i].options))
			return serials[i].word;
	return NULL;
}

static bool is_made(const struct work *work, const struct object *object)
{
	return object && work->new[object->position].created && !work->new[object->position].alone;
}

bool is_made_as_serial(const struct work *work, const struct object *column)
{
	const struct object *value = column->kind == KIND_COLUMN && column->parent &&
			column->parent->kind == KIND_TABLE && object_get(column, "not_null") &&
			!object_get(column, "inherited")
		? object_beside(column, KIND_DEFAULT)
		: NULL;
	const struct object *sequence = value ? sequence_of(work->arena, column, value) : NULL;
	return sequence && word_for(column, sequence) && is_made(work, column) && is_made(work, value) &&
		is_made(work, sequence) && is_made(work, owned_by_of(sequence)) &&
		same(object_get(sequence, "unlogged"), object_get(column->parent, "unlogged"));
}

const char *serial_word(const struct object *column, const struct objects *folded)
{
	for (size_t i = 0; i < folded->len; i++)
		if (folded->ptr[i]->kind == KIND_SEQUENCE && sequence_owner(folded->ptr[i]) == column)
			return word_for(column, folded->ptr[i]);
	return NULL;
}
