/*
 * keys.c - indexes and keys that mean the same to Prisma, by their definitions as PostgreSQL writes them.
 *
 *     CREATE UNIQUE INDEX i ON public.t USING btree (a, b DESC) INCLUDE (c) WITH (fillfactor='70') WHERE (a > 1)
 *
 * Prisma sees the table, the method, the columns with their order, and the condition; of a B-tree it does not see operator classes, and of none
 * collations and where NULLs are.  What stands between the columns and WHERE it does not see either.
 */
#include "format/prisma/wanted.h"

/* Where what stands in s, from at on and outside of double quotes; s.len: nowhere. */
static size_t find_bare(struct str s, size_t at, const char *what)
{
	for (bool quoted = false; at < s.len; at++) {
		if (!quoted && str_starts(str_slice(s, at, s.len), str_of(what)))
			return at;
		quoted ^= s.ptr[at] == '"';
	}
	return s.len;
}

/* Behind the parentheses that open at s.ptr[at]. */
static size_t behind_parentheses(struct str s, size_t at)
{
	char quote = 0;
	for (int depth = 0; at < s.len; at++) {
		char c = s.ptr[at];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else
			depth += (c == '(') - (c == ')');
		if (!quote && c == ')' && depth == 0)
			return at + 1;
	}
	return s.len;
}

struct parts {
	bool unique;
	struct str place; /* "public.t USING btree" */
	struct str columns, where;
};

static struct parts parts_of(const char *definition)
{
	struct str s = str_of(definition ? definition : "");
	struct parts parts = { .unique = str_starts(s, STR("CREATE UNIQUE ")) };
	size_t on = find_bare(s, 0, " ON ");
	if (on < s.len)
		s = str_slice(s, on + 4, s.len);
	size_t open = find_bare(s, 0, "("), end = behind_parentheses(s, open), where = find_bare(s, end, " WHERE ");
	parts.place = str_trim(str_slice(s, 0, open));
	parts.columns = end > open ? str_slice(s, open + 1, end - 1) : (struct str){ 0 };
	parts.where = str_slice(s, where, s.len);
	return parts;
}

/* hnsw and ivfflat, bloom, rum, zombodb: methods that an extension brings, for which schema.prisma has no word. */
static bool is_own_method(struct str place)
{
	static const char *const methods[] = { "btree", "hash", "gist", "gin", "spgist", "brin" };
	static const char using[] = " USING ";
	size_t at = find_bare(place, 0, using);
	struct str method = at < place.len ? str_slice(place, at + strlen(using), place.len) : (struct str){ 0 };
	for (size_t i = 0; i < LEN(methods); i++)
		if (str_eq(method, str_of(methods[i])))
			return true;
	return false;
}

/* Of expressions there are parentheses within the parentheses. */
bool prisma_can_say_index(const char *definition)
{
	struct parts parts = parts_of(definition);
	return parts.columns.len && find_bare(parts.columns, 0, "(") == parts.columns.len && is_own_method(parts.place);
}

/* ---- columns ---- */

struct column {
	struct str name, opclass;
	bool descends;
};

/* The next word, up to a blank or a comma. */
static struct str take_word(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t blank = find_bare(*rest, 0, " "), comma = find_bare(*rest, 0, ",");
	size_t end = blank < comma ? blank : comma;
	struct str word = str_slice(*rest, 0, end);
	*rest = str_trim(str_slice(*rest, end, rest->len));
	return word;
}

static bool is_next(struct str rest, char c)
{
	return rest.len && rest.ptr[0] == c;
}

/* a COLLATE "C" text_pattern_ops DESC NULLS LAST */
static bool take_column(struct str *rest, struct column *ret_column)
{
	struct column column = { .name = take_word(rest) };
	while (rest->len && !is_next(*rest, ',')) {
		struct str word = take_word(rest);
		if (str_eq(word, STR("COLLATE")) || str_eq(word, STR("NULLS")))
			take_word(rest);
		else if (str_eq(word, STR("DESC")))
			column.descends = true;
		else
			column.opclass = word;
	}
	if (is_next(*rest, ','))
		*rest = str_slice(*rest, 1, rest->len);
	*ret_column = column;
	return column.name.len > 0;
}

/* any_class: where none is wanted, each will do. */
static bool same_columns(struct str there, struct str wanted, bool any_class)
{
	struct column a, b;
	while (there.len && wanted.len) {
		if (!take_column(&there, &a) || !take_column(&wanted, &b) || !str_eq(a.name, b.name) ||
		    a.descends != b.descends)
			return false;
		if (!str_eq(a.opclass, b.opclass) && (!any_class || b.opclass.len))
			return false;
	}
	return !there.len && !wanted.len;
}

bool prisma_same_columns(const char *there, const char *wanted)
{
	struct parts a = parts_of(there), b = parts_of(wanted);
	return a.unique == b.unique && str_eq(a.place, b.place) && str_eq(a.where, b.where) &&
		same_columns(a.columns, b.columns, str_ends(b.place, STR(" USING btree")));
}

/* "UNIQUE (a, b)" of a constraint is what a unique index on the same columns keeps. */
bool prisma_keeps_unique(const char *constraint, const char *wanted)
{
	struct parts a = parts_of(constraint), b = parts_of(wanted);
	return b.unique && !b.where.len && str_ends(b.place, STR(" USING btree")) &&
		same_columns(a.columns, b.columns, true);
}

/* ---- keys ---- */

static struct str without(struct arena *arena, struct str text, const char *words)
{
	size_t at = find_bare(text, 0, words);
	if (at == text.len)
		return text;
	return str_of(arena_printf(arena, STR_FMT STR_FMT, STR_ARG(str_slice(text, 0, at)),
				   STR_ARG(str_slice(text, at + strlen(words), text.len))));
}

bool prisma_same_key(struct arena *arena, const char *there, const char *wanted)
{
	struct str key = str_of(there);
	key = str_slice(key, 0, find_bare(key, 0, " DEFERRABLE"));
	return wanted && str_eq(without(arena, key, " MATCH FULL"), str_of(wanted));
}
