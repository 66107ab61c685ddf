#include "sql/split.h"

struct splitter splitter_init(struct str text)
{
	return (struct splitter){ .text = text };
}

static size_t end_of_line(struct str text, size_t pos)
{
	const char *found = pos < text.len ? memchr(text.ptr + pos, '\n', text.len - pos) : NULL;
	return found ? (size_t)(found - text.ptr) : text.len;
}

/* What is left to read: only the line, while COPY data follow on the next. */
static struct str readable(const struct splitter *splitter)
{
	return splitter->resume ? str_slice(splitter->text, 0, splitter->line_end) : splitter->text;
}

void splitter_skip_line(struct splitter *splitter)
{
	splitter->pos = end_of_line(readable(splitter), splitter->pos);
}

/*
 * CREATE [OR REPLACE] {FUNCTION | PROCEDURE} may have a body between BEGIN ATOMIC and END.  As psql does, any BEGIN outside of
 * parentheses counts, and inside a body CASE, which ends with END too.
 */
static void take_word(struct splitter *s, struct str word)
{
	static const char *const telling[] = { "create", "function", "procedure", "or", "replace" };
	for (size_t i = 0; s->words < LEN(s->leading) && i < LEN(telling); i++)
		if (str_eq_nocase(word, str_of(telling[i])))
			s->leading[s->words] = telling[i][0];
	s->words++;
	const char *l = s->leading;
	bool routine = l[0] == 'c' &&
		(l[1] == 'f' || l[1] == 'p' || (l[1] == 'o' && l[2] == 'r' && (l[3] == 'f' || l[3] == 'p')));
	if (!routine || s->paren_depth)
		return;
	bool opens = str_eq_nocase(word, STR("begin")) || (s->begin_depth && str_eq_nocase(word, STR("case")));
	if (opens)
		s->begin_depth++;
	else if (s->begin_depth && str_eq_nocase(word, STR("end")))
		s->begin_depth--;
}

/* COPY ... FROM STDIN, outside of parentheses; the grammar takes STDOUT for the same here. */
static void take_copy(struct splitter *s, struct str text, const struct token *token)
{
	if (!s->is_open)
		s->copy = token_is_word(text, token, "copy") ? COPY_SEEN : COPY_NOT;
	else if (s->paren_depth)
		return;
	else if (s->copy == COPY_SEEN && token_is_word(text, token, "from"))
		s->copy = COPY_FROM;
	else if (s->copy == COPY_FROM)
		s->copy = token_is_word(text, token, "stdin") || token_is_word(text, token, "stdout") ? COPY_STDIN
												      : COPY_NOT;
}

bool splitter_take(struct splitter *s, struct str text, const struct token *token)
{
	if (token_is_punct(text, token, ';') && !s->paren_depth && !s->begin_depth)
		return true;
	take_copy(s, text, token);
	if (token->kind == TOKEN_WORD)
		take_word(s, token_text(text, token));
	else if (token_is_punct(text, token, '('))
		s->paren_depth++;
	else if (token_is_punct(text, token, ')') && s->paren_depth)
		s->paren_depth--;
	s->is_open = true;
	return false;
}

/* The lines from pos up to "\." on a line of its own, or to the end; *ret_after is where the text goes on. */
static struct str copy_lines(struct str text, size_t pos, size_t *ret_after)
{
	size_t from = pos;
	while (pos < text.len) {
		size_t end = end_of_line(text, pos);
		struct str line = str_slice(text, pos, end);
		size_t after = end < text.len ? end + 1 : end;
		if (str_eq(line, STR("\\.")) || str_eq(line, STR("\\.\r"))) {
			*ret_after = after;
			return str_slice(text, from, pos);
		}
		pos = after;
	}
	*ret_after = text.len;
	return str_slice(text, from, text.len);
}

/* psql reads the data when it has sent the statement, from the next line on, and only then the rest of its line. */
static struct str take_data(struct splitter *s)
{
	if (!s->resume) {
		s->line_end = end_of_line(s->text, s->pos);
		s->resume = s->line_end < s->text.len ? s->line_end + 1 : s->text.len;
	}
	return copy_lines(s->text, s->resume, &s->resume);
}

void splitter_close(struct splitter *s, struct str *ret_data)
{
	*ret_data = s->copy == COPY_STDIN ? take_data(s) : (struct str){ 0 };
	s->is_open = false;
	s->paren_depth = s->begin_depth = s->words = 0;
	memset(s->leading, 0, sizeof(s->leading));
	s->copy = COPY_NOT;
}

struct token splitter_next(struct splitter *s)
{
	struct token token = lex_token(readable(s), s->pos);
	if (token.kind == TOKEN_END && s->resume && !s->is_open) {
		s->pos = s->resume;
		s->resume = 0;
		token = lex_token(s->text, s->pos);
		token.newline = true;
	}
	s->pos = token.to;
	return token;
}

bool splitter_statement(struct splitter *splitter, struct str *ret_statement)
{
	struct token first = { 0 };
	bool begun = false;
	struct str data;
	for (;;) {
		struct token token = splitter_next(splitter);
		bool is_comment = token.kind == TOKEN_LINE_COMMENT || token.kind == TOKEN_BLOCK_COMMENT;
		if (!is_comment && token.kind != TOKEN_END && !splitter_take(splitter, splitter->text, &token)) {
			first = begun ? first : token;
			begun = true;
		} else if (!is_comment) {
			splitter_close(splitter, &data);
			if (begun)
				*ret_statement = str_trim(str_slice(splitter->text, first.from, token.from));
			if (begun || token.kind == TOKEN_END)
				return begun;
		}
	}
}
