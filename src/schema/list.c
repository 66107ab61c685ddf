#include "schema/list.h"

/* Elements between commas that stand outside of quotes. */
struct strs list_elements(struct arena *arena, const char *text)
{
	struct strs list = { 0 };
	size_t start = 0, i = 0, len = text ? strlen(text) : 0;
	char quote = '\0';
	for (; i < len; i++) {
		if (quote ? text[i] == quote : text[i] == '\'' || text[i] == '"')
			quote = quote ? '\0' : text[i];
		if (text[i] == ',' && !quote) {
			vec_push(arena, &list, str_trim((struct str){ text + start, i - start }));
			start = i + 1;
		}
	}
	if (len)
		vec_push(arena, &list, str_trim((struct str){ text + start, len - start }));
	return list;
}

struct str list_name(struct str element, char separator)
{
	struct str name, rest;
	return str_cut(element, separator, &name, &rest) ? name : element;
}

const struct str *list_find(const struct strs *list, struct str name, char separator)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list_name(list->ptr[i], separator), name))
			return &list->ptr[i];
	return NULL;
}

void list_add(struct buf *buf, const char *prefix, struct str text)
{
	buf_printf(buf, "%s%s" STR_FMT, buf->len ? ", " : "", prefix, STR_ARG(text));
}

bool list_has(const struct strs *list, struct str name)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list->ptr[i], name))
			return true;
	return false;
}

const char *list_difference(struct arena *arena, const struct strs *from, const struct strs *without)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < from->len; i++)
		if (!list_has(without, from->ptr[i]))
			list_add(&buf, "", from->ptr[i]);
	return buf.ptr;
}

bool list_is_prefix(struct arena *arena, const char *before, const char *after)
{
	struct strs old = list_elements(arena, before), new = list_elements(arena, after);
	if (old.len > new.len)
		return false;
	for (size_t i = 0; i < old.len; i++)
		if (!str_eq(old.ptr[i], new.ptr[i]))
			return false;
	return true;
}
