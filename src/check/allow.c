/*
 * allow.c - the forms that an entry of boundary.allow can have.
 */
#include "base/suggest.h"
#include "check/boundary.h"
#include "sql/quote.h"

/* What stands behind the kind in an entry of boundary.allow. */
enum allow_form {
	ALLOW_ON,        /* "trigger on auth.users", "trigger t on auth.users" */
	ALLOW_QUALIFIED, /* "table auth.users" */
	ALLOW_NAME,      /* "schema realtime" */
	ALLOW_ANY,       /* "role anon", or "role" alone: all of them */
};

static const struct {
	const char *kind;
	enum allow_form form;
} allow_kinds[] = {
	{ "trigger", ALLOW_ON },
	{ "policy", ALLOW_ON },
	{ "rule", ALLOW_ON },
	{ "constraint", ALLOW_ON },
	{ "column", ALLOW_ON },
	{ "table", ALLOW_QUALIFIED },
	{ "rows of", ALLOW_QUALIFIED },
	{ "foreign key to", ALLOW_QUALIFIED },
	{ "view", ALLOW_QUALIFIED },
	{ "materialized view", ALLOW_QUALIFIED },
	{ "index", ALLOW_QUALIFIED },
	{ "sequence", ALLOW_QUALIFIED },
	{ "function", ALLOW_QUALIFIED },
	{ "type", ALLOW_QUALIFIED },
	{ "object", ALLOW_QUALIFIED },
	{ "extension", ALLOW_NAME },
	{ "schema", ALLOW_NAME },
	{ "default privileges in schema", ALLOW_NAME },
	{ "role", ALLOW_ANY },
	{ "event trigger", ALLOW_ANY },
};

/* Does the entry begin with that kind?  What comes behind it, without the blank. */
static bool cut_kind(struct str entry, const char *kind, struct str *ret_rest)
{
	size_t len = strlen(kind);
	if (entry.len < len || !str_eq_nocase(str_slice(entry, 0, len), str_of(kind)))
		return false;
	if (entry.len > len && entry.ptr[len] != ' ')
		return false;
	*ret_rest = str_trim(str_slice(entry, len, entry.len));
	return true;
}

static bool is_qualified(struct str name)
{
	struct str schema, rest;
	return str_cut(name, '.', &schema, &rest) && schema.len && rest.len;
}

static bool has_form(struct str rest, enum allow_form form)
{
	ptrdiff_t on = str_find(rest, STR(" on "));
	switch (form) {
	case ALLOW_ON:
		if (str_starts(rest, STR("on ")))
			return is_qualified(str_slice(rest, 3, rest.len));
		return on > 0 && is_qualified(str_slice(rest, (size_t)on + 4, rest.len));
	case ALLOW_QUALIFIED:
		return is_qualified(rest);
	case ALLOW_NAME:
		return rest.len > 0;
	case ALLOW_ANY:
		return true;
	}
	return false;
}

bool boundary_allow_valid(struct str entry)
{
	struct str rest;
	for (size_t i = 0; i < LEN(allow_kinds); i++)
		if (cut_kind(entry, allow_kinds[i].kind, &rest) && has_form(rest, allow_kinds[i].form))
			return true;
	return false;
}

/* The first words of the entry, one, two or three of them, are the kind with a slip. */
const char *boundary_allow_near(struct arena *arena, struct str entry)
{
	struct words kinds = { 0 };
	struct str rest;
	for (size_t i = 0; i < LEN(allow_kinds); i++) {
		if (cut_kind(entry, allow_kinds[i].kind, &rest))
			return NULL; /* the kind is right, what stands behind it is not */
		vec_push(arena, &kinds, allow_kinds[i].kind);
	}
	const char *near = NULL;
	size_t end = 0;
	for (int words = 1; words <= 3 && !near && end < entry.len; words++) {
		for (end++; end < entry.len && entry.ptr[end] != ' ';)
			end++;
		near = suggest(arena, arena_strndup(arena, entry.ptr, end), &kinds);
	}
	return near;
}

const char *boundary_allow_array(struct arena *arena, const struct boundary *boundary)
{
	char *array = sql_array(arena, &boundary->allow);
	for (char *c = array; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	return array;
}
