#include "format/prisma/psl/check.h"

/* Attributes of fields that lead to a model. */

enum { COLUMNS_MAX = 32 };

/* ---- @relation ---- */

static void add_field(struct psl *psl, const struct psl_model *model, struct psl_value *value,
		      struct psl_fields *fields)
{
	struct str name;
	if (!value_word(psl, value, &name))
		return;
	struct psl_field *field = model_field(model, name);
	if (!field) {
		tell_no_field(psl, model, name);
		return;
	}
	if (field->kind == PSL_FIELD_RELATION) {
		psl_problem(psl, value->at, "\"" STR_FMT "\" leads to a model: a relation stands on columns",
			    STR_ARG(name));
		return;
	}
	if (fields->len == COLUMNS_MAX) {
		psl_problem(psl, value->at, "a foreign key of PostgreSQL has at most %d columns", COLUMNS_MAX);
		return;
	}
	for (size_t i = 0; i < fields->len; i++)
		if (fields->ptr[i] == field) {
			psl_problem(psl, value->at, "\"" STR_FMT "\" is given twice", STR_ARG(name));
			return;
		}
	vec_push(psl->arena, fields, field);
}

/* false: the argument is not there. */
static bool take_fields(struct psl *psl, struct psl_attribute *attribute, const char *name,
			const struct psl_model *model, struct psl_fields *fields)
{
	struct psl_value *value = argument(psl, attribute, name, false);
	if (!value)
		return false;
	struct psl_arguments items = value_items(psl->arena, value);
	for (size_t i = 0; i < items.len; i++)
		add_field(psl, model, items.ptr[i].value, fields);
	return true;
}

static enum psl_action take_action(struct psl *psl, struct psl_attribute *attribute, const char *name)
{
	static const char *const names[] = { "Cascade", "Restrict", "NoAction", "SetNull", "SetDefault", NULL };
	struct psl_value *value = argument(psl, attribute, name, false);
	struct words known = words_of(psl->arena, names);
	struct str word;
	if (!value || !value_word(psl, value, &word))
		return PSL_NO_WORD;
	for (int i = 0; names[i]; i++)
		if (str_eq(word, str_of(names[i]))) {
			enum psl_action action = (enum psl_action)(PSL_CASCADE + i);
			if (psl->datasource.emulates_relations &&
			    (action == PSL_NO_ACTION || action == PSL_SET_DEFAULT))
				psl_problem(psl, value->at, "relationMode \"prisma\" has no action %s", names[i]);
			return action;
		}
	psl_problem(psl, value->at, "there is no referential action " STR_FMT, STR_ARG(word));
	psl_hint_nearest(psl, word, &known);
	return PSL_NO_WORD;
}

static void take_name(struct psl *psl, struct psl_relation_side *side)
{
	struct psl_value *value = argument(psl, side->attribute, "name", true);
	if (value && value_string(psl, value, &side->name) && !side->name.len)
		psl_problem(psl, value->at, "the name of a relation must not be empty");
}

static void take_relation(struct psl *psl, struct psl_field *field, struct psl_attribute *attribute)
{
	static const char *const known[] = { "fields", "references", "name", "onDelete", "onUpdate", "map", NULL };
	struct psl_relation_side *side = field->side;
	side->attribute = attribute;
	side->has_fields = take_fields(psl, attribute, "fields", field->of, &side->fields);
	side->has_references = take_fields(psl, attribute, "references", field->model, &side->references);
	take_name(psl, side);
	side->on_delete = take_action(psl, attribute, "onDelete");
	side->on_update = take_action(psl, attribute, "onUpdate");
	side->map = argument_name(psl, attribute, "map");
	if (side->map.len > 63)
		psl_problem(psl, attribute->at, "the name \"" STR_FMT "\" is longer than 63 bytes", STR_ARG(side->map));
	arguments_done(psl, attribute, known);
}

/* ---- the others ---- */

static void refuse(struct psl *psl, struct psl_field *field, const char *name)
{
	struct psl_attribute *attribute = attribute_once(psl, &field->attributes, name);
	if (!attribute)
		return;
	psl_problem(psl, attribute->at, "\"" STR_FMT "\" leads to a model and has no column: @%s is for columns",
		    STR_ARG(field->name), name);
	if (field->side->fields.len)
		psl_hint(psl, "Put it on \"" STR_FMT "\".", STR_ARG(field->side->fields.ptr[0]->name));
}

static void check_field_attributes(struct psl *psl, struct psl_field *field)
{
	static const char *const known[] = { "relation", "ignore", NULL }, *const none[] = { NULL };
	static const char *const columns_only[] = { "id", "unique", "default", "map", "updatedAt" };
	struct psl_attribute *relation = attribute_once(psl, &field->attributes, "relation");
	struct psl_attribute *ignore = attribute_once(psl, &field->attributes, "ignore");
	if (relation)
		take_relation(psl, field, relation);
	for (size_t i = 0; i < LEN(columns_only); i++)
		refuse(psl, field, columns_only[i]);
	field->ignored = ignore != NULL;
	if (ignore)
		arguments_done(psl, ignore, none);
	attributes_done(psl, &field->attributes, "@", known);
}

void check_relation_fields(struct psl *psl)
{
	for (size_t i = 0; i < psl->models.len; i++)
		for (size_t k = 0; k < psl->models.ptr[i]->fields.len; k++)
			if (psl->models.ptr[i]->fields.ptr[k]->kind == PSL_FIELD_RELATION)
				check_field_attributes(psl, psl->models.ptr[i]->fields.ptr[k]);
}
