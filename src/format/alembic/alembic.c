#include "format/alembic/alembic.h"

static void alembic_targeted(struct arena *arena, struct format_settings *settings, const struct target *target)
{
	struct alembic *alembic = settings->extra;
	struct target *copy = arena_alloc(arena, sizeof(*copy));
	*copy = *target;
	alembic->target = copy;
}

const struct format format_alembic = {
	.name = "alembic",
	.title = "Alembic",
	.default_migrations = "alembic/versions",
	.column_name = { "mapped_column(\"", "\")" },
	.table_name = { "__tablename__ = \"", "\"" },
	.takes_path = true,
	.ledger_on_path = true,
	.default_ledger = "public.alembic_version",
	.any_order = true,
	.whole = true,
	.heads = true,
	.arguments = true,
	.claims = alembic_claims,
	.detect = alembic_detect,
	.configure = alembic_configure,
	.load = alembic_load,
	.arrange = alembic_arrange,
	.targeted = alembic_targeted,
	.prepare = alembic_prepare,
	.read = alembic_read,
	.read_down = alembic_read_down,
	.run = alembic_run,
	.digest_tokens = alembic_digest_tokens,
	.ledger_shape = alembic_ledger_shape,
	.ledger_shape_take = alembic_ledger_shape_take,
	.ledger_rows = alembic_ledger_rows,
	.ledger_rows_take = alembic_ledger_rows_take,
	.match = alembic_match,
	.ledger_create = alembic_ledger_create,
	.record = alembic_record,
	.unrecord = alembic_unrecord,
	.settle = alembic_settle,
	.wanted = alembic_wanted,
	.create = alembic_create,
};
