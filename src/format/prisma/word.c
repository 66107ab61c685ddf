#include "format/prisma/word.h"

static char peek(const struct word_reader *r, size_t ahead)
{
	return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
		(unsigned char)c >= 0x80;
}

static void skip_to(struct word_reader *r, struct str end)
{
	ptrdiff_t found = str_find(str_slice(r->text, r->at, r->text.len), end);
	r->at = found < 0 ? r->text.len : r->at + (size_t)found + end.len;
}

static void skip_blanks(struct word_reader *r)
{
	for (; r->at < r->text.len;) {
		char c = peek(r, 0);
		if (c == '/' && peek(r, 1) == '/')
			skip_to(r, STR("\n"));
		else if (c == '/' && peek(r, 1) == '*')
			skip_to(r, STR("*/"));
		else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			r->at++;
		else
			return;
	}
}

/* What stands behind a backslash. */
static char meant(char c)
{
	return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

static struct word take_string(struct word_reader *r)
{
	char quote = peek(r, 0);
	struct buf buf = buf_init(r->arena);
	for (r->at++; r->at < r->text.len && peek(r, 0) != quote; r->at++) {
		bool escaped = peek(r, 0) == '\\';
		r->at += escaped;
		if (r->at < r->text.len)
			buf_char(&buf, escaped ? meant(peek(r, 0)) : peek(r, 0));
	}
	r->at++;
	/* What a template fills in is not known. */
	bool filled = quote == '`' && strstr(buf.ptr, "${");
	return (struct word){ filled ? WORD_SIGN : WORD_TEXT, filled ? STR("`") : buf_as_str(&buf) };
}

struct word word_next(struct word_reader *r)
{
	skip_blanks(r);
	size_t start = r->at;
	if (start >= r->text.len || !*r->left)
		return (struct word){ .kind = WORD_END };
	--*r->left;
	char c = peek(r, 0);
	if (c == '"' || c == '\'' || c == '`')
		return take_string(r);
	if (!is_word_char(c))
		return (struct word){ WORD_SIGN, str_slice(r->text, start, ++r->at) };
	while (is_word_char(peek(r, 0)))
		r->at++;
	return (struct word){ WORD_NAME, str_slice(r->text, start, r->at) };
}

struct word word_look(const struct word_reader *r)
{
	struct word_reader ahead = *r;
	return word_next(&ahead);
}

bool word_is(struct word token, const char *text)
{
	return token.kind != WORD_TEXT && token.kind != WORD_END && str_eq(token.text, str_of(text));
}

bool word_take(struct word_reader *r, const char *text)
{
	if (!word_is(word_look(r), text))
		return false;
	word_next(r);
	return true;
}

void word_skip_arguments(struct word_reader *r)
{
	for (size_t open = 1; open;) {
		struct word token = word_next(r);
		if (token.kind == WORD_END)
			return;
		open += word_is(token, "(");
		open -= word_is(token, ")");
	}
}
