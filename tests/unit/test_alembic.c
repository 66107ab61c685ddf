/*
 * Alembic: what revision files, alembic.ini and env.py say, read without Python.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "format/alembic/alembic.h"
#include "format/alembic/python.h"
#include "fixture.h"

/* "none", "computed", "'a'", "('a', 'b')"; "-" where the name is not assigned; "error LINE:COLUMN". */
static const char *value_of(const char *text, const char *name)
{
	struct source source = { "a.py", str_of(arena_strdup(arena, text)) };
	struct err err = { .arena = arena };
	struct py_module module;
	struct buf buf = buf_init(arena);
	if (!py_module_read(arena, &source, &module, &err))
		return arena_printf(arena, "error %u:%u", err.line, err.column);
	const struct py_value *value = map_get(&module.names, str_of(name));
	if (!value)
		return "-";
	assert_true(value->offset <= source.text.len);
	if (value->kind == PY_COMPUTED)
		return "computed";
	if (value->kind == PY_NONE)
		return "none";
	for (size_t i = 0; i < value->items.len; i++)
		buf_printf(&buf, "%s'" STR_FMT "'", i ? ", " : "", STR_ARG(value->items.ptr[i]));
	return value->kind == PY_STRING ? buf.ptr : arena_printf(arena, "(%s)", buf.ptr);
}

static void reads_values(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "x = 'a'", "'a'" },
		{ "x = \"a\"  # it's", "'a'" },
		{ "x: str = 'a'", "'a'" },
		{ "x: Union[str, Sequence[str], None] = ('a', 'b')", "('a', 'b')" },
		{ "x = None", "none" },
		{ "x =", "computed" },
		{ "x =  # nothing\ny = 1", "computed" },
		{ "x = ()", "()" },
		{ "x = []", "()" },
		{ "x = ('a')", "'a'" },
		{ "x = ('a',)", "('a')" },
		{ "x = 'a',", "('a')" },
		{ "x = 'a', 'b'", "('a', 'b')" },
		{ "x = ['a']", "('a')" },
		{ "x = {'a', 'b'}", "('a', 'b')" },
		{ "x = [\n  'a', # one\n\n  'b',\n]\ny = 1", "('a', 'b')" },
		{ "x = 'a' 'b'", "'ab'" },
		{ "x = ('a'\n     'b')", "'ab'" },
		{ "x = 'a' + \"b\"", "'ab'" },
		{ "x = r'\\a'", "'\\a'" },
		{ "x = u'a'", "'a'" },
		{ "x = '''a'''", "'a'" },
		{ "x = \"\"\"a\nb\"\"\"", "'a\nb'" },
		{ "x = 'it\\'s \\x41\\u00e9\\101'",
		  "'it's A\xc3\xa9"
		  "A'" },
		{ "x = 'a\\\nb'", "'ab'" },
		{ "x = \\\n  'a'", "'a'" },
		{ "x = f'a'", "'a'" },
		{ "x = f'{a}'", "computed" },
		{ "x = b'a'", "computed" },
		{ "x = f('a')", "computed" },
		{ "x = f('a'), 'b'", "computed" },
		{ "x = 'a'.upper()", "computed" },
		{ "x = 'a' if y else 'b'", "computed" },
		{ "x = [y for y in z]", "computed" },
		{ "x = {'a': 'b'}", "computed" },
		{ "x = 'a' % (1, 2)", "computed" },
		{ "y = 'a'\nx = y", "'a'" },
		{ "x = y = 'a'", "'a'" },
		{ "x = 'a'\nx = 'b'", "'b'" },
		{ "y = 1; x = 'a'", "'a'" },
		{ "  x = 'a'", "-" },
		{ "def f():\n    x = 'a'", "-" },
		{ "def f():\n    pass; x = 'a'", "-" },
		{ "s = '''\nx = 'no'\n'''", "-" },
		{ "s = (\nx == 'no')", "-" },
		{ "x == 'a'", "-" },
		{ "x.y = 'a'", "-" },
		{ "y = f\"{d['a']:>{w}}\"\nx = 'a'", "'a'" },
		{ "y = f'{d[\"}\"]}'\nx = 'a'", "'a'" },
		{ "y = f\"{d[\"k\"]}\"\nx = 'a'", "'a'" },
		{ "y = f'{n:\">10}'\nx = 'a'", "'a'" },
		{ "y = f'{{x}}'\nx = 'a'", "'a'" },
		{ "y = rf'(\\d{{1,3}}'\nx = 'a'", "'a'" },
		{ "x = 'a'\r\ny = 'b'\r\n", "'a'" },
		{ "x = 'a", "error 1:5" },
		{ "x = ('a'", "error 1:9" },
		{ "\n'''", "error 2:1" },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		const char *got = value_of(rows[i].text, "x");
		if (strcmp(got, rows[i].want) != 0)
			print_error("%s\n", rows[i].text);
		assert_string_equal(got, rows[i].want);
	}
}

static void finds_docstring_and_functions(void **state)
{
	(void)state;
	struct source source = { "a.py",
				 STR("# c\n\"\"\"add users\n\nRevision ID: a\n\"\"\"\nfrom alembic import op\n"
				     "def upgrade() -> None:\n    def downgrade(): pass\n") };
	struct py_module module;
	struct err err = { .arena = arena };
	assert_true(py_module_read(arena, &source, &module, &err));
	assert_true(str_starts(module.docstring, STR("add users\n")));
	assert_non_null(map_get(&module.functions, STR("upgrade")));
	assert_null(map_get(&module.functions, STR("downgrade")));
	assert_false(module.imports);
}

static void sees_imports_of_the_project(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool imports;
	} rows[] = {
		{ "import sqlalchemy as sa", false },
		{ "from alembic import op", false },
		{ "from sqlalchemy.dialects import x", false },
		{ "import app", true },
		{ "import sqlalchemy, app", true },
		{ "from .. import x", true },
		{ "from app.models import User", true },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct source source = { "a.py", str_of(rows[i].text) };
		struct py_module module;
		struct err err = { .arena = arena };
		assert_true(py_module_read(arena, &source, &module, &err));
		assert_int_equal(module.imports, rows[i].imports);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_values, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_docstring_and_functions, setup, teardown),
		cmocka_unit_test_setup_teardown(sees_imports_of_the_project, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
