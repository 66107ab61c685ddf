#include "term/json.h"

static void new_line(struct json *json)
{
	if (json->depth > json->lines) {
		if (json->comma)
			buf_char(json->buf, ' ');
		return;
	}
	buf_char(json->buf, '\n');
	for (unsigned i = 0; i < json->depth; i++)
		buf_text(json->buf, "  ");
}

/* What stands between the one before and the next. */
static void next(struct json *json)
{
	if (json->comma)
		buf_char(json->buf, ',');
	if (json->depth)
		new_line(json);
	json->comma = true;
}

static void value_begin(struct json *json)
{
	if (!json->after_key)
		next(json);
	json->after_key = false;
}

void json_open(struct json *json, char bracket)
{
	value_begin(json);
	buf_char(json->buf, bracket);
	json->depth++;
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->comma && json->depth < json->lines)
		new_line(json);
	buf_char(json->buf, bracket);
	json->comma = true;
}

static void add_quoted(struct buf *buf, struct str text)
{
	buf_char(buf, '"');
	while (text.len) {
		ptrdiff_t bad = str_bad_utf8(text);
		size_t good = bad < 0 ? text.len : (size_t)bad;
		for (size_t i = 0; i < good; i++) {
			char c = text.ptr[i];
			if (c == '"' || c == '\\')
				buf_printf(buf, "\\%c", c);
			else if (c == '\n')
				buf_text(buf, "\\n");
			else if (c == '\t')
				buf_text(buf, "\\t");
			else if ((unsigned char)c < 0x20 || c == 0x7f)
				buf_printf(buf, "\\u%04x", (unsigned char)c);
			else
				buf_char(buf, c);
		}
		if (bad >= 0)
			buf_text(buf, "\xef\xbf\xbd");
		text = str_slice(text, bad < 0 ? text.len : good + 1, text.len);
	}
	buf_char(buf, '"');
}

void json_key(struct json *json, const char *key)
{
	next(json);
	add_quoted(json->buf, str_of(key));
	buf_text(json->buf, ": ");
	json->after_key = true;
}

void json_string(struct json *json, struct str value)
{
	value_begin(json);
	add_quoted(json->buf, value);
}

void json_raw(struct json *json, const char *value)
{
	value_begin(json);
	buf_text(json->buf, value);
}

void json_text(struct json *json, const char *value)
{
	if (value)
		json_string(json, str_of(value));
	else
		json_raw(json, "null");
}

static size_t digits(struct str text, size_t from)
{
	size_t i = from;
	while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
		i++;
	return i - from;
}

bool json_is_number(struct str text)
{
	size_t i = text.len && text.ptr[0] == '-';
	size_t whole = digits(text, i);
	if (!whole || (whole > 1 && text.ptr[i] == '0'))
		return false;
	i += whole;
	if (i < text.len && text.ptr[i] == '.') {
		size_t fraction = digits(text, i + 1);
		if (!fraction)
			return false;
		i += 1 + fraction;
	}
	return i == text.len;
}
