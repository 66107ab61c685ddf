/*
 * create.c - new revisions.
 *
 * Written by Alembic's own code, so that the file's name, its date and its place are what the project has chosen, and its text is the project's
 * script.py.mako.  brant's part is the body: each statement is an op.execute(), those that refuse a transaction in an autocommit_block().
 */
#include "base/file.h"
#include "format/alembic/helper.h"
#include "sql/script.h"

/* "    " in front of every line but the first, where the template has put it. */
static const char indent[] = "    ";

/* Is the colon at this place one that SQLAlchemy's text() would take for a parameter?  ":name", but neither "::type" nor "a:b". */
static bool is_parameter(struct str sql, size_t at)
{
	const char *word = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	char before = at ? sql.ptr[at - 1] : ' ', behind = at + 1 < sql.len ? sql.ptr[at + 1] : ' ';
	return sql.ptr[at] == ':' && before != ':' && !strchr(word, before) && behind != '\0' &&
		strchr(word, behind) != NULL;
}

/* As a Python string that text() reads as sql. */
static void add_string(struct buf *buf, struct str sql)
{
	bool lines = memchr(sql.ptr, '\n', sql.len) != NULL;
	buf_text(buf, lines ? "\"\"\"" : "\"");
	for (size_t i = 0; i < sql.len; i++) {
		char c = sql.ptr[i];
		if (is_parameter(sql, i))
			buf_text(buf, i && sql.ptr[i - 1] == '\\' ? "\\\\\\\\:" : "\\\\:");
		else if (c == '\\' || c == '"')
			buf_printf(buf, "\\%c", c);
		else if (c == '\r')
			buf_text(buf, "\\r");
		else
			buf_char(buf, c);
	}
	buf_text(buf, lines ? "\"\"\"" : "\"");
}

/* A setting of the session would outlive the migration where Alembic runs it. */
static struct str for_transaction(struct arena *arena, const struct stmt *stmt)
{
	static const char set[] = "SET ";
	if (stmt->kind != STMT_SET || !str_starts(stmt->text, str_of(set)) || str_starts(stmt->text, STR("SET LOCAL ")))
		return stmt->text;
	struct str rest = str_slice(stmt->text, strlen(set), stmt->text.len);
	return str_of(arena_printf(arena, "SET LOCAL " STR_FMT, STR_ARG(rest)));
}

/* The next line of what stands between two statements, without its dashes where it is a comment; len 0: it is none. */
static bool next_comment(struct str *rest, struct str *ret_text)
{
	struct str line, after;
	bool more = str_cut(*rest, '\n', &line, &after);
	line = str_trim(line);
	*ret_text = str_starts(line, STR("--")) ? str_trim(str_slice(line, 2, line.len)) : (struct str){ 0 };
	*rest = after;
	return more;
}

/* Comments in front of a statement say why it is there. */
static void add_comments(struct buf *buf, struct str between, const char *margin)
{
	struct str text;
	for (bool more = true; more;) {
		more = next_comment(&between, &text);
		if (text.len && !str_starts(text, STR("brant:")))
			buf_printf(buf, "# " STR_FMT "\n%s", STR_ARG(text), margin);
	}
}

/*
 * The statement with brant's own words in front of it, inside of the string: Python's comments are not in what Alembic emits.  That it stands
 * alone is what autocommit_block() says.
 */
static struct str with_directives(struct arena *arena, struct str between, struct str sql)
{
	struct buf buf = buf_init(arena);
	struct str text, key;
	for (bool more = true; more;) {
		more = next_comment(&between, &text);
		if (!str_starts(text, STR("brant:")))
			continue;
		key = str_trim(str_slice(text, strlen("brant:"), text.len));
		if (!str_starts(key, STR("no-transaction")))
			buf_printf(&buf, "-- " STR_FMT "\n", STR_ARG(text));
	}
	buf_str(&buf, sql);
	return buf_as_str(&buf);
}

static bool body_of(struct arena *arena, const char *sql, const char **ret_body, struct err *err)
{
	static const char deeper[] = "        ";
	struct script_options options = { 0 };
	struct script script;
	struct buf buf = buf_init(arena);
	size_t behind = 0;
	bool block = false;
	*ret_body = NULL;
	if (!sql)
		return true;
	if (!script_parse(arena, &options, "the new revision", str_of(sql), &script, err))
		return false;
	for (size_t i = 0; i < script.stmts.len; i++) {
		const struct stmt *stmt = &script.stmts.ptr[i];
		bool lone = stmt->no_tx != NO_TX_NOT || (script.no_transaction && i >= script.no_transaction_from);
		struct str between = str_slice(script.source.text, behind, stmt->offset);
		if (i)
			buf_printf(&buf, "\n%s", lone && block ? deeper : indent);
		add_comments(&buf, between, lone && block ? deeper : indent);
		if (lone && !block)
			buf_printf(&buf, "with op.get_context().autocommit_block():\n%s", deeper);
		block = lone;
		buf_text(&buf, "op.execute(");
		add_string(&buf, with_directives(arena, between, for_transaction(arena, stmt)));
		buf_text(&buf, ")");
		behind = stmt->offset + stmt->length;
	}
	*ret_body = buf.len ? buf.ptr : NULL;
	return true;
}

/* ---- where it goes ---- */

/* Heads as Alembic counts them: by parents alone. */
static void find_heads(struct arena *arena, const struct history *history, struct json *heads)
{
	struct map parents = { 0 };
	for (size_t i = 0; i < history->len; i++)
		for (const char **name = history->ptr[i].parents; *name; name++)
			map_set(arena, &parents, str_of(*name), heads);
	for (size_t i = 0; i < history->len; i++)
		if (!map_get(&parents, str_of(history->ptr[i].version)))
			json_add(arena, heads, json_of_text(history->ptr[i].version));
}

static bool is_among(const struct json *heads, const char *version)
{
	for (size_t i = 0; i < heads->len; i++)
		if (str_eq(heads->ptr[i].text, str_of(version)))
			return true;
	return false;
}

/* "ae1027a6acf (add users), 27c6a30d7c2 (tags, branch tags)" */
static const char *named_heads(struct arena *arena, const struct history *history, const struct json *heads)
{
	struct buf names = buf_init(arena);
	for (size_t i = 0; i < history->len; i++) {
		const struct migration *m = &history->ptr[i];
		if (!is_among(heads, m->version))
			continue;
		const char *label = m->labels && m->labels[0] ? m->labels[0] : NULL;
		buf_printf(&names, "%s%s (%s%s%s)", names.len ? ", " : "", m->version, m->name,
			   label ? ", branch " : "", label ? label : "");
	}
	return names.ptr;
}

static bool several_heads(struct arena *arena, const struct history *history, const struct json *heads, struct err *err)
{
	err_set(err, ERR_DECISION, "several-heads", "there are several heads that a revision could go on from: %s",
		named_heads(arena, history, heads));
	return err_hint(
		err, "--head %s goes on from that one; \"brant diff --merge\" joins them with a revision of its own.",
		str_dup(arena, heads->ptr[0].text));
}

static bool no_head(struct arena *arena, const struct history *history, const struct json *heads, const char *version,
		    struct err *err)
{
	err_set(err, ERR_USAGE, "several-heads", "revision \"%s\" is no head: others stand on it", version);
	return err_hint(err, "The heads: %s. With --splice it begins a branch.", named_heads(arena, history, heads));
}

/* The one that was chosen. */
static bool take_head(struct arena *arena, const struct history *history, const struct new_migration *made,
		      struct json *heads, struct err *err)
{
	bool base = strcmp(made->head, "base") == 0;
	if (!base && !made->splice && !is_among(heads, made->head))
		return no_head(arena, history, heads, made->head, err);
	*heads = json_new(JS_ARRAY);
	if (!base)
		json_add(arena, heads, json_of_text(made->head));
	return true;
}

static bool one_head(struct err *err)
{
	err_set(err, ERR_USAGE, "several-heads", "there is nothing to merge: the graph has one head at the most");
	return false;
}

bool alembic_create(struct arena *arena, const struct format_settings *settings, const struct history *history,
		    const struct new_migration *made, struct strs *ret_files, struct err *err)
{
	const struct alembic *alembic = settings->extra;
	struct json request = helper_request(arena, alembic, "create"), heads = json_new(JS_ARRAY), answer;
	const char *up, *down;
	find_heads(arena, history, &heads);
	if (made->merge && heads.len < 2)
		return one_head(err);
	if (made->head ? !take_head(arena, history, made, &heads, err)
		       : !made->merge && heads.len > 1 && !several_heads(arena, history, &heads, err))
		return false;
	if (!body_of(arena, made->up, &up, err) ||
	    !body_of(arena, made->with_down == DOWN_NO ? NULL : made->down, &down, err))
		return false;
	json_put(arena, &request, "heads", heads);
	json_put(arena, &request, "splice", json_of_bool(made->splice));
	json_put(arena, &request, "message", json_of_text(made->name));
	json_put(arena, &request, "id", json_of_text(made->version));
	json_put(arena, &request, "upgrades", json_of_text(up));
	json_put(arena, &request, "downgrades", json_of_text(down));
	if (!helper_ask(arena, settings, &request, NULL, &answer, err))
		return false;
	*ret_files = (struct strs){ 0 };
	vec_push(arena, ret_files, str_of(path_join(arena, alembic->folder, json_get_text(&answer, "path", ""))));
	return true;
}
