/*
 * literal.c - a value in a configuration that is a program.
 *
 * prisma.config.ts is TypeScript, and nobody runs it here.  What people write into it are literals, and those can be read without knowing
 * the language: tokens, and which property of which object one is in.
 *
 *     defineConfig({ schema: "db", migrations: { path: 'db/migrations' }, datasource: { url: env("DATABASE_URL") } })
 *
 * A call of join() or resolve() with literals only is one, too; __dirname and its like in it are the folder of the file.
 */
#include "format/prisma/prisma.h"

enum { DEPTH_MAX = 64 };

enum js_kind { JS_END, JS_WORD, JS_TEXT, JS_PUNCT };

struct js_token {
	enum js_kind kind;
	struct str text; /* of a string what is between its quotes */
};

struct js_reader {
	struct arena *arena;
	struct str text;
	size_t at;
};

static char peek(const struct js_reader *r, size_t ahead)
{
	return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
		(unsigned char)c >= 0x80;
}

static void skip_to(struct js_reader *r, struct str end)
{
	ptrdiff_t found = str_find(str_slice(r->text, r->at, r->text.len), end);
	r->at = found < 0 ? r->text.len : r->at + (size_t)found + end.len;
}

static void skip_blanks(struct js_reader *r)
{
	for (; r->at < r->text.len;) {
		char c = peek(r, 0);
		if (c == '/' && peek(r, 1) == '/')
			skip_to(r, STR("\n"));
		else if (c == '/' && peek(r, 1) == '*')
			skip_to(r, STR("*/"));
		else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			r->at++;
		else
			return;
	}
}

static struct js_token take_string(struct js_reader *r)
{
	char quote = peek(r, 0);
	struct buf buf = buf_init(r->arena);
	for (r->at++; r->at < r->text.len && peek(r, 0) != quote; r->at++) {
		if (peek(r, 0) == '\\')
			r->at++;
		if (r->at < r->text.len)
			buf_char(&buf, peek(r, 0));
	}
	r->at++;
	/* What a template fills in is not known. */
	bool filled = quote == '`' && strstr(buf.ptr, "${");
	return (struct js_token){ filled ? JS_PUNCT : JS_TEXT, filled ? STR("`") : buf_as_str(&buf) };
}

static struct js_token next(struct js_reader *r)
{
	skip_blanks(r);
	size_t start = r->at;
	if (start >= r->text.len)
		return (struct js_token){ .kind = JS_END };
	char c = peek(r, 0);
	if (c == '"' || c == '\'' || c == '`')
		return take_string(r);
	if (!is_word_char(c))
		return (struct js_token){ JS_PUNCT, str_slice(r->text, start, ++r->at) };
	while (is_word_char(peek(r, 0)))
		r->at++;
	return (struct js_token){ JS_WORD, str_slice(r->text, start, r->at) };
}

static struct js_token look(const struct js_reader *r)
{
	struct js_reader ahead = *r;
	return next(&ahead);
}

static bool is(struct js_token token, const char *text)
{
	return token.kind != JS_TEXT && token.kind != JS_END && str_eq(token.text, str_of(text));
}

static bool take(struct js_reader *r, const char *text)
{
	if (!is(look(r), text))
		return false;
	next(r);
	return true;
}

/* ---- values ---- */

/* process.env.X and process.env["X"], behind "process". */
static const char *take_process_env(struct js_reader *r)
{
	if (!take(r, ".") || !take(r, "env"))
		return NULL;
	if (!take(r, ".") && !take(r, "["))
		return NULL;
	return str_dup(r->arena, next(r).text);
}

/* ("X"), with type arguments in front of it or not. */
static const char *take_env_call(struct js_reader *r)
{
	if (take(r, "<"))
		while (!is(look(r), ">") && look(r).kind != JS_END)
			next(r);
	take(r, ">");
	struct js_token name = take(r, "(") ? next(r) : (struct js_token){ 0 };
	return name.kind == JS_TEXT ? str_dup(r->arena, name.text) : NULL;
}

static bool is_folder_of_file(struct str word)
{
	return str_eq(word, STR("__dirname")) || str_eq(word, STR("dirname")) || str_eq(word, STR("cwd"));
}

/* The arguments of join() or resolve(), behind the name; ptr NULL where one of them is no literal. */
static struct str take_join(struct js_reader *r)
{
	struct buf buf = buf_init(r->arena);
	if (!take(r, "("))
		return (struct str){ 0 };
	for (;;) {
		struct js_token token = next(r);
		if (is(token, ")"))
			return buf_as_str(&buf);
		if (token.kind == JS_TEXT)
			buf_printf(&buf, "%s" STR_FMT, buf.len ? "/" : "", STR_ARG(token.text));
		else if (is(token, "process") || is(token, "import") || is(token, "meta") || is(token, ".") ||
			 is(token, ","))
			continue;
		else if (token.kind == JS_WORD && is_folder_of_file(token.text)) {
			if (take(r, "("))
				take(r, ")");
		} else
			return (struct str){ 0 };
	}
}

/* "a || b", "a ?? b": what stands behind counts where the first is not set. */
static bool take_otherwise(struct js_reader *r)
{
	take(r, "!");
	return (take(r, "|") && take(r, "|")) || (take(r, "?") && take(r, "?"));
}

static struct str take_value(struct js_reader *r, const char **ret_variables, size_t room)
{
	struct js_token token = next(r);
	struct str none = { 0 };
	if (token.kind == JS_TEXT)
		return token.text;
	if (room && (is(token, "env") || is(token, "process"))) {
		*ret_variables = is(token, "env") ? take_env_call(r) : take_process_env(r);
		return take_otherwise(r) ? take_value(r, ret_variables + 1, room - 1) : none;
	}
	if (is(token, "path") && take(r, ".")) {
		struct js_token function = next(r);
		return is(function, "join") || is(function, "resolve") ? take_join(r) : none;
	} else if (is(token, "join") || is(token, "resolve"))
		return take_join(r);
	return none;
}

/* ---- objects ---- */

/* The properties that the reader is in, outermost first; a level without a name is an object that is no property's value. */
struct place {
	struct str names[DEPTH_MAX];
	size_t depth;
};

/* Does the innermost end of the place say path, below an object of its own? */
static bool is_at(const struct place *place, struct str key, const char *const *path)
{
	size_t n = 0;
	while (path[n])
		n++;
	if (place->depth < n || !str_eq(key, str_of(path[n - 1])))
		return false;
	for (size_t i = 1; i < n; i++)
		if (!str_eq(place->names[place->depth - i], str_of(path[n - 1 - i])))
			return false;
	return !place->names[place->depth - n].ptr;
}

static bool opens(struct place *place, struct str name)
{
	if (place->depth == DEPTH_MAX)
		return false;
	place->names[place->depth++] = name;
	return true;
}

struct str prisma_literal(struct arena *arena, struct str text, const char *const *path, const char *ret_variables[2])
{
	struct js_reader r = { .arena = arena, .text = text };
	struct place place = { 0 };
	ret_variables[0] = ret_variables[1] = NULL;
	for (struct js_token token = next(&r); token.kind != JS_END; token = next(&r)) {
		struct str key = { 0 };
		if (is(token, "}") && place.depth)
			place.depth--;
		if ((token.kind == JS_WORD || token.kind == JS_TEXT) && take(&r, ":")) {
			key = token.text;
			if (is_at(&place, key, path))
				return take_value(&r, ret_variables, 2);
			if (!is(look(&r), "{"))
				continue;
			token = next(&r);
		}
		if (is(token, "{") && !opens(&place, key))
			break;
	}
	return (struct str){ 0 };
}
