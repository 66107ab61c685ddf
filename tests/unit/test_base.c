/* base/: arenas, slices, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/str.h"
#include "base/suggest.h"
#include "base/vec.h"

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

static void count(void *ptr)
{
	char **end = ptr;
	*(*end)++ = 'x';
}

static void test_arena_runs_what_was_deferred(void **state)
{
	char log[8] = "";
	char *end = log;
	struct arena *parent = arena_new(*state);
	struct arena *child = arena_new(parent);
	arena_defer(parent, count, &end);
	arena_defer(child, count, &end);
	arena_free(parent); /* and with it the child */
	assert_string_equal(log, "xx");
}

static void test_arena_grows_in_place_and_elsewhere(void **state)
{
	struct arena *arena = *state;
	size_t size = 8;
	char *text = arena_strdup(arena, "1234567");
	for (size_t larger = 16; larger < 1000000; larger *= 3) {
		text = arena_grow(arena, text, size, larger);
		assert_string_equal(text, "1234567");
		assert_int_equal((uintptr_t)text % sizeof(void *), 0);
		for (size_t i = size; i < larger; i++)
			assert_int_equal(text[i], 0);
		arena_alloc(arena, larger % 7 * 100);
		size = larger;
	}
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		unsigned long long value;
	} table[] = {
		{ "0", true, 0 },   { "0012", true, 12 }, { "18446744073709551615", true, UINT64_MAX },
		{ "", false, 0 },   { "-1", false, 0 },   { "18446744073709551616", false, 0 },
		{ " 1", false, 0 }, { "1a", false, 0 },   { "99999999999999999999999", false, 0 },
	};
	(void)state;
	for (size_t i = 0; i < LEN(table); i++) {
		unsigned long long value = 0;
		assert_int_equal(str_to_u64(str_of(table[i].text), &value), table[i].ok);
		assert_true(value == table[i].value);
	}
}

static void test_take_number(void **state)
{
	struct str text = STR("2024-05T-7");
	int value = 0;
	(void)state;
	assert_true(str_take_number(&text, "", 4, &value));
	assert_int_equal(value, 2024);
	assert_false(str_take_number(&text, "", 2, &value)); /* a sign is no digit */
	assert_false(str_take_number(&text, ":", 2, &value));
	assert_true(str_take_number(&text, "-", 2, &value));
	assert_int_equal(value, 5);
	assert_false(str_take_number(&text, "T", 2, &value));
	assert_true(str_eq(text, STR("T-7")));
}

static void test_mentions(void **state)
{
	static const char *const words[] = { "create user", "role", NULL };
	struct arena *arena = arena_new(NULL);
	(void)state;
	assert_true(str_mentions(arena, STR("drop ROLE x"), words));
	assert_true(str_mentions(arena, STR("Create User x"), words));
	assert_false(str_mentions(arena, STR("create table users ()"), words));
	assert_false(str_mentions(arena, STR(""), words));
	arena_free(arena);
}

static void test_bad_utf8(void **state)
{
	static const struct {
		const char *text;
		ptrdiff_t bad;
	} table[] = {
		{ "plain", -1 },
		{ "gr\xc3\xbc\xc3\x9f und \xf0\x9f\x90\x98", -1 },
		{ "12345678\xff", 8 },
		{ "\xc0\xaf", 0 },           /* overlong */
		{ "a\xed\xa0\x80", 1 },      /* a surrogate */
		{ "ab\xf4\x90\x80\x80", 2 }, /* above U+10FFFF */
		{ "abc\xe2\x82", 3 },        /* cut short */
	};
	(void)state;
	for (size_t i = 0; i < LEN(table); i++)
		assert_int_equal(str_bad_utf8(str_of(table[i].text)), table[i].bad);
}

static void test_cut_and_trim(void **state)
{
	struct str before, after;
	(void)state;
	assert_true(str_cut(STR("a=b=c"), '=', &before, &after));
	assert_true(str_eq(before, STR("a")) && str_eq(after, STR("b=c")));
	assert_false(str_cut(STR("abc"), '=', &before, &after));
	assert_true(str_eq(before, STR("abc")) && after.len == 0);
	assert_true(str_eq(str_trim(STR(" \t x y\r\n")), STR("x y")));
	assert_true(str_eq(str_trim(STR("  ")), STR("")));
	assert_int_equal(str_find(STR("needle in hay"), STR("in")), 7);
	assert_int_equal(str_find(STR("x"), STR("long")), -1);
	assert_int_equal(str_find(STR("x"), (struct str){ 0 }), 0); /* without memmem(): its needle may not be NULL */
}

/* A character is never cut in two: the server would refuse the name. */
static void test_head_ends_between_characters(void **state)
{
	static const struct {
		const char *text;
		size_t max, len;
	} table[] = {
		{ "", 4, 0 },
		{ "abc", 3, 3 },
		{ "abcd", 3, 3 },
		{ "gr\xc3\xbc\xc3\x9f", 2, 2 },
		{ "gr\xc3\xbc\xc3\x9f", 3, 2 },
		{ "gr\xc3\xbc\xc3\x9f", 4, 4 },
		{ "a\xf0\x9f\x90\x98z", 4, 1 },
		{ "a\xf0\x9f\x90\x98z", 5, 5 },
		{ "\xf0\x9f\x90\x98", 3, 0 },
	};
	(void)state;
	for (size_t i = 0; i < LEN(table); i++)
		assert_int_equal(str_head(str_of(table[i].text), table[i].max).len, table[i].len);
}

static void test_buf_keeps_what_it_gets(void **state)
{
	struct buf buf = buf_init(*state);
	for (int i = 0; i < 1000; i++)
		buf_printf(&buf, "%d,", i);
	buf_char(&buf, '.');
	assert_int_equal(buf.len, 10 * 2 + 90 * 3 + 900 * 4 + 1);
	assert_string_equal(buf.ptr + buf.len - 5, "999,.");
}

static void test_map_finds_and_replaces(void **state)
{
	struct map map = { 0 };
	char name[16];
	for (intptr_t i = 1; i <= 500; i++) {
		snprintf(name, sizeof(name), "key%ld", (long)i);
		map_set(*state, &map, str_of(arena_strdup(*state, name)), (void *)i);
	}
	map_set(*state, &map, STR("key7"), (void *)700);
	assert_ptr_equal(map_get(&map, STR("key7")), (void *)700);
	assert_ptr_equal(map_get(&map, STR("key500")), (void *)500);
	assert_null(map_get(&map, STR("key501")));
	map_insert(*state, &map, 3, STR("between"), (void *)3000);
	map_remove(&map, STR("key1"));
	map_remove(&map, STR("key501"));
	assert_int_equal(map.len, 500);
	assert_null(map_get(&map, STR("key1")));
	assert_string_equal(map.ptr[2].key.ptr, "between");
	for (size_t i = 0; i < map.len; i++)
		assert_ptr_equal(map_get(&map, map.ptr[i].key), map.ptr[i].value);
}

static void test_suggests_what_is_near(void **state)
{
	static const struct {
		const char *word, *near;
	} rows[] = {
		{ "migration", "migrations" },
		{ "lock-timeout", "lock_timeout" },
		{ "lcok_timeout", "lock_timeout" },
		{ "uri", "url" },
		{ "LOCK", "lock_timeout" },
		{ "colour", NULL },
		{ "", NULL },
	};
	struct words known = { 0 };
	vec_push(*state, &known, "migrations");
	vec_push(*state, &known, "lock_timeout");
	vec_push(*state, &known, "url");
	for (size_t i = 0; i < LEN(rows); i++) {
		const char *near = suggest(*state, rows[i].word, &known);
		if (rows[i].near)
			assert_string_equal(near, rows[i].near);
		else
			assert_null(near);
	}
}

static void test_files(void **state)
{
	struct arena *arena = *state;
	struct err err = { .arena = arena };
	char *dir = arena_strdup(arena, "/tmp/brant-unit-XXXXXX");
	assert_non_null(mkdtemp(dir));
	char *deep = path_join(arena, dir, "a/b/c"), *file = path_join(arena, deep, "f");
	struct str text;
	struct names names;

	assert_false(file_read(arena, file, &text, &err));
	assert_string_equal(err.name, "file-missing");
	assert_true(dir_make(deep, 0755, &err));
	assert_true(file_create(file, STR("one"), 0600, &err));
	assert_false(file_create(file, STR("two"), 0600, &err));
	assert_string_equal(err.name, "file-exists");
	assert_true(file_write(file, STR("three"), 0640, &err));
	assert_true(file_read(arena, file, &text, &err) && str_eq(text, STR("three")));
	struct stat st;
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_true(dir_list(arena, deep, &names, &err));
	assert_int_equal(names.len, 1); /* no file of its own making is left */

	/* What was read stays, although the file is written anew in its place. */
	struct buf large = buf_init(arena);
	for (size_t i = 0; i < 100000; i++)
		buf_text(&large, "as it was\n");
	assert_true(file_write(file, buf_as_str(&large), 0600, &err));
	assert_true(file_read(arena, file, &text, &err));
	assert_int_equal(truncate(file, 0), 0);
	assert_true(str_eq(text, buf_as_str(&large)));

	assert_int_equal(symlink("/", path_join(arena, dir, "link")), 0);
	assert_true(dir_remove(dir, &err));
	assert_false(file_exists(dir));
	assert_true(dir_remove(dir, &err));
}

static void test_buf_writes_utf8(void **state)
{
	static const struct {
		uint32_t code;
		const char *bytes;
	} rows[] = {
		{ 0x7f, "\x7f" },
		{ 0x80, "\xc2\x80" },
		{ 0x7ff, "\xdf\xbf" },
		{ 0x800, "\xe0\xa0\x80" },
		{ 0xffff, "\xef\xbf\xbf" },
		{ 0x10000, "\xf0\x90\x80\x80" },
		{ 0x10ffff, "\xf4\x8f\xbf\xbf" },
		{ 0x110000, "" },
	};
	struct arena *arena = *state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct buf buf = buf_init(arena);
		buf_utf8(&buf, rows[i].code);
		assert_string_equal(buf.ptr, rows[i].bytes);
	}
}

/* What is rounded up to the next unit is said in it: never "1000 ms" or "60.0 s". */
static void test_durations(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} rows[] = {
		{ 0, "0 ms" },           { 0.0123, "12 ms" },    { 0.9994, "999 ms" },   { 0.9996, "1.0 s" },
		{ 59.94, "59.9 s" },     { 59.96, "1 min 0 s" }, { 125.2, "2 min 5 s" }, { 3599.4, "59 min 59 s" },
		{ 3599.6, "1 h 0 min" }, { 7265, "2 h 1 min" },
	};
	for (size_t i = 0; i < LEN(rows); i++)
		assert_string_equal(clock_text(*state, rows[i].seconds), rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_arena_runs_what_was_deferred, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arena_grows_in_place_and_elsewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
		cmocka_unit_test(test_take_number),
		cmocka_unit_test(test_mentions),
		cmocka_unit_test_setup_teardown(test_bad_utf8, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_and_trim, setup, teardown),
		cmocka_unit_test_setup_teardown(test_head_ends_between_characters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_buf_keeps_what_it_gets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_map_finds_and_replaces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_suggests_what_is_near, setup, teardown),
		cmocka_unit_test_setup_teardown(test_buf_writes_utf8, setup, teardown),
		cmocka_unit_test_setup_teardown(test_durations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
