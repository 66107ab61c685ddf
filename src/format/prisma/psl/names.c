#include "format/prisma/psl/names.h"

#include "sql/quote.h"

/* Prisma cuts what is as long as the limit, too, though it would fit. */
struct str name_cut(struct arena *arena, struct str name, const char *suffix)
{
	size_t room = PSL_NAME_MAX - strlen(suffix);
	if (name.len >= room) {
		name.len = room;
		while (name.len && ((unsigned char)name.ptr[name.len] & 0xc0) == 0x80)
			name.len--;
	}
	return str_of(arena_printf(arena, STR_FMT "%s", STR_ARG(name), suffix));
}

static void add_column(struct buf *buf, const struct psl_field *field)
{
	buf_char(buf, '_');
	buf_str(buf, field->column);
}

struct str index_name(struct arena *arena, const struct psl_index *index)
{
	struct buf buf = buf_init(arena);
	if (index->map.len)
		return index->map;
	if (index->kind == PSL_PRIMARY)
		return name_cut(arena, index->of->table, "_pkey");
	buf_str(&buf, index->of->table);
	for (size_t i = 0; i < index->fields.len; i++)
		add_column(&buf, index->fields.ptr[i].field);
	return name_cut(arena, buf_as_str(&buf), index->kind == PSL_UNIQUE ? "_key" : "_idx");
}

struct str foreign_key_name(struct arena *arena, const struct psl_relation *relation)
{
	const struct psl_relation_side *side = relation->forward->side;
	struct buf buf = buf_init(arena);
	if (side->map.len)
		return side->map;
	buf_str(&buf, relation->forward->of->table);
	for (size_t i = 0; i < side->fields.len; i++)
		add_column(&buf, side->fields.ptr[i]);
	return name_cut(arena, buf_as_str(&buf), "_fkey");
}

struct str join_table_name(struct arena *arena, const struct psl_relation *relation)
{
	struct buf buf = buf_init(arena);
	buf_char(&buf, '_');
	buf_str(&buf, relation->name);
	if (!relation->name.len)
		buf_printf(&buf, STR_FMT "To" STR_FMT, STR_ARG(relation->forward->of->name),
			   STR_ARG(relation->back->of->name));
	return name_cut(arena, buf_as_str(&buf), "");
}

struct str quoted(struct arena *arena, struct str name)
{
	return sql_quoted(arena, name);
}

struct str quoted_in(struct arena *arena, struct str schema, struct str name)
{
	if (!schema.len || str_eq(schema, STR("public")))
		return quoted(arena, name);
	return str_of(
		arena_printf(arena, STR_FMT "." STR_FMT, STR_ARG(quoted(arena, schema)), STR_ARG(quoted(arena, name))));
}
