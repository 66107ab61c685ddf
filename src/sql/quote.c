#include "sql/quote.h"

#include "sql/keywords.h"
#include "sql/lex.h"

static bool is_plain(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || c == '_';
		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return name.len > 0 && !keyword_needs_quotes(name);
}

static void add_ident(struct buf *buf, struct str name)
{
	if (is_plain(name)) {
		buf_str(buf, name);
		return;
	}
	buf_char(buf, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '"')
			buf_char(buf, '"');
		buf_char(buf, name.ptr[i]);
	}
	buf_char(buf, '"');
}

char *sql_ident(struct arena *arena, struct str name)
{
	struct buf buf = buf_init(arena);
	add_ident(&buf, name);
	return buf.ptr;
}

struct str sql_quoted(struct arena *arena, struct str name)
{
	struct buf buf = buf_init(arena);
	buf_char(&buf, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '"')
			buf_char(&buf, '"');
		buf_char(&buf, name.ptr[i]);
	}
	buf_char(&buf, '"');
	return buf_as_str(&buf);
}

char *sql_qualified(struct arena *arena, struct str schema, struct str name)
{
	struct buf buf = buf_init(arena);
	if (schema.len) {
		add_ident(&buf, schema);
		buf_char(&buf, '.');
	}
	add_ident(&buf, name);
	return buf.ptr;
}

char *sql_array(struct arena *arena, const struct strs *texts)
{
	struct buf buf = buf_init(arena);
	buf_char(&buf, '{');
	for (size_t i = 0; i < texts->len; i++) {
		buf_text(&buf, i ? ",\"" : "\"");
		for (size_t k = 0; k < texts->ptr[i].len; k++) {
			char c = texts->ptr[i].ptr[k];
			if (c == '"' || c == '\\')
				buf_char(&buf, '\\');
			buf_char(&buf, c);
		}
		buf_char(&buf, '"');
	}
	buf_char(&buf, '}');
	return buf.ptr;
}

char *sql_literal(struct arena *arena, struct str value)
{
	struct buf buf = buf_init(arena);
	/* In '...' a backslash means what standard_conforming_strings says; in E'...' it always escapes. */
	if (value.len && memchr(value.ptr, '\\', value.len))
		buf_char(&buf, 'E');
	buf_char(&buf, '\'');
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
			buf_char(&buf, value.ptr[i]);
		buf_char(&buf, value.ptr[i]);
	}
	buf_char(&buf, '\'');
	return buf.ptr;
}

static bool is_name(const struct token *token)
{
	return (token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED) && !token->unterminated;
}

bool sql_parse_name(struct arena *arena, struct str text, struct str *ret_schema, struct str *ret_name)
{
	struct token first = lex_token(text, 0);
	struct token dot = lex_token(text, first.to);
	if (!is_name(&first))
		return false;
	struct str name = token_name(arena, text, &first), schema = { 0 };
	if (dot.kind != TOKEN_END) {
		struct token second = lex_token(text, dot.to);
		if (!token_is_punct(text, &dot, '.') || !is_name(&second) ||
		    lex_token(text, second.to).kind != TOKEN_END)
			return false;
		schema = name;
		name = token_name(arena, text, &second);
	}
	if (!name.len || (schema.ptr && !schema.len))
		return false;
	*ret_schema = schema;
	*ret_name = name;
	return true;
}

bool sql_path_names(struct arena *arena, struct str text, struct strs *ret_names)
{
	struct strs names = { 0 };
	for (size_t at = 0;;) {
		struct token token = lex_token(text, at), next = lex_token(text, token.to);
		struct str name = is_name(&token) ? token_name(arena, text, &token) : (struct str){ 0 };
		if (!name.len)
			return false;
		vec_push(arena, &names, name);
		if (next.kind == TOKEN_END)
			break;
		if (!token_is_punct(text, &next, ','))
			return false;
		at = next.to;
	}
	*ret_names = names;
	return true;
}

const char *sql_path(struct arena *arena, struct str text)
{
	struct buf path = buf_init(arena);
	struct strs names;
	if (!sql_path_names(arena, text, &names))
		return NULL;
	for (size_t i = 0; i < names.len; i++)
		buf_printf(&path, "%s%s", i ? ", " : "", sql_ident(arena, names.ptr[i]));
	return path.ptr;
}
