/*
 * connect.c - the way to a connection.
 *
 * libpq's own PQconnectdb() cannot be interrupted, so it is asked step by step, and between the steps we wait ourselves: no longer than
 * connect_timeout for each address, and not at all after Ctrl-C.
 *
 * Going on to the next address or host of a list is libpq's business, and it does so when a connect() fails; it has no way to be told that
 * one takes too long.  So the kernel is: TCP_USER_TIMEOUT makes a connect() that nobody answers fail in time.  An address that takes the
 * connection and then keeps silent is the end of the attempt.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "db/advice.h"
#include "db/internal.h"

static void on_notice(void *ctx, const PGresult *result)
{
	struct db *db = ctx;
	if (!db->options.notice)
		return;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	db->options.notice(db->options.notice_ctx, severity ? severity : "NOTICE", message ? message : "");
}

static void close_db(void *ptr)
{
	struct db *db = ptr;
	if (db->conn)
		PQfinish(db->conn);
	db->conn = NULL;
}

void db_close(struct db *db)
{
	close_db(db);
}

static PGconn *start_connect(struct arena *arena, const struct target *target, const struct db_options *options)
{
	struct target named = *target;
	target_set(arena, &named, "application_name", options->application ? options->application : "brant");
	return PQconnectStartParams(named.keywords, named.values, 0);
}

static bool made_ready(struct db *db)
{
	PQsetNoticeReceiver(db->conn, on_notice, db);
	db->last_answer = clock_now();
	return PQsetnonblocking(db->conn, 1) == 0 && PQenterPipelineMode(db->conn) == 1;
}

struct db *db_open_start(struct arena *arena, const struct target *target, const struct db_options *options)
{
	struct db *db = arena_alloc(arena, sizeof(*db));
	db->arena = arena;
	db->options = *options;
	db->conn = start_connect(arena, target, options);
	arena_defer(arena, close_db, db);
	db->open_poll = PGRES_POLLING_WRITING;
	db->round_trip = -1;
	return db;
}

/* Waits until the socket has come into the state that libpq waits for; false when it has not. */
static bool socket_ready(const struct db *db, double seconds)
{
	struct pollfd fd = { .fd = PQsocket(db->conn),
			     .events = db->open_poll == PGRES_POLLING_READING ? POLLIN : POLLOUT };
	return poll(&fd, 1, (int)(seconds * 1000)) > 0;
}

/* The shortest counts: an answer may also have cost the server time, above all the first one, for which it starts a process. */
static void note_answer(struct db *db)
{
	double waited = clock_now() - db->asked_at;
	if (db->open_poll == PGRES_POLLING_READING && (db->round_trip < 0 || waited < db->round_trip))
		db->round_trip = waited;
}

bool db_is_near(const struct db *db)
{
	return db->round_trip >= 0 && db->round_trip < DB_NEAR;
}

enum open_state db_open_poll(struct db *db)
{
	if (!db->conn || PQstatus(db->conn) == CONNECTION_BAD)
		return OPEN_FAILED;
	while (db->open_poll != PGRES_POLLING_OK) {
		if (!socket_ready(db, 0))
			return OPEN_CONNECTING;
		note_answer(db);
		db->open_poll = PQconnectPoll(db->conn);
		db->asked_at = clock_now();
		if (db->open_poll == PGRES_POLLING_FAILED)
			return OPEN_FAILED;
	}
	return made_ready(db) ? OPEN_READY : OPEN_FAILED;
}

/* The address that is being tried: how long it may take, and what is to be put back afterwards. */
struct attempt {
	char address[INET6_ADDRSTRLEN + 8];
	double seconds, until;
	int user_timeout;
};

/* As libpq reads it: whole seconds, 1 counts as 2, nothing or 0 is for ever. */
static double seconds_allowed(const struct target *target, const struct db_options *options)
{
	if (options->connect_timeout > 0)
		return options->connect_timeout;
	const char *text = target_setting(target, "connect_timeout");
	if (!text)
		text = getenv("PGCONNECT_TIMEOUT");
	long seconds = text ? strtol(text, NULL, 10) : 0;
	return seconds == 1 ? 2 : seconds > 0 ? (double)seconds : 0;
}

static void set_user_timeout(const struct db *db, int milliseconds)
{
	/* A kernel that cannot do it does without; a local socket has no such thing. */
	(void)setsockopt(PQsocket(db->conn), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
}

/* libpq has gone to another address: its time begins. */
static void note_address(const struct db *db, struct attempt *attempt)
{
	char address[sizeof(attempt->address)];
	const char *host = PQhostaddr(db->conn), *port = PQport(db->conn);
	snprintf(address, sizeof(address), "%s %s", host ? host : "", port ? port : "");
	if (strcmp(address, attempt->address) == 0)
		return;
	memcpy(attempt->address, address, sizeof(address));
	socklen_t len = sizeof(attempt->user_timeout);
	if (getsockopt(PQsocket(db->conn), IPPROTO_TCP, TCP_USER_TIMEOUT, &attempt->user_timeout, &len) < 0)
		attempt->user_timeout = 0;
	if (attempt->seconds > 0)
		set_user_timeout(db, (int)(attempt->seconds * 1000));
	/* The kernel's clock first: it lets libpq go on to the next address. */
	attempt->until = clock_now() + attempt->seconds + 0.3;
}

/* libpq indents the second line of what it says with a tab, which no terminal is shown. */
static struct str without_tabs(struct arena *arena, struct str text)
{
	struct buf buf = buf_init(arena);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\t')
			buf_char(&buf, text.ptr[i]);
	return buf_as_str(&buf);
}

static bool connect_failed(struct db *db, const struct target *target, const char *why, struct err *err)
{
	struct str message = without_tabs(err->arena, str_trim(str_of(PQerrorMessage(db->conn))));
	err_set(err, ERR_FAILED, "connect-failed", "could not connect to %s", target->shown);
	err_detail(err, STR_FMT "%s%s", STR_ARG(message), why && message.len ? " " : "", why ? why : "");
	advice_for_connect(err, target);
	err->connection_lost = true;
	return false;
}

static bool connect_cancelled(const struct target *target, struct err *err)
{
	return err_set(err, ERR_CANCELLED, "cancelled", "interrupted while connecting to %s", target->shown);
}

bool db_open(struct arena *arena, const struct target *target, const struct db_options *options, struct db **ret_db,
	     struct err *err)
{
	struct attempt attempt = { .seconds = seconds_allowed(target, options) };
	struct db *db = db_open_start(arena, target, options);
	if (!db->conn)
		return err_set(err, ERR_FAILED, "connect-failed", "could not connect to %s: out of memory",
			       target->shown);
	for (;;) {
		enum open_state state = db_open_poll(db);
		if (db_cancel_flag)
			return connect_cancelled(target, err);
		if (state == OPEN_FAILED)
			return connect_failed(db, target, NULL, err);
		if (state == OPEN_READY)
			break;
		note_address(db, &attempt);
		double left = attempt.seconds > 0 ? attempt.until - clock_now() : 1;
		if (left <= 0)
			return connect_failed(db, target, "timeout expired", err);
		/* A signal may come just before poll() does: it must not be slept through for long. */
		if (!work_idly(db))
			socket_ready(db, left < 0.5 ? left : 0.5);
	}
	if (*attempt.address && attempt.seconds > 0)
		set_user_timeout(db, attempt.user_timeout);
	*ret_db = db;
	return true;
}
