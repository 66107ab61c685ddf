/*
 * python.h - what a Python file says at its top, read without running it.
 *
 * A small tokenizer after Python's own lexical rules: strings with prefixes, triple quotes, escapes and nested f-strings, comments, brackets that join
 * lines, backslashes that do.  Of a module it keeps what stands at column 0: names that are given a literal, and functions.  Nothing is ever
 * computed but the joining of literals, and a value that would have to be is PY_COMPUTED, never a guess.
 */
#ifndef BRANT_FORMAT_ALEMBIC_PYTHON_H
#define BRANT_FORMAT_ALEMBIC_PYTHON_H

#include "base/map.h"
#include "sql/source.h"

enum py_token_kind { PY_NAME, PY_TEXT, PY_NUMBER, PY_MARK, PY_NEWLINE, PY_END };

struct py_token {
	enum py_token_kind kind;
	struct str text;
	bool first;      /* of its statement */
	unsigned column; /* bytes in front of its statement on its line */
	unsigned depth;  /* open brackets around it; an opening one is outside of itself */
};

struct py_lexer {
	const struct source *source;
	size_t pos;
	unsigned depth;
	bool line_open; /* a token of this statement was seen */
	bool joined;    /* a semicolon stands in front of it */
	unsigned column;
	size_t line_start;
};

struct py_lexer py_lexer_init(const struct source *source);

/* The next token; false (error "python-syntax") only where a string or a bracket never ends. */
bool py_next(struct py_lexer *lexer, struct py_token *ret_token, struct err *err);

bool py_is(const struct py_token *token, const char *text); /* this name or mark */

enum py_kind { PY_COMPUTED, PY_NONE, PY_STRING, PY_SEQUENCE };

struct py_value {
	enum py_kind kind;
	struct strs items; /* PY_STRING: the one; PY_SEQUENCE: all of them, strings */
	size_t offset;     /* where it stands */
};

/* The string that a PY_TEXT token means; false: it has to be computed (f"{x}"), or is of bytes. */
bool py_string(struct arena *arena, struct str token, struct str *ret_text);

/*
 * Reads an expression up to the end of its statement, or to a comma where it stands inside of brackets.  token is its first token, and the
 * one behind it afterwards.  names: struct py_value of what is known so far.
 */
bool py_expression(struct arena *arena, struct py_lexer *lexer, struct py_token *token, const struct map *names,
		   struct py_value *ret_value, struct err *err);

struct py_module {
	struct str docstring; /* .ptr NULL: none */
	struct map names;     /* struct py_value of each name assigned at column 0, the last one of several */
	struct map functions; /* names of functions defined at column 0 */
	bool imports;         /* it imports something beside alembic, sqlalchemy and typing */
};

bool py_module_read(struct arena *arena, const struct source *source, struct py_module *ret_module, struct err *err);

#endif
