#include "sql/enum_rebuild.h"

#include "sql/lex.h"
#include "sql/quote.h"

/* Does the statement begin with these words? */
static bool begins(const struct stmt *stmt, const char *const *words, struct token *ret_next)
{
	struct token t = lex_significant(stmt->text, 0);
	for (; *words; words++, t = lex_significant(stmt->text, t.to))
		if (!token_is_word(stmt->text, &t, *words))
			return false;
	*ret_next = t;
	return true;
}

/* A name with or without a schema, as it is written; t moves behind it. */
static struct str take_name(struct str text, struct token *t)
{
	size_t from = t->from, to = t->to;
	*t = lex_significant(text, to);
	while (token_is_punct(text, t, '.')) {
		to = lex_significant(text, t->to).to;
		*t = lex_significant(text, to);
	}
	return str_slice(text, from, to);
}

/* The name alone, without its schema: RENAME TO has none. */
static struct str last_part(struct arena *arena, struct str name)
{
	struct str schema, bare = name;
	return sql_parse_name(arena, name, &schema, &bare) ? bare : name;
}

static bool is_rename(struct arena *arena, const struct stmt *stmt, struct str *ret_from, struct str *ret_to)
{
	static const char *const words[] = { "alter", "type", NULL };
	struct token t;
	if (!begins(stmt, words, &t))
		return false;
	*ret_from = last_part(arena, take_name(stmt->text, &t));
	struct token to = lex_significant(stmt->text, t.to);
	if (!token_is_word(stmt->text, &t, "rename") || !token_is_word(stmt->text, &to, "to"))
		return false;
	t = lex_significant(stmt->text, to.to);
	*ret_to = last_part(arena, take_name(stmt->text, &t));
	return true;
}

static bool is_create(struct arena *arena, const struct stmt *stmt, struct str name, struct enum_rebuild *rebuild)
{
	static const char *const words[] = { "create", "type", NULL };
	struct token t;
	if (!begins(stmt, words, &t))
		return false;
	rebuild->type = take_name(stmt->text, &t);
	struct token kind = lex_significant(stmt->text, t.to);
	if (!str_eq(last_part(arena, rebuild->type), name) || !token_is_word(stmt->text, &t, "as") ||
	    !token_is_word(stmt->text, &kind, "enum"))
		return false;
	for (t = lex_significant(stmt->text, kind.to); t.kind != TOKEN_END; t = lex_significant(stmt->text, t.to))
		if (t.kind == TOKEN_STRING)
			vec_push(arena, &rebuild->labels, token_value(arena, stmt->text, &t));
	return rebuild->labels.len > 0;
}

static bool is_drop(struct arena *arena, const struct stmt *stmt, struct str name)
{
	static const char *const words[] = { "drop", "type", NULL };
	struct token t;
	if (!begins(stmt, words, &t))
		return false;
	while (token_is_word(stmt->text, &t, "if") || token_is_word(stmt->text, &t, "exists"))
		t = lex_significant(stmt->text, t.to);
	return str_eq(last_part(arena, take_name(stmt->text, &t)), name) && t.kind == TOKEN_END;
}

static bool is_conversion(const struct stmt *stmt)
{
	static const char *const words[] = { "alter", "table", NULL };
	struct token t;
	return begins(stmt, words, &t);
}

static bool rebuild_at(struct arena *arena, const struct stmts *stmts, size_t at, struct enum_rebuild *ret_rebuild)
{
	struct enum_rebuild rebuild = { .first = at };
	struct str name, old;
	if (at + 3 >= stmts->len || !is_rename(arena, &stmts->ptr[at], &name, &old) ||
	    !is_create(arena, &stmts->ptr[at + 1], name, &rebuild))
		return false;
	for (at += 2; at < stmts->len && is_conversion(&stmts->ptr[at]); at++)
		;
	rebuild.end = at + 1;
	*ret_rebuild = rebuild;
	return at < stmts->len && is_drop(arena, &stmts->ptr[at], old);
}

bool enum_rebuild_find(struct arena *arena, const struct stmts *stmts, size_t from, struct enum_rebuild *ret_rebuild)
{
	for (size_t i = from; i < stmts->len; i++)
		if (rebuild_at(arena, stmts, i, ret_rebuild))
			return true;
	return false;
}

char *enum_rebuild_rewrite(struct arena *arena, const struct enum_rebuild *rebuild, const struct strs *old)
{
	struct buf buf = buf_init(arena);
	size_t found = 0;
	for (size_t i = 0; i < rebuild->labels.len; i++) {
		struct str label = rebuild->labels.ptr[i];
		if (found < old->len && str_eq(label, old->ptr[found])) {
			found++;
			continue;
		}
		buf_printf(&buf, "ALTER TYPE " STR_FMT " ADD VALUE %s", STR_ARG(rebuild->type),
			   sql_literal(arena, label));
		if (i)
			buf_printf(&buf, " AFTER %s", sql_literal(arena, rebuild->labels.ptr[i - 1]));
		else if (old->len)
			buf_printf(&buf, " BEFORE %s", sql_literal(arena, old->ptr[0]));
		buf_text(&buf, ";\n");
	}
	return found == old->len ? buf.ptr : NULL;
}
