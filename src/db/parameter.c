#include "db/parameter.h"

#include <libpq-fe.h>
#include <unistd.h>

#include "sql/quote.h"

enum meaning {
	TUNING,  /* of another driver's pool or cache: dropped, told under -v */
	SESSION, /* a session setting: dropped, because a pooler cannot keep it */
	RENAMED, /* libpq knows it under another name */
	SSL,     /* ssl=true, ssl=require */
	SSLMODE,
	SSLACCEPT,
	SSLROOTCERT,
	SSLCERT,  /* libpq: the client's certificate; Prisma: the server's */
	IDENTITY, /* a PKCS#12 file */
	SCHEMA,
	PATH, /* of each transaction of a migration */
	PGBOUNCER,
	OPTIONS,
	HOST,
	WHOLE_NUMBER, /* libpq's, and libpq refuses anything else */
	OURS,         /* brant sets it */
};

struct parameter {
	const char *name;
	enum meaning meaning;
	const char *other; /* RENAMED: libpq's name; TUNING, SESSION, OURS: why it is not needed, as a clause */
};

#define FEW_CONNECTIONS "brant opens two connections at most"
#define NO_PREPARED "brant uses no named prepared statements"
#define BY_TRANSACTION "settings of a session do not survive a pooler"

static const struct parameter table[] = {
	/* Prisma */
	{ "pgbouncer", PGBOUNCER, NULL },
	{ "schema", SCHEMA, NULL },
	{ "connection_limit", TUNING, FEW_CONNECTIONS },
	{ "pool_timeout", TUNING, FEW_CONNECTIONS },
	{ "socket_timeout", TUNING, "keepalives notice a dead connection" },
	{ "max_connection_lifetime", TUNING, FEW_CONNECTIONS },
	{ "max_idle_connection_lifetime", TUNING, FEW_CONNECTIONS },
	{ "statement_cache_size", TUNING, NO_PREPARED },
	{ "single_use_connections", TUNING, FEW_CONNECTIONS },
	{ "sslaccept", SSLACCEPT, NULL },
	{ "sslidentity", IDENTITY, NULL },
	{ "supa", TUNING, "it means something to the provider's own tools only" },

	/* node-postgres, postgres.js, Drizzle */
	{ "ssl", SSL, NULL },
	{ "requiressl", SSL, NULL },
	{ "uselibpqcompat", TUNING, "brant reads sslmode as libpq does" },
	{ "workaround", TUNING, "it means something to the provider's own tools only" },
	{ "prepare", TUNING, NO_PREPARED },
	{ "max", TUNING, FEW_CONNECTIONS },
	{ "min", TUNING, FEW_CONNECTIONS },
	{ "max_lifetime", TUNING, FEW_CONNECTIONS },
	{ "idle_timeout", TUNING, FEW_CONNECTIONS },
	{ "fetch_types", TUNING, "brant asks for no types" },
	{ "encoding", TUNING, "brant speaks UTF8" },
	{ "query_timeout", TUNING, "statement_timeout in brant.yaml does this" },

	/* SQLAlchemy, psycopg, asyncpg */
	{ "prepare_threshold", TUNING, NO_PREPARED },
	{ "prepared_statement_cache_size", TUNING, NO_PREPARED },
	{ "prepared_statement_name_func", TUNING, NO_PREPARED },
	{ "max_cached_statement_lifetime", TUNING, NO_PREPARED },
	{ "max_cacheable_statement_size", TUNING, NO_PREPARED },
	{ "async_fallback", TUNING, "brant is not asyncio" },
	{ "command_timeout", TUNING, "statement_timeout in brant.yaml does this" },
	{ "timeout", RENAMED, "connect_timeout" },
	{ "server_settings", SESSION, BY_TRANSACTION },
	{ "pool_size", TUNING, FEW_CONNECTIONS },
	{ "max_overflow", TUNING, FEW_CONNECTIONS },
	{ "pool_pre_ping", TUNING, FEW_CONNECTIONS },
	{ "pool_recycle", TUNING, FEW_CONNECTIONS },
	{ "conn_max_age", TUNING, FEW_CONNECTIONS },

	/* JDBC */
	{ "currentSchema", SCHEMA, NULL },
	{ "prepareThreshold", TUNING, NO_PREPARED },
	{ "preparedStatementCacheQueries", TUNING, NO_PREPARED },
	{ "loginTimeout", RENAMED, "connect_timeout" },
	{ "connectTimeout", RENAMED, "connect_timeout" },
	{ "socketTimeout", TUNING, "keepalives notice a dead connection" },
	{ "targetServerType", TUNING, "brant goes where libpq's target_session_attrs says" },
	{ "ApplicationName", OURS, "brant gives its own name" },

	/* Ruby, Go, Rust, Elixir */
	{ "prepared_statements", TUNING, NO_PREPARED },
	{ "pool", TUNING, FEW_CONNECTIONS },
	{ "pool_max_conns", TUNING, FEW_CONNECTIONS },
	{ "pool_min_conns", TUNING, FEW_CONNECTIONS },
	{ "pool_max_conn_lifetime", TUNING, FEW_CONNECTIONS },
	{ "pool_max_conn_idle_time", TUNING, FEW_CONNECTIONS },
	{ "pool_health_check_period", TUNING, FEW_CONNECTIONS },
	{ "default_query_exec_mode", TUNING, NO_PREPARED },
	{ "statement_cache_capacity", TUNING, NO_PREPARED },
	{ "statement-cache-capacity", TUNING, NO_PREPARED },
	{ "statement_cache_mode", TUNING, NO_PREPARED },
	{ "binary_parameters", TUNING, NO_PREPARED },

	/* Settings of the session, which drivers send in the startup packet. */
	{ "options", OPTIONS, NULL },
	{ "search_path", PATH, BY_TRANSACTION },
	{ "statement_timeout", SESSION, "statement_timeout in brant.yaml does this" },
	{ "lock_timeout", SESSION, "lock_timeout in brant.yaml does this" },
	{ "idle_in_transaction_session_timeout", SESSION, BY_TRANSACTION },
	{ "timezone", SESSION, BY_TRANSACTION },
	{ "TimeZone", SESSION, BY_TRANSACTION },
	{ "datestyle", SESSION, BY_TRANSACTION },
	{ "role", SESSION, BY_TRANSACTION },
	{ "replication", SESSION, "brant speaks SQL only" },

	/* libpq's, where brant has a say */
	{ "host", HOST, NULL },
	{ "username", RENAMED, "user" },
	{ "database", RENAMED, "dbname" },
	{ "application_name", OURS, "brant gives its own name" },
	{ "fallback_application_name", OURS, "brant gives its own name" },
	{ "client_encoding", OURS, "brant speaks UTF8" },
	{ "sslmode", SSLMODE, NULL },
	{ "sslrootcert", SSLROOTCERT, NULL },
	{ "sslcert", SSLCERT, NULL },
	{ "port", RENAMED, "port" },
	{ "connect_timeout", WHOLE_NUMBER, NULL },
	{ "keepalives", WHOLE_NUMBER, NULL },
	{ "keepalives_idle", WHOLE_NUMBER, NULL },
	{ "keepalives_interval", WHOLE_NUMBER, NULL },
	{ "keepalives_count", WHOLE_NUMBER, NULL },
	{ "tcp_user_timeout", WHOLE_NUMBER, NULL },
};

void settings_set(struct arena *arena, struct settings *settings, const char *keyword, const char *value)
{
	for (size_t i = 0; i < settings->len; i++)
		if (strcmp(settings->ptr[i].name, keyword) == 0) {
			settings->ptr[i].value = value;
			return;
		}
	vec_push(arena, settings, (struct url_parameter){ .name = keyword, .value = value });
}

const char *settings_get(const struct settings *settings, const char *keyword)
{
	for (size_t i = 0; i < settings->len; i++)
		if (strcmp(settings->ptr[i].name, keyword) == 0)
			return settings->ptr[i].value;
	return NULL;
}

/* What the functions below work on. */
struct work {
	struct arena *arena;
	const struct url *url;
	struct settings *settings;
	struct target *target;
	struct err *err;
};

static void note(struct work *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void note(struct work *w, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *text = arena_vprintf(w->arena, fmt, args);
	va_end(args);
	vec_push(w->arena, &w->target->notes, str_of(text));
}

/* Names are repeated in notes, so they must be names; values only where they are small words. */
static bool is_word(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
	return n > 0 && n <= 40 && !text[n];
}

static bool in_url(const struct url *url, const char *name)
{
	for (size_t i = 0; i < url->parameters.len; i++)
		if (strcmp(url->parameters.ptr[i].name, name) == 0)
			return true;
	return false;
}

static bool set(struct work *w, const char *keyword, const char *value)
{
	settings_set(w->arena, w->settings, keyword, value);
	return true;
}

static bool bad_value(struct work *w, const char *name, const char *accepted)
{
	err_set(w->err, ERR_USAGE, "url-parameter", "the value of \"%s\" in the URL is not one that is known", name);
	return err_hint(w->err, "Values are %s.", accepted);
}

static bool is_one_of(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (str_eq_nocase(str_of(value), str_of(*words)))
			return true;
	return false;
}

static const char *const yes_words[] = { "true", "1", "yes", "on", "t", NULL };
static const char *const no_words[] = { "false", "0", "no", "off", "f", NULL };
static const char *const ssl_modes[] = { "disable", "allow", "prefer", "require", "verify-ca", "verify-full", NULL };

/* no-verify is node-postgres's word for what libpq calls require: encrypted, and nobody asks whose certificate it is. */
static bool take_sslmode(struct work *w, const char *name, const char *value)
{
	for (size_t i = 0; ssl_modes[i]; i++)
		if (str_eq_nocase(str_of(value), str_of(ssl_modes[i])))
			return set(w, "sslmode", ssl_modes[i]);
	if (strcmp(value, "no-verify") == 0)
		return set(w, "sslmode", "require");
	return bad_value(w, name, "disable, allow, prefer, require, verify-ca and verify-full");
}

/* sslmode says more, so it wins over ssl, wherever it stands. */
static bool take_ssl(struct work *w, const char *name, const char *value)
{
	if (in_url(w->url, "sslmode"))
		return true;
	if (is_one_of(value, yes_words) || !*value) /* JDBC: a bare "ssl" */
		return set(w, "sslmode", "require");
	if (is_one_of(value, no_words))
		return set(w, "sslmode", "disable");
	return take_sslmode(w, name, value);
}

/* libpq before 16 takes "system" for the name of a file. */
static const char *system_roots(void)
{
	static const char *const bundles[] = { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
					       "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem" };
	if (PQlibVersion() >= 160000)
		return "system";
	for (size_t i = 0; i < LEN(bundles); i++)
		if (access(bundles[i], R_OK) == 0)
			return bundles[i];
	return "system";
}

static bool take_sslrootcert(struct work *w, const char *value)
{
	return set(w, "sslrootcert", strcmp(value, "system") == 0 ? system_roots() : value);
}

/*
 * Prisma verifies against the system's roots unless sslcert names another; accept_invalid_certs is its default and asks for nothing
 * that libpq would do by itself.
 */
static bool take_sslaccept(struct work *w, const char *value)
{
	if (strcmp(value, "accept_invalid_certs") == 0)
		return true;
	if (strcmp(value, "strict") != 0)
		return bad_value(w, "sslaccept", "strict and accept_invalid_certs");
	if (!settings_get(w->settings, "sslrootcert") && !in_url(w->url, "sslcert"))
		set(w, "sslrootcert", system_roots());
	return set(w, "sslmode", "verify-full");
}

static bool take_sslcert(struct work *w, const char *value)
{
	bool prisma = in_url(w->url, "sslaccept") || in_url(w->url, "sslidentity");
	return set(w, prisma && !in_url(w->url, "sslkey") ? "sslrootcert" : "sslcert", value);
}

/* It goes into each transaction of a migration; no session ever has it. */
static bool take_path(struct work *w, const char *value)
{
	const char *path = sql_path(w->arena, str_of(value));
	if (path)
		w->target->search_path = path;
	else if (*value)
		note(w, "ignored search_path: it is no list of names");
	return true;
}

/* Only the first: JDBC's currentSchema may be a list. */
static bool take_schema(struct work *w, const char *name, const char *value)
{
	struct str first, rest;
	str_cut(str_of(value), ',', &first, &rest);
	first = str_trim(first);
	if (strcmp(name, "currentSchema") == 0)
		take_path(w, value);
	if (first.len)
		w->target->schema = str_dup(w->arena, first);
	return true;
}

/*
 * Words that a provider's proxy reads to find the database (Neon, Supabase, CockroachDB) are kept: the proxy takes them away.  All
 * else in options is a session setting, which PgBouncer answers with "unsupported startup parameter".
 */
static bool routes(struct str word)
{
	return str_starts(word, STR("project=")) || str_starts(word, STR("endpoint=")) ||
		str_starts(word, STR("reference=")) || str_starts(word, STR("--cluster="));
}

static void drop_option(struct work *w, struct str word)
{
	struct str name, value;
	str_cut(word, '=', &name, &value);
	const char *text = str_dup(w->arena, name);
	if (strcmp(text, "search_path") == 0) {
		take_path(w, str_dup(w->arena, value));
		return;
	}
	note(w, "ignored %s in options: " BY_TRANSACTION, is_word(text) ? text : "a setting");
}

/* "-c search_path=app endpoint=ep-1": words between spaces; "-c" and its setting are two words or one. */
static bool take_options(struct work *w, const char *value)
{
	struct buf kept = buf_init(w->arena);
	struct str rest = str_of(value), word;
	bool more = true;
	while (more) {
		/* Some drivers write the spaces as "+". */
		size_t end = rest.len ? 0 : rest.len;
		while (end < rest.len && rest.ptr[end] != ' ' && rest.ptr[end] != '+')
			end++;
		word = str_slice(rest, 0, end);
		more = end < rest.len;
		rest = more ? str_slice(rest, end + 1, rest.len) : (struct str){ 0 };
		if (routes(word)) {
			buf_text(&kept, kept.len ? " " : "");
			buf_str(&kept, word);
			continue;
		}
		if (str_starts(word, STR("--")) || str_starts(word, STR("-c")))
			word = str_slice(word, 2, word.len);
		if (word.len)
			drop_option(w, word);
	}
	return !kept.len || set(w, "options", kept.ptr);
}

/* SQLAlchemy repeats host=NAME:PORT for several hosts; a path is a socket's folder and may hold colons (Cloud SQL). */
static bool take_host(struct work *w, const char *value)
{
	const char *colon = strchr(value, ':');
	if (value[0] == '/' || !colon || strchr(colon + 1, ':'))
		return set(w, "host", value);
	struct buf hosts = buf_init(w->arena), ports = buf_init(w->arena);
	for (size_t i = 0; i < w->url->parameters.len; i++) {
		const struct url_parameter *p = &w->url->parameters.ptr[i];
		struct str host, port;
		if (strcmp(p->name, "host") != 0)
			continue;
		str_cut(str_of(p->value), ':', &host, &port);
		buf_text(&hosts, hosts.len ? "," : "");
		buf_str(&hosts, host);
		buf_text(&ports, hosts.len > host.len ? "," : "");
		buf_str(&ports, port);
	}
	set(w, "port", ports.ptr);
	return set(w, "host", hosts.ptr);
}

static bool take_number(struct work *w, const char *name, const char *value)
{
	unsigned long long number;
	if (str_to_u64(str_of(value), &number) && number <= 1000000)
		return set(w, name, value);
	note(w, "ignored %s: its value is not a whole number", name);
	return true;
}

/* The keywords of the libpq that runs, which may be newer than the one brant was built with. */
static bool libpq_knows(const char *name)
{
	PQconninfoOption *all = PQconndefaults();
	bool known = false;
	for (PQconninfoOption *o = all; o && o->keyword; o++)
		known = known || strcmp(o->keyword, name) == 0;
	PQconninfoFree(all);
	return known;
}

static bool take_other(struct work *w, const char *name, const char *value)
{
	if (!*value)
		return true;
	if (libpq_knows(name))
		return set(w, name, value);
	if (is_word(name))
		note(w, "ignored %s: neither libpq nor brant knows it", name);
	else
		note(w, "ignored a parameter that neither libpq nor brant knows");
	return true;
}

static bool drop(struct work *w, const struct parameter *p, const char *value)
{
	if (is_word(value) && strlen(value) <= 12)
		note(w, "ignored %s=%s: %s", p->name, value, p->other);
	else
		note(w, "ignored %s: %s", p->name, p->other);
	return true;
}

static bool take(struct work *w, const struct parameter *p, const char *value)
{
	switch (p->meaning) {
	case TUNING:
	case SESSION:
	case OURS:
		return drop(w, p, value);
	case RENAMED:
		if (strcmp(p->other, "connect_timeout") == 0)
			return in_url(w->url, p->other) || take_number(w, p->other, value);
		return set(w, p->other, value);
	case SSL:
		return take_ssl(w, p->name, value);
	case SSLMODE:
		return take_sslmode(w, p->name, value);
	case SSLACCEPT:
		return take_sslaccept(w, value);
	case SSLROOTCERT:
		return take_sslrootcert(w, value);
	case SSLCERT:
		return take_sslcert(w, value);
	case IDENTITY:
		note(w, "ignored sslidentity: libpq cannot read PKCS#12 files, it wants sslcert and sslkey");
		return true;
	case SCHEMA:
		return take_schema(w, p->name, value);
	case PATH:
		return take_path(w, value);
	case PGBOUNCER:
		w->target->says_pgbouncer = is_one_of(value, yes_words);
		return true;
	case OPTIONS:
		return take_options(w, value);
	case HOST:
		return take_host(w, value);
	case WHOLE_NUMBER:
		return take_number(w, p->name, value);
	}
	return true;
}

static const struct parameter *find(const char *name)
{
	for (size_t i = 0; i < LEN(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

bool parameters_apply(struct arena *arena, const struct url *url, struct settings *settings, struct target *target,
		      struct err *err)
{
	struct work work = { .arena = arena, .url = url, .settings = settings, .target = target, .err = err };
	for (size_t i = 0; i < url->parameters.len; i++) {
		const struct url_parameter *given = &url->parameters.ptr[i];
		const struct parameter *known = find(given->name);
		if (known ? !take(&work, known, given->value) : !take_other(&work, given->name, given->value))
			return false;
	}
	/* With the system's roots anybody's certificate would do, so the name has to be checked too (libpq 16 insists). */
	const char *roots = settings_get(settings, "sslrootcert");
	if (roots && strcmp(roots, system_roots()) == 0)
		settings_set(arena, settings, "sslmode", "verify-full");
	/* sslpassword is for sslkey; Prisma's is for the PKCS#12 file that was dropped. */
	if (in_url(url, "sslidentity") && !in_url(url, "sslkey"))
		settings_set(arena, settings, "sslpassword", NULL);
	return true;
}
