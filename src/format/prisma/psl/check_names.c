#include "format/prisma/psl/check.h"

/* Words of JavaScript, of which Prisma's client is made. */
static const char *const reserved[] = {
	"PrismaClient", "break",  "case",     "catch", "class",      "const",   "continue",  "debugger",
	"default",      "delete", "do",       "else",  "enum",       "export",  "extends",   "false",
	"finally",      "for",    "function", "if",    "implements", "import",  "in",        "instanceof",
	"interface",    "let",    "new",      "null",  "package",    "private", "protected", "public",
	"return",       "super",  "switch",   "this",  "throw",      "true",    "try",       "typeof",
	"var",          "void",   "while",    "with",  "yield",      "async",   "await",     "using",
};

static bool is_reserved(struct str name)
{
	for (size_t i = 0; i < LEN(reserved); i++)
		if (str_eq(name, str_of(reserved[i])))
			return true;
	return false;
}

/* ---- one name ---- */

static void check_name(struct psl *psl, struct str name, const char *what)
{
	if (name.ptr[0] >= '0' && name.ptr[0] <= '9')
		psl_problem(psl, name, "the name of %s must not begin with a digit: \"" STR_FMT "\"", what,
			    STR_ARG(name));
	else if (memchr(name.ptr, '-', name.len))
		psl_problem(psl, name, "the name of %s must not have a \"-\": \"" STR_FMT "\"", what, STR_ARG(name));
}

static void check_attribute_names(struct psl *psl, const struct psl_attributes *attributes)
{
	for (size_t i = 0; i < attributes->len; i++)
		check_name(psl, attributes->ptr[i].name, "an attribute");
}

static void check_block_name(struct psl *psl, struct str name, const char *what)
{
	check_name(psl, name, what);
	if (is_scalar_name(name))
		psl_problem(psl, name, "\"" STR_FMT "\" is the name of a type that there is already", STR_ARG(name));
	else if (is_reserved(name))
		psl_problem(psl, name, "the name \"" STR_FMT "\" is reserved", STR_ARG(name));
	if (map_get(&psl->model_names, name) || map_get(&psl->enum_names, name))
		psl_problem(psl, name, "there is a block \"" STR_FMT "\" already", STR_ARG(name));
}

/* ---- blocks ---- */

static void check_model_names(struct psl *psl, struct psl_model *model)
{
	check_block_name(psl, model->name, "a model");
	map_set(psl->arena, &psl->model_names, model->name, model);
	check_attribute_names(psl, &model->attributes);
	for (size_t i = 0; i < model->fields.len; i++) {
		struct psl_field *field = model->fields.ptr[i];
		check_name(psl, field->name, "a field");
		check_attribute_names(psl, &field->attributes);
		if (map_get(&model->by_name, field->name))
			psl_problem(psl, field->name, "\"" STR_FMT "\" has a field \"" STR_FMT "\" already",
				    STR_ARG(model->name), STR_ARG(field->name));
		else
			map_set(psl->arena, &model->by_name, field->name, field);
	}
}

static void check_enum_names(struct psl *psl, struct psl_enum *enumeration)
{
	struct map values = { 0 };
	check_block_name(psl, enumeration->name, "an enum");
	map_set(psl->arena, &psl->enum_names, enumeration->name, enumeration);
	check_attribute_names(psl, &enumeration->attributes);
	if (!enumeration->values.len)
		psl_problem(psl, enumeration->name, "the enum \"" STR_FMT "\" has no values",
			    STR_ARG(enumeration->name));
	for (size_t i = 0; i < enumeration->values.len; i++) {
		struct psl_enum_value *value = &enumeration->values.ptr[i];
		check_name(psl, value->name, "a value");
		check_attribute_names(psl, &value->attributes);
		if (map_set(psl->arena, &values, value->name, value))
			psl_problem(psl, value->name, "\"" STR_FMT "\" has a value \"" STR_FMT "\" already",
				    STR_ARG(enumeration->name), STR_ARG(value->name));
	}
}

static void check_there_is_one(struct psl *psl)
{
	if (psl->datasource.at.ptr || !psl->files.len)
		return;
	psl_problem(psl, str_slice(psl->files.ptr[0].text, 0, 0), "there is no datasource");
	psl_hint(psl, "Write datasource db { and below it provider = \"postgresql\".");
}

void check_names(struct psl *psl)
{
	check_there_is_one(psl);
	if (psl->datasource.name.len && is_scalar_name(psl->datasource.name))
		psl_problem(psl, psl->datasource.name, "a datasource cannot be called \"" STR_FMT "\"",
			    STR_ARG(psl->datasource.name));
	for (size_t i = 0; i < psl->enums.len; i++)
		check_enum_names(psl, psl->enums.ptr[i]);
	for (size_t i = 0; i < psl->models.len; i++)
		check_model_names(psl, psl->models.ptr[i]);
}
