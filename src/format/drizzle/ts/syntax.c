#include "format/drizzle/ts/syntax.h"

#include <assert.h>
#include <stdarg.h>

#include "base/file.h"

/* By their names in the grammar; what stands here is what evaluation knows. */
static const char *const kind_names[] = {
	[N_ABSTRACT_CLASS_DECLARATION] = "abstract_class_declaration",
	[N_ARRAY] = "array",
	[N_ARRAY_PATTERN] = "array_pattern",
	[N_ARROW_FUNCTION] = "arrow_function",
	[N_AS_EXPRESSION] = "as_expression",
	[N_ASSIGNMENT_EXPRESSION] = "assignment_expression",
	[N_ASSIGNMENT_PATTERN] = "assignment_pattern",
	[N_ARGUMENTS] = "arguments",
	[N_BINARY_EXPRESSION] = "binary_expression",
	[N_CALL_EXPRESSION] = "call_expression",
	[N_CLASS_DECLARATION] = "class_declaration",
	[N_CLASS_HERITAGE] = "class_heritage",
	[N_CLASS_STATIC_BLOCK] = "class_static_block",
	[N_EXTENDS_CLAUSE] = "extends_clause",
	[N_FIELD_DEFINITION] = "public_field_definition",
	[N_COMPUTED_PROPERTY_NAME] = "computed_property_name",
	[N_ELSE_CLAUSE] = "else_clause",
	[N_ENUM_ASSIGNMENT] = "enum_assignment",
	[N_ENUM_BODY] = "enum_body",
	[N_ENUM_DECLARATION] = "enum_declaration",
	[N_EXPORT_CLAUSE] = "export_clause",
	[N_EXPORT_SPECIFIER] = "export_specifier",
	[N_EXPORT_STATEMENT] = "export_statement",
	[N_EXPRESSION_STATEMENT] = "expression_statement",
	[N_FALSE] = "false",
	[N_AUGMENTED_ASSIGNMENT_EXPRESSION] = "augmented_assignment_expression",
	[N_AWAIT_EXPRESSION] = "await_expression",
	[N_BREAK_STATEMENT] = "break_statement",
	[N_CLASS] = "class",
	[N_CONTINUE_STATEMENT] = "continue_statement",
	[N_FOR_IN_STATEMENT] = "for_in_statement",
	[N_FOR_STATEMENT] = "for_statement",
	[N_META_PROPERTY] = "meta_property",
	[N_FORMAL_PARAMETERS] = "formal_parameters",
	[N_FUNCTION_DECLARATION] = "function_declaration",
	[N_FUNCTION_EXPRESSION] = "function_expression",
	[N_IDENTIFIER] = "identifier",
	[N_IF_STATEMENT] = "if_statement",
	[N_IMPORT_CLAUSE] = "import_clause",
	[N_IMPORT_SPECIFIER] = "import_specifier",
	[N_IMPORT_STATEMENT] = "import_statement",
	[N_LEXICAL_DECLARATION] = "lexical_declaration",
	[N_MEMBER_EXPRESSION] = "member_expression",
	[N_METHOD_DEFINITION] = "method_definition",
	[N_NAMED_IMPORTS] = "named_imports",
	[N_NAMESPACE_EXPORT] = "namespace_export",
	[N_NAMESPACE_IMPORT] = "namespace_import",
	[N_NEW_EXPRESSION] = "new_expression",
	[N_NON_NULL_EXPRESSION] = "non_null_expression",
	[N_NULL] = "null",
	[N_NUMBER] = "number",
	[N_OBJECT] = "object",
	[N_OBJECT_ASSIGNMENT_PATTERN] = "object_assignment_pattern",
	[N_OBJECT_PATTERN] = "object_pattern",
	[N_OPTIONAL_CHAIN] = "optional_chain",
	[N_OPTIONAL_PARAMETER] = "optional_parameter",
	[N_PAIR] = "pair",
	[N_PAIR_PATTERN] = "pair_pattern",
	[N_PARENTHESIZED_EXPRESSION] = "parenthesized_expression",
	[N_PRIVATE_PROPERTY_IDENTIFIER] = "private_property_identifier",
	[N_PROPERTY_IDENTIFIER] = "property_identifier",
	[N_REGEX] = "regex",
	[N_REQUIRED_PARAMETER] = "required_parameter",
	[N_REST_PATTERN] = "rest_pattern",
	[N_RETURN_STATEMENT] = "return_statement",
	[N_SATISFIES_EXPRESSION] = "satisfies_expression",
	[N_SEQUENCE_EXPRESSION] = "sequence_expression",
	[N_SHORTHAND_PROPERTY_IDENTIFIER] = "shorthand_property_identifier",
	[N_SHORTHAND_PROPERTY_IDENTIFIER_PATTERN] = "shorthand_property_identifier_pattern",
	[N_SPREAD_ELEMENT] = "spread_element",
	[N_STATEMENT_BLOCK] = "statement_block",
	[N_STRING] = "string",
	[N_SUBSCRIPT_EXPRESSION] = "subscript_expression",
	[N_SUPER] = "super",
	[N_SWITCH_CASE] = "switch_case",
	[N_SWITCH_DEFAULT] = "switch_default",
	[N_SWITCH_STATEMENT] = "switch_statement",
	[N_TEMPLATE_STRING] = "template_string",
	[N_TEMPLATE_SUBSTITUTION] = "template_substitution",
	[N_TERNARY_EXPRESSION] = "ternary_expression",
	[N_THIS] = "this",
	[N_TRUE] = "true",
	[N_TYPE_ASSERTION] = "type_assertion",
	[N_UNARY_EXPRESSION] = "unary_expression",
	[N_UNDEFINED] = "undefined",
	[N_UPDATE_EXPRESSION] = "update_expression",
	[N_VARIABLE_DECLARATION] = "variable_declaration",
	[N_VARIABLE_DECLARATOR] = "variable_declarator",
	[N_WHILE_STATEMENT] = "while_statement",
	[N_DO_STATEMENT] = "do_statement",
	[N_TRY_STATEMENT] = "try_statement",
	[N_INTERNAL_MODULE] = "internal_module",
};

static const char *const role_names[] = {
	[R_ALIAS] = "alias",
	[R_ALTERNATIVE] = "alternative",
	[R_ARGUMENT] = "argument",
	[R_ARGUMENTS] = "arguments",
	[R_BODY] = "body",
	[R_FINALIZER] = "finalizer",
	[R_CONDITION] = "condition",
	[R_CONSEQUENCE] = "consequence",
	[R_CONSTRUCTOR] = "constructor",
	[R_DECLARATION] = "declaration",
	[R_FUNCTION] = "function",
	[R_INCREMENT] = "increment",
	[R_INDEX] = "index",
	[R_INITIALIZER] = "initializer",
	[R_KEY] = "key",
	[R_LEFT] = "left",
	[R_NAME] = "name",
	[R_OBJECT] = "object",
	[R_OPERATOR] = "operator",
	[R_PARAMETER] = "parameter",
	[R_PARAMETERS] = "parameters",
	[R_PATTERN] = "pattern",
	[R_PROPERTY] = "property",
	[R_RIGHT] = "right",
	[R_SOURCE] = "source",
	[R_VALUE] = "value",
};

const struct node *node_role(const struct node *node, enum node_role role)
{
	const struct node *child = node ? node->first : NULL;
	while (child && child->role != role)
		child = child->next;
	return child;
}

const struct node *node_kind(const struct node *node, enum node_kind kind)
{
	const struct node *child = node ? node->first : NULL;
	while (child && child->kind != kind)
		child = child->next;
	return child;
}

const struct node *node_after(const struct node *top, const struct node *node, bool inside)
{
	if (inside && node->first)
		return node->first;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

bool node_has(const struct node *node, const char *token)
{
	for (const struct node *child = node->first; child; child = child->next)
		if (child->kind == N_TOKEN && str_eq(child->text, str_of(token)))
			return true;
	return false;
}

bool node_refuse(const struct node *node, struct err *err, const char *name, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(err->arena, fmt, args);
	va_end(args);
	err_set(err, ERR_FAILED, name, "%s", message);
	return err_at(err, node->source->path, node->line, node->column);
}

/* ---- strings ---- */

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Up to max hexadecimal digits at *at. */
static unsigned take_hex(struct str raw, size_t *at, size_t max)
{
	unsigned code = 0;
	for (size_t i = 0; i < max && *at < raw.len && hex_of(raw.ptr[*at]) >= 0; i++)
		code = code << 4 | (unsigned)hex_of(raw.ptr[(*at)++]);
	return code;
}

/* \u0041, \u{1F600} and pairs of surrogates; *at is behind the u. */
static unsigned take_unicode(struct str raw, size_t *at)
{
	if (*at < raw.len && raw.ptr[*at] == '{') {
		++*at;
		unsigned code = take_hex(raw, at, 6);
		*at += *at < raw.len && raw.ptr[*at] == '}';
		return code;
	}
	unsigned high = take_hex(raw, at, 4);
	if ((high & 0xfc00) == 0xd800 && *at + 1 < raw.len && raw.ptr[*at] == '\\' && raw.ptr[*at + 1] == 'u') {
		*at += 2;
		return 0x10000 + ((high & 0x3ff) << 10) + (take_hex(raw, at, 4) & 0x3ff);
	}
	return high;
}

/* The escape whose backslash is before *at. */
static void take_escape(struct str raw, size_t *at, struct buf *buf)
{
	static const char plain[] = "nrtbfv0", means[] = "\n\r\t\b\f\v";
	char c = raw.ptr[(*at)++];
	const char *known = c ? strchr(plain, c) : NULL;
	if (c == 'u') {
		buf_utf8(buf, take_unicode(raw, at));
	} else if (c == 'x') {
		buf_utf8(buf, take_hex(raw, at, 2));
	} else if (c == '\r') {
		*at += *at < raw.len && raw.ptr[*at] == '\n';
	} else if (c == '0') {
		buf_text(buf, "\xef\xbf\xbd"); /* no NUL enters our texts, and PostgreSQL would not take it either */
	} else if (c != '\n') {
		buf_char(buf, known ? means[known - plain] : c);
	}
}

struct str node_cooked(struct arena *arena, struct str raw)
{
	if (!raw.len || (!memchr(raw.ptr, '\\', raw.len) && !memchr(raw.ptr, '\r', raw.len)))
		return raw;
	struct buf buf = buf_init(arena);
	for (size_t at = 0; at < raw.len;) {
		char c = raw.ptr[at++];
		if (c == '\\' && at < raw.len) {
			take_escape(raw, &at, &buf);
		} else if (c == '\r') { /* a template's line ends are \n, however the file has them */
			at += at < raw.len && raw.ptr[at] == '\n';
			buf_char(&buf, '\n');
		} else {
			buf_char(&buf, c);
		}
	}
	return buf_as_str(&buf);
}

struct str node_string(struct arena *arena, const struct node *node)
{
	return node->text.len < 2 ? node->text : node_cooked(arena, str_slice(node->text, 1, node->text.len - 1));
}

/* ---- parsing ---- */

bool syntax_load(struct arena *arena, const char *path, struct source **ret_source, struct err *err)
{
	struct str text;
	return file_read(arena, path, &text, err) && syntax_parse(arena, path, text, ret_source, err);
}

static void place_of(struct str text, size_t at, unsigned *ret_line, unsigned *ret_column)
{
	unsigned line = 1, column = 1;
	for (size_t i = 0; i < at && i < text.len; i++) {
		column = text.ptr[i] == '\n' ? 1 : column + 1;
		line += text.ptr[i] == '\n';
	}
	*ret_line = line;
	*ret_column = column;
}

static bool check_text(const char *path, struct str text, struct err *err)
{
	unsigned line, column;
	const char *nul = text.len ? memchr(text.ptr, 0, text.len) : NULL;
	ptrdiff_t bad = str_bad_utf8(text);
	if (text.len > SOURCE_MAX_BYTES)
		return err_set(err, ERR_FAILED, "typescript-invalid", "\"%s\" is larger than %d MB", path,
			       SOURCE_MAX_BYTES >> 20);
	if (!nul && bad < 0)
		return true;
	place_of(text, nul ? (size_t)(nul - text.ptr) : (size_t)bad, &line, &column);
	if (nul)
		err_set(err, ERR_FAILED, "nul-byte", "\"%s\" has a NUL byte in it", path);
	else
		err_set(err, ERR_FAILED, "not-utf8", "\"%s\" is not UTF-8", path);
	return err_at(err, path, line, column);
}

#ifdef BRANT_TYPESCRIPT

#include "format/drizzle/ts/mend.h"

const TSLanguage *tree_sitter_typescript(void);

/* The names of the language's symbols and fields as ours, one lookup a node; the same for every text, and made once. */
enum { MAX_SYMBOLS = 1024, MAX_FIELDS = 256 };
struct vocabulary {
	bool made;
	enum node_kind kinds[MAX_SYMBOLS];
	bool skipped[MAX_SYMBOLS];
	enum node_role roles[MAX_FIELDS];
};

static enum node_kind kind_of(const char *name)
{
	for (size_t i = 0; i < LEN(kind_names); i++)
		if (kind_names[i] && strcmp(kind_names[i], name) == 0)
			return (enum node_kind)i;
	return N_OTHER;
}

static enum node_role role_of(const char *name)
{
	for (size_t i = 0; i < LEN(role_names); i++)
		if (role_names[i] && strcmp(role_names[i], name) == 0)
			return (enum node_role)i;
	return R_NONE;
}

/* Nothing in them is ever evaluated. */
static bool is_skipped(const char *type)
{
	static const char *const names[] = { "comment",         "type_annotation", "type_arguments",
					     "type_parameters", "interface_body",  "hash_bang_line",
					     "object_type",     "union_type",      "type_query" };
	for (size_t i = 0; i < LEN(names); i++)
		if (strcmp(names[i], type) == 0)
			return true;
	return false;
}

static const struct vocabulary *vocabulary_of(const TSLanguage *language)
{
	static struct vocabulary words;
	uint32_t nsymbols = ts_language_symbol_count(language), nfields = ts_language_field_count(language);
	assert(nsymbols < MAX_SYMBOLS && nfields < MAX_FIELDS); /* those of the grammar that is compiled in */
	for (uint32_t i = 0; i < nsymbols && !words.made; i++) {
		const char *name = ts_language_symbol_name(language, (TSSymbol)i);
		words.kinds[i] = kind_of(name);
		words.skipped[i] = is_skipped(name);
	}
	for (uint32_t i = 1; i <= nfields && !words.made; i++)
		words.roles[i] = role_of(ts_language_field_name_for_id(language, (TSFieldId)i));
	words.made = true;
	return &words;
}

static bool is_telling_token(struct str text)
{
	static const char *const words[] = { "type",  "typeof", "default", "async", "*",      "get",     "set",
					     "const", "let",    "var",     "?.",    "static", "readonly" };
	for (size_t i = 0; i < LEN(words); i++)
		if (str_eq(text, str_of(words[i])))
			return true;
	return false;
}

struct copying {
	struct arena *arena;
	struct source *source;
	const struct vocabulary *words;
};

/* An error has a symbol beyond all of the language's. */
static bool known_symbol(TSNode node)
{
	return ts_node_symbol(node) < MAX_SYMBOLS;
}

static struct node *copy_node(const struct copying *copying, TSNode from, TSFieldId field, struct node *parent)
{
	struct str text = str_slice(copying->source->text, ts_node_start_byte(from), ts_node_end_byte(from));
	enum node_role role = field ? copying->words->roles[field] : R_NONE;
	TSPoint start = ts_node_start_point(from);
	bool hole = parent && (parent->kind == N_ARRAY || parent->kind == N_ARRAY_PATTERN) && str_eq(text, STR(","));
	if (!ts_node_is_named(from) && role != R_OPERATOR && !hole && !is_telling_token(text))
		return NULL;
	struct node *node = arena_alloc(copying->arena, sizeof(*node));
	*node = (struct node){ .kind = N_TOKEN,
			       .role = role,
			       .type = ts_node_type(from),
			       .source = copying->source,
			       .parent = parent,
			       .text = text,
			       .line = start.row + 1,
			       .column = start.column + 1 };
	if (ts_node_is_named(from))
		node->kind = known_symbol(from) ? copying->words->kinds[ts_node_symbol(from)] : N_OTHER;
	if (parent && parent->last)
		parent->last->next = node;
	else if (parent)
		parent->first = node;
	if (parent)
		parent->last = node;
	return node;
}

/* To the next node in the order of the text, into node's children only where there is a copy of it. */
static bool step(TSTreeCursor *cursor, struct node *node, struct node **parent, unsigned *depth)
{
	if (node && ts_tree_cursor_goto_first_child(cursor)) {
		*parent = node;
		++*depth;
		return true;
	}
	for (; *depth; --*depth) {
		if (ts_tree_cursor_goto_next_sibling(cursor))
			return true;
		ts_tree_cursor_goto_parent(cursor);
		*parent = (*parent)->parent;
	}
	return false;
}

/* Without recursion: the depth of a text is not ours to choose. */
static bool copy_tree(const struct copying *copying, TSNode root, struct err *err)
{
	TSTreeCursor cursor = ts_tree_cursor_new(root);
	struct node *node = copying->source->root = copy_node(copying, root, 0, NULL), *parent = NULL;
	unsigned depth = 0;
	bool ok = true;
	while (ok && step(&cursor, node, &parent, &depth)) {
		TSNode here = ts_tree_cursor_current_node(&cursor);
		node = NULL;
		if (!known_symbol(here) || !copying->words->skipped[ts_node_symbol(here)])
			node = copy_node(copying, here, ts_tree_cursor_current_field_id(&cursor), parent);
		if (node && depth > SOURCE_MAX_DEPTH)
			ok = node_refuse(node, err, "typescript-unsupported", "this is nested too deeply");
	}
	ts_tree_cursor_delete(&cursor);
	return ok;
}

/* Where the parser gave up: the first node that is an error or missing. */
static bool report_error(const char *path, TSNode root, struct err *err)
{
	TSNode node = root;
	for (bool deeper = true; deeper;) {
		deeper = false;
		for (uint32_t i = 0; i < ts_node_child_count(node) && !deeper; i++) {
			TSNode child = ts_node_child(node, i);
			if (ts_node_is_missing(child) || ts_node_has_error(child)) {
				node = child;
				deeper = !ts_node_is_missing(child) && strcmp(ts_node_type(child), "ERROR") != 0;
				break;
			}
		}
	}
	TSPoint start = ts_node_start_point(node);
	if (ts_node_is_missing(node))
		err_set(err, ERR_FAILED, "typescript-invalid", "syntax error in \"%s\": \"%s\" is missing", path,
			ts_node_type(node));
	else
		err_set(err, ERR_FAILED, "typescript-invalid", "syntax error in \"%s\"", path);
	return err_at(err, path, start.row + 1, start.column + 1);
}

bool syntax_available(void)
{
	return true;
}

static TSTree *parse(TSParser *parser, struct str text)
{
	return ts_parser_parse_string(parser, NULL, text.ptr, (uint32_t)text.len);
}

bool syntax_parse(struct arena *arena, const char *path, struct str text, struct source **ret_source, struct err *err)
{
	if (!check_text(path, text, err))
		return false;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	const TSLanguage *language = tree_sitter_typescript();
	TSParser *parser = ts_parser_new();
	ts_parser_set_language(parser, language);
	TSTree *tree = parse(parser, text);
	if (mend_text(arena, ts_tree_root_node(tree), &text)) {
		ts_tree_delete(tree);
		tree = parse(parser, text);
	}
	struct str seen = text;
	if (mend_for_parser(arena, ts_tree_root_node(tree), &seen)) {
		ts_tree_delete(tree);
		tree = parse(parser, seen);
	}
	struct source *source = arena_alloc(arena, sizeof(*source));
	*source = (struct source){ .path = path, .text = text };
	struct copying copying = { arena, source, vocabulary_of(language) };
	TSNode root = ts_tree_root_node(tree);
	bool ok = ts_node_has_error(root) ? report_error(path, root, err) : copy_tree(&copying, root, err);
	ts_tree_delete(tree);
	ts_parser_delete(parser);
	if (ok)
		*ret_source = source;
	return ok;
}

#else

bool syntax_available(void)
{
	return false;
}

bool syntax_parse(struct arena *arena, const char *path, struct str text, struct source **ret_source, struct err *err)
{
	(void)arena, (void)ret_source;
	if (!check_text(path, text, err))
		return false;
	err_set(err, ERR_FAILED, "typescript-unavailable", "this brant was built without the reader of TypeScript");
	err_at(err, path, 1, 1);
	return err_hint(err, "Run tools/install-deps build and build brant again.");
}

#endif
