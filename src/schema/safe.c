#include "schema/alter.h"
#include "schema/create.h"
#include "schema/kind.h"
#include "schema/list.h"
#include "sql/quote.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

bool table_exists(const struct work *work, const struct object *object)
{
	const struct object *table = object->parent ? object->parent : object, *old = counterpart(work->from, table),
			    *now = counterpart(work->to, table);
	return old && now && !work->old[old->position].dropped && !work->new[now->position].created;
}

/* For a moment; a table may have one that is called so. */
static const char *free_check_name(const struct work *work, const struct object *column)
{
	const char *name = arena_printf(work->arena, STR_FMT "_not_null", STR_ARG(str_head(str_of(column->name), 40))),
		   *quoted, *id;
	do {
		quoted = sql_ident(work->arena, str_of(name));
		id = arena_printf(work->arena, "constraint %s.%s", column->parent_ident, quoted);
		name = arena_printf(work->arena, "brant_%s", name);
	} while (schema_find(work->from, id) || schema_find(work->to, id));
	return quoted;
}

void set_not_null(struct work *work, const struct object *b, struct statements *statements)
{
	if (work->options->plain || !table_exists(work, b)) {
		ADD("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", b->parent_ident, b->ident);
		return;
	}
	const char *check = free_check_name(work, b);
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
	if (statements->len == first)
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
	if (comes_with_parent(constraint) || object_get(constraint, "not_valid") ||
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

/* An inherited column that no longer has a default of its own has its parent's: not none. */
static bool take_parents_default(struct work *work, const struct object *value, struct statements *statements)
{
	const struct object *table = value->parent ? counterpart(work->to, value->parent) : NULL, *column = NULL;
	for (size_t i = 0; table && i < table->children.len; i++)
		if (table->children.ptr[i]->kind == KIND_COLUMN && is(table->children.ptr[i]->ident, value->ident))
			column = table->children.ptr[i];
	const struct object *carrier = column ? carrier_of(column) : NULL, *other = NULL;
	if (carrier && carrier != column)
		other = object_beside(carrier, KIND_DEFAULT);
	if (other)
		ADD("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", value->parent_ident, value->ident,
		    object_get(other, "expression"));
	return other != NULL;
}

static bool add_missing_check(struct work *work, const struct object *check, struct statements *statements)
{
	if (!brings_check(work, check))
		return false;
	ADD("%s", template_fill(work->arena, "ALTER TABLE %P ADD CONSTRAINT %N %{definition}", check, NULL));
	return true;
}

/* The same column or constraint of another table, NULL: it has none. */
static const struct object *part_like(const struct object *table, const struct object *part, bool only_inherited)
{
	for (size_t i = 0; table->kind == KIND_TABLE && i < table->children.len; i++) {
		const struct object *child = table->children.ptr[i];
		if (child->kind == part->kind && is(child->ident, part->ident) &&
		    (!only_inherited || comes_with_parent(child)))
			return child;
	}
	return NULL;
}

/* The table is a child already of the one, at whatever level, that gets the column. */
static bool comes_from_old_parent(struct work *work, const struct object *column)
{
	const struct objects *parents = &column->parent->needs, *old = &counterpart(work->from, column->parent)->needs;
	for (size_t i = 0; i < parents->len; i++)
		for (size_t k = 0; part_like(parents->ptr[i], column, false) && k < old->len; k++)
			if (is(old->ptr[k]->id, parents->ptr[i]->id))
				return true;
	return false;
}

/* What a table needs before it can join a parent that has more columns. */
static bool add_missing_column(struct work *work, const struct object *column, struct statements *statements)
{
	if (column->kind != KIND_COLUMN || !comes_with_parent(column) || !table_exists(work, column))
		return false;
	const struct object *carrier = carrier_of(column), *value = NULL;
	if (carrier == column || comes_from_old_parent(work, column))
		return false;
	value = object_beside(carrier, KIND_DEFAULT);
	ADD("ALTER TABLE %s ADD COLUMN %s", column->parent_ident,
	    column_text(work->arena, carrier, value ? object_get(value, "expression") : NULL));
	return true;
}

/* An index or a constraint that is made, and taken in, by the statement of its parent table's. */
static bool comes_by_itself(const struct work *work, const struct object *object)
{
	return object->kind != KIND_COLUMN && comes_with_parent(object) && !work->new[object->position].apart;
}

static bool is_child_of(struct arena *arena, const struct object *table, const struct object *parent)
{
	struct strs parents = list_elements(arena, object_get(table, "inherits"));
	return list_has(&parents, str_of(parent->ident)) || same(object_get(table, "partition_of"), parent->ident);
}

static bool has_children(const struct work *work, const struct object *table)
{
	const struct object *old = counterpart(work->from, table);
	for (size_t i = 0; old && i < old->needed_by.len; i++) {
		const struct object *child = old->needed_by.ptr[i];
		if (child->kind == KIND_TABLE && !work->old[child->position].dropped &&
		    is_child_of(work->arena, child, old))
			return true;
	}
	return false;
}

/* An identity column cannot be added to a table that has children; a column that is there can become one. */
static bool add_identity_in_steps(struct work *work, const struct object *column, struct statements *statements)
{
	const char *identity = object_get(column, "identity"), *options = object_get(column, "_identity_short");
	bool takes_partitions = work->from->server_version >= 170000 && object_get(column->parent, "partition_key");
	if (!identity || takes_partitions || !table_exists(work, column) || !has_children(work, column->parent))
		return false;
	ADD("%s", template_fill(work->arena, "ALTER TABLE %P ADD COLUMN %N %{type} DEFAULT 0 NOT NULL", column, NULL))
		->why =
		"PostgreSQL adds no identity column to a table that has children, but makes one of a column that is there";
	ADD("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", column->parent_ident, column->ident);
	ADD("ALTER TABLE %s ALTER COLUMN %s ADD GENERATED %s AS IDENTITY%s", column->parent_ident, column->ident,
	    identity, options && *options ? arena_printf(work->arena, " (%s)", options) : "");
	ADD("UPDATE %s SET %s = DEFAULT", column->parent_ident, column->ident);
	create_rest(work->arena, column, statements);
	return true;
}

static void create_by_kind(struct work *work, const struct node *node, struct statements *statements)
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

/* The parts of a whole are attached one by one where it cannot find them by itself; one that comes later to a whole that is there, too. */
static void join_index(struct work *work, const struct object *object, size_t first, struct statements *statements)
{
	const struct fate *fate = &work->new[object->position];
	if (fate->only) {
		statements->ptr[first].sql = on_only(work->arena, object, statements->ptr[first].sql);
		attach_parts(work, object, statements);
	}
	if (whole_of(object) && is_attached_late(work, object))
		attach_part(work, object, statements);
}

void create_safely(struct work *work, const struct node *node, struct statements *statements)
{
	const struct object *object = node->b;
	size_t first = statements->len;
	if (add_missing_column(work, object, statements) || add_missing_check(work, object, statements))
		return;
	if (object->kind == KIND_COLUMN && add_identity_in_steps(work, object, statements))
		return;
	if (is_surer(object))
		ADD("ALTER TABLE %s VALIDATE CONSTRAINT %s", object->parent_ident, object->ident)->apart = true;
	if (comes_by_itself(work, object))
		create_rest(work->arena, object, statements);
	else if (object->kind == KIND_GRANT)
		give_privileges(work, object, object_get(object, "privileges"), statements);
	else if (work->new[object->position].takes)
		take_index(work, object, statements), add_after(work, object, 1, statements);
	else if (work->new[object->position].joins)
		create_joining(work->arena, object, &node->folded, statements);
	else
		create_by_kind(work, node, statements);
	if (object->kind == KIND_DEFAULT) {
		keep_defaults_below(work, object, statements);
		default_goes_on(work, object, statements);
	}
	join_index(work, object, first, statements);
}

/* A constraint that only a partition has, and whose index is part of the one that goes. */
static bool takes_constraints_along(const struct node *node)
{
	for (size_t i = 0; node->a->kind == KIND_INDEX && i < node->folded.len; i++)
		if (node->folded.ptr[i]->kind == KIND_CONSTRAINT && !comes_with_parent(node->folded.ptr[i]))
			return true;
	return false;
}

/* A foreign key to the whole table holds its partitions: they have to leave before they go. */
static bool is_referenced_partition(const struct work *work, const struct object *table)
{
	const char *whole = table->kind == KIND_TABLE ? object_get(table, "partition_of") : NULL;
	const struct object *of = whole ? schema_find(work->from, arena_printf(work->arena, "table %s", whole)) : NULL;
	const char *reference = arena_printf(work->arena, "REFERENCES %s(", whole ? whole : "");
	for (size_t i = 0; of && !work->old[of->position].dropped && i < work->from->objects.len; i++)
		if (work->from->objects.ptr[i]->kind == KIND_FOREIGN_KEY &&
		    strstr(object_get(work->from->objects.ptr[i], "definition"), reference))
			return true;
	return false;
}

/* Does a child table, at whatever level, keep what it had from this one as its own? */
static bool is_kept_below(const struct work *work, const struct object *part)
{
	const struct objects *tables = &part->parent->needed_by;
	for (size_t i = 0; i < tables->len; i++) {
		const struct object *child = part_like(tables->ptr[i], part, true),
				    *now = child ? counterpart(work->to, child) : NULL;
		bool kept = now && !work->old[child->position].dropped && !comes_with_parent(now);
		if (child && (kept || is_kept_below(work, child)))
			return true;
	}
	return false;
}

/* ONLY leaves the children what they had from it; those that are not to have it drop it themselves. */
static void drop_level(struct work *work, const struct object *part, struct statements *statements)
{
	const struct objects *tables = &part->parent->needed_by;
	bool kept = is_kept_below(work, part);
	ADD("ALTER TABLE %s%s DROP %s %s", kept ? "ONLY " : "", part->parent_ident,
	    part->kind == KIND_COLUMN ? "COLUMN" : "CONSTRAINT", part->ident)
		->loses = object_loss(work->arena, part);
	for (size_t i = 0; kept && i < tables->len; i++) {
		const struct object *child = part_like(tables->ptr[i], part, true);
		if (child && (!counterpart(work->to, child) || work->old[child->position].dropped))
			drop_level(work, child, statements);
	}
}

static bool drop_only_here(struct work *work, const struct object *part, struct statements *statements)
{
	if ((part->kind != KIND_COLUMN && part->kind != KIND_CONSTRAINT) || !table_exists(work, part) ||
	    object_get(part->parent, "partition_key") || !is_kept_below(work, part))
		return false;
	drop_level(work, part, statements);
	return true;
}

void drop_safely(struct work *work, const struct node *node, struct statements *statements)
{
	size_t first = statements->len;
	if (node->a->kind == KIND_DEFAULT && take_parents_default(work, node->a, statements))
		return;
	if (comes_with_parent(node->a) && !work->old[node->a->position].left)
		return;
	if (drop_only_here(work, node->a, statements))
		return;
	if (is_referenced_partition(work, node->a))
		detach_partition(work, node->a, statements);
	if (is_refilled(work, node->a)) {
		put_rows_aside(work, node->a, statements);
		return;
	}
	if (node->a->kind == KIND_GRANT && becomes_owner(work, node->a))
		return;
	if (node->a->kind == KIND_GRANT || node->a->kind == KIND_DEFAULT_PRIVILEGES) {
		take_privileges(work, node->a, object_get(node->a, "privileges"), statements);
		return;
	}
	if (work->old[node->a->position].gives_way) {
		drop_what_gave_way(work, node->a, statements);
		return;
	}
	drop_object(work->arena, node->a, statements);
	if (node->a->kind == KIND_DEFAULT)
		keep_defaults_below(work, node->a, statements);
	if (statements->len == first)
		return;
	struct statement *dropped = &statements->ptr[first];
	if (takes_constraints_along(node)) {
		dropped->sql = arena_printf(work->arena, "%s CASCADE", dropped->sql);
		dropped->why = "a constraint of a partition is part of this index, and neither can go before the other";
	}
	if (!work->options->plain && node->a->kind == KIND_INDEX && table_exists(work, node->a) &&
	    !object_get(node->a, "_partitioned")) {
		dropped->sql = concurrently(work->arena, dropped->sql);
		dropped->lone = true;
	}
}
