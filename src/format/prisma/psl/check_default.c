#include "format/prisma/psl/check.h"
#include "format/prisma/psl/literal.h"

/* ---- functions ---- */

/* Made by Prisma's client, not by the database: their arguments are checked as Prisma does, and that is all. */
static bool is_version(const struct psl_value *call, long long first, long long second)
{
	long long version;
	if (!call->args.len)
		return true;
	const struct psl_value *value = call->args.ptr[0].value;
	return call->args.len == 1 && value && value->kind == PSL_NUMBER && text_integer(value->text, &version) &&
		(version == first || version == second);
}

static const char *wrong_uuid(const struct psl_value *call)
{
	return is_version(call, 4, 7) ? NULL : "uuid() takes 4 or 7, or no argument";
}

static const char *wrong_cuid(const struct psl_value *call)
{
	return is_version(call, 1, 2) ? NULL : "cuid() takes 1 or 2, or no argument";
}

static const char *wrong_nanoid(const struct psl_value *call)
{
	long long length;
	if (!call->args.len)
		return NULL;
	const struct psl_value *value = call->args.ptr[0].value;
	bool ok = call->args.len == 1 && value && value->kind == PSL_NUMBER && text_integer(value->text, &length) &&
		length >= 2 && length <= 255;
	return ok ? NULL : "nanoid() takes a length from 2 to 255, or no argument";
}

static const char *wrong_if_any(const struct psl_value *call)
{
	return call->args.len ? "this function takes no argument" : NULL;
}

static const char *wrong_dbgenerated(const struct psl_value *call)
{
	if (!call->args.len)
		return NULL;
	const struct psl_value *value = call->args.ptr[0].value;
	bool ok = call->args.len == 1 && value && value->kind == PSL_STRING && value->text.len;
	return ok ? NULL : "dbgenerated() takes a string that is not empty, or no argument";
}

enum { ON_INT = 1 << PSL_INT, ON_BIGINT = 1 << PSL_BIGINT, ON_TEXT = 1 << PSL_TEXT, ON_DATETIME = 1 << PSL_DATETIME };

static const struct function {
	const char *name;
	unsigned scalars; /* that it is for; 0: all, and fields that are no scalars */
	const char *(*wrong)(const struct psl_value *call);
} functions[] = {
	{ "autoincrement", ON_INT | ON_BIGINT, wrong_if_any },
	{ "now", ON_DATETIME, wrong_if_any },
	{ "uuid", ON_TEXT, wrong_uuid },
	{ "cuid", ON_TEXT, wrong_cuid },
	{ "nanoid", ON_TEXT, wrong_nanoid },
	{ "ulid", ON_TEXT, wrong_if_any },
	{ "dbgenerated", 0, wrong_dbgenerated },
};

static void tell_unknown(struct psl *psl, const struct psl_value *call)
{
	static const char *const others[] = { "auto", "sequence" };
	struct words words = { 0 };
	for (size_t i = 0; i < LEN(others); i++)
		if (value_is_call(call, others[i])) {
			psl_foreign(psl, call->at, "%s() is for another provider", others[i]);
			return;
		}
	for (size_t i = 0; i < LEN(functions); i++)
		vec_push(psl->arena, &words, functions[i].name);
	psl_problem(psl, call->at, "there is no function \"" STR_FMT "\" for a default", STR_ARG(call->text));
	psl_hint_nearest(psl, call->text, &words);
}

static void check_call(struct psl *psl, const struct psl_field *field, const struct psl_value *call)
{
	const struct function *function = NULL;
	for (size_t i = 0; i < LEN(functions); i++)
		if (value_is_call(call, functions[i].name))
			function = &functions[i];
	if (!function) {
		tell_unknown(psl, call);
		return;
	}
	const char *wrong = function->wrong(call);
	bool fits =
		!function->scalars || (field->kind == PSL_FIELD_SCALAR && (function->scalars & 1u << field->scalar));
	if (!fits)
		psl_problem(psl, call->at, "%s() cannot make the default of a field of type " STR_FMT, function->name,
			    STR_ARG(field->type));
	else if (wrong)
		psl_problem(psl, call->at, "%s", wrong);
}

/* ---- literals ---- */

static void check_enum_value(struct psl *psl, const struct psl_field *field, const struct psl_value *value)
{
	struct words words = { 0 };
	struct str name;
	if (!value_word(psl, value, &name))
		return;
	for (size_t i = 0; i < field->enumeration->values.len; i++) {
		if (str_eq(field->enumeration->values.ptr[i].name, name))
			return;
		vec_push(psl->arena, &words, str_dup(psl->arena, field->enumeration->values.ptr[i].name));
	}
	psl_problem(psl, value->at, "\"" STR_FMT "\" is no value of the enum \"" STR_FMT "\"", STR_ARG(name),
		    STR_ARG(field->type));
	psl_hint_nearest(psl, name, &words);
}

static void check_literal(struct psl *psl, const struct psl_field *field, const struct psl_value *value)
{
	const char *wrong;
	if (field->kind == PSL_FIELD_ENUM) {
		check_enum_value(psl, field, value);
		return;
	}
	wrong = literal_wrong(field->scalar, value);
	if (wrong)
		psl_problem(psl, value->at, "expected %s for a field of type " STR_FMT ", found " STR_FMT, wrong,
			    STR_ARG(field->type), STR_ARG(value->at));
}

static void check_value(struct psl *psl, const struct psl_field *field, const struct psl_value *value)
{
	if (value->kind == PSL_CALL) {
		check_call(psl, field, value);
	} else if (field->kind == PSL_FIELD_UNSUPPORTED) {
		psl_problem(psl, value->at, "the default of an unsupported type is written dbgenerated(\"...\")");
	} else if (field->arity == PSL_LIST && value->kind == PSL_ARRAY) {
		for (size_t i = 0; i < value->args.len; i++)
			check_literal(psl, field, value->args.ptr[i].value);
	} else if (field->arity == PSL_LIST) {
		psl_problem(psl, value->at, "the default of a list is a list: [...]");
	} else if (value->kind == PSL_ARRAY) {
		psl_problem(psl, value->at, "the default of a field that is no list cannot be one");
	} else {
		check_literal(psl, field, value);
	}
}

void check_default(struct psl *psl, struct psl_field *field)
{
	static const char *const known[] = { "value", NULL };
	struct psl_attribute *attribute = attribute_once(psl, &field->attributes, "default");
	if (!attribute)
		return;
	field->fallback = argument(psl, attribute, "value", true);
	if (field->fallback)
		check_value(psl, field, field->fallback);
	else
		psl_problem(psl, attribute->at, "@default has no value");
	struct psl_value *map = argument(psl, attribute, "map", false);
	if (map)
		psl_foreign(psl, map->at, "a default has no name in PostgreSQL: leave out \"map\"");
	arguments_done(psl, attribute, known);
}
