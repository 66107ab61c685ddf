/*
 * json_print.c - JSON made here, and written the way JSON.stringify does it: files that Node's tools wrote then change where they must.
 */
#include <stdlib.h>

#include "base/json.h"

struct json json_new(enum json_kind empty)
{
	return (struct json){ .kind = empty };
}

struct json json_of_str(struct str text)
{
	return (struct json){ .kind = JS_STRING, .text = text };
}

struct json json_of_text(const char *text)
{
	return text ? json_of_str(str_of(text)) : json_new(JS_NULL);
}

struct json json_of_bool(bool truth)
{
	return (struct json){ .kind = JS_BOOL, .truth = truth };
}

struct json json_of_integer(struct arena *arena, long long number)
{
	return (struct json){ .kind = JS_NUMBER, .text = str_of(arena_printf(arena, "%lld", number)) };
}

struct json *json_add(struct arena *arena, struct json *array, struct json value)
{
	return vec_push(arena, array, value);
}

struct json *json_put(struct arena *arena, struct json *object, const char *key, struct json value)
{
	value.key = str_of(key);
	return vec_push(arena, object, value);
}

static void print_string(struct buf *buf, struct str text)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	size_t done = 0;
	buf_char(buf, '"');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if ((unsigned char)c >= 32 && c != '"' && c != '\\')
			continue;
		const char *found = c ? strchr(from, c) : NULL;
		buf_str(buf, str_slice(text, done, i));
		done = i + 1;
		if (found)
			buf_printf(buf, "\\%c", to[found - from]);
		else
			buf_printf(buf, "\\u%04x", (unsigned)c);
	}
	buf_str(buf, str_slice(text, done, text.len));
	buf_char(buf, '"');
}

static void print_break(struct buf *buf, unsigned indent, unsigned depth)
{
	static const char spaces[] = "                ";
	if (!indent)
		return;
	buf_char(buf, '\n');
	for (size_t left = (size_t)indent * depth, n; left; left -= n) {
		n = left < sizeof(spaces) - 1 ? left : sizeof(spaces) - 1;
		buf_add(buf, spaces, n);
	}
}

static void print_value(struct buf *buf, const struct json *value, unsigned indent, unsigned depth);

static void print_container(struct buf *buf, const struct json *value, unsigned indent, unsigned depth)
{
	bool object = value->kind == JS_OBJECT;
	buf_char(buf, object ? '{' : '[');
	for (size_t i = 0; i < value->len; i++) {
		if (i)
			buf_char(buf, ',');
		print_break(buf, indent, depth + 1);
		if (object) {
			print_string(buf, value->ptr[i].key);
			buf_text(buf, indent ? ": " : ":");
		}
		print_value(buf, &value->ptr[i], indent, depth + 1);
	}
	if (value->len)
		print_break(buf, indent, depth);
	buf_char(buf, object ? '}' : ']');
}

static void print_value(struct buf *buf, const struct json *value, unsigned indent, unsigned depth)
{
	switch (value->kind) {
	case JS_NULL:
		buf_text(buf, "null");
		break;
	case JS_BOOL:
		buf_text(buf, value->truth ? "true" : "false");
		break;
	case JS_NUMBER:
		buf_str(buf, value->text);
		break;
	case JS_STRING:
		print_string(buf, value->text);
		break;
	case JS_ARRAY:
	case JS_OBJECT:
		print_container(buf, value, indent, depth);
		break;
	}
}

struct str json_print(struct arena *arena, const struct json *value, unsigned indent)
{
	struct buf buf = buf_init(arena);
	print_value(&buf, value, indent, 0);
	return buf_as_str(&buf);
}

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const struct json *)a)->key, ((const struct json *)b)->key);
}

struct json json_in_order(struct arena *arena, const struct json *value)
{
	struct json copy = *value;
	if (!value->len)
		return copy;
	copy.ptr = arena_alloc(arena, value->len * sizeof(*copy.ptr));
	copy.cap = value->len;
	for (size_t i = 0; i < value->len; i++)
		copy.ptr[i] = json_in_order(arena, &value->ptr[i]);
	if (value->kind == JS_OBJECT)
		qsort(copy.ptr, copy.len, sizeof(*copy.ptr), by_key);
	return copy;
}
