#include "format/prisma/psl/reader.h"

/* Deeper than anybody writes, and far from the end of the stack. */
enum { DEPTH_MAX = 64 };

/* ---- strings: as in JSON ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex4(struct str s, unsigned *ret_code)
{
	unsigned code = 0;
	for (size_t i = 0; i < 4; i++) {
		int digit = i < s.len ? hex_digit(s.ptr[i]) : -1;
		if (digit < 0)
			return false;
		code = code * 16 + (unsigned)digit;
	}
	*ret_code = code;
	return true;
}

/* \uXXXX, as a pair where it is half of one; returns how much of s it took, 0: it makes no character. */
static size_t unescape_unicode(struct str s, struct buf *buf)
{
	unsigned high, low;
	if (!hex4(str_slice(s, 2, s.len), &high))
		return 0;
	if (high < 0xd800 || high > 0xdfff) {
		buf_utf8(buf, high);
		return high ? 6 : 0;
	}
	bool pair = high < 0xdc00 && s.len >= 12 && s.ptr[6] == '\\' && s.ptr[7] == 'u' &&
		hex4(str_slice(s, 8, s.len), &low) && low >= 0xdc00 && low <= 0xdfff;
	if (!pair)
		return 0;
	buf_utf8(buf, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
	return 12;
}

static size_t unescape(struct str s, struct buf *buf)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found = s.len > 1 ? memchr(from, s.ptr[1], sizeof(from) - 1) : NULL;
	if (s.len > 5 && s.ptr[1] == 'u')
		return unescape_unicode(s, buf);
	if (!found)
		return 0;
	buf_char(buf, to[found - from]);
	return 2;
}

/* What a string contains; a slice of the file where nothing is escaped. */
static struct str string_contents(struct reader *r, struct str raw)
{
	if (!raw.len || !memchr(raw.ptr, '\\', raw.len))
		return raw;
	struct buf buf = buf_init(r->arena);
	for (size_t i = 0; i < raw.len;) {
		if (raw.ptr[i] != '\\') {
			buf_char(&buf, raw.ptr[i++]);
			continue;
		}
		size_t taken = unescape(str_slice(raw, i, raw.len), &buf);
		if (!taken) {
			psl_problem(r->psl, str_slice(raw, i, i + 2), "unknown escape sequence \"%.*s\" in a string",
				    i + 1 < raw.len ? 2 : 1, raw.ptr + i);
			psl_hint(r->psl, "A backslash itself is written \\\\.");
			taken = 2;
		}
		i += taken;
	}
	return buf_as_str(&buf);
}

/* The end of the string that begins at pos, or 0. */
static size_t string_end(const struct reader *r)
{
	for (size_t i = r->pos + 1; i < r->text.len; i++) {
		unsigned char c = (unsigned char)r->text.ptr[i];
		if (c == '"')
			return i + 1;
		if (c == '\\')
			i++;
		else if (c < 0x20)
			break;
	}
	return 0;
}

bool read_string(struct reader *r, struct psl_value *ret_value)
{
	size_t from = r->pos;
	if (at_end(r) || r->text.ptr[from] != '"')
		return false;
	size_t end = string_end(r);
	if (!end) {
		psl_syntax(r, str_slice(r->text, from, from + 1), "unterminated string");
		return false;
	}
	r->pos = end;
	*ret_value = (struct psl_value){ .kind = PSL_STRING, .at = str_slice(r->text, from, end) };
	ret_value->text = string_contents(r, str_slice(r->text, from + 1, end - 1));
	return true;
}

/* ---- lists ---- */

/* What stands at pos, for messages. */
static struct str found(struct reader *r)
{
	size_t from = r->pos, len = 0;
	struct str word;
	read_blanks(r);
	size_t at = r->pos;
	if (read_word(r, &word))
		len = word.len;
	else if (!at_end(r) && (unsigned char)r->text.ptr[at] > ' ' && (unsigned char)r->text.ptr[at] < 0x80)
		len = 1;
	r->pos = from;
	return str_slice(r->text, at, at + len);
}

static bool expected(struct reader *r, const char *what)
{
	struct str there = found(r);
	if (!r->told && there.len)
		psl_syntax(r, there, "expected %s, found \"" STR_FMT "\"", what, STR_ARG(there));
	else if (!r->told)
		psl_syntax(r, there, "expected %s, found the end of the line", what);
	return false;
}

static bool add_value(struct reader *r, struct psl_arguments *args)
{
	struct psl_argument made = { 0 };
	size_t from = r->pos;
	if (!read_value(r, &made.value))
		return expected(r, "a value");
	made.at = read_since(r, from);
	vec_push(r->arena, args, made);
	return true;
}

/* name: value */
static bool add_member(struct reader *r, struct psl_arguments *args)
{
	struct psl_argument made = { 0 };
	size_t from = r->pos;
	if (!read_word(r, &made.name) || !read_char(r, ':'))
		return expected(r, "a name and a colon");
	read_blanks(r);
	if (!read_value(r, &made.value))
		return expected(r, "a value");
	made.at = read_since(r, from);
	vec_push(r->arena, args, made);
	return true;
}

static bool is_next(struct reader *r, char c)
{
	size_t before = r->pos;
	bool there = read_char(r, c);
	r->pos = before;
	return there;
}

/* name: value, name: or a value */
static bool add_argument(struct reader *r, struct psl_arguments *args)
{
	struct psl_argument made = { 0 };
	size_t from = r->pos;
	if (!read_word(r, &made.name) || !read_char(r, ':')) {
		r->pos = from;
		return add_value(r, args);
	}
	bool empty = is_next(r, ',') || is_next(r, ')');
	if (!empty)
		read_blanks(r);
	if (!empty && !read_value(r, &made.value))
		return expected(r, "a value");
	made.at = read_since(r, from);
	vec_push(r->arena, args, made);
	return true;
}

/* Up to the closing character; the opening one is read.  False: the problem is told. */
static bool read_list(struct reader *r, char close, bool (*add)(struct reader *, struct psl_arguments *),
		      struct psl_arguments *args)
{
	const char either[] = { '"', ',', '"', ' ', 'o', 'r', ' ', '"', close, '"', '\0' };
	if (read_char(r, close))
		return true;
	for (;;) {
		read_blanks(r);
		if (!add(r, args))
			return false;
		if (read_char(r, close))
			return true;
		if (!read_char(r, ','))
			return expected(r, either);
		if (is_next(r, close)) {
			psl_syntax(r, str_slice(r->text, r->pos - 1, r->pos), "a comma with nothing behind it");
			return false;
		}
	}
}

bool read_arguments(struct reader *r, struct psl_arguments *ret_args)
{
	struct psl_arguments args = { 0 };
	if (!read_char(r, '(') || !read_list(r, ')', add_argument, &args))
		return false;
	*ret_args = args;
	return true;
}

/* ---- values ---- */

static bool read_group(struct reader *r, struct psl_value *value)
{
	if (read_char(r, '[')) {
		value->kind = PSL_ARRAY;
		return read_list(r, ']', add_value, &value->args);
	}
	if (!read_char(r, '{'))
		return false;
	value->kind = PSL_OBJECT;
	return read_list(r, '}', add_member, &value->args);
}

/* A path may begin with a digit, a number is one only where no word goes on: 1x is neither. */
static bool read_name(struct reader *r, struct psl_value *value)
{
	size_t from = r->pos;
	if (read_path(r, &value->text)) {
		value->kind = PSL_CALL;
		if (read_arguments(r, &value->args))
			return true;
		if (r->told)
			return false;
	}
	r->pos = from;
	value->kind = PSL_NUMBER;
	if (read_number(r, &value->text))
		return true;
	value->kind = PSL_WORD;
	return read_path(r, &value->text);
}

static bool read_any(struct reader *r, struct psl_value *value)
{
	return read_string(r, value) || (!r->told && (read_group(r, value) || (!r->told && read_name(r, value))));
}

bool read_value(struct reader *r, struct psl_value **ret_value)
{
	struct psl_value value = { 0 };
	size_t from = r->pos;
	if (r->depth >= DEPTH_MAX) {
		psl_syntax(r, str_slice(r->text, from, from), "a value nested deeper than %d levels", DEPTH_MAX);
		return false;
	}
	r->depth++;
	bool ok = read_any(r, &value);
	r->depth--;
	if (!ok)
		return false;
	value.at = read_since(r, from);
	*ret_value = arena_alloc(r->arena, sizeof(value));
	**ret_value = value;
	return true;
}
