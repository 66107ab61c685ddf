#include "format/format.h"

#include "sql/quote.h"

const struct format *const formats[] = { &format_prisma, &format_drizzle, &format_alembic, &format_plain, NULL };

const struct format *format_find(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

void format_ledger_name(struct arena *arena, const struct format *format, const struct format_settings *settings,
			struct str *ret_schema, struct str *ret_table)
{
	struct str table;
	const char *said = settings->ledger ? settings->ledger : format->default_ledger;
	if (!sql_parse_name(arena, str_of(said), ret_schema, ret_table)) {
		/* The reader of brant.yaml has refused what is no name; a tool's own configuration may still hold it. */
		*ret_table = str_of(said);
		ret_schema->ptr = NULL;
	}
	if (!ret_schema->ptr)
		sql_parse_name(arena, str_of(format->default_ledger), ret_schema, &table);
}

char *format_ledger_table(struct arena *arena, const struct format *format, const struct format_settings *settings)
{
	struct str schema, table;
	format_ledger_name(arena, format, settings, &schema, &table);
	return sql_qualified(arena, schema, table);
}

bool format_prepare(struct arena *arena, const struct format *format, const struct format_settings *settings,
		    struct history *history, const bool *chosen, bool down, struct err *err)
{
	VEC(struct migration *) all = { 0 };
	for (size_t i = 0; format->prepare && i < history->len; i++)
		if (!chosen || chosen[i])
			vec_push(arena, &all, &history->ptr[i]);
	return !all.len || format->prepare(arena, settings, all.ptr, all.len, down, err);
}
