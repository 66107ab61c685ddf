/*
 * Database URLs as people have them.  Every password in this file contains "S3cr", and no text that comes out of the parser may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "db/advice.h"
#include "db/kept.h"
#include "db/stand_in.h"
#include "db/target.h"

struct good {
	const char *url;
	const char *host, *port, *user, *password, *database;
	const char *keyword, *value; /* one more setting, or NULL */
	const char *note;            /* a note has this in it; NULL: there is none */
};

#define DOTENV "DATABASE_URL in .env"

static const struct good good[] = {
	/* plain */
	{ "postgres://app:S3cret@db.example.com:6543/shop", "db.example.com", "6543", "app", "S3cret", "shop" },
	{ "postgresql://app:S3cret@db.example.com/shop", "db.example.com", NULL, "app", "S3cret", "shop" },
	{ "POSTGRESQL://app:S3cret@db.example.com/shop", "db.example.com", NULL, "app", "S3cret", "shop" },
	{ "postgresql://db.example.com", "db.example.com", NULL, NULL, NULL, NULL },
	{ "postgresql://", NULL, NULL, NULL, NULL, NULL },
	{ "postgresql:///shop", NULL, NULL, NULL, NULL, "shop" },
	{ "postgresql://app@h/shop/", "h", NULL, "app", NULL, "shop" },
	{ "postgresql://app:@h/shop", "h", NULL, "app", NULL, "shop" },
	{ "postgresql://:S3cr@h/shop", "h", NULL, NULL, "S3cr", "shop" },
	{ "postgresql://h:/shop", "h", NULL, NULL, NULL, "shop" },
	{ "postgresql://abcdef:S3cret@db.p.powabase.ai:5432/abcdef", "db.p.powabase.ai", "5432", "abcdef", "S3cret",
	  "abcdef" },

	/* "prisma dev": {"databaseUrl":"postgres://postgres:S3cret@localhost:51214/template1?sslmode=disable&connection_limit=1"} */
	{ "prisma+postgres://localhost:51213/?api_key=eyJkYXRhYmFzZVVybCI6InBvc3RncmVzOi8vcG9zdGdyZXM6UzNjcmV0QGxvY2FsaG9zdDo1MTIxNC90ZW1wbGF0ZTE_c3NsbW9kZT1kaXNhYmxlJmNvbm5lY3Rpb25fbGltaXQ9MSJ9",
	  "localhost", "51214", "postgres", "S3cret", "template1", "sslmode", "disable", "connection_limit" },

	/* what stands around it */
	{ "  postgres://u:S3cr@h/d\n", "h", NULL, "u", "S3cr", "d" },
	{ "\"postgres://u:S3cr@h/d\"", "h", NULL, "u", "S3cr", "d" },
	{ "'postgres://u:S3cr@h/d'\r\n", "h", NULL, "u", "S3cr", "d" },
	{ "'\"postgres://u:S3cr@h/d\"'", "h", NULL, "u", "S3cr", "d" },
	{ "\xef\xbb\xbfpostgres://u:S3cr@h/d", "h", NULL, "u", "S3cr", "d" },
	{ "DATABASE_URL=postgres://u:S3cr@h/d", "h", NULL, "u", "S3cr", "d" },
	{ "export DATABASE_URL = \"postgres://u:S3cr@h/d\"", "h", NULL, "u", "S3cr", "d" },
	{ "psql 'postgres://u:S3cr@h/d'", "h", NULL, "u", "S3cr", "d" },

	/* other tools' schemes */
	{ "postgresql+psycopg://u:S3cr@h/d", "h", NULL, "u", "S3cr", "d" },
	{ "postgresql+psycopg2://u:S3cr@h/d", "h", NULL, "u", "S3cr", "d" },
	{ "postgresql+asyncpg://u:S3cr@h/d?ssl=require", "h", NULL, "u", "S3cr", "d", "sslmode", "require" },
	{ "postgresql+psycopg_async://u:S3cr@h/d", "h", NULL, "u", "S3cr", "d" },
	{ "postgresql+psycopg2cffi://u:S3cr@h/d", "h", NULL, "u", "S3cr", "d" },
	{ "postgres+pool://u:S3cr@h/d", "h", NULL, "u", "S3cr", "d" },
	{ "jdbc:postgresql://h:1/d?user=u&password=S3cr", "h", "1", "u", "S3cr", "d" },
	{ "postgis://u:S3cr@h/d", "h", NULL, "u", "S3cr", "d" },

	/* percent-encoding */
	{ "postgres://us%40er:S3cr%2F%3A%40%23%25@h/d%20b", "h", NULL, "us@er", "S3cr/:@#%", "d b" },
	{ "postgres://u:S3cr+x@h/d", "h", NULL, "u", "S3cr+x", "d" },
	{ "postgres://u:S3cr%C3%A9@h/d", "h", NULL, "u", "S3cr\xc3\xa9", "d" },

	/* passwords that nobody encoded */
	{ "postgres://u:S3cr@x@h/d", "h", NULL, "u", "S3cr@x", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr#x@h/d", "h", NULL, "u", "S3cr#x", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr/x@h/d", "h", NULL, "u", "S3cr/x", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr?x@h/d", "h", NULL, "u", "S3cr?x", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr:x@h/d", "h", NULL, "u", "S3cr:x", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr[x@h/d", "h", NULL, "u", "S3cr[x", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr%x@h/d", "h", NULL, "u", "S3cr%x", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:50%S3cr@h/d", "h", NULL, "u", "50%S3cr", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr/x@y@h:1/d", "h", "1", "u", "S3cr/x@y", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S@3cr/w@h/d?sslmode=require", "h", NULL, "u", "S@3cr/w", "d", "sslmode", "require",
	  "should be encoded" },
	{ "postgres://u:/S3cr@h/d", "h", NULL, "u", "/S3cr", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:12/S3cr@h/d", "h", NULL, "u", "12/S3cr", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:12?S3cr@h/d", "h", NULL, "u", "12?S3cr", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr?a/b#c@h/d?schema=x", "h", NULL, "u", "S3cr?a/b#c", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr/a@h/b@i/d", "i", NULL, "u", "S3cr/a@h/b", "d", NULL, NULL, "should be encoded" },
	{ "postgres://u:S3cr$dollar&amp!@h/d", "h", NULL, "u", "S3cr$dollar&amp!", "d" },
	{ "postgres://u:S3cr x@h/d", "h", NULL, "u", "S3cr x", "d" },
	{ "postgres://me@corp.com:S3cr@h/d", "h", NULL, "me@corp.com", "S3cr", "d" },
	{ "postgres://h/d?user=me@corp.com&password=S3cr", "h", NULL, "me@corp.com", "S3cr", "d" },

	/* hosts */
	{ "postgres://u@[::1]:6432/d", "::1", "6432", "u", NULL, "d" },
	{ "postgres://u@[fe80::1%25eth0]/d", "fe80::1%eth0", NULL, "u", NULL, "d" },
	{ "postgres://u@[dead:beef::]/d", "dead:beef::", NULL, "u", NULL, "d" },
	{ "postgres://u@h1:1,h2:2/d?target_session_attrs=primary", "h1,h2", "1,2", "u", NULL, "d",
	  "target_session_attrs", "primary" },
	{ "postgres://u@h1,h2:2/d", "h1,h2", ",2", "u", NULL, "d" },
	{ "postgres://u@h1,h2/d", "h1,h2", NULL, "u", NULL, "d" },
	{ "postgres://u@[::1]:1,[::2]:2/d", "::1,::2", "1,2", "u", NULL, "d" },
	{ "postgresql://u:S3cr@/d?host=h1:1&host=h2:2", "h1,h2", "1,2", "u", "S3cr", "d" },
	{ "postgresql://u:S3cr@/d?host=h1:1", "h1", "1", "u", "S3cr", "d" },
	{ "postgres://my_service-1.internal/d", "my_service-1.internal", NULL, NULL, NULL, "d" },
	{ "postgres://%2Fvar%2Frun%2Fpostgresql:5433/d", "/var/run/postgresql", "5433", NULL, NULL, "d" },
	{ "postgresql:///d?host=/var/run/postgresql&port=5433", "/var/run/postgresql", "5433", NULL, NULL, "d" },
	{ "postgresql://u:S3cr@localhost/d?host=/cloudsql/p:r:i", "/cloudsql/p:r:i", NULL, "u", "S3cr", "d" },

	/* name=value */
	{ "host=h port=6543 user=u password=S3cr dbname=d", "h", "6543", "u", "S3cr", "d" },
	{ "host = h  dbname = d password = 'S3 cr\\'x\\\\'", "h", NULL, NULL, "S3 cr'x\\", "d" },
	{ "host=h password=S3\\ cr dbname=d", "h", NULL, NULL, "S3 cr", "d" },
	{ "host=h password=S3cr#@/:? sslmode=require", "h", NULL, NULL, "S3cr#@/:?", NULL, "sslmode", "require" },
	{ "host=/tmp dbname=''", "/tmp", NULL, NULL, NULL, NULL },
	{ "dbname=d pgbouncer=true connection_limit=1", NULL, NULL, NULL, NULL, "d", NULL, NULL,
	  "ignored connection_limit=1" },
	{ "service=prod", NULL, NULL, NULL, NULL, NULL, "service", "prod" },

	/* libpq's parameters */
	{ "postgres://h/d?sslmode=verify-full&sslrootcert=/x/ca.pem", "h", NULL, NULL, NULL, "d", "sslrootcert",
	  "/x/ca.pem" },
	{ "postgres://h/d?sslmode=no-verify", "h", NULL, NULL, NULL, "d", "sslmode", "require" },
	{ "postgres://h/d?sslmode=REQUIRE", "h", NULL, NULL, NULL, "d", "sslmode", "require" },
	{ "postgres://h/d?sslcert=/c&sslkey=/k", "h", NULL, NULL, NULL, "d", "sslcert", "/c" },
	{ "postgres://h/d?channel_binding=require", "h", NULL, NULL, NULL, "d", "channel_binding", "require" },
	{ "postgres://h/d?connect_timeout=3", "h", NULL, NULL, NULL, "d", "connect_timeout", "3" },
	{ "postgres://h/d?connect_timeout=3s", "h", NULL, NULL, NULL, "d", "connect_timeout", "10",
	  "ignored connect_timeout" },
	{ "postgres://h/d", "h", NULL, NULL, NULL, "d", "connect_timeout", "10" },
	{ "postgres://h/d", "h", NULL, NULL, NULL, "d", "gssencmode", "disable" },
	{ "postgres://h/d?gssencmode=prefer", "h", NULL, NULL, NULL, "d", "gssencmode", "prefer" },
	{ "postgres://h/d?keepalives_idle=7", "h", NULL, NULL, NULL, "d", "keepalives_idle", "7" },
	{ "postgres://h/d", "h", NULL, NULL, NULL, "d", "keepalives_idle", "30" },
	{ "postgres://h/d", "h", NULL, NULL, NULL, "d", "client_encoding", "UTF8" },
	{ "postgres://h/d?client_encoding=latin1", "h", NULL, NULL, NULL, "d", "client_encoding", "UTF8",
	  "client_encoding" },
	{ "postgres://h/d", "h", NULL, NULL, NULL, "d", "sslmode", NULL },
	{ "postgres://h/d?application_name=web", "h", NULL, NULL, NULL, "d", "application_name", NULL,
	  "application_name" },
	{ "postgres://h/d?hostaddr=10.0.0.1", "h", NULL, NULL, NULL, "d", "hostaddr", "10.0.0.1" },
	{ "postgres://h/d?replication=database", "h", NULL, NULL, NULL, "d", "replication", NULL, "replication" },
	{ "postgres://u@h/d?dbname=e&user=v&port=9", "h", "9", "v", NULL, "e" },

	/* other drivers' */
	{ "postgres://h/d?pgbouncer=true&connection_limit=1", "h", NULL, NULL, NULL, "d", NULL, NULL,
	  "ignored connection_limit=1" },
	{ "postgres://h/d?pool_timeout=20", "h", NULL, NULL, NULL, "d", NULL, NULL, "ignored pool_timeout=20" },
	{ "postgres://h/d?prepare=false", "h", NULL, NULL, NULL, "d", NULL, NULL, "ignored prepare=false" },
	{ "postgres://h/d?statement_cache_size=0", "h", NULL, NULL, NULL, "d", NULL, NULL, "statement_cache_size" },
	{ "postgres://h/d?sslaccept=strict&sslcert=/ca.pem", "h", NULL, NULL, NULL, "d", "sslrootcert", "/ca.pem" },
	{ "postgres://h/d?sslaccept=strict&sslcert=/ca.pem", "h", NULL, NULL, NULL, "d", "sslmode", "verify-full" },
	{ "postgres://h/d?sslcert=/ca.pem&sslaccept=accept_invalid_certs", "h", NULL, NULL, NULL, "d", "sslcert",
	  NULL },
	{ "postgres://h/d?sslaccept=accept_invalid_certs", "h", NULL, NULL, NULL, "d", "sslmode", NULL },
	{ "postgres://h/d?sslidentity=c.p12&sslpassword=S3cr", "h", NULL, NULL, NULL, "d", "sslpassword", NULL,
	  "sslidentity" },
	{ "postgres://h/d?sslkey=k&sslpassword=S3cr", "h", NULL, NULL, NULL, "d", "sslpassword", "S3cr" },
	{ "postgres://h/d?ssl=true", "h", NULL, NULL, NULL, "d", "sslmode", "require" },
	{ "postgres://h/d?ssl=1", "h", NULL, NULL, NULL, "d", "sslmode", "require" },
	{ "postgres://h/d?ssl=false", "h", NULL, NULL, NULL, "d", "sslmode", "disable" },
	{ "postgres://h/d?ssl=prefer", "h", NULL, NULL, NULL, "d", "sslmode", "prefer" },
	{ "postgres://h/d?sslmode=verify-full&ssl=true", "h", NULL, NULL, NULL, "d", "sslmode", "verify-full" },
	{ "postgres://h/d?ssl=true&sslmode=verify-full", "h", NULL, NULL, NULL, "d", "sslmode", "verify-full" },
	{ "postgres://h/d?sslrootcert=system&sslmode=require", "h", NULL, NULL, NULL, "d", "sslmode", "verify-full" },
	{ "postgres://h/d?timeout=4", "h", NULL, NULL, NULL, "d", "connect_timeout", "4" },
	{ "postgres://h/d?colour=blue", "h", NULL, NULL, NULL, "d", NULL, NULL, "ignored colour: neither" },
	{ "postgres://h/d?search_path=app", "h", NULL, NULL, NULL, "d", "search_path", NULL },
	{ "postgres://h/d?search_path=my-app", "h", NULL, NULL, NULL, "d", "search_path", NULL,
	  "ignored search_path: it is no list of names" },
	{ "postgres://h/d?supa=base-pooler.x&workaround=1", "h", NULL, NULL, NULL, "d", NULL, NULL, "ignored supa" },

	/* options */
	{ "postgres://h/d?options=-c%20work_mem%3D1MB", "h", NULL, NULL, NULL, "d", "options", NULL,
	  "ignored work_mem in options" },
	{ "postgres://h/d?options=-cwork_mem%3D1MB", "h", NULL, NULL, NULL, "d", "options", NULL,
	  "ignored work_mem in options" },
	{ "postgres://h/d?options=--work_mem%3D1MB", "h", NULL, NULL, NULL, "d", "options", NULL,
	  "ignored work_mem in options" },
	{ "postgres://h/d?options=endpoint%3Dep-1", "h", NULL, NULL, NULL, "d", "options", "endpoint=ep-1" },
	{ "postgres://h/d?options=project%3Dep-1", "h", NULL, NULL, NULL, "d", "options", "project=ep-1" },
	{ "postgres://h/d?options=reference%3Dabc", "h", NULL, NULL, NULL, "d", "options", "reference=abc" },
	{ "postgres://h/d?options=endpoint%3Dep-1%20-c%20lock_timeout%3D1s", "h", NULL, NULL, NULL, "d", "options",
	  "endpoint=ep-1", "ignored lock_timeout in options" },
};

static const struct {
	const char *url, *path;
} paths[] = {
	{ "postgres://h/d", NULL },
	{ "postgres://h/d?search_path=app", "app" },
	{ "postgres://h/d?search_path=app,public", "app, public" },
	{ "postgres://h/d?search_path=App,%22My%20App%22,%22$user%22", "app, \"My App\", \"$user\"" },
	{ "postgres://h/d?search_path=app%3Bdrop", NULL },
	{ "postgres://h/d?search_path=", NULL },
	{ "postgres://h/d?currentSchema=app,public", "app, public" },
	{ "postgres://h/d?schema=app", NULL },
	{ "postgres://h/d?options=-c%20search_path%3Dapp", "app" },
	{ "postgres://h/d?options=-csearch_path%3Dapp", "app" },
	{ "postgres://h/d?options=--search_path%3Dapp%20endpoint%3Dep-1", "app" },
};

struct bad {
	const char *url, *name;
	const char *hint; /* is part of the hint */
};

static const struct bad bad[] = {
	{ "", "url-empty", NULL },
	{ " \n", "url-empty", NULL },
	{ "\"\"", "url-empty", NULL },
	{ "mysql://u:S3cr@h/d", "url-scheme", "PostgreSQL" },
	{ "jdbc:mysql://u:S3cr@h/d", "url-scheme", "PostgreSQL" },
	{ "mysql+pymysql://u:S3cr@h/d", "url-scheme", "PostgreSQL" },
	{ "mysql://u:S3cr@tcp(h:3306)/d", "url-scheme", "PostgreSQL" },
	{ "sqlite:///./S3cr.db", "url-scheme", NULL },
	{ "file:./S3cr.db", "url-scheme", "postgresql://" },
	{ "mongodb+srv://u:S3cr@h/d", "url-scheme", NULL },
	{ "https://abc.example.co", "url-scheme", "API" },
	{ "prisma://accelerate.prisma-data.net/?api_key=S3cr", "url-scheme", "direct" },
	{ "prisma+postgres://accelerate.prisma-data.net/?api_key=S3cr", "url-scheme", "direct" },
	{ "prisma+postgres://localhost:51213/?api_key=S3cr", "url-scheme", "prisma dev" },
	{ "prisma+postgres://localhost:51213/", "url-scheme", "prisma dev" },
	{ "prisma+postgres://localhost.example.com/?api_key=eyJkYXRhYmFzZVVybCI6InBvc3RncmVzOi8vdTpTM2NyZXRAaC9kIn0=",
	  "url-scheme", "direct" },
	{ "u:S3cr@h:5432/d", "url-scheme", "postgresql://" },
	{ "//u:S3cr@h:5432/d", "url-scheme", "postgresql://" },
	{ "h", "url-scheme", "postgresql://" },
	{ "u:S3cr://x@h/d", "url-scheme", NULL },
	{ "postgres:u:S3cr@h", "url-scheme", "postgresql://" },
	{ "postgres://u:[YOUR-PASSWORD]@h/d", "url-placeholder", "YOUR-PASSWORD" },
	{ "postgres://u:[S3cr-password]@h/d", "url-placeholder", NULL },
	{ "postgres://u:<password>@h/d", "url-placeholder", NULL },
	{ "postgres://u:{password}@h/d", "url-placeholder", NULL },
	{ "postgres://u:{{ PASSWORD }}@h/d", "url-placeholder", NULL },
	{ "postgres://u:${DB_PASS}@h/d", "url-placeholder", NULL },
	{ "postgres://u:$DB_PASS@h/d", "url-placeholder", NULL },
	{ "postgres://u:$PASSWORD@h/d", "url-placeholder", NULL },
	{ "postgres://u:****@h/d", "url-placeholder", NULL },
	{ "postgres://u:*********@h/d", "url-placeholder", NULL },
	{ "postgres://u:YOUR_PASSWORD@h/d", "url-placeholder", NULL },
	{ "postgres://u:%5BYOUR-PASSWORD%5D@h/d", "url-placeholder", NULL },
	{ "postgres://u:S3cr@<host>:5432/d", "url-placeholder", NULL },
	{ "postgres://[user]:S3cr@h/d", "url-placeholder", NULL },
	{ "postgres://u:S3cr@db.[project-ref].example.co:5432/postgres", "url-host", NULL },
	{ "postgres://u:S3cr@h:${PORT}/d", "url-placeholder", NULL },
	{ "host=h password=<password>", "url-placeholder", NULL },
	{ "${DATABASE_URL}", "url-placeholder", NULL },
	{ "$DATABASE_URL", "url-placeholder", NULL },
	{ "postgres://u:S3cr@h:abc/d", "url-port", "%3A" },
	{ "postgres://u:S3cr@h:0/d", "url-port", NULL },
	{ "postgres://u:S3cr@h:65536/d", "url-port", NULL },
	{ "postgres://u:S3cr@h:99999999999999999999/d", "url-port", NULL },
	{ "postgres://u:S3cr/word", "url-port", "%40" },
	{ "postgres://h/d?port=S3cr", "url-port", NULL },
	{ "postgres://u:S3cr@::1:5432/d", "url-host", "brackets" },
	{ "postgres://u:S3cr@[::1/d", "url-host", NULL },
	{ "postgres://u:S3cr@[]/d", "url-host", NULL },
	{ "postgres://u:S3cr@[::1]x/d", "url-host", NULL },
	{ "postgres://u:S3cr@ h/d", "url-host", NULL },
	{ "postgres://u:S3cr@h;x/d", "url-host", NULL },
	{ "postgres://u:S3cr/a@h/d?x=b@i/e", "url-ambiguous", "%40" },
	{ "postgres://u:S3cr/a@h/d?options=x@y", "url-ambiguous", "%40" },
	{ "postgres://u:S3cr%41%zz@h/d", "url-encoding", "%25" },
	{ "postgres://u:S3cr%00@h/d", "url-encoding", NULL },
	{ "postgres://u%zz:S3cr@h/d", "url-encoding", NULL },
	{ "postgres://h/d?a%00=x", "url-encoding", NULL },
	{ "postgres://h/d%0A", "url-encoding", NULL },
	{ "postgres://h/%1b[31m", "url-encoding", NULL },
	{ "postgres://h/%ff", "url-encoding", NULL },
	{ "postgres://u:S3cr\n@h/d", "url-shape", "pasted" },
	{ "postgres://u:S3cr@h/\xff", "url-shape", NULL },
	{ "host=h password='S3cr", "url-shape", "host=HOST" },
	{ "host=h S3cr", "url-shape", NULL },
	{ "host=h =S3cr", "url-shape", NULL },
	{ "Host=h;Username=u;Password=S3cr;Database=d", "url-shape", NULL },
	{ "postgres://h/d?sslmode=S3cr", "url-parameter", "verify-full" },
	{ "postgres://h/d?ssl=S3cr", "url-parameter", NULL },
	{ "postgres://h/d?sslaccept=S3cr", "url-parameter", "strict" },
};

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	static const char *const variables[] = { "PGHOST",       "PGPORT",     "PGUSER",
						 "PGDATABASE",   "PGSSLMODE",  "PGCONNECT_TIMEOUT",
						 "PGGSSENCMODE", "PGPASSWORD", "PGSERVICE" };
	for (size_t i = 0; i < LEN(variables); i++)
		unsetenv(variables[i]);
	arena = arena_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void no_secret(const char *text)
{
	if (text && strstr(text, "S3"))
		fail_msg("a secret shows in \"%s\"", text);
}

static void same(const char *url, const char *what, const char *is, const char *should)
{
	if ((is == NULL) != (should == NULL) || (is && strcmp(is, should) != 0))
		fail_msg("%s: %s is \"%s\", not \"%s\"", url, what, is ? is : "(none)", should ? should : "(none)");
}

static bool has_note(const struct target *target, const char *part)
{
	for (size_t i = 0; i < target->notes.len; i++)
		if (str_find(target->notes.ptr[i], str_of(part)) >= 0)
			return true;
	return false;
}

static void check_good(const struct good *g)
{
	struct target t;
	struct err err = { .arena = arena };
	if (!target_parse(arena, g->url, DOTENV, &t, &err))
		fail_msg("%s: %s", g->url, err.message);
	same(g->url, "host", target_setting(&t, "host"), g->host);
	same(g->url, "port", t.port, g->port);
	same(g->url, "user", t.user, g->user);
	same(g->url, "password", target_setting(&t, "password"), g->password);
	same(g->url, "database", t.database, g->database);
	if (g->keyword)
		same(g->url, g->keyword, target_setting(&t, g->keyword), g->value);
	if (g->note && !has_note(&t, g->note))
		fail_msg("%s: no note has \"%s\"", g->url, g->note);
	if (!g->note && t.notes.len)
		fail_msg("%s: has the note \"%s\"", g->url, t.notes.ptr[0].ptr);
	no_secret(t.shown);
	for (size_t i = 0; i < t.notes.len; i++)
		no_secret(str_dup(arena, t.notes.ptr[i]));
}

static void reads_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(good); i++)
		check_good(&good[i]);
}

static void refuses_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(bad); i++) {
		struct target t;
		struct err err = { .arena = arena };
		if (target_parse(arena, bad[i].url, DOTENV, &t, &err))
			fail_msg("%s: was accepted, host \"%s\"", bad[i].url, t.host ? t.host : "");
		same(bad[i].url, "name", err.name, bad[i].name);
		assert_int_equal(err.code, ERR_USAGE);
		if (bad[i].hint && (!err.hint || !strstr(err.hint, bad[i].hint)))
			fail_msg("%s: the hint \"%s\" lacks \"%s\"", bad[i].url, err.hint ? err.hint : "", bad[i].hint);
		if (strncmp(err.message, DOTENV ": ", strlen(DOTENV) + 2) != 0)
			fail_msg("%s: the message \"%s\" does not say where the URL came from", bad[i].url,
				 err.message);
		no_secret(err.message);
		no_secret(err.detail);
		no_secret(err.hint);
	}
}

static void refuses_long_urls(void **state)
{
	(void)state;
	struct target t;
	struct err err = { .arena = arena };
	char *url = arena_alloc(arena, 20001);
	memset(url, 'x', 20000);
	memcpy(url, "postgres://", 11);
	assert_false(target_parse(arena, url, "--url", &t, &err));
	assert_string_equal(err.name, "url-shape");
}

static void shows_targets(void **state)
{
	(void)state;
	static const char *const table[][2] = {
		{ "postgres://u:S3cr@db.example.com:6543/shop", "shop on db.example.com:6543 as u" },
		{ "postgres://u:S3cr@db.example.com/shop", "shop on db.example.com:5432 as u" },
		{ "postgres://u:S3cr@db.example.com", "u on db.example.com:5432 as u" },
		{ "postgres://u@[::1]:1/d", "d on [::1]:1 as u" },
		{ "postgres://u@h1:1,h2/d", "d on h1:1,h2:5432 as u" },
		{ "host=h1,h2 port=7 dbname=d", "d on h1:7,h2:7" },
		{ "postgres://u@/d?host=/tmp", "d on /tmp as u" },
		{ "postgres://u@/d?host=/tmp&port=5433", "d on /tmp:5433 as u" },
		{ "postgresql://", "the default database on the local socket" },
		{ "service=prod", "service prod" },
	};
	for (size_t i = 0; i < LEN(table); i++) {
		struct target t;
		struct err err = { .arena = arena };
		assert_true(target_parse(arena, table[i][0], "--url", &t, &err));
		same(table[i][0], "shown", t.shown, table[i][1]);
	}
}

static void shows_the_environment(void **state)
{
	(void)state;
	struct target t;
	struct err err = { .arena = arena };
	setenv("PGHOST", "db", 1);
	setenv("PGUSER", "me", 1);
	setenv("PGCONNECT_TIMEOUT", "77", 1);
	setenv("PGGSSENCMODE", "prefer", 1);
	assert_true(target_parse(arena, "postgresql:///d", "--url", &t, &err));
	assert_string_equal(t.shown, "d on db:5432 as me");
	assert_null(t.host);
	assert_null(target_setting(&t, "connect_timeout"));
	assert_null(target_setting(&t, "gssencmode"));
}

static void keeps_schema_and_pgbouncer(void **state)
{
	(void)state;
	struct target t;
	struct err err = { .arena = arena };
	assert_true(target_parse(arena, "postgres://h/d?schema=app&pgbouncer=true", "--url", &t, &err));
	assert_string_equal(t.schema, "app");
	assert_true(t.says_pgbouncer);
	assert_true(target_parse(arena, "jdbc:postgresql://h/d?currentSchema=a,b&pgbouncer=false", "--url", &t, &err));
	assert_string_equal(t.schema, "a");
	assert_false(t.says_pgbouncer);
	assert_true(target_parse(arena, "postgres://h/d", "--url", &t, &err));
	assert_null(t.schema);
}

static void scrubs_passwords(void **state)
{
	(void)state;
	struct target t;
	struct err err = { .arena = arena };
	assert_true(target_parse(arena, "postgres://u:S3cret@h/d", "--url", &t, &err));
	assert_string_equal(target_scrub(arena, &t, "a S3cret b S3cret"), "a *** b ***");
	assert_string_equal(target_scrub(arena, &t, "nothing"), "nothing");
	assert_true(target_parse(arena, "postgres://postgres:postgres@h/d", "--url", &t, &err));
	assert_string_equal(target_scrub(arena, &t, "user postgres"), "user postgres");
}

static void cleans_the_environment(void **state)
{
	(void)state;
	struct strs notes = { 0 };
	setenv("PGOPTIONS", "-c S3cr=1", 1);
	target_clean_environment(arena, &notes);
	assert_null(getenv("PGOPTIONS"));
	assert_int_equal(notes.len, 1);
	no_secret(str_dup(arena, notes.ptr[0]));
	target_clean_environment(arena, &notes);
	assert_int_equal(notes.len, 1);
}

/* What libpq 15, PgBouncer 1.18 and providers say, and what it means. */
static const struct advised {
	const char *url, *text, *name, *hint;
} advised[] = {
	{ "postgres://u@h/d",
	  "connection to server at \"h\" (1.2.3.4), port 5432 failed: Connection refused\n"
	  "\tIs the server running on that host and accepting TCP/IP connections?",
	  "connect-refused", "port" },
	{ "postgres://u@localhost/d",
	  "connection to server at \"localhost\" (::1), port 5432 failed: Connection refused\n"
	  "connection to server at \"localhost\" (127.0.0.1), port 5432 failed: Connection refused",
	  "connect-refused", "brant dev start" },
	{ "postgres://u@localhost/d",
	  "connection to server at \"localhost\" (::1), port 5432 failed: Connection refused\n"
	  "connection to server at \"localhost\" (127.0.0.1), port 5432 failed: FATAL:  password "
	  "authentication failed for user \"u\"",
	  "password-wrong", "%40" },
	{ "postgres://u:postgres@db.example.com/d", "FATAL:  password authentication failed for user \"u\"",
	  "password-wrong", "console" },
	{ "postgres://u:S3%25cr@h/d", "FATAL:  password authentication failed for user \"u\"", "password-wrong",
	  "%25" },
	{ "postgres://u@h/d", "FATAL:  SASL authentication failed", "password-wrong", NULL },
	{ "postgres://u@h/d",
	  "connection to server at \"h\" (1.2.3.4), port 5432 failed: fe_sendauth: no password supplied",
	  "password-missing", "PGPASSWORD" },
	{ "postgres://u@h/d", "could not translate host name \"h\" to address: Name or service not known",
	  "host-unknown", "spelling" },
	{ "postgres://u@h/d", "could not translate host name \"h\" to address: Temporary failure in name resolution",
	  "host-unknown", "online" },
	{ "postgres://u@h/d", "connection to server at \"h\" (1.2.3.4), port 5432 failed: timeout expired",
	  "connect-timeout", "firewall" },
	{ "postgres://u@h/d", "connection to server at \"h\" (1.2.3.4), port 5432 failed: Connection timed out",
	  "connect-timeout", NULL },
	{ "postgres://u@db.abc.supabase.co/d",
	  "connection to server at \"x\" (2a05::1), port 5432 failed: Network is unreachable", "host-unreachable",
	  "pooler" },
	{ "postgres://u@h/d", "connection to server at \"h\" (1.2.3.4), port 5432 failed: No route to host",
	  "host-unreachable", NULL },
	{ "postgres://u@h/d", "FATAL:  database \"d\" does not exist", "database-missing", "project" },
	{ "postgres://u@h", "FATAL:  no such database: u", "database-missing", "names no database" },
	{ "postgres://u@h/d", "FATAL:  role \"u\" does not exist", "user-unknown", NULL },
	{ "postgres://u@h/d", "FATAL:  sorry, too many clients already", "too-many-clients", NULL },
	{ "postgres://u@h/d",
	  "FATAL:  remaining connection slots are reserved for non-replication superuser connections",
	  "too-many-clients", NULL },
	{ "postgres://u@h/d", "FATAL:  no more connections allowed (max_client_conn)", "too-many-clients", NULL },
	{ "postgres://u@h/d", "FATAL:  MaxClientsInSessionMode: max clients reached - in Session mode",
	  "too-many-clients", NULL },
	{ "postgres://u@h/d", "FATAL:  query_wait_timeout", "pooler-busy", "free server connection" },
	{ "postgres://u@h/d", "FATAL:  server login has been failing, try again later (server_login_retry)",
	  "pooler-login-failed", NULL },
	{ "postgres://u@h/d",
	  "FATAL:  no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", no encryption",
	  "tls-required", "sslmode=require" },
	{ "postgres://u@h/d",
	  "FATAL:  no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", SSL encryption",
	  "login-denied", NULL },
	{ "postgres://u@h/d", "FATAL:  SSL required", "tls-required", "sslmode=require" },
	{ "postgres://u@h/d", "server does not support SSL, but SSL was required", "tls-unavailable", NULL },
	{ "postgres://u@h/d", "SSL error: certificate verify failed", "tls-failed", "sslrootcert" },
	{ "postgres://u@h/d", "root certificate file \"/root/.postgresql/root.crt\" does not exist", "tls-failed",
	  "sslrootcert=system" },
	{ "postgres://u@h/d", "server certificate for \"a\" does not match host name \"b\"", "tls-failed",
	  "another name" },
	{ "postgres://u@h/d", "FATAL:  unsupported startup parameter: options", "startup-parameter", "PGOPTIONS" },
	{ "postgres://u@h/d", "FATAL:  unsupported startup parameter in options: search_path", "startup-parameter",
	  NULL },
	{ "postgres://u@h/d", "FATAL:  Tenant or user not found", "user-unknown", "USER.PROJECT" },
	{ "postgres://u@h/d", "FATAL:  the database system is starting up", "server-starting", NULL },
	{ "postgres://u@h/d", "expected authentication request from server, but received H", "not-postgres", NULL },
	{ "postgres://u@h/d", "server closed the connection unexpectedly", "connect-closed", NULL },
	{ "postgres://u@h/d", "connection to server on socket \"/tmp/.s.PGSQL.5432\" failed: No such file or directory",
	  "connect-refused", "socket" },
	{ "postgres://u@h/d", "FATAL:  Peer authentication failed for user \"u\"", "peer-failed", NULL },
	{ "postgres://u:S3cret@h/d", "something new about S3cret", "connect-failed", NULL },
};

static void explains_failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(advised); i++) {
		const struct advised *a = &advised[i];
		struct target t;
		struct err err = { .arena = arena };
		assert_true(target_parse(arena, a->url, "--url", &t, &err));
		err_set(&err, ERR_FAILED, "connect-failed", "could not connect to %s", t.shown);
		err_detail(&err, "%s", a->text);
		advice_for_connect(&err, &t);
		same(a->text, "name", err.name, a->name);
		if (a->hint && (!err.hint || !strstr(err.hint, a->hint)))
			fail_msg("%s: the hint \"%s\" lacks \"%s\"", a->text, err.hint ? err.hint : "", a->hint);
		if (strcmp(a->name, "connect-failed") != 0)
			assert_non_null(err.hint);
		no_secret(err.detail);
		no_secret(err.hint);
	}
}

static void take_kept(void *ctx, const struct result *result)
{
	struct buf *again = ctx;
	assert_int_equal(result->rows, 2);
	assert_string_equal(result_column(result, 1), "b");
	assert_null(result_cell(result, 0, 1).ptr);
	assert_true(result_cell(result, 1, 0).ptr && !result_cell(result, 1, 0).len);
	kept_add(again, result);
}

/* What comes back is what was written down, and a damaged text is refused, wherever it is cut. */
static void keeps_answers(void **state)
{
	(void)state;
	/* two rows of a and b: 'x', NULL; '', 'yz'; each text ends in NUL */
	static const uint32_t numbers[] = { 2, 2, 1, 1, 1, UINT32_MAX, 0, 2 };
	static const char *const texts[] = { "", "", "a", "b", "x", "", "", "yz" };
	struct buf kept = buf_init(arena), again = buf_init(arena);
	for (size_t i = 0; i < LEN(numbers); i++) {
		buf_add(&kept, (const char *)&numbers[i], sizeof(numbers[i]));
		if (i >= 2)
			buf_add(&kept, texts[i], strlen(texts[i]) + 1);
	}
	struct str rest = buf_as_str(&kept);
	assert_true(kept_take(&rest, take_kept, &again));
	assert_int_equal(rest.len, 0);
	assert_true(str_eq(buf_as_str(&again), buf_as_str(&kept)));
	for (size_t cut = 0; cut < kept.len; cut++) {
		rest = str_slice(buf_as_str(&kept), 0, cut);
		assert_false(kept_take(&rest, take_kept, &again));
	}
}

static void keeps_the_search_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(paths); i++) {
		struct target target;
		struct err err = { .arena = arena };
		assert_true(target_parse(arena, paths[i].url, "the URL", &target, &err));
		if (paths[i].path && !target.search_path)
			fail_msg("%s", paths[i].url);
		if (paths[i].path)
			assert_string_equal(target.search_path, paths[i].path);
		else
			assert_null(target.search_path);
	}
}

/* As far as it matters, texts are not read but looked at. */
static void finds_extensions(void **state)
{
	(void)state;
	static const struct {
		const char *text, *wants; /* joined by commas */
	} rows[] = {
		{ "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\";create  extension\n\tPgCrypto;", "uuid-ossp,pgcrypto" },
		{ "op.execute(\"CREATE EXTENSION IF NOT EXISTS \\\"pg_x\\\"\")", "pg_x" },
		{ "DO $$ BEGIN CREATE EXTENSION ltree VERSION '1.2' CASCADE; END $$", "ltree,ltree 1.2" },
		{ "ALTER EXTENSION ltree UPDATE TO \"1.3\"; ALTER EXTENSION a SET SCHEMA b", "ltree 1.3" },
		{ "CREATE EXTENSION a; CREATE TABLE version (x int)", "a" },
		{ "sa.Column('e', Vector(3)), a tsvector, to_tsvector(x), my_vector int", "vector" },
		{ "CREATE TABLE t (v halfvec(3))", "vector" },
		{ "CREATE EXTENSION \"../../x\"; CREATE EXTENSION \"a--b\"; CREATE EXTENSION ''; CREATE EXTENSION",
		  "" },
		{ "recreate extension a; create extensions", "" },
		{ "CREATE EXTENSION a; CREATE EXTENSION IF NOT EXISTS a", "a" },
	};
	for (size_t i = 0; i < LEN(rows); i++) {
		struct strs wants = { 0 };
		struct buf all = buf_init(arena);
		stand_ins_find(arena, str_of(rows[i].text), &wants);
		for (size_t j = 0; j < wants.len; j++)
			buf_printf(&all, "%s" STR_FMT, j ? "," : "", STR_ARG(wants.ptr[j]));
		assert_string_equal(str_dup(arena, buf_as_str(&all)), rows[i].wants);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_urls, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_urls, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_long_urls, setup, teardown),
		cmocka_unit_test_setup_teardown(shows_targets, setup, teardown),
		cmocka_unit_test_setup_teardown(shows_the_environment, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_schema_and_pgbouncer, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_the_search_path, setup, teardown),
		cmocka_unit_test_setup_teardown(scrubs_passwords, setup, teardown),
		cmocka_unit_test_setup_teardown(cleans_the_environment, setup, teardown),
		cmocka_unit_test_setup_teardown(explains_failures, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_extensions, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
