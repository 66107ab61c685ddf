#include "format/prisma/style.h"

#include <ctype.h>

#include "schema/kind.h"
#include "sql/lex.h"
#include "sql/quote.h"

/* ---- Prisma's own texts ---- */

static const char *key_of(const struct style *style, const char *kind, struct str schema, struct str name,
			  struct str part)
{
	return arena_printf(style->arena, "%s " STR_FMT "." STR_FMT "." STR_FMT, kind,
			    STR_ARG(schema.len ? schema : str_of(style->home)), STR_ARG(name), STR_ARG(part));
}

/* The lines of a CREATE TABLE that begin with a name are its columns. */
static void read_columns(struct style *style, const struct touch *table, struct str text)
{
	struct str line, rest = text;
	while (rest.len) {
		str_cut(rest, '\n', &line, &rest);
		line = str_trim(line);
		if (!line.len || line.ptr[0] != '"')
			continue;
		if (line.ptr[line.len - 1] == ',')
			line.len--;
		struct token token = lex_token(line, 0);
		const char *key =
			key_of(style, "column", table->schema, table->name, token_name(style->arena, line, &token));
		map_set(style->arena, &style->columns, str_of(key), str_dup(style->arena, line));
	}
}

static const char *kind_of(const struct touch *touch)
{
	switch ((int)touch->kind) {
	case OBJECT_TABLE:
		return "table";
	case OBJECT_EXTENSION:
		return "extension";
	case OBJECT_TYPE:
		return "enum";
	case OBJECT_INDEX:
		return "index";
	case OBJECT_CONSTRAINT:
		return "foreign key";
	default:
		return NULL;
	}
}

static void keep_text(struct style *style, const char *key, const struct stmt *stmt, size_t place)
{
	struct style_text *text = arena_alloc(style->arena, sizeof(*text));
	*text = (struct style_text){ str_dup(style->arena, stmt->text), place };
	map_set(style->arena, &style->texts, str_of(key), text);
}

static void read_statement(struct style *style, const struct stmt *stmt, size_t place)
{
	struct str table_schema = { 0 };
	for (size_t i = 0; i < stmt->touches.len; i++)
		if (stmt->touches.ptr[i].kind == OBJECT_TABLE && stmt->touches.ptr[i].schema.len)
			table_schema = stmt->touches.ptr[i].schema;
	for (size_t i = 0; i < stmt->touches.len; i++) {
		const struct touch *touch = &stmt->touches.ptr[i];
		const char *kind = kind_of(touch);
		if (touch->verb != TOUCH_CREATE || !kind)
			continue;
		struct str schema = touch->kind == OBJECT_INDEX && !touch->schema.len ? table_schema : touch->schema;
		if (touch->kind == OBJECT_EXTENSION)
			schema = (struct str){ 0 }; /* it is in none */
		keep_text(style, key_of(style, kind, schema, touch->name, touch->part), stmt, place);
		if (touch->kind == OBJECT_TABLE)
			read_columns(style, touch, stmt->text);
	}
}

void style_read(struct arena *arena, const struct prisma_wanted *wanted, struct style *ret_style)
{
	struct script script;
	struct script_options none = { 0 };
	struct err ignored = { .arena = arena };
	*ret_style = (struct style){ .arena = arena, .home = wanted ? wanted->home : "public" };
	if (!wanted || !script_parse(arena, &none, "schema.prisma", wanted->ddl, &script, &ignored))
		return;
	for (size_t i = 0; i < script.stmts.len; i++)
		read_statement(ret_style, &script.stmts.ptr[i], i);
}

static struct str parent_name(const struct object *object)
{
	return str_of(object->parent ? object->parent->name : "");
}

const struct style_text *style_find(const struct style *style, const struct object *object)
{
	struct str schema = str_of(object->schema), name = str_of(object->name), none = { 0 };
	bool part = object->kind == KIND_FOREIGN_KEY;
	if (object->kind == KIND_EXTENSION)
		schema = none;
	const char *key =
		key_of(style, kinds[object->kind].name, schema, part ? parent_name(object) : name, part ? name : none);
	return map_get(&style->texts, str_of(key));
}

const char *style_text(const struct style *style, const struct object *object)
{
	const struct style_text *found = style_find(style, object);
	return found ? found->text : NULL;
}

const char *style_column(const struct style *style, const struct object *part)
{
	const char *key = key_of(style, "column", str_of(part->schema), parent_name(part), str_of(part->name));
	return map_get(&style->columns, str_of(key));
}

const char *style_default(const struct style *style, const struct object *part)
{
	const char *column = style_column(style, part), *at = column ? strstr(column, " DEFAULT ") : NULL;
	return at ? at + strlen(" DEFAULT ") : NULL;
}

/* ---- headings ---- */

static const char *camel(struct arena *arena, const char *verb, const char *kind)
{
	struct buf buf = buf_init(arena);
	bool up = true;
	buf_text(&buf, verb);
	for (const char *p = kind; *p; p++) {
		if (*p != ' ')
			buf_char(&buf, up ? (char)toupper((unsigned char)*p) : *p);
		up = *p == ' ';
	}
	return buf.ptr;
}

const char *style_heading(struct arena *arena, const struct statement *statement)
{
	static const char *const verbs[] = { [VERB_DROP] = "Drop", [VERB_ALTER] = "Alter", [VERB_CREATE] = "Create" };
	const struct object *object = statement->object;
	if (!object)
		return NULL;
	switch ((int)object->kind) {
	case KIND_COLUMN:
	case KIND_DEFAULT:
	case KIND_CONSTRAINT:
		return "AlterTable";
	case KIND_FOREIGN_KEY:
		if (statement->verb == VERB_ALTER)
			return "RenameForeignKey";
		if (strstr(statement->sql, " VALIDATE CONSTRAINT "))
			return "AlterTable";
		return statement->verb == VERB_DROP ? "DropForeignKey" : "AddForeignKey";
	case KIND_INDEX:
		return statement->verb == VERB_ALTER   ? "RenameIndex"
			: statement->verb == VERB_DROP ? "DropIndex"
						       : "CreateIndex";
	case KIND_OWNED_BY:
		return "AlterSequence";
	default:
		return camel(arena, verbs[statement->verb], kinds[object->kind].name);
	}
}

/* ---- types ---- */

static const struct {
	const char *said, *zone, *prisma; /* zone: the words behind the length */
} types[] = {
	{ "timestamp", "without time zone", "TIMESTAMP" },
	{ "timestamp", "with time zone", "TIMESTAMPTZ" },
	{ "time", "without time zone", "TIME" },
	{ "time", "with time zone", "TIMETZ" },
	{ "character varying", NULL, "VARCHAR" },
	{ "character", NULL, "CHAR" },
	{ "bit varying", NULL, "VARBIT" },
	{ "bit", NULL, "BIT" },
	{ "numeric", NULL, "DECIMAL" },
	{ "double precision", NULL, "DOUBLE PRECISION" },
	{ "integer", NULL, "INTEGER" },
	{ "bigint", NULL, "BIGINT" },
	{ "smallint", NULL, "SMALLINT" },
	{ "boolean", NULL, "BOOLEAN" },
	{ "text", NULL, "TEXT" },
	{ "jsonb", NULL, "JSONB" },
	{ "json", NULL, "JSON" },
	{ "bytea", NULL, "BYTEA" },
	{ "uuid", NULL, "UUID" },
	{ "date", NULL, "DATE" },
	{ "real", NULL, "REAL" },
	{ "inet", NULL, "INET" },
	{ "money", NULL, "MONEY" },
	{ "xml", NULL, "XML" },
	{ "oid", NULL, "OID" },
	{ "citext", NULL, "CITEXT" },
};

static bool ends_word(struct str s, size_t at)
{
	return at >= s.len || !(isalnum((unsigned char)s.ptr[at]) || s.ptr[at] == '_');
}

/* Length of the type at the start of s, with what it is to Prisma; 0: none. */
static size_t take_type(struct str s, struct buf *buf)
{
	for (size_t i = 0; i < LEN(types); i++) {
		size_t n = strlen(types[i].said), end = n, zone = types[i].zone ? strlen(types[i].zone) : 0;
		if (!str_starts(s, str_of(types[i].said)) || !ends_word(s, n))
			continue;
		while (end < s.len && s.ptr[n] == '(' && s.ptr[end - 1] != ')')
			end++;
		if (zone &&
		    (end + 1 + zone > s.len || !str_starts(str_slice(s, end + 1, s.len), str_of(types[i].zone))))
			continue;
		buf_printf(buf, "%s" STR_FMT, types[i].prisma, STR_ARG(str_slice(s, n, end)));
		return end + (zone ? zone + 1 : 0);
	}
	return 0;
}

const char *style_types(struct arena *arena, const char *sql)
{
	struct str text = str_of(sql);
	struct buf buf = buf_init(arena);
	for (size_t at = 0; at < text.len;) {
		struct token token = lex_token(text, at);
		buf_str(&buf, str_slice(text, at, token.from));
		size_t taken = token.kind == TOKEN_WORD ? take_type(str_slice(text, token.from, text.len), &buf) : 0;
		if (!taken)
			buf_str(&buf, token_text(text, &token));
		at = taken ? token.from + taken : token.to;
		if (token.kind == TOKEN_END)
			break;
	}
	return buf.ptr;
}
