#include "sql/fresh.h"

static bool is_same(const struct touch *a, const struct touch *b)
{
	bool both = a->schema.ptr && b->schema.ptr;
	return str_eq(a->name, b->name) && (both ? str_eq(a->schema, b->schema) : !a->schema.ptr && !b->schema.ptr);
}

static bool is_table(const struct touch *touch)
{
	return touch->kind == OBJECT_TABLE && !touch->part.ptr;
}

/* Does the touch leave a fresh table as it is: plain columns and constraints, indexes, rows, rights, comments? */
static bool is_plain(const struct stmt *stmt, const struct touch *touch)
{
	switch (touch->verb) {
	case TOUCH_WRITE:
	case TOUCH_LOCK:
	case TOUCH_GRANT:
	case TOUCH_COMMENT:
	case TOUCH_REFERENCE:
	case TOUCH_READ:
		return true;
	case TOUCH_ALTER:
		return strcmp(stmt->tag, "CREATE INDEX") == 0 && !stmt->opaque;
	case TOUCH_CREATE:
		return (touch->kind == OBJECT_COLUMN || touch->kind == OBJECT_CONSTRAINT) && !stmt->opaque &&
			!stmt->keeps_code;
	case TOUCH_REPLACE:
	case TOUCH_DROP:
	case TOUCH_TRUNCATE:
		return false;
	}
	return false;
}

/* Whatever the schema: one name may stand for the other. */
static void forget(struct fresh *fresh, struct str name)
{
	size_t left = 0;
	for (size_t i = 0; i < fresh->len; i++)
		if (!str_eq(fresh->ptr[i].name, name))
			fresh->ptr[left++] = fresh->ptr[i];
	fresh->len = left;
}

void fresh_follow(struct arena *arena, struct fresh *fresh, const struct stmt *stmt)
{
	/* Names mean something else afterwards. */
	if (stmt->sets_path || stmt->resets_path || stmt->kind == STMT_SET || !stmt->understood ||
	    strcmp(stmt->tag, "ROLLBACK TO") == 0)
		fresh->len = 0;
	for (size_t i = 0; i < stmt->touches.len; i++) {
		const struct touch *touch = &stmt->touches.ptr[i];
		if (!is_plain(stmt, touch))
			forget(fresh, touch->name);
		if (touch->kind == OBJECT_SCHEMA && touch->verb != TOUCH_GRANT && touch->verb != TOUCH_COMMENT)
			fresh->len = 0;
	}
	if (stmt->makes_table && !stmt->opaque && !stmt->keeps_code && stmt->touches.len &&
	    stmt->touches.ptr[0].verb == TOUCH_CREATE && is_table(&stmt->touches.ptr[0]))
		vec_push(arena, fresh, stmt->touches.ptr[0]);
}

bool fresh_takes(const struct fresh *fresh, const struct stmt *stmt)
{
	bool all = stmt->only_fires;
	for (size_t i = 0; all && i < stmt->touches.len; i++) {
		const struct touch *touch = &stmt->touches.ptr[i];
		bool there = touch->verb != TOUCH_WRITE || touch->kind == OBJECT_SEQUENCE;
		for (size_t k = 0; k < fresh->len; k++)
			there = there || is_same(&fresh->ptr[k], touch);
		all = there;
	}
	return all;
}
