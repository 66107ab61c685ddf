/*
 * ini.c - alembic.ini as Python's configparser reads it.
 *
 * "key = value" or "key: value", comments on lines of their own with # or ;, values that go on in indented lines, keys without regard to case,
 * [DEFAULT] for all sections, and %(name)s, which is another key of the same section.
 */
#include "base/file.h"
#include "format/alembic/alembic.h"

enum { LINES_MAX = 20000, EXPANSIONS_MAX = 100, VALUE_MAX = 65536 };

struct parsing {
	struct arena *arena;
	struct source source;
	struct ini *ini;
	struct map *section;
	const char *key; /* whose value may go on */
	struct err *err;
};

static bool broken(struct parsing *p, struct str line, const char *what)
{
	err_set(p->err, ERR_USAGE, "alembic-config", "%s", what);
	return source_err_at(p->err, &p->source, (size_t)(line.ptr - p->source.text.ptr));
}

static struct map *section_of(struct parsing *p, struct str name)
{
	struct map *section = map_get(&p->ini->sections, name);
	if (!section) {
		section = arena_alloc(p->arena, sizeof(*section));
		map_set(p->arena, &p->ini->sections, name, section);
	}
	return section;
}

static char *lower(struct arena *arena, struct str text)
{
	char *copy = str_dup(arena, text);
	for (char *c = copy; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	return copy;
}

static bool take_key(struct parsing *p, struct str line)
{
	size_t at = 0;
	while (at < line.len && line.ptr[at] != '=' && line.ptr[at] != ':')
		at++;
	if (!p->section)
		return broken(p, line, "a setting stands before the first [section]");
	if (at == line.len || !str_trim(str_slice(line, 0, at)).len)
		return broken(p, line, "this line is no setting: wanted is KEY = VALUE");
	p->key = lower(p->arena, str_trim(str_slice(line, 0, at)));
	map_set(p->arena, p->section, str_of(p->key), str_dup(p->arena, str_trim(str_slice(line, at + 1, line.len))));
	return true;
}

static bool take_line(struct parsing *p, struct str line)
{
	struct str trimmed = str_trim(line);
	if (!trimmed.len || trimmed.ptr[0] == '#' || trimmed.ptr[0] == ';')
		return true;
	bool indented = trimmed.ptr != line.ptr;
	if (indented && p->section && p->key) {
		const char *before = map_get(p->section, str_of(p->key));
		map_set(p->arena, p->section, str_of(p->key),
			arena_printf(p->arena, "%s\n" STR_FMT, before, STR_ARG(trimmed)));
		return true;
	}
	if (trimmed.ptr[0] != '[')
		return take_key(p, trimmed);
	ptrdiff_t end = str_find(trimmed, STR("]"));
	if (end < 0)
		return broken(p, trimmed, "the name of a section is never closed");
	p->section = section_of(p, str_slice(trimmed, 1, (size_t)end));
	p->key = NULL;
	return true;
}

bool ini_load(struct arena *arena, const char *path, const char *here, struct ini *ret_ini, struct err *err)
{
	struct parsing p = { .arena = arena, .ini = ret_ini, .err = err };
	*ret_ini = (struct ini){ .path = path };
	if (!source_load(arena, path, &p.source, err))
		return false;
	map_set(arena, section_of(&p, STR("DEFAULT")), STR("here"), arena_strdup(arena, here));
	struct str rest = p.source.text, line;
	for (size_t n = 0; rest.len; n++) {
		if (n == LINES_MAX)
			return broken(&p, rest, "the file has too many lines");
		if (!str_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest.len = 0;
		}
		if (!take_line(&p, line))
			return false;
	}
	return true;
}

struct expanding {
	struct arena *arena;
	const struct ini *ini;
	const char *section;
	unsigned expansions;
	struct err *err;
};

static const char *raw_value(const struct ini *ini, const char *section, const char *key)
{
	const struct map *own = map_get(&ini->sections, str_of(section));
	const struct map *common = map_get(&ini->sections, STR("DEFAULT"));
	const char *value = own ? map_get(own, str_of(key)) : NULL;
	return value || !common ? value : map_get(common, str_of(key));
}

static bool unknown_name(const struct expanding *e, struct str name)
{
	err_set(e->err, ERR_USAGE, "alembic-config", "%%(" STR_FMT ")s names no setting of [%s]", STR_ARG(name),
		e->section);
	return err_at(e->err, e->ini->path, 0, 0);
}

/* Alembic runs the same through Python: a lone percent sign is an error there too, but one that says less. */
static bool expand(struct expanding *e, const char *text, struct buf *out)
{
	for (const char *c = text; *c; c++) {
		if (c[0] == '%' && c[1] == '(') {
			const char *end = strstr(c, ")s");
			struct str name = { c + 2, end ? (size_t)(end - c) - 2 : 0 };
			const char *value = end ? raw_value(e->ini, e->section, lower(e->arena, name)) : NULL;
			if (!value || ++e->expansions > EXPANSIONS_MAX)
				return unknown_name(e, name);
			if (!expand(e, value, out))
				return false;
			c = end + 1;
		} else {
			c += c[0] == '%' && c[1] == '%';
			buf_char(out, *c);
		}
		if (out->len > VALUE_MAX)
			return unknown_name(e, str_of("..."));
	}
	return true;
}

bool ini_get(struct arena *arena, const struct ini *ini, const char *section, const char *key, const char **ret_value,
	     struct err *err)
{
	struct expanding e = { .arena = arena, .ini = ini, .section = section, .err = err };
	struct buf out = buf_init(arena);
	const char *raw = raw_value(ini, section, key);
	*ret_value = NULL;
	if (!raw)
		return true;
	if (!expand(&e, raw, &out))
		return false;
	*ret_value = str_dup(arena, str_trim(buf_as_str(&out)));
	return true;
}
