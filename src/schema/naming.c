#include "schema/naming.h"

#include <ctype.h>

#include "sql/lex.h"

struct renaming {
	struct arena *arena;
	const struct naming *naming;
	const struct map *names;
	struct str text;
	struct token before, now, after; /* before.kind is TOKEN_END at the start */
	struct buf out;
};

void naming_learn(struct arena *arena, struct map *names, const struct schema *schema)
{
	for (size_t i = 0; i < schema->objects.len; i++) {
		struct object *object = schema->objects.ptr[i];
		if (object->name)
			map_set(arena, names, str_of(object->name), object);
		if (object->schema)
			map_set(arena, names, str_of(object->schema), object);
	}
}

static bool is_name(const struct token *token)
{
	return token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED;
}

/* PostgreSQL and brant write keywords in capitals. */
static bool is_keyword(struct str text, const struct token *token)
{
	for (size_t i = token->from; i < token->to; i++)
		if (islower((unsigned char)text.ptr[i]))
			return false;
	return token->kind == TOKEN_WORD;
}

static bool is_among(struct str text, const struct token *token, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (token_is_word(text, token, words[i]))
			return true;
	return false;
}

/* A column may be called date, and its type is date: behind a name, "::" or TYPE stands the type. */
static bool is_type_here(const struct renaming *r)
{
	static const char *const heralds[] = { "type", "as", "returns", NULL };
	struct str cast = token_text(r->text, &r->before);
	if (r->before.kind == TOKEN_QUOTED || (r->before.kind == TOKEN_WORD && !is_keyword(r->text, &r->before)))
		return true;
	return str_eq(cast, STR("::")) || (is_keyword(r->text, &r->before) && is_among(r->text, &r->before, heralds));
}

/* Before a bracket stands a function, but where a table is named. */
static bool is_function_here(const struct renaming *r)
{
	static const char *const heralds[] = { "references", "on", "table", "only", "into", "view", "exists", NULL };
	if (!token_is_punct(r->text, &r->after, '('))
		return false;
	return !token_is_punct(r->text, &r->before, '.') && !is_among(r->text, &r->before, heralds);
}

static bool has_to_be_quoted(const struct renaming *r)
{
	if (!r->naming->always_quoted || r->now.kind != TOKEN_WORD || is_keyword(r->text, &r->now) ||
	    !map_get(r->names, token_text(r->text, &r->now)))
		return false;
	return !is_type_here(r) && !is_function_here(r);
}

/* "public" "." in front of a name. */
static bool is_left_out(const struct renaming *r)
{
	if (!r->naming->leave_out || !is_name(&r->now) || token_is_punct(r->text, &r->before, '.') ||
	    !token_is_punct(r->text, &r->after, '.'))
		return false;
	return str_eq(token_name(r->arena, r->text, &r->now), str_of(r->naming->leave_out));
}

static void write_token(struct renaming *r)
{
	struct str text = token_text(r->text, &r->now);
	buf_printf(&r->out, has_to_be_quoted(r) ? "\"" STR_FMT "\"" : STR_FMT, STR_ARG(text));
}

const char *naming_apply(struct arena *arena, const struct naming *naming, const struct map *names, const char *sql)
{
	struct renaming r = {
		.arena = arena, .naming = naming, .names = names, .text = str_of(sql), .out = buf_init(arena)
	};
	r.before.kind = TOKEN_END;
	for (r.now = lex_token(r.text, 0); r.now.kind != TOKEN_END; r.before = r.now, r.now = r.after) {
		/* What lies between two tokens comes along. */
		buf_str(&r.out, str_slice(r.text, r.before.kind == TOKEN_END ? 0 : r.before.to, r.now.from));
		r.after = lex_token(r.text, r.now.to);
		if (is_left_out(&r)) {
			r.now = r.after;
			r.after = lex_token(r.text, r.now.to);
			continue;
		}
		write_token(&r);
	}
	buf_str(&r.out, str_slice(r.text, r.before.to, r.text.len));
	return r.out.ptr;
}
