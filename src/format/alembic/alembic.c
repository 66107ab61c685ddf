#include "format/alembic/alembic.h"

static void alembic_targeted(struct arena *arena, struct format_settings *settings, const struct target *target)
{
	struct alembic *alembic = settings->extra;
	struct target *copy = arena_alloc(arena, sizeof(*copy));
	*copy = *target;
	alembic->target = copy;
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
	.targeted = alembic_targeted,
	.prepare = alembic_prepare,
	.read = alembic_read,
	.read_down = alembic_read_down,
	.run = alembic_run,
	.digest_tokens = alembic_digest_tokens,
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
