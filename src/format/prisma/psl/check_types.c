#include "format/prisma/psl/check.h"

static const char *const scalars[PSL_SCALARS] = { "Int",    "BigInt",   "Float", "Decimal", "Boolean",
						  "String", "DateTime", "Json",  "Bytes" };

const char *scalar_name(enum psl_scalar scalar)
{
	return scalars[scalar];
}

static bool find_scalar(struct str name, enum psl_scalar *ret_scalar)
{
	for (int i = 0; i < PSL_SCALARS; i++)
		if (str_eq(name, str_of(scalars[i]))) {
			*ret_scalar = (enum psl_scalar)i;
			return true;
		}
	return false;
}

bool is_scalar_name(struct str name)
{
	enum psl_scalar ignored;
	return find_scalar(name, &ignored);
}

/* All that a field can be of. */
static struct words known_types(struct psl *psl)
{
	struct words words = { 0 };
	for (int i = 0; i < PSL_SCALARS; i++)
		vec_push(psl->arena, &words, scalars[i]);
	for (size_t i = 0; i < psl->models.len; i++)
		vec_push(psl->arena, &words, str_dup(psl->arena, psl->models.ptr[i]->name));
	for (size_t i = 0; i < psl->enums.len; i++)
		vec_push(psl->arena, &words, str_dup(psl->arena, psl->enums.ptr[i]->name));
	return words;
}

static void tell_unknown(struct psl *psl, const struct psl_field *field, struct words *known)
{
	if (!known->len)
		*known = known_types(psl);
	psl_problem(psl, field->type, "there is no type, model or enum \"" STR_FMT "\"", STR_ARG(field->type));
	psl_hint_nearest(psl, field->type, known);
}

static void resolve(struct psl *psl, struct psl_field *field, struct words *known)
{
	field->column = field->name;
	field->kind = PSL_FIELD_UNSUPPORTED;
	if (field->unsupported)
		return;
	field->kind = PSL_FIELD_SCALAR;
	if (find_scalar(field->type, &field->scalar))
		return;
	field->kind = PSL_FIELD_ENUM;
	field->enumeration = map_get(&psl->enum_names, field->type);
	if (field->enumeration)
		return;
	field->model = map_get(&psl->model_names, field->type);
	field->kind = field->model ? PSL_FIELD_RELATION : PSL_FIELD_UNKNOWN;
	if (!field->model)
		tell_unknown(psl, field, known);
	else
		field->side = arena_alloc(psl->arena, sizeof(*field->side));
}

void check_types(struct psl *psl)
{
	struct words known = { 0 };
	for (size_t i = 0; i < psl->models.len; i++) {
		struct psl_model *model = psl->models.ptr[i];
		model->table = model->name;
		if (model->kind == PSL_TYPE)
			psl_foreign(psl, model->at, "a type of several fields (\"" STR_FMT "\") is for MongoDB only",
				    STR_ARG(model->name));
		for (size_t k = 0; k < model->fields.len; k++)
			resolve(psl, model->fields.ptr[k], &known);
	}
	for (size_t i = 0; i < psl->enums.len; i++)
		psl->enums.ptr[i]->type = psl->enums.ptr[i]->name;
}
