#include "term/shown.h"

static size_t sequence_len(struct str text)
{
	unsigned char lead = (unsigned char)text.ptr[0];
	size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	return len <= text.len && str_bad_utf8(str_slice(text, 0, len)) < 0 ? len : 0;
}

static unsigned code_point(const char *p, size_t len)
{
	unsigned code = (unsigned char)p[0] & (len == 1 ? 0x7f : 0xff >> (len + 1));
	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)p[i] & 0x3f);
	return code;
}

/* Characters that act on the terminal or on the order in which others are shown. */
static bool acts(unsigned code)
{
	bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
	bool mark = code == 0x61c || code == 0x200e || code == 0x200f;
	bool embedding = code >= 0x2028 && code <= 0x202e; /* line separators, too */
	bool isolate = code >= 0x2066 && code <= 0x2069;
	return control || mark || embedding || isolate;
}

size_t shown_add_one(struct buf *buf, struct str text)
{
	size_t len = sequence_len(text);
	unsigned code = len ? code_point(text.ptr, len) : (unsigned char)text.ptr[0];
	if (len && !acts(code))
		buf_add(buf, text.ptr, len);
	else if (code == '\n' || code == '\r' || code == '\t')
		buf_text(buf, code == '\n' ? "\\n" : code == '\r' ? "\\r" : "\\t");
	else
		buf_printf(buf, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
	return len ? len : 1;
}

void shown_add(struct buf *buf, struct str text, enum shown shown)
{
	for (size_t i = 0; i < text.len;) {
		char c = text.ptr[i];
		if ((c >= 0x20 && c < 0x7f) || (shown == SHOWN_TEXT && (c == '\n' || c == '\t'))) {
			buf_char(buf, c);
			i++;
		} else {
			i += shown_add_one(buf, str_slice(text, i, text.len));
		}
	}
}

struct str shown_cut(struct str text, size_t width)
{
	struct arena *scratch = arena_new(NULL);
	size_t taken = 0, at = 0;
	while (at < text.len) {
		struct buf one = buf_init(scratch);
		size_t len = shown_add_one(&one, str_slice(text, at, text.len));
		taken += str_width(buf_as_str(&one));
		if (taken > width)
			break;
		at += len;
	}
	arena_free(scratch);
	return str_slice(text, 0, at);
}
