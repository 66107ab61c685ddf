#include "term/json.h"

static void new_line(struct writer *writer)
{
	if (writer->depth > writer->lines) {
		if (writer->comma)
			buf_char(writer->buf, ' ');
		return;
	}
	buf_char(writer->buf, '\n');
	for (unsigned i = 0; i < writer->depth; i++)
		buf_text(writer->buf, "  ");
}

/* What stands between the one before and the next. */
static void next(struct writer *writer)
{
	if (writer->comma)
		buf_char(writer->buf, ',');
	if (writer->depth)
		new_line(writer);
	writer->comma = true;
}

static void value_begin(struct writer *writer)
{
	if (!writer->after_key)
		next(writer);
	writer->after_key = false;
}

void writer_open(struct writer *writer, char bracket)
{
	value_begin(writer);
	buf_char(writer->buf, bracket);
	writer->depth++;
	writer->comma = false;
}

void writer_close(struct writer *writer, char bracket)
{
	writer->depth--;
	if (writer->comma && writer->depth < writer->lines)
		new_line(writer);
	buf_char(writer->buf, bracket);
	writer->comma = true;
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

void writer_key(struct writer *writer, const char *key)
{
	next(writer);
	add_quoted(writer->buf, str_of(key));
	buf_text(writer->buf, ": ");
	writer->after_key = true;
}

void writer_string(struct writer *writer, struct str value)
{
	value_begin(writer);
	add_quoted(writer->buf, value);
}

void writer_raw(struct writer *writer, const char *value)
{
	value_begin(writer);
	buf_text(writer->buf, value);
}

void writer_text(struct writer *writer, const char *value)
{
	if (value)
		writer_string(writer, str_of(value));
	else
		writer_raw(writer, "null");
}

static size_t digits(struct str text, size_t from)
{
	size_t i = from;
	while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
		i++;
	return i - from;
}

bool reads_as_number(struct str text)
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
