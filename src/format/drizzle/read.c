/*
 * read.c - the text of a migration.
 *
 * drizzle-kit cuts it at every "--> statement-breakpoint", wherever that stands, and sends each piece as one simple query; a piece may hold
 * several statements, and need not end in a semicolon.  So a breakpoint is taken for a semicolon: in a copy of the text, of the same length, so
 * that places stay what they are.  Where that would cut a string or a comment in two, drizzle-kit fails, and brant says where.
 *
 * All that is pending runs in one transaction of drizzle-kit's.  A piece COMMIT ends it, which projects write in front of CREATE INDEX
 * CONCURRENTLY: from there on every statement commits by itself.
 */
#include "base/file.h"
#include "base/hash.h"
#include "format/drizzle/drizzle.h"
#include "sql/lex.h"

enum { BREAKPOINT_LEN = sizeof(DRIZZLE_BREAKPOINT) - 1 };

char *drizzle_hash(struct arena *arena, struct str text)
{
	struct sha256 *hash = sha256_new(arena);
	ptrdiff_t bad;
	while ((bad = str_bad_utf8(text)) >= 0) {
		sha256_add(hash, str_slice(text, 0, (size_t)bad));
		sha256_add(hash, STR("\xef\xbf\xbd"));
		text = str_slice(text, (size_t)bad + 1, text.len);
	}
	sha256_add(hash, text);
	return sha256_hex(hash);
}

struct offsets {
	size_t *ptr;
	size_t len, cap;
};

static struct offsets find_breakpoints(struct arena *arena, struct str text)
{
	struct offsets found = { 0 };
	ptrdiff_t at;
	for (size_t from = 0; (at = str_find(str_slice(text, from, text.len), STR(DRIZZLE_BREAKPOINT))) >= 0;
	     from += (size_t)at + BREAKPOINT_LEN)
		vec_push(arena, &found, from + (size_t)at);
	return found;
}

static struct str with_semicolons(struct arena *arena, struct str text, const struct offsets *breakpoints)
{
	char *copy = str_dup(arena, text);
	for (size_t i = 0; i < breakpoints->len; i++) {
		memset(copy + breakpoints->ptr[i], ' ', BREAKPOINT_LEN);
		copy[breakpoints->ptr[i]] = ';';
	}
	return (struct str){ copy, text.len };
}

static bool cut_in_two(const struct source *source, size_t breakpoint, const char *what, struct err *err)
{
	err_set(err, ERR_FAILED, "breakpoint-inside", "a breakpoint cuts %s in two", what);
	err_detail(
		err,
		"drizzle-kit sends what stands in front of it and what stands behind it one after the other, and fails.");
	err_hint(err, "Take the breakpoint out, or end the %s in front of it.", what + strcspn(what, " ") + 1);
	return source_err_at(err, source, breakpoint);
}

/* "drizzle-kit pull" writes the schema that is there as one comment, with breakpoints in it. */
static bool commented_out(const struct source *source, const struct token *token, struct err *err)
{
	err_set(err, ERR_FAILED, "breakpoint-inside", "the statements of this migration are commented out");
	err_detail(
		err,
		"So \"drizzle-kit pull\" writes the schema of a database that exists. drizzle-kit fails to apply such a file.");
	err_hint(
		err,
		"Take /* and */ away, so that the file tells how to make the schema, and let \"brant baseline\" record it in the "
		"database that it was pulled from.");
	return source_err_at(err, source, token->from);
}

static bool check_comments(const struct source *source, const struct offsets *breakpoints, struct err *err)
{
	struct str text = source->text;
	size_t next = 0;
	for (struct token t = lex_token(text, 0); t.kind != TOKEN_END && next < breakpoints->len;
	     t = lex_token(text, t.to)) {
		while (next < breakpoints->len && breakpoints->ptr[next] < t.from)
			next++;
		if (next < breakpoints->len && breakpoints->ptr[next] < t.to && t.kind == TOKEN_BLOCK_COMMENT)
			return commented_out(source, &t, err);
	}
	return true;
}

static bool check_statements(const struct source *source, const struct script *script,
			     const struct offsets *breakpoints, struct err *err)
{
	size_t next = 0;
	for (size_t i = 0; i < script->stmts.len; i++) {
		const struct stmt *stmt = &script->stmts.ptr[i];
		while (next < breakpoints->len && breakpoints->ptr[next] < stmt->offset)
			next++;
		if (next < breakpoints->len && breakpoints->ptr[next] < stmt->offset + stmt->length)
			return cut_in_two(source, breakpoints->ptr[next], "a statement", err);
	}
	return true;
}

/* From behind a COMMIT that no BEGIN of the file's belongs to.  A BEGIN behind it takes the transaction up again that drizzle-kit's own COMMIT ends. */
static void find_autocommit(struct script *script)
{
	bool own = false;
	script->tool_commits = true;
	for (size_t i = 0; i < script->stmts.len; i++) {
		enum stmt_kind kind = script->stmts.ptr[i].kind;
		if (kind == STMT_COMMIT && !own && !script->no_transaction) {
			script->no_transaction = true;
			script->no_transaction_from = i + 1;
		}
		own = kind == STMT_BEGIN || (own && kind != STMT_COMMIT && kind != STMT_ROLLBACK);
	}
}

bool drizzle_parse(struct arena *arena, const char *path, struct str text, struct script *ret_script, struct err *err)
{
	struct source source = { .path = path, .text = text };
	struct script script;
	if (!source_check(&source, err))
		return false;
	struct offsets breakpoints = find_breakpoints(arena, source.text);
	if (!check_comments(&source, &breakpoints, err) ||
	    !script_parse(arena, NULL, path, with_semicolons(arena, source.text, &breakpoints), &script, err) ||
	    !check_statements(&source, &script, &breakpoints, err))
		return false;
	script.source.text = source.text;
	find_autocommit(&script);
	*ret_script = script;
	return true;
}

bool drizzle_read(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		  struct script *ret_up, struct err *err)
{
	(void)settings;
	struct drizzle_migration *extra = migration->extra;
	struct str text;
	if (!file_read(arena, migration->path, &text, err))
		return false;
	extra->hash = drizzle_hash(arena, text);
	return drizzle_parse(arena, migration->path, text, ret_up, err);
}

bool drizzle_read_down(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		       struct script *ret_down, struct err *err)
{
	(void)settings;
	struct str text;
	return file_read(arena, migration->down_path, &text, err) &&
		drizzle_parse(arena, migration->down_path, text, ret_down, err);
}
