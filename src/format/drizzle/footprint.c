#include "format/drizzle/footprint.h"

#include <stdlib.h>

#include "base/map.h"
#include "format/drizzle/delta.h"

/* One row of a kind: what drizzle-kit calls the statements about it, and it itself in nodes. */
struct kind {
	const char *rows;   /* entityType */
	const char *node;   /* "tbl" */
	const char *target; /* "table" */
	const char *create, *drop, *alter;
	enum { OF_NOTHING, OF_SCHEMA, OF_TABLE } of;
};

static const struct kind kinds[] = {
	{ "schemas", "sch", "schema", "create_schema", "drop_schema", NULL, OF_NOTHING },
	{ "roles", "role", "role", "create_role", "drop_role", "alter_role", OF_NOTHING },
	{ "enums", "enum", "enum", "create_enum", "drop_enum", "alter_enum", OF_SCHEMA },
	{ "sequences", "seq", "sequence", "create_sequence", "drop_sequence", "alter_sequence", OF_SCHEMA },
	{ "views", "view", "view", "create_view", "drop_view", "alter_view", OF_SCHEMA },
	{ "tables", "tbl", "table", "create_table", "drop_table", "alter_rls", OF_SCHEMA },
	{ "columns", "col", "column", "add_column", "drop_column", "alter_column", OF_TABLE },
	{ "indexes", "idx", "index", "create_index", "drop_index", "recreate_index", OF_TABLE },
	{ "pks", "pk", "table", "add_pk", "drop_pk", "alter_pk", OF_TABLE },
	{ "uniques", "uq", "table", "add_unique", "drop_unique", "alter_unique", OF_TABLE },
	{ "checks", "ck", "table", "add_check", "drop_check", "alter_check", OF_TABLE },
	{ "fks", "fk", "table", "create_fk", "drop_fk", "recreate_fk", OF_TABLE },
	{ "policies", "pol", "table", "create_policy", "drop_policy", "alter_policy", OF_TABLE },
};

enum verb_of { CREATED, DROPPED, ALTERED };

struct side {
	const struct json *rows;
	struct map by_key, tables; /* indexes of rows, + 1; tables: "schema.name" */
};

struct print {
	struct arena *arena;
	const struct kind *kind;
	const struct json *row, *old; /* old: of an alteration */
	enum verb_of verb;
	struct json writes, reads, shared;
};

static const char *text(const struct json *row, const char *field)
{
	return json_get_text(row, field, "");
}

static bool is(const struct print *p, const char *rows)
{
	return strcmp(p->kind->rows, rows) == 0;
}

/* ---- nodes ---- */

static void add_node(struct print *p, struct json *list, char what, const char *kind, const char *path)
{
	json_add(p->arena, list, json_of_text(arena_printf(p->arena, "%c|%s|%s", what, kind, path)));
}

static const char *join(struct print *p, const char *a, const char *b, const char *c)
{
	return c ? arena_printf(p->arena, "%s.%s.%s", a, b, c) : b ? arena_printf(p->arena, "%s.%s", a, b) : a;
}

/* What the row is in nodes: an index is one of its schema, a primary key one of its table. */
static const char *path_of(struct print *p, const struct json *row)
{
	const char *schema = text(row, "schema"), *table = text(row, "table"), *name = text(row, "name");
	if (p->kind->of == OF_NOTHING)
		return name;
	if (p->kind->of == OF_SCHEMA || is(p, "indexes"))
		return join(p, schema, name, NULL);
	return is(p, "pks") ? join(p, schema, table, NULL) : join(p, schema, table, name);
}

/* Names that things of several kinds share. */
static void add_shared_names(struct print *p, const char *path)
{
	bool relation = is(p, "tables") || is(p, "views") || is(p, "sequences") || is(p, "indexes");
	bool type = is(p, "tables") || is(p, "views") || is(p, "enums");
	bool constraint = is(p, "uniques") || is(p, "checks") || is(p, "fks") || is(p, "pks");
	const char *schema = text(p->row, "schema"), *name = text(p->row, "name");
	if (relation)
		add_node(p, &p->writes, 'n', "rel", path);
	if (type)
		add_node(p, &p->writes, 'n', "type", path);
	if (constraint)
		add_node(p, &p->writes, 'n', "con", join(p, schema, text(p->row, "table"), name));
	if (is(p, "uniques") || is(p, "pks"))
		add_node(p, &p->writes, 'n', "rel", join(p, schema, name, NULL));
}

static void add_columns(struct print *p, const struct json *names, char what, const char *schema, const char *table)
{
	for (size_t i = 0; names && names->kind == JS_ARRAY && i < names->len; i++) {
		const struct json *name = &names->ptr[i];
		if (name->kind == JS_OBJECT) { /* an index's */
			const struct json *expression = json_get(name, "isExpression");
			if (expression && expression->truth)
				continue;
			name = json_get_kind(name, "value", JS_STRING);
		}
		if (name && name->kind == JS_STRING)
			add_node(p, &p->reads, what, "col", join(p, schema, table, str_dup(p->arena, name->text)));
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* That these columns are unique, which foreign keys rest on. */
static void add_uniqueness(struct print *p, struct json *list, const char *schema, const char *table,
			   const struct json *columns)
{
	struct buf path = buf_init(p->arena);
	size_t n = columns && columns->kind == JS_ARRAY ? columns->len : 0;
	const char **names = arena_alloc(p->arena, (n + 1) * sizeof(*names));
	for (size_t i = 0; i < n; i++) {
		const struct json *name = &columns->ptr[i];
		if (name->kind == JS_OBJECT)
			name = json_get_kind(name, "value", JS_STRING);
		names[i] = name && name->kind == JS_STRING ? str_dup(p->arena, name->text) : "";
	}
	qsort(names, n, sizeof(*names), by_text);
	buf_printf(&path, "%s.%s", schema, table);
	for (size_t i = 0; i < n; i++)
		buf_printf(&path, ".%s", names[i]);
	add_node(p, list, 'e', "uniqueness", path.ptr);
}

/* Columns that an expression seems to speak of: their names stand in it. */
static void add_mentioned(struct print *p, const struct side *side, char what)
{
	const char *value = text(p->row, "value");
	for (size_t i = 0; i < side->rows->len; i++) {
		const struct json *row = &side->rows->ptr[i];
		const char *name = text(row, "name");
		if (strcmp(text(row, "entityType"), "columns") == 0 && *name && strstr(value, name) &&
		    strcmp(text(row, "schema"), text(p->row, "schema")) == 0 &&
		    strcmp(text(row, "table"), text(p->row, "table")) == 0)
			add_node(p, &p->reads, what, "col", join(p, text(row, "schema"), text(row, "table"), name));
	}
}

/* ---- writes ---- */

/* Changes of a column are changes of its properties, so that two that touch different ones are not in each other's way. */
static void write_properties(struct print *p, const char *path)
{
	static const struct {
		const char *field, *properties[3];
	} rows[] = {
		{ "notNull", { "notNull" } },
		{ "default", { "default" } },
		{ "type", { "type", "default" } },
		{ "typeSchema", { "type", "default" } },
		{ "dimensions", { "type", "default" } },
		{ "generated", { "generated", "default" } },
		{ "identity", { "identity", "default", "notNull" } },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		const struct json *is = json_get(p->row, rows[i].field), *was = json_get(p->old, rows[i].field);
		struct json null = json_new(JS_NULL);
		if (str_eq(json_print(p->arena, is ? is : &null, 0), json_print(p->arena, was ? was : &null, 0)))
			continue;
		for (size_t k = 0; k < LEN(rows[i].properties) && rows[i].properties[k]; k++)
			add_node(p, &p->writes, 's', "colprop",
				 arena_printf(p->arena, "%s.%s", path, rows[i].properties[k]));
	}
}

static void write_all(struct print *p)
{
	const char *path = path_of(p, p->row), *node = is(p, "tables") && p->verb == ALTERED ? "rls" : p->kind->node;
	bool made_again = is(p, "indexes") || is(p, "fks");
	if (p->verb == ALTERED && is(p, "columns")) {
		write_properties(p, path);
		return;
	}
	add_node(p, &p->writes, 's', node, path);
	if (p->verb == ALTERED && !made_again)
		return;
	add_node(p, &p->writes, 'n', node, path);
	add_node(p, &p->writes, 'e', node, path);
	add_shared_names(p, path);
}

/* Names that CREATE TABLE makes besides its own. */
static void write_inner_names(struct print *p, const struct side *side)
{
	for (size_t i = 0; i < side->rows->len; i++) {
		const struct json *row = &side->rows->ptr[i];
		const char *type = text(row, "entityType");
		if ((strcmp(type, "pks") == 0 || strcmp(type, "uniques") == 0) &&
		    strcmp(text(row, "schema"), text(p->row, "schema")) == 0 &&
		    strcmp(text(row, "table"), text(p->row, "name")) == 0)
			add_node(p, &p->writes, 'n', "rel", join(p, text(row, "schema"), text(row, "name"), NULL));
	}
}

/* ---- reads ---- */

static void read_enum_of(struct print *p, const struct json *column)
{
	const char *schema = json_get_text(column, "typeSchema", NULL);
	if (schema && *schema && strcmp(schema, "pg_catalog") != 0)
		add_node(p, &p->reads, 'n', "enum", join(p, schema, text(column, "type"), NULL));
}

static void read_roles(struct print *p)
{
	static const char *const builtin[] = { "public", "current_role", "current_user", "session_user" };
	const struct json *roles = json_get_kind(p->row, "roles", JS_ARRAY);
	for (size_t i = 0; roles && i < roles->len; i++) {
		bool own = roles->ptr[i].kind == JS_STRING;
		for (size_t k = 0; k < LEN(builtin); k++)
			own = own && !str_eq(roles->ptr[i].text, str_of(builtin[k]));
		if (own)
			add_node(p, &p->reads, 'n', "role", str_dup(p->arena, roles->ptr[i].text));
	}
	if (p->verb == CREATED)
		add_node(p, &p->reads, 'e', "rls", join(p, text(p->row, "schema"), text(p->row, "table"), NULL));
}

static void read_target(struct print *p)
{
	const char *schema = text(p->row, "schemaTo"), *table = text(p->row, "tableTo");
	const struct json *columns = json_get(p->row, "columnsTo");
	add_node(p, &p->reads, 'n', "tbl", join(p, schema, table, NULL));
	add_node(p, &p->reads, 'n', "sch", schema);
	add_columns(p, columns, 'n', schema, table);
	add_uniqueness(p, &p->reads, schema, table, columns);
}

static void read_columns(struct print *p, const struct side *side)
{
	const char *schema = text(p->row, "schema"), *table = text(p->row, "table");
	char what = p->verb == DROPPED ? 'e' : 'n';
	add_columns(p, json_get(p->row, "columns"), what, schema, table);
	if (p->verb == ALTERED && (is(p, "uniques") || is(p, "checks")))
		add_columns(p, json_get(p->old, "columns"), 'e', schema, table);
	if (is(p, "checks"))
		add_mentioned(p, side, what);
	if (is(p, "fks") && p->verb != DROPPED)
		read_target(p);
	if (is(p, "policies") && p->verb != DROPPED)
		read_roles(p);
	if (is(p, "columns") && p->verb == ALTERED)
		add_node(p, &p->reads, 'n', "col", path_of(p, p->row));
	if (is(p, "columns") && p->verb != DROPPED)
		read_enum_of(p, p->row);
}

static bool is_unique_index(const struct json *row)
{
	const struct json *unique = json_get(row, "isUnique"), *columns = json_get_kind(row, "columns", JS_ARRAY);
	bool plain = unique && unique->truth && !json_get_kind(row, "where", JS_STRING);
	for (size_t i = 0; columns && i < columns->len; i++) {
		const struct json *expression = json_get(&columns->ptr[i], "isExpression");
		plain = plain && !(expression && expression->truth);
	}
	return plain;
}

/* A uniqueness that goes, or may go. */
static void share_uniqueness(struct print *p)
{
	const struct json *row = p->verb == ALTERED ? p->old : p->row;
	if (p->verb != CREATED && (is(p, "pks") || is(p, "uniques") || (is(p, "indexes") && is_unique_index(row))))
		add_uniqueness(p, &p->shared, text(row, "schema"), text(row, "table"), json_get(row, "columns"));
}

static void read_all(struct print *p, const struct side *side)
{
	const char *schema = text(p->row, "schema"), *table = text(p->row, "table");
	if (p->kind->of == OF_TABLE) {
		bool home = is(p, "indexes") && p->verb == DROPPED && !is_unique_index(p->row);
		add_node(p, &p->reads, home ? 'e' : 'n', "tbl", join(p, schema, table, NULL));
		add_node(p, &p->reads, 'n', "sch", schema);
		read_columns(p, side);
		share_uniqueness(p);
	} else if (p->kind->of == OF_SCHEMA) {
		if (is(p, "tables") && p->verb == ALTERED)
			add_node(p, &p->reads, 'n', "tbl", join(p, schema, text(p->row, "name"), NULL));
		add_node(p, &p->reads, 'n', "sch", schema);
	}
	for (size_t i = 0; is(p, "tables") && p->verb == CREATED && i < side->rows->len; i++) {
		const struct json *row = &side->rows->ptr[i];
		if (strcmp(text(row, "entityType"), "columns") == 0 && strcmp(text(row, "schema"), schema) == 0 &&
		    strcmp(text(row, "table"), text(p->row, "name")) == 0)
			read_enum_of(p, row);
	}
}

/* ---- a footprint ---- */

static struct json target_of(struct print *p)
{
	struct json target = json_new(JS_ARRAY);
	bool named = p->kind->of != OF_TABLE || is(p, "columns") || is(p, "indexes");
	json_add(p->arena, &target, json_of_text(p->kind->target));
	if (p->kind->of != OF_NOTHING)
		json_add(p->arena, &target, json_of_text(text(p->row, "schema")));
	if (p->kind->of == OF_TABLE)
		json_add(p->arena, &target, json_of_text(text(p->row, "table")));
	if (named)
		json_add(p->arena, &target, json_of_text(text(p->row, "name")));
	return target;
}

static struct json footprint(struct print *p, const struct side *side)
{
	struct json object = json_new(JS_OBJECT);
	const char *const types[] = { p->kind->create, p->kind->drop, p->kind->alter };
	p->writes = p->reads = p->shared = json_new(JS_ARRAY);
	write_all(p);
	if (is(p, "tables") && p->verb == CREATED)
		write_inner_names(p, side);
	read_all(p, side);
	json_put(p->arena, &object, "statementType", json_of_text(types[p->verb]));
	json_put(p->arena, &object, "statementTarget", target_of(p));
	json_put(p->arena, &object, "writes", p->writes);
	if (p->kind->of != OF_NOTHING)
		json_put(p->arena, &object, "reads", p->reads);
	if (p->shared.len)
		json_put(p->arena, &object, "sharedWrites", p->shared);
	return object;
}

static const struct kind *kind_of(const struct json *row)
{
	for (size_t i = 0; i < LEN(kinds); i++)
		if (strcmp(kinds[i].rows, text(row, "entityType")) == 0)
			return &kinds[i];
	return NULL;
}

static struct side side_of(struct arena *arena, const struct json *rows)
{
	struct side side = { .rows = rows };
	for (size_t i = 0; i < rows->len; i++) {
		const struct json *row = &rows->ptr[i];
		map_set(arena, &side.by_key, delta_key(arena, row), (void *)(uintptr_t)(i + 1));
		if (strcmp(text(row, "entityType"), "tables") == 0)
			map_set(arena, &side.tables,
				str_of(arena_printf(arena, "%s.%s", text(row, "schema"), text(row, "name"))),
				(void *)(uintptr_t)(i + 1));
	}
	return side;
}

static const struct json *row_of_key(const struct side *side, struct str key)
{
	size_t place = (size_t)(uintptr_t)map_get(&side->by_key, key);
	return place ? &side->rows->ptr[place - 1] : NULL;
}

/* Is it a part that comes or goes with its table, in that very statement? */
static bool is_inner(struct arena *arena, const struct kind *kind, const struct json *row, const struct side *without,
		     bool drops)
{
	bool inner = drops ||
		(strcmp(kind->rows, "indexes") != 0 && strcmp(kind->rows, "fks") != 0 &&
		 strcmp(kind->rows, "policies") != 0);
	const char *table = arena_printf(arena, "%s.%s", text(row, "schema"), text(row, "table"));
	return kind->of == OF_TABLE && inner && !map_get(&without->tables, str_of(table));
}

static void add_side(struct arena *arena, struct json *prints, const struct side *here, const struct side *there,
		     bool drops)
{
	for (size_t i = 0; i < here->rows->len; i++) {
		const struct json *row = &here->rows->ptr[i];
		const struct json *other = row_of_key(there, delta_key(arena, row));
		struct print p = { .arena = arena, .kind = kind_of(row), .row = row, .old = other };
		bool same = other && str_eq(json_print(arena, row, 0), json_print(arena, other, 0));
		if (!p.kind || same || (drops && other) || is_inner(arena, p.kind, row, there, drops) ||
		    (other && !p.kind->alter))
			continue;
		p.verb = drops ? DROPPED : other ? ALTERED : CREATED;
		json_add(arena, prints, footprint(&p, here));
	}
}

struct json footprints_of(struct arena *arena, const struct json *from, const struct json *to)
{
	struct json prints = json_new(JS_ARRAY);
	struct side before = side_of(arena, from), after = side_of(arena, to);
	add_side(arena, &prints, &before, &after, true);
	add_side(arena, &prints, &after, &before, false);
	return prints;
}
