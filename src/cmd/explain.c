#include "cmd/commands.h"
#include "cmd/layout.h"
#include "base/suggest.h"
#include "cmd/texts.h"

static bool list_all(struct ctx *ctx)
{
	static const struct column columns[] = { { "name", "name", false }, { "summary", "summary", false } };
	struct table *table = report_table(ctx->report, "names", NULL, columns, LEN(columns));
	for (const struct text *text = explain_texts; text->name; text++) {
		table_row(table);
		table_cell(table, C_NAME, "%s", text->name);
		table_cell(table, C_PLAIN, "%s", text->summary);
	}
	return true;
}

static bool unknown_name(struct ctx *ctx, const char *name, struct err *err)
{
	struct words words = { 0 };
	for (const struct text *text = explain_texts; text->name; text++)
		vec_push(ctx->arena, &words, text->name);
	const char *near = suggest(ctx->arena, name, &words);
	err_set(err, ERR_USAGE, "usage", "nothing is known about \"%s\"", name);
	return near ? err_hint(err, "Did you mean \"brant explain %s\"?", near)
		    : err_hint(err, "\"brant explain\" lists the names.");
}

static void tell(struct ctx *ctx, const struct text *text)
{
	report_line(ctx->report, C_TITLE, "%s: %s", text->name, text->summary);
	report_line(ctx->report, C_PLAIN, "%s", "");
	struct strs lines = wrap(ctx->arena, text->body, term_width());
	for (size_t i = 0; i < lines.len; i++)
		report_line(ctx->report, C_PLAIN, STR_FMT, STR_ARG(lines.ptr[i]));
	report_fact(ctx->report, "name", NULL, C_PLAIN, "%s", text->name);
	report_fact(ctx->report, "summary", NULL, C_PLAIN, "%s", text->summary);
	report_fact(ctx->report, "text", NULL, C_PLAIN, "%s", text->body);
}

static bool run_explain(struct ctx *ctx, void *options, size_t nargs, char **args, struct err *err)
{
	(void)options;
	if (!nargs)
		return list_all(ctx);
	for (const struct text *text = explain_texts; text->name; text++)
		if (strcmp(text->name, args[0]) == 0) {
			tell(ctx, text);
			return true;
		}
	return unknown_name(ctx, args[0], err);
}

const struct cmd cmd_explain = {
	.name = "explain",
	.arguments = "[NAME]",
	.summary = "more about an error, a note or a rule",
	.text = "Every error and note of brant has a name that stays the same from version to version: the line \"see: brant explain NAME\" "
		"under an error on a terminal, the member \"name\" with --json. This command tells what it means, why brant stops there, "
		"and what to do. Without an argument it lists all names.",
	.examples = "brant explain no-database\n",
	.max_args = 1,
	.run = run_explain,
};
