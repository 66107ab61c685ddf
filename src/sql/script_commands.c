#include "base/file.h"
#include "sql/psql.h"
#include "sql/reader.h"

enum { INCLUDE_DEPTH_MAX = 64 };

static bool fail_command(struct reader *r, struct input *in, size_t offset, const char *message)
{
	err_set(r->err, ERR_FAILED, "psql-command", "%s", message);
	return source_err_at(r->err, in->source, offset);
}

static bool run_set(struct reader *r, struct input *in, size_t offset, const struct command *command)
{
	const struct strs *arguments = &command->arguments;
	if (!arguments->len)
		return true;
	if (!variable_name_valid(arguments->ptr[0]))
		return fail_command(r, in, offset, "\\set needs a name of letters, digits and underscores");
	struct buf value = buf_init(r->arena);
	for (size_t i = 1; i < arguments->len; i++)
		buf_str(&value, arguments->ptr[i]);
	if (value.len > VALUE_MAX)
		return reader_fail_too_long(r, in->source, offset);
	if (str_bad_utf8(buf_as_str(&value)) >= 0)
		return fail_command(r, in, offset, "the value of \\set is not valid UTF-8");
	map_set(r->arena, &r->variables, arguments->ptr[0], value.ptr);
	return true;
}

static void run_echo(struct reader *r, struct input *in, size_t offset, const struct command *command)
{
	struct buf text = buf_init(r->arena);
	size_t first = command->arguments.len && str_eq(command->arguments.ptr[0], STR("-n"));
	for (size_t i = first; i < command->arguments.len; i++) {
		if (i > first)
			buf_char(&text, ' ');
		buf_str(&text, command->arguments.ptr[i]);
	}
	struct stmt *stmt = reader_push(r,
					(struct stmt){
						.kind = STMT_ECHO,
						.text = buf_as_str(&text),
						.source = in->source,
						.offset = offset,
						.length = command->to - offset,
						.line = input_line(in, offset),
					});
	stmt_classify(r->arena, stmt);
}

static bool fail_loop(struct reader *r, struct input *in, size_t offset, const char *path)
{
	err_set(r->err, ERR_FAILED, "include-loop", "including \"%s\" goes round in circles", path);
	struct buf chain = buf_init(r->err->arena);
	for (const struct input *at = in; at; at = at->parent)
		if (at->depth < 4 || at == in)
			buf_printf(&chain, "%s%s", chain.len ? ", included by " : "", at->source->path);
	err_detail(r->err, "The line is in %s.", chain.ptr);
	return source_err_at(r->err, in->source, offset);
}

static bool run_include(struct reader *r, struct input *in, size_t offset, const struct command *command)
{
	if (command->arguments.len != 1 || !command->arguments.ptr[0].len)
		return fail_command(r, in, offset, "\\i and \\ir need the name of one file");
	bool relative = str_starts(command->name, STR("ir")) || str_eq(command->name, STR("include_relative"));
	const char *dir = relative ? path_dir(r->arena, in->source->path) : r->options->include_dir;
	if (!r->options->include_dir)
		return fail_command(r, in, offset, "a file cannot be included here");
	const char *path = path_join(r->arena, dir, str_dup(r->arena, command->arguments.ptr[0]));
	for (const struct input *at = in; at; at = at->parent)
		if (in->depth == INCLUDE_DEPTH_MAX || strcmp(at->source->path, path) == 0)
			return fail_loop(r, in, offset, path);
	struct source *source = arena_alloc(r->arena, sizeof(*source));
	if (!source_load(r->arena, path, source, r->err)) {
		/* What is wrong with the text of a file is told at its place; that there is no file, at the \i. */
		if (r->err->line)
			return false;
		r->err->name = "include-missing";
		return source_err_at(r->err, in->source, offset);
	}
	return reader_read(r, source, in);
}

bool reader_take_command(struct reader *r, struct input *in, const struct token *token)
{
	struct splitter *splitter = &in->splitter;
	struct command command;
	if (token->to < in->source->text.len && in->source->text.ptr[token->to] == ':') {
		/* \: is a colon that begins no variable. */
		struct token colon = { .from = token->from, .to = token->to + 1 };
		splitter->pos = colon.to;
		return reader_take_value(r, in, STR(":"), &colon);
	}
	splitter_skip_line(splitter);
	if (!command_parse(r->arena, in->source, &r->variables, token->to, splitter->pos, &command, r->err))
		return false;
	splitter->pos = command.to;
	if (splitter->is_open) {
		fail_command(r, in, token->from, "a command of psql's inside a statement");
		return err_hint(r->err, "End the statement in front of it with a semicolon.");
	}
	if (str_eq(command.name, STR("set")))
		return run_set(r, in, token->from, &command);
	if (str_eq(command.name, STR("unset"))) {
		for (size_t i = 0; i < command.arguments.len; i++)
			map_set(r->arena, &r->variables, command.arguments.ptr[i], NULL);
		return true;
	}
	if (str_starts(command.name, STR("i")))
		return run_include(r, in, token->from, &command);
	if (!str_ends(command.name, STR("restrict")))
		run_echo(r, in, token->from, &command);
	return true;
}
