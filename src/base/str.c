#include "base/str.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len && is_space(s.ptr[0]))
		s = str_slice(s, 1, s.len);
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool str_cut(struct str s, char c, struct str *ret_before, struct str *ret_after)
{
	const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
	if (!at) {
		*ret_before = s;
		*ret_after = (struct str){ 0 };
		return false;
	}
	size_t len = (size_t)(at - s.ptr);
	*ret_after = str_slice(s, len + 1, s.len);
	*ret_before = str_slice(s, 0, len);
	return true;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	if (!needle.len)
		return 0;
	const char *at = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
	return at ? at - s.ptr : -1;
}

char *str_dup(struct arena *arena, struct str s)
{
	return arena_strndup(arena, s.ptr, s.len);
}

bool str_to_u64(struct str s, unsigned long long *ret_value)
{
	unsigned long long value = 0;
	if (!s.len)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		unsigned digit = (unsigned)(s.ptr[i] - '0');
		if (value > (ULLONG_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return true;
}

bool str_take_number(struct str *text, const char *mark, size_t n, int *ret_value)
{
	size_t at = strlen(mark);
	unsigned long long value;
	if (!str_starts(*text, str_of(mark)) || text->len < at + n ||
	    !str_to_u64((struct str){ text->ptr + at, n }, &value))
		return false;
	*ret_value = (int)value;
	*text = (struct str){ text->ptr + at + n, text->len - at - n };
	return true;
}

bool str_mentions(struct arena *arena, struct str text, const char *const *words)
{
	char *lower = str_dup(arena, text);
	for (char *c = lower; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
	for (size_t i = 0; words[i]; i++)
		if (strstr(lower, words[i]))
			return true;
	return false;
}

/* Length of the well-formed sequence at p (1 to 4) and its code point, or 0. */
static size_t utf8_decode(const unsigned char *p, size_t left, uint32_t *ret_code)
{
	static const struct {
		unsigned char lead_min, lead_max, second_min, second_max, len;
	} table[] = {
		/* Unicode standard, table 3-7: well-formed UTF-8 byte sequences */
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	if (p[0] < 0x80) {
		*ret_code = p[0];
		return 1;
	}
	for (size_t i = 0; i < LEN(table); i++) {
		size_t len = table[i].len;
		if (p[0] < table[i].lead_min || p[0] > table[i].lead_max)
			continue;
		if (left < len || p[1] < table[i].second_min || p[1] > table[i].second_max)
			return 0;
		uint32_t code = (uint32_t)(p[0] & (0xff >> (len + 1))) << 6 | (p[1] & 0x3f);
		for (size_t k = 2; k < len; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (p[k] & 0x3f);
		}
		*ret_code = code;
		return len;
	}
	return 0;
}

ptrdiff_t str_bad_utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t i = 0;
	while (i < s.len) {
		/* Eight plain ASCII bytes at a time: migrations are almost nothing else. */
		uint64_t word;
		if (s.len - i >= sizeof(word)) {
			memcpy(&word, p + i, sizeof(word));
			if (!(word & UINT64_C(0x8080808080808080))) {
				i += sizeof(word);
				continue;
			}
		}
		uint32_t code;
		size_t len = utf8_decode(p + i, s.len - i, &code);
		if (!len)
			return (ptrdiff_t)i;
		i += len;
	}
	return -1;
}

struct str str_head(struct str s, size_t max)
{
	if (s.len <= max)
		return s;
	while (max && ((unsigned char)s.ptr[max] & 0xc0) == 0x80)
		max--;
	return str_slice(s, 0, max);
}

bool strs_fit(const struct strs *patterns, struct str s)
{
	for (size_t i = 0; i < patterns->len; i++) {
		struct str pattern = patterns->ptr[i];
		if (str_ends(pattern, STR("*")) ? str_starts(s, str_slice(pattern, 0, pattern.len - 1))
						: str_eq(s, pattern))
			return true;
	}
	return false;
}

size_t str_width(struct str s)
{
	size_t width = 0;
	for (size_t i = 0; i < s.len;) {
		uint32_t code;
		size_t len = utf8_decode((const unsigned char *)s.ptr + i, s.len - i, &code);
		int columns = len ? wcwidth((wchar_t)code) : 1;
		width += columns < 0 ? 1 : (size_t)columns;
		i += len ? len : 1;
	}
	return width;
}

struct buf buf_init(struct arena *arena)
{
	return (struct buf){ .arena = arena, .ptr = arena_alloc(arena, 32), .cap = 32 };
}

static void buf_reserve(struct buf *buf, size_t more)
{
	size_t need = buf->len + more + 1;
	if (need <= buf->cap)
		return;
	size_t cap = buf->cap * 2 > need ? buf->cap * 2 : need;
	buf->ptr = arena_grow(buf->arena, buf->ptr, buf->cap, cap);
	buf->cap = cap;
}

void buf_add(struct buf *buf, const char *ptr, size_t len)
{
	if (!len)
		return;
	buf_reserve(buf, len);
	memcpy(buf->ptr + buf->len, ptr, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void buf_str(struct buf *buf, struct str s)
{
	buf_add(buf, s.ptr, s.len);
}

void buf_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_utf8(struct buf *buf, uint32_t code)
{
	static const unsigned heads[] = { 0, 0xc0, 0xe0, 0xf0 };
	unsigned more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	if (code > 0x10ffff)
		return;
	buf_char(buf, (char)(heads[more] | code >> (6 * more)));
	while (more--)
		buf_char(buf, (char)(0x80 | (code >> (6 * more) & 0x3f)));
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	/* Mostly it fits into the room that there is. */
	size_t room = buf->cap > buf->len ? buf->cap - buf->len : 0;
	int len = vsnprintf(room ? buf->ptr + buf->len : NULL, room, fmt, args);
	va_end(args);
	if (len > 0 && (size_t)len >= room) {
		if (room)
			buf->ptr[buf->len] = '\0';
		buf_reserve(buf, (size_t)len);
		vsnprintf(buf->ptr + buf->len, (size_t)len + 1, fmt, again);
	}
	buf->len += len > 0 ? (size_t)len : 0;
	va_end(again);
}
