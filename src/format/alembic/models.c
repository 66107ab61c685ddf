/*
 * models.c - the schema that the models want: target_metadata of env.py, as SQLAlchemy would create it in an empty database.
 *
 * What metadata has words for is compared: tables, columns, defaults, keys, checks, indexes, comments.  All else that a history makes stays: functions,
 * triggers, policies, views, grants, extensions, partitions; and what Alembic's autogenerate does not look at: types and sequences that no model uses,
 * other schemas, and what include_name and include_object keep it away from.
 */
#include "format/alembic/helper.h"
#include "schema/kind.h"

/* scope.extra */
struct models {
	struct arena *arena;
	const struct format_settings *settings;
	struct scope scope;
	struct map schemas; /* that the models name, and the one where all else goes: public, as a rule */
	struct map named;   /* tables, types and sequences that they make: public.state */
	struct map lent;    /* types among them that others make (create_type=False), with labels as they have them */
	struct map constraints; /* whose names they give: public.users.uq_users_name */
	struct map refused;     /* columns that include_object keeps it away from: public.users.name */
	bool all_schemas;       /* include_schemas */
	bool filters;           /* env.py has a word on which tables count */
};

static bool in_its_schemas(const struct models *models, const char *schema)
{
	return schema && (models->all_schemas || map_get(&models->schemas, str_of(schema)));
}

static bool is_named(const struct models *models, const struct object *object)
{
	const char *name = arena_printf(models->arena, "%s.%s", object->schema, object->name);
	return map_get(&models->named, str_of(name)) != NULL;
}

static bool is_lent(const struct models *models, const struct object *object)
{
	const char *name = arena_printf(models->arena, "%s.%s", object->schema, object->name);
	return map_get(&models->lent, str_of(name)) != NULL;
}

/* Neither a partition, which SQLAlchemy has no words for, nor a child (postgresql_inherits) that is in no model. */
static bool is_their_table(const struct models *models, const struct object *table)
{
	return table && table->kind == KIND_TABLE && !object_get(table, "partition_of") &&
		(!object_get(table, "inherits") || is_named(models, table));
}

/* A type or a sequence may be in a schema where no table of the models is: of that schema no more is theirs. */
static bool is_in_reach(const struct models *models, const struct object *object)
{
	bool lone = object->kind == KIND_ENUM || object->kind == KIND_DOMAIN || object->kind == KIND_SEQUENCE;
	return in_its_schemas(models, object->schema) || (lone && object->schema && is_named(models, object));
}

static bool describes(const struct scope *scope, const struct object *object)
{
	if (!is_in_reach(scope->extra, object))
		return false;
	switch ((int)object->kind) {
	case KIND_TABLE:
		return is_their_table(scope->extra, object);
	case KIND_COLUMN:
	case KIND_DEFAULT:
	case KIND_CONSTRAINT:
	case KIND_INDEX:
	case KIND_FOREIGN_KEY:
		return is_their_table(scope->extra, object->parent);
	case KIND_OWNED_BY:
		return true;
	case KIND_SEQUENCE:
		return sequence_is_owned(object) || is_named(scope->extra, object);
	case KIND_ENUM:
	case KIND_DOMAIN:
		return is_named(scope->extra, object);
	default:
		return false;
	}
}

static bool describes_attribute(const struct scope *scope, const struct object *object, const char *name)
{
	static const char *const of_columns[] = { "type",      "not_null", "collation", "identity", "identity_options",
						  "generated", "comment" };
	switch ((int)object->kind) {
	case KIND_COLUMN:
		for (size_t i = 0; i < LEN(of_columns); i++)
			if (strcmp(name, of_columns[i]) == 0)
				return true;
		return false;
	case KIND_TABLE:
		return strcmp(name, "comment") == 0 || strcmp(name, "partition_key") == 0 ||
			(strcmp(name, "inherits") == 0 && is_named(scope->extra, object));
	case KIND_SEQUENCE:
		return strcmp(name, "options") == 0 && is_named(scope->extra, object);
	case KIND_DEFAULT:
		return strcmp(name, "expression") == 0;
	case KIND_ENUM:
		return strcmp(name, "labels") == 0 && !is_lent(scope->extra, object);
	case KIND_DOMAIN:
		return true;
	case KIND_CONSTRAINT:
	case KIND_INDEX:
	case KIND_FOREIGN_KEY:
		return strcmp(name, "definition") == 0;
	default:
		return false;
	}
}

/* Unless env.py says another one. */
static void add_path(struct arena *arena, const struct format_settings *settings, struct json *request)
{
	if (settings->search_path)
		json_put(arena, request, "path", json_of_text(settings->search_path));
}

/* ---- include_name and include_object ---- */

/* What autogenerate calls it; NULL: it has no word for that, and looks at no such thing. */
static const char *kind_of(const struct object *object)
{
	const char *definition = object_get(object, "definition");
	switch ((int)object->kind) {
	case KIND_TABLE:
		return "table";
	case KIND_COLUMN:
		return "column";
	case KIND_INDEX:
		return "index";
	case KIND_FOREIGN_KEY:
		return "foreign_key_constraint";
	case KIND_CONSTRAINT:
		return definition && str_starts(str_of(definition), STR("UNIQUE")) ? "unique_constraint" : NULL;
	default:
		return NULL;
	}
}

/* It is there and in no model, and what it is a part of is in one. */
static bool is_asked_for(const struct models *models, const struct graft *graft, const struct object *object)
{
	const struct object *table = object->kind == KIND_TABLE ? NULL : object->parent;
	return kind_of(object) && in_its_schemas(models, object->schema) && !schema_find(graft->to, object->id) &&
		!map_get(&graft->kept, str_of(object->id)) &&
		(object->kind == KIND_TABLE || (is_their_table(models, table) && schema_find(graft->to, table->id)));
}

/* [SCHEMA, TABLE], [SCHEMA, TABLE, KIND, NAME] */
static struct json question_of(struct arena *arena, const struct object *object)
{
	struct json words = json_new(JS_ARRAY);
	bool part = object->kind != KIND_TABLE;
	json_add(arena, &words, json_of_text(object->schema));
	json_add(arena, &words, json_of_text(part ? object->parent->name : object->name));
	if (part) {
		json_add(arena, &words, json_of_text(kind_of(object)));
		json_add(arena, &words, json_of_text(object->name));
	}
	return words;
}

static struct json what_to_ask(const struct models *models, const struct graft *graft)
{
	struct json ask = json_new(JS_ARRAY);
	for (size_t i = 0; i < graft->from->objects.len; i++)
		if (is_asked_for(models, graft, graft->from->objects.ptr[i]))
			json_add(models->arena, &ask, question_of(models->arena, graft->from->objects.ptr[i]));
	return ask;
}

static void keep(struct graft *graft, const struct object *object)
{
	const struct object *value = object->kind == KIND_COLUMN ? object_beside(object, KIND_DEFAULT) : NULL;
	graft_keep(graft, object);
	if (value)
		graft_keep(graft, value);
}

/* A column that is in a model, and that autogenerate does not compare: it is as it is there, or not at all. */
static void settle_refused(const struct models *models, struct graft *graft)
{
	for (size_t i = 0; models->refused.len && i < graft->to->objects.len; i++) {
		struct object *wanted = graft->to->objects.ptr[i];
		const struct object *there = schema_find(graft->from, wanted->id);
		if ((wanted->kind != KIND_COLUMN && wanted->kind != KIND_DEFAULT) || !wanted->parent ||
		    !map_get(&models->refused,
			     str_of(arena_printf(models->arena, "%s.%s.%s", wanted->parent->schema,
						 wanted->parent->name, wanted->name))))
			continue;
		for (size_t k = 0; there && k < wanted->attributes->len; k++)
			wanted->values[k] = there->values[k];
		if (!there)
			graft_drop(graft, wanted);
	}
}

/* ---- names that nobody gave ---- */

static bool is_given(const struct models *models, const struct object *constraint)
{
	const struct object *table = constraint->parent;
	const char *name = arena_printf(models->arena, "%s.%s.%s", table->schema, table->name, constraint->name);
	return map_get(&models->constraints, str_of(name)) != NULL;
}

/* A constraint of the table that says the same under a name that is not wanted. */
static const struct object *same_constraint(const struct graft *graft, const struct object *wanted)
{
	const struct object *table = schema_find(graft->from, wanted->parent->id);
	const char *definition = object_get(wanted, "definition");
	for (size_t i = 0; table && definition && i < table->children.len; i++) {
		const struct object *old = table->children.ptr[i];
		const char *there = old->kind == wanted->kind ? object_get(old, "definition") : NULL;
		if (there && strcmp(there, definition) == 0 && !schema_find(graft->to, old->id))
			return old;
	}
	return NULL;
}

/* Autogenerate does not ask for them either: a constraint that is the same but for that stays as it is. */
static void settle_names(const struct models *models, struct graft *graft)
{
	for (size_t i = 0; i < graft->to->objects.len; i++) {
		const struct object *wanted = graft->to->objects.ptr[i], *old;
		if ((wanted->kind != KIND_CONSTRAINT && wanted->kind != KIND_FOREIGN_KEY) || !wanted->parent ||
		    schema_find(graft->from, wanted->id) || is_given(models, wanted) ||
		    map_get(&graft->dropped, str_of(wanted->id)) || !(old = same_constraint(graft, wanted)) ||
		    map_get(&graft->kept, str_of(old->id)))
			continue;
		graft_keep(graft, old);
		graft_drop(graft, wanted);
	}
}

/* An env.py that cannot be asked keeps Alembic away from all of them: nothing is dropped on a guess. */
static void settle(const struct scope *scope, struct graft *graft)
{
	const struct models *models = scope->extra;
	struct err ignored = { .arena = models->arena };
	struct json answer, request, ask;
	struct map kept = { 0 };
	settle_names(models, graft);
	if (!models->filters)
		return;
	settle_refused(models, graft);
	ask = what_to_ask(models, graft);
	request = helper_request(models->arena, models->settings->extra, "models");
	json_put(models->arena, &request, "ask", ask);
	add_path(models->arena, models->settings, &request);
	bool ok = helper_ask(models->arena, models->settings, &request, NULL, &answer, &ignored);
	const struct json *told = ok ? json_get_kind(&answer, "kept", JS_ARRAY) : NULL;
	for (size_t i = 0; told && i < told->len; i++)
		map_set(models->arena, &kept, json_print(models->arena, &told->ptr[i], 0), &kept);
	for (size_t i = 0; i < graft->from->objects.len; i++) {
		const struct object *object = graft->from->objects.ptr[i];
		if (!is_asked_for(models, graft, object))
			continue;
		struct json words = question_of(models->arena, object);
		if (!ok || map_get(&kept, json_print(models->arena, &words, 0)))
			keep(graft, object);
	}
}

/* ---- asking ---- */

static struct str joined(struct arena *arena, const struct json *statements)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; statements && i < statements->len; i++)
		buf_printf(&buf, STR_FMT "\n;\n", STR_ARG(statements->ptr[i].text));
	return buf_as_str(&buf);
}

static struct models *take_models(struct arena *arena, const struct format_settings *settings,
				  const struct json *answer)
{
	struct models *models = arena_alloc(arena, sizeof(*models));
	const struct json *schemas = json_get_kind(answer, "schemas", JS_ARRAY);
	models->arena = arena;
	models->settings = settings;
	models->all_schemas = json_get_true(answer, "include_schemas");
	models->filters = json_get_true(answer, "filters");
	map_set(arena, &models->schemas, str_of(json_get_text(answer, "home", "public")), models);
	for (size_t i = 0; schemas && i < schemas->len; i++)
		map_set(arena, &models->schemas, schemas->ptr[i].text, models);
	const struct json *named = json_get_kind(answer, "named", JS_ARRAY);
	for (size_t i = 0; named && i < named->len; i++)
		map_set(arena, &models->named, named->ptr[i].text, models);
	const struct json *lent = json_get_kind(answer, "lent", JS_ARRAY);
	for (size_t i = 0; lent && i < lent->len; i++)
		map_set(arena, &models->lent, lent->ptr[i].text, models);
	const struct json *constraints = json_get_kind(answer, "constraints", JS_ARRAY);
	for (size_t i = 0; constraints && i < constraints->len; i++)
		map_set(arena, &models->constraints, constraints->ptr[i].text, models);
	const struct json *refused = json_get_kind(answer, "refused", JS_ARRAY);
	for (size_t i = 0; refused && i < refused->len; i++)
		map_set(arena, &models->refused, refused->ptr[i].text, models);
	models->scope = (struct scope){ describes, describes_attribute, settle, NULL, models };
	return models;
}

bool alembic_wanted(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		    struct err *err)
{
	const struct alembic *alembic = settings->extra;
	struct json request = helper_request(arena, alembic, "models"), answer;
	if (alembic->target)
		helper_add_database(arena, &request, alembic->target);
	add_path(arena, settings, &request);
	if (!helper_ask(arena, settings, &request, NULL, &answer, err))
		return false;
	struct models *models = take_models(arena, settings, &answer);
	*ret_wanted = (struct wanted){
		.said = arena_printf(arena, "the models of %s/env.py", alembic->scripts),
		.ddl = joined(arena, json_get_kind(&answer, "ddl", JS_ARRAY)),
		.scope = &models->scope,
		.extra = models,
	};
	return true;
}
