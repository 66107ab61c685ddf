#include "format/prisma/psl/check.h"
#include "format/prisma/psl/names.h"

/*
 * Names in the database.  Tables, types and indexes share one name space in a schema; Prisma asks that tables differ from tables, enums from
 * enums, keys and indexes from each other, and that a foreign key differs from what else its table has.
 */
struct naming {
	struct psl *psl;
	struct map tables, types, indexes;
};

static struct str qualified(struct psl *psl, struct str schema, struct str name)
{
	return str_of(arena_printf(psl->arena, STR_FMT "\n" STR_FMT, STR_ARG(schema), STR_ARG(name)));
}

static void name_table(struct naming *naming, struct psl_model *model)
{
	struct psl *psl = naming->psl;
	struct psl_model *other =
		map_set(psl->arena, &naming->tables, qualified(psl, model->schema, model->table), model);
	if (other)
		psl_problem(psl, model->mapped ? model->mapped->at : model->name,
			    "the table \"" STR_FMT "\" belongs to \"" STR_FMT "\" already", STR_ARG(model->table),
			    STR_ARG(other->name));
}

static void name_type(struct naming *naming, struct psl_enum *enumeration)
{
	struct psl *psl = naming->psl;
	struct str name = qualified(psl, enumeration->schema, enumeration->type);
	if (map_set(psl->arena, &naming->types, name, enumeration))
		psl_problem(psl, enumeration->name, "there is an enum with the type \"" STR_FMT "\" already",
			    STR_ARG(enumeration->type));
	else if (map_get(&naming->tables, name))
		psl_problem(psl, enumeration->name, "there is a table \"" STR_FMT "\": its row type has this name",
			    STR_ARG(enumeration->type));
}

/* own: the names that the table has.  What two views would have is in no database, so they are not in each other's way. */
static void name_index(struct naming *naming, struct psl_index *index, struct map *own)
{
	struct psl *psl = naming->psl;
	struct str name = index_name(psl->arena, index);
	map_set(psl->arena, own, name, naming);
	const struct psl_index *other =
		map_set(psl->arena, &naming->indexes, qualified(psl, index->of->schema, name), index);
	if (other && (index->of->kind == PSL_MODEL || other->of->kind == PSL_MODEL)) {
		psl_problem(psl, index->attribute->at, "there is a key or an index \"" STR_FMT "\" already",
			    STR_ARG(name));
		psl_hint(psl, "Give it another name with map: \"name\".");
	}
}

static void name_foreign_keys(struct naming *naming, const struct psl_model *model, struct map *own)
{
	struct psl *psl = naming->psl;
	for (size_t i = 0; i < model->relations.len; i++) {
		const struct psl_relation *relation = model->relations.ptr[i];
		struct str name = foreign_key_name(psl->arena, relation);
		if (map_set(psl->arena, own, name, naming)) {
			psl_problem(psl, relation->forward->at,
				    "\"" STR_FMT "\" has a key or an index \"" STR_FMT "\" already",
				    STR_ARG(model->name), STR_ARG(name));
			psl_hint(psl, "Give it another name with map: \"name\".");
		}
	}
}

/* Names that Prisma's client has: of compound keys, given or made, and of fields. */
static void check_client_name(struct psl *psl, const struct psl_index *index, struct map *given)
{
	const struct psl_model *model = index->of;
	struct buf joined = buf_init(psl->arena);
	for (size_t i = 0; i < index->fields.len; i++) {
		buf_text(&joined, i ? "_" : "");
		buf_str(&joined, index->fields.ptr[i].field->name);
	}
	const struct psl_field *clash =
		index->fields.len > 1 && index->kind != PSL_PLAIN ? model_field(model, buf_as_str(&joined)) : NULL;
	if (clash && clash->kind != PSL_FIELD_RELATION) {
		psl_problem(psl, index->attribute->at, "the key is called like the field \"" STR_FMT "\"",
			    STR_ARG(clash->name));
		psl_hint(psl, "The client has a name for each compound key, made of its fields: rename the field.");
	}
	if (!index->name.len)
		return;
	if (model_field(model, index->name))
		psl_problem(psl, index->attribute->at, "the name \"" STR_FMT "\" is that of a field",
			    STR_ARG(index->name));
	if (map_set(psl->arena, given, index->name, psl))
		psl_problem(psl, index->attribute->at, "the name \"" STR_FMT "\" is given twice in \"" STR_FMT "\"",
			    STR_ARG(index->name), STR_ARG(model->name));
}

static void name_keys(struct naming *naming, struct psl_model *model)
{
	struct map own = { 0 }, given = { 0 };
	if (model->id) {
		name_index(naming, model->id, &own);
		check_client_name(naming->psl, model->id, &given);
	}
	for (size_t i = 0; i < model->indexes.len; i++) {
		name_index(naming, model->indexes.ptr[i], &own);
		check_client_name(naming->psl, model->indexes.ptr[i], &given);
	}
	if (model->kind == PSL_MODEL)
		name_foreign_keys(naming, model, &own);
}

void check_constraints(struct psl *psl)
{
	struct naming naming = { .psl = psl };
	for (size_t i = 0; i < psl->models.len; i++)
		name_table(&naming, psl->models.ptr[i]);
	for (size_t i = 0; i < psl->enums.len; i++)
		name_type(&naming, psl->enums.ptr[i]);
	for (size_t i = 0; i < psl->models.len; i++)
		name_keys(&naming, psl->models.ptr[i]);
}
