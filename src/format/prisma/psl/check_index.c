#include "format/prisma/psl/check.h"
#include "format/prisma/psl/native.h"

/* @id, @unique, @@id, @@unique and @@index. */

static struct psl_index *new_index(struct psl *psl, struct psl_model *model, struct psl_attribute *attribute, int kind)
{
	struct psl_index *index = arena_alloc(psl->arena, sizeof(*index));
	index->of = model;
	index->attribute = attribute;
	index->kind = kind;
	attribute->seen = true;
	return index;
}

/* ---- what they have in common ---- */

static void take_map(struct psl *psl, struct psl_index *index)
{
	index->map = argument_name(psl, index->attribute, "map");
	if (index->map.len > 63)
		psl_problem(psl, index->attribute->at, "the name \"" STR_FMT "\" is longer than 63 bytes",
			    STR_ARG(index->map));
	struct psl_value *clustered = argument(psl, index->attribute, "clustered", false);
	if (clustered)
		psl_foreign(psl, clustered->at, "\"clustered\" is for SQL Server");
}

/* A name becomes a part of Prisma's client. */
static void take_client_name(struct psl *psl, struct psl_index *index)
{
	index->name = argument_name(psl, index->attribute, "name");
	for (size_t i = 0; i < index->name.len; i++) {
		char c = index->name.ptr[i];
		bool ok = c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
		if (!ok) {
			psl_problem(psl, index->attribute->at,
				    "\"name\" has letters, digits and \"_\" only: \"" STR_FMT "\"",
				    STR_ARG(index->name));
			return;
		}
	}
}

static void take_where(struct psl *psl, struct psl_index *index)
{
	index->where = argument(psl, index->attribute, "where", false);
	if (index->where)
		check_where(psl, index);
}

static void check_primary(struct psl *psl, const struct psl_index *index)
{
	struct psl_model *model = index->of;
	if (model->id) {
		psl_problem(psl, index->attribute->at, "\"" STR_FMT "\" has an id already: @id or @@id, once",
			    STR_ARG(model->name));
		return;
	}
	for (size_t i = 0; i < index->fields.len; i++) {
		const struct psl_index_field *each = &index->fields.ptr[i];
		if (each->sort != PSL_NO_SORT)
			psl_problem(psl, index->attribute->at, "a primary key of PostgreSQL is not sorted");
		if (each->field->arity != PSL_REQUIRED && !model->ignored)
			psl_problem(psl, index->attribute->at, "\"" STR_FMT "\" is part of the id and must be required",
				    STR_ARG(each->field->name));
		if (each->opclass || each->raw_opclass)
			psl_problem(psl, index->attribute->at, "only @@index has operator classes");
	}
}

/* ---- @id and @unique ---- */

void take_field_key(struct psl *psl, struct psl_field *field, struct psl_attribute *attribute, int kind)
{
	static const char *const known[] = { "map", "sort", "where", NULL };
	struct psl_index *index = new_index(psl, field->of, attribute, kind);
	struct psl_index_field each = { .field = field };
	struct psl_value *length;
	index->source = field;
	take_map(psl, index);
	take_sort(psl, argument(psl, attribute, "sort", false), &each);
	vec_push(psl->arena, &index->fields, each);
	if ((length = argument(psl, attribute, "length", false)) != NULL)
		tell_length(psl, length);
	if (kind == PSL_UNIQUE)
		take_where(psl, index);
	arguments_done(psl, attribute, known);
	if (kind == PSL_UNIQUE) {
		vec_push(psl->arena, &field->of->indexes, index);
		return;
	}
	check_primary(psl, index);
	field->of->id = index;
}

/* ---- @@id, @@unique and @@index ---- */

static void take_id(struct psl *psl, struct psl_model *model, struct psl_attribute *attribute)
{
	static const char *const known[] = { "fields", "name", "map", NULL };
	struct psl_index *index = new_index(psl, model, attribute, PSL_PRIMARY);
	take_index_fields(psl, index);
	take_client_name(psl, index);
	take_map(psl, index);
	arguments_done(psl, attribute, known);
	check_primary(psl, index);
	model->id = index;
}

static void check_unique(struct psl *psl, const struct psl_index *index)
{
	for (size_t i = 0; i < index->fields.len; i++)
		if (index->fields.ptr[i].opclass || index->fields.ptr[i].raw_opclass)
			psl_problem(psl, index->attribute->at, "only @@index has operator classes");
}

static void take_unique(struct psl *psl, struct psl_model *model, struct psl_attribute *attribute)
{
	static const char *const known[] = { "fields", "name", "map", "where", NULL };
	struct psl_index *index = new_index(psl, model, attribute, PSL_UNIQUE);
	take_index_fields(psl, index);
	take_client_name(psl, index);
	take_map(psl, index);
	take_where(psl, index);
	arguments_done(psl, attribute, known);
	check_unique(psl, index);
	vec_push(psl->arena, &model->indexes, index);
}

static void take_algorithm(struct psl *psl, struct psl_index *index)
{
	static const char *const names[] = { "BTree", "Hash", "Gist", "Gin", "SpGist", "Brin", NULL };
	struct psl_value *value = argument(psl, index->attribute, "type", false);
	struct words known = words_of(psl->arena, names);
	struct str word;
	if (!value || !value_word(psl, value, &word))
		return;
	for (int i = 0; names[i]; i++)
		if (str_eq(word, str_of(names[i])))
			index->algorithm = (enum psl_algorithm)(PSL_BTREE + i);
	if (index->algorithm == PSL_NO_ALGORITHM) {
		psl_problem(psl, value->at, "there is no type of index " STR_FMT, STR_ARG(word));
		psl_hint_nearest(psl, word, &known);
	}
}

static void check_hash(struct psl *psl, const struct psl_index *index)
{
	for (size_t i = 0; i < index->fields.len; i++)
		if (index->algorithm == PSL_HASH && index->fields.ptr[i].sort != PSL_NO_SORT)
			psl_problem(psl, index->attribute->at, "an index of type Hash is not sorted");
}

static void take_plain(struct psl *psl, struct psl_model *model, struct psl_attribute *attribute)
{
	static const char *const known[] = { "fields", "name", "map", "type", "where", NULL };
	struct psl_index *index = new_index(psl, model, attribute, PSL_PLAIN);
	take_index_fields(psl, index);
	take_map(psl, index);
	/* What was "map" once. */
	struct str name = argument_name(psl, attribute, "name");
	if (name.len && index->map.len)
		psl_problem(psl, attribute->at,
			    "\"name\" is the old word for \"map\" here: only one of them can be given");
	if (name.len)
		index->map = name;
	take_algorithm(psl, index);
	take_where(psl, index);
	arguments_done(psl, attribute, known);
	check_hash(psl, index);
	vec_push(psl->arena, &model->indexes, index);
}

/* Attributes of that name, in the order of the text; which of them Prisma makes first is its own affair (see ddl_index.c). */
static void take_each(struct psl *psl, struct psl_model *model, const char *name,
		      void (*take)(struct psl *, struct psl_model *, struct psl_attribute *))
{
	for (size_t i = 0; i < model->attributes.len; i++)
		if (str_eq(model->attributes.ptr[i].name, str_of(name)))
			take(psl, model, &model->attributes.ptr[i]);
}

static bool is_xml(const struct psl_index *index)
{
	for (size_t i = 0; i < index->fields.len; i++) {
		const struct psl_field *field = index->fields.ptr[i].field;
		if (field->native && strcmp(field->native->name, "Xml") == 0)
			return true;
	}
	return false;
}

void take_model_keys(struct psl *psl, struct psl_model *model)
{
	take_each(psl, model, "id", take_id);
	take_each(psl, model, "index", take_plain);
	take_each(psl, model, "unique", take_unique);
	for (size_t i = 0; i < model->indexes.len; i++) {
		const struct psl_index *index = model->indexes.ptr[i];
		if (is_xml(index))
			psl_problem(psl, index->attribute->at, "a column of type xml cannot be in an index");
		check_opclasses(psl, index);
	}
}
