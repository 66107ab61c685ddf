#include "format/shape.h"

#include <string.h>

#include "ledger_shape.sql.h"

/* No right to use the schema is no error here, as it would be with to_regclass(). */
static const char in_schema[] =
	", $1::text AS schema FROM pg_catalog.pg_class c WHERE c.relname = $2 AND c.relnamespace = to_regnamespace(quote_ident($1))";

/* One row, also where there is none. */
static const char on_path[] =
	", coalesce(n.nspname, $1, current_schema()) AS schema FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_class c ON c.oid = "
	"to_regclass(coalesce(quote_ident($1) || '.', '') || quote_ident($2)) LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";

struct call shape_question(struct arena *arena, const struct format *format, const struct format_settings *settings)
{
	struct str schema, table;
	format_ledger_name(arena, format, settings, &schema, &table);
	return (struct call){
		.sql = arena_printf(arena, "%s%s", sql_ledger_shape, in_schema),
		.params = { str_dup(arena, schema), str_dup(arena, table) },
		.nparams = 2,
	};
}

struct call shape_question_on_path(struct arena *arena, const char *schema, const char *table)
{
	return (struct call){
		.sql = arena_printf(arena, "%s%s", sql_ledger_shape, on_path),
		.params = { schema, table },
		.nparams = 2,
	};
}

static void take_columns(struct arena *arena, struct str joined, struct shape *shape)
{
	struct str rest = str_of(str_dup(arena, joined));
	while (rest.len) {
		struct shape_column column;
		struct str must;
		str_cut(rest, '\1', &column.name, &rest);
		str_cut(rest, '\1', &column.type, &rest);
		str_cut(rest, '\1', &must, &rest);
		column.must = str_eq(must, STR("true"));
		vec_push(arena, shape, column);
	}
}

void shape_take(struct arena *arena, const struct result *result, struct shape *ret_shape)
{
	*ret_shape = (struct shape){ 0 };
	if (!result->rows)
		return;
	ret_shape->schema = str_of(str_dup(arena, result_cell(result, 0, 7)));
	struct str kind = result_cell(result, 0, 0);
	if (!kind.ptr)
		return;
	ret_shape->exists = true;
	ret_shape->ordinary = str_eq(kind, STR("r")) || str_eq(kind, STR("p"));
	ret_shape->reads = result_bool(result, 0, 1);
	ret_shape->inserts = result_bool(result, 0, 2);
	ret_shape->updates = result_bool(result, 0, 3);
	ret_shape->deletes = result_bool(result, 0, 4);
	ret_shape->exposed = result_bool(result, 0, 5);
	take_columns(arena, result_cell(result, 0, 6), ret_shape);
}

const struct shape_column *shape_column(const struct shape *shape, const char *name)
{
	for (size_t i = 0; i < shape->len; i++)
		if (str_eq(shape->ptr[i].name, str_of(name)))
			return &shape->ptr[i];
	return NULL;
}

static bool is_among(const char *const *names, struct str name)
{
	for (; *names; names++)
		if (str_eq(name, str_of(*names)))
			return true;
	return false;
}

static void list(struct buf *buf, struct str name)
{
	buf_printf(buf, "%s" STR_FMT, buf->len ? ", " : "", STR_ARG(name));
}

static const char *fault(struct arena *arena, const struct shape *shape, const struct shape_needs *needs)
{
	struct buf lacking = buf_init(arena), unknown = buf_init(arena);
	if (!shape->exists)
		return NULL;
	if (!shape->ordinary)
		return "It is not an ordinary table.";
	for (const char *const *name = needs->reads; *name; name++)
		if (!shape_column(shape, *name))
			list(&lacking, str_of(*name));
	if (lacking.len)
		return arena_printf(arena, "It lacks columns: %s.", lacking.ptr);
	for (size_t i = 0; i < shape->len; i++)
		if (shape->ptr[i].must && !is_among(needs->writes, shape->ptr[i].name))
			list(&unknown, shape->ptr[i].name);
	if (unknown.len)
		return arena_printf(arena, "Its columns (%s) must be given a value, and brant knows none for them.",
				    unknown.ptr);
	return NULL;
}

const char *shape_tell(struct arena *arena, const struct shape *shape, const struct shape_needs *needs,
		       struct ledger *ledger)
{
	ledger->exists = shape->exists;
	ledger->readable = shape->reads;
	ledger->writable = shape->inserts && (needs->changes == SHAPE_UPDATES ? shape->updates : shape->deletes);
	ledger->exposed = shape->exposed;
	return fault(arena, shape, needs);
}
