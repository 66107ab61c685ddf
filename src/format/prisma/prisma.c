#include "format/prisma/prisma.h"
#include "format/prisma/wanted.h"

#include "base/file.h"
#include "base/hash.h"
#include "sql/quote.h"

#include "prisma_at_work.sql.h"

static bool prisma_read(struct arena *arena, const struct format_settings *settings, struct migration *migration,
			struct script *ret_up, struct err *err)
{
	struct script_options options = { .include_dir = settings->root, .variables = settings->variables };
	struct str bytes;
	if (!file_read(arena, migration->path, &bytes, err))
		return false;
	migration->extra = sha256_of(arena, bytes);
	return script_load(arena, &options, migration->path, ret_up, err);
}

static bool prisma_read_down(struct arena *arena, const struct format_settings *settings, struct migration *migration,
			     struct script *ret_down, struct err *err)
{
	struct script_options options = { .include_dir = settings->root, .variables = settings->variables };
	return script_load(arena, &options, migration->down_path, ret_down, err);
}

/* Prisma's engine connects with this search_path and no other schema in it; unqualified names of a migration.sql mean that schema. */
static void use_schema(struct arena *arena, struct format_settings *settings, const char *schema)
{
	struct prisma_project *project = settings->extra;
	const char *ident = sql_ident(arena, str_of(schema));
	/* As Prisma writes names: the schema only where schema.prisma names schemas. */
	project->naming = (struct naming){ .always_quoted = true, .leave_out = project->says_schemas ? NULL : schema };
	project->home = schema;
	settings->naming = &project->naming;
	settings->home = strcmp(schema, "public") == 0 ? NULL : schema;
	/* "extensions" last, so that what the platform has installed there is found: Prisma's users would have to name it. */
	settings->search_path =
		strcmp(schema, "extensions") == 0 ? ident : arena_printf(arena, "%s, extensions", ident);
	if (!settings->ledger)
		settings->ledger = arena_printf(arena, "%s._prisma_migrations", ident);
}

void prisma_targeted(struct arena *arena, struct format_settings *settings, const struct target *target)
{
	struct prisma_project *project = settings->extra;
	const char *schema = target->schema && *target->schema ? target->schema : "public";
	if (!project->own_ledger)
		settings->ledger = NULL;
	use_schema(arena, settings, schema);
}

bool prisma_configure(struct arena *arena, struct format_settings *settings, struct format_url *ret_url,
		      struct err *err)
{
	struct prisma_project *project = arena_alloc(arena, sizeof(*project));
	project->own_ledger = settings->ledger != NULL;
	project->outside = settings->outside;
	settings->extra = project;
	if (!prisma_find(arena, settings, project, ret_url, err))
		return false;
	use_schema(arena, settings, "public");
	/* A schema that is wrong is told of by who needs it. */
	settings->ground = prisma_ground(arena, settings);
	return true;
}

const struct format format_prisma = {
	.name = "prisma",
	.title = "Prisma Migrate",
	.default_migrations = "prisma/migrations",
	.default_ledger = "public._prisma_migrations",
	.down_file = "down.sql",
	.column_name = { "@map(\"", "\")" },
	.table_name = { "@@map(\"", "\")" },
	.all_in_file = true,
	.short_forms = true,
	.one_message = true,
	.down_as_last = true,
	.any_order = true,
	.settles_gone = true,
	.detect = prisma_detect,
	.configure = prisma_configure,
	.targeted = prisma_targeted,
	.by_url = true,
	.load = prisma_load,
	.read = prisma_read,
	.read_down = prisma_read_down,
	.ledger_shape = prisma_ledger_shape,
	.ledger_shape_take = prisma_ledger_shape_take,
	.ledger_rows = prisma_ledger_rows,
	.ledger_rows_take = prisma_ledger_rows_take,
	.match = prisma_match,
	.ledger_create = prisma_ledger_create,
	.enter = prisma_enter,
	.at_work = sql_prisma_at_work,
	.record = prisma_record,
	.unrecord = prisma_unrecord,
	.settle = prisma_settle,
	.unchanged = prisma_unchanged,
	.is_source = prisma_is_source,
	.schema_in = prisma_schema_in,
	.wanted = prisma_wanted,
	.compose = prisma_compose,
	.create = prisma_create,
};
