/*
 * collate.c - the order of migration folders.
 *
 * Prisma sorts them with JavaScript's localeCompare(), which is not the order of bytes: case and accents count only where all else is equal,
 * punctuation comes before digits, digits before letters.  Its own names are ASCII (a timestamp and a transliterated name); of others only
 * ASCII is ordered as there, the rest follows it by code point.
 */
#include "format/prisma/prisma.h"

/* The root collation of Unicode (CLDR) for ASCII: primary weights, from 1. */
static const char by_weight[] = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";

static bool is_upper(unsigned char c)
{
	return c >= 'A' && c <= 'Z';
}

static unsigned weight(unsigned char c)
{
	if (is_upper(c))
		c = (unsigned char)(c + 32);
	if (c >= 'a' && c <= 'z')
		return (unsigned)sizeof(by_weight) + c - 'a';
	if (c >= 0x80)
		return 0x100U + c;
	const char *at = c ? strchr(by_weight, c) : NULL;
	return at ? (unsigned)(at - by_weight) + 1 : 0; /* other control characters weigh nothing */
}

/* The next byte that weighs something, or 0 at the end. */
static unsigned next_weight(struct str s, size_t *at)
{
	unsigned w = 0;
	while (*at < s.len && !w)
		w = weight((unsigned char)s.ptr[(*at)++]);
	return w;
}

/* Only case is left to tell them apart: small letters first, at the first place where it differs. */
static int case_cmp(struct str a, struct str b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		int order = is_upper((unsigned char)a.ptr[i]) - is_upper((unsigned char)b.ptr[i]);
		if (order)
			return order;
	}
	return str_cmp(a, b);
}

int prisma_folder_cmp(struct str a, struct str b)
{
	size_t i = 0, k = 0;
	for (;;) {
		unsigned x = next_weight(a, &i), y = next_weight(b, &k);
		if (x != y)
			return x < y ? -1 : 1;
		if (!x)
			return case_cmp(a, b);
	}
}
