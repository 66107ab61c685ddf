#include <stddef.h>

#include "author/move.h"
#include "cmd/commands.h"
#include "sql/quote.h"

struct given {
	const char *from;
	bool print;
};

#define AT(field) offsetof(struct given, field)
static const struct option options[] = {
	{ "from", 0, OPTION_TEXT, "PLACE", "the schema to read: \"history\", a .sql file or a folder; default: history",
	  AT(from) },
	{ "print", 0, OPTION_FLAG, NULL, "print the SQL instead of writing migrations", AT(print) },
	{ 0 },
};
#undef AT

static bool run_rename(struct ctx *ctx, void *options_given, size_t nargs, char **args, struct err *err)
{
	const struct given *given = options_given;
	struct move_request request = { 0 };
	(void)nargs;
	return move_target(ctx->arena, args[0], &request, err) && move_new_name(ctx->arena, args[1], &request, err) &&
		move_write(ctx, &request, given->from, given->print, err);
}

const struct cmd cmd_rename = {
	.name = "rename",
	.arguments = "TABLE[.COLUMN] NEW",
	.summary = "rename a column or a table in safe steps",
	.text = "Writes migrations that rename a column while the application runs: 1 adds the new column, with the indexes, constraints, "
		"privileges and the comment of the old one, and a trigger that keeps the two equal whoever writes which; 2 moves the rows that "
		"were there before; 3 drops the old column. \"brant up\" holds step 3 back until it says --contract, when no running code knows the "
		"old name any more. What else names the column (views, policies, functions) is pointed out, and step 3 refuses to run while "
		"something does.\n\n"
		"A table is renamed at once, and leaves an updatable view of its old name behind until --contract.\n\n"
		"TABLE.COLUMN is a column of public.TABLE where there is such a table; SCHEMA.TABLE is a table.",
	.examples = "brant rename users.name full_name\n"
		    "brant rename shop.orders.total total_cents\n"
		    "brant rename users people",
	.options_size = sizeof(struct given),
	.options = options,
	.min_args = 2,
	.max_args = 2,
	.needs_project = true,
	.run = run_rename,
};
