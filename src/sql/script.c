#include "sql/script.h"

#include "base/file.h"
#include "sql/expansion.h"
#include "sql/markers.h"
#include "sql/psql.h"
#include "sql/split.h"

enum { INCLUDE_DEPTH_MAX = 64, VALUE_DEPTH_MAX = 16, VALUES_MAX = 64 * 1024 * 1024 };

/* What is common to a file and those that it includes. */
struct reader {
	struct arena *arena;
	const struct script_options *options;
	struct script *script;
	struct map variables;
	struct err *err;
	void **stmts_memory; /* where the arena finds what it has to free */
	size_t sql_count;    /* statements that are sent */
	size_t filled_in;    /* bytes of variables' values, which have a limit */
	bool marked;         /* the next statement was marked as no-transaction */

	/* Of the mark behind which the file's way down begins. */
	const struct source *down_source;
	size_t down_offset;
	bool heading_up;
};

/* One file, and its statement that is open. */
struct input {
	const struct source *source;
	struct input *parent;
	unsigned depth;
	struct splitter splitter;

	size_t first, last;          /* offsets of its first byte and behind its last */
	struct expansion *expansion; /* where a variable was filled in */
	size_t copied;               /* up to here the file is in the expansion */

	size_t line_offset; /* a place whose line is known, so that lines are counted once */
	unsigned line;
};

static unsigned line_at(struct input *in, size_t offset)
{
	const char *p = in->source->text.ptr + in->line_offset, *end = in->source->text.ptr + offset;
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		in->line++;
		p++;
	}
	in->line_offset = offset;
	return in->line;
}

static void free_memory(void *ptr)
{
	void **memory = ptr;
	free(*memory);
}

/*
 * Not vec_push(): a dump of two million INSERTs would leave as much again in the arena on the way.  realloc() moves pages, not bytes.
 */
static struct stmt *push_stmt(struct reader *r, struct stmt stmt)
{
	struct stmts *stmts = &r->script->stmts;
	if (stmts->len == stmts->cap) {
		if (!r->stmts_memory) {
			r->stmts_memory = arena_alloc(r->arena, sizeof(*r->stmts_memory));
			arena_defer(r->arena, free_memory, r->stmts_memory);
		}
		stmts->cap = stmts->cap ? stmts->cap * 2 : 8;
		void *grown = reallocarray(*r->stmts_memory, stmts->cap, sizeof(*stmts->ptr));
		if (!grown)
			abort();
		stmts->ptr = *r->stmts_memory = grown;
	}
	stmts->ptr[stmts->len] = stmt;
	return &stmts->ptr[stmts->len++];
}

static bool fail_down(struct reader *r)
{
	err_set(r->err, ERR_FAILED, "foreign-sections", "the file holds the way up and the way down");
	err_detail(r->err, "The statements behind this comment undo those in front of it. Running the whole file would do both.");
	err_hint(r->err, "Move them to a file of their own: VERSION_name.down.sql.");
	return source_err_at(r->err, r->down_source, r->down_offset);
}

/* What will be sent: the slice of the file, or the text with the values in it. */
static struct str finished_text(struct input *in)
{
	struct str text = in->source->text;
	if (!in->expansion)
		return str_slice(text, in->first, in->last);
	if (in->copied < in->last)
		expansion_add(in->expansion, str_slice(text, in->copied, in->last), in->copied, false);
	return buf_as_str(&in->expansion->text);
}

/* Ends the open statement. */
static bool finish(struct reader *r, struct input *in)
{
	bool was_open = in->splitter.is_open;
	struct str data;
	splitter_close(&in->splitter, &data);
	if (!was_open) {
		in->expansion = NULL;
		return true;
	}
	if (r->down_source)
		return fail_down(r);
	struct stmt *stmt = push_stmt(r, (struct stmt){
						 .kind = data.ptr ? STMT_COPY_IN : STMT_SQL,
						 .text = finished_text(in),
						 .copy_data = data,
						 .source = in->source,
						 .offset = in->first,
						 .length = in->last - in->first,
						 .line = line_at(in, in->first),
						 .expansion = in->expansion,
					 });
	in->expansion = NULL;
	stmt_classify(r->arena, stmt);
	if (r->marked && stmt->no_tx == NO_TX_NOT)
		stmt->no_tx = NO_TX_MARKED;
	r->marked = false;
	r->sql_count++;
	return true;
}

static void take_directive(struct reader *r, struct input *in, const struct token *token, struct str key, struct str arguments)
{
	if (in->splitter.is_open)
		return;
	vec_push(r->arena, &r->script->directives,
		 (struct directive){
			 .key = key, .arguments = arguments, .stmt = r->script->stmts.len, .line = line_at(in, token->from) });
	if (!str_eq(key, STR("no-transaction")))
		return;
	if (r->sql_count || in->parent)
		r->marked = true;
	else
		r->script->no_transaction = true;
}

static void take_comment(struct reader *r, struct input *in, const struct token *token)
{
	struct str key, arguments;
	switch (marker_read(token_text(in->source->text, token), &key, &arguments)) {
	case MARKER_NONE:
		break;
	case MARKER_DIRECTIVE:
		take_directive(r, in, token, key, arguments);
		break;
	case MARKER_NO_TRANSACTION:
		if (!r->sql_count && !in->splitter.is_open && !in->parent)
			r->script->no_transaction = true;
		break;
	case MARKER_HEADING_UP:
		r->heading_up = true;
		break;
	case MARKER_HEADING_DOWN:
		if (!r->heading_up)
			break;
		/* fall through */
	case MARKER_DOWN:
		r->down_source = in->source;
		r->down_offset = token->from;
		break;
	}
}

static bool fail_unterminated(struct reader *r, const struct source *source, size_t offset, enum token_kind kind)
{
	const char *what = kind == TOKEN_BLOCK_COMMENT ? "comment"
			   : kind == TOKEN_DOLLAR      ? "dollar-quoted string"
			   : kind == TOKEN_QUOTED      ? "quoted identifier"
						       : "quoted string";
	err_set(r->err, ERR_FAILED, "unterminated", "unterminated %s", what);
	err_hint(r->err, "It opens here and is not closed before the end of the file.");
	return source_err_at(r->err, source, offset);
}

/*
 * Variables
 */

static bool fail_too_long(struct reader *r, const struct source *source, size_t offset)
{
	err_set(r->err, ERR_FAILED, "psql-command", "the values of psql variables are too long");
	err_detail(r->err, "All that is filled in may be %d MB.", VALUES_MAX / (1024 * 1024));
	return source_err_at(r->err, source, offset);
}

/* A value with the variables in it filled in, as far as they do not nest without end. */
static void flatten(struct reader *r, struct str value, unsigned depth, struct buf *buf)
{
	for (size_t pos = 0; pos < value.len && buf->len <= VALUES_MAX;) {
		struct token token = lex_token(value, pos);
		struct str text = token_text(value, &token);
		bool plain = false;
		buf_str(buf, str_slice(value, pos, token.from));
		pos = token.to;
		if (token.kind != TOKEN_VARIABLE || depth == VALUE_DEPTH_MAX ||
		    !variable_value(r->arena, &r->variables, text, &text, &plain) || !plain)
			buf_str(buf, text);
		else
			flatten(r, text, depth + 1, buf);
	}
}

/* From here on the statement is put together: of what was read of it, if anything, and of values. */
static void start_expansion(struct reader *r, struct input *in, size_t at)
{
	if (!in->splitter.is_open)
		in->first = at;
	if (!in->expansion) {
		in->expansion = arena_alloc(r->arena, sizeof(*in->expansion));
		in->expansion->text = buf_init(r->arena);
		in->copied = in->first;
	}
	if (in->copied < at)
		expansion_add(in->expansion, str_slice(in->source->text, in->copied, at), in->copied, false);
}

/* psql reads a value as if it stood in the file: it may hold any tokens, even the ends of statements. */
static bool take_value(struct reader *r, struct input *in, struct str value, const struct token *reference)
{
	size_t begin = 0;
	if (in->splitter.is_open)
		start_expansion(r, in, reference->from);
	in->last = in->copied = reference->to;
	for (struct token token = lex_token(value, 0); token.kind != TOKEN_END; token = lex_token(value, token.to)) {
		if (token.unterminated)
			return fail_unterminated(r, in->source, reference->from, token.kind);
		if (token.kind == TOKEN_BACKSLASH)
			return command_refuse(r->err, in->source, reference->from, STR(""));
		if (token.kind == TOKEN_LINE_COMMENT || token.kind == TOKEN_BLOCK_COMMENT)
			continue;
		if (!in->splitter.is_open) {
			start_expansion(r, in, reference->from);
			in->copied = reference->to;
			begin = token.from;
		}
		if (!splitter_take(&in->splitter, value, &token))
			continue;
		if (in->splitter.is_open)
			expansion_add(in->expansion, str_slice(value, begin, token.from), reference->from, true);
		if (!finish(r, in))
			return false;
	}
	if (in->splitter.is_open)
		expansion_add(in->expansion, str_slice(value, begin, value.len), reference->from, true);
	return true;
}

static bool take_variable(struct reader *r, struct input *in, const struct token *token)
{
	struct str value;
	bool plain;
	if (!variable_value(r->arena, &r->variables, token_text(in->source->text, token), &value, &plain)) {
		if (!in->splitter.is_open)
			in->first = token->from;
		in->last = token->to;
		splitter_take(&in->splitter, in->source->text, token);
		return true;
	}
	struct buf buf = buf_init(r->arena);
	if (plain)
		flatten(r, value, 0, &buf);
	else
		buf_str(&buf, value);
	r->filled_in += buf.len;
	if (r->filled_in > VALUES_MAX)
		return fail_too_long(r, in->source, token->from);
	return take_value(r, in, buf_as_str(&buf), token);
}

/*
 * Commands
 */

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
	r->filled_in += value.len;
	if (r->filled_in > VALUES_MAX)
		return fail_too_long(r, in->source, offset);
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
	struct stmt *stmt = push_stmt(r, (struct stmt){
						 .kind = STMT_ECHO,
						 .text = buf_as_str(&text),
						 .source = in->source,
						 .offset = offset,
						 .length = command->to - offset,
						 .line = line_at(in, offset),
					 });
	stmt_classify(r->arena, stmt);
}

static bool read_input(struct reader *r, const struct source *source, struct input *parent);

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
	return read_input(r, source, in);
}

static bool take_command(struct reader *r, struct input *in, const struct token *token)
{
	struct splitter *splitter = &in->splitter;
	struct command command;
	if (token->to < in->source->text.len && in->source->text.ptr[token->to] == ':') {
		/* \: is a colon that begins no variable. */
		struct token colon = { .from = token->from, .to = token->to + 1 };
		splitter->pos = colon.to;
		return take_value(r, in, STR(":"), &colon);
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

/*
 * Files
 */

static bool take_end(struct reader *r, struct input *in)
{
	if (in->splitter.resume) {
		err_set(r->err, ERR_FAILED, "unterminated", "a statement behind COPY ... FROM stdin must end on its line");
		return source_err_at(r->err, in->source, in->first);
	}
	return finish(r, in);
}

static bool take_token(struct reader *r, struct input *in, const struct token *token)
{
	if (token->unterminated)
		return fail_unterminated(r, in->source, token->from, token->kind);
	switch (token->kind) {
	case TOKEN_END:
		return take_end(r, in);
	case TOKEN_LINE_COMMENT:
		take_comment(r, in, token);
		return true;
	case TOKEN_BLOCK_COMMENT:
		return true;
	case TOKEN_BACKSLASH:
		return take_command(r, in, token);
	case TOKEN_VARIABLE:
		return take_variable(r, in, token);
	case TOKEN_WORD:
	case TOKEN_QUOTED:
	case TOKEN_STRING:
	case TOKEN_DOLLAR:
	case TOKEN_NUMBER:
	case TOKEN_PARAM:
	case TOKEN_OPERATOR:
	case TOKEN_PUNCT:
		break;
	}
	bool was_open = in->splitter.is_open;
	if (splitter_take(&in->splitter, in->source->text, token))
		return finish(r, in);
	if (!was_open)
		in->first = token->from;
	in->last = token->to;
	return true;
}

static bool read_input(struct reader *r, const struct source *source, struct input *parent)
{
	struct input in = {
		.source = source,
		.parent = parent,
		.depth = parent ? parent->depth + 1 : 0,
		.splitter = splitter_init(source->text),
		.line = 1,
	};
	struct token token;
	do {
		token = splitter_next(&in.splitter);
		if (!take_token(r, &in, &token))
			return false;
	} while (token.kind != TOKEN_END);
	return true;
}

/* The script's own source is where the statements point to, so it must not move. */
static bool read_script(struct arena *arena, const struct script_options *options, const struct source *source,
			struct script *ret_script, struct err *err)
{
	static const struct script_options none = { 0 };
	struct script script = { .source = *source };
	struct reader r = { .arena = arena, .options = options ? options : &none, .script = &script, .err = err };
	const struct map *given = r.options->variables;
	for (size_t i = 0; given && i < given->len; i++)
		map_set(arena, &r.variables, given->ptr[i].key, given->ptr[i].value);
	if (!read_input(&r, source, NULL))
		return false;
	*ret_script = script;
	return true;
}

bool script_load(struct arena *arena, const struct script_options *options, const char *path, struct script *ret_script,
		 struct err *err)
{
	struct source *source = arena_alloc(arena, sizeof(*source));
	return source_load(arena, path, source, err) && read_script(arena, options, source, ret_script, err);
}

bool script_parse(struct arena *arena, const struct script_options *options, const char *path, struct str text,
		  struct script *ret_script, struct err *err)
{
	struct source *source = arena_alloc(arena, sizeof(*source));
	*source = (struct source){ .path = arena_strdup(arena, path), .text = text };
	return source_check(source, err) && read_script(arena, options, source, ret_script, err);
}
