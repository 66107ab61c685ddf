#include "format/plain/plain.h"

static bool read_script(struct arena *arena, const struct format_settings *settings, const char *path,
			struct script *ret_script, struct err *err)
{
	struct script_options options = { .include_dir = settings->root, .variables = settings->variables };
	return script_load(arena, &options, path, ret_script, err);
}

static bool plain_read(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		       struct script *ret_up, struct err *err)
{
	return read_script(arena, settings, migration->path, ret_up, err);
}

static bool plain_read_down(struct arena *arena, const struct format_settings *settings, struct migration *migration,
			    struct script *ret_down, struct err *err)
{
	return read_script(arena, settings, migration->down_path, ret_down, err);
}

static void plain_targeted(struct arena *arena, struct format_settings *settings, const struct target *target)
{
	(void)arena;
	if (!settings->search_path)
		settings->search_path = target->search_path;
}

const struct format format_plain = {
	.name = "plain",
	.title = "plain SQL",
	.default_migrations = "migrations",
	.default_ledger = "public.schema_migrations",
	.all_in_file = true,
	.read_ahead = true,
	.by_url = true,
	.takes_path = true,
	.detect = plain_detect,
	.targeted = plain_targeted,
	.load = plain_load,
	.read = plain_read,
	.read_down = plain_read_down,
	.ledger_shape = plain_ledger_shape,
	.ledger_shape_take = plain_ledger_shape_take,
	.ledger_usual = plain_ledger_usual,
	.ledger_rows = plain_ledger_rows,
	.ledger_rows_take = plain_ledger_rows_take,
	.match = plain_match,
	.ledger_create = plain_ledger_create,
	.record = plain_record,
	.unrecord = plain_unrecord,
	.create = plain_create,
};
