#include "format/prisma/psl/check.h"

/* raw("...") or { field: value, field: { not: value } } */

static bool goes_with(const struct psl_field *field, const struct psl_value *value)
{
	bool is_scalar = field->kind == PSL_FIELD_SCALAR, is_null = str_eq(value->text, STR("null"));
	if (field->kind == PSL_FIELD_UNSUPPORTED)
		return value->kind == PSL_WORD && is_null;
	switch (value->kind) {
	case PSL_STRING:
		return !is_scalar || field->scalar == PSL_TEXT || field->scalar == PSL_DATETIME;
	case PSL_NUMBER:
		return !is_scalar || field->scalar <= PSL_DECIMAL;
	case PSL_WORD:
		return is_null || (is_scalar && field->scalar == PSL_BOOLEAN);
	case PSL_CALL:
	case PSL_ARRAY:
	case PSL_OBJECT:
		return false;
	}
	return false;
}

static bool is_literal(const struct psl_value *value)
{
	if (value->kind == PSL_WORD)
		return str_eq(value->text, STR("null")) || str_eq(value->text, STR("true")) ||
			str_eq(value->text, STR("false"));
	return value->kind == PSL_STRING || value->kind == PSL_NUMBER;
}

static void check_compared(struct psl *psl, const struct psl_field *field, const struct psl_value *value)
{
	if (!is_literal(value))
		psl_problem(psl, value->at, "expected null, true, false, a string, a number or { not: ... }");
	else if (!goes_with(field, value))
		psl_problem(psl, value->at, STR_FMT " is no value for the field \"" STR_FMT "\" of type " STR_FMT,
			    STR_ARG(value->at), STR_ARG(field->name), STR_ARG(field->type));
}

static void check_condition(struct psl *psl, const struct psl_model *model, const struct psl_argument *member)
{
	const struct psl_field *field = model_field(model, member->name);
	const struct psl_value *value = member->value;
	if (!field) {
		tell_no_field(psl, model, member->name);
		return;
	}
	if (field->kind == PSL_FIELD_RELATION) {
		psl_problem(psl, member->at, "\"" STR_FMT "\" leads to a model: a condition is on a column",
			    STR_ARG(field->name));
		return;
	}
	if (value->kind == PSL_OBJECT) {
		bool is_not = value->args.len == 1 && str_eq(value->args.ptr[0].name, STR("not"));
		if (!is_not) {
			psl_problem(psl, value->at, "expected { not: ... }");
			return;
		}
		value = value->args.ptr[0].value;
	}
	check_compared(psl, field, value);
}

void check_where(struct psl *psl, struct psl_index *index)
{
	const struct psl_value *where = index->where;
	if (where->kind == PSL_OBJECT) {
		if (!where->args.len)
			psl_problem(psl, where->at, "the condition is empty");
		for (size_t i = 0; i < where->args.len; i++)
			check_condition(psl, index->of, &where->args.ptr[i]);
		return;
	}
	const struct psl_value *text = value_is_call(where, "raw") && where->args.len ? where->args.ptr[0].value : NULL;
	if (text && text->kind == PSL_STRING && !text->text.len)
		psl_problem(psl, text->at, "the condition is empty");
	else if (!text || text->kind != PSL_STRING)
		psl_problem(psl, where->at, "a condition is written raw(\"...\") or { field: value }");
}
