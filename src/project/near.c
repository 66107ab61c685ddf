#include "project/near.h"

#include "base/str.h"

enum { LONGEST = 40 };

/* Letters that have to be put in, left out or replaced to make b of a. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], la = strlen(a), lb = strlen(b);
	if (la > LONGEST || lb > LONGEST)
		return LONGEST;
	for (size_t k = 0; k <= lb; k++)
		row[k] = k;
	for (size_t i = 0; i < la; i++) {
		size_t corner = row[0];
		row[0] = i + 1;
		for (size_t k = 0; k < lb; k++) {
			size_t best = corner + (a[i] != b[k]);
			corner = row[k + 1];
			if (row[k] + 1 < best)
				best = row[k] + 1;
			if (corner + 1 < best)
				best = corner + 1;
			row[k + 1] = best;
		}
	}
	return row[lb];
}

const char *near_word(const char *word, const char *const *known)
{
	const char *best = NULL;
	size_t limit = strlen(word) / 3 + 1; /* more wrong letters, and it is another word */
	for (; *known; known++) {
		size_t far = distance(word, *known);
		if (far < limit || (far == limit && !best)) {
			best = *known;
			limit = far;
		}
	}
	return best;
}
