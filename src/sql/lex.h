/*
 * lex.h - the tokens of SQL text, as PostgreSQL's and psql's scanners cut them.
 *
 * A token is a pair of offsets: nothing is copied, and a quote of 100 MB costs one memchr().  What a semicolon or a backslash means is
 * split.h's business; whether the words make sense is the parser's.
 */
#ifndef BRANT_SQL_LEX_H
#define BRANT_SQL_LEX_H

#include "base/str.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,   /* an identifier or keyword without quotes */
	TOKEN_QUOTED, /* "...", U&"..." */
	TOKEN_STRING, /* '...', E'...', B'...', X'...', N'...', U&'...' */
	TOKEN_DOLLAR, /* $tag$...$tag$ */
	TOKEN_NUMBER,
	TOKEN_PARAM, /* $1 */
	TOKEN_OPERATOR,
	TOKEN_PUNCT,        /* one of ()[],;.:{} or ::, := and .., or a byte that has no meaning */
	TOKEN_VARIABLE,     /* psql's :name, :'name', :"name" and :{?name} */
	TOKEN_BACKSLASH,    /* the backslash alone: what follows is psql's */
	TOKEN_LINE_COMMENT, /* without its line end */
	TOKEN_BLOCK_COMMENT,
};

struct token {
	enum token_kind kind;
	size_t from, to;   /* offsets into the text */
	bool newline;      /* there is a line end between the token before and this one */
	bool unterminated; /* the text ended inside it */
};

/* The token at or behind pos; TOKEN_END at the end of the text.  The next one starts at its to. */
struct token lex_token(struct str text, size_t pos);

/* The same without comments. */
struct token lex_significant(struct str text, size_t pos);

static inline struct str token_text(struct str text, const struct token *token)
{
	return str_slice(text, token->from, token->to);
}

/* Is it the unquoted word (given in lower case)? */
bool token_is_word(struct str text, const struct token *token, const char *word);

/* Is it this one character of TOKEN_PUNCT? */
bool token_is_punct(struct str text, const struct token *token, char c);

/* Name of a TOKEN_WORD (folded) or a TOKEN_QUOTED (unescaped); a slice of text where nothing needs to be changed. */
struct str token_name(struct arena *arena, struct str text, const struct token *token);

/* Value of a TOKEN_STRING (escapes resolved) or the body of a TOKEN_DOLLAR; a slice of text where nothing needs to be changed. */
struct str token_value(struct arena *arena, struct str text, const struct token *token);

#endif
