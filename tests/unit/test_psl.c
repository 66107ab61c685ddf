/*
 * schema.prisma: lines, blocks, values, places, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "format/prisma/psl/psl.h"
#include "fixture.h"

#define DATASOURCE "datasource db {\n  provider = \"postgresql\"\n}\n"

static struct psl *parse(const char *text)
{
	struct psl_file file = { "schema.prisma", str_of(arena_strdup(arena, text)) };
	return psl_parse(arena, &file, 1);
}

/* "" where there is no problem, otherwise "line:column name: message". */
static const char *first_problem(const struct psl *psl)
{
	struct err err = { .arena = arena };
	if (psl_ok(psl, &err))
		return "";
	return arena_printf(arena, "%u:%u %s: %s", err.line, err.column, err.name, err.message);
}

static void assert_text(struct str got, const char *want)
{
	assert_string_equal(str_dup(arena, got), want);
}

/* ---- lines ---- */

static void reads_a_model(void **state)
{
	(void)state;
	struct psl *psl =
		parse(DATASOURCE
		      "/// doc\nmodel User { // note\n  id Int @id /* key */\n  tags String[]@map(\"t\")\n"
		      "\n  /* b\n b */\n  p Unsupported( \"point\" ) ?\n  @@map(\"users\") // x\n} model B {\n}\n");
	assert_string_equal(first_problem(psl), "");
	assert_int_equal(psl->models.len, 2);
	const struct psl_model *model = psl->models.ptr[0];
	assert_text(model->name, "User");
	assert_int_equal(model->fields.len, 3);
	assert_text(model->fields.ptr[1]->type, "String");
	assert_int_equal(model->fields.ptr[1]->arity, PSL_LIST);
	assert_text(model->fields.ptr[1]->attributes.ptr[0].args.ptr[0].value->text, "t");
	assert_text(model->fields.ptr[2]->unsupported->text, "point");
	assert_int_equal(model->fields.ptr[2]->arity, PSL_OPTIONAL);
	assert_text(model->attributes.ptr[0].name, "map");
}

static void takes_every_line_end(void **state)
{
	(void)state;
	static const char *const ends[] = { "\n", "\r\n", "\r" };
	for (size_t i = 0; i < LEN(ends); i++) {
		struct psl *psl = parse(arena_printf(arena, "enum E {%s  A%s  B // b%s}%smodel M {%s  id Int @id%s}",
						     ends[i], ends[i], ends[i], ends[i], ends[i], ends[i]));
		assert_string_equal(first_problem(psl), "");
		assert_int_equal(psl->enums.ptr[0]->values.len, 2);
		assert_int_equal(psl->models.ptr[0]->fields.len, 1);
	}
}

static void reads_values(void **state)
{
	(void)state;
	struct psl *psl =
		parse("model A {\n  @@x([a, b(sort: Desc), -1.50], where: { s: { not: null } }, n: now(), e:)\n}\n");
	assert_string_equal(first_problem(psl), "");
	const struct psl_arguments *args = &psl->models.ptr[0]->attributes.ptr[0].args;
	assert_int_equal(args->len, 4);
	const struct psl_value *list = args->ptr[0].value;
	assert_int_equal(list->kind, PSL_ARRAY);
	assert_int_equal(list->args.ptr[0].value->kind, PSL_WORD);
	assert_int_equal(list->args.ptr[1].value->kind, PSL_CALL);
	assert_text(list->args.ptr[1].value->args.ptr[0].name, "sort");
	assert_text(list->args.ptr[2].value->text, "-1.50");
	assert_int_equal(args->ptr[1].value->kind, PSL_OBJECT);
	assert_text(args->ptr[1].value->args.ptr[0].value->args.ptr[0].name, "not");
	assert_text(args->ptr[2].value->at, "now()");
	assert_null(args->ptr[3].value);
}

static void unescapes_strings(void **state)
{
	(void)state;
	static const struct {
		const char *written, *means;
	} rows[] = {
		{ "plain", "plain" },
		{ "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
		{ "\\u0041\\u00e9\\u20ac", "A\xc3\xa9\xe2\x82\xac" },
		{ "\\ud83d\\ude00", "\xf0\x9f\x98\x80" },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct psl *psl = parse(arena_printf(arena, "model A {\n  @@x(\"%s\")\n}\n", rows[i].written));
		assert_string_equal(first_problem(psl), "");
		assert_text(psl->models.ptr[0]->attributes.ptr[0].args.ptr[0].value->text, rows[i].means);
	}
}

static void understands_the_datasource(void **state)
{
	(void)state;
	struct psl *psl =
		parse("datasource pg {\n  provider = \"postgres\"\n  url = env(\"DATABASE_URL\")\n"
		      "  directUrl = \"postgresql://x\"\n  schemas = [\"b\", \"a\"]\n  relationMode = \"prisma\"\n"
		      "  extensions = [hs(map: \"hstore\", schema: \"s\"), citext]\n}\n");
	assert_string_equal(first_problem(psl), "");
	const struct psl_datasource *d = &psl->datasource;
	assert_text(d->name, "pg");
	assert_text(d->url.variable, "DATABASE_URL");
	assert_text(d->direct_url.written, "postgresql://x");
	assert_text(d->schemas.ptr[0], "a");
	assert_true(d->emulates_relations);
	assert_text(d->extensions.ptr[0].name, "citext");
	assert_text(d->extensions.ptr[1].map, "hstore");
}

/* ---- what is broken ---- */

static void says_where_it_is_broken(void **state)
{
	(void)state;
	static const struct {
		const char *text, *problem;
	} rows[] = {
		{ "modle A {\n}\n",
		  "1:1 prisma-syntax: \"modle\" begins no block: expected model, view, enum, datasource or generator" },
		{ "model A {\n  id Int @id\n", "1:7 prisma-syntax: the block \"A\" is not closed" },
		{ "model A {\n  id Int @id\nmodel B {\n}\n", "1:7 prisma-syntax: the block \"A\" is not closed" },
		{ "model A {\n  id Int,\n}\n", "2:9 prisma-syntax: this is neither an attribute nor a comment" },
		{ "model A {\n  id\n}\n", "2:3 prisma-syntax: the field \"id\" has no type" },
		{ "model A {\n  _id Int\n}\n", "2:3 prisma-syntax: this line is not a field or an attribute" },
		{ "model A {\n  € Int\n}\n", "2:3 prisma-syntax: this line is not a field or an attribute" },
		{ "model A {\n  /* é */ a Int @x(1\n}\n",
		  "2:21 prisma-syntax: expected \",\" or \")\", found the end of the line" },
		{ "model A {\n  a Int @x([1,])\n}\n", "2:14 prisma-syntax: a comma with nothing behind it" },
		{ "model A {\n  a Int @x(1x)\n}\n", "2:13 prisma-syntax: expected \",\" or \")\", found \"x\"" },
		{ "model A {\n  a Int @x(\"b)\n}\n", "2:12 prisma-syntax: unterminated string" },
		{ "model A {\n  a Int @x(\"\\q\")\n}\n",
		  "2:13 prisma-invalid: unknown escape sequence \"\\q\" in a string" },
		{ "model A {\n  a Int[]?\n}\n", "2:5 prisma-invalid: a list cannot be optional: write Int[] or Int?" },
		{ "/* x\n", "1:1 prisma-syntax: unterminated comment" },
		{ "type A = Int\n",
		  "1:6 prisma-syntax: a type cannot be another name of one: this has been left out of the language" },
		{ "enum E\n{\n}\n", "1:1 prisma-syntax: expected \"enum NAME {\" on one line" },
		{ "datasource d {\n  provider = \"mysql\"\n}\n",
		  "2:14 prisma-provider: the provider is \"mysql\": brant works with PostgreSQL only" },
		{ "datasource d {\n  provider = \"postgresql\"\n  shemas = [\"a\"]\n}\n",
		  "3:3 prisma-invalid: a datasource has no property \"shemas\"" },
	};
	for (size_t i = 0; i < LEN(rows); i++)
		assert_string_equal(first_problem(parse(rows[i].text)), rows[i].problem);
}

/* One error costs one line: the others are told in the detail, in the order of the text. */
static void goes_on_after_an_error(void **state)
{
	(void)state;
	struct err err = { .arena = arena };
	struct psl *psl = parse("model A {\n  id Int,\n  b Int @x(\n  c Int\n}\nmodel B {\n  id Int\n}\n");
	assert_false(psl_ok(psl, &err));
	assert_int_equal(err.line, 2);
	assert_string_equal(err.detail,
			    "There is 1 more:\nschema.prisma:3:12: expected a value, found the end of the line");
	assert_int_equal(psl->models.ptr[0]->fields.len, 1);
	assert_int_equal(psl->models.len, 2);
}

static char *repeat(const char *text, size_t times)
{
	struct buf buf = buf_init(arena);
	while (times--)
		buf_text(&buf, text);
	return buf.ptr;
}

static void bears_depth(void **state)
{
	(void)state;
	static const char *const openings[] = { "[", "a(", "{a:", "a(b:[" };
	for (size_t i = 0; i < LEN(openings); i++) {
		const char *text = arena_printf(arena, "model A {\n  @@x(%s\n}\n", repeat(openings[i], 100000));
		struct psl *psl = parse(text);
		assert_int_equal(psl->problems.len, 1);
		assert_string_equal(psl->problems.ptr[0].message, "a value nested deeper than 64 levels");
	}
}

/* ---- what is understood ---- */

/* The schemas of the interop tests, here for the sanitizers: "###", and what brant says of the schema that follows. */
static void each_case(const char *path, void (*check)(struct psl *psl, struct str said))
{
	struct err err = { .arena = arena };
	struct str text, one, rest;
	size_t cases = 0;
	assert_true(file_read(arena, path, &text, &err));
	for (ptrdiff_t at = str_find(text, STR("###")); at >= 0; cases++) {
		text = str_slice(text, (size_t)at + 3, text.len);
		at = str_find(text, STR("\n###"));
		one = at < 0 ? text : str_slice(text, 0, (size_t)at + 1);
		at = at < 0 ? at : at + 1;
		assert_true(str_cut(one, '\n', &one, &rest));
		bool whole = str_find(rest, STR("datasource")) >= 0;
		struct psl *psl = parse(arena_printf(arena, "%s" STR_FMT, whole ? "" : DATASOURCE, STR_ARG(rest)));
		psl_check(psl);
		check(psl, str_trim(one));
	}
	assert_true(cases > 5);
}

static void is_accepted(struct psl *psl, struct str said)
{
	(void)said;
	assert_string_equal(first_problem(psl), "");
	psl_ddl(arena, psl);
	psl_ddl_to_run(arena, psl);
}

/* Lines differ, since the head of the interop tests is longer: the name and the message count. */
static void is_refused(struct psl *psl, struct str said)
{
	ptrdiff_t at = str_find(said, STR(": prisma-"));
	assert_true(at >= 0);
	assert_non_null(strstr(first_problem(psl), str_dup(arena, str_slice(said, (size_t)at + 2, said.len))));
}

static void takes_what_it_took(void **state)
{
	(void)state;
	each_case("tests/interop/prisma/accepted.txt", is_accepted);
}

static void refuses_what_it_refused(void **state)
{
	(void)state;
	each_case("tests/interop/prisma/refused.txt", is_refused);
	each_case("tests/interop/prisma/only_brant_refuses.txt", is_refused);
}

static void writes_ddl(void **state)
{
	(void)state;
	struct psl *psl = parse(
		DATASOURCE
		"model User {\n  id Int @id @default(autoincrement())\n  posts Post[]\n}\n"
		"model Post {\n  id String @id @map(\"the \\\"id\")\n  by User? @relation(fields: [byId], references: [id])\n"
		"  byId Int? @unique\n}\n");
	psl_check(psl);
	assert_text(
		psl_ddl(arena, psl),
		"-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS \"public\";\n\n"
		"-- CreateTable\nCREATE TABLE \"User\" (\n    \"id\" SERIAL NOT NULL,\n\n    CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\")\n);\n\n"
		"-- CreateTable\nCREATE TABLE \"Post\" (\n    \"the \"\"id\" TEXT NOT NULL,\n    \"byId\" INTEGER,\n\n"
		"    CONSTRAINT \"Post_pkey\" PRIMARY KEY (\"the \"\"id\")\n);\n\n"
		"-- CreateIndex\nCREATE UNIQUE INDEX \"Post_byId_key\" ON \"Post\"(\"byId\");\n\n"
		"-- AddForeignKey\nALTER TABLE \"Post\" ADD CONSTRAINT \"Post_byId_fkey\" FOREIGN KEY (\"byId\") "
		"REFERENCES \"User\"(\"id\") ON DELETE SET NULL ON UPDATE CASCADE;\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_a_model, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_every_line_end, setup, teardown),
		cmocka_unit_test_setup_teardown(reads_values, setup, teardown),
		cmocka_unit_test_setup_teardown(unescapes_strings, setup, teardown),
		cmocka_unit_test_setup_teardown(understands_the_datasource, setup, teardown),
		cmocka_unit_test_setup_teardown(says_where_it_is_broken, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_on_after_an_error, setup, teardown),
		cmocka_unit_test_setup_teardown(bears_depth, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_what_it_took, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_what_it_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(writes_ddl, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
