#include "author/fix_parts.h"

#include "sql/lex.h"

static bool is_lone(const struct stmt *stmt)
{
	return stmt->kind == STMT_SQL && (stmt->no_tx == NO_TX_CONCURRENTLY || stmt->no_tx == NO_TX_STATEMENT);
}

size_t fix_end_of(struct str text, const struct stmt *stmt)
{
	size_t end = stmt->offset + stmt->length;
	struct token t = lex_significant(text, end);
	if (token_is_punct(text, &t, ';'))
		end = t.to;
	t = lex_token(text, end);
	if (t.kind == TOKEN_LINE_COMMENT && !t.newline)
		end = t.to;
	return end < text.len && text.ptr[end] == '\n' ? end + 1 : end;
}

/* As many digits as the last one has, so that they sort by bytes. */
static const char *part_path(struct arena *arena, const char *path, size_t n, size_t all)
{
	const char *slash = strrchr(path, '/');
	int digits = all > 99 ? 3 : all > 9 ? 2 : 1;
	return n && slash ? arena_printf(arena, "%.*s_%0*zu%s", (int)(slash - path), path, digits, n + 1, slash) : path;
}

static void add(struct arena *arena, struct str text, struct fix_parts *parts)
{
	while (text.len && (*text.ptr == '\n' || *text.ptr == '\r'))
		text = str_slice(text, 1, text.len);
	vec_push(arena, parts, (struct fix_part){ .text = text });
}

void fix_cut(struct arena *arena, const char *path, const struct script *script, struct fix_parts *ret_parts)
{
	struct str text = script->source.text;
	struct fix_parts parts = { 0 };
	size_t from = 0, end = 0;
	for (size_t i = 0; i < script->stmts.len; i++) {
		const struct stmt *stmt = &script->stmts.ptr[i];
		bool cut = i > 0 && (is_lone(stmt) || is_lone(stmt - 1));
		if (cut) {
			add(arena, str_slice(text, from, end), &parts);
			from = end;
		}
		end = fix_end_of(text, stmt);
	}
	add(arena, str_slice(text, from, text.len), &parts);
	for (size_t i = 0; i < parts.len; i++)
		parts.ptr[i].path = part_path(arena, path, i, parts.len);
	if (parts.len == 1)
		parts.ptr[0].text = text;
	*ret_parts = parts;
}
