#include "schema/alter.h"
#include "schema/cast.h"
#include "schema/create.h"
#include "schema/list.h"
#include "sql/quote.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

/* Do all labels of before stand in after, in the same order? */
bool labels_added_only(struct arena *arena, const char *before, const char *after)
{
	struct strs old = list_elements(arena, before), new = list_elements(arena, after);
	size_t k = 0;
	for (size_t i = 0; i < old.len; i++, k++) {
		while (k < new.len && !str_eq(new.ptr[k], old.ptr[i]))
			k++;
		if (k == new.len)
			return false;
	}
	return true;
}

/* Each value before the next one that is there already, or behind the one before. */
void add_labels(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	struct strs old = list_elements(work->arena, object_get(a, "labels")),
		    new = list_elements(work->arena, object_get(b, "labels"));
	for (size_t i = 0; i < new.len; i++) {
		bool known = false, is_last = true;
		for (size_t k = 0; k < old.len; k++)
			known = known || str_eq(old.ptr[k], new.ptr[i]);
		if (known)
			continue;
		for (size_t k = i + 1; k < new.len &&is_last; k++)
			for (size_t j = 0; j < old.len; j++)
				is_last = is_last && !str_eq(old.ptr[j], new.ptr[k]);
		/* A new value can be used only after its transaction: it gets one of its own. */
		struct statement *added;
		if (is_last || i == 0)
			added = i ? ADD("ALTER TYPE %s ADD VALUE " STR_FMT, b->ident, STR_ARG(new.ptr[i]))
				  : ADD("ALTER TYPE %s ADD VALUE " STR_FMT " BEFORE " STR_FMT, b->ident,
					STR_ARG(new.ptr[i]), STR_ARG(old.ptr[0]));
		else
			added = ADD("ALTER TYPE %s ADD VALUE " STR_FMT " AFTER " STR_FMT, b->ident, STR_ARG(new.ptr[i]),
				    STR_ARG(new.ptr[i - 1]));
		added->lone = true;
	}
}

static const struct object *default_for(const struct schema *schema, const struct object *column)
{
	struct arena *arena = arena_new(NULL);
	const struct object *value =
		schema_find(schema, arena_printf(arena, "default %s.%s", column->parent_ident, column->ident));
	arena_free(arena);
	return value;
}

/* The new type under the old one's name; columns move over through their text. */
void make_type_again(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	static const struct objects nothing;
	const char *word = a->kind == KIND_DOMAIN ? "DOMAIN" : "TYPE",
		   *old = arena_printf(work->arena, "%.50s_before", b->name);
	const char *quoted = sql_ident(work->arena, str_of(old));
	struct statement *first = ADD("ALTER %s %s RENAME TO %s", word, b->ident, quoted);
	first->why = "values can be added to a type in place, but not taken away or moved: it is made again";
	create_object(work->arena, b, &nothing, statements);
	for (size_t i = 0; i < a->needed_by.len; i++) {
		const struct object *column = a->needed_by.ptr[i], *now = counterpart(work->to, column);
		if (column->kind != KIND_COLUMN || !now || object_get(now, "inherited") ||
		    work->old[column->position].dropped)
			continue;
		const char *type = object_get(now, "type"), *cast = cast_through_text(work->arena, now->ident, type);
		const struct object *value = default_for(work->from, column), *wanted = default_for(work->to, now);
		bool has = value && !work->old[value->position].dropped;
		if (has)
			ADD("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", now->parent_ident, now->ident);
		ADD("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s", now->parent_ident, now->ident, type, cast);
		if (has && wanted && !work->new[wanted->position].created)
			ADD("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", now->parent_ident, now->ident,
			    object_get(wanted, "expression"));
	}
	struct statement *last = ADD("DROP %s %s", word, sql_qualified(work->arena, str_of(b->schema), str_of(old)));
	if (a->kind == KIND_ENUM)
		last->loses = arena_printf(
			work->arena, "values that are no longer in %s: rows that have them make it fail", b->ident);
}
