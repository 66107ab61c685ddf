#include "sql/lex.h"

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_ident_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* What may stand in a psql variable's name or a dollar quote's tag. */
static bool is_word_char(char c)
{
	return is_ident_start(c) || is_digit(c);
}

static bool is_ident_char(char c)
{
	return is_word_char(c) || c == '$';
}

static bool is_operator_char(char c)
{
	return c && strchr("~!@#^&|`?+-*/%<>=", c);
}

static char at(struct str text, size_t pos)
{
	return pos < text.len ? text.ptr[pos] : '\0';
}

static size_t skip_word(struct str text, size_t pos)
{
	while (pos < text.len && is_ident_char(text.ptr[pos]))
		pos++;
	return pos;
}

static size_t find_char(struct str text, size_t pos, char c)
{
	const char *found = pos < text.len ? memchr(text.ptr + pos, c, text.len - pos) : NULL;
	return found ? (size_t)(found - text.ptr) : text.len;
}

/* Sets the end of a token whose closing quote would be at pos. */
static void close_at(struct str text, struct token *token, size_t pos, size_t width)
{
	token->unterminated = pos >= text.len;
	token->to = token->unterminated ? text.len : pos + width;
}

/* pos is behind the opening quote; doubled quotes stay inside. */
static void lex_quoted(struct str text, struct token *token, size_t pos, char quote)
{
	for (;;) {
		pos = find_char(text, pos, quote);
		if (at(text, pos + 1) != quote)
			break;
		pos += 2;
	}
	close_at(text, token, pos, 1);
}

/*
 * Behind the closing quote at pos: white space with a line end in it and another quote continue the constant.  Returns the offset
 * behind that quote, or 0.  It matters for E'...' only, since the second part has escapes too.
 */
static size_t continuation(struct str text, size_t pos)
{
	bool newline = false;
	for (; pos < text.len; pos++) {
		char c = text.ptr[pos];
		if (c == '\n' || c == '\r')
			newline = true;
		else if (c == '-' && at(text, pos + 1) == '-')
			pos = find_char(text, pos, '\n') - 1;
		else if (!is_space(c))
			return c == '\'' && newline ? pos + 1 : 0;
	}
	return 0;
}

static void lex_escaped(struct str text, struct token *token, size_t pos)
{
	for (; pos < text.len; pos++) {
		if (text.ptr[pos] == '\\') {
			pos++;
		} else if (text.ptr[pos] == '\'') {
			size_t next = at(text, pos + 1) == '\'' ? pos + 2 : continuation(text, pos + 1);
			if (!next)
				break;
			pos = next - 1;
		}
	}
	close_at(text, token, pos, 1);
}

static void lex_line_comment(struct str text, struct token *token)
{
	token->kind = TOKEN_LINE_COMMENT;
	size_t end = find_char(text, token->from, '\n');
	if (end < text.len && end > token->from && text.ptr[end - 1] == '\r')
		end--;
	token->to = end;
}

/* Block comments nest. */
static void lex_block_comment(struct str text, struct token *token)
{
	token->kind = TOKEN_BLOCK_COMMENT;
	unsigned depth = 1;
	size_t pos = token->from + 2;
	while (pos + 1 < text.len) {
		if (text.ptr[pos] == '*' && text.ptr[pos + 1] == '/') {
			pos += 2;
			if (--depth == 0) {
				token->to = pos;
				return;
			}
		} else if (text.ptr[pos] == '/' && text.ptr[pos + 1] == '*') {
			depth++;
			pos += 2;
		} else {
			pos++;
		}
	}
	close_at(text, token, text.len, 0);
}

static void lex_dollar(struct str text, struct token *token)
{
	size_t pos = token->from + 1;
	token->to = pos;
	token->kind = TOKEN_PUNCT;
	if (is_digit(at(text, pos))) {
		while (is_digit(at(text, pos)))
			pos++;
		token->kind = TOKEN_PARAM;
		token->to = pos;
		return;
	}
	while (pos < text.len && is_word_char(text.ptr[pos]))
		pos++;
	if (at(text, pos) != '$')
		return;
	struct str tag = str_slice(text, token->from, pos + 1);
	ptrdiff_t end = str_find(str_slice(text, pos + 1, text.len), tag);
	token->kind = TOKEN_DOLLAR;
	close_at(text, token, end < 0 ? text.len : pos + 1 + (size_t)end, tag.len);
}

static void lex_number(struct str text, struct token *token)
{
	size_t pos = token->from;
	for (; pos < text.len; pos++) {
		char c = text.ptr[pos];
		bool exponent = (c == '+' || c == '-') && (text.ptr[pos - 1] | 0x20) == 'e' &&
			is_digit(at(text, pos + 1)) && pos > token->from + 1;
		bool dot = c == '.' && at(text, pos + 1) != '.';
		if (!exponent && !dot && !is_word_char(c))
			break;
	}
	token->kind = TOKEN_NUMBER;
	token->to = pos;
}

/* Operators are as long as they can be, but end in front of a comment and, as the standard's do, rarely in + or -. */
static void lex_operator(struct str text, struct token *token)
{
	size_t pos = token->from;
	bool special = false;
	while (pos < text.len && is_operator_char(text.ptr[pos])) {
		char c = text.ptr[pos], next = at(text, pos + 1);
		if (pos > token->from && ((c == '-' && next == '-') || (c == '/' && next == '*')))
			break;
		special = special || strchr("~!@#^&|`?%", c);
		pos++;
	}
	while (!special && pos > token->from + 1 && (text.ptr[pos - 1] == '+' || text.ptr[pos - 1] == '-'))
		pos--;
	token->kind = TOKEN_OPERATOR;
	token->to = pos;
}

/* Length of the variable reference at pos (which has the colon), or 0. */
static size_t variable_length(struct str text, size_t pos)
{
	size_t p = pos + 1;
	char close = 0;
	if (at(text, p) == '\'' || at(text, p) == '"') {
		close = text.ptr[p++];
	} else if (at(text, p) == '{' && at(text, p + 1) == '?') {
		close = '}';
		p += 2;
	}
	size_t name = p;
	while (p < text.len && is_word_char(text.ptr[p]))
		p++;
	if (p == name || (close && at(text, p) != close))
		return 0;
	return p + (close ? 1 : 0) - pos;
}

static void lex_colon(struct str text, struct token *token)
{
	char next = at(text, token->from + 1);
	size_t variable = next == ':' || next == '=' ? 0 : variable_length(text, token->from);
	token->kind = variable ? TOKEN_VARIABLE : TOKEN_PUNCT;
	token->to = token->from + (variable ? variable : next == ':' || next == '=' ? 2 : 1);
}

/* A word, or one of the constants that begin with a letter. */
static void lex_word(struct str text, struct token *token)
{
	char c = (char)(text.ptr[token->from] | 0x20), next = at(text, token->from + 1);
	if (next == '\'' && strchr("ebxn", c)) {
		token->kind = TOKEN_STRING;
		if (c == 'e')
			lex_escaped(text, token, token->from + 2);
		else
			lex_quoted(text, token, token->from + 2, '\'');
	} else if (c == 'u' && next == '&' && (at(text, token->from + 2) == '\'' || at(text, token->from + 2) == '"')) {
		char quote = text.ptr[token->from + 2];
		token->kind = quote == '"' ? TOKEN_QUOTED : TOKEN_STRING;
		lex_quoted(text, token, token->from + 3, quote);
	} else {
		token->kind = TOKEN_WORD;
		token->to = skip_word(text, token->from);
	}
}

struct token lex_token(struct str text, size_t pos)
{
	struct token token = { 0 };
	for (; pos < text.len && is_space(text.ptr[pos]); pos++)
		token.newline = token.newline || text.ptr[pos] == '\n' || text.ptr[pos] == '\r';
	token.from = token.to = pos;
	if (pos >= text.len)
		return token;
	char c = text.ptr[pos], next = at(text, pos + 1);
	token.to = pos + 1;
	token.kind = TOKEN_PUNCT;
	if (is_ident_start(c)) {
		lex_word(text, &token);
	} else if (c == '\'' || c == '"') {
		token.kind = c == '"' ? TOKEN_QUOTED : TOKEN_STRING;
		lex_quoted(text, &token, pos + 1, c);
	} else if (is_digit(c) || (c == '.' && is_digit(next))) {
		lex_number(text, &token);
	} else if (c == '-' && next == '-') {
		lex_line_comment(text, &token);
	} else if (c == '/' && next == '*') {
		lex_block_comment(text, &token);
	} else if (c == '$') {
		lex_dollar(text, &token);
	} else if (c == ':') {
		lex_colon(text, &token);
	} else if (c == '\\') {
		token.kind = TOKEN_BACKSLASH;
	} else if (is_operator_char(c)) {
		lex_operator(text, &token);
	} else if (c == '.' && next == '.') {
		token.to = pos + 2;
	}
	return token;
}

struct token lex_significant(struct str text, size_t pos)
{
	bool newline = false;
	for (;;) {
		struct token token = lex_token(text, pos);
		newline = newline || token.newline;
		if (token.kind != TOKEN_LINE_COMMENT && token.kind != TOKEN_BLOCK_COMMENT) {
			token.newline = newline;
			return token;
		}
		pos = token.to;
	}
}

bool token_is_word(struct str text, const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && str_eq_nocase(token_text(text, token), str_of(word));
}

bool token_is_punct(struct str text, const struct token *token, char c)
{
	return token->kind == TOKEN_PUNCT && token->to == token->from + 1 && text.ptr[token->from] == c;
}
