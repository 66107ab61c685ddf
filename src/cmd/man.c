#include "cmd/docs.h"
#include "cmd/layout.h"
#include "cmd/option.h"

/* Text for roff: its escapes, minus signs that can be copied, and no line that starts like a request. */
static void add_text(struct buf *out, struct str text)
{
	if (text.len && (text.ptr[0] == '.' || text.ptr[0] == '\''))
		buf_text(out, "\\&");
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\')
			buf_text(out, "\\e");
		else if (text.ptr[i] == '-')
			buf_text(out, "\\-");
		else
			buf_char(out, text.ptr[i]);
	}
}

static void add_bold(struct buf *out, struct str text)
{
	buf_text(out, "\\fB");
	add_text(out, text);
	buf_text(out, "\\fR");
}

/* Paragraphs are filled by roff itself; lines that begin with a space stay as they are. */
static void add_paragraphs(struct buf *out, const char *text)
{
	bool as_is = false;
	struct str line, rest = str_of(text);
	for (bool more = rest.len > 0; more;) {
		more = str_cut(rest, '\n', &line, &rest);
		bool now = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '#');
		if (now != as_is && (now || line.len))
			buf_text(out, now ? ".nf\n" : ".fi\n");
		as_is = line.len ? now : as_is;
		if (!line.len)
			buf_text(out, ".PP\n");
		else
			add_text(out, line), buf_char(out, '\n');
	}
	if (as_is)
		buf_text(out, ".fi\n");
}

static void add_entry(struct buf *out, const char *name, const char *text)
{
	buf_text(out, ".TP\n");
	add_bold(out, str_of(name));
	buf_char(out, '\n');
	add_text(out, str_of(text));
	buf_char(out, '\n');
}

static void add_options(struct buf *out, const struct option *options)
{
	for (const struct option *o = options; o && o->name; o++)
		add_entry(out, str_trim(str_of(option_label(out->arena, o))).ptr, o->help);
}

static void add_examples(struct buf *out, const char *examples)
{
	buf_text(out, ".PP\nExamples:\n.PP\n.nf\n");
	struct str line, rest = str_trim(str_of(examples));
	for (bool more = true; more;) {
		more = str_cut(rest, '\n', &line, &rest);
		buf_text(out, "    ");
		add_text(out, line);
		buf_char(out, '\n');
	}
	buf_text(out, ".fi\n");
}

static void add_command(struct buf *out, const struct cmd *cmd)
{
	buf_text(out, ".SS ");
	add_text(out, str_of(usage_of(out->arena, cmd)));
	buf_char(out, '\n');
	struct buf summary = buf_init(out->arena);
	buf_printf(&summary, "%c%s.",
		   cmd->summary[0] >= 'a' && cmd->summary[0] <= 'z' ? cmd->summary[0] - 32 : cmd->summary[0],
		   cmd->summary + 1);
	add_text(out, buf_as_str(&summary));
	buf_char(out, '\n');
	if (alias_list(out->arena, cmd)) {
		buf_text(out, "Also: ");
		add_text(out, str_of(alias_list(out->arena, cmd)));
		buf_text(out, ".\n");
	}
	buf_text(out, ".PP\n");
	if (cmd->text)
		add_paragraphs(out, cmd->text);
	add_options(out, cmd->options);
	if (cmd->examples)
		add_examples(out, cmd->examples);
}

void man_page(struct buf *out)
{
	buf_printf(out, ".\\\" made from the option tables\n.TH BRANT 1 \"\" \"brant %s\" \"User Commands\"\n",
		   BRANT_VERSION);
	buf_text(out, ".SH NAME\nbrant \\- ");
	add_text(out, str_of(brant_summary));
	buf_text(out, "\n.SH SYNOPSIS\n");
	add_text(out, str_of(usage_of(out->arena, NULL)));
	buf_text(out, "\n.SH DESCRIPTION\n");
	add_paragraphs(out, brant_text);
	buf_text(out, ".SH COMMANDS\n");
	each_command(add_command, out);
	buf_text(out, ".SH OPTIONS\nThese may stand before or after the command.\n");
	add_options(out, common_options);
	buf_text(out, ".SH EXIT STATUS\n");
	for (const struct exit_status *s = exit_statuses; s->meaning; s++)
		add_entry(out, arena_printf(out->arena, "%d", s->status), s->meaning);
	buf_text(out, ".SH ENVIRONMENT\n");
	for (const struct named *v = variables; v->name; v++)
		add_entry(out, v->name, v->meaning);
	buf_text(out, ".SH FILES\n");
	for (const struct named *f = files; f->name; f++)
		add_entry(out, f->name, f->meaning);
	buf_text(out, ".SH SEE ALSO\n.BR psql (1),\n.BR pgbouncer (1)\n");
}
