#include "schema/alter.h"
#include "schema/cast.h"
#include "schema/kind.h"
#include "sql/quote.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

static void alter_type(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	const char *from = object_get(a, "type"), *to = object_get(b, "type");
	bool wider = is(from, to) || is_wider(from, to);
	bool is_foreign = b->parent && b->parent->kind == KIND_FOREIGN_TABLE;
	const char *using = wider || is_foreign || object_get(b, "generated")
		? ""
		: arena_printf(work->arena, " USING %s", cast_text(work->arena, b->ident, from, to));
	struct statement *made =
		ADD("ALTER %s %s ALTER COLUMN %s TYPE %s%s%s", is_foreign ? "FOREIGN TABLE" : "TABLE", b->parent_ident,
		    b->ident, to, template_fill(work->arena, "[ COLLATE %{collation}]", b, NULL), using);
	if (!wider && !is_foreign && !is_lossless(from, to))
		made->loses = arena_printf(work->arena, "what %s in %s.%s cannot say as %s", from, b->parent_ident,
					   b->ident, to);
}

/* The type has the old one's name, but is another: through its text. */
void follow_type(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	const char *type = object_get(b, "type");
	bool is_foreign = b->parent && b->parent->kind == KIND_FOREIGN_TABLE;
	if (object_get(b, "inherited") || object_get(b, "_merged") || !same(object_get(a, "type"), type))
		return; /* said of the parent's, or with the change of the type */
	ADD("ALTER %s %s ALTER COLUMN %s TYPE %s%s%s", is_foreign ? "FOREIGN TABLE" : "TABLE", b->parent_ident,
	    b->ident, type, template_fill(work->arena, "[ COLLATE %{collation}]", b, NULL),
	    is_foreign ? "" : arena_printf(work->arena, " USING %s", cast_through_text(work->arena, b->ident, type)));
}

/* Not every type can have an identity: the old one goes before its type does. */
static bool loses_identity_first(const struct object *a, const struct object *b)
{
	return object_get(a, "identity") && !object_get(b, "identity") &&
		!same(object_get(a, "type"), object_get(b, "type"));
}

static void alter_identity(struct work *work, const struct object *a, const struct object *b,
			   struct statements *statements)
{
	const char *old = object_get(a, "identity"), *new = object_get(b, "identity"),
		   *options = object_get(b, "_identity_short");
	const char *alter = arena_printf(work->arena, "ALTER TABLE %s ALTER COLUMN %s", b->parent_ident, b->ident);
	if (!new && (loses_identity_first(a, b) || (object_get(a, "not_null") && !object_get(b, "not_null"))))
		return; /* said with the type or NOT NULL */
	if (!new)
		ADD("%s DROP IDENTITY", alter);
	else if (!old)
		ADD("%s ADD GENERATED %s AS IDENTITY%s", alter, new,
		    options && *options ? arena_printf(work->arena, " (%s)", options) : ""),
			identity_goes_on(work, b, statements);
	else
		ADD("%s SET GENERATED %s", alter, new);
}

/* One that comes has its name from the start, and one that goes takes it along. */
static void alter_identity_sequence(struct work *work, const struct object *a, const struct object *b, const char *name,
				    struct statements *statements)
{
	const struct meaning *meaning = meaning_find(KIND_COLUMN, name);
	if (!object_get(b, "identity"))
		return;
	if (meaning->set)
		ADD("%s",
		    template_fill(work->arena, object_get(b, name) ? meaning->set : meaning->reset, b,
				  object_get(b, name)));
	else if (object_get(a, "identity"))
		ADD("ALTER SEQUENCE %s RENAME TO %s", object_get(a, "_identity_sequence"),
		    object_get(b, "_identity_bare"));
}

/* The sequence of an identity column has to fit the narrower type before the column takes it. */
static bool narrows_identity(const struct object *a, const struct object *b)
{
	return object_get(a, "identity") && object_get(b, "identity") &&
		!same(object_get(a, "identity_options"), object_get(b, "identity_options")) &&
		is_wider(object_get(b, "type"), object_get(a, "type"));
}

static void change_type(struct work *work, const struct object *a, const struct object *b,
			struct statements *statements)
{
	if (narrows_identity(a, b))
		alter_identity_options(work, a, b, statements);
	if (loses_identity_first(a, b))
		ADD("ALTER TABLE %s ALTER COLUMN %s DROP IDENTITY", b->parent_ident, b->ident);
	alter_type(work, a, b, statements);
}

void alter_column(struct work *work, const struct object *a, const struct object *b, const char *name,
		  struct statements *statements)
{
	const char *value = object_get(b, name);
	const char *alter = arena_printf(work->arena, "ALTER TABLE %s ALTER COLUMN %s", b->parent_ident, b->ident);
	if (is(name, "type") || (is(name, "collation") && same(object_get(a, "type"), object_get(b, "type"))))
		change_type(work, a, b, statements);
	else if (is(name, "not_null") && is_not_null(b))
		set_not_null(work, b, statements);
	else if (is(name, "not_null") && object_get(a, "identity") && !object_get(b, "identity") &&
		 !loses_identity_first(a, b))
		ADD("%s DROP IDENTITY", alter), ADD("%s DROP NOT NULL", alter); /* in this order only */
	else if (is(name, "not_null"))
		ADD("%s DROP NOT NULL", alter);
	else if (is(name, "generated"))
		value ? ADD("%s SET EXPRESSION AS %.*s", alter, (int)(strrchr(value, ')') + 1 - value), value)
		      : ADD("%s DROP EXPRESSION", alter);
	else if (is(name, "identity"))
		alter_identity(work, a, b, statements);
	else if (is(name, "identity_options") && !narrows_identity(a, b))
		alter_identity_options(work, a, b, statements);
	else if (is(name, "identity_name") || is(name, "identity_persistence"))
		alter_identity_sequence(work, a, b, name, statements);
	else if (is(name, "storage"))
		ADD("%s SET STORAGE %s", alter, value ? value : object_get(b, "_default_storage"));
	else if (is(name, "options"))
		alter_options(work, alter, object_get(a, name), value, statements);
	else if (is(name, "server_options"))
		alter_server_options(
			work,
			arena_printf(work->arena, "ALTER FOREIGN TABLE %s ALTER COLUMN %s", b->parent_ident, b->ident),
			object_get(a, name), value, statements);
}
