#include "format/ledger.h"

#include "sql/quote.h"

#include "ledger_close.sql.h"

void ledger_close(struct arena *arena, const char *table, struct strs *statements)
{
	struct str body = str_of(sql_ledger_close);
	ptrdiff_t at = str_find(body, STR("%L"));
	vec_push(arena, statements,
		 str_of(arena_printf(arena, "%.*s%s%s", (int)at, body.ptr, sql_literal(arena, str_of(table)),
				     body.ptr + at + 2)));
}
