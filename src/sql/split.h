/*
 * split.h - where statements end, by psql's rules.
 *
 * Walks over a text once, token by token, and knows what a semicolon means in the place where it stands: parentheses, the BEGIN
 * ATOMIC ... END body of a function, and COPY ... FROM stdin, whose data follow on the lines below.  Source: psqlscan.l of
 * PostgreSQL 18, and copy.c of psql for the data.
 */
#ifndef BRANT_SQL_SPLIT_H
#define BRANT_SQL_SPLIT_H

#include "sql/lex.h"

struct splitter {
	struct str text;
	size_t pos;

	/* Of the statement that is open. */
	bool is_open; /* a token of it was seen */
	unsigned paren_depth, begin_depth;
	unsigned words;  /* psql calls it identifier_count */
	char leading[4]; /* initials of CREATE, OR, REPLACE, FUNCTION, PROCEDURE among the first four words */
	enum { COPY_NOT, COPY_SEEN, COPY_FROM, COPY_STDIN } copy;

	/* Where COPY data end, while what stands behind the COPY on its line is still to be read. */
	size_t line_end, resume;
};

struct splitter splitter_init(struct str text);

/* The next token, comments included, and moves behind it. */
struct token splitter_next(struct splitter *splitter);

/*
 * Takes a token into account: one that splitter_next() gave, or one from a variable's value, which stands in the text as if it were
 * written there.  Comments and backslashes are not taken.  true: it is the semicolon that ends the statement.
 */
bool splitter_take(struct splitter *splitter, struct str text, const struct token *token);

/*
 * Ends the open statement, behind its semicolon or at the end of a file, as psql does.  *ret_data: the lines of COPY data up to
 * "\.", or ptr NULL where it is no COPY ... FROM stdin.
 */
void splitter_close(struct splitter *splitter, struct str *ret_data);

/*
 * The next statement, without comments in front of it, of a text that has no commands or variables of psql's; what it does is not looked at.  false: there
 * is none.
 */
bool splitter_statement(struct splitter *splitter, struct str *ret_statement);

/* Goes on at the end of this line: the rest of it belongs to a command of psql's. */
void splitter_skip_line(struct splitter *splitter);

#endif
