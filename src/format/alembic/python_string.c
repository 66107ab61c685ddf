#include "format/alembic/python.h"

static int digit_of(char c)
{
	return c >= '0' && c <= '9'    ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10
		: c >= 'A' && c <= 'F' ? c - 'A' + 10
				       : 99;
}

/* Digits of a base, at most max, from *at on; moves behind them and returns how many there were. */
static size_t digits(struct str text, size_t *at, size_t max, int base, unsigned long *ret_code)
{
	size_t n = 0;
	*ret_code = 0;
	for (; n < max && *at < text.len && digit_of(text.ptr[*at]) < base; n++, (*at)++)
		*ret_code = *ret_code * (unsigned long)base + (unsigned long)digit_of(text.ptr[*at]);
	return n;
}

/* One character of \x41, \u0041, \U00000041, \101; a NUL or half of a pair is nothing that a name could hold. */
static bool add_code(struct buf *buf, struct str text, size_t *at, size_t wanted, int base)
{
	unsigned long code;
	size_t n = digits(text, at, wanted, base, &code);
	if ((base == 16 && n != wanted) || !code || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
		return false;
	buf_utf8(buf, code);
	return true;
}

/* text.ptr[*at] is what stands behind the backslash. */
static bool add_escape(struct buf *buf, struct str text, size_t *at)
{
	static const char from[] = "abfnrtv\\'\"", to[] = "\a\b\f\n\r\t\v\\'\"";
	char c = text.ptr[*at];
	const char *simple = c ? strchr(from, c) : NULL;
	if (c >= '0' && c <= '7')
		return add_code(buf, text, at, 3, 8);
	(*at)++;
	if (c == '\r' && *at < text.len && text.ptr[*at] == '\n')
		(*at)++;
	if (c == 'x' || c == 'u' || c == 'U')
		return add_code(buf, text, at, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16);
	if (c == 'N')
		return false;
	if (simple)
		buf_char(buf, to[simple - from]);
	else if (c != '\n' && c != '\r') {
		buf_char(buf, '\\');
		buf_char(buf, c);
	}
	return true;
}

static bool unescape(struct arena *arena, struct str body, struct str *ret_text)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < body.len;) {
		if (body.ptr[i] != '\\' || i + 1 == body.len) {
			buf_char(&buf, body.ptr[i++]);
			continue;
		}
		i++;
		if (!add_escape(&buf, body, &i))
			return false;
	}
	*ret_text = buf_as_str(&buf);
	return true;
}

bool py_string(struct arena *arena, struct str token, struct str *ret_text)
{
	bool raw = false, formatted = false;
	size_t n = 0;
	for (; n < token.len && token.ptr[n] != '"' && token.ptr[n] != '\''; n++) {
		char c = (char)(token.ptr[n] | 0x20);
		if (c == 'b' || c == 't')
			return false;
		raw = raw || c == 'r';
		formatted = formatted || c == 'f';
	}
	size_t quotes =
		token.len >= n + 6 && token.ptr[n + 1] == token.ptr[n] && token.ptr[n + 2] == token.ptr[n] ? 3 : 1;
	struct str body = str_slice(token, n + quotes, token.len - quotes);
	if (formatted && (str_find(body, STR("{")) >= 0 || str_find(body, STR("}")) >= 0))
		return false;
	if (raw || str_find(body, STR("\\")) < 0) {
		*ret_text = body;
		return true;
	}
	return unescape(arena, body, ret_text);
}
