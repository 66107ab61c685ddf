#include "format/plain/plain.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Flyway: V, a version of digits with dots or single underscores, two underscores, a description. */
static bool parse_flyway(struct str stem, struct plain_name *name)
{
	if (stem.len < 4 || (stem.ptr[0] != 'V' && stem.ptr[0] != 'v') || !is_digit(stem.ptr[1]))
		return false;
	ptrdiff_t end = str_find(stem, STR("__"));
	if (end < 0)
		return false;
	for (ptrdiff_t i = 1; i < end; i++)
		if (!is_digit(stem.ptr[i]) && stem.ptr[i] != '.' && stem.ptr[i] != '_')
			return false;
	name->version = str_slice(stem, 1, (size_t)end);
	name->name = str_slice(stem, (size_t)end + 2, stem.len);
	return true;
}

/* "afterMigrate__views", "beforeEachMigrate": what Flyway runs around its migrations. */
static bool is_callback(struct str stem)
{
	static const char *const events[] = { "Migrate",   "EachMigrate", "MigrateApplied",      "MigrateError",
					      "Versioned", "Repeatables", "EachMigrateStatement" };
	struct str event, description;
	size_t before = str_starts(stem, STR("before")) ? 6 : str_starts(stem, STR("after")) ? 5 : 0;
	str_cut(str_slice(stem, before, stem.len), '_', &event, &description);
	for (size_t i = 0; before && i < LEN(events); i++)
		if (str_eq(event, str_of(events[i])))
			return true;
	return false;
}

bool plain_name_repeatable(const char *file)
{
	struct str s = str_of(file);
	return str_ends(s, STR(".sql")) &&
		(str_starts(s, STR("R__")) || str_starts(s, STR("r__")) || is_callback(str_slice(s, 0, s.len - 4)));
}

bool plain_name_parse(const char *file, struct plain_name *ret_name)
{
	struct plain_name name = { 0 };
	struct str s = str_of(file);
	if (s.len && s.ptr[0] == '.')
		return false;
	if (!str_ends(s, STR(".sql")))
		return false;
	s.len -= 4;
	if (str_ends(s, STR(".down"))) {
		name.role = ROLE_DOWN;
		s.len -= 5;
	} else if (str_ends(s, STR(".up"))) {
		name.role = ROLE_UP_OF_PAIR;
		s.len -= 3;
	}
	name.stem = s;
	if (!parse_flyway(s, &name)) {
		if (!s.len || !is_digit(s.ptr[0]))
			return false;
		str_cut(s, '_', &name.version, &name.name);
	}
	*ret_name = name;
	return true;
}

/* The run of digits at the front of *s without leading zeros; *s goes on behind it. */
static struct str take_number(struct str *s)
{
	size_t end = 0, start = 0;
	while (end < s->len && is_digit(s->ptr[end]))
		end++;
	while (start + 1 < end && s->ptr[start] == '0')
		start++;
	struct str number = str_slice(*s, start, end);
	*s = str_slice(*s, end, s->len);
	return number;
}

int plain_version_cmp(struct str a, struct str b)
{
	while (a.len && b.len) {
		if (is_digit(a.ptr[0]) && is_digit(b.ptr[0])) {
			struct str na = take_number(&a), nb = take_number(&b);
			int order = na.len != nb.len ? (na.len > nb.len) - (na.len < nb.len) : str_cmp(na, nb);
			if (order)
				return order;
			continue;
		}
		if (a.ptr[0] != b.ptr[0])
			return (unsigned char)a.ptr[0] < (unsigned char)b.ptr[0] ? -1 : 1;
		a = str_slice(a, 1, a.len);
		b = str_slice(b, 1, b.len);
	}
	return (a.len > 0) - (b.len > 0);
}

bool plain_form_parse(const char *text, enum version_form *ret_form)
{
	static const char *const names[FORM_COUNT] = {
		[FORM_PREFIX] = "prefix",
		[FORM_NAME] = "name",
		[FORM_FILE] = "file",
	};
	for (int i = 0; i < FORM_COUNT; i++)
		if (text && strcmp(text, names[i]) == 0) {
			*ret_form = (enum version_form)i;
			return true;
		}
	return false;
}
