#include "cmd/docs.h"

#include "cmd/commands.h"
#include "cmd/option.h"

static const struct {
	const char *name;
	void (*write)(struct buf *out);
} writers[] = {
	{ "man", man_page },       { "commands", command_reference }, { "bash", bash_completion },
	{ "zsh", zsh_completion }, { "fish", fish_completion },
};

static bool run_docs(struct ctx *ctx, void *options, size_t nargs, char **args, struct err *err)
{
	(void)options;
	(void)nargs;
	struct buf out = buf_init(ctx->arena);
	for (size_t i = 0; i < LEN(writers); i++) {
		if (strcmp(args[0], writers[i].name) != 0)
			continue;
		writers[i].write(&out);
		report_block(ctx->report, "text", buf_as_str(&out));
		return true;
	}
	return err_set(err, ERR_USAGE, "usage", "\"%s\" is none of man, commands, bash, zsh and fish", args[0]);
}

const struct cmd cmd_docs = {
	.name = "docs",
	.aliases = { "completion", "completions" },
	.arguments = "man|commands|bash|zsh|fish",
	.summary = "the man page, the command reference or a shell's completion",
	.text = "Used by the build. What is printed is made from the tables that the command line is read by.",
	.min_args = 1,
	.max_args = 1,
	.run = run_docs,
	.hidden = true,
};

void each_command(void (*fn)(struct buf *out, const struct cmd *cmd), struct buf *out)
{
	for (const struct cmd_group *group = cmd_groups; group->title; group++)
		for (const struct cmd *const *cmd = group->commands; *cmd; cmd++)
			fn(out, *cmd);
}

struct argument_words argument_words(struct arena *arena, const struct cmd *cmd)
{
	struct argument_words found = { 0 };
	if (!cmd->arguments)
		return found;
	struct str first, rest;
	str_cut(str_of(cmd->arguments), ' ', &first, &rest);
	while (first.len && (first.ptr[0] == '[' || first.ptr[0] == '('))
		first = str_slice(first, 1, first.len);
	while (first.len && strchr("].)", first.ptr[first.len - 1]))
		first.len--;
	if (str_find(first, STR("|")) >= 0)
		found.words = choice_words(arena, str_dup(arena, first));
	found.files = str_find(str_of(cmd->arguments), STR("FILE")) >= 0;
	found.commands = cmd == &cmd_help;
	found.texts = cmd == &cmd_explain;
	return found;
}
