#include "format/prisma/psl/check.h"
#include "format/prisma/psl/opclass.h"

/* [title(sort: Desc), body(ops: raw("gin_trgm_ops"))] */

enum { COLUMNS_MAX = 32 };

/* ---- arguments ---- */

void tell_length(struct psl *psl, const struct psl_value *value)
{
	psl_foreign(psl, value->at, "an index of PostgreSQL has no \"length\": that is for MySQL");
}

void take_sort(struct psl *psl, const struct psl_value *value, struct psl_index_field *each)
{
	struct str word;
	if (!value || !value_word(psl, value, &word))
		return;
	if (str_eq(word, STR("Asc")))
		each->sort = PSL_ASC;
	else if (str_eq(word, STR("Desc")))
		each->sort = PSL_DESC;
	else
		psl_problem(psl, value->at, "a field is sorted Asc or Desc, found " STR_FMT, STR_ARG(word));
}

static void take_opclass(struct psl *psl, struct psl_value *value, struct psl_index_field *each)
{
	struct words known;
	if (value_is_call(value, "raw") && value->args.len == 1 && value->args.ptr[0].value &&
	    value->args.ptr[0].value->kind == PSL_STRING) {
		each->raw_opclass = value->args.ptr[0].value;
		return;
	}
	if (value->kind == PSL_WORD)
		each->opclass = opclass_find(value->text);
	if (each->opclass)
		return;
	known = opclass_words(psl->arena);
	psl_problem(psl, value->at, "there is no operator class " STR_FMT, STR_ARG(value->at));
	psl_hint_nearest(psl, value->text, &known);
	if (!psl->problems.ptr[psl->problems.len - 1].hint)
		psl_hint(psl, "A class of your own is written ops: raw(\"class\").");
}

static bool is_repeated(const struct psl_value *call, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(call->args.ptr[k].name, call->args.ptr[i].name))
			return true;
	return false;
}

/* field(sort: Desc, ops: ...); as Prisma does, what else stands there is read over, and what is given twice but the first. */
static void take_field_arguments(struct psl *psl, struct psl_value *call, struct psl_index_field *each)
{
	for (size_t i = 0; i < call->args.len; i++) {
		struct psl_argument *argument = &call->args.ptr[i];
		if (is_repeated(call, i))
			continue;
		if (!argument->value)
			psl_problem(psl, argument->at, "\"" STR_FMT "\" has no value", STR_ARG(argument->name));
		else if (str_eq(argument->name, STR("sort")))
			take_sort(psl, argument->value, each);
		else if (str_eq(argument->name, STR("ops")))
			take_opclass(psl, argument->value, each);
		else if (str_eq(argument->name, STR("length")))
			tell_length(psl, argument->value);
	}
}

/* ---- fields ---- */

void tell_no_field(struct psl *psl, const struct psl_model *model, struct str name)
{
	struct words known = { 0 };
	for (size_t i = 0; psl_wants_hint(psl) && i < model->fields.len; i++)
		vec_push(psl->arena, &known, str_dup(psl->arena, model->fields.ptr[i]->name));
	psl_problem(psl, name, "\"" STR_FMT "\" has no field \"" STR_FMT "\"", STR_ARG(model->name), STR_ARG(name));
	psl_hint_nearest(psl, name, &known);
}

static bool has_field(const struct psl_index *index, const struct psl_field *field)
{
	for (size_t i = 0; i < index->fields.len; i++)
		if (index->fields.ptr[i].field == field)
			return true;
	return false;
}

static void add_field(struct psl *psl, struct psl_index *index, struct psl_value *value)
{
	struct psl_index_field each = { 0 };
	if (value->kind != PSL_WORD && value->kind != PSL_CALL) {
		psl_problem(psl, value->at, "expected the name of a field, found " STR_FMT, STR_ARG(value->at));
		return;
	}
	each.field = model_field(index->of, value->text);
	if (!each.field) {
		tell_no_field(psl, index->of, value->text);
	} else if (each.field->kind == PSL_FIELD_RELATION) {
		psl_problem(psl, value->at, "\"" STR_FMT "\" leads to a model: keys and indexes are of columns",
			    STR_ARG(value->text));
		psl_hint(psl, "Name the fields that its @relation(fields: ...) names.");
	} else if (index->fields.len == COLUMNS_MAX) {
		psl_problem(psl, value->at, "an index of PostgreSQL has at most %d columns", COLUMNS_MAX);
	} else if (has_field(index, each.field)) {
		psl_problem(psl, value->at, "\"" STR_FMT "\" is given twice", STR_ARG(value->text));
	} else {
		if (value->kind == PSL_CALL)
			take_field_arguments(psl, value, &each);
		vec_push(psl->arena, &index->fields, each);
	}
}

void take_index_fields(struct psl *psl, struct psl_index *index)
{
	struct psl_value *value = argument(psl, index->attribute, "fields", true);
	if (!value) {
		psl_problem(psl, index->attribute->at, "\"@@" STR_FMT "\" names no fields",
			    STR_ARG(index->attribute->name));
		return;
	}
	struct psl_arguments items = value_items(psl->arena, value);
	if (!items.len)
		psl_problem(psl, value->at, "the list of fields is empty");
	for (size_t i = 0; i < items.len; i++)
		add_field(psl, index, items.ptr[i].value);
}

bool index_has_fields(const struct psl_index *index, const struct psl_fields *fields)
{
	if (index->fields.len != fields->len)
		return false;
	for (size_t i = 0; i < fields->len; i++)
		if (!has_field(index, fields->ptr[i]))
			return false;
	return true;
}
