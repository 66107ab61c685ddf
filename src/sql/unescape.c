#include "sql/lex.h"

#include <stdint.h>

static int digit_value(char c, int base)
{
	int value = c >= '0' && c <= '9'                 ? c - '0'
		: (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
							 : 99;
	return value < base ? value : -1;
}

/* Up to max digits at *pos; returns how many there were. */
static size_t read_digits(struct str s, size_t *pos, int base, size_t max, uint32_t *ret_value)
{
	size_t n = 0;
	uint32_t value = 0;
	for (; n < max && *pos < s.len && digit_value(s.ptr[*pos], base) >= 0; n++, (*pos)++)
		value = value * (uint32_t)base + (uint32_t)digit_value(s.ptr[*pos], base);
	*ret_value = value;
	return n;
}

/* Two UTF-16 halves, as \uD83D\uDE00, are one character. */
static void add_code(struct buf *buf, uint32_t code, uint32_t *high)
{
	if (code >= 0xd800 && code < 0xdc00) {
		*high = code;
		return;
	}
	if (*high && code >= 0xdc00 && code < 0xe000)
		code = 0x10000 + ((*high - 0xd800) << 10) + (code - 0xdc00);
	*high = 0;
	buf_utf8(buf, code);
}

/* One escape of an E'' constant; *pos is behind the backslash. */
static void add_escape(struct buf *buf, struct str s, size_t *pos, uint32_t *high)
{
	static const char names[] = "bfnrtv", values[] = "\b\f\n\r\t\v";
	char c = s.ptr[*pos];
	const char *named = c ? strchr(names, c) : NULL;
	size_t start = *pos + 1;
	uint32_t value;
	if (named) {
		buf_char(buf, values[named - names]);
		++*pos;
	} else if (read_digits(s, pos, 8, 3, &value)) {
		buf_char(buf, (char)value);
	} else if (c == 'x' && read_digits(s, &start, 16, 2, &value)) {
		buf_char(buf, (char)value);
		*pos = start;
	} else if ((c == 'u' || c == 'U') && read_digits(s, &start, 16, c == 'u' ? 4 : 8, &value)) {
		add_code(buf, value, high);
		*pos = start;
	} else {
		buf_char(buf, c);
		++*pos;
	}
}

/* Where a continued constant goes on behind the quote at pos, or 0. */
static size_t next_part(struct str s, size_t pos)
{
	struct token next = lex_token(s, pos);
	while (next.kind == TOKEN_LINE_COMMENT)
		next = lex_token(s, next.to);
	return next.kind == TOKEN_STRING && s.ptr[next.from] == '\'' ? next.from + 1 : 0;
}

static struct str unescape_e(struct arena *arena, struct str s)
{
	struct buf buf = buf_init(arena);
	uint32_t high = 0;
	for (size_t pos = 0; pos < s.len;) {
		char c = s.ptr[pos++];
		if (c == '\\' && pos < s.len) {
			add_escape(&buf, s, &pos, &high);
			continue;
		}
		if (c == '\'') {
			size_t next = pos < s.len && s.ptr[pos] == '\'' ? 0 : next_part(s, pos);
			if (next) {
				pos = next;
				continue;
			}
			pos++;
		}
		buf_char(&buf, c);
	}
	return buf_as_str(&buf);
}

/* U&'...' and U&"...": \XXXX and \+XXXXXX.  (UESCAPE with another character is left to the parser.) */
static struct str unescape_unicode(struct arena *arena, struct str s, char quote)
{
	struct buf buf = buf_init(arena);
	uint32_t high = 0;
	for (size_t pos = 0; pos < s.len;) {
		char c = s.ptr[pos++];
		if (c == '\\' && pos < s.len && s.ptr[pos] != '\\') {
			bool wide = s.ptr[pos] == '+';
			uint32_t value;
			pos += wide;
			if (read_digits(s, &pos, 16, wide ? 6 : 4, &value))
				add_code(&buf, value, &high);
			continue;
		}
		if ((c == quote || c == '\\') && pos < s.len)
			pos++;
		buf_char(&buf, c);
	}
	return buf_as_str(&buf);
}

/* Doubled quotes as one. */
static struct str undouble(struct arena *arena, struct str s, char quote)
{
	if (!s.len || !memchr(s.ptr, quote, s.len))
		return s;
	struct buf buf = buf_init(arena);
	for (size_t pos = 0; pos < s.len; pos++) {
		buf_char(&buf, s.ptr[pos]);
		if (s.ptr[pos] == quote)
			pos++;
	}
	return buf_as_str(&buf);
}

/* What is between the quotes; an open end counts as closed there. */
static struct str inner(struct str text, const struct token *token, size_t prefix, size_t suffix)
{
	size_t from = token->from + prefix, to = token->unterminated ? token->to : token->to - suffix;
	return from < to ? str_slice(text, from, to) : (struct str){ "", 0 };
}

struct str token_name(struct arena *arena, struct str text, const struct token *token)
{
	if (token->kind == TOKEN_QUOTED) {
		bool unicode = text.ptr[token->from] != '"';
		struct str s = inner(text, token, unicode ? 3 : 1, 1);
		return unicode ? unescape_unicode(arena, s, '"') : undouble(arena, s, '"');
	}
	struct str s = token_text(text, token);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < 'A' || s.ptr[i] > 'Z')
			continue;
		char *folded = str_dup(arena, s);
		for (; i < s.len; i++)
			folded[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i];
		return (struct str){ folded, s.len };
	}
	return s;
}

struct str token_value(struct arena *arena, struct str text, const struct token *token)
{
	char first = text.ptr[token->from];
	if (token->kind == TOKEN_DOLLAR) {
		size_t tag =
			(size_t)((const char *)memchr(text.ptr + token->from + 1, '$', token->to - token->from - 1) -
				 (text.ptr + token->from)) +
			1;
		return inner(text, token, tag, tag);
	}
	if (first == '\'')
		return undouble(arena, inner(text, token, 1, 1), '\'');
	if (first == 'u' || first == 'U')
		return unescape_unicode(arena, inner(text, token, 3, 1), '\'');
	struct str s = inner(text, token, 2, 1);
	return first == 'e' || first == 'E' ? unescape_e(arena, s) : undouble(arena, s, '\'');
}
