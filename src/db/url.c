#include "db/url_text.h"

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
	if (url_hosts_fault(r->hosts) != HOST_GOOD || (r->path.len && memchr(r->path.ptr, '@', r->path.len)))
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
	if (url_hosts_fault(by_rule.hosts) != HOST_GOOD)
		return url_host_err(url_hosts_fault(by_rule.hosts), err);
	return ambiguous(err);
}

static bool take_user_info(struct arena *arena, const struct reading *r, struct url *url, struct err *err)
{
	struct str user, password;
	if (!r->has_user_info)
		return true;
	bool has_password = str_cut(r->user_info, ':', &user, &password);
	if (user.len && !url_decode_strict(arena, user, &url->user, err))
		return false;
	if (!has_password || !password.len)
		return true;
	for (size_t i = 0; i < password.len; i++)
		url->guessed = url->guessed || memchr("@:/?#[]", password.ptr[i], 7);
	return url_decode(arena, password, &url->password, &url->guessed, err);
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
		if (!url_decode(arena, name, &parameter.name, NULL, err) ||
		    !url_decode(arena, value, &parameter.value, NULL, err))
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
	if (!take_user_info(arena, &r, url, err) || !url_take_hosts(arena, r.hosts, url, err))
		return false;
	struct str database = r.path.len ? str_slice(r.path, 1, r.path.len) : r.path;
	if (database.len && database.ptr[database.len - 1] == '/')
		database.len--;
	if (database.len && !url_decode_strict(arena, database, &url->database, err))
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
	size_t scheme = url_scheme_length(text), name = skip_name(text);
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
