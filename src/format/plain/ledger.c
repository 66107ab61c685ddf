/*
 * ledger.c - public.schema_migrations(version text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now()).
 *
 * The table is the user's: other runners read and write it too, so a table that has only the column version is as good, and which of
 * the three forms of a version stands in it is found out and kept.
 */
#include "format/plain/plain.h"
#include "format/shape.h"
#include "sql/quote.h"

struct plain_ledger {
	enum version_form form;   /* what brant writes */
	const char *version_type; /* format_type of the column */
	bool numbers;             /* it is a number's: 0001 stands there as 1 */
	bool has_applied_at;
};

struct call plain_ledger_shape(struct arena *arena, const struct format_settings *settings)
{
	return shape_question(arena, &format_plain, settings);
}

static bool foreign(const struct ledger *ledger, struct err *err, const char *detail)
{
	err_set(err, ERR_REFUSED, "ledger-foreign", "the table %s is not a ledger that brant can share", ledger->shown);
	err_detail(err, "%s", detail);
	return err_hint(
		err,
		"If another tool made it, name a ledger of your own with \"ledger: public.NAME\" in brant.yaml, and "
		"adopt what is applied with \"brant baseline\".");
}

bool plain_ledger_usual(struct arena *arena, const struct format_settings *settings, struct ledger *ret_ledger)
{
	struct plain_ledger *plain = arena_alloc(arena, sizeof(*plain));
	*ret_ledger = (struct ledger){ .table = format_ledger_table(arena, &format_plain, settings), .extra = plain };
	ret_ledger->shown = ret_ledger->table;
	plain_form_parse(settings->version_form, &plain->form);
	plain->version_type = "text";
	plain->has_applied_at = true;
	return true;
}

static bool is_number_type(struct str type)
{
	static const char *const types[] = { "bigint", "integer", "smallint", "numeric" };
	for (size_t i = 0; i < LEN(types); i++)
		if (str_eq(type, str_of(types[i])))
			return true;
	return false;
}

bool plain_ledger_shape_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
			     struct ledger *ret_ledger, struct err *err)
{
	static const char *const reads[] = { "version", NULL }, *const writes[] = { "version", "applied_at", NULL };
	static const struct shape_needs needs = { reads, writes, SHAPE_DELETES };
	struct shape shape;
	shape_take(arena, result, &shape);
	plain_ledger_usual(arena, settings, ret_ledger);
	struct plain_ledger *plain = ret_ledger->extra;
	const char *fault = shape_tell(arena, &shape, &needs, ret_ledger);
	if (fault)
		return foreign(ret_ledger, err, fault);
	if (shape.exists) {
		plain->version_type = str_dup(arena, shape_column(&shape, "version")->type);
		plain->numbers = is_number_type(shape_column(&shape, "version")->type);
		plain->has_applied_at = shape_column(&shape, "applied_at") != NULL;
	}
	return true;
}

struct call plain_ledger_rows(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger)
{
	(void)settings;
	const struct plain_ledger *plain = ledger->extra;
	const char *at = plain->has_applied_at ? "applied_at" : "NULL";
	return (struct call){ .sql = arena_printf(arena, "SELECT version, %s FROM %s ORDER BY 2 NULLS FIRST, 1", at,
						  ledger->table) };
}

void plain_ledger_rows_take(struct arena *arena, const struct result *result, struct ledger *ledger)
{
	for (size_t row = 0; row < result->rows; row++) {
		struct str at = result_cell(result, row, 1);
		vec_push(arena, ledger,
			 (struct ledger_entry){
				 .version = str_dup(arena, result_cell(result, row, 0)),
				 .applied_at = at.ptr ? str_dup(arena, at) : NULL,
				 .state = LEDGER_APPLIED,
			 });
	}
}

/* What the column makes of a version. */
static struct str as_recorded(const struct plain_ledger *plain, const char *form)
{
	while (plain->numbers && form[0] == '0' && form[1])
		form++;
	return str_of(form);
}

void plain_match(struct arena *arena, const struct format_settings *settings, struct history *history,
		 struct ledger *ledger)
{
	struct plain_ledger *plain = ledger->extra;
	struct map by_version = { 0 };
	size_t found[FORM_COUNT] = { 0 };
	for (size_t i = 0; i < ledger->len; i++)
		map_set(arena, &by_version, str_of(ledger->ptr[i].version), &ledger->ptr[i]);
	for (size_t i = 0; i < history->len; i++) {
		const struct plain_extra *extra = history->ptr[i].extra;
		for (int form = 0; form < FORM_COUNT && !history->ptr[i].entry; form++) {
			struct ledger_entry *entry = map_get(&by_version, as_recorded(plain, extra->forms[form]));
			/* Two files with one prefix: the row of the prefix belongs to the first of them only. */
			if (!entry || entry->migration)
				continue;
			entry->migration = &history->ptr[i];
			history->ptr[i].entry = entry;
			found[form]++;
		}
	}
	if (plain_form_parse(settings->version_form, &plain->form))
		return;
	for (int form = 0; form < FORM_COUNT; form++)
		if (found[form] > found[plain->form])
			plain->form = (enum version_form)form;
}

void plain_ledger_create(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements)
{
	const char *table = format_ledger_table(arena, &format_plain, settings);
	*ret_statements = (struct strs){ 0 };
	vec_push(arena, ret_statements,
		 str_of(arena_printf(arena,
				     "CREATE TABLE IF NOT EXISTS %s "
				     "(version text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
				     table)));
	ledger_close(arena, table, ret_statements);
}

/* The form in which the file records itself, where it does. */
static const char *own_record(struct arena *arena, const struct format_settings *settings,
			      const struct plain_extra *extra, const struct script *script)
{
	struct str schema, table;
	format_ledger_name(arena, &format_plain, settings, &schema, &table);
	for (size_t i = 0; script && i < script->stmts.len; i++) {
		for (int form = 0; form < FORM_COUNT; form++)
			if (stmt_inserts(&script->stmts.ptr[i], schema, table, str_of(extra->forms[form])))
				return extra->forms[form];
	}
	return NULL;
}

/* Its own INSERT, or code that reading cannot see through. */
static bool may_record_itself(const struct script *script, const char *own)
{
	if (own || !script)
		return true;
	for (size_t i = 0; i < script->stmts.len; i++)
		if (script->stmts.ptr[i].opaque)
			return true;
	return false;
}

/*
 * Not ON CONFLICT: a ledger that somebody made by hand may lack the primary key.  A plain INSERT where it will do: it costs the server a third, and
 * fails, as it should, when somebody else has applied the migration meanwhile.
 */
static const char *insert_version(struct arena *arena, const struct ledger *ledger, bool where_missing)
{
	const struct plain_ledger *plain = ledger->extra;
	if (!where_missing)
		return arena_printf(arena, "INSERT INTO %s (version) VALUES ($1)", ledger->table);
	return arena_printf(arena,
			    "INSERT INTO %s (version) SELECT $1::%s "
			    "WHERE NOT EXISTS (SELECT FROM %s WHERE version = $1::%s)",
			    ledger->table, plain->version_type, ledger->table, plain->version_type);
}

struct call plain_record(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			 const struct migration *migration, const struct script *script)
{
	const struct plain_ledger *plain = ledger->extra;
	const struct plain_extra *extra = migration->extra;
	const char *own = own_record(arena, settings, extra, script);
	return (struct call){ .sql = insert_version(arena, ledger, may_record_itself(script, own)),
			      .params = { own ? own : extra->forms[plain->form] },
			      .nparams = 1 };
}

struct call plain_unrecord(struct arena *arena, const struct ledger *ledger, const struct migration *migration)
{
	const struct plain_ledger *plain = ledger->extra;
	const struct plain_extra *extra = migration->extra;
	const char *version = migration->entry ? migration->entry->version : extra->forms[plain->form];
	return (struct call){ .sql = arena_printf(arena, "DELETE FROM %s WHERE version = $1::%s", ledger->table,
						  plain->version_type),
			      .params = { version },
			      .nparams = 1 };
}
