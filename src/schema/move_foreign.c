/*
 * move_foreign.c - foreign keys NOT VALID, then validated.
 *
 * One of a partitioned table cannot be NOT VALID.  Those of its partitions can: they are added and validated one by one, and the whole table's takes
 * them in without looking at a row.
 */
#include "schema/move_internal.h"

static void put_add(struct buf *buf, const char *table, const struct move_part *part, const char *end)
{
	buf_printf(buf, "ALTER TABLE %s ADD CONSTRAINT %s %s%s;\n", table, part->temporary, part->definition, end);
}

static const char *leaf(const struct move_part *part, struct buf *buf, size_t i)
{
	return str_dup(buf->arena, part->leaves.ptr[i]);
}

void move_foreign_add(const struct move_part *part, struct buf *buf)
{
	const char *end = strstr(part->definition, " NOT VALID") ? "" : " NOT VALID";
	for (size_t i = 0; i < part->leaves.len; i++)
		put_add(buf, leaf(part, buf, i), part, end);
	if (!part->leaves.len)
		put_add(buf, part->table, part, end);
}

void move_foreign_validate(const struct move_part *part, struct buf *buf)
{
	for (size_t i = 0; i < part->leaves.len; i++)
		buf_printf(buf, "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n", leaf(part, buf, i), part->temporary);
	if (part->leaves.len)
		put_add(buf, part->table, part, "");
	else if (!strstr(part->definition, " NOT VALID"))
		buf_printf(buf, "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n", part->table, part->temporary);
}

void move_foreign_undo(const struct move_part *part, bool inbound, struct buf *buf)
{
	if (inbound || part->leaves.len)
		buf_printf(buf, "ALTER TABLE %s DROP CONSTRAINT %s;\n", part->table, part->temporary);
	if (!inbound && part->leaves.len)
		move_foreign_add(part, buf);
}

void move_foreign_rename(const struct move_part *part, struct buf *buf)
{
	buf_printf(buf, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", part->table, part->temporary, part->final);
	for (size_t i = 0; i < part->partitions.len; i++)
		buf_printf(buf, "ALTER TABLE " STR_FMT " RENAME CONSTRAINT %s TO %s;\n",
			   STR_ARG(part->partitions.ptr[i]), part->temporary, part->final);
}
