#include "format/prisma/psl/check.h"

static const char *const no_arguments[] = { NULL };

struct str name_argument(struct psl *psl, struct psl_attribute *attribute)
{
	struct psl_value *value = argument(psl, attribute, "name", true);
	struct str name = STR("?");
	if (!value)
		psl_problem(psl, attribute->at, "\"" STR_FMT "\" needs a name: " STR_FMT "(\"name\")",
			    STR_ARG(attribute->name), STR_ARG(attribute->name));
	else if (value_string(psl, value, &name) && !name.len)
		psl_problem(psl, value->at, "a name in the database must not be empty");
	else if (name.len && memchr(name.ptr, '\0', name.len))
		psl_problem(psl, value->at, "a name in the database cannot have a NUL character");
	return name;
}

/* ---- @@schema ---- */

static bool is_schema(const struct psl *psl, struct str name)
{
	for (size_t i = 0; i < psl->datasource.schemas.len; i++)
		if (str_eq(psl->datasource.schemas.ptr[i], name))
			return true;
	return false;
}

static struct words schema_words(struct psl *psl)
{
	struct words words = { 0 };
	for (size_t i = 0; i < psl->datasource.schemas.len; i++)
		vec_push(psl->arena, &words, str_dup(psl->arena, psl->datasource.schemas.ptr[i]));
	return words;
}

/* where: the name of the block. */
static struct str check_schema(struct psl *psl, struct psl_attributes *attributes, struct str where)
{
	static const char *const known[] = { "map", NULL };
	struct psl_attribute *attribute = attribute_once(psl, attributes, "schema");
	struct str schema = { 0 };
	if (!attribute) {
		if (psl->datasource.says_schemas)
			psl_problem(psl, where,
				    "\"" STR_FMT "\" has no @@schema(\"...\"), and the datasource names schemas",
				    STR_ARG(where));
		return schema;
	}
	struct psl_value *value = argument(psl, attribute, "map", true);
	struct words words = schema_words(psl);
	if (!value) {
		psl_problem(psl, attribute->at, "@@schema needs a name");
	} else if (value_string(psl, value, &schema) && !is_schema(psl, schema)) {
		psl_problem(psl, value->at, "the datasource has no schema \"" STR_FMT "\"", STR_ARG(schema));
		psl_hint_nearest(psl, schema, &words);
	}
	arguments_done(psl, attribute, known);
	return schema;
}

/* ---- models ---- */

static void check_ignore(struct psl *psl, struct psl_model *model)
{
	struct psl_attribute *attribute = attribute_once(psl, &model->attributes, "ignore");
	if (!attribute)
		return;
	model->ignored = true;
	arguments_done(psl, attribute, no_arguments);
}

static void check_map(struct psl *psl, struct psl_model *model)
{
	static const char *const known[] = { "name", NULL };
	model->mapped = attribute_once(psl, &model->attributes, "map");
	if (!model->mapped)
		return;
	model->table = name_argument(psl, model->mapped);
	arguments_done(psl, model->mapped, known);
}

static bool is_before(const struct psl_model *model, const struct psl_field *field, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (model->fields.ptr[i] == field)
			return true;
	return false;
}

/* A column's name is taken by another column, or by a field that is one: of those that follow Prisma does not know yet how they are mapped. */
static void check_columns(struct psl *psl, struct psl_model *model)
{
	struct map columns = { 0 };
	for (size_t i = 0; i < model->fields.len; i++) {
		struct psl_field *field = model->fields.ptr[i];
		if (field->kind == PSL_FIELD_RELATION)
			continue;
		struct psl_field *named = model_field(model, field->column);
		bool taken = map_set(psl->arena, &columns, field->column, field) != NULL;
		if (taken ||
		    (named && named != field && named->kind != PSL_FIELD_RELATION && !is_before(model, named, i)))
			psl_problem(psl, field->at, "\"" STR_FMT "\" has a column \"" STR_FMT "\" already",
				    STR_ARG(model->name), STR_ARG(field->column));
	}
}

static void check_ignored_fields(struct psl *psl, const struct psl_model *model)
{
	for (size_t i = 0; model->ignored && i < model->fields.len; i++)
		if (model->fields.ptr[i]->ignored && model->fields.ptr[i]->kind != PSL_FIELD_RELATION)
			psl_problem(psl, model->fields.ptr[i]->at,
				    "@ignore has no use on a field of a model that is ignored as a whole");
}

static bool is_strict(const struct psl_index *index)
{
	for (size_t i = 0; i < index->fields.len; i++) {
		const struct psl_field *field = index->fields.ptr[i].field;
		if (field->arity == PSL_OPTIONAL || field->kind == PSL_FIELD_UNSUPPORTED)
			return false;
	}
	return true;
}

/* Prisma's client must be able to tell rows apart. */
static void check_has_key(struct psl *psl, const struct psl_model *model)
{
	if (model->ignored || model->kind == PSL_VIEW || (model->id && is_strict(model->id)))
		return;
	for (size_t i = 0; i < model->indexes.len; i++)
		if (model->indexes.ptr[i]->kind == PSL_UNIQUE && is_strict(model->indexes.ptr[i]))
			return;
	psl_problem(psl, model->name,
		    "the model \"" STR_FMT "\" has no @id, @@id, @unique or @@unique on required fields alone",
		    STR_ARG(model->name));
	psl_hint(psl, "A table that has none can only be ignored: @@ignore.");
}

/* No index stands behind a unique field of a view: what would be said of one is refused. */
static void check_view_key(struct psl *psl, const struct psl_index *key)
{
	if (key->map.len)
		psl_problem(psl, key->attribute->at, "a unique key of a view has no name in the database");
	for (size_t i = 0; i < key->fields.len; i++)
		if (key->fields.ptr[i].sort != PSL_NO_SORT)
			psl_problem(psl, key->attribute->at, "a unique key of a view is not sorted");
}

/* Before 7 a view had keys and indexes like a model, for the client alone. */
static void check_view(struct psl *psl, const struct psl_model *view)
{
	enum { STRICT = 7 };
	if (psl->major && psl->major < STRICT)
		return;
	if (view->id)
		psl_problem(psl, view->id->attribute->at, "a view has no primary key");
	for (size_t i = 0; i < view->indexes.len; i++) {
		if (view->indexes.ptr[i]->kind == PSL_PLAIN)
			psl_problem(psl, view->indexes.ptr[i]->attribute->at, "a view has no indexes");
		else
			check_view_key(psl, view->indexes.ptr[i]);
	}
}

static void refuse_foreign(struct psl *psl, struct psl_model *model)
{
	static const char *const others[] = { "fulltext", "shardKey" };
	for (size_t i = 0; i < model->attributes.len; i++)
		for (size_t k = 0; k < LEN(others); k++)
			if (str_eq(model->attributes.ptr[i].name, str_of(others[k]))) {
				model->attributes.ptr[i].seen = true;
				psl_foreign(psl, model->attributes.ptr[i].at, "@@%s is for MySQL", others[k]);
			}
}

static void check_model(struct psl *psl, struct psl_model *model)
{
	static const char *const known[] = { "id", "unique", "index", "map", "schema", "ignore", NULL };
	size_t before = psl->problems.len;
	check_ignore(psl, model);
	for (size_t i = 0; i < model->fields.len; i++)
		if (model->fields.ptr[i]->kind != PSL_FIELD_RELATION)
			check_field(psl, model->fields.ptr[i]);
	check_columns(psl, model);
	check_ignored_fields(psl, model);
	check_map(psl, model);
	model->schema = check_schema(psl, &model->attributes, model->name);
	refuse_foreign(psl, model);
	take_model_keys(psl, model);
	attributes_done(psl, &model->attributes, "@@", known);
	if (model->kind == PSL_VIEW)
		check_view(psl, model);
	if (psl->problems.len == before)
		check_has_key(psl, model);
}

/* ---- enums ---- */

static void check_values(struct psl *psl, struct psl_enum *enumeration)
{
	static const char *const known[] = { "map", NULL }, *const names[] = { "name", NULL };
	struct map stored = { 0 };
	for (size_t i = 0; i < enumeration->values.len; i++) {
		struct psl_enum_value *value = &enumeration->values.ptr[i];
		struct psl_attribute *map = attribute_once(psl, &value->attributes, "map");
		value->stored = map ? name_argument(psl, map) : value->name;
		if (map)
			arguments_done(psl, map, names);
		if (map_set(psl->arena, &stored, value->stored, value))
			psl_problem(psl, value->at, "\"" STR_FMT "\" has a value '" STR_FMT "' in the database already",
				    STR_ARG(enumeration->name), STR_ARG(value->stored));
		attributes_done(psl, &value->attributes, "@", known);
	}
}

static void check_enum(struct psl *psl, struct psl_enum *enumeration)
{
	static const char *const known[] = { "map", "schema", NULL }, *const names[] = { "name", NULL };
	struct psl_attribute *map = attribute_once(psl, &enumeration->attributes, "map");
	if (map) {
		enumeration->type = name_argument(psl, map);
		arguments_done(psl, map, names);
	}
	check_values(psl, enumeration);
	enumeration->schema = check_schema(psl, &enumeration->attributes, enumeration->name);
	attributes_done(psl, &enumeration->attributes, "@@", known);
}

void check_models(struct psl *psl)
{
	for (size_t i = 0; i < psl->enums.len; i++)
		check_enum(psl, psl->enums.ptr[i]);
	for (size_t i = 0; i < psl->models.len; i++)
		check_model(psl, psl->models.ptr[i]);
}
