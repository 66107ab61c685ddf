/* base/json: what a strict reader takes, where errors are, and that what was read is written again as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/json.h"

static int setup(void **state)
{
	*state = arena_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static bool parse(struct arena *arena, const char *text, struct json *ret_value, struct err *err)
{
	*err = (struct err){ .arena = arena };
	return json_parse(arena, JSON_PLAIN, "f.json", str_of(text), ret_value, err);
}

static const char *const good[] = {
	"{}",
	"[]",
	"null",
	" true ",
	"-0.5e+10",
	"\"\"",
	"[1,2,[3,{\"a\":[]}]]",
	"{\"a\":{\"b\":null},\"c\":\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\/\"}",
	"\"caf\u00e9 \u20ac\"",
	"[\t1\r\n, 2]",
	"{\"z\":1,\"a\":2,\"1\":3}",
};

static const struct {
	const char *text;
	unsigned line, column;
	const char *message;
} bad[] = {
	{ "", 1, 1, "the file ends where a value should stand" },
	{ "{\"a\":1,}", 1, 8, "one more member should stand here" },
	{ "[1,]", 1, 4, "one more value should stand here" },
	{ "[1 2]", 1, 4, "\",\" or \"]\" should stand here" },
	{ "{\"a\" 1}", 1, 6, "\":\" should stand here" },
	{ "{a:1}", 1, 2, "a key in double quotes should stand here" },
	{ "[\n  \"\u00e9\u00e9\" x", 2, 8, "\",\" or \"]\" should stand here" },
	{ "\"a", 1, 3, "the file ends where the end of the string should stand" },
	{ "\"a\nb\"", 1, 3, "the end of the string should stand here" },
	{ "\"\\x\"", 1, 3, "an escape like \\n or \\u0041 should stand here" },
	{ "\"\\u12g4\"", 1, 6, "a hexadecimal digit should stand here" },
	{ "01", 1, 2, "the end of the file should stand here" },
	{ "1.", 1, 3, "the file ends where a digit should stand" },
	{ "-", 1, 2, "the file ends where a digit should stand" },
	{ "1e", 1, 3, "the file ends where a digit should stand" },
	{ "tru", 1, 1, "a value should stand here" },
	{ "[] []", 1, 4, "the end of the file should stand here" },
	{ "// no\n1", 1, 1, "a value should stand here" },
	{ "'a'", 1, 1, "a value should stand here" },
	{ "{\n<<<<<<< HEAD\n", 2, 1, "a key in double quotes should stand here" },
};

/* jansson, a strict reader of somebody else's, agrees on what is JSON; a few values it does not take at all. */
static void test_reads_what_jansson_reads(void **state)
{
	for (size_t i = 0; i < LEN(good); i++) {
		struct json value;
		struct err err;
		json_t *other = json_loads(good[i], JSON_DECODE_ANY, NULL);
		if (!parse(*state, good[i], &value, &err))
			fail_msg("%s: %s", good[i], err.message);
		assert_non_null(other);
		json_t *again = json_loads(json_print(*state, &value, i % 3).ptr, JSON_DECODE_ANY, NULL);
		assert_non_null(again);
		assert_true(json_equal(other, again));
		json_decref(other);
		json_decref(again);
	}
}

static void test_bad_text_has_a_place(void **state)
{
	for (size_t i = 0; i < LEN(bad); i++) {
		struct json value;
		struct err err;
		json_t *other = json_loads(bad[i].text, JSON_DECODE_ANY, NULL);
		assert_null(other);
		assert_false(parse(*state, bad[i].text, &value, &err));
		assert_string_equal(err.message, bad[i].message);
		assert_string_equal(err.name, "json-invalid");
		assert_string_equal(err.file, "f.json");
		assert_int_equal(err.line, bad[i].line);
		assert_int_equal(err.column, bad[i].column);
		assert_true((err.hint != NULL) == (strstr(bad[i].text, "<<<<<<<") != NULL));
	}
}

static void test_bytes_that_are_no_text(void **state)
{
	struct json value;
	struct err err = { .arena = *state };
	assert_false(json_parse(*state, JSON_PLAIN, "f", (struct str){ "[\n\"a\0\"]", 8 }, &value, &err));
	assert_string_equal(err.name, "nul-byte");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 3);
	assert_false(parse(*state, "[\"\xff\"]", &value, &err));
	assert_string_equal(err.name, "not-utf8");
	assert_true(parse(*state, "{\"a\": \"x\\u0000y\"}", &value, &err)); /* keys of drizzle-kit's have it */
	assert_int_equal(json_get(&value, "a")->text.len, 3);
	assert_string_equal(json_get_text(&value, "a", "none"), "none");
	assert_string_equal(json_print(*state, &value, 0).ptr, "{\"a\":\"x\\u0000y\"}");
	assert_true(parse(*state, "\xef\xbb\xbf[1]", &value, &err));
	assert_int_equal(value.column, 1);
}

static void test_depth_has_a_limit(void **state)
{
	struct json value;
	struct err err;
	struct buf buf = buf_init(*state);
	for (int i = 0; i < JSON_MAX_DEPTH; i++)
		buf_char(&buf, '[');
	for (int i = 0; i < JSON_MAX_DEPTH; i++)
		buf_char(&buf, ']');
	assert_true(parse(*state, buf.ptr, &value, &err));
	assert_false(parse(*state, arena_printf(*state, "[%s]", buf.ptr), &value, &err));
	assert_string_equal(err.message, "more than 200 levels are too deep");
}

static void test_values_are_found(void **state)
{
	struct json value;
	struct err err;
	long long number;
	assert_true(parse(*state, "{\"a\": 1, \"n\": -12, \"f\": 1.0,\n \"s\": \"x\", \"t\": true, \"a\": 3}", &value,
			  &err));
	assert_true(json_integer_of(json_get(&value, "a"), &number));
	assert_int_equal(number, 3); /* the last one, as in JavaScript */
	assert_true(json_integer_of(json_get(&value, "n"), &number));
	assert_int_equal(number, -12);
	assert_false(json_integer_of(json_get(&value, "f"), &number));
	assert_false(json_integer_of(json_get(&value, "missing"), &number));
	assert_string_equal(json_get_text(&value, "s", NULL), "x");
	assert_string_equal(json_get_text(&value, "t", "other"), "other");
	assert_true(json_get_true(&value, "t"));
	assert_null(json_get(json_get(&value, "s"), "x"));
	assert_null(json_get_kind(&value, "s", JS_NUMBER));
	assert_int_equal(json_get(&value, "s")->line, 2);
	assert_int_equal(json_get(&value, "s")->column, 7);
	assert_string_equal(json_kind_text(json_get(&value, "f")), "a number");
	assert_string_equal(json_kind_text(NULL), "nothing");
}

static void test_prints_as_json_stringify(void **state)
{
	struct arena *arena = *state;
	struct json object = json_new(JS_OBJECT), list = json_new(JS_ARRAY);
	json_add(arena, &list, json_of_integer(arena, 7));
	json_add(arena, &list, json_of_bool(false));
	json_put(arena, &object, "list", list);
	json_put(arena, &object, "none", json_new(JS_ARRAY));
	json_put(arena, &object, "empty", json_new(JS_OBJECT));
	json_put(arena, &object, "text", json_of_text("a\"\\/\b\f\n\r\t\x01\x7f\u00e9"));
	json_put(arena, &object, "null", json_of_text(NULL));
	assert_string_equal(json_print(arena, &object, 2).ptr,
			    "{\n  \"list\": [\n    7,\n    false\n  ],\n  \"none\": [],\n  \"empty\": {},\n"
			    "  \"text\": \"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\u00e9\",\n  \"null\": null\n}");
	assert_string_equal(json_print(arena, &list, 0).ptr, "[7,false]");
}

static void test_comments_where_they_are_allowed(void **state)
{
	struct json value;
	struct err err = { .arena = *state };
	struct str text = STR("// top\n{ /* a\n*/ \"a\": [1, 2,], // end\n \"b\": \"//\", }\n/* open");
	assert_true(json_parse(*state, JSON_WITH_COMMENTS, "tsconfig.json", text, &value, &err));
	assert_int_equal(json_get(&value, "a")->len, 2);
	assert_string_equal(json_get_text(&value, "b", NULL), "//");
	assert_int_equal(json_get(&value, "b")->line, 4);
	assert_false(json_parse(*state, JSON_WITH_COMMENTS, "tsconfig.json", STR("[1,,2]"), &value, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reads_what_jansson_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_text_has_a_place, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bytes_that_are_no_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_depth_has_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(test_prints_as_json_stringify, setup, teardown),
		cmocka_unit_test_setup_teardown(test_comments_where_they_are_allowed, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
