#include "schema/cast.h"

#include <stdlib.h>

struct pair {
	const char *from, *to;
};

/* The type without "(10,2)" and "[]"; "time(3) with time zone" is "time with time zone". */
static struct str base_of(struct arena *arena, const char *type)
{
	struct buf base = buf_init(arena);
	const char *open = type[0] == '"' ? NULL : strchr(type, '('), *close = open ? strchr(open, ')') : NULL;
	if (close)
		buf_printf(&base, "%.*s%s", (int)(open - type), type, close + 1);
	else
		buf_text(&base, type);
	struct str text = buf_as_str(&base);
	while (str_ends(text, STR("[]")))
		text.len -= 2;
	return text;
}

/* ---- wider ---- */

static const struct pair widenings[] = {
	{ "smallint", "integer" },
	{ "smallint", "bigint" },
	{ "integer", "bigint" },
	{ "smallint", "numeric" },
	{ "integer", "numeric" },
	{ "bigint", "numeric" },
	{ "real", "double precision" },
	{ "date", "timestamp without time zone" },
	{ "character", "text" },
	{ "character varying", "text" },
	{ "text", "character varying" },
	{ "json", "text" },
	{ "cidr", "inet" },
};

/* What stands in the brackets: a length, or digits and those behind the point; 0 where nothing is said. */
struct limits {
	long length, scale;
};

static struct limits limits_of(const char *type)
{
	struct limits limits = { 0 };
	const char *open = strchr(type, '(');
	char *end;
	if (!open)
		return limits;
	limits.length = strtol(open + 1, &end, 10);
	if (*end == ',')
		limits.scale = strtol(end + 1, NULL, 10);
	return limits;
}

static bool same_base_wider(struct str base, struct limits from, struct limits to)
{
	if (str_eq(base, STR("numeric"))) {
		bool more_behind = to.scale >= from.scale,
		     more_before = to.length - to.scale >= from.length - from.scale;
		return !to.length || (from.length && more_behind && more_before);
	}
	if (str_eq(base, STR("character varying")) || str_eq(base, STR("bit varying")) ||
	    str_eq(base, STR("character")))
		return !to.length || (from.length && from.length <= to.length);
	return false;
}

bool is_wider(const char *from, const char *to)
{
	struct arena *arena = arena_new(NULL);
	struct str old = base_of(arena, from), new = base_of(arena, to);
	bool arrays = strchr(from, '[') || strchr(to, '['), wider = false;
	if (!arrays && str_eq(old, new))
		wider = same_base_wider(old, limits_of(from), limits_of(to));
	for (size_t i = 0; !arrays && !strchr(to, '(') && i < LEN(widenings); i++)
		wider = wider || (str_eq(old, str_of(widenings[i].from)) && str_eq(new, str_of(widenings[i].to)));
	arena_free(arena);
	return wider;
}

bool is_lossless(const char *from, const char *to)
{
	bool any_text = strcmp(to, "text") == 0 || strcmp(to, "character varying") == 0;
	bool any_texts = strcmp(to, "text[]") == 0 || strcmp(to, "character varying[]") == 0;
	return is_wider(from, to) || any_text || (any_texts && strstr(from, "[]"));
}

/* ---- casts that PostgreSQL has ---- */

/* Types of one family are cast into each other; the letter is the family. */
static const struct pair families[] = {
	{ "smallint", "n" },
	{ "integer", "n" },
	{ "bigint", "n" },
	{ "numeric", "n" },
	{ "real", "n" },
	{ "double precision", "n" },
	{ "date", "d" },
	{ "timestamp without time zone", "d" },
	{ "timestamp with time zone", "d" },
	{ "time without time zone", "t" },
	{ "time with time zone", "t" },
	{ "json", "j" },
	{ "jsonb", "j" },
	{ "inet", "i" },
	{ "cidr", "i" },
	{ "macaddr", "m" },
	{ "macaddr8", "m" },
	{ "bit", "b" },
	{ "bit varying", "b" },
	/* Any type is cast to and from these: by its text. */
	{ "text", "*" },
	{ "character varying", "*" },
	{ "character", "*" },
};

static const struct pair others[] = {
	{ "integer", "boolean" },
	{ "boolean", "integer" },
	{ "numeric", "money" },
	{ "integer", "money" },
	{ "bigint", "money" },
	{ "money", "numeric" },
	{ "bit", "integer" },
	{ "bit", "bigint" },
	{ "integer", "bit" },
	{ "bigint", "bit" },
	{ "timestamp without time zone", "time without time zone" },
	{ "timestamp with time zone", "time without time zone" },
	{ "timestamp with time zone", "time with time zone" },
	{ "time without time zone", "interval" },
	{ "interval", "time without time zone" },
	{ "jsonb", "boolean" },
	{ "jsonb", "integer" },
	{ "jsonb", "bigint" },
	{ "jsonb", "numeric" },
	{ "jsonb", "double precision" },
};

static char family_of(struct str base)
{
	for (size_t i = 0; i < LEN(families); i++)
		if (str_eq(base, str_of(families[i].from)))
			return families[i].to[0];
	return '\0';
}

bool is_comparable(const char *a, const char *b)
{
	struct arena *arena = arena_new(NULL);
	struct str left = base_of(arena, a), right = base_of(arena, b);
	char family = family_of(left);
	bool comparable = str_eq(left, right) || (family && family == family_of(right));
	arena_free(arena);
	return comparable;
}

static bool has_cast(struct arena *arena, const char *from, const char *to)
{
	struct str old = base_of(arena, from), new = base_of(arena, to);
	char a = family_of(old), b = family_of(new);
	if (str_eq(old, new) || (a && a == b) || a == '*' || b == '*')
		return true;
	for (size_t i = 0; i < LEN(others); i++)
		if (str_eq(old, str_of(others[i].from)) && str_eq(new, str_of(others[i].to)))
			return true;
	return false;
}

char *cast_through_text(struct arena *arena, const char *value, const char *to)
{
	return arena_printf(arena, "%s::%s::%s", value, strstr(to, "[]") ? "text[]" : "text", to);
}

static bool is_json(struct str base)
{
	return str_eq(base, STR("json")) || str_eq(base, STR("jsonb"));
}

/* int4range and int4multirange: a range is one of several. */
static bool is_range_of(struct str range, struct str multirange)
{
	struct str word = STR("range"), many = STR("multirange");
	return str_ends(range, word) && str_ends(multirange, many) &&
		str_eq(str_slice(range, 0, range.len - word.len), str_slice(multirange, 0, multirange.len - many.len));
}

/* Through a number: boolean to bigint, money to integer; NULL: not that way either. */
static const char *step_between(struct arena *arena, const char *from, const char *to)
{
	static const char *const steps[] = { "integer", "numeric" };
	for (size_t i = 0; i < LEN(steps); i++)
		if (has_cast(arena, from, steps[i]) && has_cast(arena, steps[i], to))
			return steps[i];
	return NULL;
}

/* Between two types that are both arrays, or both none. */
static char *cast_alike(struct arena *arena, const char *value, const char *from, const char *to, bool array)
{
	struct str old = base_of(arena, from), new = base_of(arena, to);
	const char *step = step_between(arena, from, to);
	if (has_cast(arena, from, to) || is_range_of(old, new))
		return arena_printf(arena, "%s::%s", value, to);
	if (!array && is_json(new))
		return arena_printf(arena, "to_" STR_FMT "(%s)", STR_ARG(new), value);
	if (!array && is_json(old)) /* the text of a JSON string has no quotes then */
		return arena_printf(arena, "(%s #>> '{}')::%s", value, to);
	if (step)
		return arena_printf(arena, "%s::%s%s::%s", value, step, array ? "[]" : "", to);
	return cast_through_text(arena, value, to);
}

char *cast_text(struct arena *arena, const char *value, const char *from, const char *to)
{
	bool was_array = strstr(from, "[]") != NULL, is_array = strstr(to, "[]") != NULL;
	struct str new = base_of(arena, to);
	if (was_array == is_array)
		return cast_alike(arena, value, from, to, is_array);
	if (is_array) /* nothing stays nothing */
		return arena_printf(arena, "CASE WHEN %s IS NOT NULL THEN ARRAY[%s%s]::%s END", value, value,
				    has_cast(arena, from, to) ? "" : "::text", to);
	if (is_json(new))
		return arena_printf(arena, "to_" STR_FMT "(%s)", STR_ARG(new), value);
	return arena_printf(arena, "%s::text::%s", value, to);
}
