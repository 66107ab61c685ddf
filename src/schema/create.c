#include "schema/create.h"

#include <stdlib.h>

#include "schema/kind.h"
#include "schema/work.h"
#include "sql/quote.h"

struct statement *statements_add(struct arena *arena, struct statements *statements, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *sql = arena_vprintf(arena, fmt, args);
	va_end(args);
	return vec_push(arena, statements, (struct statement){ .sql = sql });
}

void statements_add_all(struct arena *arena, struct statements *statements, const struct statements *more)
{
	for (size_t i = 0; i < more->len; i++)
		vec_push(arena, statements, more->ptr[i]);
}

void statements_concern(struct statements *statements, size_t first, enum verb verb, const struct object *object)
{
	for (size_t i = first; i < statements->len; i++) {
		struct statement *statement = &statements->ptr[i];
		if (statement->object)
			continue;
		statement->verb = verb;
		statement->object = object;
	}
}

/* ---- columns ---- */

bool comes_with_parent(const struct object *object)
{
	return object->kind == KIND_COLUMN
		? object_get(object, "inherited") != NULL
		: (object->kind == KIND_CONSTRAINT || object->kind == KIND_INDEX) && object_get(object, "_inherited");
}

static bool has_longer_option(const struct object *column)
{
	const char *options = object_get(column, "_identity_short");
	return options && *options;
}

char *column_text(struct arena *arena, const struct object *column, const char *value)
{
	struct buf buf = buf_init(arena);
	buf_text(&buf, template_fill(arena, "%N %{type}", column, NULL));
	if (column->parent && column->parent->kind == KIND_FOREIGN_TABLE)
		buf_text(&buf, template_fill(arena, "[ OPTIONS (%{server_options})]", column, NULL));
	buf_text(&buf, template_fill(arena, "[ COMPRESSION %{compression}][ COLLATE %{collation}]", column, NULL));
	if (object_get(column, "not_null"))
		buf_text(&buf, " NOT NULL");
	if (value)
		buf_printf(&buf, " DEFAULT %s", value);
	buf_text(&buf,
		 template_fill(arena, "[ GENERATED ALWAYS AS %{generated}][ GENERATED %{identity} AS IDENTITY]", column,
			       NULL));
	if (object_get(column, "identity") && has_longer_option(column))
		buf_text(&buf, template_fill(arena, " (%{_identity_short})", column, NULL));
	return buf.ptr;
}

static const struct object *default_of(const struct object *column, const struct objects *folded)
{
	for (size_t i = 0; i < folded->len; i++)
		if (folded->ptr[i]->kind == KIND_DEFAULT && folded->ptr[i]->parent == column->parent &&
		    strcmp(folded->ptr[i]->ident, column->ident) == 0)
			return folded->ptr[i];
	return NULL;
}

static const char *default_text(const struct object *column, const struct objects *folded)
{
	const struct object *value = default_of(column, folded);
	return value ? object_get(value, "expression") : NULL;
}

/* With its default, where that is made in the same statement. */
static char *folded_column(struct arena *arena, const struct object *column, const struct objects *folded)
{
	const char *serial = serial_word(column, folded);
	if (serial)
		return arena_printf(arena, "%s %s", column->ident, serial);
	return column_text(arena, column, default_text(column, folded));
}

/* ---- tables ---- */

static void add_line(struct buf *body, const char *text)
{
	buf_printf(body, "%s\n\t%s", body->len ? "," : "", text);
}

static char *table_body(struct arena *arena, const struct object *table, const struct objects *folded)
{
	struct buf body = buf_init(arena);
	for (size_t i = 0; i < folded->len; i++) {
		const struct object *child = folded->ptr[i];
		if (child->parent == table && child->kind == KIND_COLUMN && !comes_with_parent(child))
			add_line(&body, folded_column(arena, child, folded));
	}
	for (size_t i = 0; i < folded->len; i++) {
		const struct object *child = folded->ptr[i];
		if (child->parent == table && child->kind == KIND_CONSTRAINT && !comes_with_parent(child))
			add_line(&body, template_fill(arena, "CONSTRAINT %N %{definition}", child, NULL));
	}
	return body.ptr;
}

/* Where the rows are, and how. */
#define STORED_AS                                                                    \
	"[ USING %{access_method}][ SERVER %{server}][ OPTIONS (%{server_options})]" \
	"[ WITH (%{options})][ TABLESPACE %{tablespace}]"

static void create_table(struct arena *arena, const struct object *table, const struct objects *folded,
			 struct statements *statements)
{
	struct buf sql = buf_init(arena);
	const char *body = table_body(arena, table, folded);
	bool is_partition = object_get(table, "partition_of") != NULL;
	buf_printf(&sql, "CREATE %s%s", object_get(table, "unlogged") ? "UNLOGGED " : "",
		   table->kind == KIND_FOREIGN_TABLE ? "FOREIGN TABLE " : "TABLE ");
	buf_text(&sql, table->ident);
	buf_text(&sql, template_fill(arena, "[ PARTITION OF %{partition_of}]", table, NULL));
	if (*body || !is_partition)
		buf_printf(&sql, " (%s%s)", body, *body ? "\n" : "");
	buf_text(&sql,
		 template_fill(
			 arena,
			 "[ %{partition_bound}][ INHERITS (%{inherits})][ PARTITION BY %{partition_key}]" STORED_AS,
			 table, NULL));
	statements_add(arena, statements, "%s", sql.ptr);
	if (object_get(table, "of_type"))
		statements_add(arena, statements, "%s",
			       template_fill(arena, "ALTER TABLE %N OF %{of_type}", table, NULL));
}

static long place_of(const struct object *part)
{
	const char *position = object_get(part, "_position");
	return position ? strtol(position, NULL, 10) : 0;
}

static int compare_places(const void *left, const void *right)
{
	long a = place_of(*(struct object *const *)left), b = place_of(*(struct object *const *)right);
	return a < b ? -1 : a > b;
}

static struct objects parts_in_order(struct arena *arena, const struct object *whole, enum kind kind)
{
	struct objects parts = { 0 };
	for (size_t i = 0; i < whole->children.len; i++)
		if (whole->children.ptr[i]->kind == kind)
			vec_push(arena, &parts, whole->children.ptr[i]);
	if (parts.len > 1)
		qsort(parts.ptr, parts.len, sizeof(*parts.ptr), compare_places);
	return parts;
}

struct objects attributes_in_order(struct arena *arena, const struct object *type)
{
	return parts_in_order(arena, type, KIND_ATTRIBUTE);
}

const struct object *type_of_table(const struct object *table)
{
	const char *of = table->kind == KIND_TABLE ? object_get(table, "of_type") : NULL;
	for (size_t i = 0; of && i < table->needs.len; i++)
		if (table->needs.ptr[i]->kind == KIND_COMPOSITE && strcmp(table->needs.ptr[i]->ident, of) == 0)
			return table->needs.ptr[i];
	return NULL;
}

bool stands_otherwise(struct arena *arena, const struct object *partition)
{
	bool is_table = partition->kind == KIND_TABLE || partition->kind == KIND_FOREIGN_TABLE;
	const struct object *whole = is_table ? partition_whole(partition) : NULL;
	if (!whole)
		return false;
	struct objects own = parts_in_order(arena, partition, KIND_COLUMN),
		       wholes = parts_in_order(arena, whole, KIND_COLUMN);
	for (size_t i = 0; i < own.len && i < wholes.len; i++)
		if (strcmp(own.ptr[i]->ident, wholes.ptr[i]->ident) != 0)
			return true;
	return false;
}

static void create_composite(struct arena *arena, const struct object *type, struct statements *statements)
{
	struct buf body = buf_init(arena);
	struct objects parts = attributes_in_order(arena, type);
	for (size_t i = 0; i < parts.len; i++)
		add_line(&body, template_fill(arena, "%N %{type}[ COLLATE %{collation}]", parts.ptr[i], NULL));
	statements_add(arena, statements, "CREATE TYPE %s AS (%s%s)", type->ident, body.ptr, body.len ? "\n" : "");
}

/* ---- privileges ---- */

void grant_privileges(struct arena *arena, const struct object *grant, const char *privileges, bool given,
		      struct statements *statements)
{
	const char *sign = object_get(grant, "_sign"), *grantee = object_get(grant, "_grantee");
	bool grants = (sign && *sign == '+') == given, with_option = object_get(grant, "_grantable") != NULL;
	const char *on, *prefix = "", *grantor = grant->kind == KIND_GRANT ? object_get(grant, "_grantor") : NULL;
	if (object_get(grant, "_complete") && strcmp(privileges, object_get(grant, "privileges")) == 0)
		privileges = "ALL";
	if (grant->kind == KIND_DEFAULT_PRIVILEGES) {
		prefix = arena_printf(
			arena, "ALTER DEFAULT PRIVILEGES%s%s ",
			object_get(grant, "owner") ? arena_printf(arena, " FOR ROLE %s",
								  sql_ident(arena, str_of(object_get(grant, "owner"))))
						   : "",
			grant->schema ? arena_printf(arena, " IN SCHEMA %s", sql_ident(arena, str_of(grant->schema)))
				      : "");
		on = object_get(grant, "_objects");
	} else {
		on = template_fill(arena, kinds[grant->parent->kind].grant ? kinds[grant->parent->kind].grant : "%R",
				   grant->parent, NULL);
		if (grant->parent->kind == KIND_COLUMN || grant->parent->kind == KIND_VIEW_COLUMN) {
			struct buf buf = buf_init(arena);
			struct str rest = str_of(privileges), one;
			bool more = true;
			while (more) {
				more = str_cut(rest, ',', &one, &rest);
				buf_printf(&buf, "%s" STR_FMT " (%s)", buf.len ? ", " : "", STR_ARG(str_trim(one)),
					   grant->parent->ident);
			}
			privileges = buf.ptr;
		}
	}
	if (grantor)
		statements_add(arena, statements, "SET ROLE %s", grantor)->why = "it is not the owner who grants this";
	if (grants)
		statements_add(arena, statements, "%sGRANT %s ON %s TO %s%s", prefix, privileges, on, grantee,
			       with_option ? " WITH GRANT OPTION" : "");
	else
		statements_add(arena, statements, "%sREVOKE %s ON %s FROM %s", prefix, privileges, on, grantee);
	if (grantor)
		statements_add(arena, statements, "RESET ROLE");
}

/* ---- any object ---- */

static void add_mappings(struct arena *arena, const struct object *configuration, struct statements *statements)
{
	const char *mappings = object_get(configuration, "mappings");
	struct str rest = str_of(mappings), one;
	bool more = mappings != NULL;
	while (more) {
		more = str_cut(rest, ';', &one, &rest);
		statements_add(arena, statements, "ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR " STR_FMT,
			       configuration->ident, STR_ARG(str_trim(one)));
	}
}

/* What CREATE does not say, in the order of the attributes.  The sequence of a serial column has its table's owner, and may have no other. */
static void add_rest(struct arena *arena, const struct object *object, bool is_serial, struct statements *statements)
{
	for (size_t i = 0; i < object->attributes->len; i++) {
		const char *value = object->values[i];
		const struct meaning *meaning = value ? meaning_find(object->kind, object->attributes->names[i]) : NULL;
		bool is_said = is_serial && strcmp(object->attributes->names[i], "owner") == 0;
		if (meaning && !meaning->in_create && meaning->set && !is_said)
			statements_add(arena, statements, "%s", template_fill(arena, meaning->set, object, value));
	}
	if (object->kind == KIND_TS_CONFIGURATION)
		add_mappings(arena, object, statements);
	if (object->kind == KIND_COLUMN && object_get(object, "inherited") && object_get(object, "not_null"))
		statements_add(arena, statements, "%s",
			       template_fill(arena, "ALTER TABLE %P ALTER COLUMN %N SET NOT NULL", object, NULL));
}

static const char made_idle[] =
	"it is made without its slot and not enabled, and without the password of its connection, which is not written down";

static void create_only(struct arena *arena, const struct object *object, const struct objects *folded,
			struct statements *statements)
{
	const char *text = kinds[object->kind].create;
	if (object->kind == KIND_COLUMN && comes_with_parent(object))
		return;
	if (object->kind == KIND_TABLE || object->kind == KIND_FOREIGN_TABLE) {
		create_table(arena, object, folded, statements);
	} else if (object->kind == KIND_COMPOSITE) {
		create_composite(arena, object, statements);
	} else if (object->kind == KIND_GRANT || object->kind == KIND_DEFAULT_PRIVILEGES) {
		grant_privileges(arena, object, object_get(object, "privileges"), true, statements);
	} else if (object->kind == KIND_COLUMN) {
		statements_add(arena, statements, "ALTER TABLE %s ADD COLUMN %s", object->parent_ident,
			       folded_column(arena, object, folded));
	} else {
		const char *sql = template_fill(arena, text, object, NULL);
		static const char or_replace[] = "CREATE OR REPLACE ";
		if (strncmp(sql, or_replace, strlen(or_replace)) == 0)
			sql = arena_printf(arena, "CREATE %s", sql + strlen(or_replace));
		if (*sql)
			statements_add(arena, statements, "%s", sql)->why =
				object->kind == KIND_SUBSCRIPTION ? made_idle : NULL;
	}
}

/* What has to be said of an object and of those whose statement is part of its own. */
static void add_rests(struct arena *arena, const struct object *object, const struct objects *folded,
		      struct statements *statements)
{
	for (size_t i = 0; i <= folded->len; i++) {
		const struct object *said = i ? folded->ptr[i - 1] : object;
		size_t first = statements->len;
		add_rest(arena, said, i && said->kind == KIND_SEQUENCE, statements);
		statements_concern(statements, first, VERB_ALTER, said);
	}
}

void create_object(struct arena *arena, const struct object *object, const struct objects *folded,
		   struct statements *statements)
{
	size_t first = statements->len;
	create_only(arena, object, folded, statements);
	statements_concern(statements, first, VERB_CREATE, object);
	add_rests(arena, object, folded, statements);
}

void create_rest(struct arena *arena, const struct object *object, struct statements *statements)
{
	static const struct objects nothing;
	add_rests(arena, object, &nothing, statements);
}

static const struct object *default_on(const struct object *column)
{
	const struct objects *siblings = &column->parent->children;
	return default_of(column, siblings);
}

/* The same column of the whole table, NULL: there is none above. */
static const struct object *column_above(const struct object *column)
{
	const struct object *whole = partition_whole(column->parent);
	for (size_t i = 0; whole && i < whole->children.len; i++)
		if (whole->children.ptr[i]->kind == KIND_COLUMN &&
		    strcmp(whole->children.ptr[i]->ident, column->ident) == 0)
			return whole->children.ptr[i];
	return NULL;
}

static const struct object *nearest_default(const struct object *column)
{
	const struct object *value = NULL;
	for (; column && !value; column = column_above(column))
		value = default_on(column);
	return value;
}

/* All that the whole table says of its columns, but for identity, which comes with ATTACH. */
static void add_columns_as_they_stand(struct arena *arena, const struct object *table, struct buf *body)
{
	struct objects columns = parts_in_order(arena, table, KIND_COLUMN);
	for (size_t i = 0; i < columns.len; i++) {
		const struct object *column = columns.ptr[i], *carrier = carrier_of(column);
		const struct object *value = nearest_default(column);
		struct buf line = buf_init(arena);
		buf_text(&line, template_fill(arena, "%N %{type}[ COMPRESSION %{compression}]", carrier, NULL));
		buf_text(&line, template_fill(arena, "[ OPTIONS (%{server_options})]", column, NULL));
		buf_text(&line, template_fill(arena, "[ COLLATE %{collation}]", carrier, NULL));
		if (is_not_null(column))
			buf_text(&line, " NOT NULL");
		if (value)
			buf_printf(&line, " DEFAULT %s", object_get(value, "expression"));
		buf_text(&line, template_fill(arena, "[ GENERATED ALWAYS AS %{generated}]", carrier, NULL));
		add_line(body, line.ptr);
	}
	for (size_t i = 0; i < table->children.len; i++) {
		const struct object *check = table->children.ptr[i];
		if (check->kind == KIND_CONSTRAINT && comes_with_parent(check) && *object_get(check, "_type") == 'c')
			add_line(body, template_fill(arena, "CONSTRAINT %N %{definition}", check, NULL));
	}
}

void create_joining(struct arena *arena, const struct object *table, const struct objects *folded,
		    struct statements *statements)
{
	size_t first = statements->len;
	static const char like[] =
		"LIKE %{partition_of} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE";
	struct buf body = buf_init(arena);
	bool otherwise = stands_otherwise(arena, table);
	if (otherwise)
		add_columns_as_they_stand(arena, table, &body);
	else
		add_line(&body, template_fill(arena, like, table, NULL));
	const char *rest = table_body(arena, table, folded);
	statements_add(arena, statements, "CREATE %sTABLE %s (%s%s%s\n)%s",
		       table->kind == KIND_FOREIGN_TABLE       ? "FOREIGN "
			       : object_get(table, "unlogged") ? "UNLOGGED "
							       : "",
		       table->ident, body.ptr, *rest ? "," : "", rest,
		       template_fill(arena, "[ PARTITION BY %{partition_key}]" STORED_AS, table, NULL))
		->why = otherwise
		? "its columns stand in another order than those of the whole table"
		: "its own constraints are to carry the indexes of the whole table, so they come first";
	for (size_t i = 0; i < folded->len; i++)
		if (folded->ptr[i]->kind == KIND_INDEX)
			create_only(arena, folded->ptr[i], folded, statements);
	statements_add(arena, statements, "%s",
		       template_fill(arena, "ALTER TABLE %{partition_of} ATTACH PARTITION %N %{partition_bound}", table,
				     NULL));
	statements_concern(statements, first, VERB_CREATE, table);
	add_rests(arena, table, folded, statements);
}

const char *object_loss(struct arena *arena, const struct object *object)
{
	if (!kinds[object->kind].holds_data || object_get(object, "generated") || object_get(object, "inherited"))
		return NULL;
	return object->kind == KIND_COLUMN
		? arena_printf(arena, "what is in column %s.%s", object->parent_ident, object->ident)
		: arena_printf(arena, "the rows of %s", object->ident);
}

void drop_object(struct arena *arena, const struct object *object, struct statements *statements)
{
	const char *text = kinds[object->kind].drop;
	if (object->kind == KIND_GRANT || object->kind == KIND_DEFAULT_PRIVILEGES) {
		grant_privileges(arena, object, object_get(object, "privileges"), false, statements);
		return;
	}
	/* With its slot the publisher would be asked, who is not there where this is proved, and may be gone for good. */
	if (object->kind == KIND_SUBSCRIPTION) {
		statements_add(arena, statements, "ALTER SUBSCRIPTION %s DISABLE", object->ident)->why =
			"its slot stays on the publisher, and has to be dropped there";
		statements_add(arena, statements, "ALTER SUBSCRIPTION %s SET (slot_name = NONE)", object->ident);
	}
	/* A view's column is not gone, it only has nothing of its own any more. */
	for (size_t i = 0; object->kind == KIND_VIEW_COLUMN && i < object->attributes->len; i++) {
		const struct meaning *meaning =
			object->values[i] ? meaning_find(object->kind, object->attributes->names[i]) : NULL;
		if (meaning && meaning->reset)
			statements_add(arena, statements, "%s", template_fill(arena, meaning->reset, object, NULL));
	}
	char *sql = text ? template_fill(arena, text, object, NULL)
			 : arena_printf(arena, "DROP %s", object_reference(arena, object));
	if (*sql)
		statements_add(arena, statements, "%s", sql)->loses = object_loss(arena, object);
}
