#include "cmd/docs.h"
#include "cmd/option.h"
#include "cmd/texts.h"

static bool takes_value(const struct option *option)
{
	return option->argument != NULL;
}

static void add_option_names(struct buf *out, const struct option *options)
{
	for (const struct option *o = options; o && o->name; o++)
		buf_printf(out, " --%s", o->name);
}

static void add_name(struct buf *out, const struct cmd *cmd)
{
	buf_printf(out, " %s", cmd->name);
}

static void add_texts(struct buf *out)
{
	for (const struct text *text = explain_texts; text->name; text++)
		buf_printf(out, " %s", text->name);
}

/* "-C|--directory", as a pattern of the shell. */
static void add_pattern(struct buf *out, const struct option *option)
{
	if (option->letter)
		buf_printf(out, "-%c|", option->letter);
	buf_printf(out, "--%s", option->name);
}

static void add_words(struct buf *out, struct strs words)
{
	for (size_t i = 0; i < words.len; i++)
		buf_printf(out, " " STR_FMT, STR_ARG(words.ptr[i]));
}

/* bash: what an option's value may be. */
static void bash_value(struct buf *out, const struct option *option)
{
	buf_text(out, "\t");
	add_pattern(out, option);
	if (option->kind == OPTION_CHOICE) {
		buf_text(out, ") COMPREPLY=($(compgen -W '");
		add_words(out, choice_words(out->arena, option->argument));
		buf_text(out, "' -- \"$cur\")); return ;;\n");
	} else if (strcmp(option->argument, "DIR") == 0) {
		buf_text(out, ") COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n");
	} else if (strcmp(option->argument, "FILE") == 0) {
		buf_text(out, ") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
	} else {
		buf_text(out, ") return ;;\n");
	}
}

static void bash_values(struct buf *out, const struct option *options)
{
	for (const struct option *o = options; o && o->name; o++)
		if (takes_value(o))
			bash_value(out, o);
}

static void bash_command_values(struct buf *out, const struct cmd *cmd)
{
	bash_values(out, cmd->options);
}

static void bash_skip(struct buf *out, const struct option *options)
{
	for (const struct option *o = options; o && o->name; o++)
		if (takes_value(o)) {
			buf_text(out, "\t\t");
			add_pattern(out, o);
			buf_text(out, ") ((i++)) ;;\n");
		}
}

static bool has_words(const struct argument_words *words)
{
	return words->words.len || words->commands || words->texts;
}

static void add_argument_words(struct buf *out, const struct argument_words *words)
{
	add_words(out, words->words);
	if (words->commands)
		each_command(add_name, out);
	if (words->texts)
		add_texts(out);
}

/* "up|deploy|migrate)" */
static void add_case(struct buf *out, const struct cmd *cmd)
{
	buf_printf(out, "\t%s", cmd->name);
	for (size_t i = 0; i < LEN(cmd->aliases) && cmd->aliases[i]; i++)
		buf_printf(out, "|%s", cmd->aliases[i]);
	buf_char(out, ')');
}

static void bash_command(struct buf *out, const struct cmd *cmd)
{
	struct argument_words words = argument_words(out->arena, cmd);
	add_case(out, cmd);
	buf_text(out, "\n\t\toptions='");
	add_option_names(out, cmd->options);
	buf_text(out, "'\n");
	if (has_words(&words)) {
		buf_text(out, "\t\twords='");
		add_argument_words(out, &words);
		buf_text(out, "'\n");
	}
	if (words.files)
		buf_text(out, "\t\tfiles=1\n");
	buf_text(out, "\t\t;;\n");
}

void bash_completion(struct buf *out)
{
	buf_text(out,
		 "# bash completion for brant, made from the option tables\n_brant() {\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		 "\tlocal cmd= words= options= files= i\n\tCOMPREPLY=()\n"
		 "\t# \"--color=al\" is three words to bash\n"
		 "\tif [[ $cur == = ]]; then cur=\n"
		 "\telif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
		 "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in\n");
	bash_skip(out, common_options);
	buf_text(out, "\t\t-*|=) ;;\n\t\t*) cmd=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n\tcase $prev in\n");
	bash_values(out, common_options);
	each_command(bash_command_values, out);
	buf_text(out, "\tesac\n\tcase $cmd in\n\t'') words='");
	each_command(add_name, out);
	buf_text(out, "' ;;\n");
	each_command(bash_command, out);
	buf_text(out, "\tesac\n\tif [[ $cur == -* ]]; then\n\t\tCOMPREPLY=($(compgen -W \"$options");
	add_option_names(out, common_options);
	buf_text(out,
		 "\" -- \"$cur\"))\n\telif [[ $files ]]; then\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
		 "\telse\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n\tfi\n}\n"
		 "complete -o filenames -F _brant brant\n");
}

/* Text within single quotes of a shell. */
static void add_quoted(struct buf *out, const char *text, const char *escaped)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\'')
			buf_text(out, "'\\''");
		else
			buf_printf(out, strchr(escaped, *c) ? "\\%c" : "%c", *c);
	}
}

/* zsh: '(-C --directory)'{-C,--directory}'[run as if started in DIR]:DIR:_files -/' */
static void zsh_option(struct buf *out, const struct option *option)
{
	const char *once = option->kind == OPTION_LIST || option->kind == OPTION_COUNT ? "*" : "";
	buf_text(out, " \\\n\t\t");
	if (option->letter && !*once)
		buf_printf(out, "'(-%c --%s)'{-%c,--%s}'", option->letter, option->name, option->letter, option->name);
	else if (option->letter)
		buf_printf(out, "'*'{-%c,--%s}'", option->letter, option->name);
	else
		buf_printf(out, "'%s--%s", once, option->name);
	buf_char(out, '[');
	add_quoted(out, option->help, "[]\\");
	buf_char(out, ']');
	if (option->argument) {
		buf_text(out, ":");
		add_quoted(out, option->kind == OPTION_CHOICE ? option->name : option->argument, ":\\");
		buf_text(out, ":");
	}
	if (option->kind == OPTION_CHOICE) {
		buf_text(out, "(");
		add_words(out, choice_words(out->arena, option->argument));
		buf_text(out, ")");
	} else if (option->argument &&
		   (strcmp(option->argument, "DIR") == 0 || strcmp(option->argument, "FILE") == 0)) {
		buf_text(out, option->argument[0] == 'D' ? "_files -/" : "_files");
	}
	buf_char(out, '\'');
}

static void zsh_options(struct buf *out, const struct option *options)
{
	for (const struct option *o = options; o && o->name; o++)
		zsh_option(out, o);
}

static void zsh_describe(struct buf *out, const struct cmd *cmd)
{
	buf_printf(out, "\t\t'%s:", cmd->name);
	add_quoted(out, cmd->summary, ":\\");
	buf_text(out, "'\n");
}

static void zsh_command(struct buf *out, const struct cmd *cmd)
{
	struct argument_words words = argument_words(out->arena, cmd);
	add_case(out, cmd);
	buf_text(out, "\n\t\t_arguments -s $common");
	zsh_options(out, cmd->options);
	if (has_words(&words)) {
		buf_text(out, " \\\n\t\t'1:argument:(");
		add_argument_words(out, &words);
		buf_text(out, ")'");
	}
	if (words.files)
		buf_text(out, " \\\n\t\t'*:file:_files'");
	buf_text(out, " ;;\n");
}

void zsh_completion(struct buf *out)
{
	buf_text(out,
		 "#compdef brant\n# zsh completion for brant, made from the option tables\n_brant() {\n"
		 "\tlocal curcontext=$curcontext state line\n\tlocal -a common commands\n\tcommon=(");
	zsh_options(out, common_options);
	buf_text(out, "\n\t)\n\tcommands=(\n");
	each_command(zsh_describe, out);
	buf_text(
		out,
		"\t)\n\t_arguments -s -C $common '1:command:->command' '*::argument:->argument'\n"
		"\tif [[ $state == command ]]; then\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tcase $line[1] in\n");
	each_command(zsh_command, out);
	buf_text(out, "\tesac\n}\n_brant \"$@\"\n");
}

static void fish_option(struct buf *out, const char *condition, const struct option *option)
{
	buf_printf(out, "complete -c brant%s -l %s", condition, option->name);
	if (option->letter)
		buf_printf(out, " -s %c", option->letter);
	if (option->kind == OPTION_CHOICE) {
		buf_text(out, " -x -a '");
		add_words(out, choice_words(out->arena, option->argument));
		buf_text(out, "'");
	} else if (option->argument && strcmp(option->argument, "DIR") == 0) {
		buf_text(out, " -x -a '(__fish_complete_directories)'");
	} else if (option->argument) {
		buf_text(out, strcmp(option->argument, "FILE") == 0 ? " -rF" : " -x");
	}
	buf_text(out, " -d '");
	for (const char *c = option->help; *c; c++)
		buf_printf(out, *c == '\'' || *c == '\\' ? "\\%c" : "%c", *c);
	buf_text(out, "'\n");
}

static void fish_command(struct buf *out, const struct cmd *cmd)
{
	struct buf condition = buf_init(out->arena);
	buf_printf(&condition, " -n '__fish_seen_subcommand_from %s", cmd->name);
	for (size_t i = 0; i < LEN(cmd->aliases) && cmd->aliases[i]; i++)
		buf_printf(&condition, " %s", cmd->aliases[i]);
	buf_text(&condition, "'");
	buf_printf(out, "complete -c brant -n __fish_use_subcommand -a %s -d '", cmd->name);
	for (const char *c = cmd->summary; *c; c++)
		buf_printf(out, *c == '\'' || *c == '\\' ? "\\%c" : "%c", *c);
	buf_text(out, "'\n");
	for (const struct option *o = cmd->options; o && o->name; o++)
		fish_option(out, condition.ptr, o);
	struct argument_words words = argument_words(out->arena, cmd);
	if (words.files)
		buf_printf(out, "complete -c brant%s -F\n", condition.ptr);
	if (!has_words(&words))
		return;
	buf_printf(out, "complete -c brant%s -a '", condition.ptr);
	add_words(out, words.words);
	if (words.commands)
		each_command(add_name, out);
	if (words.texts)
		add_texts(out);
	buf_text(out, "'\n");
}

void fish_completion(struct buf *out)
{
	buf_text(out, "# fish completion for brant, made from the option tables\ncomplete -c brant -f\n");
	for (const struct option *o = common_options; o->name; o++)
		fish_option(out, "", o);
	each_command(fish_command, out);
}
