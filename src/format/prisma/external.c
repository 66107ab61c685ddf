/*
 * external.c - tables and enums that others make: tables.external and enums.external of prisma.config, and what is in the platform's schemas (auth.users).
 *
 * Their models are for the client alone.  No migration makes, changes or drops them, but foreign keys may lead there; so what replays a history has to
 * begin with them.  Prisma's shadow database begins with migrations.initShadowDb; where that is not said, what the schema tells of them will do.
 */
#include "format/prisma/wanted.h"
#include "schema/kind.h"

/* "auth.users", or a bare name of the home schema. */
static bool is_listed(const struct prisma_project *project, const struct strs *list, struct str schema, struct str name)
{
	for (size_t i = 0; i < list->len; i++) {
		struct str listed_schema, listed_name;
		if (!str_cut(list->ptr[i], '.', &listed_schema, &listed_name)) {
			listed_schema = str_of(project->home);
			listed_name = list->ptr[i];
		}
		if (str_eq(listed_name, name) && str_eq(listed_schema, schema.len ? schema : str_of(project->home)))
			return true;
	}
	return false;
}

static bool is_outside(const struct prisma_project *project, struct str schema)
{
	return strs_fit(&project->outside, schema);
}

/* Whether the schema can have any at all. */
static bool has_external(const struct prisma_project *project, const struct psl *psl)
{
	for (size_t i = 0; i < psl->datasource.schemas.len; i++)
		if (is_outside(project, psl->datasource.schemas.ptr[i]))
			return true;
	return project->external_tables.len || project->external_enums.len;
}

void prisma_mark_external(const struct prisma_project *project, const struct psl *psl)
{
	if (!has_external(project, psl))
		return;
	for (size_t i = 0; i < psl->models.len; i++) {
		struct psl_model *model = psl->models.ptr[i];
		model->external = is_outside(project, model->schema) ||
			is_listed(project, &project->external_tables, model->schema, model->table);
	}
	for (size_t i = 0; i < psl->enums.len; i++) {
		struct psl_enum *enumeration = psl->enums.ptr[i];
		enumeration->external = is_outside(project, enumeration->schema) ||
			is_listed(project, &project->external_enums, enumeration->schema, enumeration->type);
	}
}

void prisma_tell_external(struct arena *arena, const struct prisma_project *project, const struct psl *psl,
			  struct strs *notes)
{
	struct buf names = buf_init(arena);
	struct str schema = { 0 };
	for (size_t i = 0; i < psl->models.len; i++) {
		const struct psl_model *model = psl->models.ptr[i];
		if (model->kind != PSL_MODEL || !is_outside(project, model->schema))
			continue;
		schema = model->schema;
		buf_printf(&names, "%s" STR_FMT, names.len ? ", " : "", STR_ARG(model->name));
	}
	if (names.len)
		vec_push(arena, notes,
			 str_of(arena_printf(arena,
					     "the schema \"" STR_FMT
					     "\" is the platform's: the tables of %s are left as they are",
					     STR_ARG(schema), names.ptr)));
}

bool prisma_is_external(const struct prisma_project *project, const struct object *object)
{
	const struct object *whole = object;
	if (!project->may_be_external)
		return false;
	while (whole->parent)
		whole = whole->parent;
	if (whole->kind == KIND_SEQUENCE)
		whole = object_table(whole);
	if (!whole || (whole->kind != KIND_TABLE && whole->kind != KIND_ENUM))
		return false;
	return is_outside(project, str_of(whole->schema)) ||
		is_listed(project, whole->kind == KIND_ENUM ? &project->external_enums : &project->external_tables,
			  str_of(whole->schema), str_of(whole->name));
}

const char *prisma_ground(struct arena *arena, const struct format_settings *settings)
{
	const struct prisma_project *project = settings->extra;
	struct err ignored = { .arena = arena };
	struct psl *psl;
	if (project->shadow || !project->schema || !project->may_be_external ||
	    !psl_load(arena, settings->root, project->schema, &psl, &ignored))
		return project->shadow;
	psl->major = project->major;
	psl_check(psl);
	if (!psl_ok(psl, &ignored))
		return NULL;
	prisma_mark_external(project, psl);
	return str_dup(arena, psl_ddl_external(arena, psl));
}

void prisma_look_for_external(struct prisma_project *project, const struct psl *psl)
{
	project->may_be_external = has_external(project, psl);
}
