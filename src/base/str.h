/*
 * str.h - borrowed slices and growing text.
 *
 * struct str is a slice of somebody else's bytes, passed by value; it is not terminated.  struct buf
 * grows in an arena, is always terminated, and its ptr is never NULL after buf_init().
 */
#ifndef BRANT_BASE_STR_H
#define BRANT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/vec.h"

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){ .ptr = (literal), .len = sizeof(literal) - 1 })
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_of(const char *text)
{
	return (struct str){ text, text ? strlen(text) : 0 };
}

static inline struct str str_slice(struct str s, size_t from, size_t to)
{
	return (struct str){ s.ptr + from, to - from };
}

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
int str_cmp(struct str a, struct str b);        /* by bytes */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s); /* without white space at both ends */

/* Cuts s at the first c: true and both sides without c, or false and all of s before. */
bool str_cut(struct str s, char c, struct str *ret_before, struct str *ret_after);

/* Offset of needle in s, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);

/* A terminated copy. */
char *str_dup(struct arena *arena, struct str s);

/* Whole of s as a decimal number without sign; false when it is anything else or does not fit. */
bool str_to_u64(struct str s, unsigned long long *ret_value);

/* Is one of the words (in small letters, ended by NULL) somewhere in text, in whatever case? */
bool str_mentions(struct arena *arena, struct str text, const char *const *words);

/* Takes mark and exactly n digits (at most 9) from the front of text; false, and nothing taken, where it begins otherwise. */
bool str_take_number(struct str *text, const char *mark, size_t n, int *ret_value);

/* Offset of the first byte that is not valid UTF-8 (overlong forms and surrogates are not), or -1. */
ptrdiff_t str_bad_utf8(struct str s);

/* At most max bytes of it, without half a character at the end. */
struct str str_head(struct str s, size_t max);

/* How many columns a terminal needs for s: characters, with combining marks as 0 and wide ones as 2. */
size_t str_width(struct str s);

struct strs {
	struct str *ptr;
	size_t len, cap;
};

/* Is s one of the patterns, of which each may end with "*": whatever follows? */
bool strs_fit(const struct strs *patterns, struct str s);

struct buf {
	struct arena *arena;
	char *ptr;
	size_t len, cap;
};

struct buf buf_init(struct arena *arena);
void buf_add(struct buf *buf, const char *ptr, size_t len);
void buf_str(struct buf *buf, struct str s);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_utf8(struct buf *buf, uint32_t code); /* a code point; nothing where there is no such one (above 0x10ffff) */
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline struct str buf_as_str(const struct buf *buf)
{
	return (struct str){ buf->ptr, buf->len };
}

#endif
