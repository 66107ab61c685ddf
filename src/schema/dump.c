#include "schema/diff.h"

static bool keeps_together(const struct statement *a, const struct statement *b)
{
	return !strchr(a->sql, '\n') && !strchr(b->sql, '\n') && !b->why && !b->loses && !b->lone && !b->apart;
}

struct str statements_script(struct arena *arena, const struct statements *statements, size_t from, size_t to)
{
	struct buf buf = buf_init(arena);
	for (size_t i = from; i < to; i++) {
		const struct statement *statement = &statements->ptr[i];
		if (i > from && !keeps_together(statement - 1, statement))
			buf_char(&buf, '\n');
		if (statement->why)
			buf_printf(&buf, "-- %s\n", statement->why);
		if (statement->loses)
			buf_printf(&buf, "-- loses %s\n", statement->loses);
		buf_printf(&buf, "%s;\n", statement->sql);
	}
	return buf_as_str(&buf);
}

/* As a new database has it: what was said of it since is told. */
static struct object *as_new(struct arena *arena, const struct object *schema)
{
	struct object *there = arena_alloc(arena, sizeof(*there));
	*there = *schema;
	there->position = 0;
	there->needs = there->needed_by = there->children = (struct objects){ 0 };
	there->values = arena_alloc(arena, schema->attributes->len * sizeof(*there->values));
	for (size_t i = 0; i < schema->attributes->len; i++)
		there->values[i] = schema->attributes->names[i][0] == '_' ? schema->values[i] : NULL;
	return there;
}

void dump_statements(struct arena *arena, const struct schema *schema, struct statements *ret_statements)
{
	struct schema empty = { .server_version = schema->server_version };
	struct diff_options options = { .plain = true };
	struct object *public = schema_find(schema, "schema public");
	struct diff diff;
	if (public) {
		struct object *there = as_new(arena, public);
		vec_push(arena, &empty.objects, there);
		map_set(arena, &empty.by_id, str_of(there->id), there);
	}
	diff_schemas(arena, &empty, schema, &options, &diff);
	*ret_statements = diff.statements;
}
