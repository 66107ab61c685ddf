#include "sql/parse.h"

#include <pg_query.h>

#include "sql/lex.h"
#include "sql/parse_tree.h"

/*
 * The library writes and reads its messages recursively, with up to 2 KB of stack a level: 5,000 additions in a row overflow 8 MB
 * (tried).  The server itself would refuse such a statement a little later ("stack depth limit exceeded").
 */
enum { NESTING_MAX = 1000, TOKENS_MAX = 100000 };

/* Words that put what is on their left one level deeper, or what is on their right. */
static bool nests(struct str text, const struct token *token)
{
	static const char *const words[] = { "not",    "is",        "isnull",   "notnull", "collate",
					     "like",   "ilike",     "similar",  "between", "in",
					     "at",     "case",      "select",   "join",    "union",
					     "except", "intersect", "operator", "escape",  "values" };
	if (token->kind == TOKEN_OPERATOR)
		return true;
	if (token->kind == TOKEN_PUNCT)
		return text.ptr[token->from] == ':' || text.ptr[token->from] == '[' || text.ptr[token->from] == '.';
	for (size_t i = 0; token->kind == TOKEN_WORD && i < LEN(words); i++)
		if (token_is_word(text, token, words[i]))
			return true;
	return false;
}

/*
 * An upper bound of how deep the tree can be: operators in a row count until the next comma of their parentheses.  It errs on the
 * deep side.
 */
static bool is_modest(struct str text)
{
	if (text.len <= NESTING_MAX)
		return true;
	unsigned counts[NESTING_MAX + 1] = { 0 }, depth = 0, total = 0;
	size_t tokens = 0;
	for (struct token t = lex_significant(text, 0); t.kind != TOKEN_END; t = lex_significant(text, t.to)) {
		if (++tokens > TOKENS_MAX || total >= NESTING_MAX)
			return false;
		if (token_is_punct(text, &t, '(')) {
			counts[++depth] = 1;
			total++;
		} else if (token_is_punct(text, &t, ')') && depth) {
			total -= counts[depth--];
		} else if (token_is_punct(text, &t, ',') || token_is_punct(text, &t, ';')) {
			total -= counts[depth] - (depth > 0);
			counts[depth] = depth > 0;
		} else if (nests(text, &t)) {
			counts[depth]++;
			total++;
		}
	}
	return true;
}

const PgQuery__Node *parse_statement(struct arena *arena, struct str text)
{
	if (!is_modest(text))
		return NULL;
	parse_tree_catch(arena);
	PgQueryProtobufParseResult result = pg_query_parse_protobuf(str_dup(arena, text));
	const PgQuery__ParseResult *tree = result.error ? NULL : parse_tree_caught();
	parse_tree_catch(NULL);
	pg_query_free_protobuf_parse_result(result);
	return tree && tree->n_stmts == 1 && tree->stmts[0]->stmt ? tree->stmts[0]->stmt : NULL;
}

const char *parse_complaint(struct arena *arena, struct str text, unsigned *ret_position)
{
	const char *said = NULL;
	*ret_position = 0;
	if (!is_modest(text))
		return NULL;
	PgQueryProtobufParseResult result = pg_query_parse_protobuf(str_dup(arena, text));
	if (result.error) {
		said = arena_strdup(arena, result.error->message);
		*ret_position = result.error->cursorpos > 0 ? (unsigned)result.error->cursorpos : 0;
	}
	pg_query_free_protobuf_parse_result(result);
	return said;
}
