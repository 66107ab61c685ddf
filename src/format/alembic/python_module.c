/*
 * python_module.c - literals, and the names that a module gives them.
 *
 *     expression := item { "," item } [ "," ]       a tuple where there is a comma
 *     item       := part { ["+"] part }             strings are joined
 *     part       := STRING | None | NAME | "(" expression ")" | "[" expression "]" | "{" expression "}"
 *
 * Everything else is PY_COMPUTED, and is skipped up to where the grammar above goes on.
 */
#include "format/alembic/python.h"

enum { NESTING_MAX = 32 };

struct reader {
	struct arena *arena;
	struct py_lexer *lexer;
	struct py_token *token;
	const struct map *names;
	struct err *err;
	unsigned nesting;
};

static bool advance(struct reader *r)
{
	return py_next(r->lexer, r->token, r->err);
}

/* Of an item that began inside depth brackets: a bracket that closes belongs to it as long as it leads back to that depth. */
static bool ends_item(const struct py_token *token, unsigned depth)
{
	if (token->kind == PY_NEWLINE || token->kind == PY_END || token->depth < depth)
		return true;
	return token->depth == depth && (py_is(token, ",") || py_is(token, "="));
}

/* Whatever it is, it is not read: to the end of the item, over brackets. */
static bool skip_item(struct reader *r, unsigned depth)
{
	while (!ends_item(r->token, depth))
		if (!advance(r))
			return false;
	return true;
}

static bool read_expression(struct reader *r, struct py_value *ret_value);

/* ( ... ), [ ... ], { ... }; round brackets around one item are only brackets. */
static bool read_brackets(struct reader *r, struct py_value *ret_value)
{
	bool round = py_is(r->token, "(");
	if (!advance(r))
		return false;
	if (py_is(r->token, ")") || py_is(r->token, "]") || py_is(r->token, "}"))
		ret_value->kind = PY_SEQUENCE;
	else if (!read_expression(r, ret_value))
		return false;
	if (!round && (ret_value->kind == PY_STRING))
		ret_value->kind = PY_SEQUENCE;
	else if (!round && ret_value->kind == PY_NONE)
		ret_value->kind = PY_COMPUTED;
	return advance(r);
}

static bool read_name(struct reader *r, struct py_value *ret_value)
{
	const struct py_value *known = map_get(r->names, r->token->text);
	if (py_is(r->token, "None"))
		ret_value->kind = PY_NONE;
	else if (known)
		*ret_value = *known;
	return advance(r);
}

static bool read_text(struct reader *r, struct py_value *ret_value)
{
	struct str text;
	if (py_string(r->arena, r->token->text, &text)) {
		ret_value->kind = PY_STRING;
		vec_push(r->arena, &ret_value->items, text);
	}
	return advance(r);
}

static bool read_part(struct reader *r, struct py_value *ret_value)
{
	*ret_value = (struct py_value){ .kind = PY_COMPUTED };
	ret_value->offset = (size_t)(r->token->text.ptr - r->lexer->source->text.ptr);
	if (r->token->kind == PY_TEXT)
		return read_text(r, ret_value);
	if (r->token->kind == PY_NAME)
		return read_name(r, ret_value);
	if (r->nesting < NESTING_MAX && (py_is(r->token, "(") || py_is(r->token, "[") || py_is(r->token, "{"))) {
		r->nesting++;
		bool ok = read_brackets(r, ret_value);
		r->nesting--;
		return ok;
	}
	return true;
}

static void join(struct arena *arena, struct py_value *value, const struct py_value *more)
{
	if (value->kind != PY_STRING || more->kind != PY_STRING) {
		value->kind = PY_COMPUTED;
		return;
	}
	struct str a = value->items.ptr[0], b = more->items.ptr[0];
	value->items = (struct strs){ 0 };
	vec_push(arena, &value->items, str_of(arena_printf(arena, STR_FMT STR_FMT, STR_ARG(a), STR_ARG(b))));
}

static bool read_item(struct reader *r, struct py_value *ret_value)
{
	unsigned depth = r->token->depth;
	if (!read_part(r, ret_value))
		return false;
	while (r->token->kind == PY_TEXT || py_is(r->token, "+")) {
		struct py_value more;
		if (py_is(r->token, "+") && !advance(r))
			return false;
		if (!read_part(r, &more))
			return false;
		join(r->arena, ret_value, &more);
	}
	if (ends_item(r->token, depth))
		return true;
	ret_value->kind = PY_COMPUTED;
	return skip_item(r, depth);
}

static bool read_expression(struct reader *r, struct py_value *ret_value)
{
	struct py_value item, all;
	unsigned depth = r->token->depth;
	if (!read_item(r, &all))
		return false;
	if (!py_is(r->token, ",")) {
		*ret_value = all;
		return true;
	}
	struct py_value tuple = { .kind = all.kind == PY_STRING ? PY_SEQUENCE : PY_COMPUTED, .offset = all.offset };
	for (size_t i = 0; i < all.items.len; i++)
		vec_push(r->arena, &tuple.items, all.items.ptr[i]);
	while (py_is(r->token, ",")) {
		if (!advance(r))
			return false;
		if (ends_item(r->token, depth) && !py_is(r->token, ","))
			break;
		if (!read_item(r, &item))
			return false;
		if (item.kind == PY_STRING)
			vec_push(r->arena, &tuple.items, item.items.ptr[0]);
		else
			tuple.kind = PY_COMPUTED;
	}
	*ret_value = tuple;
	return true;
}

bool py_expression(struct arena *arena, struct py_lexer *lexer, struct py_token *token, const struct map *names,
		   struct py_value *ret_value, struct err *err)
{
	struct reader r = { arena, lexer, token, names, err, 0 };
	return token->depth ? read_item(&r, ret_value) : read_expression(&r, ret_value);
}

/* ---- a module ---- */

static bool skip_line(struct reader *r)
{
	while (r->token->kind != PY_NEWLINE && r->token->kind != PY_END)
		if (!advance(r))
			return false;
	return true;
}

/* NAME [: annotation] = value, and NAME = NAME = value.  Anything else that begins with a name is none of our business. */
static bool read_assignment(struct reader *r, struct py_module *module)
{
	struct strs targets = { 0 };
	struct str name = r->token->text;
	struct py_value *value = arena_alloc(r->arena, sizeof(*value));
	if (!advance(r))
		return false;
	if (py_is(r->token, ":"))
		while (r->token->kind != PY_NEWLINE && r->token->kind != PY_END &&
		       !(py_is(r->token, "=") && !r->token->depth))
			if (!advance(r))
				return false;
	while (py_is(r->token, "=")) {
		vec_push(r->arena, &targets, name);
		if (!advance(r))
			return false;
		name = r->token->text;
		if (!read_expression(r, value))
			return false;
	}
	for (size_t i = 0; i < targets.len; i++)
		map_set(r->arena, &module->names, targets.ptr[i], value);
	return true;
}

static bool read_function(struct reader *r, struct py_module *module)
{
	if (py_is(r->token, "async") && !advance(r))
		return false;
	if (!py_is(r->token, "def"))
		return true;
	if (!advance(r))
		return false;
	if (r->token->kind == PY_NAME)
		map_set(r->arena, &module->functions, r->token->text, module);
	return true;
}

/* import a, b as c; from a.b import c */
static bool read_import(struct reader *r, struct py_module *module)
{
	static const char *const known[] = { "alembic", "sqlalchemy", "typing", "collections", "__future__", NULL };
	bool from = py_is(r->token, "from"), start = true;
	while (r->token->kind != PY_NEWLINE && r->token->kind != PY_END) {
		if (!advance(r))
			return false;
		bool is_known = false;
		for (size_t i = 0; known[i]; i++)
			is_known = is_known || py_is(r->token, known[i]);
		if (start && r->token->kind != PY_NEWLINE && !is_known)
			module->imports = true;
		start = !from && py_is(r->token, ",");
	}
	return true;
}

static bool read_line(struct reader *r, struct py_module *module)
{
	if (r->token->column)
		return true;
	if (py_is(r->token, "def") || py_is(r->token, "async"))
		return read_function(r, module);
	if (py_is(r->token, "import") || py_is(r->token, "from"))
		return read_import(r, module);
	return r->token->kind != PY_NAME || read_assignment(r, module);
}

static bool read_docstring(struct reader *r, struct py_module *module)
{
	struct py_value value;
	if (r->token->kind != PY_TEXT)
		return true;
	if (!read_expression(r, &value))
		return false;
	if (value.kind == PY_STRING)
		module->docstring = value.items.ptr[0];
	return true;
}

bool py_module_read(struct arena *arena, const struct source *source, struct py_module *ret_module, struct err *err)
{
	struct py_lexer lexer = py_lexer_init(source);
	struct py_token token;
	struct reader r = { arena, &lexer, &token, &ret_module->names, err, 0 };
	*ret_module = (struct py_module){ 0 };
	if (!advance(&r) || !read_docstring(&r, ret_module))
		return false;
	while (token.kind != PY_END) {
		if (token.first && !read_line(&r, ret_module))
			return false;
		if (!skip_line(&r))
			return false;
		if (token.kind == PY_NEWLINE && !advance(&r))
			return false;
	}
	return true;
}
