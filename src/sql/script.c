#include "sql/script.h"

#include "sql/markers.h"
#include "sql/reader.h"

unsigned input_line(struct input *in, size_t offset)
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
struct stmt *reader_push(struct reader *r, struct stmt stmt)
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
	err_detail(
		r->err,
		"The statements behind this comment undo those in front of it. Running the whole file would do both.");
	err_hint(r->err, "Move them to a file of their own: VERSION_name.down.sql.");
	return source_err_at(r->err, r->down_source, r->down_offset);
}

static bool fail_old_strings(struct reader *r, const struct stmt *stmt)
{
	err_set(r->err, ERR_FAILED, "old-strings", "standard_conforming_strings is switched off");
	err_detail(
		r->err,
		"From here on a backslash in '...' would escape, and the file could not be cut into statements as the "
		"server reads them.");
	err_hint(r->err, "Remove the line, and write strings with escapes as E'...'.");
	return stmt_err_at(r->err, stmt, 0);
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
bool reader_finish(struct reader *r, struct input *in)
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
	struct stmt *stmt = reader_push(r,
					(struct stmt){
						.kind = data.ptr ? STMT_COPY_IN : STMT_SQL,
						.text = finished_text(in),
						.copy_data = data,
						.source = in->source,
						.offset = in->first,
						.length = in->last - in->first,
						.line = input_line(in, in->first),
						.expansion = in->expansion,
					});
	in->expansion = NULL;
	stmt_classify(r->arena, stmt);
	if (r->marked && stmt->no_tx == NO_TX_NOT)
		stmt->no_tx = NO_TX_MARKED;
	r->marked = false;
	r->sql_count++;
	return !stmt->old_strings || fail_old_strings(r, stmt);
}

static void take_directive(struct reader *r, struct input *in, const struct token *token, struct str key,
			   struct str arguments)
{
	if (in->splitter.is_open)
		return;
	vec_push(r->arena, &r->script->directives,
		 (struct directive){ .key = key,
				     .arguments = arguments,
				     .stmt = r->script->stmts.len,
				     .line = input_line(in, token->from) });
	if (!str_eq(key, STR("no-transaction")))
		return;
	if (r->sql_count || in->parent)
		r->marked = true;
	else
		r->script->no_transaction = true;
}

static void mark_down(struct reader *r, const struct input *in, size_t offset)
{
	r->down_source = in->source;
	r->down_offset = offset;
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
		if (r->heading_up)
			mark_down(r, in, token->from);
		break;
	case MARKER_DOWN:
		mark_down(r, in, token->from);
		break;
	}
}

bool reader_fail_unterminated(struct reader *r, const struct source *source, size_t offset, enum token_kind kind)
{
	const char *what = kind == TOKEN_BLOCK_COMMENT ? "comment"
		: kind == TOKEN_DOLLAR                 ? "dollar-quoted string"
		: kind == TOKEN_QUOTED                 ? "quoted identifier"
						       : "quoted string";
	err_set(r->err, ERR_FAILED, "unterminated", "unterminated %s", what);
	err_hint(r->err, "It opens here and is not closed before the end of the file.");
	return source_err_at(r->err, source, offset);
}

static bool take_end(struct reader *r, struct input *in)
{
	if (in->splitter.resume) {
		err_set(r->err, ERR_FAILED, "unterminated",
			"a statement behind COPY ... FROM stdin must end on its line");
		return source_err_at(r->err, in->source, in->first);
	}
	return reader_finish(r, in);
}

static bool take_token(struct reader *r, struct input *in, const struct token *token)
{
	if (token->unterminated)
		return reader_fail_unterminated(r, in->source, token->from, token->kind);
	switch (token->kind) {
	case TOKEN_END:
		return take_end(r, in);
	case TOKEN_LINE_COMMENT:
		take_comment(r, in, token);
		return true;
	case TOKEN_BLOCK_COMMENT:
		return true;
	case TOKEN_BACKSLASH:
		return reader_take_command(r, in, token);
	case TOKEN_VARIABLE:
		return reader_take_variable(r, in, token);
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
		return reader_finish(r, in);
	if (!was_open)
		in->first = token->from;
	in->last = token->to;
	return true;
}

bool reader_read(struct reader *r, const struct source *source, struct input *parent)
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
	if (!reader_read(&r, source, NULL))
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
