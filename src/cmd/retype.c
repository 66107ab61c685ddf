#include <stddef.h>

#include "author/move.h"
#include "cmd/commands.h"

struct given {
	const char *from, *using, *back;
	bool print;
};

#define AT(field) offsetof(struct given, field)
static const struct option options[] = {
	{ "using", 0, OPTION_TEXT, "EXPR", "the new value from the row's columns; default: a cast", AT(using) },
	{ "back", 0, OPTION_TEXT, "EXPR", "the old value from the new one, by the column's name; default: a cast",
	  AT(back) },
	{ "from", 0, OPTION_TEXT, "PLACE", "the schema to read: \"history\", a .sql file or a folder; default: history",
	  AT(from) },
	{ "print", 0, OPTION_FLAG, NULL, "print the SQL instead of writing migrations", AT(print) },
	{ 0 },
};
#undef AT

static bool run_retype(struct ctx *ctx, void *options_given, size_t nargs, char **args, struct err *err)
{
	const struct given *given = options_given;
	struct move_request request = { .forward = given->using, .back = given->back };
	(void)nargs;
	if (!move_target(ctx->arena, args[0], &request, err))
		return false;
	if (!request.column) {
		err_set(err, ERR_USAGE, "usage", "\"%s\" names no column", args[0]);
		return err_hint(err, "For example: brant retype orders.id bigint");
	}
	return move_new_type(ctx->arena, args[1], &request, err) &&
		move_write(ctx, &request, given->from, given->print, err);
}

const struct cmd cmd_retype = {
	.name = "retype",
	.arguments = "TABLE.COLUMN TYPE",
	.summary = "change a column's type in safe steps",
	.text = "Writes migrations that change a type while the application runs, where ALTER COLUMN ... TYPE would rewrite the table under a "
		"lock: 1 adds a column of the new type beside the old one, with its indexes, constraints, privileges and comment, and a trigger "
		"that keeps the two equal; 2 moves the rows that were there before; 3 drops the old column and gives its name to the new one. "
		"\"brant up\" holds step 3 back until it says --contract.\n\n"
		"Primary keys, the foreign keys that point at them, identity columns and serials come along.",
	.examples = "brant retype orders.id bigint\n"
		    "brant retype items.price numeric --using \"price::numeric / 100\" --back \"(price * 100)::int\"",
	.options_size = sizeof(struct given),
	.options = options,
	.min_args = 2,
	.max_args = 2,
	.needs_project = true,
	.run = run_retype,
};
