/*
 * word.h - JavaScript and TypeScript as words, texts and punctuation.
 *
 * As much of the language as it takes to find literals in a configuration (literal.h): comments and white space are passed over, strings are
 * unquoted.  It knows nothing of regular expressions, which no configuration of Prisma's has.
 */
#ifndef BRANT_FORMAT_PRISMA_WORD_H
#define BRANT_FORMAT_PRISMA_WORD_H

#include "base/str.h"

enum word_kind { WORD_END, WORD_NAME, WORD_TEXT, WORD_SIGN };

struct word {
	enum word_kind kind;
	struct str text; /* of a string what is between its quotes */
};

struct word_reader {
	struct arena *arena;
	struct str text; /* all of it: what stands in front can be looked up */
	size_t at;
	unsigned depth; /* of values within values */
	size_t *left;   /* how many tokens may still be read: names of names of names end there */
};

struct word word_next(struct word_reader *r);
struct word word_look(const struct word_reader *r);

/* Is it this word or sign?  A string is neither. */
bool word_is(struct word token, const char *text);

/* Goes on behind the next token where it is this one. */
bool word_take(struct word_reader *r, const char *text);

/* Behind "(": goes on behind the ")" that belongs to it. */
void word_skip_arguments(struct word_reader *r);

#endif
