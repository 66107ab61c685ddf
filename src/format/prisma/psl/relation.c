#include "format/prisma/psl/check.h"

/*
 * Which two fields make a relation, and on which side its foreign key is.
 *
 *     this field    the opposite one    becomes
 *     list          list                many to many; A is the first model, or field, in alphabetical order
 *     list          one                 nothing: the other side makes it
 *     one           list                one to many, the key is here
 *     one           one                 one to one: the key is on the required side; of two optional ones, where "fields" stands
 *     any           none                refused, as half a relation
 */

/* The fields of one model that lead to another one under one name: the first two, and how many there are. */
struct group {
	struct psl_field *fields[2];
	size_t len;
};

struct pairing {
	struct psl *psl;
	struct map groups;
};

static struct str group_key(struct arena *arena, const struct psl_model *from, const struct psl_model *to,
			    struct str name)
{
	return str_of(arena_printf(arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(from->name), STR_ARG(to->name),
				   STR_ARG(name)));
}

static struct group *group_of(const struct pairing *p, const struct psl_model *from, const struct psl_model *to,
			      struct str name)
{
	return map_get(&p->groups, group_key(p->psl->arena, from, to, name));
}

static void add_to_group(struct pairing *p, struct psl_field *field)
{
	struct group *group = group_of(p, field->of, field->model, field->side->name);
	if (!group) {
		group = arena_alloc(p->psl->arena, sizeof(*group));
		map_set(p->psl->arena, &p->groups, group_key(p->psl->arena, field->of, field->model, field->side->name),
			group);
	}
	if (group->len < 2)
		group->fields[group->len] = field;
	group->len++;
}

/* The first field that leads back under the same name. */
static struct psl_field *opposite_of(const struct pairing *p, const struct psl_field *field)
{
	const struct group *group = group_of(p, field->model, field->of, field->side->name);
	if (!group)
		return NULL;
	return group->fields[0] == field ? group->fields[1] : group->fields[0];
}

/* By model, then by field. */
static int compare_sides(const struct psl_field *a, const struct psl_field *b)
{
	int by_model = str_cmp(a->of->name, b->of->name);
	return by_model ? by_model : str_cmp(a->name, b->name);
}

static void add_relation(struct psl *psl, enum psl_relation_kind kind, struct psl_field *forward,
			 struct psl_field *back)
{
	struct psl_relation *relation = arena_alloc(psl->arena, sizeof(*relation));
	*relation = (struct psl_relation){ .kind = kind, .forward = forward, .back = back };
	relation->name = forward ? forward->side->name : back->side->name;
	if (forward)
		forward->side->relation = relation;
	if (back)
		back->side->relation = relation;
	vec_push(psl->arena, &psl->relations, relation);
	if (forward && kind != PSL_MANY_TO_MANY)
		vec_push(psl->arena, &forward->of->relations, relation);
}

/* Two fields that are no lists: is the key on the side of this one? */
static bool has_key(const struct psl_field *field, const struct psl_field *opposite)
{
	if (field->arity != opposite->arity)
		return field->arity == PSL_REQUIRED;
	if (field->arity == PSL_REQUIRED || (!field->side->has_fields && !opposite->side->has_fields))
		return compare_sides(field, opposite) <= 0;
	return field->side->has_fields;
}

static void pair(const struct pairing *p, struct psl_field *field)
{
	struct psl *psl = p->psl;
	struct psl_field *opposite = opposite_of(p, field);
	bool is_list = field->arity == PSL_LIST;
	if (field->side->relation)
		return;
	if (!opposite) {
		add_relation(psl, PSL_ONE_TO_MANY, is_list ? NULL : field, is_list ? field : NULL);
	} else if (is_list && opposite->arity == PSL_LIST) {
		if (compare_sides(field, opposite) <= 0)
			add_relation(psl, PSL_MANY_TO_MANY, field, opposite);
	} else if (!is_list && opposite->arity == PSL_LIST) {
		add_relation(psl, PSL_ONE_TO_MANY, field, opposite);
	} else if (!is_list && has_key(field, opposite)) {
		add_relation(psl, PSL_ONE_TO_ONE, field, opposite);
	}
}

/* ---- which fields belong together must be clear ---- */

/* A relation without a name is called by its models, and must not meet one that somebody has called so. */
static size_t count_alike(const struct pairing *p, const struct psl_field *field)
{
	struct str name = field->side->name, first = field->of->name, second = field->model->name;
	if (str_cmp(first, second) > 0) {
		first = field->model->name;
		second = field->of->name;
	}
	struct str made = str_of(arena_printf(p->psl->arena, STR_FMT "To" STR_FMT, STR_ARG(first), STR_ARG(second)));
	const struct group *group = group_of(p, field->of, field->model, name), *other = NULL;
	if (!name.len)
		other = group_of(p, field->of, field->model, made);
	else if (str_eq(name, made))
		other = group_of(p, field->of, field->model, STR(""));
	return group->len + (other ? other->len : 0);
}

static bool is_ambiguous(const struct pairing *p, const struct psl_field *field)
{
	size_t alike = count_alike(p, field);
	bool is_self = field->model == field->of;
	if (alike < 2 || (is_self && alike == 2 && field->side->name.len))
		return false;
	psl_problem(p->psl, field->at,
		    "%zu fields of \"" STR_FMT "\" lead to \"" STR_FMT "\" in the same relation, \"" STR_FMT
		    "\" among them",
		    alike, STR_ARG(field->of->name), STR_ARG(field->model->name), STR_ARG(field->name));
	psl_hint(p->psl, "Tell the relations apart with a name: @relation(\"name\") on both sides of each.");
	return true;
}

static struct psl_fields relation_fields(struct psl *psl)
{
	struct psl_fields fields = { 0 };
	for (size_t i = 0; i < psl->models.len; i++)
		for (size_t k = 0; k < psl->models.ptr[i]->fields.len; k++)
			if (psl->models.ptr[i]->fields.ptr[k]->kind == PSL_FIELD_RELATION)
				vec_push(psl->arena, &fields, psl->models.ptr[i]->fields.ptr[k]);
	return fields;
}

void pair_relations(struct psl *psl)
{
	struct pairing p = { .psl = psl };
	struct psl_fields fields = relation_fields(psl);
	bool ambiguous = false;
	for (size_t i = 0; i < fields.len; i++)
		add_to_group(&p, fields.ptr[i]);
	for (size_t i = 0; i < fields.len; i++)
		ambiguous = is_ambiguous(&p, fields.ptr[i]) || ambiguous;
	for (size_t i = 0; !ambiguous && i < fields.len; i++)
		pair(&p, fields.ptr[i]);
}
