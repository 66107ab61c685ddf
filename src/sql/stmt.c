#include "sql/stmt.h"

#include "sql/expansion.h"
#include "sql/lex.h"

void stmt_position(const struct stmt *stmt, size_t offset, const char **ret_file, unsigned *ret_line,
		   unsigned *ret_column)
{
	struct str text = stmt->source->text;
	if (stmt->made_by) {
		*ret_file = stmt->made_by;
		*ret_line = stmt->made_line;
		*ret_column = 0;
		return;
	}
	size_t place = stmt->expansion ? expansion_source(stmt->expansion, offset) : stmt->offset + offset;
	if (place > text.len)
		place = text.len;
	unsigned line = stmt->line, column = 1;
	for (size_t i = stmt->offset; i < place; i++)
		line += text.ptr[i] == '\n';
	for (size_t i = place; i > 0 && text.ptr[i - 1] != '\n'; i--)
		column += ((unsigned char)text.ptr[i - 1] & 0xc0) != 0x80;
	*ret_file = stmt->source->path;
	*ret_line = line;
	*ret_column = column;
}

/* The file that is named does not hold the statement: it is told in full, as far as one wants to read it. */
static void show_made(struct err *err, struct str text)
{
	enum { SHOWN = 1500 };
	struct str shown = str_head(text, SHOWN);
	err_detail(err, "%s%sThe statement was: " STR_FMT "%s", err->detail ? err->detail : "", err->detail ? "\n" : "",
		   STR_ARG(shown), shown.len < text.len ? " ..." : "");
}

bool stmt_err_at(struct err *err, const struct stmt *stmt, unsigned char_position)
{
	size_t offset = 0;
	for (unsigned left = char_position; left > 1 && offset < stmt->text.len; left--)
		do
			offset++;
		while (offset < stmt->text.len && ((unsigned char)stmt->text.ptr[offset] & 0xc0) == 0x80);
	const char *file;
	unsigned line, column;
	stmt_position(stmt, offset, &file, &line, &column);
	if (stmt->made_by)
		show_made(err, stmt->text);
	return err_at(err, file, line, column);
}

/* How deep quotes may be in quotes: a function's body in a DO block's EXECUTE in a string. */
enum { QUOTE_DEPTH_MAX = 6 };

static bool mentions(struct arena *arena, struct str text, struct str value, unsigned depth)
{
	for (struct token t = lex_significant(text, 0); t.kind != TOKEN_END; t = lex_significant(text, t.to)) {
		if (t.kind != TOKEN_STRING && t.kind != TOKEN_DOLLAR)
			continue;
		struct str inner = token_value(arena, text, &t);
		if (str_eq(inner, value))
			return true;
		if (inner.len > value.len && depth < QUOTE_DEPTH_MAX && mentions(arena, inner, value, depth + 1))
			return true;
	}
	return false;
}

bool stmt_mentions(const struct stmt *stmt, struct str value)
{
	struct arena *scratch = arena_new(NULL);
	bool found = mentions(scratch, stmt->text, value, 0);
	arena_free(scratch);
	return found;
}

static bool has(const struct strs *all, struct str value)
{
	for (size_t i = 0; i < all->len; i++)
		if (str_eq(all->ptr[i], value))
			return true;
	return false;
}

bool stmt_inserts(const struct stmt *stmt, struct str schema, struct str table, struct str version)
{
	for (size_t i = 0; has(&stmt->inserted, version) && i < stmt->touches.len; i++) {
		const struct touch *touch = &stmt->touches.ptr[i];
		if (touch->verb == TOUCH_WRITE && str_eq(touch->name, table) &&
		    (!touch->schema.ptr || str_eq(touch->schema, schema)))
			return true;
	}
	return false;
}

const char *touch_verb_text(enum touch_verb verb)
{
	switch (verb) {
	case TOUCH_CREATE:
		return "creates";
	case TOUCH_REPLACE:
		return "creates or replaces";
	case TOUCH_ALTER:
		return "alters";
	case TOUCH_DROP:
		return "drops";
	case TOUCH_TRUNCATE:
		return "truncates";
	case TOUCH_WRITE:
		return "writes to";
	case TOUCH_LOCK:
		return "locks";
	case TOUCH_GRANT:
		return "changes the privileges of";
	case TOUCH_COMMENT:
		return "comments on";
	case TOUCH_REFERENCE:
		return "references";
	case TOUCH_READ:
		return "reads";
	}
	return "touches";
}

const char *object_kind_text(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_SCHEMA:
		return "schema";
	case OBJECT_TABLE:
		return "table";
	case OBJECT_INDEX:
		return "index";
	case OBJECT_SEQUENCE:
		return "sequence";
	case OBJECT_VIEW:
		return "view";
	case OBJECT_MATVIEW:
		return "materialized view";
	case OBJECT_TYPE:
		return "type";
	case OBJECT_FUNCTION:
		return "function";
	case OBJECT_TRIGGER:
		return "trigger";
	case OBJECT_POLICY:
		return "policy";
	case OBJECT_RULE:
		return "rule";
	case OBJECT_CONSTRAINT:
		return "constraint";
	case OBJECT_COLUMN:
		return "column";
	case OBJECT_EXTENSION:
		return "extension";
	case OBJECT_ROLE:
		return "role";
	case OBJECT_DATABASE:
		return "database";
	case OBJECT_PUBLICATION:
		return "publication";
	case OBJECT_SUBSCRIPTION:
		return "subscription";
	case OBJECT_EVENT_TRIGGER:
		return "event trigger";
	case OBJECT_OTHER:
		return "object";
	}
	return "object";
}
