#include "format/prisma/psl/check.h"

static const char *const no_arguments[] = { NULL };
static const char *const field_attributes[] = { "id",        "unique", "default",  "map",
						"updatedAt", "ignore", "relation", NULL };

static void check_map(struct psl *psl, struct psl_field *field)
{
	static const char *const known[] = { "name", NULL };
	struct psl_attribute *attribute = attribute_once(psl, &field->attributes, "map");
	if (!attribute)
		return;
	field->column = name_argument(psl, attribute);
	arguments_done(psl, attribute, known);
}

static void check_ignore(struct psl *psl, struct psl_field *field)
{
	struct psl_attribute *attribute = attribute_once(psl, &field->attributes, "ignore");
	if (!attribute)
		return;
	field->ignored = true;
	if (field->kind == PSL_FIELD_UNSUPPORTED)
		psl_problem(psl, attribute->at, "a field of an unsupported type is ignored anyway: leave out @ignore");
	arguments_done(psl, attribute, no_arguments);
}

static void check_updated_at(struct psl *psl, struct psl_field *field)
{
	struct psl_attribute *attribute = attribute_once(psl, &field->attributes, "updatedAt");
	if (!attribute)
		return;
	if (field->kind != PSL_FIELD_SCALAR || field->scalar != PSL_DATETIME)
		psl_problem(psl, attribute->at, "@updatedAt is for fields of type DateTime");
	else if (field->arity == PSL_LIST)
		psl_problem(psl, attribute->at, "@updatedAt is not for lists");
	arguments_done(psl, attribute, no_arguments);
}

static void check_keys(struct psl *psl, struct psl_field *field)
{
	struct psl_attribute *id = attribute_once(psl, &field->attributes, "id");
	struct psl_attribute *unique = attribute_once(psl, &field->attributes, "unique");
	if (id)
		take_field_key(psl, field, id, PSL_PRIMARY);
	if (unique)
		take_field_key(psl, field, unique, PSL_UNIQUE);
}

static void refuse_relation(struct psl *psl, struct psl_field *field)
{
	struct psl_attribute *attribute = attribute_once(psl, &field->attributes, "relation");
	if (attribute)
		psl_problem(psl, attribute->at, "\"" STR_FMT "\" is no model: @relation is for fields that lead to one",
			    STR_ARG(field->type));
}

void check_field(struct psl *psl, struct psl_field *field)
{
	check_map(psl, field);
	check_ignore(psl, field);
	refuse_relation(psl, field);
	check_keys(psl, field);
	check_updated_at(psl, field);
	check_native(psl, field);
	if (field->kind == PSL_FIELD_UNSUPPORTED)
		check_unsupported(psl, field);
	check_default(psl, field);
	attributes_done(psl, &field->attributes, "@", field_attributes);
}
