#include "cmd/option.h"

#include <limits.h>

#include "base/suggest.h"
#include "base/duration.h"

struct parser {
	struct arena *arena;
	char **argv;
	size_t argc, next;
	struct command_line *line;
	struct {
		char **ptr;
		size_t len, cap;
	} args;
	struct err *err;    /* the first error */
	struct err ignored; /* those after it */
	bool failed;
	bool migrates; /* the command was given as "migrate" */
};

/* Where the next error goes.  Reading goes on after the first, for the sake of a later --json. */
static struct err *failing(struct parser *p)
{
	struct err *err = p->failed ? &p->ignored : p->err;
	p->failed = true;
	return err;
}

/* A word of the command line for a message, without what may be a password. */
static const char *shown_word(struct arena *arena, const char *word)
{
	const char *scheme = strstr(word, "://");
	if (scheme)
		return arena_printf(arena, "%.*s...", (int)(scheme + 3 - word), word);
	return strstr(word, "password") ? "..." : word;
}

static const struct option *find_in(const struct option *options, struct str name, char letter)
{
	for (const struct option *o = options; o && o->name; o++)
		if (letter ? o->letter == letter : str_eq(str_of(o->name), name))
			return o;
	return NULL;
}

/* ret_base is the struct that the option's offset belongs to. */
static const struct option *find_option(struct parser *p, struct str name, char letter, void **ret_base)
{
	const struct option *own = p->line->cmd ? find_in(p->line->cmd->options, name, letter) : NULL;
	*ret_base = own ? p->line->options : &p->line->common;
	return own ? own : find_in(common_options, name, letter);
}

/* The command that has this option, for somebody who put it in front of the command. */
static const struct cmd *owner_of(struct str name)
{
	for (const struct cmd_group *group = cmd_groups; group->commands; group++)
		for (const struct cmd *const *cmd = group->commands; *cmd; cmd++)
			if (find_in((*cmd)->options, name, 0))
				return *cmd;
	return NULL;
}

static void add_names(struct arena *arena, struct words *words, const struct option *options)
{
	for (const struct option *o = options; o && o->name; o++)
		vec_push(arena, words, o->name);
}

static bool unknown_option(struct parser *p, struct str name)
{
	struct err *err = failing(p);
	err_set(err, ERR_USAGE, "usage", "unknown option \"--" STR_FMT "\"", STR_ARG(name));
	struct words words = { 0 };
	add_names(p->arena, &words, p->line->cmd ? p->line->cmd->options : NULL);
	add_names(p->arena, &words, common_options);
	const struct cmd *owner = p->line->cmd ? NULL : owner_of(name);
	const char *near = suggest(p->arena, str_dup(p->arena, name), &words);
	if (owner)
		return err_hint(err, "It is an option of \"brant %s\" and comes after that word.", owner->name);
	return near && err_hint(err, "Did you mean \"--%s\"?", near);
}

static bool known_choice(struct parser *p, const struct option *option, const char *value)
{
	struct strs words = choice_words(p->arena, option->argument);
	for (size_t i = 0; i < words.len; i++)
		if (str_eq(words.ptr[i], str_of(value)))
			return true;
	return err_set(failing(p), ERR_USAGE, "usage", "option \"--%s\" is one of %s, not \"%s\"", option->name,
		       option->argument, shown_word(p->arena, value));
}

static bool read_number(struct parser *p, const struct option *option, const char *value, long long *ret_number)
{
	struct str text = str_of(value);
	unsigned long long number, max = option->max ? (unsigned long long)option->max : LLONG_MAX;
	bool all_digits = text.len && strspn(value, "0123456789") == text.len;
	if (!all_digits)
		return err_set(failing(p), ERR_USAGE, "usage", "option \"--%s\" needs a number, not \"%s\"",
			       option->name, shown_word(p->arena, value));
	if (!str_to_u64(text, &number) || number > max)
		return err_set(failing(p), ERR_USAGE, "usage", "%s is out of range for \"--%s\": at most %llu", value,
			       option->name, max);
	*ret_number = (long long)number;
	return true;
}

static bool read_time(struct parser *p, const struct option *option, const char *value, double *ret_seconds)
{
	if (duration_parse(str_of(value), ret_seconds))
		return true;
	struct err *err = failing(p);
	err_set(err, ERR_USAGE, "usage", "option \"--%s\" needs a time, not \"%s\"", option->name,
		shown_word(p->arena, value));
	return err_hint(err, "A time looks like 500ms, 2s, 1min or 1h; a plain number is seconds, \"off\" is none.");
}

static bool store(struct parser *p, const struct option *option, void *base, const char *value)
{
	void *field = (char *)base + option->offset;
	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return true;
	case OPTION_COUNT:
		++*(long long *)field;
		return true;
	case OPTION_CHOICE:
		if (!known_choice(p, option, value))
			return false;
		*(const char **)field = value;
		return true;
	case OPTION_TEXT:
		*(const char **)field = value;
		return true;
	case OPTION_NUMBER:
		return read_number(p, option, value, field);
	case OPTION_TIME:
		return read_time(p, option, value, field);
	case OPTION_LIST:
		vec_push(p->arena, (struct strs *)field, str_of(value));
		return true;
	}
	return false;
}

/* Keeps a value; a secret one is copied and blotted out where the process list would show it. */
static bool store_value(struct parser *p, const struct option *option, void *base, char *value)
{
	if (!option->secret)
		return store(p, option, base, value);
	const char *copy = arena_strdup(p->arena, value);
	memset(value, '*', strlen(value));
	return store(p, option, base, copy);
}

static bool missing_value(struct parser *p, const struct option *option)
{
	return err_set(failing(p), ERR_USAGE, "usage", "option \"--%s\" needs a value: --%s %s", option->name,
		       option->name, option->argument);
}

static bool take_next_value(struct parser *p, const struct option *option, void *base)
{
	return p->next < p->argc ? store_value(p, option, base, p->argv[p->next++]) : missing_value(p, option);
}

static bool takes_value(const struct option *option)
{
	return option->kind != OPTION_FLAG && option->kind != OPTION_COUNT;
}

/* --no-NAME takes a flag back; false where there is no such flag. */
static bool take_back(struct parser *p, struct str name)
{
	void *base;
	if (!str_starts(name, STR("no-")))
		return false;
	const struct option *option = find_option(p, str_slice(name, 3, name.len), 0, &base);
	if (!option || option->kind != OPTION_FLAG)
		return false;
	*(bool *)((char *)base + option->offset) = false;
	return true;
}

static bool take_long(struct parser *p, char *word)
{
	struct str name, after;
	void *base;
	bool has_value = str_cut(str_of(word), '=', &name, &after);
	const struct option *option = find_option(p, name, 0, &base);
	if (!option)
		return (!has_value && take_back(p, name)) || unknown_option(p, name);
	if (!takes_value(option))
		return has_value
			? err_set(failing(p), ERR_USAGE, "usage", "option \"--%s\" takes no value", option->name)
			: store(p, option, base, NULL);
	return has_value ? store_value(p, option, base, word + name.len + 1) : take_next_value(p, option, base);
}

/* "abc" of -abc. */
static bool take_letters(struct parser *p, char *letters)
{
	for (char *c = letters; *c; c++) {
		void *base;
		const struct option *option = find_option(p, (struct str){ 0 }, *c, &base);
		if (!option)
			return err_set(failing(p), ERR_USAGE, "usage", "unknown option \"-%c\"", *c);
		if (takes_value(option))
			return c[1] ? store_value(p, option, base, c + 1) : take_next_value(p, option, base);
		store(p, option, base, NULL);
	}
	return true;
}

/* What fingers that know another tool type; "migrate" alone is up. */
struct habit {
	const char *word, *instead;
};
static const struct habit habits[] = {
	{ "generate",
	  "\"brant diff NAME\" writes a migration from the wanted schema; clients are made by the project's own tool." },
	{ "push", "\"brant diff NAME --up\" writes a migration and applies it." },
	{ "db", "\"brant diff NAME --up\" is nearest to db push, \"brant dump\" to db pull." },
	{ "pull", "\"brant dump\" prints the schema of a database." },
	{ "introspect", "\"brant dump\" prints the schema of a database." },
	{ "studio", "\"brant dev psql\" looks into the local database; there is no window." },
	{ "reset", "brant empties no database but the local one: \"brant dev reset\"." },
	{ "upgrade", "\"brant up\" applies what is pending." },
	{ "downgrade", "\"brant down\" undoes the last migration." },
	{ "stamp", "\"brant baseline\" records migrations as applied without running them." },
	{ "revision", "\"brant new NAME\" makes an empty one, \"brant diff NAME\" one from the wanted schema." },
	{ 0 },
};
static const struct habit migrate_habits[] = {
	{ "deploy", "\"brant up\" applies what is pending." },
	{ "dev", "\"brant diff NAME --up\" writes a migration from the wanted schema and applies it." },
	{ "status", "It is \"brant status\"." },
	{ "resolve", "It is \"brant resolve\"." },
	{ "diff", "It is \"brant diff --print\"." },
	{ "reset", "brant empties no database but the local one: \"brant dev reset\"." },
	{ 0 },
};

static const char *instead_of(const struct habit *known, const char *word)
{
	for (; known->word; known++)
		if (strcmp(known->word, word) == 0)
			return known->instead;
	return NULL;
}

static bool unknown_command(struct parser *p, const char *word)
{
	struct err *err = failing(p);
	struct words words = { 0 };
	for (const struct cmd_group *group = cmd_groups; group->commands; group++)
		for (const struct cmd *const *cmd = group->commands; *cmd && group->title; cmd++) {
			vec_push(p->arena, &words, (*cmd)->name);
			for (size_t i = 0; i < LEN((*cmd)->aliases) && (*cmd)->aliases[i]; i++)
				vec_push(p->arena, &words, (*cmd)->aliases[i]);
		}
	const char *near = suggest(p->arena, word, &words);
	err_set(err, ERR_USAGE, "usage", "unknown command \"%s\"", shown_word(p->arena, word));
	if (instead_of(habits, word))
		return err_hint(err, "%s", instead_of(habits, word));
	return near ? err_hint(err, "Did you mean \"brant %s\"?", near)
		    : err_hint(err, "\"brant help\" lists the commands.");
}

static bool take_command(struct parser *p, const char *word)
{
	const struct cmd *cmd = cmd_find(word);
	if (!cmd)
		return unknown_command(p, word);
	p->line->cmd = cmd;
	p->migrates = strcmp(word, "migrate") == 0;
	p->line->options = arena_alloc(p->arena, cmd->options_size);
	if (cmd->defaults)
		memcpy(p->line->options, cmd->defaults, cmd->options_size);
	return true;
}

static bool check_arguments(struct parser *p)
{
	const struct cmd *cmd = p->line->cmd;
	if (!cmd || p->failed || p->line->common.help || p->line->common.version)
		return true;
	if (p->args.len < cmd->min_args)
		return err_set(failing(p), ERR_USAGE, "usage", "\"brant %s\" needs an argument: %s", cmd->name,
			       cmd->arguments);
	if (p->args.len > cmd->max_args)
		return err_set(failing(p), ERR_USAGE, "usage", "unexpected argument \"%s\"",
			       shown_word(p->arena, p->args.ptr[cmd->max_args]));
	if (p->line->common.dry_run && !cmd->dry_run)
		return err_set(failing(p), ERR_USAGE, "usage", "\"brant %s\" has no --dry-run", cmd->name);
	return true;
}

/* "-1": a place in a history, as some tools have it; no option is a digit. */
static bool is_negative(const struct parser *p, const char *word)
{
	size_t digits = strspn(word + 1, "0123456789");
	return p->line->cmd && p->line->cmd->max_args && word[0] == '-' && digits && !word[1 + digits];
}

static void take_argument(struct parser *p, char *word)
{
	const char *instead = p->migrates && !p->args.len ? instead_of(migrate_habits, word) : NULL;
	if (instead && !p->failed) {
		err_set(failing(p), ERR_USAGE, "usage",
			"\"brant migrate\" is \"brant up\": it takes a migration, not \"%s\"", word);
		err_hint(p->err, "%s", instead);
	}
	vec_push(p->arena, &p->args, word);
}

/* One word of the command line; false after an error. */
static void take_word(struct parser *p, char *word, bool *options_end)
{
	if (!*options_end && strcmp(word, "--") == 0)
		*options_end = true;
	else if (!*options_end && strncmp(word, "--", 2) == 0)
		take_long(p, word + 2);
	else if (!*options_end && word[0] == '-' && word[1] && !is_negative(p, word))
		take_letters(p, word + 1);
	else if (p->line->cmd)
		take_argument(p, word);
	else if (!p->failed)
		take_command(p, word);
}

bool command_line_parse(struct arena *arena, int argc, char **argv, struct command_line *ret_line, struct err *err)
{
	*ret_line = (struct command_line){ 0 };
	struct parser p = {
		.arena = arena, .argv = argv, .argc = (size_t)argc, .next = 1, .line = ret_line, .err = err
	};
	p.ignored.arena = arena;
	bool options_end = false;
	while (p.next < p.argc)
		take_word(&p, p.argv[p.next++], &options_end);
	ret_line->args = p.args.ptr;
	ret_line->nargs = p.args.len;
	check_arguments(&p);
	return !p.failed;
}

struct strs choice_words(struct arena *arena, const char *choices)
{
	struct strs words = { 0 };
	struct str word, rest = str_of(choices);
	for (bool more = true; more;) {
		more = str_cut(rest, '|', &word, &rest);
		vec_push(arena, &words, word);
	}
	return words;
}

char *usage_of(struct arena *arena, const struct cmd *cmd)
{
	if (!cmd)
		return arena_strdup(arena, "brant [options] COMMAND [arguments]");
	return arena_printf(arena, "brant %s [options]%s%s", cmd->name, cmd->arguments ? " " : "",
			    cmd->arguments ? cmd->arguments : "");
}
