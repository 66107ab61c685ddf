/*
 * url_clean.c - what was pasted around a URL, and what was never filled in.
 */
#include "db/url_text.h"

size_t url_scheme_length(struct str s)
{
	ptrdiff_t at = str_find(s, STR("://"));
	for (ptrdiff_t i = 0; i < at; i++)
		if (!is_name_char(s.ptr[i]) && !memchr("+-.:", s.ptr[i], 4))
			return 0;
	return at > 0 ? (size_t)at : 0;
}

struct str url_scheme(struct str text)
{
	return str_slice(text, 0, url_scheme_length(text));
}

static struct str without_quotes(struct str s)
{
	s = str_trim(s);
	while (s.len >= 2 && s.ptr[0] == s.ptr[s.len - 1] && memchr("'\"`", s.ptr[0], 3))
		s = str_trim(str_slice(s, 1, s.len - 1));
	return s;
}

/* DATABASE_URL=postgres://..., a line of .env pasted whole.  host=... is libpq's and has no scheme behind the sign. */
static struct str without_assignment(struct str s)
{
	struct str rest = str_starts(s, STR("export ")) ? str_trim(str_slice(s, 7, s.len)) : s;
	size_t n = skip_name(rest);
	struct str value = str_trim(str_slice(rest, n, rest.len));
	if (!n || !value.len || value.ptr[0] != '=')
		return s;
	value = without_quotes(str_slice(value, 1, value.len));
	return url_scheme_length(value) ? value : s;
}

struct str url_clean(struct str text)
{
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	text = without_assignment(without_quotes(text));
	if (str_starts(text, STR("psql ")))
		text = without_quotes(str_slice(text, 5, text.len));
	return text;
}

/* ---- placeholders ---- */

static bool is_boundary(struct str s, size_t at)
{
	return at >= s.len || memchr("/:@,=&?", s.ptr[at], 7);
}

/* A whole part between delimiters, in brackets that a value would not have: [YOUR-PASSWORD], <password>, {password}. */
static bool bracketed_at(struct str s, size_t at)
{
	static const char pairs[][2] = { { '[', ']' }, { '<', '>' }, { '{', '}' } };
	for (size_t i = 0; i < LEN(pairs); i++) {
		if (s.ptr[at] != pairs[i][0])
			continue;
		size_t end = at;
		while (end < s.len && s.ptr[end] == pairs[i][0])
			end++;
		size_t start = end;
		while (end < s.len && (is_name_char(s.ptr[end]) || memchr("- .", s.ptr[end], 3)))
			end++;
		/* [::1] and [fe80] are addresses: a placeholder has a letter beyond f, and no colon. */
		bool wordy = false;
		for (size_t k = start; k < end; k++)
			wordy = wordy || (is_alpha(s.ptr[k]) && hex_value(s.ptr[k]) < 0);
		size_t close = end;
		while (close < s.len && s.ptr[close] == pairs[i][1])
			close++;
		if (wordy && close > end && is_boundary(s, close))
			return true;
	}
	return false;
}

/* $DB_PASS as a whole part: upper case, and long enough to be no accident. */
static bool shell_variable_at(struct str s, size_t at)
{
	size_t n = at + 1;
	bool underscore = false;
	for (; n < s.len && ((s.ptr[n] >= 'A' && s.ptr[n] <= 'Z') || is_digit(s.ptr[n]) || s.ptr[n] == '_'); n++)
		underscore = underscore || s.ptr[n] == '_';
	return n - at > 3 && is_boundary(s, n) && (underscore || n - at > 7);
}

static bool word_at(struct str s, size_t at)
{
	static const struct str words[] = {
		STR("YOUR_PASSWORD"),       STR("YOUR-PASSWORD"),      STR("YOUR_DB_PASSWORD"),
		STR("YOUR-DB-PASSWORD"),    STR("your_password_here"), STR("your-password-here"),
		STR("%5BYOUR-PASSWORD%5D"),
	};
	size_t stars = 0; /* a password that a console showed masked */
	while (at + stars < s.len && s.ptr[at + stars] == '*')
		stars++;
	if (stars >= 3 && is_boundary(s, at + stars))
		return true;
	for (size_t i = 0; i < LEN(words); i++)
		if (str_starts(str_slice(s, at, s.len), words[i]) && is_boundary(s, at + words[i].len))
			return true;
	return false;
}

bool url_has_placeholder(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		struct str rest = str_slice(s, i, s.len);
		if (str_starts(rest, STR("${")) && str_find(rest, STR("}")) > 2)
			return true;
		if (i > 0 && !is_boundary(s, i - 1))
			continue;
		if ((s.ptr[i] == '$' && shell_variable_at(s, i)) || bracketed_at(s, i) || word_at(s, i))
			return true;
	}
	return false;
}
