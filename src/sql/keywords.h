/*
 * keywords.h - words that are no names unless quoted.
 */
#ifndef BRANT_SQL_KEYWORDS_H
#define BRANT_SQL_KEYWORDS_H

#include "base/str.h"

/* A reserved word, or one that quote_ident() quotes too, of any of PostgreSQL 13 to 18?  word is in lower case. */
bool keyword_needs_quotes(struct str word);

#endif
