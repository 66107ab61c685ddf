/*
 * value.c - defaults that are one value to Prisma, and to PostgreSQL in all that it does with them: 0 and 0.000, 'F'::bpchar and 'F'::text; and JSON
 * however it is spaced and ordered, which is one value to Prisma alone.
 */
#include <ctype.h>

#include "base/json.h"
#include "format/prisma/wanted.h"

struct number {
	bool negative;
	struct str whole, fraction; /* without the zeros at their outer ends */
};

static struct str digits(struct str *rest)
{
	size_t n = 0;
	while (n < rest->len && isdigit((unsigned char)rest->ptr[n]))
		n++;
	struct str found = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->len);
	return found;
}

/* '-1.50'::numeric without its quotes and its type. */
static struct str literal_of(struct str text)
{
	struct str inner, rest;
	if (text.len && text.ptr[0] == '\'')
		return str_cut(str_slice(text, 1, text.len), '\'', &inner, &rest) &&
				(!rest.len || str_starts(rest, STR("::")))
			? inner
			: (struct str){ 0 };
	str_cut(text, ':', &inner, &rest);
	return inner;
}

static bool number_of(const char *expression, struct number *ret_number)
{
	struct number number = { 0 };
	struct str rest = literal_of(str_of(expression));
	if (rest.len && (rest.ptr[0] == '-' || rest.ptr[0] == '+')) {
		number.negative = rest.ptr[0] == '-';
		rest = str_slice(rest, 1, rest.len);
	}
	number.whole = digits(&rest);
	if (rest.len && rest.ptr[0] == '.') {
		rest = str_slice(rest, 1, rest.len);
		number.fraction = digits(&rest);
	}
	if (rest.len || (!number.whole.len && !number.fraction.len))
		return false;
	while (number.whole.len && number.whole.ptr[0] == '0')
		number.whole = str_slice(number.whole, 1, number.whole.len);
	while (number.fraction.len && number.fraction.ptr[number.fraction.len - 1] == '0')
		number.fraction.len--;
	if (!number.whole.len && !number.fraction.len)
		number.negative = false;
	*ret_number = number;
	return true;
}

static bool is_number(const char *type)
{
	static const char *const types[] = { "smallint", "integer",          "bigint", "numeric",
					     "real",     "double precision", NULL };
	for (size_t i = 0; types[i]; i++)
		if (str_starts(str_of(type), str_of(types[i])) && !strstr(type, "[]"))
			return true;
	return false;
}

static bool same_number(const char *a, const char *b)
{
	struct number x, y;
	return number_of(a, &x) && number_of(b, &y) && x.negative == y.negative && str_eq(x.whole, y.whole) &&
		str_eq(x.fraction, y.fraction);
}

/* 'it''s'::text without its type, of which a column that was retyped keeps the old one; .len 0: no such literal. */
static struct str quoted(const char *expression)
{
	struct str text = str_of(expression);
	size_t n = 1;
	if (text.len < 2 || text.ptr[0] != '\'')
		return (struct str){ 0 };
	while (n < text.len && (text.ptr[n] != '\'' || (n + 1 < text.len && text.ptr[n + 1] == '\'')))
		n += text.ptr[n] == '\'' ? 2 : 1;
	struct str rest = str_slice(text, n + 1 < text.len ? n + 1 : text.len, text.len);
	bool cast = !rest.len || (str_starts(rest, STR("::")) && str_find(rest, STR("'")) < 0);
	return n < text.len && cast ? str_slice(text, 0, n + 1) : (struct str){ 0 };
}

/* What the literal says, printed in one way; .ptr NULL: it is no JSON. */
static struct str json_of(struct arena *arena, const char *expression)
{
	struct str literal = quoted(expression);
	struct buf text = buf_init(arena);
	struct err ignored = { .arena = arena };
	struct json value;
	for (size_t i = 1; i + 1 < literal.len; i++) {
		buf_char(&text, literal.ptr[i]);
		i += literal.ptr[i] == '\'';
	}
	if (!json_parse(arena, JSON_PLAIN, "", buf_as_str(&text), &value, &ignored))
		return (struct str){ 0 };
	value = json_in_order(arena, &value);
	return json_print(arena, &value, 0);
}

static bool same_json(struct arena *arena, const char *a, const char *b)
{
	struct str x = json_of(arena, a), y = json_of(arena, b);
	return x.ptr && y.ptr && str_eq(x, y);
}

bool prisma_same_default(struct arena *arena, const char *type, const char *a, const char *b)
{
	struct str literal = quoted(a);
	return (literal.len && str_eq(literal, quoted(b))) || (is_number(type) && same_number(a, b)) ||
		(strcmp(type, "json") == 0 && same_json(arena, a, b));
}
