#include "cmd/docs.h"
#include "cmd/layout.h"
#include "cmd/option.h"

/* A bar would end a cell of a table; everything else that Markdown might take for itself does not occur in the tables. */
static void add_cell(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_printf(out, text.ptr[i] == '|' ? "\\%c" : "%c", text.ptr[i]);
}

static void add_options(struct buf *out, const struct option *options)
{
	buf_text(out, "| option | |\n|---|---|\n");
	for (const struct option *o = options; o->name; o++) {
		buf_text(out, "| `");
		add_cell(out, str_trim(str_of(option_label(out->arena, o))));
		buf_text(out, "` | ");
		add_cell(out, str_of(o->help));
		buf_text(out, " |\n");
	}
	buf_char(out, '\n');
}

/* Lines that stay as they are go into a fence. */
static void add_text(struct buf *out, const char *text)
{
	bool fenced = false;
	struct str line, rest = str_trim(str_of(text));
	for (bool more = rest.len > 0; more;) {
		more = str_cut(rest, '\n', &line, &rest);
		bool as_is = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '#');
		if (as_is != fenced && (as_is || line.len))
			buf_text(out, as_is ? "```\n" : "```\n\n");
		fenced = line.len ? as_is : fenced;
		buf_printf(out, STR_FMT "\n", STR_ARG(line));
	}
	buf_text(out, fenced ? "```\n\n" : "\n");
}

static void add_command(struct buf *out, const struct cmd *cmd)
{
	buf_printf(out, "## brant %s\n\n`%s`\n\n", cmd->name, usage_of(out->arena, cmd));
	buf_printf(out, "%c%s.",
		   cmd->summary[0] >= 'a' && cmd->summary[0] <= 'z' ? cmd->summary[0] - 32 : cmd->summary[0],
		   cmd->summary + 1);
	if (alias_list(out->arena, cmd))
		buf_printf(out, " Also: %s.", alias_list(out->arena, cmd));
	buf_text(out, "\n\n");
	if (cmd->text)
		add_text(out, cmd->text);
	if (cmd->options && cmd->options->name)
		add_options(out, cmd->options);
	if (cmd->examples)
		buf_printf(out, "```sh\n" STR_FMT "\n```\n\n", STR_ARG(str_trim(str_of(cmd->examples))));
}

static void add_contents(struct buf *out)
{
	for (const struct cmd_group *group = cmd_groups; group->title; group++) {
		if (!*group->commands)
			continue;
		buf_printf(out, "**%s**\n\n| command | |\n|---|---|\n", group->title);
		for (const struct cmd *const *cmd = group->commands; *cmd; cmd++) {
			buf_printf(out, "| [`%s`](#brant-%s) | ", (*cmd)->name, (*cmd)->name);
			add_cell(out, str_of((*cmd)->summary));
			buf_text(out, " |\n");
		}
		buf_char(out, '\n');
	}
}

void command_reference(struct buf *out)
{
	buf_text(out, "<!-- made by `ninja docs` from the option tables, not to be edited -->\n\n# Commands\n\n");
	buf_printf(out, "`%s`\n\n", usage_of(out->arena, NULL));
	add_text(out, brant_text);
	add_contents(out);
	each_command(add_command, out);
	buf_text(out, "## Common options\n\nThese may stand before or after the command.\n\n");
	add_options(out, common_options);
	buf_text(out, "## Exit status\n\n| status | |\n|---|---|\n");
	for (const struct exit_status *s = exit_statuses; s->meaning; s++)
		buf_printf(out, "| %d | %s |\n", s->status, s->meaning);
	buf_text(out, "\n## Environment\n\n| variable | |\n|---|---|\n");
	for (const struct named *v = variables; v->name; v++)
		buf_printf(out, "| `%s` | %s |\n", v->name, v->meaning);
	buf_text(out, "\n## Files\n\n| file | |\n|---|---|\n");
	for (const struct named *f = files; f->name; f++)
		buf_printf(out, "| `%s` | %s |\n", f->name, f->meaning);
}
