#include "format/drizzle/drizzle.h"
#include "format/drizzle/wanted.h"

static bool is_snapshot(struct arena *arena, const char *path)
{
	(void)arena;
	return str_ends(str_of(path), STR("snapshot.json"));
}

const struct format format_drizzle = {
	.name = "drizzle",
	.title = "Drizzle Kit",
	.default_migrations = "drizzle",
	.takes_path = true,
	.default_ledger = "drizzle.__drizzle_migrations",
	.separator = DRIZZLE_BREAKPOINT,
	.column_name = { "(\"", "\")" },
	.table_name = { "pgTable(\"", "\")" },
	.no_table_steps = "drizzle-kit's snapshot would go on with the old name",
	.all_in_file = true,
	.short_forms = true,
	.down_as_last = true,
	.any_order = true, /* what drizzle-kit 0.x does not apply in any order, drizzle_match() marks */
	.claims = drizzle_claims,
	.detect = drizzle_detect,
	.configure = drizzle_configure,
	.load = drizzle_load,
	.read = drizzle_read,
	.read_down = drizzle_read_down,
	.ledger_shape = drizzle_ledger_shape,
	.ledger_shape_take = drizzle_ledger_shape_take,
	.ledger_rows = drizzle_ledger_rows,
	.ledger_rows_take = drizzle_ledger_rows_take,
	.match = drizzle_match,
	.ledger_create = drizzle_ledger_create,
	.record = drizzle_record,
	.unrecord = drizzle_unrecord,
	.unchanged = drizzle_unchanged,
	.wanted = drizzle_wanted,
	.is_source = is_snapshot,
	.schema_in = drizzle_schema_in,
	.compose = drizzle_compose,
	.create = drizzle_create,
};
