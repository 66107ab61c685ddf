/*
 * syntax.h - TypeScript as a tree of our own.
 *
 * The only module that knows tree-sitter.  A source is parsed whole and its tree copied: what is evaluated afterwards are nodes of ours, each with its
 * text and place, and nothing of tree-sitter's lives on.  Comments, types and punctuation are left out.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_SYNTAX_H
#define BRANT_FORMAT_DRIZZLE_TS_SYNTAX_H

#include "base/err.h"
#include "base/str.h"

/* What evaluation looks at; everything else is N_OTHER and refused by its name. */
enum node_kind {
	N_OTHER,
	N_TOKEN, /* a word without a node of its own: "type", "default", "async", "*", ... */
	N_ABSTRACT_CLASS_DECLARATION,
	N_ARRAY,
	N_ARRAY_PATTERN,
	N_ARROW_FUNCTION,
	N_AS_EXPRESSION,
	N_ASSIGNMENT_EXPRESSION,
	N_ASSIGNMENT_PATTERN,
	N_ARGUMENTS,
	N_AUGMENTED_ASSIGNMENT_EXPRESSION,
	N_AWAIT_EXPRESSION,
	N_BINARY_EXPRESSION,
	N_BREAK_STATEMENT,
	N_CALL_EXPRESSION,
	N_CLASS,
	N_CLASS_DECLARATION,
	N_CLASS_HERITAGE,
	N_CLASS_STATIC_BLOCK,
	N_COMPUTED_PROPERTY_NAME,
	N_CONTINUE_STATEMENT,
	N_ELSE_CLAUSE,
	N_ENUM_ASSIGNMENT,
	N_ENUM_BODY,
	N_ENUM_DECLARATION,
	N_EXPORT_CLAUSE,
	N_EXPORT_SPECIFIER,
	N_EXPORT_STATEMENT,
	N_EXPRESSION_STATEMENT,
	N_EXTENDS_CLAUSE,
	N_FALSE,
	N_FIELD_DEFINITION,
	N_FORMAL_PARAMETERS,
	N_FOR_IN_STATEMENT,
	N_FOR_STATEMENT,
	N_FUNCTION_DECLARATION,
	N_FUNCTION_EXPRESSION,
	N_IDENTIFIER,
	N_IF_STATEMENT,
	N_IMPORT_CLAUSE,
	N_IMPORT_SPECIFIER,
	N_IMPORT_STATEMENT,
	N_LEXICAL_DECLARATION,
	N_MEMBER_EXPRESSION,
	N_META_PROPERTY,
	N_METHOD_DEFINITION,
	N_NAMED_IMPORTS,
	N_NAMESPACE_EXPORT,
	N_NAMESPACE_IMPORT,
	N_NEW_EXPRESSION,
	N_NON_NULL_EXPRESSION,
	N_NULL,
	N_NUMBER,
	N_OBJECT,
	N_OBJECT_ASSIGNMENT_PATTERN,
	N_OBJECT_PATTERN,
	N_OPTIONAL_CHAIN,
	N_OPTIONAL_PARAMETER,
	N_PAIR,
	N_PAIR_PATTERN,
	N_PARENTHESIZED_EXPRESSION,
	N_PRIVATE_PROPERTY_IDENTIFIER,
	N_PROPERTY_IDENTIFIER,
	N_REGEX,
	N_REQUIRED_PARAMETER,
	N_REST_PATTERN,
	N_RETURN_STATEMENT,
	N_SATISFIES_EXPRESSION,
	N_SEQUENCE_EXPRESSION,
	N_SHORTHAND_PROPERTY_IDENTIFIER,
	N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN,
	N_SPREAD_ELEMENT,
	N_STATEMENT_BLOCK,
	N_STRING,
	N_SUBSCRIPT_EXPRESSION,
	N_SUPER,
	N_SWITCH_CASE,
	N_SWITCH_DEFAULT,
	N_SWITCH_STATEMENT,
	N_TEMPLATE_STRING,
	N_TEMPLATE_SUBSTITUTION,
	N_TERNARY_EXPRESSION,
	N_THIS,
	N_TRUE,
	N_TYPE_ASSERTION,
	N_UNARY_EXPRESSION,
	N_UNDEFINED,
	N_UPDATE_EXPRESSION,
	N_VARIABLE_DECLARATION,
	N_VARIABLE_DECLARATOR,
	N_WHILE_STATEMENT,
	N_DO_STATEMENT,
	N_TRY_STATEMENT,
	N_INTERNAL_MODULE,
};

/* What a node is to its parent. */
enum node_role {
	R_NONE,
	R_ALIAS,
	R_ALTERNATIVE,
	R_ARGUMENTS,
	R_BODY,
	R_FINALIZER,
	R_CONDITION,
	R_CONSEQUENCE,
	R_CONSTRUCTOR,
	R_DECLARATION,
	R_FUNCTION,
	R_INCREMENT,
	R_INDEX,
	R_INITIALIZER,
	R_KEY,
	R_LEFT,
	R_NAME,
	R_OBJECT,
	R_OPERATOR,
	R_PARAMETER,
	R_PARAMETERS,
	R_PATTERN,
	R_PROPERTY,
	R_RIGHT,
	R_SOURCE,
	R_VALUE,
	R_ARGUMENT,
};

struct source {
	const char *path;
	struct str text;
	struct node *root;
};

struct node {
	enum node_kind kind;
	enum node_role role;
	const char *type; /* tree-sitter's name of the kind, for messages */
	const struct source *source;
	struct node *parent, *first, *last, *next;
	struct str text;
	unsigned line, column; /* from 1, the column in bytes */
};

enum { SOURCE_MAX_BYTES = 16 * 1024 * 1024, SOURCE_MAX_DEPTH = 2000 };

/* Is the reader of TypeScript part of this build? */
bool syntax_available(void);

/*
 * Reads and parses a file.  Fails with "typescript-invalid" at the first thing that is no TypeScript, with "nul-byte" or "not-utf8", and with
 * "typescript-unavailable" in a build without the grammar.
 */
bool syntax_load(struct arena *arena, const char *path, struct source **ret_source, struct err *err);
bool syntax_parse(struct arena *arena, const char *path, struct str text, struct source **ret_source, struct err *err);

/* The first child in that role; NULL where there is none. */
const struct node *node_role(const struct node *node, enum node_role role);

/* The first child of that kind; NULL where there is none. */
const struct node *node_kind(const struct node *node, enum node_kind kind);

/* The next node of the tree below top, in the order of the text; inside: its children first.  NULL: there are no more. */
const struct node *node_after(const struct node *top, const struct node *node, bool inside);

/* Has it a token of that text as its child? */
bool node_has(const struct node *node, const char *token);

/* The text between the quotes of a string, a template's piece, ...: escapes are resolved, as JavaScript does it. */
struct str node_cooked(struct arena *arena, struct str raw);
struct str node_string(struct arena *arena, const struct node *node); /* of a N_STRING */

/* Sets the error at the node's place; false. */
bool node_refuse(const struct node *node, struct err *err, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
