#include "schema/load_query.h"

#include <ctype.h>
#include <stdlib.h>

#include "sql/quote.h"

/* The mark at the end of a line says for which servers it is, --v15+ or --v<15, and whether for a part or for all. */
static bool line_is_for(struct str line, int major, bool part)
{
	if (str_find(line, part ? STR("--whole") : STR("--only")) >= 0)
		return false;
	ptrdiff_t at = str_find(line, STR("--v"));
	if (at < 0)
		return true;
	const char *mark = line.ptr + at + 3;
	if (*mark == '<')
		return major < strtol(mark + 1, NULL, 10);
	return !isdigit((unsigned char)*mark) || major >= strtol(mark, NULL, 10);
}

static void add_line(struct buf *buf, struct str line, const char *oids)
{
	ptrdiff_t at;
	while (oids && (at = str_find(line, STR("$oids"))) >= 0) {
		buf_str(buf, str_slice(line, 0, (size_t)at));
		buf_text(buf, oids);
		line = str_slice(line, (size_t)at + strlen("$oids"), line.len);
	}
	buf_str(buf, line);
	buf_char(buf, '\n');
}

struct str load_query(struct arena *arena, const char *sql, int major, const char *oids)
{
	struct buf buf = buf_init(arena);
	struct str rest = str_of(sql), line;
	bool more = true;
	while (more) {
		more = str_cut(rest, '\n', &line, &rest);
		if (line_is_for(line, major, oids))
			add_line(&buf, line, oids);
	}
	return buf_as_str(&buf);
}

/* "pg_*" as LIKE has it. */
static struct str like_pattern(struct arena *arena, struct str text)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '_' || c == '%' || c == '\\')
			buf_char(&buf, '\\');
		buf_char(&buf, c == '*' && i + 1 == text.len ? '%' : c);
	}
	return buf_as_str(&buf);
}

const char *load_outside(struct arena *arena, const struct strs *outside)
{
	static const struct str always[] = { { "pg_*", 4 }, { "information_schema", 18 }, { "brant", 5 } };
	struct strs patterns = { 0 };
	for (size_t i = 0; i < LEN(always); i++)
		vec_push(arena, &patterns, like_pattern(arena, always[i]));
	for (size_t i = 0; i < outside->len; i++)
		vec_push(arena, &patterns, like_pattern(arena, outside->ptr[i]));
	return sql_array(arena, &patterns);
}
