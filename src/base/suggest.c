#include "base/suggest.h"

enum { LONGEST = 64 };

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* The same key to those who type it: an option is lock-timeout, a setting lock_timeout; a value of an enum may be LOUD. */
static bool same(char a, char b)
{
	return lower(a) == lower(b) || (a == '-' && b == '_') || (a == '_' && b == '-');
}

/* Edits from a to b: letters put in, left out, replaced, and neighbours swapped (Damerau-Levenshtein, restricted). */
static size_t distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), rows[3][LONGEST + 1];
	if (la > LONGEST || lb > LONGEST)
		return LONGEST;
	for (size_t k = 0; k <= lb; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= la; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t k = 1; k <= lb; k++) {
			row[k] = smallest(row[k - 1] + 1, above[k] + 1, above[k - 1] + !same(a[i - 1], b[k - 1]));
			if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) && same(a[i - 2], b[k - 1]) &&
			    two_above[k - 2] + 1 < row[k])
				row[k] = two_above[k - 2] + 1;
		}
	}
	return rows[la % 3][lb];
}

/* A word cut short counts as near as a slip: "mig" means "migrate". */
static size_t farness(const char *word, const char *known)
{
	size_t len = 0;
	while (word[len] && same(word[len], known[len]))
		len++;
	if (len >= 2 && !word[len])
		return known[len] ? 1 : 0;
	return distance(word, known);
}

const char *suggest(struct arena *arena, const char *word, const struct words *known)
{
	(void)arena;
	const char *best = NULL;
	/* A third of the letters may be wrong: more and it is another word. */
	size_t limit = strlen(word) < 3 ? 1 : strlen(word) / 3 + 1;
	for (size_t i = 0; i < known->len; i++) {
		size_t far = farness(word, known->ptr[i]);
		if (far < limit || (far == limit && !best)) {
			best = known->ptr[i];
			limit = far;
		}
	}
	return best;
}
