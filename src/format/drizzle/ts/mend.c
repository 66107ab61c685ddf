#ifdef BRANT_TYPESCRIPT

#include "format/drizzle/ts/mend.h"

static bool is_name_end(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/* Blanks the `<string>` that ends before at; its length and its lines stay. */
static bool blank_type(char *text, size_t at)
{
	size_t from = at - 1, depth = 1;
	while (from > 0 && depth && at - from < 4000) {
		from--;
		if (text[from] == '>' && !(from > 0 && text[from - 1] == '='))
			depth++;
		else if (text[from] == '<')
			depth--;
	}
	if (depth || !from || !is_name_end(text[from - 1]))
		return false;
	for (size_t i = from; i < at; i++)
		if (text[i] != '\n' && text[i] != '\r')
			text[i] = ' ';
	return true;
}

/* The next node in the order of the text; into: what the one before holds is looked at, too.  false: there is none. */
static bool next_node(TSTreeCursor *cursor, bool into)
{
	bool more = into && ts_tree_cursor_goto_first_child(cursor);
	while (!more && !(more = ts_tree_cursor_goto_next_sibling(cursor)))
		if (!ts_tree_cursor_goto_parent(cursor))
			return false;
	return true;
}

/*
 * sql<string>`...`: the grammar has no type arguments in front of a template and sees comparisons or errors.  They mean nothing to us, so they are
 * taken out, and the text is parsed again.  Templates are looked up in the tree: only it knows which backtick opens one.
 */
static bool blank_types(struct arena *arena, TSNode root, struct str *text)
{
	if (str_find(*text, STR(">`")) < 0)
		return false;
	TSTreeCursor cursor = ts_tree_cursor_new(root);
	char *copy = NULL;
	bool changed = false;
	do {
		TSNode node = ts_tree_cursor_current_node(&cursor);
		size_t at = ts_node_start_byte(node);
		if (at && text->ptr[at - 1] == '>' && strcmp(ts_node_type(node), "template_string") == 0) {
			copy = copy ? copy : str_dup(arena, *text);
			changed = blank_type(copy, at) || changed;
		}
	} while (next_node(&cursor, true));
	ts_tree_cursor_delete(&cursor);
	if (changed)
		text->ptr = copy;
	return changed;
}

/* `export type * from "./x"` is younger than the grammar, and exports nothing that has a value. */
static bool blank_type_exports(struct arena *arena, struct str *text)
{
	static const char statement[] = "export type *";
	char *copy = str_dup(arena, *text);
	bool changed = false;
	for (char *at = copy; (at = strstr(at, statement)); at++)
		if (at == copy || at[-1] == '\n') {
			memset(at, ' ', strcspn(at, ";\r\n"));
			changed = true;
		}
	if (changed)
		text->ptr = copy;
	return changed;
}

/* at: behind a backslash, in a text that is terminated. */
static bool is_bad_escape(const char *at)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	if (*at == 'x')
		return strspn(at + 1, hex) < 2;
	return *at == 'u' ? at[1] != '{' && strspn(at + 1, hex) < 4 : *at >= '0' && *at <= '9';
}

/*
 * String.raw`\x`: what is no escape may stand in a template with a tag, which the grammar does not know.  Only the parser gets to see a text without such
 * backslashes.
 */
static bool blank_escapes(struct arena *arena, TSNode root, struct str *text)
{
	TSTreeCursor cursor = ts_tree_cursor_new(root);
	char *copy = str_dup(arena, *text);
	bool changed = false, template;
	do {
		TSNode node = ts_tree_cursor_current_node(&cursor);
		template = strcmp(ts_node_type(node), "template_string") == 0 && ts_node_has_error(node);
		for (size_t at = ts_node_start_byte(node); template && at < ts_node_end_byte(node); at++) {
			if (copy[at] != '\\')
				continue;
			if (is_bad_escape(copy + at + 1)) {
				copy[at] = ' ';
				changed = true;
			}
			at++;
		}
	} while (next_node(&cursor, !template));
	ts_tree_cursor_delete(&cursor);
	if (changed)
		text->ptr = copy;
	return changed;
}

/*
 * .$type<import("./x").Y>(): the grammar has no such types.  Only the parser gets to see a name in its place, of the same length.
 */
static bool blank_type_imports(struct arena *arena, struct str *text)
{
	static const char import[] = "import(";
	char *copy = str_dup(arena, *text);
	bool changed = false;
	for (char *at = copy; (at = strstr(at, import)); at++) {
		char *before = at, *inside = at + strlen(import);
		while (before > copy && strchr(" \t\r\n", before[-1]))
			before--;
		bool after_word = before - copy >= 6 && memcmp(before - 6, "typeof", 6) == 0;
		size_t len = (*inside == '"' || *inside == '\'') ? strcspn(inside + 1, "\"'\n") : 0;
		if (!len || inside[len + 1] != *inside || inside[len + 2] != ')' || before == copy ||
		    (!after_word && !strchr("<,|&:", before[-1])))
			continue;
		memset(at, '_', strlen(import) + len + 3);
		changed = true;
	}
	if (changed)
		text->ptr = copy;
	return changed;
}

bool mend_text(struct arena *arena, TSNode root, struct str *text)
{
	bool types = blank_types(arena, root, text);
	return (ts_node_has_error(root) && blank_type_exports(arena, text)) || types;
}

bool mend_for_parser(struct arena *arena, TSNode root, struct str *text)
{
	if (!ts_node_has_error(root))
		return false;
	bool escapes = blank_escapes(arena, root, text);
	return blank_type_imports(arena, text) || escapes;
}

#endif
