/*
 * regex.h - JavaScript's regular expressions on ASCII texts, as far as helpers of schemas use them: fooBar into foo_bar and the like.
 *
 * Alternatives, groups (also named ones, (?:), (?=) and (?!)), classes, quantifiers (greedy or not), ^ $ \b \B, \d \w \s, references.  Flags g, i, m, s, y
 * and u.  A match that takes too many steps is refused like what is not known.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_REGEX_H
#define BRANT_FORMAT_DRIZZLE_TS_REGEX_H

#include "base/str.h"

enum { REGEX_GROUPS = 32 };

struct regex {
	struct str pattern;
	bool global, fold, lines, dot_all, sticky;
};

struct match {
	struct str groups[REGEX_GROUPS]; /* ptr is NULL where one takes no part; 0 is the whole */
	unsigned len;
	unsigned long steps; /* that it took */
};

enum regex_result { REGEX_NONE, REGEX_FOUND, REGEX_REFUSED };

/* From "/pattern/flags"; false where that is none or has a flag that is not known. */
bool regex_parse(struct str written, struct regex *ret_regex);

/* The first match at or behind from. */
enum regex_result regex_find(const struct regex *regex, struct str text, size_t from, struct match *ret_match);

#endif
