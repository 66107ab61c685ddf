#include <stddef.h>

#include "cmd/commands.h"
#include "schema/kind.h"
#include "workshop/place.h"

struct dump_options {
	const char *from;
};

static const struct option options[] = {
	{ "from", 0, OPTION_TEXT, "PLACE",
	  "a URL, a .sql file, a folder of them, or \"history\"; default: the database",
	  offsetof(struct dump_options, from) },
	{ 0 },
};

static void report_objects(struct ctx *ctx, const struct schema *schema)
{
	static const struct column columns[] = { { "id", NULL, false },
						 { "kind", NULL, false },
						 { "schema", NULL, false },
						 { "name", NULL, false },
						 { "parent", NULL, false } };
	static const struct column values[] = { { "object", NULL, false },
						{ "name", NULL, false },
						{ "value", NULL, false } };
	static const struct column needs[] = { { "object", NULL, false }, { "needs", NULL, false } };
	struct table *objects = report_table(ctx->report, "objects", NULL, columns, LEN(columns));
	struct table *attributes = report_table(ctx->report, "attributes", NULL, values, LEN(values));
	struct table *depends = report_table(ctx->report, "dependencies", NULL, needs, LEN(needs));
	for (size_t i = 0; i < schema->objects.len; i++) {
		const struct object *object = schema->objects.ptr[i];
		table_row(objects);
		table_cell(objects, C_PLAIN, "%s", object->id);
		table_cell(objects, C_PLAIN, "%s", kinds[object->kind].name);
		table_cell(objects, C_PLAIN, object->schema ? "%s" : NULL, object->schema);
		table_cell(objects, C_PLAIN, object->name ? "%s" : NULL, object->name);
		table_cell(objects, C_PLAIN, object->parent ? "%s" : NULL, object->parent ? object->parent->id : "");
		for (size_t k = 0; k < object->attributes->len; k++) {
			if (!object->values[k] || object->attributes->names[k][0] == '_')
				continue;
			table_row(attributes);
			table_cell(attributes, C_PLAIN, "%s", object->id);
			table_cell(attributes, C_PLAIN, "%s", object->attributes->names[k]);
			table_cell(attributes, C_PLAIN, "%s", object->values[k]);
		}
		for (size_t k = 0; k < object->needs.len; k++) {
			table_row(depends);
			table_cell(depends, C_PLAIN, "%s", object->id);
			table_cell(depends, C_PLAIN, "%s", object->needs.ptr[k]->id);
		}
	}
}

static bool run_dump(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	(void)nargs;
	(void)args;
	const struct dump_options *wanted = given;
	struct schema_place place;
	struct workshop shop;
	struct schema schema;
	struct statements statements;
	const char *database;
	if (!schema_place_find(ctx, wanted->from ? wanted->from : "database", &place, err) ||
	    !workshop_open(ctx, &place, 1, &shop, err) || !schema_place_load(&shop, &place, &schema, &database, err))
		return false;
	dump_statements(ctx->arena, &schema, &statements);
	if (term_json())
		report_objects(ctx, &schema);
	report_number(ctx->report, "server_version", NULL, schema.server_version);
	report_block(ctx->report, "sql", statements_script(ctx->arena, &statements, 0, statements.len));
	for (size_t i = 0; i < schema.unmodelled.len; i++)
		report_note(ctx->report, "not-modelled", "%s %s is not in the dump", schema.unmodelled.ptr[i].kind,
			    schema.unmodelled.ptr[i].name);
	return true;
}

const struct cmd cmd_dump = {
	.name = "dump",
	.summary = "print the schema as SQL that runs",
	.text = "Prints what the database holds that is the project's: without the platform's schemas, without what belongs to extensions, without "
		"brant's own tables and the ledger. The order is one in which it runs; the same schema always gives the same text.\n\n"
		"With --json the objects, their attributes and what needs what are listed too (docs/dump.md). Nothing is written; the right to connect is enough.",
	.examples = "brant dump > schema.sql\n"
		    "brant dump --from history     # what the migrations make\n"
		    "brant dump --json             # for programs",
	.options_size = sizeof(struct dump_options),
	.options = options,
	.needs_project = true,
	.run = run_dump,
};
