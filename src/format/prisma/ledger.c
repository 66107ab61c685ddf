/*
 * ledger.c - reading and making _prisma_migrations.
 */
#include "base/file.h"
#include "format/prisma/prisma.h"
#include "format/shape.h"
#include "sql/quote.h"

/* As Prisma's engine creates it, to the letter but the name. */
static const char columns[] = " (\n"
			      "    id                      VARCHAR(36) PRIMARY KEY NOT NULL,\n"
			      "    checksum                VARCHAR(64) NOT NULL,\n"
			      "    finished_at             TIMESTAMPTZ,\n"
			      "    migration_name          VARCHAR(255) NOT NULL,\n"
			      "    logs                    TEXT,\n"
			      "    rolled_back_at          TIMESTAMPTZ,\n"
			      "    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),\n"
			      "    applied_steps_count     INTEGER NOT NULL DEFAULT 0\n"
			      ")";

struct call prisma_ledger_shape(struct arena *arena, const struct format_settings *settings)
{
	return shape_question(arena, &format_prisma, settings);
}

static bool foreign(const struct ledger *ledger, struct err *err, const char *detail)
{
	err_set(err, ERR_REFUSED, "ledger-foreign", "the table %s is not Prisma's", ledger->shown);
	err_detail(err, "%s", detail);
	return err_hint(
		err,
		"Prisma would refuse it too. Rename it, or name the schema of the right one in the URL: ?schema=NAME.");
}

bool prisma_ledger_shape_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
			      struct ledger *ret_ledger, struct err *err)
{
	static const char *const reads[] = { "id",   "checksum",       "finished_at", "migration_name",
					     "logs", "rolled_back_at", "started_at",  "applied_steps_count",
					     NULL };
	static const char *const writes[] = { "id", "checksum", "migration_name", NULL };
	static const struct shape_needs needs = { reads, writes, SHAPE_UPDATES };
	struct shape shape;
	shape_take(arena, result, &shape);
	*ret_ledger = (struct ledger){ .table = format_ledger_table(arena, &format_prisma, settings) };
	ret_ledger->shown = ret_ledger->table;
	const char *fault = shape_tell(arena, &shape, &needs, ret_ledger);
	return !fault || foreign(ret_ledger, err, fault);
}

struct call prisma_ledger_rows(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger)
{
	(void)settings;
	return (struct call){ .sql = arena_printf(arena,
						  "SELECT migration_name, COALESCE(finished_at, started_at), checksum, "
						  "finished_at IS NOT NULL, rolled_back_at IS NOT NULL, logs "
						  "FROM %s ORDER BY started_at, finished_at",
						  ledger->table) };
}

static enum ledger_state state_of(const struct result *result, size_t row)
{
	if (result_bool(result, row, 4))
		return LEDGER_ROLLED_BACK;
	return result_bool(result, row, 3) ? LEDGER_APPLIED : LEDGER_FAILED;
}

void prisma_ledger_rows_take(struct arena *arena, const struct result *result, struct ledger *ledger)
{
	for (size_t row = 0; row < result->rows; row++) {
		struct str logs = result_cell(result, row, 5);
		vec_push(arena, ledger,
			 (struct ledger_entry){
				 .version = str_dup(arena, result_cell(result, row, 0)),
				 .applied_at = str_dup(arena, result_cell(result, row, 1)),
				 .checksum = str_dup(arena, result_cell(result, row, 2)),
				 .state = state_of(result, row),
				 .extra = logs.len ? str_dup(arena, logs) : NULL,
			 });
	}
}

/* Of several attempts the one that decides: a failed one stops Prisma, then one that was applied, then the last. */
static bool goes_before(const struct ledger_entry *entry, const struct ledger_entry *other)
{
	static const int rank[] = { [LEDGER_FAILED] = 2, [LEDGER_APPLIED] = 1, [LEDGER_ROLLED_BACK] = 0 };
	return !other || rank[entry->state] >= rank[other->state];
}

/* What was taken back and has no folder any more is history that nobody misses. */
static void drop_forgotten(struct ledger *ledger)
{
	size_t n = 0;
	for (size_t i = 0; i < ledger->len; i++)
		if (ledger->ptr[i].migration || ledger->ptr[i].state != LEDGER_ROLLED_BACK)
			ledger->ptr[n++] = ledger->ptr[i];
	ledger->len = n;
}

static bool is_applied(const struct migration *migration)
{
	return migration->entry && migration->entry->state != LEDGER_ROLLED_BACK;
}

/* What an empty migration says is everybody's. */
static bool says_nothing(struct str text)
{
	return !str_trim(text).len || str_starts(text, STR("-- This is an empty migration"));
}

/* A folder that was renamed is a migration that waits, and one that is in no file: both tools would run its file a second time. */
static void find_renamed(struct arena *arena, struct migration *migration, const struct ledger *ledger)
{
	struct err ignored = { .arena = arena };
	struct str text = { 0 };
	for (size_t i = 0; i < ledger->len && !migration->renamed; i++) {
		const struct ledger_entry *entry = &ledger->ptr[i];
		if (entry->migration || entry->state != LEDGER_APPLIED)
			continue;
		if (!text.ptr && (!file_read(arena, migration->path, &text, &ignored) || says_nothing(text)))
			return;
		if (prisma_is_checksum(arena, text, entry->checksum))
			migration->renamed = entry->version;
	}
}

void prisma_match(struct arena *arena, const struct format_settings *settings, struct history *history,
		  struct ledger *ledger)
{
	struct map by_name = { 0 };
	(void)settings;
	for (size_t i = 0; i < history->len; i++)
		map_set(arena, &by_name, str_of(history->ptr[i].version), &history->ptr[i]);
	for (size_t i = 0; i < ledger->len; i++)
		ledger->ptr[i].migration = map_get(&by_name, str_of(ledger->ptr[i].version));
	drop_forgotten(ledger);
	for (size_t i = 0; i < ledger->len; i++) {
		struct ledger_entry *entry = &ledger->ptr[i];
		if (entry->migration && goes_before(entry, entry->migration->entry))
			entry->migration->entry = entry;
	}
	for (size_t i = 0; i < history->len; i++)
		if (!is_applied(&history->ptr[i]))
			find_renamed(arena, &history->ptr[i], ledger);
}

void prisma_ledger_create(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements)
{
	struct str schema, table;
	format_ledger_name(arena, &format_prisma, settings, &schema, &table);
	const char *name = sql_qualified(arena, schema, table), *namespace = sql_ident(arena, schema);
	*ret_statements = (struct strs){ 0 };
	/* Not CREATE SCHEMA IF NOT EXISTS: it asks for the right to create one also where it is there. */
	if (!str_eq(schema, STR("public")))
		vec_push(arena, ret_statements,
			 str_of(arena_printf(
				 arena,
				 "DO $brant$ BEGIN IF pg_catalog.to_regnamespace(%s) IS NULL THEN CREATE SCHEMA %s; "
				 "END IF; END $brant$",
				 sql_literal(arena, str_of(namespace)), namespace)));
	vec_push(arena, ret_statements, str_of(arena_printf(arena, "CREATE TABLE IF NOT EXISTS %s%s", name, columns)));
	ledger_close(arena, name, ret_statements);
}
