#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/file.h"

struct reader {
	struct arena *arena;
	enum json_dialect dialect;
	const char *path;
	struct str text;
	size_t at;
	size_t line_start; /* offset of the line that at is in */
	unsigned line;
	size_t counted; /* up to here the line has so many columns: a file can be one long line */
	unsigned columns;
	struct err *err;
};

/* ---- errors ---- */

static unsigned column_of(struct reader *r)
{
	if (r->counted < r->line_start) {
		r->counted = r->line_start;
		r->columns = 0;
	}
	for (; r->counted < r->at; r->counted++)
		r->columns += ((unsigned char)r->text.ptr[r->counted] & 0xc0) != 0x80;
	return r->columns + 1;
}

static bool is_merge_mark(struct str line)
{
	return str_starts(line, STR("<<<<<<<")) || str_starts(line, STR("=======")) || str_starts(line, STR(">>>>>>>"));
}

static bool fail(struct reader *r, const char *message)
{
	struct str rest = str_slice(r->text, r->line_start, r->text.len);
	err_set(r->err, ERR_FAILED, "json-invalid", "%s", message);
	if (is_merge_mark(rest))
		err_hint(
			r->err,
			"git could not merge this file and left its marks in it: choose what of both sides stays, and take the marks out.");
	return err_at(r->err, r->path, r->line, column_of(r));
}

static bool expected(struct reader *r, const char *what)
{
	if (r->at == r->text.len)
		return fail(r, arena_printf(r->err->arena, "the file ends where %s should stand", what));
	return fail(r, arena_printf(r->err->arena, "%s should stand here", what));
}

/* ---- white space ---- */

static int peek(const struct reader *r)
{
	return r->at < r->text.len ? (unsigned char)r->text.ptr[r->at] : -1;
}

static void step(struct reader *r)
{
	if (r->text.ptr[r->at++] == '\n') {
		r->line++;
		r->line_start = r->at;
	}
}

static bool at_text(const struct reader *r, struct str wanted)
{
	return str_starts(str_slice(r->text, r->at, r->text.len), wanted);
}

/* A comment that is not closed ends with the file, where something else is missing. */
static void skip_comment(struct reader *r)
{
	bool block = at_text(r, STR("/*"));
	for (r->at += 2; r->at < r->text.len; step(r)) {
		if (block ? at_text(r, STR("*/")) : peek(r) == '\n')
			break;
	}
	if (block && r->at < r->text.len)
		r->at += 2;
}

static void skip_space(struct reader *r)
{
	for (;;) {
		int c = peek(r);
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			step(r);
		else if (r->dialect == JSON_WITH_COMMENTS && (at_text(r, STR("//")) || at_text(r, STR("/*"))))
			skip_comment(r);
		else
			return;
	}
}

/* ---- strings ---- */

static bool read_hex(struct reader *r, uint32_t *ret_code)
{
	uint32_t code = 0;
	for (int i = 0; i < 4; i++, r->at++) {
		int c = peek(r);
		if (c >= '0' && c <= '9')
			code = code * 16 + (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			code = code * 16 + (uint32_t)((c | 32) - 'a' + 10);
		else
			return expected(r, "a hexadecimal digit");
	}
	*ret_code = code;
	return true;
}

/* Half of a pair alone is no character: it becomes U+FFFD, as in JavaScript when it is written out. */
static bool read_unicode(struct reader *r, struct buf *buf)
{
	uint32_t code, low = 0;
	if (!read_hex(r, &code))
		return false;
	if (code >= 0xd800 && code < 0xdc00 && at_text(r, STR("\\u"))) {
		r->at += 2;
		if (!read_hex(r, &low))
			return false;
		bool pair = low >= 0xdc00 && low < 0xe000;
		code = pair ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
	}
	buf_utf8(buf, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
	return true;
}

static bool read_escape(struct reader *r, struct buf *buf)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(r);
	const char *found = c > 0 ? strchr(from, c) : NULL;
	if (c != 'u' && !found)
		return expected(r, "an escape like \\n or \\u0041");
	r->at++;
	if (c == 'u')
		return read_unicode(r, buf);
	buf_char(buf, to[found - from]);
	return true;
}

/* Up to the next quote, backslash or control character. */
static struct str read_run(struct reader *r)
{
	size_t from = r->at;
	while (peek(r) >= 32 && peek(r) != '"' && peek(r) != '\\')
		r->at++;
	return str_slice(r->text, from, r->at);
}

static bool read_string(struct reader *r, struct str *ret_text)
{
	r->at++;
	struct str run = read_run(r);
	struct buf buf = { .ptr = str_dup(r->arena, run), .len = run.len };
	if (peek(r) != '"') {
		buf = buf_init(r->arena);
		buf_str(&buf, run);
	}
	while (peek(r) != '"') {
		if (peek(r) != '\\')
			return expected(r, "the end of the string");
		r->at++;
		if (!read_escape(r, &buf))
			return false;
		buf_str(&buf, read_run(r));
	}
	r->at++;
	*ret_text = buf_as_str(&buf);
	return true;
}

/* ---- the other values ---- */

static bool skip_digits(struct reader *r)
{
	size_t from = r->at;
	while (peek(r) >= '0' && peek(r) <= '9')
		r->at++;
	return r->at > from || expected(r, "a digit");
}

static bool read_number(struct reader *r, struct json *value)
{
	size_t from = r->at;
	if (peek(r) == '-')
		r->at++;
	if (peek(r) == '0')
		r->at++;
	else if (!skip_digits(r))
		return false;
	if (peek(r) == '.') {
		r->at++;
		if (!skip_digits(r))
			return false;
	}
	if ((peek(r) | 32) == 'e') {
		r->at++;
		if (peek(r) == '+' || peek(r) == '-')
			r->at++;
		if (!skip_digits(r))
			return false;
	}
	value->kind = JS_NUMBER;
	value->text = str_of(str_dup(r->arena, str_slice(r->text, from, r->at)));
	return true;
}

static bool read_word(struct reader *r, struct json *value)
{
	static const struct {
		struct str word;
		enum json_kind kind;
	} words[] = { { { "null", 4 }, JS_NULL }, { { "true", 4 }, JS_BOOL }, { { "false", 5 }, JS_BOOL } };
	for (size_t i = 0; i < LEN(words); i++) {
		if (!at_text(r, words[i].word))
			continue;
		r->at += words[i].word.len;
		value->kind = words[i].kind;
		value->truth = words[i].word.ptr[0] == 't';
		return true;
	}
	return expected(r, "a value");
}

static bool read_value(struct reader *r, unsigned depth, struct json *value);

static bool read_member(struct reader *r, unsigned depth, struct json *object)
{
	struct str key;
	struct json value;
	if (peek(r) != '"')
		return expected(r, "a key in double quotes");
	if (!read_string(r, &key))
		return false;
	skip_space(r);
	if (peek(r) != ':')
		return expected(r, "\":\"");
	r->at++;
	if (!read_value(r, depth, &value))
		return false;
	value.key = key;
	vec_push(r->arena, object, value);
	return true;
}

static bool read_element(struct reader *r, unsigned depth, struct json *array)
{
	struct json value;
	if (!read_value(r, depth, &value))
		return false;
	vec_push(r->arena, array, value);
	return true;
}

static bool read_container(struct reader *r, unsigned depth, struct json *value)
{
	bool object = peek(r) == '{';
	char close = object ? '}' : ']';
	value->kind = object ? JS_OBJECT : JS_ARRAY;
	if (depth == JSON_MAX_DEPTH)
		return fail(r, arena_printf(r->err->arena, "more than %d levels are too deep", JSON_MAX_DEPTH));
	r->at++;
	skip_space(r);
	while (peek(r) != close) {
		if (!(object ? read_member(r, depth + 1, value) : read_element(r, depth + 1, value)))
			return false;
		skip_space(r);
		if (peek(r) == close)
			break;
		if (peek(r) != ',')
			return expected(r, object ? "\",\" or \"}\"" : "\",\" or \"]\"");
		r->at++;
		skip_space(r);
		if (peek(r) == close && r->dialect == JSON_PLAIN)
			return expected(r, object ? "one more member" : "one more value");
	}
	r->at++;
	return true;
}

static bool read_value(struct reader *r, unsigned depth, struct json *value)
{
	skip_space(r);
	*value = (struct json){ .line = r->line, .column = column_of(r) };
	int c = peek(r);
	if (c == '{' || c == '[')
		return read_container(r, depth, value);
	if (c == '"') {
		value->kind = JS_STRING;
		return read_string(r, &value->text);
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(r, value);
	return read_word(r, value);
}

/* ---- the whole text ---- */

static bool refuse_at(struct reader *r, size_t offset, const char *name, const char *message)
{
	while (r->at < offset)
		step(r);
	err_set(r->err, ERR_FAILED, name, "%s", message);
	return err_at(r->err, r->path, r->line, column_of(r));
}

static bool refuse_bytes(struct reader *r)
{
	const char *nul = r->text.len ? memchr(r->text.ptr, '\0', r->text.len) : NULL;
	ptrdiff_t bad = str_bad_utf8(r->text);
	if (r->text.len > JSON_MAX_BYTES)
		return refuse_at(r, 0, "json-invalid", "the file is too large to be what it should be");
	if (nul)
		return refuse_at(r, (size_t)(nul - r->text.ptr), "nul-byte", "a NUL byte in the text");
	return bad < 0 || refuse_at(r, (size_t)bad, "not-utf8", "the text is not UTF-8 here");
}

bool json_parse(struct arena *arena, enum json_dialect dialect, const char *path, struct str text,
		struct json *ret_value, struct err *err)
{
	struct reader r = { .arena = arena, .dialect = dialect, .path = path, .text = text, .line = 1, .err = err };
	struct json value;
	if (!refuse_bytes(&r))
		return false;
	if (at_text(&r, STR("\xef\xbb\xbf")))
		r.at = r.line_start = r.counted = 3;
	if (!read_value(&r, 0, &value))
		return false;
	skip_space(&r);
	if (r.at < text.len)
		return expected(&r, "the end of the file");
	*ret_value = value;
	return true;
}

bool json_load(struct arena *arena, enum json_dialect dialect, const char *path, struct json *ret_value,
	       struct err *err)
{
	struct str text;
	return file_read(arena, path, &text, err) && json_parse(arena, dialect, path, text, ret_value, err);
}

/* ---- looking into it ---- */

const struct json *json_get(const struct json *object, const char *key)
{
	struct str wanted = str_of(key);
	for (size_t i = object && object->kind == JS_OBJECT ? object->len : 0; i > 0; i--)
		if (str_eq(object->ptr[i - 1].key, wanted))
			return &object->ptr[i - 1];
	return NULL;
}

const struct json *json_get_kind(const struct json *object, const char *key, enum json_kind kind)
{
	const struct json *value = json_get(object, key);
	return value && value->kind == kind ? value : NULL;
}

const char *json_get_text(const struct json *object, const char *key, const char *otherwise)
{
	const struct json *value = json_get_kind(object, key, JS_STRING);
	return value && strlen(value->text.ptr) == value->text.len ? value->text.ptr : otherwise;
}

bool json_get_true(const struct json *object, const char *key)
{
	const struct json *value = json_get_kind(object, key, JS_BOOL);
	return value && value->truth;
}

bool json_integer_of(const struct json *value, long long *ret_number)
{
	if (!value || value->kind != JS_NUMBER)
		return false;
	bool negative = str_starts(value->text, STR("-"));
	unsigned long long size;
	if (!str_to_u64(str_slice(value->text, negative, value->text.len), &size) || size > INT64_MAX)
		return false;
	*ret_number = negative ? -(long long)size : (long long)size;
	return true;
}

const char *json_kind_text(const struct json *value)
{
	static const char *const texts[] = {
		[JS_NULL] = "null",       [JS_BOOL] = "true or false", [JS_NUMBER] = "a number",
		[JS_STRING] = "a string", [JS_ARRAY] = "an array",     [JS_OBJECT] = "an object"
	};
	return value ? texts[value->kind] : "nothing";
}
