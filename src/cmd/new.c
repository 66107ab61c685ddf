#include <stddef.h>
#include <stdint.h>

#include "cmd/commands.h"
#include "session/session.h"

struct new_options {
	const char *as, *head;
	bool down, no_down, splice;
};

#define AT(field) offsetof(struct new_options, field)
static const struct option options[] = {
	{ "as", 0, OPTION_TEXT, "VERSION", "the version, instead of the next one", AT(as) },
	{ "head", 0, OPTION_TEXT, "REVISION",
	  "the one that it goes on from, as \"up\" takes a place, where there are several heads; \"base\": none (Alembic)",
	  AT(head) },
	{ "splice", 0, OPTION_FLAG, NULL, "with --head, also one that others stand on: a new branch", AT(splice) },
	{ "down", 0, OPTION_FLAG, NULL, "with a script that undoes it; default: as the last migration has it",
	  AT(down) },
	{ "up-only", 0, OPTION_FLAG, NULL, "without a script that undoes it", AT(no_down) },
	{ 0 },
};
#undef AT

static const char *joined(struct arena *arena, size_t nargs, char **args)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < nargs; i++)
		buf_printf(&buf, "%s%s", i ? " " : "", args[i]);
	return buf.ptr;
}

static bool run_new(struct ctx *ctx, void *given, size_t nargs, char **args, struct err *err)
{
	static const struct column columns[] = { { "file", "", false } };
	const struct new_options *wanted = given;
	struct new_migration made = {
		.name = joined(ctx->arena, nargs, args),
		.version = wanted->as,
		.head = wanted->head,
		.splice = wanted->splice,
		.with_down = wanted->down ? DOWN_YES
			: wanted->no_down ? DOWN_NO
					  : DOWN_AS_FOLDER,
	};
	if (wanted->splice && !wanted->head)
		return err_set(err, ERR_USAGE, "usage", "--splice says of --head that others may stand on it: name it");
	struct table *table = report_table(ctx->report, "files", NULL, columns, LEN(columns));
	return session_create(ctx, &made, table, err);
}

const struct cmd cmd_new = {
	.name = "new",
	.arguments = "NAME",
	.summary = "make an empty migration",
	.text = "Makes the next file in the folder of migrations, numbered the way the folder is: 0001, 0002, ... or timestamps. Its path is "
		"printed, so that an editor can open it.",
	.examples = "brant new add_bio\n$EDITOR $(brant new add bio to users)",
	.options_size = sizeof(struct new_options),
	.options = options,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.needs_project = true,
	.run = run_new,
};
