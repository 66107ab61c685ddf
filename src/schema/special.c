/*
 * Changes in place that take more than a template, and the forms that keep a table usable while it changes.
 */
#include <stdlib.h>

#include "schema/create.h"
#include "schema/kind.h"
#include "schema/work.h"
#include "sql/quote.h"

#define ADD(...) statements_add(work->arena, statements, __VA_ARGS__)

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && is(a, b));
}

/* ---- lists of "name=value", "name 'value'" and labels ---- */

/* Elements between commas that stand outside of quotes and parentheses. */
static struct strs elements(struct arena *arena, const char *text)
{
	struct strs list = { 0 };
	size_t start = 0, i = 0, len = text ? strlen(text) : 0;
	bool quoted = false;
	for (; i < len; i++) {
		quoted = quoted != (text[i] == '\'');
		if (text[i] == ',' && !quoted) {
			vec_push(arena, &list, str_trim((struct str){ text + start, i - start }));
			start = i + 1;
		}
	}
	if (len)
		vec_push(arena, &list, str_trim((struct str){ text + start, len - start }));
	return list;
}

static struct str name_of(struct str element, char separator)
{
	struct str name, rest;
	return str_cut(element, separator, &name, &rest) ? name : element;
}

static const struct str *find_name(const struct strs *list, struct str name, char separator)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(name_of(list->ptr[i], separator), name))
			return &list->ptr[i];
	return NULL;
}

static void add_to(struct buf *buf, const char *prefix, struct str text)
{
	buf_printf(buf, "%s%s" STR_FMT, buf->len ? ", " : "", prefix, STR_ARG(text));
}

/* ALTER ... SET (what is new or other), RESET (what is gone). */
static void alter_options(struct work *work, const char *alter, const char *old, const char *new,
			  struct statements *statements)
{
	struct strs before = elements(work->arena, old), after = elements(work->arena, new);
	struct buf set = buf_init(work->arena), reset = buf_init(work->arena);
	for (size_t i = 0; i < after.len; i++) {
		const struct str *was = find_name(&before, name_of(after.ptr[i], '='), '=');
		if (!was || !str_eq(*was, after.ptr[i]))
			add_to(&set, "", after.ptr[i]);
	}
	for (size_t i = 0; i < before.len; i++)
		if (!find_name(&after, name_of(before.ptr[i], '='), '='))
			add_to(&reset, "", name_of(before.ptr[i], '='));
	if (set.len)
		ADD("%s SET (%s)", alter, set.ptr);
	if (reset.len)
		ADD("%s RESET (%s)", alter, reset.ptr);
}

static void alter_server_options(struct work *work, const char *alter, const char *old, const char *new,
				 struct statements *statements)
{
	struct strs before = elements(work->arena, old), after = elements(work->arena, new);
	struct buf changes = buf_init(work->arena);
	for (size_t i = 0; i < after.len; i++) {
		const struct str *was = find_name(&before, name_of(after.ptr[i], ' '), ' ');
		if (!was || !str_eq(*was, after.ptr[i]))
			add_to(&changes, was ? "SET " : "ADD ", after.ptr[i]);
	}
	for (size_t i = 0; i < before.len; i++)
		if (!find_name(&after, name_of(before.ptr[i], ' '), ' '))
			add_to(&changes, "DROP ", name_of(before.ptr[i], ' '));
	ADD("%s OPTIONS (%s)", alter, changes.ptr);
}

/* ---- types ---- */

/* Do all labels of before stand in after, in the same order? */
static bool labels_added_only(struct arena *arena, const char *before, const char *after)
{
	struct strs old = elements(arena, before), new = elements(arena, after);
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
static void add_labels(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	struct strs old = elements(work->arena, object_get(a, "labels")),
		    new = elements(work->arena, object_get(b, "labels"));
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
			added = i ? ADD("ALTER TYPE %s ADD VALUE " STR_FMT, b->ident, STR_ARG(new.ptr[i]))
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

/* The new type under the old one's name; columns move over through their text. */
static void make_type_again(struct work *work, const struct object *a, const struct object *b,
			    struct statements *statements)
{
	static const struct objects nothing;
	const char *word = a->kind == KIND_DOMAIN ? "DOMAIN" : "TYPE",
		   *old = arena_printf(work->arena, "%.50s_before", b->name);
	const char *quoted = sql_ident(work->arena, str_of(old));
	struct statement *first = ADD("ALTER %s %s RENAME TO %s", word, b->ident, quoted);
	first->why = "values can be added to a type in place, but not taken away or moved: it is made again";
	create_object(work->arena, b, &nothing, statements);
	for (size_t i = 0; i < a->needed_by.len; i++) {
		const struct object *column = a->needed_by.ptr[i], *now = counterpart(work->to, column);
		if (column->kind != KIND_COLUMN || !now || object_get(now, "inherited") ||
		    work->old[column->position].dropped)
			continue;
		const char *type = object_get(now, "type"), *text = strstr(type, "[]") ? "text[]" : "text";
		const struct object *value = default_for(work->from, column), *wanted = default_for(work->to, now);
		bool has = value && !work->old[value->position].dropped;
		if (has)
			ADD("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", now->parent_ident, now->ident);
		ADD("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s::%s::%s", now->parent_ident, now->ident, type,
		    now->ident, text, type);
		if (has && wanted && !work->new[wanted->position].created)
			ADD("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", now->parent_ident, now->ident,
			    object_get(wanted, "expression"));
	}
	struct statement *last = ADD("DROP %s %s", word, sql_qualified(work->arena, str_of(b->schema), str_of(old)));
	if (a->kind == KIND_ENUM)
		last->loses = arena_printf(
			work->arena, "values that are no longer in %s: rows that have them make it fail", b->ident);
}

/* ---- columns ---- */

struct widening {
	const char *from, *to;
};

/* Types whose every value is a value of the other: no data can be lost, and no USING is needed. */
static bool is_wider(const char *from, const char *to)
{
	static const struct widening widenings[] = {
		{ "smallint", "integer" },
		{ "smallint", "bigint" },
		{ "integer", "bigint" },
		{ "smallint", "numeric" },
		{ "integer", "numeric" },
		{ "bigint", "numeric" },
		{ "real", "double precision" },
		{ "date", "timestamp without time zone" },
		{ "character", "text" },
		{ "character varying", "text" },
		{ "text", "character varying" },
		{ "json", "text" },
		{ "cidr", "inet" },
	};
	size_t base_from = strcspn(from, "("), base_to = strcspn(to, "(");
	if (base_from == base_to && memcmp(from, to, base_from) == 0 &&
	    (strncmp(from, "character varying", base_from) == 0)) {
		long a = from[base_from] ? strtol(from + base_from + 1, NULL, 10) : 0,
		     b = to[base_to] ? strtol(to + base_to + 1, NULL, 10) : 0;
		return !b || (a && a <= b);
	}
	for (size_t i = 0; i < LEN(widenings); i++)
		if (strlen(widenings[i].from) == base_from && memcmp(widenings[i].from, from, base_from) == 0 &&
		    is(widenings[i].to, to))
			return true;
	return false;
}

static void alter_type(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	const char *from = object_get(a, "type"), *to = object_get(b, "type");
	bool wider = is(from, to) || is_wider(from, to);
	const char *using =
		wider || object_get(b, "generated") ? "" : arena_printf(work->arena, " USING %s::%s", b->ident, to);
	struct statement *made =
		ADD("ALTER %s %s ALTER COLUMN %s TYPE %s%s%s",
		    b->parent && b->parent->kind == KIND_FOREIGN_TABLE ? "FOREIGN TABLE" : "TABLE", b->parent_ident,
		    b->ident, to, template_fill(work->arena, "[ COLLATE %{collation}]", b, NULL), using);
	if (!wider)
		made->loses = arena_printf(work->arena, "what %s in %s.%s cannot say as %s", from, b->parent_ident,
					   b->ident, to);
}

static void set_not_null(struct work *work, const struct object *b, struct statements *statements)
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

static void alter_identity(struct work *work, const struct object *a, const struct object *b,
			   struct statements *statements)
{
	const char *old = object_get(a, "identity"), *new = object_get(b, "identity"),
		   *options = object_get(b, "_identity_short");
	const char *alter = arena_printf(work->arena, "ALTER TABLE %s ALTER COLUMN %s", b->parent_ident, b->ident);
	if (!new &&object_get(a, "not_null") && !object_get(b, "not_null"))
		return; /* said with NOT NULL */
	if (!new)
		ADD("%s DROP IDENTITY", alter);
	else if (!old)
		ADD("%s ADD GENERATED %s AS IDENTITY%s", alter, new,
		    options && *options ? arena_printf(work->arena, " (%s)", options) : "");
	else
		ADD("%s SET GENERATED %s", alter, new);
}

/* INCREMENT BY 1 MINVALUE 1 ... with SET in front of each. */
static void alter_identity_options(struct work *work, const struct object *a, const struct object *b,
				   struct statements *statements)
{
	static const char *const words[] = { "INCREMENT BY", "MINVALUE", "MAXVALUE", "START WITH",
					     "CACHE",        "NO CYCLE", "CYCLE" };
	struct buf sets = buf_init(work->arena);
	if (!object_get(a, "identity") || !object_get(b, "identity"))
		return;
	for (const char *at = object_get(b, "identity_options"); *at;) {
		size_t i = 0;
		while (i < LEN(words) && strncmp(at, words[i], strlen(words[i])) != 0)
			i++;
		if (i < LEN(words)) {
			buf_printf(&sets, " SET %s", words[i]);
			at += strlen(words[i]);
		} else {
			buf_char(&sets, *at++);
		}
		if (*at == ' ' && i == LEN(words))
			at++;
	}
	ADD("ALTER TABLE %s ALTER COLUMN %s %s", b->parent_ident, b->ident,
	    str_dup(work->arena, str_trim(buf_as_str(&sets))));
}

static void alter_column(struct work *work, const struct object *a, const struct object *b, const char *name,
			 struct statements *statements)
{
	const char *value = object_get(b, name);
	const char *alter = arena_printf(work->arena, "ALTER TABLE %s ALTER COLUMN %s", b->parent_ident, b->ident);
	if (is(name, "type") || (is(name, "collation") && same(object_get(a, "type"), object_get(b, "type"))))
		alter_type(work, a, b, statements);
	else if (is(name, "not_null") && value)
		set_not_null(work, b, statements);
	else if (is(name, "not_null") && object_get(a, "identity") && !object_get(b, "identity"))
		ADD("%s DROP IDENTITY", alter), ADD("%s DROP NOT NULL", alter); /* in this order only */
	else if (is(name, "not_null"))
		ADD("%s DROP NOT NULL", alter);
	else if (is(name, "generated"))
		value ? ADD("%s SET EXPRESSION AS %.*s", alter, (int)(strrchr(value, ')') + 1 - value), value)
		      : ADD("%s DROP EXPRESSION", alter);
	else if (is(name, "identity"))
		alter_identity(work, a, b, statements);
	else if (is(name, "identity_options"))
		alter_identity_options(work, a, b, statements);
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

/* ---- tables ---- */

static void alter_partition(struct work *work, const struct object *a, const struct object *b, const char *name,
			    struct statements *statements)
{
	const char *old = object_get(a, "partition_of"), *new = object_get(b, "partition_of");
	if (is(name, "partition_bound") && !same(old, new))
		return; /* said with partition_of */
	if (old && (is(name, "partition_of") || new))
		ADD("ALTER TABLE %s DETACH PARTITION %s", old, b->ident);
	if (new)
		ADD("ALTER TABLE %s ATTACH PARTITION %s %s", new, b->ident, object_get(b, "partition_bound"));
}

static void alter_inherits(struct work *work, const struct object *a, const struct object *b,
			   struct statements *statements)
{
	struct strs old = elements(work->arena, object_get(a, "inherits")),
		    new = elements(work->arena, object_get(b, "inherits"));
	for (size_t i = 0; i < old.len; i++)
		if (!find_name(&new, old.ptr[i], '\0'))
			ADD("ALTER TABLE %s NO INHERIT " STR_FMT, b->ident, STR_ARG(old.ptr[i]));
	for (size_t i = 0; i < new.len; i++)
		if (!find_name(&old, new.ptr[i], '\0'))
			ADD("ALTER TABLE %s INHERIT " STR_FMT, b->ident, STR_ARG(new.ptr[i]));
}

/* ---- privileges ---- */

static bool lists(const struct strs *list, struct str name)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list->ptr[i], name))
			return true;
	return false;
}

static const char *difference(struct arena *arena, const struct strs *from, const struct strs *without)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < from->len; i++)
		if (!lists(without, from->ptr[i]))
			add_to(&buf, "", from->ptr[i]);
	return buf.ptr;
}

static void alter_privileges(struct work *work, const struct object *a, const struct object *b,
			     struct statements *statements)
{
	struct strs old = elements(work->arena, object_get(a, "privileges")),
		    new = elements(work->arena, object_get(b, "privileges"));
	const char *more = difference(work->arena, &new, &old), *less = difference(work->arena, &old, &new);
	if (*less)
		grant_privileges(work->arena, a, less, false, statements);
	if (*more)
		grant_privileges(work->arena, b, more, true, statements);
}

/* ---- views, functions, text search ---- */

static bool is_prefix(struct arena *arena, const char *before, const char *after)
{
	struct strs old = elements(arena, before), new = elements(arena, after);
	if (old.len > new.len)
		return false;
	for (size_t i = 0; i < old.len; i++)
		if (!str_eq(old.ptr[i], new.ptr[i]))
			return false;
	return true;
}

static void alter_mappings(struct work *work, const struct object *a, const struct object *b,
			   struct statements *statements)
{
	const char *texts[2] = { object_get(a, "mappings"), object_get(b, "mappings") };
	for (int side = 0; side < 2; side++) {
		struct str rest = str_of(texts[side]), one;
		bool more = texts[side] != NULL;
		while (more) {
			more = str_cut(rest, ';', &one, &rest);
			one = str_trim(one);
			struct str token = str_slice(one, 0, (size_t)str_find(one, STR(" ")));
			if (side == 0)
				ADD("ALTER TEXT SEARCH CONFIGURATION %s DROP MAPPING FOR " STR_FMT, b->ident,
				    STR_ARG(token));
			else
				ADD("ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR " STR_FMT, b->ident,
				    STR_ARG(one));
		}
	}
}

/* ---- what is possible ---- */

static bool column_possible(const struct work *work, const struct object *a, const struct object *b,
			    const char *attribute, bool *ret_disturbs)
{
	if (is(attribute, "type") || is(attribute, "collation")) {
		*ret_disturbs = true;
		return !(object_get(a, "generated") && !object_get(b, "generated"));
	}
	if (is(attribute, "generated")) {
		const char *old = object_get(a, "generated"), *new = object_get(b, "generated");
		if (!new)
			return strstr(old, " VIRTUAL") == NULL;
		*ret_disturbs = true;
		return old && work->from->server_version >= 170000 && is(strrchr(old, ')'), strrchr(new, ')'));
	}
	return true;
}

bool special_possible(const struct work *work, const struct object *a, const struct object *b, const char *attribute,
		      bool *ret_disturbs)
{
	if (a->kind == KIND_COLUMN)
		return column_possible(work, a, b, attribute, ret_disturbs);
	if (a->kind == KIND_ENUM && !labels_added_only(work->arena, object_get(a, "labels"), object_get(b, "labels")))
		*ret_disturbs = true;
	if (a->kind == KIND_DOMAIN)
		*ret_disturbs = true;
	if (a->kind == KIND_VIEW && (is(attribute, "columns") || is(attribute, "definition")))
		return is_prefix(work->arena, object_get(a, "columns"), object_get(b, "columns"));
	if (is(attribute, "not_valid"))
		return object_get(a, "not_valid") != NULL;
	if (is(attribute, "defaults")) /* CREATE OR REPLACE cannot take defaults away */
		return strtol(object_get(a, "_defaults"), NULL, 10) <= strtol(object_get(b, "_defaults"), NULL, 10);
	return true;
}

static void alter_special(struct work *work, const struct object *a, const struct object *b, const char *name,
			  struct statements *statements)
{
	const char *old = object_get(a, name), *new = object_get(b, name);
	const char *reference = object_reference(work->arena, b);
	if (b->kind == KIND_COLUMN)
		alter_column(work, a, b, name, statements);
	else if (b->kind == KIND_ENUM && labels_added_only(work->arena, old, new))
		add_labels(work, a, b, statements);
	else if (b->kind == KIND_ENUM || b->kind == KIND_DOMAIN)
		make_type_again(work, a, b, statements);
	else if (is(name, "partition_of") || is(name, "partition_bound"))
		alter_partition(work, a, b, name, statements);
	else if (is(name, "inherits"))
		alter_inherits(work, a, b, statements);
	else if (is(name, "options"))
		alter_options(work, arena_printf(work->arena, "ALTER %s", reference), old, new, statements);
	else if (is(name, "index_options"))
		alter_options(work, template_fill(work->arena, "ALTER INDEX %{_index}", b, NULL), old, new, statements);
	else if (is(name, "server_options"))
		alter_server_options(work, arena_printf(work->arena, "ALTER %s", reference), old, new, statements);
	else if (is(name, "privileges"))
		alter_privileges(work, a, b, statements);
	else if (is(name, "not_valid"))
		ADD("%s", template_fill(work->arena, meaning_find(b->kind, name)->reset, b, NULL))->apart = true;
	else if (b->kind == KIND_VIEW &&
		 (is(name, "definition") || same(object_get(a, "definition"), object_get(b, "definition"))))
		ADD("%s",
		    template_fill(work->arena, "CREATE OR REPLACE VIEW %N[ WITH (%{options})] AS\n%{definition}", b,
				  NULL));
	else if (is(name, "mappings"))
		alter_mappings(work, a, b, statements);
}

/* A changed row type of a view comes with its definition, changed defaults of a function with its text. */
static bool is_said_elsewhere(const struct object *b, const char *name)
{
	return is(name, "defaults") && (b->kind == KIND_FUNCTION || b->kind == KIND_PROCEDURE);
}

void alter_object(struct work *work, const struct object *a, const struct object *b, struct statements *statements)
{
	bool again = false;
	for (size_t i = 0; i < b->attributes->len; i++) {
		const char *name = b->attributes->names[i];
		const struct meaning *meaning = attributes_differ(a, b, i) ? meaning_find(b->kind, name) : NULL;
		if (!meaning || is_said_elsewhere(b, name))
			continue;
		if (meaning->change == CHANGE_IN_PLACE)
			ADD("%s",
			    template_fill(work->arena, b->values[i] ? meaning->set : meaning->reset, b, b->values[i]));
		else if (b->kind != KIND_DOMAIN || !again)
			alter_special(work, a, b, name, statements);
		again = again || meaning->change == CHANGE_SPECIAL;
	}
}

/* ---- safe forms ---- */

bool table_exists(const struct work *work, const struct object *object)
{
	const struct object *table = object->parent ? object->parent : object, *old = counterpart(work->from, table),
			    *now = counterpart(work->to, table);
	return old && now && !work->old[old->position].dropped && !work->new[now->position].created;
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
	    object_get(constraint, "definition"));
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
