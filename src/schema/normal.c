#include "schema/normal.h"

/* Behind the quoted text that begins at text[at]. */
static size_t skip_quoted(const char *text, size_t at)
{
	char quote = text[at++];
	while (text[at] && text[at] != quote)
		at++;
	return text[at] ? at + 1 : at;
}

/* The bracket that closes the one at text[at], or the text's end. */
static size_t closing(const char *text, size_t at)
{
	size_t depth = 0;
	while (text[at]) {
		char c = text[at];
		if (c == '\'' || c == '"') {
			at = skip_quoted(text, at);
			continue;
		}
		if (c == '(' || c == '[')
			depth++;
		else if ((c == ')' || c == ']') && --depth == 0)
			return at;
		at++;
	}
	return at;
}

/* The length of a type's name that ends with "[]" at text; 0 where there is none. */
static size_t array_type(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_. \"()");
	return len && strncmp(text + len, "[]", 2) == 0 ? len : 0;
}

static void add_elements(struct buf *buf, struct arena *arena, struct str list, struct str type)
{
	size_t start = 0;
	for (size_t at = 0; at <= list.len; at++) {
		char c = at < list.len ? list.ptr[at] : ',';
		if (c == '\'' || c == '"') {
			at = skip_quoted(list.ptr, at) - 1;
		} else if (c == '(' || c == '[') {
			at = closing(list.ptr, at);
		} else if (c == ',') {
			struct str one = str_trim(str_slice(list, start, at));
			buf_printf(buf, "%s(%s)::" STR_FMT, start ? ", " : "",
				   normal_expression(arena, str_dup(arena, one)), STR_ARG(type));
			start = at + 1;
		}
	}
}

char *normal_expression(struct arena *arena, const char *text)
{
	static const char head[] = "(ARRAY[";
	struct buf buf = buf_init(arena);
	for (size_t at = 0; text[at];) {
		size_t open = at + strlen(head) - 1, close, type;
		if (text[at] == '\'' || text[at] == '"') {
			size_t end = skip_quoted(text, at);
			buf_add(&buf, text + at, end - at);
			at = end;
		} else if (strncmp(text + at, head, strlen(head)) == 0 && text[close = closing(text, open)] == ']' &&
			   strncmp(text + close, "])::", 4) == 0 && (type = array_type(text + close + 4))) {
			buf_text(&buf, "ARRAY[");
			add_elements(&buf, arena,
				     (struct str){ str_dup(arena, (struct str){ text + open + 1, close - open - 1 }),
						   close - open - 1 },
				     (struct str){ text + close + 4, type });
			buf_char(&buf, ']');
			at = close + 4 + type + 2;
		} else {
			buf_char(&buf, text[at++]);
		}
	}
	return buf.ptr;
}

bool same_expression(const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	if (!strstr(a, "ARRAY[") || !strstr(b, "ARRAY["))
		return false;
	struct arena *arena = arena_new(NULL);
	char *left = normal_expression(arena, a), *right = normal_expression(arena, b);
	bool same = strcmp(left, right) == 0;
	arena_free(arena);
	return same;
}
