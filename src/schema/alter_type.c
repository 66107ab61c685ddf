#include "schema/alter.h"
#include "schema/cast.h"
#include "schema/create.h"
#include "schema/kind.h"
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
			added = is_last ? ADD("ALTER TYPE %s ADD VALUE " STR_FMT, b->ident, STR_ARG(new.ptr[i]))
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

static bool has_type_made_again(const struct work *work, const struct object *attribute)
{
	for (size_t i = 0; i < attribute->needs.len; i++) {
		const struct object *type = attribute->needs.ptr[i], *now = counterpart(work->to, type);
		if (work->old[type->position].gives_way ||
		    (now && now != attribute->parent && is_made_again(work, now)))
			return true;
	}
	return false;
}

/* A row of the old type as one of the new: attribute by attribute, since their number may differ. */
static const char *cast_row(const struct work *work, const struct object *a, const struct object *b, const char *value)
{
	struct arena *arena = work->arena;
	struct buf row = buf_init(arena);
	struct objects old = attributes_in_order(arena, a), new = attributes_in_order(arena, b);
	for (size_t i = 0; i < new.len; i++) {
		const char *name = new.ptr[i]->ident, *type = object_get(new.ptr[i], "type"), *cast = "NULL";
		for (size_t k = 0; k < old.len; k++)
			if (is(old.ptr[k]->ident, name)) {
				const char *part = arena_printf(arena, "(%s).%s", value, name);
				cast = has_type_made_again(work, old.ptr[k])
					? cast_through_text(arena, part, type)
					: cast_text(arena, part, object_get(old.ptr[k], "type"), type);
			}
		buf_printf(&row, "%s%s", i ? ", " : "", cast);
	}
	/* No row stays none: the array has nothing at 0.  PostgreSQL stumbles over ROW in a CASE where the table has partitions or children. */
	return arena_printf(arena, "(ARRAY[ROW(%s)::%s])[num_nonnulls(%s)]", row.ptr, b->ident, value);
}

static const char *using_for(struct work *work, const struct object *a, const struct object *b,
			     const struct object *column)
{
	const char *type = object_get(column, "type");
	if (a->kind == KIND_COLLATION)
		return "";
	if (a->kind == KIND_COMPOSITE && is(type, b->ident))
		return arena_printf(work->arena, " USING %s", cast_row(work, a, b, column->ident));
	return arena_printf(work->arena, " USING %s", cast_through_text(work->arena, column->ident, type));
}

static void move_columns(struct work *work, const struct object *a, const struct object *b,
			 struct statements *statements)
{
	for (size_t i = 0; i < a->needed_by.len; i++) {
		const struct object *column = a->needed_by.ptr[i], *now = counterpart(work->to, column);
		if (column->kind != KIND_COLUMN || !now || object_get(now, "inherited") ||
		    work->old[column->position].dropped)
			continue;
		const char *type = object_get(now, "type");
		const char *collate = template_fill(work->arena, "[ COLLATE %{collation}]", now, NULL);
		const char *using = using_for(work, a, b, now);
		const struct object *value = default_for(work->from, column), *wanted = default_for(work->to, now);
		bool has = value && !work->old[value->position].dropped;
		if (has)
			ADD("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", now->parent_ident, now->ident);
		ADD("ALTER TABLE %s ALTER COLUMN %s TYPE %s%s%s", now->parent_ident, now->ident, type, collate, using);
		if (has && wanted && !work->new[wanted->position].created)
			ADD("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", now->parent_ident, now->ident,
			    object_get(wanted, "expression"));
	}
}

/* Other types that have it in them: those that columns have are made again too, of others an attribute changes. */
static void move_types(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	for (size_t i = 0; i < a->needed_by.len; i++) {
		const struct object *user = a->needed_by.ptr[i],
				    *type = user->kind == KIND_ATTRIBUTE ? user->parent : user,
				    *now = type ? counterpart(work->to, type) : NULL,
				    *attribute = counterpart(work->to, user);
		if (!now || work->old[type->position].dropped)
			continue;
		if (work->new[now->position].within == b) {
			work->new[now->position].within = NULL; /* once, however many attributes have it */
			make_type_again(work, type, now, statements);
		} else if (user->kind == KIND_ATTRIBUTE && attribute && !work->old[user->position].dropped &&
			   !work->new[attribute->position].created && !is_made_again(work, now)) {
			ADD("%s",
			    template_fill(work->arena,
					  "ALTER TYPE %P ALTER ATTRIBUTE %N TYPE %{type}[ COLLATE %{collation}]",
					  attribute, NULL));
		}
	}
}

/* What values of the new domain have to be like, before there are any. */
static void create_rules(struct work *work, const struct object *b, struct statements *statements)
{
	static const struct objects nothing;
	for (size_t i = 0; i < b->children.len; i++) {
		const struct object *rule = b->children.ptr[i];
		if (rule->kind == KIND_DOMAIN_CONSTRAINT && work->new[rule->position].created &&
		    work->new[rule->position].node == work->new[b->position].node)
			create_object(work->arena, rule, &nothing, statements);
	}
}

static bool is_taken(const struct schema *schema, const char *ident)
{
	for (size_t i = 0; i < schema->objects.len; i++)
		if (is(schema->objects.ptr[i]->ident, ident))
			return true;
	return false;
}

const char *free_name(const struct work *work, const struct object *object, const char *suffix)
{
	struct str head = str_head(str_of(object->name), 50);
	const char *name = arena_printf(work->arena, STR_FMT "_%s", STR_ARG(head), suffix), *ident;
	for (size_t n = 2;; n++) {
		ident = sql_qualified(work->arena, str_of(object->schema), str_of(name));
		if (!is_taken(work->from, ident) && !is_taken(work->to, ident))
			return name;
		name = arena_printf(work->arena, STR_FMT "_%s%zu", STR_ARG(head), suffix, n);
	}
}

/* Arrays and domains of it move over through their text, which has attributes by their number. */
static bool is_read_by_number(const struct work *work, const struct object *type)
{
	for (size_t i = 0; type->kind == KIND_COMPOSITE && i < type->needed_by.len; i++) {
		const struct object *user = type->needed_by.ptr[i], *now = counterpart(work->to, user);
		bool column = user->kind == KIND_COLUMN || (user->kind == KIND_ATTRIBUTE && user->parent != type);
		if (now && (user->kind == KIND_DOMAIN || (column && !is(object_get(now, "type"), type->ident))))
			return true;
	}
	return false;
}

static bool has_attribute(const struct objects *attributes, const struct object *attribute)
{
	for (size_t i = 0; i < attributes->len; i++)
		if (is(attributes->ptr[i]->ident, attribute->ident))
			return true;
	return false;
}

/* The old type gets as many as the new one has. */
static void make_alike(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	struct objects old = attributes_in_order(work->arena, a), new = attributes_in_order(work->arena, b);
	for (size_t i = 0; i < old.len; i++)
		if (!has_attribute(&new, old.ptr[i]))
			ADD("ALTER TYPE %s DROP ATTRIBUTE %s", b->ident, old.ptr[i]->ident);
	for (size_t i = 0; i < new.len; i++)
		if (!has_attribute(&old, new.ptr[i]))
			ADD("ALTER TYPE %s ADD ATTRIBUTE %s", b->ident,
			    template_fill(work->arena, "%N %{type}[ COLLATE %{collation}]", new.ptr[i], NULL));
}

/* "public.span" of "multirange_type_name = public.span"; .ptr NULL: not said. */
static struct str range_part(struct work *work, const struct object *range, const char *name)
{
	struct strs parts = list_elements(work->arena, object_get(range, "definition"));
	struct str mark = str_of(arena_printf(work->arena, "%s = ", name));
	for (size_t i = 0; i < parts.len; i++)
		if (str_starts(parts.ptr[i], mark))
			return str_slice(parts.ptr[i], mark.len, parts.ptr[i].len);
	return (struct str){ 0 };
}

/* What the old range is made of, by the name that it has by now. */
static struct str subtype_now(struct work *work, const struct object *range)
{
	struct str subtype = range_part(work, range, "subtype");
	for (size_t i = 0; i < range->needs.len; i++) {
		const struct object *type = range->needs.ptr[i];
		if (work->old[type->position].gives_way && str_eq(subtype, str_of(type->ident)))
			return str_of(sql_qualified(work->arena, str_of(type->schema),
						    str_of(free_name(work, type, "before"))));
	}
	return subtype;
}

/* A range has a multirange beside it, and both have functions that make them: all of these keep their names. */
static void rename_companions(struct work *work, const struct object *range, const char *renamed,
			      struct statements *statements)
{
	struct str multirange = range_part(work, range, "multirange_type_name"), subtype = subtype_now(work, range),
		   schema, name;
	const char *now = sql_ident(work->arena, str_of(renamed)),
		   *ident = sql_qualified(work->arena, str_of(range->schema), str_of(renamed));
	ADD("ALTER FUNCTION %s(" STR_FMT ", " STR_FMT ") RENAME TO %s", range->ident, STR_ARG(subtype),
	    STR_ARG(subtype), now);
	ADD("ALTER FUNCTION %s(" STR_FMT ", " STR_FMT ", text) RENAME TO %s", range->ident, STR_ARG(subtype),
	    STR_ARG(subtype), now);
	if (!multirange.ptr || !sql_parse_name(work->arena, multirange, &schema, &name) || !schema.ptr)
		return;
	struct object beside = { .schema = range->schema, .name = str_dup(work->arena, name) };
	const char *arguments[] = { "", ident, arena_printf(work->arena, "VARIADIC %s[]", ident) };
	now = sql_ident(work->arena, str_of(free_name(work, &beside, "before")));
	ADD("ALTER TYPE " STR_FMT " RENAME TO %s", STR_ARG(multirange), now);
	for (size_t i = 0; i < LEN(arguments); i++)
		ADD("ALTER FUNCTION " STR_FMT "(%s) RENAME TO %s", STR_ARG(multirange), arguments[i], now);
}

/* The new type under the old one's name; columns move over through their text. */
void make_type_again(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	struct objects parts = attributes_in_order(work->arena, b);
	const char *word = a->kind == KIND_DOMAIN ? "DOMAIN"
		: a->kind == KIND_COLLATION       ? "COLLATION"
						  : "TYPE",
		   *old = free_name(work, b, "before");
	const char *quoted = sql_ident(work->arena, str_of(old));
	if (is_read_by_number(work, a))
		make_alike(work, a, b, statements);
	struct statement *first = ADD("ALTER %s %s RENAME TO %s", word, b->ident, quoted);
	first->why = a->kind == KIND_ENUM
		? "values can be added to a type in place, but not taken away or moved: it is made again"
		: "this cannot be changed in place: it is made again, and the columns that have it move over";
	if (a->kind == KIND_RANGE)
		rename_companions(work, a, old, statements);
	create_object(work->arena, b, &parts, statements);
	create_rules(work, b, statements);
	move_columns(work, a, b, statements);
	move_types(work, a, b, statements);
	struct statement *last = ADD("DROP %s %s", word, sql_qualified(work->arena, str_of(b->schema), str_of(old)));
	if (a->kind == KIND_ENUM)
		last->loses = arena_printf(
			work->arena, "values that are no longer in %s: rows that have them make it fail", b->ident);
}

/* ---- another kind under the same name ---- */

void give_way(struct work *work, const struct object *a, const struct object *heir, struct statements *statements)
{
	ADD("ALTER %s RENAME TO %s", object_reference(work->arena, a),
	    sql_ident(work->arena, str_of(free_name(work, a, "before"))))
		->why = arena_printf(work->arena, "its name is to be that of a %s: the columns that have it move over",
				     kinds[heir->kind].name);
}

void drop_what_gave_way(struct work *work, const struct object *a, struct statements *statements)
{
	struct object renamed = *a;
	renamed.ident = sql_qualified(work->arena, str_of(a->schema), str_of(free_name(work, a, "before")));
	size_t first = statements->len;
	drop_object(work->arena, &renamed, statements);
	for (size_t i = first; i < statements->len; i++)
		statements->ptr[i].loses = object_loss(work->arena, a);
}
