#include "format/alembic/alembic.h"

static bool not_yet(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		    struct script *ret_script, struct err *err)
{
	(void)arena;
	(void)settings;
	(void)ret_script;
	err_set(err, ERR_FAILED, "format-unsupported", "this version of brant reads the graph of revisions only");
	return err_at(err, migration->path, 0, 0);
}

static bool create_not_yet(struct arena *arena, const struct format_settings *settings, const struct history *history,
			   const struct new_migration *made, struct strs *ret_files, struct err *err)
{
	(void)arena;
	(void)settings;
	(void)history;
	(void)made;
	(void)ret_files;
	return err_set(err, ERR_FAILED, "format-unsupported", "this version of brant writes no revisions yet");
}

const struct format format_alembic = {
	.name = "alembic",
	.title = "Alembic",
	.default_migrations = "alembic/versions",
	.default_ledger = "public.alembic_version",
	.any_order = true,
	.heads = true,
	.detect = alembic_detect,
	.configure = alembic_configure,
	.load = alembic_load,
	.read = not_yet,
	.read_down = not_yet,
	.create = create_not_yet,
	.ledger_shape = alembic_ledger_shape,
	.ledger_shape_take = alembic_ledger_shape_take,
	.ledger_rows = alembic_ledger_rows,
	.ledger_rows_take = alembic_ledger_rows_take,
	.match = alembic_match,
	.ledger_create = alembic_ledger_create,
	.record = alembic_record,
	.unrecord = alembic_unrecord,
	.settle = alembic_settle,
};
