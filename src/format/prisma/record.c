/*
 * record.c - rows of _prisma_migrations, column by column as Prisma's engine writes them.
 */
#include <stdio.h>

#include "base/hash.h"
#include "format/prisma/prisma.h"
#include "sql/quote.h"

#include "prisma_enter.sql.h"

/* Of a journaled migration the last transaction's start is its started_at: what Prisma asks of it is that it comes before finished_at. */
static const char record_sql[] =
	"INSERT INTO %s (id, checksum, started_at, finished_at, migration_name, logs, rolled_back_at, applied_steps_count) "
	"SELECT gen_random_uuid()::text, $2::text, now(), clock_timestamp(), $1::text, NULL, NULL, 1 "
	"WHERE NOT EXISTS (SELECT FROM %s WHERE migration_name = $1::text AND finished_at IS NOT NULL AND rolled_back_at IS NULL)";

/* As "prisma migrate resolve --applied" does: an attempt that failed is taken back, and the new row tells that no step was run. */
static const char settle_applied_sql[] =
	"WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at), "
	"failed AS (UPDATE %s SET rolled_back_at = moment.at FROM moment "
	"WHERE migration_name = $1::text AND finished_at IS NULL AND rolled_back_at IS NULL) "
	"INSERT INTO %s (id, checksum, started_at, finished_at, migration_name, logs, rolled_back_at, applied_steps_count) "
	"SELECT gen_random_uuid()::text, $2::text, at, at, $1::text, '', NULL, 0 FROM moment "
	"WHERE NOT EXISTS (SELECT FROM %s WHERE migration_name = $1::text AND finished_at IS NOT NULL AND rolled_back_at IS NULL)";

/* The row of what was applied before its folder was renamed. */
static const char rename_sql[] =
	"UPDATE %s SET migration_name = $1::text WHERE migration_name = $2::text AND finished_at IS NOT NULL AND rolled_back_at IS NULL";

static const char take_back_sql[] =
	"UPDATE %s SET rolled_back_at = now() WHERE migration_name = $1::text AND rolled_back_at IS NULL";

struct call prisma_record(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			  const struct migration *migration, const struct script *script)
{
	(void)settings;
	(void)script;
	return (struct call){ .sql = arena_printf(arena, record_sql, ledger->table, ledger->table),
			      .params = { migration->version, migration->extra },
			      .nparams = 2 };
}

struct call prisma_unrecord(struct arena *arena, const struct ledger *ledger, const struct migration *migration)
{
	return (struct call){ .sql = arena_printf(arena, take_back_sql, ledger->table),
			      .params = { migration->version },
			      .nparams = 1 };
}

struct call prisma_settle(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			  const struct migration *migration, const struct script *script, bool applied)
{
	(void)settings;
	(void)script;
	if (!applied)
		return prisma_unrecord(arena, ledger, migration);
	if (migration->renamed)
		return (struct call){ .sql = arena_printf(arena, rename_sql, ledger->table),
				      .params = { migration->version, migration->renamed },
				      .nparams = 2 };
	return (struct call){ .sql = arena_printf(arena, settle_applied_sql, ledger->table, ledger->table,
						  ledger->table),
			      .params = { migration->version, migration->extra },
			      .nparams = 2 };
}

/* %T is the table, %L the migration; a DO block takes no parameters. */
struct call prisma_enter(struct arena *arena, const struct ledger *ledger, const struct migration *migration, bool undo)
{
	struct str body = str_of(sql_prisma_enter);
	ptrdiff_t table = str_find(body, STR("%T")), name = str_find(body, STR("%L"));
	if (undo)
		return (struct call){ .sql = "SELECT pg_catalog.pg_try_advisory_xact_lock(72707369)" };
	return (struct call){ .sql = arena_printf(arena, "%.*s%s%.*s%s%s", (int)table, body.ptr, ledger->table,
						  (int)(name - table - 2), body.ptr + table + 2,
						  sql_literal(arena, str_of(migration->version)),
						  body.ptr + name + 2) };
}

/* The text with its line ends made LF or CRLF. */
static struct str with_line_ends(struct arena *arena, struct str text, bool crlf)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < text.len; i++) {
		bool pair = text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
		if (pair && !crlf)
			continue;
		if (text.ptr[i] == '\n' && crlf && (!i || text.ptr[i - 1] != '\r'))
			buf_char(&buf, '\r');
		buf_char(&buf, text.ptr[i]);
	}
	return buf_as_str(&buf);
}

/* Prisma of 2020 wrote each byte without a leading zero. */
static bool same_unpadded(const char *hex, const char *recorded)
{
	for (; *hex; hex += 2) {
		if (*hex != '0' && *recorded++ != *hex)
			return false;
		if (*recorded++ != hex[1])
			return false;
	}
	return !*recorded;
}

static bool same(struct arena *arena, struct str text, const char *recorded)
{
	const char *hex = sha256_of(arena, text);
	return strcmp(hex, recorded) == 0 || (strlen(recorded) < SHA256_HEX && same_unpadded(hex, recorded));
}

/* Literally, the text as it is and with the line ends of either kind of editor. */
bool prisma_is_checksum(struct arena *arena, struct str text, const char *recorded)
{
	return same(arena, text, recorded) || same(arena, with_line_ends(arena, text, false), recorded) ||
		same(arena, with_line_ends(arena, text, true), recorded);
}

bool prisma_unchanged(struct arena *arena, const struct migration *migration, struct str text)
{
	return prisma_is_checksum(arena, text, migration->entry->checksum);
}
