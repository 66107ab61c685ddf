#include <stdlib.h>

#include "format/prisma/psl/blocks.h"
#include "format/prisma/psl/check.h"
#include "format/prisma/psl/coerce.h"

static const char *const datasource_properties[] = { "provider",     "url",        "directUrl", "shadowDatabaseUrl",
						     "relationMode", "extensions", "schemas",   NULL };

/* ---- properties ---- */

static struct psl_value *property(const struct block *block, const char *name)
{
	for (size_t i = 0; i < block->properties->len; i++) {
		struct property *each = &block->properties->ptr[i];
		if (str_eq(each->name, str_of(name))) {
			each->seen = true;
			return each->value;
		}
	}
	return NULL;
}

static void check_each_once(struct psl *psl, const struct block *block)
{
	struct map known = { 0 };
	for (size_t i = 0; i < block->properties->len; i++) {
		struct property *each = &block->properties->ptr[i];
		if (map_set(psl->arena, &known, each->name, each))
			psl_problem(psl, each->name, "\"" STR_FMT "\" is given twice", STR_ARG(each->name));
		if (!each->value)
			psl_problem(psl, each->at, "\"" STR_FMT "\" has no value", STR_ARG(each->name));
	}
}

static void check_known(struct psl *psl, const struct block *block)
{
	struct words words = words_of(psl->arena, datasource_properties);
	for (size_t i = 0; i < block->properties->len; i++) {
		struct property *each = &block->properties->ptr[i];
		if (each->seen)
			continue;
		psl_problem(psl, each->name, "a datasource has no property \"" STR_FMT "\"", STR_ARG(each->name));
		psl_hint_nearest(psl, each->name, &words);
	}
}

/* ---- provider ---- */

static bool is_other_provider(struct str name)
{
	static const char *const others[] = { "mysql", "sqlite", "sqlserver", "mongodb", "cockroachdb" };
	for (size_t i = 0; i < LEN(others); i++)
		if (str_eq(name, str_of(others[i])))
			return true;
	return false;
}

static void take_provider(struct psl *psl, const struct block *block)
{
	struct psl_value *value = property(block, "provider");
	if (!value) {
		psl_problem(psl, block->at, "the datasource \"" STR_FMT "\" names no provider", STR_ARG(block->name));
		psl_hint(psl, "Write provider = \"postgresql\".");
		return;
	}
	if (!value_string(psl, value, &psl->datasource.provider))
		return;
	struct str provider = psl->datasource.provider;
	if (str_eq(provider, STR("postgresql")) || str_eq(provider, STR("postgres")))
		return;
	if (is_other_provider(provider))
		psl_foreign(psl, value->at, "the provider is \"" STR_FMT "\": brant works with PostgreSQL only",
			    STR_ARG(provider));
	else
		psl_problem(psl, value->at, "unknown provider \"" STR_FMT "\"", STR_ARG(provider));
	psl_hint(psl, "Write provider = \"postgresql\".");
}

/* ---- URLs ---- */

/* env("NAME") */
static bool is_variable(const struct psl_value *value)
{
	return value_is_call(value, "env") && value->args.len == 1 && value->args.ptr[0].value &&
		value->args.ptr[0].value->kind == PSL_STRING;
}

static void take_url(struct psl *psl, const struct block *block, const char *name, struct psl_url *ret_url)
{
	struct psl_value *value = property(block, name);
	if (!value)
		return;
	ret_url->at = value->at;
	if (value->kind == PSL_STRING)
		ret_url->written = value->text;
	else if (is_variable(value))
		ret_url->variable = value->args.ptr[0].value->text;
	else
		psl_problem(psl, value->at, "\"%s\" is a string or env(\"NAME\")", name);
}

/* ---- schemas ---- */

static int compare_strs(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void take_schemas(struct psl *psl, const struct block *block)
{
	struct psl_value *value = property(block, "schemas");
	struct strs *schemas = &psl->datasource.schemas;
	if (!value)
		return;
	psl->datasource.says_schemas = true;
	struct psl_arguments items = value_items(psl->arena, value);
	if (!items.len)
		psl_problem(psl, value->at, "the list of schemas is empty");
	for (size_t i = 0; i < items.len; i++) {
		struct str name;
		if (value_string(psl, items.ptr[i].value, &name))
			vec_push(psl->arena, schemas, name);
	}
	if (schemas->len)
		qsort(schemas->ptr, schemas->len, sizeof(*schemas->ptr), compare_strs);
	for (size_t i = 1; i < schemas->len; i++)
		if (str_eq(schemas->ptr[i - 1], schemas->ptr[i]))
			psl_problem(psl, value->at, "the schema \"" STR_FMT "\" is given twice",
				    STR_ARG(schemas->ptr[i]));
}

/* ---- extensions ---- */

static struct str *extension_member(struct psl_extension *extension, struct str name)
{
	if (str_eq(name, STR("map")))
		return &extension->map;
	if (str_eq(name, STR("schema")))
		return &extension->schema;
	return str_eq(name, STR("version")) ? &extension->version : NULL;
}

static void take_extension_argument(struct psl *psl, struct psl_extension *extension,
				    const struct psl_argument *argument)
{
	struct str *member = extension_member(extension, argument->name);
	if (!argument->name.len)
		psl_problem(psl, argument->at, "an argument of an extension has a name and a value");
	else if (!argument->value)
		return; /* Prisma reads over "version: " */
	else if (!member)
		psl_problem(psl, argument->at,
			    "an extension has no argument \"" STR_FMT "\": there are map, schema and version",
			    STR_ARG(argument->name));
	else if (member->ptr)
		psl_problem(psl, argument->at, "\"" STR_FMT "\" is given twice", STR_ARG(argument->name));
	else if (value_string(psl, argument->value, member) && member == &extension->map && !member->len)
		psl_problem(psl, argument->value->at, "a name in the database must not be empty");
}

static struct str name_in_database(const struct psl_extension *extension)
{
	return extension->map.len ? extension->map : extension->name;
}

/* Of one that is listed twice the last counts. */
static void add_extension(struct psl *psl, const struct psl_extension *extension)
{
	for (size_t i = 0; i < psl->datasource.extensions.len; i++) {
		struct psl_extension *other = &psl->datasource.extensions.ptr[i];
		if (str_eq(name_in_database(other), name_in_database(extension))) {
			*other = *extension;
			return;
		}
	}
	vec_push(psl->arena, &psl->datasource.extensions, *extension);
}

static void take_extension(struct psl *psl, const struct psl_value *value)
{
	struct psl_extension extension = { .at = value->at, .name = value->text };
	if (value->kind != PSL_WORD && value->kind != PSL_CALL) {
		psl_problem(psl, value->at, "expected the name of an extension, without quotes");
		return;
	}
	if (memchr(value->text.ptr, '-', value->text.len)) {
		psl_problem(psl, value->at, "a name cannot have a \"-\" here");
		psl_hint(psl, "Write a name of your own and map: uuid(map: \"uuid-ossp\").");
	}
	for (size_t i = 0; value->kind == PSL_CALL && i < value->args.len; i++)
		take_extension_argument(psl, &extension, &value->args.ptr[i]);
	add_extension(psl, &extension);
}

static int compare_extensions(const void *a, const void *b)
{
	const struct psl_extension *left = a, *right = b;
	return str_cmp(left->name, right->name);
}

static void take_extensions(struct psl *psl, const struct block *block)
{
	struct psl_value *value = property(block, "extensions");
	if (!value)
		return;
	struct psl_arguments items = value_items(psl->arena, value);
	for (size_t i = 0; i < items.len; i++)
		take_extension(psl, items.ptr[i].value);
	if (psl->datasource.extensions.len)
		qsort(psl->datasource.extensions.ptr, psl->datasource.extensions.len, sizeof(struct psl_extension),
		      compare_extensions);
}

/* ---- relationMode, once called referentialIntegrity ---- */

static void take_relation_mode(struct psl *psl, const struct block *block)
{
	struct psl_value *old = property(block, "referentialIntegrity"), *value = property(block, "relationMode");
	struct str mode;
	if (old && value)
		psl_problem(psl, old->at,
			    "referentialIntegrity is the old name of relationMode: only one of them can be given");
	value = value ? value : old;
	if (!value || !value_string(psl, value, &mode))
		return;
	psl->datasource.emulates_relations = str_eq(mode, STR("prisma"));
	if (!psl->datasource.emulates_relations && !str_eq(mode, STR("foreignKeys")))
		psl_problem(psl, value->at,
			    "unknown relation mode \"" STR_FMT "\": there are \"prisma\" and \"foreignKeys\"",
			    STR_ARG(mode));
}

/* ---- blocks ---- */

static bool is_same_url(const struct psl_url *a, const struct psl_url *b)
{
	return (a->variable.len && str_eq(a->variable, b->variable)) ||
		(a->written.len && str_eq(a->written, b->written));
}

static void check_shadow(struct psl *psl)
{
	const struct psl_datasource *datasource = &psl->datasource;
	if (is_same_url(&datasource->shadow_url, &datasource->url))
		psl_problem(psl, datasource->shadow_url.at, "shadowDatabaseUrl is the same as url");
	else if (is_same_url(&datasource->shadow_url, &datasource->direct_url))
		psl_problem(psl, datasource->shadow_url.at, "shadowDatabaseUrl is the same as directUrl");
}

void take_datasource(struct reader *r, const struct block *block)
{
	struct psl *psl = r->psl;
	if (psl->datasource.at.ptr) {
		psl_problem(psl, block->at, "there is a datasource already: only one can be given");
		return;
	}
	psl->datasource.at = block->at;
	psl->datasource.name = block->name;
	check_each_once(psl, block);
	take_provider(psl, block);
	take_url(psl, block, "url", &psl->datasource.url);
	take_url(psl, block, "directUrl", &psl->datasource.direct_url);
	take_url(psl, block, "shadowDatabaseUrl", &psl->datasource.shadow_url);
	take_relation_mode(psl, block);
	take_schemas(psl, block);
	take_extensions(psl, block);
	check_shadow(psl);
	check_known(psl, block);
}

/* A string, or a variable of the environment that has one. */
static void check_text(struct psl *psl, const struct psl_value *value)
{
	struct str ignored;
	if (value && !is_variable(value))
		value_string(psl, value, &ignored);
}

/* With this one Prisma sees partial indexes also where the schema has none. */
static void note_feature(struct psl *psl, const struct psl_value *value)
{
	psl->sees_partial_indexes = psl->sees_partial_indexes || str_eq(value->text, STR("partialIndexes"));
}

static void take_features(struct psl *psl, struct psl_value *value)
{
	if (!value || is_variable(value))
		return;
	struct psl_arguments items = value_items(psl->arena, value);
	for (size_t i = 0; i < items.len; i++)
		note_feature(psl, items.ptr[i].value);
}

static void check_texts(struct psl *psl, struct psl_value *value)
{
	if (!value || is_variable(value))
		return;
	struct psl_arguments items = value_items(psl->arena, value);
	for (size_t i = 0; i < items.len; i++)
		check_text(psl, items.ptr[i].value);
}

/* What a generator does is no business of migrations: only what makes it none is told. */
void take_generator(struct reader *r, const struct block *block)
{
	static const char *const texts[] = { "provider", "output", "engineType" };
	check_each_once(r->psl, block);
	if (!property(block, "provider"))
		psl_problem(r->psl, block->at, "the generator \"" STR_FMT "\" names no provider", STR_ARG(block->name));
	if (is_scalar_name(block->name))
		psl_problem(r->psl, block->name, "a generator cannot be called \"" STR_FMT "\"", STR_ARG(block->name));
	if (map_get(&r->psl->generator_names, block->name))
		psl_problem(r->psl, block->name, "there is a generator \"" STR_FMT "\" already", STR_ARG(block->name));
	map_set(r->psl->arena, &r->psl->generator_names, block->name, r->psl);
	for (size_t i = 0; i < LEN(texts); i++)
		check_text(r->psl, property(block, texts[i]));
	check_texts(r->psl, property(block, "binaryTargets"));
	check_texts(r->psl, property(block, "previewFeatures"));
	take_features(r->psl, property(block, "previewFeatures"));
}
