#include "format/alembic/python.h"

struct py_lexer py_lexer_init(const struct source *source)
{
	return (struct py_lexer){ .source = source };
}

bool py_is(const struct py_token *token, const char *text)
{
	return (token->kind == PY_NAME || token->kind == PY_MARK) && str_eq(token->text, str_of(text));
}

static char at(const struct py_lexer *lexer, size_t pos)
{
	return pos < lexer->source->text.len ? lexer->source->text.ptr[pos] : '\0';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_end_of_line(char c)
{
	return c == '\n' || c == '\r';
}

/* Behind the end of line at pos: CRLF is one. */
static size_t behind_line(const struct py_lexer *lexer, size_t pos)
{
	return pos + (at(lexer, pos) == '\r' && at(lexer, pos + 1) == '\n' ? 2 : 1);
}

static bool syntax(const struct py_lexer *lexer, size_t offset, const char *message, struct err *err)
{
	err_set(err, ERR_FAILED, "python-syntax", "%s", message);
	return source_err_at(err, lexer->source, offset);
}

/* ---- strings ---- */

struct quotes {
	char quote;
	bool triple, raw, formatted;
};

static bool closes(const struct py_lexer *lexer, size_t pos, const struct quotes *quotes)
{
	char c = quotes->quote;
	return at(lexer, pos) == c && (!quotes->triple || (at(lexer, pos + 1) == c && at(lexer, pos + 2) == c));
}

/* How many bytes of prefix (r, b, f, u, t and their pairs) stand in front of a quote at pos; SIZE_MAX: this is no string. */
static size_t prefix_of(const struct py_lexer *lexer, size_t pos, struct quotes *quotes)
{
	size_t n = 0;
	*quotes = (struct quotes){ 0 };
	for (; n < 3; n++) {
		char c = (char)(at(lexer, pos + n) | 0x20);
		if (at(lexer, pos + n) == '"' || at(lexer, pos + n) == '\'')
			break;
		if (!c || !strchr("rbfut", c))
			return SIZE_MAX;
		quotes->raw = quotes->raw || c == 'r';
		quotes->formatted = quotes->formatted || c == 'f' || c == 't';
	}
	if (n == 3)
		return SIZE_MAX;
	quotes->quote = at(lexer, pos + n);
	quotes->triple = at(lexer, pos + n + 1) == quotes->quote && at(lexer, pos + n + 2) == quotes->quote;
	return n;
}

enum { NESTING_MAX = 32 };

static bool skip_string(const struct py_lexer *lexer, size_t *pos, unsigned nesting);

/* A replacement field {...} of an f-string, from behind its brace to behind the closing one.  Since Python 3.12 it may hold the same quotes again. */
static bool skip_field(const struct py_lexer *lexer, size_t *pos, const struct quotes *outer, unsigned nesting)
{
	unsigned depth = 0;
	bool format = false; /* behind the colon everything is text, but for fields */
	size_t len = lexer->source->text.len;
	while (*pos < len) {
		char c = at(lexer, *pos);
		struct quotes inner;
		if (format && closes(lexer, *pos, outer))
			return false;
		if (!format && (c == '"' || c == '\'') && prefix_of(lexer, *pos, &inner) != SIZE_MAX) {
			if (!skip_string(lexer, pos, nesting))
				return false;
			continue;
		}
		(*pos)++;
		if (c == '{' && format) {
			if (nesting >= NESTING_MAX || !skip_field(lexer, pos, outer, nesting + 1))
				return false;
		} else if (c == '(' || c == '[' || c == '{')
			depth++;
		else if (depth && (c == ')' || c == ']' || c == '}'))
			depth--;
		else if (c == '}')
			return true;
		else if (c == ':' && !depth)
			format = true;
	}
	return false;
}

/* From its prefix to behind its closing quotes; false where it never ends. */
static bool skip_string(const struct py_lexer *lexer, size_t *pos, unsigned nesting)
{
	struct quotes quotes;
	size_t prefix = prefix_of(lexer, *pos, &quotes), len = lexer->source->text.len;
	*pos += prefix + (quotes.triple ? 3 : 1);
	while (*pos < len && nesting < NESTING_MAX) {
		char c = at(lexer, *pos);
		if (closes(lexer, *pos, &quotes)) {
			*pos += quotes.triple ? 3 : 1;
			return true;
		}
		if (is_end_of_line(c) && !quotes.triple)
			return false;
		if (c == '\\' && is_end_of_line(at(lexer, *pos + 1)))
			*pos = behind_line(lexer, *pos + 1);
		else if (c == '\\')
			*pos += *pos + 1 < len ? 2 : 1;
		else if (c == '{' && quotes.formatted && at(lexer, *pos + 1) != '{') {
			size_t inside = *pos + 1;
			/* Not every brace that a pattern or a format holds is one of Python 3.12: then it is text. */
			*pos = skip_field(lexer, &inside, &quotes, nesting + 1) ? inside : *pos + 1;
		} else
			*pos += c == '{' && quotes.formatted ? 2 : 1;
	}
	return false;
}

/* ---- between tokens ---- */

/* Spaces, comments, joined and empty lines.  true: the end of a logical line is at lexer->pos. */
static bool skip_space(struct py_lexer *lexer)
{
	size_t len = lexer->source->text.len;
	while (lexer->pos < len) {
		char c = at(lexer, lexer->pos);
		if (c == ' ' || c == '\t' || c == '\f')
			lexer->pos++;
		else if (c == '#')
			while (lexer->pos < len && !is_end_of_line(at(lexer, lexer->pos)))
				lexer->pos++;
		else if (c == '\\' && is_end_of_line(at(lexer, lexer->pos + 1)))
			lexer->pos = behind_line(lexer, lexer->pos + 1);
		else if (is_end_of_line(c)) {
			if (lexer->line_open && !lexer->depth)
				return true;
			lexer->pos = lexer->line_start = behind_line(lexer, lexer->pos);
			lexer->joined = lexer->joined && lexer->line_open;
		} else
			return false;
	}
	return lexer->line_open;
}

static bool end_line(struct py_lexer *lexer, struct py_token *ret_token)
{
	*ret_token = (struct py_token){ .kind = PY_NEWLINE };
	ret_token->text = str_slice(lexer->source->text, lexer->pos, lexer->pos); /* `x =` has its value's place here */
	lexer->joined = at(lexer, lexer->pos) == ';';
	if (lexer->joined)
		lexer->pos++;
	else if (lexer->pos < lexer->source->text.len)
		lexer->pos = lexer->line_start = behind_line(lexer, lexer->pos);
	lexer->line_open = false;
	return true;
}

static void scan_mark(struct py_lexer *lexer, struct py_token *token)
{
	char c = at(lexer, lexer->pos), next = at(lexer, lexer->pos + 1);
	bool two = next == '=' && strchr("=!<>+-*/%&|^@:", c);
	token->kind = PY_MARK;
	lexer->pos += two ? 2 : 1;
	if (strchr("([{", c))
		lexer->depth++;
	else if (strchr(")]}", c) && lexer->depth)
		token->depth = --lexer->depth;
}

bool py_next(struct py_lexer *lexer, struct py_token *ret_token, struct err *err)
{
	struct quotes quotes;
	size_t len = lexer->source->text.len;
	if (skip_space(lexer) ||
	    (at(lexer, lexer->pos) == ';' && lexer->line_open && !lexer->depth && lexer->pos < len))
		return end_line(lexer, ret_token);
	if (lexer->pos >= len && lexer->depth)
		return syntax(lexer, len, "a bracket is never closed", err);
	size_t start = lexer->pos;
	struct py_token token = { .kind = PY_END, .first = !lexer->line_open, .depth = lexer->depth };
	if (token.first && !lexer->joined)
		lexer->column = (unsigned)(start - lexer->line_start);
	token.column = lexer->column;
	lexer->line_open = start < len;
	char c = at(lexer, start);
	if (start >= len) {
		token.text = str_slice(lexer->source->text, len, len);
	} else if (prefix_of(lexer, start, &quotes) != SIZE_MAX) {
		token.kind = PY_TEXT;
		if (!skip_string(lexer, &lexer->pos, 0))
			return syntax(lexer, start, "a string is never closed", err);
	} else if (is_name_start(c) || is_digit(c)) {
		token.kind = is_digit(c) ? PY_NUMBER : PY_NAME;
		while (is_name_start(at(lexer, lexer->pos)) || is_digit(at(lexer, lexer->pos)))
			lexer->pos++;
	} else {
		scan_mark(lexer, &token);
	}
	token.text = str_slice(lexer->source->text, start, lexer->pos);
	*ret_token = token;
	return true;
}
