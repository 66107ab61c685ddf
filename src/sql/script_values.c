#include "sql/psql.h"
#include "sql/reader.h"

enum { VALUE_DEPTH_MAX = 16 };

bool reader_fail_too_long(struct reader *r, const struct source *source, size_t offset)
{
	err_set(r->err, ERR_FAILED, "psql-command", "the values of psql variables are too long");
	err_detail(r->err, "One may have %d KB, and all that is filled in %d MB.", VALUE_MAX / 1024,
		   VALUES_MAX / (1024 * 1024));
	return source_err_at(r->err, source, offset);
}

/* Variables whose values are being filled in: psql leaves a reference to one of them as it is. */
struct chain {
	struct str reference;
	const struct chain *outer;
	unsigned depth;
};

static bool is_in(const struct chain *chain, struct str reference)
{
	for (; chain; chain = chain->outer)
		if (str_eq(chain->reference, reference))
			return true;
	return false;
}

/* Adds a value with the variables in it filled in, too. */
static void flatten(struct reader *r, struct str value, const struct chain *chain, struct buf *buf)
{
	for (size_t pos = 0; pos < value.len && buf->len <= VALUE_MAX && r->filled_in <= VALUES_MAX;) {
		struct token token = lex_token(value, pos);
		struct chain inner = { token_text(value, &token), chain, chain->depth + 1 };
		struct str text = inner.reference;
		bool plain = false,
		     filled = token.kind == TOKEN_VARIABLE && inner.depth < VALUE_DEPTH_MAX && !is_in(chain, text) &&
			variable_value(r->arena, &r->variables, text, &text, &plain);
		buf_str(buf, str_slice(value, pos, token.from));
		pos = token.to;
		if (filled && plain)
			flatten(r, text, &inner, buf);
		else
			buf_str(buf, text);
		/* Each step counts, or references to empty values could go on for ever. */
		r->filled_in += filled ? 64 : 0;
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
bool reader_take_value(struct reader *r, struct input *in, struct str value, const struct token *reference)
{
	size_t begin = 0;
	if (in->splitter.is_open)
		start_expansion(r, in, reference->from);
	in->last = in->copied = reference->to;
	for (struct token token = lex_token(value, 0); token.kind != TOKEN_END; token = lex_token(value, token.to)) {
		if (token.unterminated)
			return reader_fail_unterminated(r, in->source, reference->from, token.kind);
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
		if (!reader_finish(r, in))
			return false;
	}
	if (in->splitter.is_open)
		expansion_add(in->expansion, str_slice(value, begin, value.len), reference->from, true);
	return true;
}

bool reader_take_variable(struct reader *r, struct input *in, const struct token *token)
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
	struct chain chain = { .reference = token_text(in->source->text, token) };
	if (plain)
		flatten(r, value, &chain, &buf);
	else
		buf_str(&buf, value);
	r->filled_in += buf.len;
	if (buf.len > VALUE_MAX || r->filled_in > VALUES_MAX)
		return reader_fail_too_long(r, in->source, token->from);
	return reader_take_value(r, in, buf_as_str(&buf), token);
}
