#include "schema/readable.h"

/* " = ANY ((ARRAY[" and what closes it, with the word that people write for it. */
struct form {
	const char *open, *word;
};

static const struct form forms[] = { { " = ANY ((ARRAY[", " IN (" }, { " <> ALL ((ARRAY[", " NOT IN (" } };
static const char tail[] = "])::text[])", cast_left[] = ")::text", element_type[] = "::character varying";

enum { DEEPEST = 64 };

struct reading {
	struct arena *arena;
	const char *text;
	struct buf out;
	/* Of the brackets that are open, and of the one that closed last: where they begin in out. */
	size_t open[DEEPEST], depth, closed;
};

static bool starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Behind the quoted text at text[at]. */
static size_t behind_quoted(const char *text, size_t at)
{
	char quote = text[at++];
	while (text[at] && text[at] != quote)
		at++;
	return text[at] ? at + 1 : at;
}

/*
 * Reads 'a'::character varying, 'b'::character varying up to the tail, as 'a', 'b'; 0 where something else stands there.
 * A list of one is none: IN ('a') is read as an "=".
 */
static size_t read_list(struct buf *list, const char *text, size_t at)
{
	for (size_t n = 1;; n++) {
		size_t start = at;
		while (text[at] == '\'')
			at = behind_quoted(text, at);
		if (at == start || !starts(text + at, element_type))
			return 0;
		buf_add(list, text + start, at - start);
		at += strlen(element_type);
		if (starts(text + at, tail))
			return n > 1 ? at + strlen(tail) : 0;
		if (!starts(text + at, ", "))
			return 0;
		buf_text(list, ", ");
		at += strlen(", ");
	}
}

/* "(s)::text" in front of the operator: "s" must come out without its cast, or the list would be read as text. */
static bool ends_with_cast(const struct reading *r)
{
	size_t len = strlen(cast_left);
	return r->out.len > len && strcmp(r->out.ptr + r->out.len - len, cast_left) == 0 &&
		r->out.ptr[r->closed] == '(';
}

static void drop_cast(struct reading *r)
{
	struct str inner = { r->out.ptr + r->closed + 1, r->out.len - strlen(cast_left) - r->closed - 1 };
	bool plain =
		strspn(inner.ptr, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.\"") >= inner.len;
	const char *kept = str_dup(r->arena, inner);
	r->out.ptr[r->out.len = r->closed] = '\0';
	buf_printf(&r->out, plain ? "%s" : "(%s)", kept);
}

static size_t take_form(struct reading *r, size_t at)
{
	for (size_t i = 0; i < LEN(forms); i++) {
		struct buf list = buf_init(r->arena);
		size_t end = starts(r->text + at, forms[i].open) && ends_with_cast(r)
			? read_list(&list, r->text, at + strlen(forms[i].open))
			: 0;
		if (!end)
			continue;
		drop_cast(r);
		buf_printf(&r->out, "%s%s)", forms[i].word, list.ptr);
		return end;
	}
	return at;
}

static void note_bracket(struct reading *r, char c)
{
	if (c == '(' && r->depth++ < DEEPEST)
		r->open[r->depth - 1] = r->out.len;
	else if (c == ')' && r->depth && --r->depth < DEEPEST)
		r->closed = r->open[r->depth];
}

const char *readable_expression(struct arena *arena, const char *text)
{
	struct reading r = { .arena = arena, .text = text, .out = buf_init(arena) };
	if (!strstr(text, tail))
		return text;
	for (size_t at = 0; text[at];) {
		size_t end = text[at] == ' ' ? take_form(&r, at) : at;
		if (end != at) {
			at = end;
		} else if (text[at] == '\'' || text[at] == '"') {
			end = behind_quoted(text, at);
			buf_add(&r.out, text + at, end - at);
			at = end;
		} else {
			note_bracket(&r, text[at]);
			buf_char(&r.out, text[at++]);
		}
	}
	return r.out.ptr;
}
