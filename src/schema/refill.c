/*
 * Rows of a table that is made again: one that becomes partitioned, or whose partitions get another key.  They are put aside in front of the DROP, and
 * put back when the new table and all of its partitions are there, before triggers, foreign keys and materialized views see it.
 */
#include "schema/alter.h"
#include "schema/cast.h"
#include "sql/quote.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

static const struct object *made_again(const struct work *work, const struct object *a)
{
	const struct object *b = a->kind == KIND_TABLE ? counterpart(work->to, a) : NULL;
	return b && work->old[a->position].dropped && work->new[b->position].created ? b : NULL;
}

/* A column of the new table that takes what is in this one. */
static const struct object *taker_of(const struct work *work, const struct object *column)
{
	const struct object *now = column->kind == KIND_COLUMN ? counterpart(work->to, column) : NULL;
	return now && !object_get(now, "generated") ? now : NULL;
}

bool is_refilled(const struct work *work, const struct object *a)
{
	const struct object *whole = partition_whole(a);
	/* The rows of a partition are those of the whole. */
	if (!made_again(work, a) || (whole && made_again(work, whole)))
		return false;
	for (size_t i = 0; i < a->children.len; i++)
		if (taker_of(work, a->children.ptr[i]))
			return true;
	return false;
}

static const char *kept_rows(const struct work *work, const struct object *a)
{
	return sql_qualified(work->arena, str_of(a->schema), str_of(free_name(work, a, "rows")));
}

/* The type may be made again too while the rows lie aside. */
static bool is_of_own_type(const struct work *work, const struct object *column)
{
	for (size_t i = 0; i < column->needs.len; i++) {
		const struct object *type = column->needs.ptr[i];
		bool goes = (type->kind == KIND_EXTENSION && work->old[type->position].dropped) ||
			work->old[type->position].gives_way;
		if (goes || (type->kind >= KIND_ENUM && type->kind <= KIND_RANGE))
			return true;
	}
	return false;
}

static const char *losses(const struct work *work, const struct object *a)
{
	struct buf buf = buf_init(work->arena);
	for (size_t i = 0; i < a->children.len; i++)
		if (a->children.ptr[i]->kind == KIND_COLUMN && !counterpart(work->to, a->children.ptr[i]) &&
		    !object_get(a->children.ptr[i], "generated"))
			buf_printf(&buf, "%s column %s.%s", buf.len ? "," : "what is in", a->ident,
				   a->children.ptr[i]->ident);
	return buf.len ? buf.ptr : NULL;
}

/* Renamed first: that locks the table, so that nobody writes rows behind the copy which would go with the DROP. */
void put_rows_aside(struct work *work, const struct object *a, struct statements *statements)
{
	struct buf columns = buf_init(work->arena);
	const char *before = free_name(work, a, "before"),
		   *ident = sql_qualified(work->arena, str_of(a->schema), str_of(before));
	for (size_t i = 0; i < a->children.len; i++) {
		const struct object *column = a->children.ptr[i];
		if (taker_of(work, column))
			buf_printf(&columns, is_of_own_type(work, column) ? "%s%s::text AS %s" : "%s%s",
				   columns.len ? ", " : "", column->ident, column->ident);
	}
	ADD("ALTER TABLE %s RENAME TO %s", a->ident, sql_ident(work->arena, str_of(before)))->why =
		"this cannot be changed in place: the table is made again, and its rows move over";
	if (object_get(a, "force_row_security"))
		ADD("ALTER TABLE %s NO FORCE ROW LEVEL SECURITY", ident);
	ADD("CREATE TABLE %s AS SELECT %s FROM %s%s", kept_rows(work, a), columns.ptr,
	    object_get(a, "partition_key") ? "" : "ONLY ", ident);
	ADD("DROP TABLE %s", ident)->loses = losses(work, a);
}

/* What of the kept row becomes the value of the new column. */
static const char *value_for(const struct work *work, const struct object *column, const struct object *now)
{
	const char *from = object_get(column, "type"), *to = object_get(now, "type");
	if (is_of_own_type(work, column))
		return arena_printf(work->arena, "%s::%s", column->ident, to);
	return same(from, to) ? column->ident : cast_text(work->arena, column->ident, from, to);
}

void put_rows_back(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	struct buf columns = buf_init(work->arena), values = buf_init(work->arena);
	const char *rows = kept_rows(work, a);
	bool overrides = false;
	for (size_t i = 0; i < a->children.len; i++) {
		const struct object *column = a->children.ptr[i], *now = taker_of(work, column);
		if (!now)
			continue;
		overrides = overrides || same(object_get(now, "identity"), "ALWAYS");
		buf_printf(&columns, "%s%s", columns.len ? ", " : "", now->ident);
		buf_printf(&values, "%s%s", values.len ? ", " : "", value_for(work, column, now));
	}
	lift_forced_security(work, b, statements);
	ADD("INSERT INTO %s (%s)%s SELECT %s FROM %s", b->ident, columns.ptr,
	    overrides ? " OVERRIDING SYSTEM VALUE" : "", values.ptr, rows);
	force_security_again(work, b, statements);
	ADD("DROP TABLE %s", rows);
	for (size_t i = 0; i < b->children.len; i++)
		if (counterpart(work->from, b->children.ptr[i]))
			counting_goes_on(work, b->children.ptr[i], statements);
}

/* ---- when ---- */

/* Not to be there, or not to be looked at, before the rows are. */
static bool waits_for_rows(const struct object *object)
{
	switch ((int)object->kind) {
	case KIND_TRIGGER:
	case KIND_FOREIGN_KEY:
	case KIND_RULE:
	case KIND_POLICY:
	case KIND_VIEW:
	case KIND_MATERIALIZED_VIEW:
		return true;
	case KIND_CONSTRAINT:
		return object_get(object, "not_valid") != NULL;
	default:
		return false;
	}
}

static void users_wait(struct work *work, ptrdiff_t node, const struct object *used)
{
	for (size_t i = 0; i < used->needed_by.len; i++)
		if (waits_for_rows(used->needed_by.ptr[i]))
			order_before(work, node, work->new[used->needed_by.ptr[i]->position].node);
}

void edges_of_refilled(struct work *work, ptrdiff_t node, const struct object *table)
{
	order_before(work, work->new[table->position].node, node);
	users_wait(work, node, table);
	for (size_t i = 0; i < table->children.len; i++)
		users_wait(work, node, table->children.ptr[i]);
	for (size_t i = 0; i < table->needed_by.len; i++)
		if (table->needed_by.ptr[i]->kind == KIND_TABLE && partition_whole(table->needed_by.ptr[i]) == table)
			edges_of_refilled(work, node, table->needed_by.ptr[i]);
}
