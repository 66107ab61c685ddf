#include "format/prisma/psl/blocks.h"

/* ---- types of fields ---- */

/* Unsupported("...") or a word. */
static bool read_base_type(struct reader *r, struct psl_field *field)
{
	size_t from = r->pos;
	struct psl_value value;
	if (!read_text(r, "Unsupported("))
		return read_word(r, &field->type);
	read_blanks(r);
	if (!read_string(r, &value) || !read_char(r, ')')) {
		if (!r->told)
			psl_syntax(r, read_since(r, from), "expected Unsupported(\"type\")");
		return false;
	}
	field->type = read_since(r, from);
	field->unsupported = arena_alloc(r->arena, sizeof(value));
	*field->unsupported = value;
	return true;
}

/* What older versions of the language had. */
static bool read_old_list(struct reader *r, struct psl_field *field)
{
	size_t from = r->pos;
	if (!read_text(r, "["))
		return false;
	read_blanks(r);
	if (!read_base_type(r, field) || !read_char(r, ']')) {
		r->pos = from;
		return false;
	}
	psl_problem(r->psl, read_since(r, from), "a list is written " STR_FMT "[]", STR_ARG(field->type));
	return true;
}

static void read_arity(struct reader *r, struct psl_field *field)
{
	size_t from = r->pos;
	read_blanks(r);
	if (read_text(r, "[]")) {
		field->arity = PSL_LIST;
		if (read_char(r, '?'))
			psl_problem(r->psl, field->type,
				    "a list cannot be optional: write " STR_FMT "[] or " STR_FMT "?",
				    STR_ARG(field->type), STR_ARG(field->type));
	} else if (read_text(r, "?"))
		field->arity = PSL_OPTIONAL;
	else if (read_text(r, "!"))
		psl_problem(r->psl, field->type, "a field is required without \"!\"");
	else
		r->pos = from;
}

static bool read_type(struct reader *r, struct psl_field *field)
{
	if (read_old_list(r, field))
		return true;
	if (r->told || !read_base_type(r, field))
		return false;
	read_arity(r, field);
	return true;
}

/* ---- models ---- */

static struct psl_model *begin_table(struct reader *r, struct block *block, enum psl_model_kind kind)
{
	struct psl_model *model = arena_alloc(r->arena, sizeof(*model));
	*model = (struct psl_model){ .kind = kind, .at = block->at, .name = block->name };
	vec_push(r->arena, &r->psl->models, model);
	block->model = model;
	return model;
}

static void begin_model(struct reader *r, struct block *block)
{
	begin_table(r, block, PSL_MODEL);
}

static void begin_view(struct reader *r, struct block *block)
{
	begin_table(r, block, PSL_VIEW);
}

static void begin_type(struct reader *r, struct block *block)
{
	begin_table(r, block, PSL_TYPE);
}

static bool read_field_parts(struct reader *r, struct psl_field *field)
{
	if (!read_word(r, &field->name))
		return false;
	if (read_char(r, ':'))
		psl_problem(r->psl, field->name, "there is no colon between a field and its type");
	read_blanks(r);
	if (!read_type(r, field)) {
		if (!r->told)
			psl_syntax(r, field->name, "the field \"" STR_FMT "\" has no type", STR_ARG(field->name));
		return false;
	}
	return read_field_attributes(r, &field->attributes);
}

static bool read_model_line(struct reader *r, const struct block *block)
{
	struct psl_field field = { .of = block->model };
	size_t from = r->pos;
	if (read_block_attribute(r, &block->model->attributes))
		return true;
	if (!read_field_parts(r, &field))
		return false;
	field.at = read_since(r, from);
	if (!read_rest(r))
		return false;
	struct psl_field *kept = arena_alloc(r->arena, sizeof(*kept));
	*kept = field;
	vec_push(r->arena, &block->model->fields, kept);
	return true;
}

/* ---- enums ---- */

static void begin_enum(struct reader *r, struct block *block)
{
	block->enumeration = arena_alloc(r->arena, sizeof(*block->enumeration));
	*block->enumeration = (struct psl_enum){ .at = block->at, .name = block->name };
	vec_push(r->arena, &r->psl->enums, block->enumeration);
}

static bool read_enum_line(struct reader *r, const struct block *block)
{
	struct psl_enum_value value = { 0 };
	size_t from = r->pos;
	if (read_block_attribute(r, &block->enumeration->attributes))
		return true;
	if (!read_word(r, &value.name) || !read_field_attributes(r, &value.attributes))
		return false;
	value.at = read_since(r, from);
	if (!read_rest(r))
		return false;
	vec_push(r->arena, &block->enumeration->values, value);
	return true;
}

/* ---- datasources and generators ---- */

static void begin_properties(struct reader *r, struct block *block)
{
	block->properties = arena_alloc(r->arena, sizeof(*block->properties));
}

static bool read_property(struct reader *r, const struct block *block)
{
	struct property property = { 0 };
	size_t from = r->pos;
	if (!read_word(r, &property.name) || !read_char(r, '='))
		return false;
	read_blanks(r);
	read_value(r, &property.value);
	if (r->told)
		return false;
	property.at = read_since(r, from);
	vec_push(r->arena, block->properties, property);
	return read_rest(r);
}

/* ---- the table ---- */

static const struct block_kind block_kinds[] = {
	{ "model", "a field or an attribute", begin_model, read_model_line, NULL },
	{ "view", "a field or an attribute", begin_view, read_model_line, NULL },
	{ "type", "a field", begin_type, read_model_line, NULL },
	{ "enum", "a value or an attribute", begin_enum, read_enum_line, NULL },
	{ "datasource", "a property (name = value)", begin_properties, read_property, take_datasource },
	{ "generator", "a property (name = value)", begin_properties, read_property, take_generator },
};

const struct block_kind *block_kind(struct str keyword)
{
	for (size_t i = 0; i < LEN(block_kinds); i++)
		if (str_eq(keyword, str_of(block_kinds[i].keyword)))
			return &block_kinds[i];
	return NULL;
}
