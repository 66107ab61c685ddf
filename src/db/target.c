#include "db/target.h"

#include <stdlib.h>

#include "db/parameter.h"
#include "db/url.h"

enum { URL_MAX = 16 * 1024 };

static const char *from_environment(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* ---- the text ---- */

/* Before anything is split: no message may depend on which part a strange byte is in. */
static bool check_text(struct str text, struct err *err)
{
	if (!text.len) {
		err_set(err, ERR_USAGE, "url-empty", "the URL is empty");
		return err_hint(err, "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE.");
	}
	if (text.len > URL_MAX)
		return err_set(err, ERR_USAGE, "url-shape", "the URL is longer than %d bytes", URL_MAX);
	if (str_bad_utf8(text) >= 0)
		return err_set(err, ERR_USAGE, "url-shape", "the URL is not valid UTF-8");
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f) {
			err_set(err, ERR_USAGE, "url-shape",
				"the URL has a line break or another control character in it");
			return err_hint(err, "It may have been pasted over several lines.");
		}
	if (url_has_placeholder(text)) {
		err_set(err, ERR_USAGE, "url-placeholder", "the URL still has a placeholder where a value should be");
		return err_hint(err,
				"Put the real value in its place: for [YOUR-PASSWORD] the database password, for "
				"${NAME} the value of the variable NAME, which is not set here.");
	}
	return true;
}

/* ---- the scheme ---- */

static bool foreign_scheme(const char *scheme, struct err *err)
{
	static const struct {
		const char *prefix, *what, *hint;
	} known[] = {
		{ "prisma", "of Prisma's own proxy, which does not speak PostgreSQL's protocol",
		  "Use the postgres:// URL of the database itself; the Prisma console shows it as the direct connection, and \"prisma dev\" when you press t." },
		{ "mysql", "of MySQL", NULL },
		{ "mariadb", "of MariaDB", NULL },
		{ "sqlite", "of SQLite", NULL },
		{ "mongodb", "of MongoDB", NULL },
		{ "sqlserver", "of SQL Server", NULL },
		{ "mssql", "of SQL Server", NULL },
		{ "redis", "of Redis", NULL },
		{ "libsql", "of libSQL", NULL },
		{ "oracle", "of Oracle", NULL },
		{ "http", "of a web address",
		  "The database has a URL of its own, which begins with postgresql://; the API's is "
		  "no use here." },
	};
	struct str s = str_of(scheme);
	if (str_starts(s, STR("jdbc:")))
		s = str_slice(s, 5, s.len);
	for (size_t i = 0; i < LEN(known); i++)
		if (str_starts(s, str_of(known[i].prefix))) {
			err_set(err, ERR_USAGE, "url-scheme", "the URL is that %s", known[i].what);
			return err_hint(err, "%s",
					known[i].hint ? known[i].hint
						      : "brant works with PostgreSQL: postgresql://...");
		}
	/* Not repeated: what stands before "://" could be a piece of a password. */
	err_set(err, ERR_USAGE, "url-scheme", "the URL does not begin with postgresql://");
	return err_hint(err, "postgres:// and the forms of SQLAlchemy (postgresql+psycopg://) and JDBC do as well.");
}

/* postgres, postgresql+asyncpg, jdbc:postgresql, ... */
static bool check_scheme(struct arena *arena, struct str text, struct err *err)
{
	static const struct str bases[] = { STR("postgresql"), STR("postgres"), STR("pgsql"), STR("postgis"),
					    STR("psql") };
	struct str s = url_scheme(text), base, driver;
	if (!s.len)
		return true; /* name=value pairs, or an error that url_parse() words */
	char *lower = str_dup(arena, s);
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	s = str_of(lower);
	if (str_starts(s, STR("jdbc:")))
		s = str_slice(s, 5, s.len);
	str_cut(s, '+', &base, &driver);
	for (size_t i = 0; i < LEN(bases); i++)
		if (str_eq(base, bases[i]))
			return true;
	return foreign_scheme(lower, err);
}

/* ---- what libpq gets ---- */

static void set_if(struct arena *arena, struct settings *settings, const char *keyword, const char *value)
{
	if (value && *value)
		settings_set(arena, settings, keyword, value);
}

static void set_default(struct arena *arena, struct settings *settings, const char *keyword, const char *variable,
			const char *value)
{
	if (!settings_get(settings, keyword) && !(variable && from_environment(variable)))
		settings_set(arena, settings, keyword, value);
}

/*
 * A connection that died silently must be noticed while an ALTER TABLE of minutes runs (keepalives) and while something is on its way
 * (tcp_user_timeout: the kernel would resend for a quarter of an hour).  GSSAPI encryption is asked for before TLS wherever a ticket
 * lies around, costs a round trip, and no pooler knows it.
 */
static void add_defaults(struct arena *arena, struct settings *settings)
{
	set_default(arena, settings, "connect_timeout", "PGCONNECT_TIMEOUT", "10");
	set_default(arena, settings, "gssencmode", "PGGSSENCMODE", "disable");
	set_default(arena, settings, "keepalives_idle", NULL, "30");
	set_default(arena, settings, "keepalives_interval", NULL, "10");
	set_default(arena, settings, "keepalives_count", NULL, "3");
	set_default(arena, settings, "tcp_user_timeout", NULL, "60000");
	settings_set(arena, settings, "client_encoding", "UTF8");
}

static void take_settings(struct arena *arena, const struct settings *settings, struct target *target)
{
	target->keywords = arena_alloc(arena, (settings->len + 1) * sizeof(*target->keywords));
	target->values = arena_alloc(arena, (settings->len + 1) * sizeof(*target->values));
	size_t n = 0;
	for (size_t i = 0; i < settings->len; i++)
		if (settings->ptr[i].value && *settings->ptr[i].value) {
			target->keywords[n] = settings->ptr[i].name;
			target->values[n++] = settings->ptr[i].value;
		}
	target->host = target_setting(target, "host");
	if (!target->host)
		target->host = target_setting(target, "hostaddr");
	target->port = target_setting(target, "port");
	target->user = target_setting(target, "user");
	target->database = target_setting(target, "dbname");
}

const char *target_setting(const struct target *target, const char *keyword)
{
	for (size_t i = 0; target->keywords && target->keywords[i]; i++)
		if (strcmp(target->keywords[i], keyword) == 0)
			return target->values[i];
	return NULL;
}

void target_set(struct arena *arena, struct target *target, const char *keyword, const char *value)
{
	size_t n = 0, at = 0;
	while (target->keywords[n])
		n++;
	const char **keywords = arena_alloc(arena, (n + 2) * sizeof(*keywords));
	const char **values = arena_alloc(arena, (n + 2) * sizeof(*values));
	memcpy(keywords, target->keywords, n * sizeof(*keywords));
	memcpy(values, target->values, n * sizeof(*values));
	while (at < n && strcmp(keywords[at], keyword) != 0)
		at++;
	keywords[at] = keyword;
	values[at] = value;
	target->keywords = keywords;
	target->values = values;
}

/* Encoded control characters would go to the terminal with the name. */
static bool check_names(const struct target *target, struct err *err)
{
	for (size_t i = 0; target->keywords[i]; i++) {
		if (strcmp(target->keywords[i], "password") == 0 || strcmp(target->keywords[i], "sslpassword") == 0)
			continue;
		struct str value = str_of(target->values[i]);
		bool bad = str_bad_utf8(value) >= 0;
		for (size_t k = 0; k < value.len; k++)
			bad = bad || (unsigned char)value.ptr[k] < ' ' || value.ptr[k] == 0x7f;
		if (bad)
			return err_set(err, ERR_USAGE, "url-encoding",
				       "the URL has an encoded control character or a broken character in it");
	}
	const char *port = target->port;
	if (port && port[strspn(port, "0123456789,")])
		return err_set(err, ERR_USAGE, "url-port", "the port in the URL is not a number from 1 to 65535");
	return true;
}

/* ---- for people ---- */

static const char *or_environment(const char *value, const char *variable)
{
	return value ? value : from_environment(variable);
}

/* The i-th of a list with commas; the only one of a list of one. */
static struct str list_item(const char *list, size_t index)
{
	struct str rest = str_of(list), item = { 0 };
	bool more = true;
	for (size_t i = 0; more && i <= index; i++) {
		more = str_cut(rest, ',', &item, &rest);
		if (!more && i < index)
			return i == 0 ? item : (struct str){ 0 };
	}
	return item;
}

static void show_host(struct buf *buf, struct str host, struct str port)
{
	bool socket = host.len && (host.ptr[0] == '/' || host.ptr[0] == '@');
	bool address = !socket && host.len && memchr(host.ptr, ':', host.len);
	if (!host.len)
		host = STR("localhost");
	buf_printf(buf, address ? "[" STR_FMT "]" : STR_FMT, STR_ARG(host));
	if (port.len || !socket)
		buf_printf(buf, ":" STR_FMT, STR_ARG(port.len ? port : STR("5432")));
}

static const char *shown(struct arena *arena, const struct target *target)
{
	const char *hosts = or_environment(target->host, "PGHOST");
	const char *ports = or_environment(target->port, "PGPORT");
	const char *user = or_environment(target->user, "PGUSER");
	const char *database = or_environment(target->database, "PGDATABASE");
	const char *service = target_setting(target, "service");
	struct buf buf = buf_init(arena);
	if (service && !hosts)
		return arena_printf(arena, "service %s", service);
	buf_text(&buf, database ? database : user ? user : "the default database");
	buf_text(&buf, " on ");
	if (!hosts)
		buf_printf(&buf, ports ? "the local socket, port %s" : "the local socket", ports);
	struct str rest = str_of(hosts), host;
	bool more = hosts != NULL;
	for (size_t i = 0; more; i++) {
		more = str_cut(rest, ',', &host, &rest);
		buf_text(&buf, i ? "," : "");
		show_host(&buf, host, ports ? list_item(ports, i) : (struct str){ 0 });
	}
	if (user)
		buf_printf(&buf, " as %s", user);
	return buf.ptr;
}

static bool read_url(struct arena *arena, struct str text, struct target *target, struct err *err)
{
	struct url url;
	struct settings settings = { 0 };
	if (!check_scheme(arena, text, err) || !check_text(text, err) || !url_parse(arena, text, &url, err))
		return false;
	set_if(arena, &settings, "host", url.host);
	set_if(arena, &settings, "port", url.port);
	set_if(arena, &settings, "user", url.user);
	set_if(arena, &settings, "password", url.password);
	set_if(arena, &settings, "dbname", url.database);
	if (url.guessed)
		vec_push(arena, &target->notes,
			 STR("the password in the URL has characters that should be encoded; other "
			     "tools may read it differently"));
	if (!parameters_apply(arena, &url, &settings, target, err))
		return false;
	add_defaults(arena, &settings);
	take_settings(arena, &settings, target);
	return check_names(target, err);
}

bool target_parse(struct arena *arena, const char *url, const char *origin, struct target *ret_target, struct err *err)
{
	struct target target = { 0 };
	struct str text = url_of_prisma_dev(arena, url_clean(str_of(url)));
	if (!read_url(arena, text, &target, err))
		return err_prefix(err, "%s", origin);
	target.shown = shown(arena, &target);
	target.url = str_dup(arena, text);
	*ret_target = target;
	return true;
}

const char *target_scrub(struct arena *arena, const struct target *target, const char *text)
{
	const char *password = target_setting(target, "password");
	/* A password that is also the user's or the database's name protects nothing, and taking the name away would confuse. */
	if (!password || strlen(password) < 4 || strstr(target->shown, password) || !strstr(text, password))
		return text;
	struct buf buf = buf_init(arena);
	for (const char *found; (found = strstr(text, password)); text = found + strlen(password)) {
		buf_add(&buf, text, (size_t)(found - text));
		buf_text(&buf, "***");
	}
	buf_text(&buf, text);
	return buf.ptr;
}

void target_clean_environment(struct arena *arena, struct strs *notes)
{
	static const char *const variables[] = { "PGOPTIONS", "PGGEQO" };
	for (size_t i = 0; i < LEN(variables); i++) {
		if (!from_environment(variables[i]))
			continue;
		unsetenv(variables[i]);
		char *text = arena_printf(
			arena, "ignored %s in the environment: settings of a session do not survive a pooler",
			variables[i]);
		vec_push(arena, notes, str_of(text));
	}
}
