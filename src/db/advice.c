#include "db/advice.h"

#include <stdlib.h>

/* Which texts mean which cause.  All words of a row must occur.  The first row that fits decides, so the telling ones come first. */
struct cause {
	const char *words[2];
	const char *name;
	const char *hint; /* NULL: hint_for() knows more */
};

static const struct cause causes[] = {
	/* The database's own door, or the pooler's. */
	{ { "unsupported startup parameter" },
	  "startup-parameter",
	  "The pooler refuses settings at the start of a session.  Take them out of the URL and of the environment (PGOPTIONS)." },
	{ { "Tenant or user not found" },
	  "user-unknown",
	  "The provider's pooler finds the project by the user name, which has the form USER.PROJECT, and by its region's host." },
	{ { "Endpoint ID is not specified" },
	  "user-unknown",
	  "The provider's proxy finds the project by the host name.  Connect by that name, not by an address." },
	{ { "project ID is not specified" },
	  "user-unknown",
	  "The provider's proxy finds the project by the host name.  Connect by that name, not by an address." },
	{ { "password authentication failed" }, "password-wrong", NULL },
	{ { "SASL authentication failed" }, "password-wrong", NULL },
	{ { "auth failed" }, "password-wrong", NULL },
	{ { "wrong password type" },
	  "pooler-login-failed",
	  "The pooler cannot log in to the server with the password it has.  Ask whoever runs it." },
	{ { "no password supplied" },
	  "password-missing",
	  "The URL has no password.  Put it between the user and the host, postgresql://USER:PASSWORD@HOST, or into PGPASSWORD "
	  "or ~/.pgpass." },
	{ { "empty password" }, "password-missing", "The URL has an empty password." },
	{ { "Peer authentication failed" },
	  "peer-failed",
	  "On the local socket the server wants the user of the operating system to have the role's name.  Connect over TCP with "
	  "a password (host localhost), or run brant as that user." },
	{ { "no such database" }, "database-missing", NULL },
	{ { "database \"", "does not exist" }, "database-missing", NULL },
	{ { "no such user" }, "user-unknown", "The pooler does not know this user.  Check the user name in the URL." },
	{ { "role \"", "does not exist" }, "user-unknown", "Check the user name in the URL." },
	{ { "is not permitted to log in" },
	  "login-denied",
	  "The role may not log in (NOLOGIN).  Use a role that may." },
	{ { "permission denied for database" }, "login-denied", "The role lacks CONNECT on this database." },
	{ { "SSL required" }, "tls-required", "Add sslmode=require to the URL." },
	{ { "no pg_hba.conf entry", "no encryption" },
	  "tls-required",
	  "Add sslmode=require to the URL: the server takes "
	  "encrypted connections only, or none from here." },
	{ { "no pg_hba.conf entry", "SSL off" },
	  "tls-required",
	  "Add sslmode=require to the URL: the server takes "
	  "encrypted connections only, or none from here." },
	{ { "no pg_hba.conf entry" },
	  "login-denied",
	  "The server's pg_hba.conf lets nobody in with this user and database from here." },
	{ { "pg_hba.conf rejects connection" },
	  "login-denied",
	  "The server's pg_hba.conf lets nobody in with this user and database from here." },
	{ { "login rejected" }, "login-denied", "The pooler lets nobody in with this user and database from here." },
	{ { "too many clients" }, "too-many-clients", NULL },
	{ { "too many connections" }, "too-many-clients", NULL },
	{ { "no more connections allowed" }, "too-many-clients", NULL },
	{ { "max clients reached" }, "too-many-clients", NULL },
	{ { "MaxClientsInSessionMode" },
	  "too-many-clients",
	  "This is the pooler's session mode, where each client holds a connection.  Use the port of its transaction mode." },
	{ { "remaining connection slots are reserved" }, "too-many-clients", NULL },
	{ { "query_wait_timeout" },
	  "pooler-busy",
	  "The pooler had no free server connection in time.  Look for long transactions, or try again later." },
	{ { "server login has been failing" },
	  "pooler-login-failed",
	  "The pooler itself cannot reach or log in to the server, and waits before it tries again.  Is the project paused?" },
	{ { "server_login_retry" },
	  "pooler-login-failed",
	  "The pooler itself cannot reach or log in to the server, and waits before it tries again.  Is the project paused?" },
	{ { "pgbouncer cannot connect to server" },
	  "pooler-login-failed",
	  "The pooler itself cannot reach or log in to the server.  Is the project paused?" },
	{ { "server login failed" },
	  "pooler-login-failed",
	  "The pooler itself cannot log in to the server.  Check user and database in the URL; the rest is up to whoever runs it." },
	{ { "is disabled" }, "pooler-login-failed", "The pooler was told to let nobody in to this database." },
	{ { "could not write init file" }, "connect-failed", "The server cannot write its files.  Is its disk full?" },
	{ { "the database system is" },
	  "server-starting",
	  "The server starts, stops or recovers.  Try again in a moment." },

	/* TLS. */
	{ { "server does not support SSL" },
	  "tls-unavailable",
	  "The server has no TLS, and sslmode in the URL asks for it.  Take sslmode out where the way to the server is safe." },
	{ { "root certificate file", "does not exist" },
	  "tls-failed",
	  "To verify the server libpq needs its root certificate: sslrootcert=FILE, or sslrootcert=system for those that the "
	  "operating system trusts." },
	{ { "certificate verify failed" },
	  "tls-failed",
	  "The server's certificate was not signed by a root that libpq knows.  Name the provider's with sslrootcert=FILE; "
	  "sslmode=require encrypts without verifying." },
	{ { "does not match host name" },
	  "tls-failed",
	  "The server's certificate is for another name.  Connect by the name that is in it; sslmode=verify-ca does not compare names." },
	{ { "channel binding" },
	  "tls-failed",
	  "A pooler ends the TLS connection, so the password exchange cannot be bound to it.  Take channel_binding=require out." },
	{ { "private key file" },
	  "tls-failed",
	  "Check sslkey in the URL: the file must exist and be readable by you alone (0600)." },
	{ { "certificate file" }, "tls-failed", "Check sslcert in the URL." },
	{ { "SSL error" },
	  "tls-failed",
	  "The TLS connection could not be set up.  Is this the port of a PostgreSQL server?" },
	{ { "invalid response to SSL negotiation" },
	  "not-postgres",
	  "Whatever answers there is not PostgreSQL.  Check host and port." },
	{ { "expected authentication request" },
	  "not-postgres",
	  "Whatever answers there is not PostgreSQL.  Check host and port." },

	/* The way there. */
	{ { "definition of service", "not found" },
	  "connect-failed",
	  "libpq looks for it in ~/.pg_service.conf, in the file that PGSERVICEFILE names, and in the system's pg_service.conf." },
	{ { "Name or service not known" }, "host-unknown", NULL },
	{ { "No address associated with hostname" }, "host-unknown", NULL },
	{ { "nodename nor servname" }, "host-unknown", NULL },
	{ { "Temporary failure in name resolution" },
	  "host-unknown",
	  "The name could not be looked up.  Is this machine online?  In a container: has it a DNS server?" },
	{ { "could not translate host name" }, "host-unknown", NULL },
	{ { "Connection refused" }, "connect-refused", NULL },
	{ { "No such file or directory" }, "connect-refused", NULL },
	{ { "timeout expired" }, "connect-timeout", NULL },
	{ { "timed out" }, "connect-timeout", NULL },
	{ { "Network is unreachable" }, "host-unreachable", NULL },
	{ { "No route to host" }, "host-unreachable", NULL },
	{ { "Cannot assign requested address" }, "host-unreachable", NULL },
	{ { "server closed the connection unexpectedly" },
	  "connect-closed",
	  "The server or something before it hung up.  It may be restarting, or this is not the port of a PostgreSQL server." },
	{ { "Connection reset by peer" },
	  "connect-closed",
	  "The server or something before it hung up.  It may be restarting, or this is not the port of a PostgreSQL server." },
};

static bool fits(const struct cause *cause, const char *text)
{
	for (size_t i = 0; i < LEN(cause->words) && cause->words[i]; i++)
		if (!strstr(text, cause->words[i]))
			return false;
	return true;
}

static bool is_here(const char *host)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "::1", "0.0.0.0" };
	for (size_t i = 0; host && i < LEN(names); i++)
		if (strcmp(host, names[i]) == 0)
			return true;
	return !host || host[0] == '/';
}

static const char *host_of(const struct target *target)
{
	return target->host ? target->host : getenv("PGHOST");
}

static void password_hint(struct err *err, const struct target *target)
{
	const char *password = target_setting(target, "password");
	if (password && strcmp(password, "postgres") == 0 && !is_here(host_of(target)))
		err_hint(
			err,
			"\"postgres\" is the password of local containers and examples.  The project's own is on its page in "
			"the console.");
	else if (password && strchr(password, '%'))
		err_hint(err, "Check user and password.  The password holds a \"%%\": write it as %%25 in a URL.");
	else
		err_hint(
			err,
			"Check user and password in the URL.  Special characters in a password are written as codes: @ is "
			"%%40, : is %%3A, / is %%2F, ? is %%3F, # is %%23, %% is %%25.");
}

static void database_hint(struct err *err, const struct target *target)
{
	if (!target->database)
		err_hint(err,
			 "The URL names no database, so the user's name was taken.  Add /DATABASE behind the host.");
	else
		err_hint(
			err,
			"Check what stands behind the host in the URL.  Hosted projects often call it \"postgres\", or give "
			"it the project's reference.");
}

static void refused_hint(struct err *err, const struct target *target)
{
	if (strstr(err->detail ? err->detail : "", "No such file or directory"))
		err_hint(
			err,
			host_of(target)
				? "No server has its socket in this folder: see its unix_socket_directories and port."
				: "There is no server on this socket.  The URL names no host, so libpq looks for a local one: "
				  "postgresql://USER:PASSWORD@HOST/...");
	else if (is_here(host_of(target)))
		err_hint(
			err,
			"No server listens there.  Is it running?  `brant dev start` starts a local one, and --local uses it.  "
			"In a container, localhost is the container itself.");
	else
		err_hint(err, "The host is there, but nothing listens on this port.  Check the port.");
}

static void unreachable_hint(struct err *err, const struct target *target)
{
	const char *host = host_of(target);
	if (host && strstr(host, ".supabase.co"))
		err_hint(err, "This provider's direct host has an IPv6 address only.  Use the URL of its pooler.");
	else
		err_hint(
			err,
			"There is no way from here to this host.  A name with an IPv6 address only needs IPv6 here; a private "
			"address needs its network.");
}

/* Causes whose hint depends on the target. */
static void hint_for(struct err *err, const struct target *target)
{
	if (strcmp(err->name, "password-wrong") == 0)
		password_hint(err, target);
	else if (strcmp(err->name, "database-missing") == 0)
		database_hint(err, target);
	else if (strcmp(err->name, "connect-refused") == 0)
		refused_hint(err, target);
	else if (strcmp(err->name, "host-unreachable") == 0)
		unreachable_hint(err, target);
	else if (strcmp(err->name, "host-unknown") == 0)
		err_hint(
			err,
			"There is no host of this name.  Check the spelling; a name of a container or a cluster is known only "
			"inside it.");
	else if (strcmp(err->name, "connect-timeout") == 0)
		err_hint(
			err,
			"Nothing answered in time.  Check host and port; a firewall, a VPN or an allow-list of addresses may "
			"stand between.  A pooler whose server is down or paused keeps silent too.  connect_timeout=SECONDS in the URL "
			"waits longer.");
	else if (strcmp(err->name, "too-many-clients") == 0)
		err_hint(err, "All connections are taken.  Close some, or try again later; brant needs one or two.");
}

void advice_for_connect(struct err *err, const struct target *target)
{
	const char *text = err->detail ? err->detail : err->message ? err->message : "";
	for (size_t i = 0; i < LEN(causes); i++) {
		if (!fits(&causes[i], text))
			continue;
		err->name = causes[i].name;
		if (causes[i].hint)
			err->hint = causes[i].hint;
		else
			hint_for(err, target);
		break;
	}
	if (err->message)
		err->message = target_scrub(err->arena, target, err->message);
	if (err->detail)
		err->detail = target_scrub(err->arena, target, err->detail);
}
