#include "format/prisma/psl/check.h"

/* ---- one field ---- */

static void check_ignored_model(struct psl *psl, const struct psl_field *field)
{
	if (field->model->ignored && !field->ignored && !field->of->ignored)
		psl_problem(psl, field->at,
			    "\"" STR_FMT "\" leads to \"" STR_FMT
			    "\", which is ignored: it must be ignored, too (@ignore)",
			    STR_ARG(field->name), STR_ARG(field->model->name));
}

static bool says_key(const struct psl_field *field)
{
	return field->side->fields.len || field->side->references.len;
}

static bool says_action(const struct psl_field *field)
{
	return field->side->on_delete != PSL_NO_WORD || field->side->on_update != PSL_NO_WORD;
}

static void check_back(struct psl *psl, const struct psl_relation *relation)
{
	const struct psl_field *back = relation->back, *forward = relation->forward;
	if (back->side->has_fields || back->side->has_references ? says_key(back) : false) {
		psl_problem(
			psl, back->at,
			"\"" STR_FMT
			"\" is not the side with the foreign key: \"fields\" and \"references\" belong to \"" STR_FMT
			"\" of \"" STR_FMT "\"",
			STR_ARG(back->name), STR_ARG(forward->name), STR_ARG(forward->of->name));
	} else if (says_action(back)) {
		psl_problem(
			psl, back->at,
			"\"" STR_FMT
			"\" is not the side with the foreign key: \"onDelete\" and \"onUpdate\" belong to \"" STR_FMT
			"\" of \"" STR_FMT "\"",
			STR_ARG(back->name), STR_ARG(forward->name), STR_ARG(forward->of->name));
	}
}

/* ---- the key ---- */

static bool is_unique(const struct psl_model *model, const struct psl_fields *fields)
{
	if (model->id && index_has_fields(model->id, fields))
		return true;
	for (size_t i = 0; i < model->indexes.len; i++)
		if (model->indexes.ptr[i]->kind == PSL_UNIQUE && index_has_fields(model->indexes.ptr[i], fields))
			return true;
	return false;
}

static struct str names_of(struct psl *psl, const struct psl_fields *fields)
{
	struct buf buf = buf_init(psl->arena);
	for (size_t i = 0; i < fields->len; i++) {
		buf_text(&buf, i ? ", " : "");
		buf_str(&buf, fields->ptr[i]->name);
	}
	return buf_as_str(&buf);
}

static void check_unique(struct psl *psl, const struct psl_field *forward)
{
	const struct psl_fields *references = &forward->side->references;
	if (!references->len || is_unique(forward->model, references))
		return;
	struct str names = names_of(psl, references);
	psl_problem(psl, forward->at, "\"references\" must name a unique key of \"" STR_FMT "\": [" STR_FMT "] is none",
		    STR_ARG(forward->model->name), STR_ARG(names));
	if (references->len == 1)
		psl_hint(psl, "Mark \"" STR_FMT "\" with @unique, or refer to the id.", STR_ARG(names));
	else
		psl_hint(psl, "Add @@unique([" STR_FMT "]) to \"" STR_FMT "\".", STR_ARG(names),
			 STR_ARG(forward->model->name));
}

static bool same_type(const struct psl_field *a, const struct psl_field *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == PSL_FIELD_ENUM)
		return a->enumeration == b->enumeration;
	if (a->kind == PSL_FIELD_UNSUPPORTED)
		return str_eq(a->unsupported->text, b->unsupported->text);
	return a->scalar == b->scalar;
}

static void check_types_match(struct psl *psl, const struct psl_field *forward)
{
	const struct psl_relation_side *side = forward->side;
	if (side->fields.len != side->references.len) {
		if (side->has_fields && side->has_references)
			psl_problem(psl, forward->at,
				    "\"fields\" names %zu and \"references\" %zu: they must be as many",
				    side->fields.len, side->references.len);
		return;
	}
	for (size_t i = 0; i < side->fields.len; i++) {
		const struct psl_field *here = side->fields.ptr[i], *there = side->references.ptr[i];
		if (!same_type(here, there))
			psl_problem(psl, forward->at,
				    "\"" STR_FMT "\" is " STR_FMT ", and \"" STR_FMT "\" of \"" STR_FMT "\" is " STR_FMT
				    ": they must be the same",
				    STR_ARG(here->name), STR_ARG(here->type), STR_ARG(there->name),
				    STR_ARG(forward->model->name), STR_ARG(there->type));
	}
}

static bool any_field(const struct psl_fields *fields, enum psl_arity arity)
{
	for (size_t i = 0; i < fields->len; i++)
		if (fields->ptr[i]->arity == arity)
			return true;
	return false;
}

static void check_optional(struct psl *psl, const struct psl_field *forward)
{
	if (forward->arity == PSL_REQUIRED && any_field(&forward->side->fields, PSL_OPTIONAL))
		psl_problem(
			psl, forward->at,
			"\"" STR_FMT "\" is required, but not all of its fields (" STR_FMT ") are: write " STR_FMT "?",
			STR_ARG(forward->name), STR_ARG(names_of(psl, &forward->side->fields)), STR_ARG(forward->type));
	bool nulls = forward->side->on_delete == PSL_SET_NULL || forward->side->on_update == PSL_SET_NULL;
	if (nulls && psl->datasource.emulates_relations && any_field(&forward->side->fields, PSL_REQUIRED))
		psl_problem(psl, forward->at, "SetNull cannot empty a required field");
}

/* ---- one to one, one to many ---- */

static void tell_half(struct psl *psl, const struct psl_field *field)
{
	psl_problem(psl, field->at,
		    "\"" STR_FMT "\" leads to \"" STR_FMT "\", and nothing there leads back to \"" STR_FMT "\"",
		    STR_ARG(field->name), STR_ARG(field->model->name), STR_ARG(field->of->name));
	psl_hint(psl,
		 "Add a field of type " STR_FMT "%s to \"" STR_FMT
		 "\", with the same name of the relation if it has one.",
		 STR_ARG(field->of->name), field->arity == PSL_LIST ? "" : "[]", STR_ARG(field->model->name));
}

/* Of two optional fields the one with "fields" is forward: where neither is, neither has a key. */
static bool check_says_key(struct psl *psl, const struct psl_field *forward)
{
	if (!forward->side->fields.len || !forward->side->references.len) {
		const char *missing = forward->side->fields.len ? "references" : "fields";
		psl_problem(psl, forward->at, "\"" STR_FMT "\" has the foreign key and must say \"%s\"",
			    STR_ARG(forward->name), missing);
		psl_hint(psl, "Write @relation(fields: [...], references: [...]).");
		return false;
	}
	return true;
}

static void check_one_to_one(struct psl *psl, const struct psl_relation *relation)
{
	const struct psl_field *forward = relation->forward;
	if (!is_unique(forward->of, &forward->side->fields)) {
		struct str names = names_of(psl, &forward->side->fields);
		psl_problem(psl, forward->at, "one to one needs a unique key on [" STR_FMT "]", STR_ARG(names));
		psl_hint(psl, "Add @unique (or @@unique), or make the other side a list.");
	}
	if (relation->back->arity == PSL_REQUIRED)
		psl_problem(psl, relation->back->at,
			    "\"" STR_FMT "\" cannot be required, since no key stands behind it: write " STR_FMT "?",
			    STR_ARG(relation->back->name), STR_ARG(relation->back->type));
}

static void check_inline(struct psl *psl, const struct psl_relation *relation)
{
	const struct psl_field *forward = relation->forward;
	if (!forward || !relation->back) {
		tell_half(psl, forward ? forward : relation->back);
		return;
	}
	check_back(psl, relation);
	if (!check_says_key(psl, forward))
		return;
	check_unique(psl, forward);
	check_types_match(psl, forward);
	check_optional(psl, forward);
	if (relation->kind == PSL_ONE_TO_ONE)
		check_one_to_one(psl, relation);
}

/* ---- many to many ---- */

static void check_many_side(struct psl *psl, const struct psl_field *field)
{
	const struct psl_index *id = field->model->id;
	if (!id || id->fields.len != 1) {
		psl_problem(psl, field->at,
			    "\"" STR_FMT
			    "\" has no id of one field: it cannot be part of many to many without a model between",
			    STR_ARG(field->model->name));
	} else if (field->side->has_fields || field->side->has_references) {
		psl_problem(psl, field->at,
			    "many to many has no \"fields\" and \"references\": its table is made from the ids");
	} else if (says_action(field)) {
		psl_problem(psl, field->at, "many to many has no referential actions of its own");
	}
}

/* ---- cycles, where Prisma itself does what foreign keys would ---- */

static enum psl_action on_delete(const struct psl_relation *relation)
{
	const struct psl_field *forward = relation->forward;
	if (forward->side->on_delete != PSL_NO_WORD)
		return forward->side->on_delete;
	bool required = forward->arity == PSL_REQUIRED || any_field(&forward->side->fields, PSL_REQUIRED);
	return required ? PSL_RESTRICT : PSL_SET_NULL;
}

static bool changes_rows(const struct psl_relation *relation)
{
	enum psl_action on_update = relation->forward->side->on_update;
	return relation->back && (on_delete(relation) != PSL_RESTRICT || on_update != PSL_RESTRICT);
}

/* Whether the actions of a relation lead, model by model, back to the one that it is in. */
static bool leads_back(struct psl *psl, const struct psl_relation *relation)
{
	VEC(const struct psl_model *) reached = { 0 };
	struct map seen = { 0 };
	const struct psl_model *start = relation->forward->of;
	vec_push(psl->arena, &reached, relation->forward->model);
	for (size_t i = 0; i < reached.len; i++) {
		const struct psl_model *model = reached.ptr[i];
		if (model == start)
			return true;
		for (size_t k = 0; k < model->relations.len; k++) {
			const struct psl_model *next = model->relations.ptr[k]->forward->model;
			if (changes_rows(model->relations.ptr[k]) && !map_set(psl->arena, &seen, next->name, &seen))
				vec_push(psl->arena, &reached, next);
		}
	}
	return false;
}

static void check_cycle(struct psl *psl, const struct psl_relation *relation)
{
	if (!changes_rows(relation) || !leads_back(psl, relation))
		return;
	psl_problem(psl, relation->forward->at, "\"" STR_FMT "\" is part of a circle of referential actions",
		    STR_ARG(relation->forward->name));
	psl_hint(
		psl,
		"With relationMode \"prisma\" one relation of a circle must say onDelete: Restrict, onUpdate: Restrict.");
}

void check_relations(struct psl *psl)
{
	for (size_t i = 0; i < psl->models.len; i++)
		for (size_t k = 0; k < psl->models.ptr[i]->fields.len; k++)
			if (psl->models.ptr[i]->fields.ptr[k]->kind == PSL_FIELD_RELATION)
				check_ignored_model(psl, psl->models.ptr[i]->fields.ptr[k]);
	for (size_t i = 0; i < psl->relations.len; i++) {
		const struct psl_relation *relation = psl->relations.ptr[i];
		if (relation->kind == PSL_MANY_TO_MANY) {
			check_many_side(psl, relation->forward);
			check_many_side(psl, relation->back);
			continue;
		}
		check_inline(psl, relation);
		if (psl->datasource.emulates_relations && relation->forward)
			check_cycle(psl, relation);
	}
}
