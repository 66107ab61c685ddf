#include "db/url.h"

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_char(char c)
{
	return is_alpha(c) || is_digit(c) || c == '_';
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static size_t skip_name(struct str s)
{
	size_t n = 0;
	while (n < s.len && is_name_char(s.ptr[n]))
		n++;
	return n;
}

/* Length of "scheme" in front of "://", or 0. */
static size_t scheme_length(struct str s)
{
	ptrdiff_t at = str_find(s, STR("://"));
	for (ptrdiff_t i = 0; i < at; i++)
		if (!is_name_char(s.ptr[i]) && !memchr("+-.:", s.ptr[i], 4))
			return 0;
	return at > 0 ? (size_t)at : 0;
}

struct str url_scheme(struct str text)
{
	return str_slice(text, 0, scheme_length(text));
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
	return scheme_length(value) ? value : s;
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

/* ---- decoding ---- */

static bool bad_encoding(struct err *err)
{
	err_set(err, ERR_USAGE, "url-encoding", "the URL has a \"%%\" that is not followed by two hexadecimal digits");
	return err_hint(err, "Write a literal %% as %%25.");
}

/*
 * Percent-decoding.  A "%" that no two hexadecimal digits follow stands for itself as long as nothing else in the same part is an
 * escape: "50%off" was never encoded, "a%40b%" is a mistake.
 */
static bool decode(struct arena *arena, struct str s, const char **ret_text, bool *ret_literal, struct err *err)
{
	struct buf buf = buf_init(arena);
	bool escaped = false, literal = false;
	for (size_t i = 0; i < s.len; i++) {
		int high = -1, low = -1;
		if (s.ptr[i] == '%' && s.len - i > 2) {
			high = hex_value(s.ptr[i + 1]);
			low = hex_value(s.ptr[i + 2]);
		}
		if (s.ptr[i] != '%' || high < 0 || low < 0) {
			literal = literal || s.ptr[i] == '%';
			buf_char(&buf, s.ptr[i]);
			continue;
		}
		if (!high && !low)
			return err_set(err, ERR_USAGE, "url-encoding", "the URL has an encoded zero byte");
		escaped = true;
		buf_char(&buf, (char)(high * 16 + low));
		i += 2;
	}
	if (escaped && literal)
		return bad_encoding(err);
	if (literal && ret_literal)
		*ret_literal = true;
	*ret_text = buf.ptr;
	return true;
}

static bool decode_strict(struct arena *arena, struct str s, const char **ret_text, struct err *err)
{
	bool literal = false;
	if (!decode(arena, s, ret_text, &literal, err))
		return false;
	return !literal || bad_encoding(err);
}

/* ---- hosts ---- */

static bool host_char(char c)
{
	return is_name_char(c) || c == '.' || c == '-' || c == '%' || (unsigned char)c >= 0x80;
}

static bool valid_port(struct str s)
{
	unsigned long long port;
	return !s.len || (str_to_u64(s, &port) && port >= 1 && port <= 65535);
}

enum host_fault { HOST_GOOD, HOST_BAD, HOST_PORT, HOST_COLONS };

/* One "host:port", "[::1]:port", ":port" or "%2Ftmp"; the parts are not decoded. */
static enum host_fault split_host(struct str s, struct str *ret_host, struct str *ret_port)
{
	*ret_port = (struct str){ 0 };
	if (s.len && s.ptr[0] == '[') {
		ptrdiff_t close = str_find(s, STR("]"));
		if (close < 3)
			return HOST_BAD;
		*ret_host = str_slice(s, 1, (size_t)close);
		for (size_t i = 0; i < ret_host->len; i++)
			if (!host_char(ret_host->ptr[i]) && ret_host->ptr[i] != ':')
				return HOST_BAD;
		s = str_slice(s, (size_t)close + 1, s.len);
		if (s.len && s.ptr[0] != ':')
			return HOST_BAD;
		*ret_port = s.len ? str_slice(s, 1, s.len) : s;
		return valid_port(*ret_port) ? HOST_GOOD : HOST_PORT;
	}
	str_cut(s, ':', ret_host, ret_port);
	for (size_t i = 0; i < ret_host->len; i++)
		if (!host_char(ret_host->ptr[i]))
			return HOST_BAD;
	if (ret_port->len && memchr(ret_port->ptr, ':', ret_port->len))
		return HOST_COLONS;
	return valid_port(*ret_port) ? HOST_GOOD : HOST_PORT;
}

static enum host_fault hosts_fault(struct str hosts)
{
	struct str one, host, port, rest = hosts;
	bool more = true;
	while (more) {
		more = str_cut(rest, ',', &one, &rest);
		enum host_fault fault = split_host(one, &host, &port);
		if (fault != HOST_GOOD)
			return fault;
	}
	return HOST_GOOD;
}

static bool host_err(enum host_fault fault, struct err *err)
{
	switch (fault) {
	case HOST_GOOD:
		break;
	case HOST_PORT:
		err_set(err, ERR_USAGE, "url-port", "the port in the URL is not a number from 1 to 65535");
		return err_hint(
			err,
			"A URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE.  Where the password has one of "
			"@ : / ? #, write them as %%40 %%3A %%2F %%3F %%23.");
	case HOST_COLONS:
		err_set(err, ERR_USAGE, "url-host", "the host in the URL has several colons");
		return err_hint(err,
				"Put an IPv6 address in brackets, as in [::1]:5432.  In a password, write : as %%3A.");
	case HOST_BAD:
		break;
	}
	err_set(err, ERR_USAGE, "url-host", "the host in the URL has a character that no host name has");
	return err_hint(err,
			"A URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE.  Where the password has one of "
			"@ : / ? #, write them as %%40 %%3A %%2F %%3F %%23.");
}

/* Fills url->host and url->port as libpq wants them: equally long lists, or one port for all. */
static bool take_hosts(struct arena *arena, struct str hosts, struct url *url, struct err *err)
{
	struct buf names = buf_init(arena), ports = buf_init(arena);
	struct str one, host, port, rest = hosts;
	bool more = true, any_port = false;
	for (size_t i = 0; more; i++) {
		more = str_cut(rest, ',', &one, &rest);
		enum host_fault fault = split_host(one, &host, &port);
		if (fault != HOST_GOOD)
			return host_err(fault, err);
		const char *name;
		if (!decode_strict(arena, host, &name, err))
			return false;
		buf_text(&names, i ? "," : "");
		buf_text(&names, name);
		buf_text(&ports, i ? "," : "");
		buf_str(&ports, port);
		any_port = any_port || port.len;
	}
	url->host = names.len ? names.ptr : NULL;
	url->port = any_port ? ports.ptr : NULL;
	return true;
}

/* ---- the two readings ---- */

struct reading {
	struct str user_info, hosts, path, query;
	bool has_user_info, has_query;
};

static struct reading read_behind(struct str s)
{
	struct reading r = { 0 };
	size_t n = 0;
	while (n < s.len && s.ptr[n] != '/' && s.ptr[n] != '?')
		n++;
	r.hosts = str_slice(s, 0, n);
	r.has_query = str_cut(str_slice(s, n, s.len), '?', &r.path, &r.query);
	return r;
}

/* name=value&name=value with names as names are. */
static bool plausible_query(struct str query)
{
	struct str one, name, value;
	bool more = true;
	while (more) {
		more = str_cut(query, '&', &one, &query);
		if (!one.len)
			continue;
		if (!str_cut(one, '=', &name, &value) || !name.len)
			return false;
		for (size_t i = 0; i < name.len; i++)
			if (!is_name_char(name.ptr[i]) && !memchr("-._%", name.ptr[i], 4))
				return false;
	}
	return true;
}

static bool plausible(const struct reading *r)
{
	if (hosts_fault(r->hosts) != HOST_GOOD || (r->path.len && memchr(r->path.ptr, '@', r->path.len)))
		return false;
	return !r->has_query || !memchr(r->query.ptr, '@', r->query.len) || plausible_query(r->query);
}

static struct reading read_by_rule(struct str s)
{
	struct reading r = read_behind(s);
	const char *at = r.hosts.len ? memrchr(r.hosts.ptr, '@', r.hosts.len) : NULL;
	if (at) {
		size_t n = (size_t)(at - r.hosts.ptr);
		r.has_user_info = true;
		r.user_info = str_slice(r.hosts, 0, n);
		r.hosts = str_slice(r.hosts, n + 1, r.hosts.len);
	}
	return r;
}

static bool ambiguous(struct err *err)
{
	err_set(err, ERR_USAGE, "url-ambiguous", "it cannot be told where the password in the URL ends");
	return err_hint(err,
			"Encode the special characters of the password: @ is %%40, : is %%3A, / is %%2F, ? is %%3F, "
			"# is %%23, %% is %%25.");
}

/* ret_guessed: the rule made no sense, but exactly one "@" does. */
static bool choose_reading(struct str s, struct reading *ret_reading, bool *ret_guessed, struct err *err)
{
	struct reading by_rule = read_by_rule(s), found = { 0 };
	*ret_guessed = false;
	*ret_reading = by_rule;
	if (plausible(&by_rule))
		return true;
	size_t nfound = 0;
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] != '@')
			continue;
		struct reading r = read_behind(str_slice(s, i + 1, s.len));
		if (!r.hosts.len || !plausible(&r))
			continue;
		found = r;
		found.has_user_info = true;
		found.user_info = str_slice(s, 0, i);
		nfound++;
	}
	if (nfound > 1)
		return ambiguous(err);
	if (nfound == 1) {
		*ret_reading = found;
		*ret_guessed = true;
		return true;
	}
	if (hosts_fault(by_rule.hosts) != HOST_GOOD)
		return host_err(hosts_fault(by_rule.hosts), err);
	return ambiguous(err);
}

static bool take_user_info(struct arena *arena, const struct reading *r, struct url *url, struct err *err)
{
	struct str user, password;
	if (!r->has_user_info)
		return true;
	bool has_password = str_cut(r->user_info, ':', &user, &password);
	if (user.len && !decode_strict(arena, user, &url->user, err))
		return false;
	if (!has_password || !password.len)
		return true;
	for (size_t i = 0; i < password.len; i++)
		url->guessed = url->guessed || memchr("@:/?#[]", password.ptr[i], 7);
	return decode(arena, password, &url->password, &url->guessed, err);
}

static bool take_query(struct arena *arena, struct str query, struct url *url, struct err *err)
{
	struct str one, name, value;
	bool more = query.len > 0;
	while (more) {
		more = str_cut(query, '&', &one, &query);
		if (!one.len)
			continue;
		str_cut(one, '=', &name, &value);
		struct url_parameter parameter;
		if (!decode(arena, name, &parameter.name, NULL, err) ||
		    !decode(arena, value, &parameter.value, NULL, err))
			return false;
		vec_push(arena, &url->parameters, parameter);
	}
	return true;
}

static bool parse_url(struct arena *arena, struct str text, size_t scheme, struct url *url, struct err *err)
{
	struct reading r;
	char *lower = str_dup(arena, str_slice(text, 0, scheme));
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	url->scheme = lower;
	if (!choose_reading(str_slice(text, scheme + 3, text.len), &r, &url->guessed, err))
		return false;
	if (!take_user_info(arena, &r, url, err) || !take_hosts(arena, r.hosts, url, err))
		return false;
	struct str database = r.path.len ? str_slice(r.path, 1, r.path.len) : r.path;
	if (database.len && database.ptr[database.len - 1] == '/')
		database.len--;
	if (database.len && !decode_strict(arena, database, &url->database, err))
		return false;
	return take_query(arena, r.query, url, err);
}

/* ---- name=value pairs ---- */

static bool pairs_err(struct err *err, const char *what)
{
	err_set(err, ERR_USAGE, "url-shape", "%s", what);
	return err_hint(
		err,
		"Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or libpq's form, as in host=HOST port=5432 "
		"dbname=DATABASE user=USER password='PASS WORD'.");
}

/* One value from s on: '...' with \' and \\, or up to white space; ret_rest is what follows. */
static bool take_value(struct arena *arena, struct str s, const char **ret_value, struct str *ret_rest, struct err *err)
{
	struct buf buf = buf_init(arena);
	bool quoted = s.len && s.ptr[0] == '\'';
	size_t i = quoted ? 1 : 0;
	for (; i < s.len && (quoted ? s.ptr[i] != '\'' : !is_space(s.ptr[i])); i++) {
		if (s.ptr[i] == '\\' && i + 1 < s.len)
			i++;
		buf_char(&buf, s.ptr[i]);
	}
	if (quoted && i++ >= s.len)
		return pairs_err(err, "a quoted value in the connection string has no closing quote");
	*ret_value = buf.ptr;
	*ret_rest = str_slice(s, i, s.len);
	return true;
}

static bool parse_pairs(struct arena *arena, struct str text, struct url *url, struct err *err)
{
	struct str rest = str_trim(text);
	while (rest.len) {
		size_t n = skip_name(rest);
		struct str name = str_slice(rest, 0, n);
		rest = str_trim(str_slice(rest, n, rest.len));
		if (!n || !rest.len || rest.ptr[0] != '=')
			return pairs_err(err, "the connection string is not made of name=value pairs");
		struct url_parameter parameter = { .name = str_dup(arena, name) };
		rest = str_slice(rest, 1, rest.len);
		while (rest.len && is_space(rest.ptr[0]))
			rest = str_slice(rest, 1, rest.len);
		if (!take_value(arena, rest, &parameter.value, &rest, err))
			return false;
		vec_push(arena, &url->parameters, parameter);
		rest = str_trim(rest);
	}
	return true;
}

/* Host=...;Username=...;Password=... as .NET writes it. */
static bool looks_like_dotnet(struct str text)
{
	size_t n = skip_name(text);
	return n && n < text.len && (text.ptr[n] == '=' || text.ptr[n] == ' ') && memchr(text.ptr, ';', text.len) &&
		(str_eq_nocase(str_slice(text, 0, n), STR("host")) ||
		 str_eq_nocase(str_slice(text, 0, n), STR("server")) ||
		 str_eq_nocase(str_slice(text, 0, n), STR("user")));
}

static bool no_scheme(struct err *err)
{
	err_set(err, ERR_USAGE, "url-scheme", "the URL does not begin with postgresql://");
	return err_hint(err, "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE.");
}

bool url_parse(struct arena *arena, struct str text, struct url *ret_url, struct err *err)
{
	struct url url = { 0 };
	size_t scheme = scheme_length(text), name = skip_name(text);
	bool ok;
	if (scheme)
		ok = parse_url(arena, text, scheme, &url, err);
	else if (looks_like_dotnet(text))
		ok = pairs_err(err, "the connection string is in the form of .NET, with semicolons");
	else if (name && str_starts(str_trim(str_slice(text, name, text.len)), STR("=")))
		ok = parse_pairs(arena, text, &url, err);
	else
		ok = no_scheme(err);
	if (ok)
		*ret_url = url;
	return ok;
}
