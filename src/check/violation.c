/*
 * violation.c - a violation of the boundary as an error.
 */
#include "check/boundary.h"
#include "sql/quote.h"

static const char *reason(const struct violation *v)
{
	switch (v->touch->kind) {
	case OBJECT_ROLE:
		return "The role belongs to the platform: its services log in with it or switch to it.";
	case OBJECT_EVENT_TRIGGER:
		return "An event trigger runs inside every DDL statement of the database, the platform's own migrations included.";
	case OBJECT_SCHEMA:
	case OBJECT_TABLE:
	case OBJECT_INDEX:
	case OBJECT_SEQUENCE:
	case OBJECT_VIEW:
	case OBJECT_MATVIEW:
	case OBJECT_TYPE:
	case OBJECT_FUNCTION:
	case OBJECT_TRIGGER:
	case OBJECT_POLICY:
	case OBJECT_RULE:
	case OBJECT_CONSTRAINT:
	case OBJECT_COLUMN:
	case OBJECT_EXTENSION:
	case OBJECT_DATABASE:
	case OBJECT_PUBLICATION:
	case OBJECT_SUBSCRIPTION:
	case OBJECT_OTHER:
		break;
	}
	return NULL;
}

const char *boundary_object(struct arena *arena, struct str object)
{
	static const struct {
		const char *start, *rest;
	} kinds[] = {
		{ "role ", ", which the platform's services use" },
		{ "event trigger ", ", which acts on the whole database" },
		{ "rows of ", ", which are the platform's" },
		{ "default privileges ", ", which are the platform's" },
		{ "an object of a platform schema", "" },
		{ "owner or privileges of a platform schema", "" },
		{ "", ", which is the platform's" },
	};
	size_t i = 0;
	while (!str_starts(object, str_of(kinds[i].start)))
		i++;
	return arena_printf(arena, STR_FMT "%s", STR_ARG(object), kinds[i].rest);
}

bool violation_err(struct err *err, const struct violation *v)
{
	const char *why = reason(v);
	err_set(err, ERR_REFUSED, "boundary", "%s %s", v->action, boundary_object(err->arena, str_of(v->object)));
	if (why)
		err_detail(err, "%s", why);
	else
		err_detail(err,
			   "The schema " STR_FMT
			   " belongs to the platform, which migrates it itself. Nothing was changed.",
			   STR_ARG(v->schema));
	if (!v->touch->schema.ptr && v->touch->kind != OBJECT_SCHEMA && !why)
		err_hint(err,
			 "The name has no schema, and the search path finds \"" STR_FMT
			 "\" first: qualify it (public.%s).",
			 STR_ARG(v->schema), sql_ident(err->arena, v->touch->name));
	else if (v->allow)
		err_hint(err, "If it is meant, allow it by name in brant.yaml: boundary: { allow: [\"%s\"] }",
			 v->allow);
	unsigned line, column;
	const char *file;
	stmt_position(v->stmt, v->touch->offset, &file, &line, &column);
	return err_at(err, file, line, column);
}

/* One line each: where, and what. */
static void list_others(struct buf *buf, const struct violations *violations)
{
	enum { SHOWN = 20 };
	size_t n = violations->len - 1;
	buf_printf(buf, "\nSo %s refused:", n == 1 ? "is" : "are");
	for (size_t i = 1; i <= n && i <= SHOWN; i++) {
		const struct violation *v = &violations->ptr[i];
		const char *file;
		unsigned line, column;
		stmt_position(v->stmt, v->touch->offset, &file, &line, &column);
		buf_printf(buf, "\n  %s:%u: %s %s", file, line, v->action, v->object);
	}
	if (n > SHOWN)
		buf_printf(buf, "\n  and %zu more; \"brant check\" lists them all", n - SHOWN);
}

bool violations_err(struct err *err, const struct violations *violations)
{
	violation_err(err, &violations->ptr[0]);
	if (violations->len == 1)
		return false;
	struct buf detail = buf_init(err->arena);
	buf_printf(&detail, "%s", err->detail);
	list_others(&detail, violations);
	return err_detail(err, "%s", detail.ptr);
}
