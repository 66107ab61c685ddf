#include "cmd/help.h"

#include "cmd/commands.h"
#include "cmd/layout.h"
#include "cmd/option.h"

/* A name on the left and a sentence on the right, which goes on below itself where it is long. */
struct entry {
	const char *name, *text;
};

struct entries {
	struct entry *ptr;
	size_t len, cap;
};

static size_t widest(const struct entries *entries, size_t width)
{
	for (size_t i = 0; i < entries->len; i++) {
		size_t own = str_width(str_of(entries->ptr[i].name));
		width = own > width ? own : width;
	}
	return width;
}

static void add_entries(struct report *report, struct arena *arena, const char *title, const struct entries *entries,
			size_t width)
{
	static const struct column columns[] = { { NULL, "", false }, { NULL, "", false } };
	struct table *table = report_table(report, NULL, title, columns, LEN(columns));
	for (size_t i = 0; i < entries->len; i++) {
		struct strs lines = wrap(arena, entries->ptr[i].text, term_width() - width - 4);
		for (size_t k = 0; k < lines.len; k++) {
			table_row(table);
			table_cell(table, C_NAME, "%-*s", (int)width, k ? "" : entries->ptr[i].name);
			table_cell(table, C_PLAIN, STR_FMT, STR_ARG(lines.ptr[k]));
		}
	}
	report_line(report, C_PLAIN, "%s", "");
}

static void add_prose(struct report *report, struct arena *arena, const char *text)
{
	struct strs lines = wrap(arena, text, term_width());
	for (size_t i = 0; i < lines.len; i++)
		report_line(report, C_PLAIN, STR_FMT, STR_ARG(lines.ptr[i]));
	report_line(report, C_PLAIN, "%s", "");
}

/* cmd: the command that they are listed for, or NULL. */
static struct entries option_entries(struct arena *arena, const struct option *options, const struct cmd *cmd)
{
	struct entries entries = { 0 };
	for (const struct option *o = options; o && o->name; o++)
		if (!cmd || cmd->dry_run || strcmp(o->name, "dry-run") != 0)
			vec_push(arena, &entries, (struct entry){ option_label(arena, o), o->help });
	return entries;
}

static struct entries status_entries(struct arena *arena)
{
	struct entries entries = { 0 };
	for (const struct exit_status *s = exit_statuses; s->meaning; s++)
		vec_push(arena, &entries, (struct entry){ arena_printf(arena, "%d", s->status), s->meaning });
	return entries;
}

static void add_options_json(struct report *report, const char *key, const struct option *options)
{
	static const struct column columns[] = {
		{ "name", NULL, false }, { "letter", NULL, false }, { "argument", NULL, false }, { "help", NULL, false }
	};
	struct table *table = report_table(report, key, NULL, columns, LEN(columns));
	for (const struct option *o = options; o && o->name; o++) {
		table_row(table);
		table_cell(table, C_PLAIN, "%s", o->name);
		table_cell(table, C_PLAIN, o->letter ? "%c" : NULL, o->letter);
		table_cell(table, C_PLAIN, o->argument ? "%s" : NULL, o->argument);
		table_cell(table, C_PLAIN, "%s", o->help);
	}
}

static void add_commands(struct report *report, struct arena *arena)
{
	static const struct column columns[] = { { "name", NULL, false },
						 { "arguments", NULL, false },
						 { "summary", NULL, false },
						 { "group", NULL, false } };
	struct table *json = report_table(report, "commands", NULL, columns, LEN(columns));
	struct entries entries[8] = { 0 };
	size_t width = 0;
	for (size_t i = 0; cmd_groups[i].title; i++) {
		for (const struct cmd *const *cmd = cmd_groups[i].commands; *cmd; cmd++) {
			vec_push(arena, &entries[i], (struct entry){ (*cmd)->name, (*cmd)->summary });
			table_row(json);
			table_cell(json, C_PLAIN, "%s", (*cmd)->name);
			table_cell(json, C_PLAIN, (*cmd)->arguments ? "%s" : NULL, (*cmd)->arguments);
			table_cell(json, C_PLAIN, "%s", (*cmd)->summary);
			table_cell(json, C_PLAIN, "%s", cmd_groups[i].title);
		}
		width = widest(&entries[i], width);
	}
	for (size_t i = 0; cmd_groups[i].title; i++)
		if (entries[i].len)
			add_entries(report, arena, arena_printf(arena, "%s:", cmd_groups[i].title), &entries[i], width);
}

void help_overview(struct report *report, struct arena *arena, bool full)
{
	report_line(report, C_PLAIN, "brant %s: %s", BRANT_VERSION, brant_summary);
	report_line(report, C_PLAIN, "%s", "");
	report_line(report, C_PLAIN, "Usage: %s", usage_of(arena, NULL));
	report_line(report, C_PLAIN, "%s", "");
	add_commands(report, arena);
	if (full) {
		struct entries options = option_entries(arena, common_options, NULL), statuses = status_entries(arena);
		add_entries(report, arena, "Common options:", &options, widest(&options, 0));
		add_options_json(report, "options", common_options);
		add_entries(report, arena, "Exit status:", &statuses, widest(&statuses, 0));
		report_line(report, C_PLAIN,
			    "\"brant help COMMAND\" says more about a command, \"brant explain NAME\" about an error.");
	} else {
		report_line(report, C_PLAIN,
			    "\"brant help\" also lists the common options, \"brant help COMMAND\" those of a command.");
	}
}

/* "command   # what it is for": where that takes more lines, each of them is a comment, so that what is copied can be run. */
static void add_example(struct report *report, struct arena *arena, struct str line)
{
	enum { LEAST = 20 };
	ptrdiff_t mark = str_find(line, STR(" # "));
	size_t column = mark < 0 ? 0 : (size_t)mark + 1, width = term_width();
	if (mark < 0 || width < column + 4 + LEAST) {
		report_line(report, C_PLAIN, "  " STR_FMT, STR_ARG(line));
		return;
	}
	struct strs lines = wrap(arena, str_dup(arena, str_slice(line, column + 2, line.len)), width - column - 4);
	for (size_t i = 0; i < lines.len; i++)
		report_line(report, C_PLAIN, "  %-*.*s# " STR_FMT, (int)column, i ? 0 : (int)column, line.ptr,
			    STR_ARG(lines.ptr[i]));
}

void help_command(struct report *report, struct arena *arena, const struct cmd *cmd)
{
	struct entries own = option_entries(arena, cmd->options, NULL),
		       common = option_entries(arena, common_options, cmd);
	size_t width = widest(&common, widest(&own, 0));
	report_line(report, C_PLAIN, "brant %s: %s", cmd->name, cmd->summary);
	report_line(report, C_PLAIN, "%s", "");
	report_line(report, C_PLAIN, "Usage: %s", usage_of(arena, cmd));
	if (alias_list(arena, cmd))
		report_line(report, C_PLAIN, "Also: %s", alias_list(arena, cmd));
	report_line(report, C_PLAIN, "%s", "");
	report_fact(report, "name", NULL, C_PLAIN, "%s", cmd->name);
	report_fact(report, "summary", NULL, C_PLAIN, "%s", cmd->summary);
	report_fact(report, "usage", NULL, C_PLAIN, "%s", usage_of(arena, cmd));
	if (cmd->text)
		add_prose(report, arena, cmd->text);
	if (own.len)
		add_entries(report, arena, "Options:", &own, width);
	add_options_json(report, "options", cmd->options);
	add_entries(report, arena, "Common options:", &common, width);
	if (cmd->examples) {
		report_line(report, C_TITLE, "Examples:");
		struct str line, rest = str_trim(str_of(cmd->examples));
		for (bool more = true; more;) {
			more = str_cut(rest, '\n', &line, &rest);
			add_example(report, arena, line);
		}
		report_line(report, C_PLAIN, "%s", "");
	}
	report_line(report, C_PLAIN, "\"brant help\" lists the exit statuses.");
}

static bool run_help(struct ctx *ctx, void *options, size_t nargs, char **args, struct err *err)
{
	(void)options;
	if (!nargs) {
		help_overview(ctx->report, ctx->arena, true);
		return true;
	}
	const struct cmd *cmd = cmd_find(args[0]);
	if (!cmd) {
		err_set(err, ERR_USAGE, "usage", "unknown command \"%s\"", args[0]);
		return err_hint(err,
				"\"brant help\" lists the commands; errors and rules are told by \"brant explain %s\".",
				args[0]);
	}
	help_command(ctx->report, ctx->arena, cmd);
	return true;
}

const struct cmd cmd_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "the commands, or one of them in full",
	.text = "Without an argument: all commands, the options that they share, and the exit statuses. With the name of a command: "
		"what it does, its options, and examples. \"brant COMMAND --help\" is the same.",
	.examples = "brant help up\n",
	.max_args = 1,
	.run = run_help,
};
