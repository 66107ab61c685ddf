/*
 * list.c - defaults that are arrays, in the two ways that PostgreSQL writes them: ARRAY['a'::text, 'b'::text] and '{a,b}'::text[].
 */
#include "format/prisma/wanted.h"

/* Behind the quote at the start: what the literal says, and what follows it. */
static struct str unquote(struct arena *arena, struct str text, struct str *ret_rest)
{
	struct buf buf = buf_init(arena);
	size_t n = 0;
	while (n < text.len && (text.ptr[n] != '\'' || (n + 1 < text.len && text.ptr[n + 1] == '\''))) {
		n += text.ptr[n] == '\'';
		buf_char(&buf, text.ptr[n++]);
	}
	*ret_rest = str_slice(text, n < text.len ? n + 1 : n, text.len);
	return buf_as_str(&buf);
}

static struct str without_parentheses(struct str text)
{
	text = str_trim(text);
	while (text.len && text.ptr[0] == '(')
		text = str_trim(str_slice(text, 1, text.len));
	return text;
}

/* One of ARRAY[...], without its cast: 'a'::text is a, (1)::double precision is 1, true is t as in a literal. */
static struct str element_of(struct arena *arena, struct str text)
{
	struct str rest, value;
	text = without_parentheses(text);
	if (text.len && text.ptr[0] == '\'')
		return unquote(arena, str_slice(text, 1, text.len), &rest);
	str_cut(text, ')', &value, &rest);
	str_cut(value, ':', &value, &rest);
	if (str_eq(value, STR("true")) || str_eq(value, STR("false")))
		value.len = 1;
	return value;
}

/* Up to the bracket that ends it; commas within quotes, parentheses and brackets separate nothing. */
static bool read_constructor(struct arena *arena, struct str text, struct strs *items)
{
	bool in_quotes = false;
	int depth = 0;
	size_t from = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		in_quotes ^= c == '\'' || c == '"';
		if (in_quotes)
			continue;
		if (depth == 0 && (c == ',' || c == ']')) {
			if (c == ',' || i > from)
				vec_push(arena, items, element_of(arena, str_slice(text, from, i)));
			from = i + 1;
			if (c == ']')
				return true;
		}
		depth += (c == '(' || c == '[') - (c == ')' || c == ']');
	}
	return false;
}

/* "a,b" of '{a,b}'; what is quoted or nested there is left to a comparison of the texts. */
static bool read_literal(struct arena *arena, struct str text, struct strs *items)
{
	struct str item, rest = text;
	if (memchr(text.ptr, '"', text.len) || memchr(text.ptr, '{', text.len) || memchr(text.ptr, '\\', text.len))
		return false;
	while (rest.len) {
		str_cut(rest, ',', &item, &rest);
		if (str_eq_nocase(str_trim(item), STR("null")))
			return false;
		vec_push(arena, items, str_trim(item));
	}
	return true;
}

static bool read_list(struct arena *arena, const char *expression, struct strs *items)
{
	struct str text = without_parentheses(str_of(expression)), rest;
	if (str_starts(text, STR("ARRAY[")))
		return read_constructor(arena, str_slice(text, 6, text.len), items);
	if (!str_starts(text, STR("'{")))
		return false;
	text = unquote(arena, str_slice(text, 1, text.len), &rest);
	return str_ends(text, STR("}")) && read_literal(arena, str_slice(text, 1, text.len - 1), items);
}

bool prisma_same_list(struct arena *arena, const char *type, const char *a, const char *b)
{
	struct strs x = { 0 }, y = { 0 };
	struct str element = str_of(type);
	if (!str_ends(element, STR("[]")) || !read_list(arena, a, &x) || !read_list(arena, b, &y) || x.len != y.len)
		return false;
	element.len -= 2;
	for (size_t i = 0; i < x.len; i++)
		if (!str_eq(x.ptr[i], y.ptr[i]) &&
		    !prisma_same_default(arena, str_dup(arena, element), str_dup(arena, x.ptr[i]),
					 str_dup(arena, y.ptr[i])))
			return false;
	return true;
}
