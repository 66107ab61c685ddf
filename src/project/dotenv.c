#include "project/dotenv.h"

#include <stdlib.h>

#include "base/file.h"

enum {
	DOTENV_MAX = 1024 * 1024,
	VALUE_MAX = 64 * 1024,
	EXPANDED_MAX = 4 * 1024 * 1024, /* of all values: each may refer to a long one */
	REFERENCE_MAX = 1024,
};

/* The reader stands at ptr[at]. */
struct reader {
	struct arena *arena;
	struct dotenv *dotenv;
	dotenv_lookup *environment;
	struct str text;
	size_t at, expanded;
	unsigned line;
};

static bool at_end(const struct reader *r)
{
	return r->at >= r->text.len;
}

static char peek(const struct reader *r)
{
	return at_end(r) ? '\n' : r->text.ptr[r->at];
}

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static void skip_blanks(struct reader *r)
{
	while (!at_end(r) && (peek(r) == ' ' || peek(r) == '\t'))
		r->at++;
}

static void skip_line(struct reader *r)
{
	while (!at_end(r) && !is_line_end(peek(r)))
		r->at++;
	if (!at_end(r) && peek(r) == '\r')
		r->at++;
	if (!at_end(r) && peek(r) == '\n')
		r->at++;
	r->line++;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
		c == '-';
}

static struct str take_name(struct reader *r)
{
	size_t start = r->at;
	while (!at_end(r) && is_name_char(peek(r)))
		r->at++;
	return str_slice(r->text, start, r->at);
}

/* "NAME =", "NAME: " and "export NAME="; false where the line is something else. */
static bool take_key(struct reader *r, struct str *ret_name)
{
	skip_blanks(r);
	struct str name = take_name(r);
	if (str_eq(name, STR("export")) && (peek(r) == ' ' || peek(r) == '\t')) {
		size_t before = r->at;
		skip_blanks(r);
		if (is_name_char(peek(r)))
			name = take_name(r);
		else
			r->at = before; /* a variable called export */
	}
	if (!name.len)
		return false;
	bool colon = peek(r) == ':';
	skip_blanks(r);
	if (colon ? r->at + 1 >= r->text.len || (r->text.ptr[r->at + 1] != ' ' && r->text.ptr[r->at + 1] != '\t')
		  : peek(r) != '=')
		return false;
	r->at++;
	*ret_name = name;
	return true;
}

/* ---- references ---- */

static const char *look_up(const struct reader *r, struct str name)
{
	char *text = str_dup(r->arena, name);
	const char *value = r->environment ? r->environment(text) : NULL;
	if (value)
		return value;
	const struct dotenv_entry *entry = map_get(&r->dotenv->entries, name);
	return entry && !entry->problem ? entry->value : NULL;
}

static size_t variable_length(struct str s)
{
	size_t n = 0;
	if (s.len && s.ptr[0] >= '0' && s.ptr[0] <= '9')
		return 0;
	while (n < s.len && is_name_char(s.ptr[n]) && s.ptr[n] != '.' && s.ptr[n] != '-')
		n++;
	return n;
}

/* ${NAME}, ${NAME:-default}, ${NAME-default} at the start of s; adds the value and returns its length, or 0. */
static size_t expand_braced(const struct reader *r, struct str s, struct buf *buf)
{
	if (!str_starts(s, STR("${")))
		return 0;
	ptrdiff_t close = str_find(str_slice(s, 0, s.len < REFERENCE_MAX ? s.len : REFERENCE_MAX), STR("}"));
	if (close < 0)
		return 0;
	struct str inner = str_slice(s, 2, (size_t)close), rest;
	size_t n = variable_length(inner);
	if (!n)
		return 0;
	rest = str_slice(inner, n, inner.len);
	bool colon = str_starts(rest, STR(":-"));
	if (rest.len && !colon && rest.ptr[0] != '-')
		return 0;
	const char *value = look_up(r, str_slice(inner, 0, n));
	if (value && (*value || !rest.len))
		buf_text(buf, value);
	else if (rest.len)
		buf_str(buf, str_slice(rest, colon ? 2 : 1, rest.len));
	else
		return 0;
	return (size_t)close + 1;
}

static size_t expand_bare(const struct reader *r, struct str s, struct buf *buf)
{
	size_t n = s.len > 1 && s.ptr[0] == '$' ? variable_length(str_slice(s, 1, s.len)) : 0;
	const char *value = n ? look_up(r, str_slice(s, 1, n + 1)) : NULL;
	if (!value)
		return 0;
	buf_text(buf, value);
	return n + 1;
}

/* ---- values ---- */

/* What a backslash and c mean in double quotes; 0: nothing. */
static char escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case '"':
	case '\\':
	case '$':
		return c;
	}
	return 0;
}

/* Adds text with its references and, in double quotes, escapes.  quote is 0 where there was none. */
static void add_value(const struct reader *r, struct str s, char quote, struct buf *buf)
{
	for (size_t i = 0; i < s.len;) {
		struct str rest = str_slice(s, i, s.len);
		size_t used = 0;
		if (buf->len + r->expanded > EXPANDED_MAX || buf->len > VALUE_MAX)
			return;
		if (s.ptr[i] == '\\' && rest.len > 1) {
			char c = quote == '"'                                ? escaped(rest.ptr[1])
				: rest.ptr[1] == quote || rest.ptr[1] == '$' ? rest.ptr[1]
									     : 0;
			if (c && !(quote == '\'' && c == '$')) {
				buf_char(buf, c);
				i += 2;
				continue;
			}
		} else if (s.ptr[i] == '$') {
			used = expand_braced(r, rest, buf);
			if (!used && quote != '\'')
				used = expand_bare(r, rest, buf);
		} else if (s.ptr[i] == '\r' && rest.len > 1 && rest.ptr[1] == '\n') {
			i++; /* CRLF inside of quotes */
			continue;
		}
		if (!used)
			buf_char(buf, s.ptr[i]);
		i += used ? used : 1;
	}
}

static bool only_comment(struct str s)
{
	size_t i = 0;
	while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t'))
		i++;
	return i == s.len || s.ptr[i] == '#' || is_line_end(s.ptr[i]);
}

/*
 * Offset of the quote that closes s, or -1.  A quote in mid-line closes nothing: then the opening one was never closed, and the text
 * up to it is other people's lines.  A backslash before the last quote of a line may be part of the value ('C:\').
 */
static ptrdiff_t closing_quote(struct str s, char quote)
{
	size_t i = 1;
	for (; i < s.len && s.ptr[i] != quote; i++)
		if (s.ptr[i] == '\\' && i + 1 < s.len)
			i++;
	if (i < s.len && only_comment(str_slice(s, i + 1, s.len)))
		return (ptrdiff_t)i;
	for (i = 1; i < s.len && !is_line_end(s.ptr[i]); i++)
		if (s.ptr[i] == quote && only_comment(str_slice(s, i + 1, s.len)))
			return (ptrdiff_t)i;
	return -1;
}

static struct str take_unquoted(struct reader *r)
{
	size_t start = r->at, end;
	while (!at_end(r) && !is_line_end(peek(r)))
		r->at++;
	for (end = start; end < r->at; end++)
		if (r->text.ptr[end] == '#' &&
		    (end == start || r->text.ptr[end - 1] == ' ' || r->text.ptr[end - 1] == '\t'))
			break;
	return str_trim(str_slice(r->text, start, end));
}

static void take_value(struct reader *r, struct dotenv_entry *entry)
{
	struct buf buf = buf_init(r->arena);
	skip_blanks(r);
	char quote = peek(r);
	struct str rest = str_slice(r->text, r->at < r->text.len ? r->at : r->text.len, r->text.len);
	ptrdiff_t close = -1;
	if (quote == '"' || quote == '\'' || quote == '`') {
		close = closing_quote(rest, quote);
		if (close < 0)
			entry->problem = "has no closing quote, or goes on behind it";
	}
	if (close < 0) {
		add_value(r, take_unquoted(r), 0, &buf);
	} else {
		struct str inside = str_slice(rest, 1, (size_t)close);
		add_value(r, inside, quote, &buf);
		for (size_t i = 0; i < inside.len; i++)
			r->line += inside.ptr[i] == '\n';
		r->at += (size_t)close + 1;
	}
	r->expanded += buf.len;
	if (buf.len > VALUE_MAX || r->expanded > EXPANDED_MAX)
		entry->problem = "is too long";
	entry->value = buf.ptr;
}

static void take_line(struct reader *r)
{
	struct str name;
	struct dotenv_entry *entry = arena_alloc(r->arena, sizeof(*entry));
	entry->line = r->line;
	if (take_key(r, &name)) {
		entry->name = str_dup(r->arena, name);
		take_value(r, entry);
		map_set(r->arena, &r->dotenv->entries, name, entry);
	}
	skip_line(r);
}

static bool invalid(struct err *err, const char *path, unsigned line, const char *what)
{
	err_set(err, ERR_USAGE, "dotenv-invalid", "%s", what);
	return err_at(err, path, line, 0);
}

static bool check_text(const char *path, struct str text, struct err *err)
{
	ptrdiff_t bad = str_bad_utf8(text);
	const char *nul = text.len ? memchr(text.ptr, '\0', text.len) : NULL;
	if (text.len > DOTENV_MAX)
		return invalid(err, path, 0, "the file is larger than a megabyte");
	if (nul)
		bad = nul - text.ptr;
	if (bad < 0)
		return true;
	unsigned line = 1;
	for (ptrdiff_t i = 0; i < bad; i++)
		line += text.ptr[i] == '\n';
	invalid(err, path, line, nul ? "there is a NUL byte in the file" : "the file is not valid UTF-8");
	return err_hint(err, "Some editors save UTF-16: save it as UTF-8.");
}

bool dotenv_parse(struct arena *arena, const char *path, struct str text, dotenv_lookup *environment,
		  struct dotenv *ret_dotenv, struct err *err)
{
	*ret_dotenv = (struct dotenv){ .path = path };
	if (!check_text(path, text, err))
		return false;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	struct reader r = { .arena = arena, .dotenv = ret_dotenv, .environment = environment, .text = text, .line = 1 };
	while (!at_end(&r))
		take_line(&r);
	return true;
}

/* getenv() with the const that it should have. */
static const char *process_environment(const char *name)
{
	return getenv(name);
}

bool dotenv_load(struct arena *arena, const char *path, struct dotenv *ret_dotenv, struct err *err)
{
	struct str text;
	if (!file_read(arena, path, &text, err))
		return false;
	return dotenv_parse(arena, path, text, process_environment, ret_dotenv, err);
}

bool dotenv_get(const struct dotenv *dotenv, const char *name, const char **ret_value, struct err *err)
{
	const struct dotenv_entry *entry = map_get(&dotenv->entries, str_of(name));
	*ret_value = entry && *entry->value ? entry->value : NULL;
	if (!entry || !entry->problem)
		return true;
	err_set(err, ERR_USAGE, "dotenv-invalid", "the value of %s %s", name, entry->problem);
	return err_at(err, dotenv->path, entry->line, 0);
}
