#include "schema/alter.h"
#include "schema/create.h"
#include "schema/kind.h"
#include "sql/quote.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

bool table_exists(const struct work *work, const struct object *object)
{
	const struct object *table = object->parent ? object->parent : object, *old = counterpart(work->from, table),
			    *now = counterpart(work->to, table);
	return old && now && !work->old[old->position].dropped && !work->new[now->position].created;
}

void set_not_null(struct work *work, const struct object *b, struct statements *statements)
{
	if (work->options->plain || !table_exists(work, b)) {
		ADD("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", b->parent_ident, b->ident);
		return;
	}
	const char *check = sql_ident(work->arena, str_of(arena_printf(work->arena, "%.40s_not_null", b->name)));
	ADD("ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID", b->parent_ident, check, b->ident)
		->why =
		"checked while the table stays open; SET NOT NULL then sees that there is nothing left to look at";
	ADD("ALTER TABLE %s VALIDATE CONSTRAINT %s", b->parent_ident, check)->apart = true;
	ADD("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", b->parent_ident, b->ident);
	ADD("ALTER TABLE %s DROP CONSTRAINT %s", b->parent_ident, check);
}

static const char *concurrently(struct arena *arena, const char *sql)
{
	const char *at = strstr(sql, "INDEX ");
	return arena_printf(arena, "%.*sINDEX CONCURRENTLY %s", (int)(at - sql), sql, at + strlen("INDEX "));
}

/* In safe forms; a statement list that stays empty is one that comes with the parent. */
static void create_index(struct work *work, const struct object *index, struct statements *statements)
{
	size_t first = statements->len;
	static const struct objects nothing;
	create_object(work->arena, index, &nothing, statements);
	if (comes_with_parent(index))
		return;
	if (object_get(index, "_partitioned")) {
		statements->ptr[first].why = "a partitioned table's index cannot be built concurrently";
		return;
	}
	statements->ptr[first].sql = concurrently(work->arena, statements->ptr[first].sql);
	statements->ptr[first].lone = true;
}

/* PRIMARY KEY (a, b) INCLUDE (c) DEFERRABLE -> the index, then the constraint that takes it over. */
static void create_key(struct work *work, const struct object *key, struct statements *statements)
{
	const char *definition = object_get(key, "definition"), *columns = strchr(definition, '(');
	const char *deferrable = strstr(definition, ") DEFERRABLE"),
		   *end = deferrable ? deferrable + 1 : definition + strlen(definition);
	bool primary = strncmp(definition, "PRIMARY", strlen("PRIMARY")) == 0;
	ADD("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s %.*s%s", key->ident, key->parent_ident, (int)(end - columns),
	    columns, strstr(definition, "NULLS NOT DISTINCT") ? " NULLS NOT DISTINCT" : "")
		->lone = true;
	ADD("ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s", key->parent_ident, key->ident,
	    primary ? "PRIMARY KEY" : "UNIQUE", key->ident, end);
}

static void create_checked(struct work *work, const struct object *constraint, struct statements *statements)
{
	ADD("ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID", constraint->parent_ident, constraint->ident,
	    object_text(work->arena, constraint, "definition"));
	ADD("ALTER TABLE %s VALIDATE CONSTRAINT %s", constraint->parent_ident, constraint->ident)->apart = true;
}

/* Which parts of CREATE's statement are safe already: those that say NOT VALID, and those of partitioned tables, which know no other form. */
static bool has_safe_form(const struct object *constraint)
{
	const char *type = object_get(constraint, "_type");
	if (object_get(constraint, "inherited") || object_get(constraint, "not_valid") ||
	    strstr(object_get(constraint, "definition"), "NOT ENFORCED"))
		return false;
	if (object_get(constraint, "_partitioned"))
		return is(type, "c");
	return !is(type, "x") && !strstr(object_get(constraint, "definition"), "WITHOUT OVERLAPS");
}

static void add_after(struct work *work, const struct object *object, size_t created, struct statements *statements)
{
	static const struct objects nothing;
	struct statements all = { 0 };
	create_object(work->arena, object, &nothing, &all);
	for (size_t i = created; i < all.len; i++)
		vec_push(work->arena, statements, all.ptr[i]);
}

void create_safely(struct work *work, const struct node *node, struct statements *statements)
{
	const struct object *object = node->b;
	bool safe = !work->options->plain && table_exists(work, object) && object->parent &&
		object->parent->kind != KIND_FOREIGN_TABLE;
	bool is_constraint = object->kind == KIND_CONSTRAINT || object->kind == KIND_FOREIGN_KEY;
	if (safe && object->kind == KIND_INDEX) {
		create_index(work, object, statements);
	} else if (safe && is_constraint && has_safe_form(object)) {
		const char *type = object_get(object, "_type");
		if (is(type, "p") || is(type, "u"))
			create_key(work, object, statements);
		else
			create_checked(work, object, statements);
		add_after(work, object, 1, statements);
	} else {
		create_object(work->arena, object, &node->folded, statements);
	}
}

void drop_safely(struct work *work, const struct node *node, struct statements *statements)
{
	size_t first = statements->len;
	drop_object(work->arena, node->a, statements);
	if (statements->len > first && !work->options->plain && node->a->kind == KIND_INDEX &&
	    table_exists(work, node->a) && !object_get(node->a, "_partitioned")) {
		statements->ptr[first].sql = concurrently(work->arena, statements->ptr[first].sql);
		statements->ptr[first].lone = true;
	}
}
