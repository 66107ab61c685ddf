#include "format/prisma/wanted.h"

#include "base/file.h"
#include "sql/quote.h"

static bool no_schema(const struct format_settings *settings, const char *said, struct err *err)
{
	if (said) {
		err_set(err, ERR_USAGE, "no-such-schema", "there is no \"%s\"",
			path_join(err->arena, settings->root, said));
		return err_hint(
			err,
			"That is where prisma.config.ts, package.json or \"schema:\" in brant.yaml has the schema. Get the file back, or say where it is now.");
	}
	err_set(err, ERR_USAGE, "no-such-schema", "there is no schema.prisma in \"%s\"", settings->root);
	return err_hint(
		err,
		"brant looks where Prisma does: prisma/schema.prisma, prisma/schema/, \"prisma\" in package.json, prisma.config.ts. "
		"Name it with \"schema:\" in brant.yaml.");
}

static bool is_unwritten(const struct psl_field *field)
{
	const struct psl_value *value = field->fallback;
	return value && value->kind == PSL_CALL && str_eq(value->text, STR("dbgenerated")) && !value->args.len;
}

struct str prisma_column_key(struct arena *arena, struct str schema, struct str table, struct str column)
{
	return str_of(arena_printf(arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(schema), STR_ARG(table),
				   STR_ARG(column)));
}

static void note_model(struct arena *arena, struct prisma_wanted *wanted, const struct psl_model *model)
{
	for (size_t i = 0; i < model->fields.len; i++) {
		const struct psl_field *field = model->fields.ptr[i];
		struct str key = prisma_column_key(arena, model->schema.len ? model->schema : str_of(wanted->home),
						   model->table, field->column);
		if (is_unwritten(field))
			map_set(arena, &wanted->unwritten, key, wanted);
		if (field->unsupported)
			map_set(arena, &wanted->unsupported, key, wanted);
	}
	for (size_t i = 0; i < model->indexes.len; i++)
		wanted->partial_indexes = wanted->partial_indexes || model->indexes.ptr[i]->where;
}

/* Where the URL names a schema, what names none is there. */
static struct str ddl_at_home(struct arena *arena, const struct format_settings *settings,
			      const struct prisma_wanted *wanted)
{
	struct str ddl = psl_ddl_to_run(arena, wanted->psl);
	if (!settings->home)
		return ddl;
	return str_of(arena_printf(arena, "CREATE SCHEMA IF NOT EXISTS %s;\nSET search_path = %s;\n" STR_FMT,
				   sql_ident(arena, str_of(settings->home)), settings->search_path, STR_ARG(ddl)));
}

bool prisma_wanted(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		   struct err *err)
{
	struct prisma_project *project = settings->extra;
	struct prisma_wanted *wanted = arena_alloc(arena, sizeof(*wanted));
	const char *schema = settings->wanted ? settings->wanted : project->schema;
	if (!schema || !file_exists(path_join(arena, settings->root, schema)))
		return no_schema(settings, schema, err);
	if (!psl_load(arena, settings->root, schema, &wanted->psl, err))
		return false;
	wanted->psl->major = project->major;
	psl_check(wanted->psl);
	if (!psl_ok(wanted->psl, err))
		return false;
	wanted->home = project->home;
	wanted->project = project;
	prisma_mark_external(project, wanted->psl);
	prisma_tell_external(arena, project, wanted->psl, &wanted->notes);
	wanted->partial_indexes = wanted->psl->sees_partial_indexes;
	for (size_t i = 0; i < wanted->psl->models.len; i++)
		note_model(arena, wanted, wanted->psl->models.ptr[i]);
	wanted->ddl = psl_ddl(arena, wanted->psl);
	wanted->scope =
		(struct scope){ prisma_describes, prisma_describes_attribute, prisma_same, prisma_renames, wanted };
	project->wanted = wanted;
	*ret_wanted = (struct wanted){
		.said = arena_printf(arena, "the DDL of %s", schema), /* places in it are none in the file */
		.ddl = ddl_at_home(arena, settings, wanted),
		.scope = &wanted->scope,
		.notes = &wanted->notes,
		.extra = wanted,
	};
	return true;
}

bool prisma_schema_in(struct arena *arena, const struct format_settings *settings, const char *path,
		      struct wanted *ret_wanted, struct err *err)
{
	struct format_settings here = *settings;
	here.root = ".";
	here.wanted = path;
	return prisma_wanted(arena, &here, ret_wanted, err);
}
