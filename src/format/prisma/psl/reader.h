/*
 * reader.h - reading the text of a schema: what the files that parse share.
 *
 * The language goes line by line: a field, an attribute of a block and a property end with their line, and nothing but a comment may follow.  So an
 * error costs one line, and reading goes on with the next.
 */
#ifndef BRANT_FORMAT_PRISMA_PSL_READER_H
#define BRANT_FORMAT_PRISMA_PSL_READER_H

#include "format/prisma/psl/psl.h"

struct reader {
	struct arena *arena;
	struct psl *psl;
	struct str text;
	size_t pos;
	unsigned depth; /* of values in values */
	bool told;      /* a problem of this line is known already */
};

/* ---- lex.c: characters.  All return whether they moved on. ---- */

bool read_blanks(struct reader *r);       /* white space within a line */
bool read_line_end(struct reader *r);     /* \n, \r\n or \r; or the end of the text */
bool read_char(struct reader *r, char c); /* after blanks */
bool read_text(struct reader *r, const char *text);
bool read_word(struct reader *r,
	       struct str *ret_word); /* letters, digits, "_" and "-", the first a letter or a digit */
bool read_path(struct reader *r, struct str *ret_path); /* words and dots */
bool read_number(struct reader *r, struct str *ret_number);
bool read_remark(struct reader *r); /* "//..." or a block that ends */
void skip_line(struct reader *r);   /* with its end */
bool at_end(const struct reader *r);
struct str read_since(const struct reader *r, size_t from); /* without blanks at its end */

/* ---- letters.c ---- */

/* The bytes of the letter that text begins with, beyond ASCII; 0: it is none. */
size_t letter_len(struct str text);

/* ---- value.c ---- */

/* "..." at pos; problems of escapes are told. */
bool read_string(struct reader *r, struct psl_value *ret_value);
bool read_value(struct reader *r, struct psl_value **ret_value);
/* "(...)", where there is one; false: what follows is no list of arguments. */
bool read_arguments(struct reader *r, struct psl_arguments *ret_args);

/* ---- attribute.c ---- */

/* All "@..." that follow; false: one is broken. */
bool read_field_attributes(struct reader *r, struct psl_attributes *ret_attributes);
/* "@@..." with its line; false: there is none. */
bool read_block_attribute(struct reader *r, struct psl_attributes *attributes);

/* ---- block.c ---- */

void read_file(struct reader *r);

/* The end of a line behind what was read: a comment or nothing.  Otherwise a problem. */
bool read_rest(struct reader *r);

/* ---- problem.c ---- */

void psl_problem(struct psl *psl, struct str at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void psl_syntax(struct reader *r, struct str at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* What other databases have. */
void psl_foreign(struct psl *psl, struct str at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Of the latest problem. */
void psl_hint(struct psl *psl, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "Did you mean ...", where a known word is near. */
/* Few are enough: whoever has to gather the known words for it asks first. */
bool psl_wants_hint(const struct psl *psl);
void psl_hint_nearest(struct psl *psl, struct str word, const struct words *known);

#endif
