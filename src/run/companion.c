#include "run/companion.h"

#include <stdio.h>

#include "base/clock.h"

enum companion_state {
	COMPANION_WAITING, /* the run is young: most are over before a companion would be of use */
	COMPANION_CONNECTING,
	COMPANION_LOCKING, /* renewal and lock are sent */
	COMPANION_ANCHORED,
	COMPANION_OFF, /* not to be had; the expiry alone decides */
};

struct companion {
	struct arena *arena; /* of the current connection */
	struct arena *parent;
	const struct run_options *options;
	struct db *main, *db;
	char fence[32];
	enum companion_state state;
	double since; /* of the state */
	double renewed;
	long long main_backend, backend;
	bool locked, renewed_ok;
	unsigned failures;
};

/* Seconds. */
static const double start_after = 0.5, renew_every = 2, give_up_after = 10;

static void enter_state(struct companion *c, enum companion_state state)
{
	c->state = state;
	c->since = clock_now();
}

static void drop(struct companion *c, enum companion_state next)
{
	if (c->arena)
		arena_free(c->arena);
	c->arena = NULL;
	c->db = NULL;
	enter_state(c, ++c->failures > 3 ? COMPANION_OFF : next);
}

static void take_renewal(void *ctx, const struct result *result)
{
	struct companion *c = ctx;
	c->renewed_ok = result->kind == RESULT_ROWS && result->rows && result_bool(result, 0, 0);
}

static void take_lock(void *ctx, const struct result *result)
{
	struct companion *c = ctx;
	if (result->kind != RESULT_ROWS)
		return;
	c->locked = result_bool(result, 0, 0);
	c->backend = result_int(result, 0, 1);
}

static void ignore(void *ctx, const struct result *result)
{
	(void)ctx;
	(void)result;
}

static void take_progress(void *ctx, const struct result *result)
{
	const struct companion *c = ctx;
	const struct run_watcher *watcher = &c->options->watcher;
	if (result->kind != RESULT_ROWS || !result->rows)
		return;
	struct str phase = result_cell(result, 0, 0), share = result_cell(result, 0, 1);
	struct arena *scratch = arena_new(NULL);
	watcher->indexing(
		watcher->ctx,
		arena_printf(scratch, STR_FMT "%s" STR_FMT, STR_ARG(phase), share.len ? ", " : "", STR_ARG(share)));
	arena_free(scratch);
}

/* Travels with a renewal: as a statement of its own it would have to take care of its snapshot, too. */
static void send_progress(struct companion *c)
{
	char backend[32];
	snprintf(backend, sizeof(backend), "%lld", c->main_backend);
	const char *params[] = { backend };
	if (c->options->watcher.indexing && c->main_backend)
		db_send(c->db,
			STR("SELECT p.phase, CASE WHEN p.current_locker_pid > 0 THEN 'pid ' || p.current_locker_pid || COALESCE(' (' || a.application_name || ', ' || "
			    "a.usename || '), ' || a.state || ', in a transaction for ' || extract(epoch FROM clock_timestamp() - a.xact_start)::bigint || ' s', '') "
			    "ELSE COALESCE(p.tuples_done * 100 / NULLIF(p.tuples_total, 0), p.blocks_done * 100 / NULLIF(p.blocks_total, 0)) || ' %' END "
			    "FROM pg_catalog.pg_stat_progress_create_index p LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = p.current_locker_pid "
			    "WHERE p.pid = $1::integer"),
			1, params, take_progress, c);
}

/*
 * Renewing commits, so the lock is let go for a moment; all of it travels together.  The COMMIT that lets it go is the one that tells when that was, so
 * that nobody takes the moment for a death.  A statement of the extended protocol keeps its snapshot
 * until another takes the place of its portal: without one that needs no snapshot behind it, the transaction would hold up every CREATE INDEX
 * CONCURRENTLY until the next renewal.
 */
static void send_renewal(struct companion *c)
{
	const char *params[] = { c->fence };
	c->locked = c->renewed_ok = false;
	/* BEGIN and COMMIT, or the next BEGIN would take the renewal into its own transaction. */
	if (c->state != COMPANION_ANCHORED)
		db_send(c->db, STR("BEGIN"), 0, NULL, ignore, c);
	db_send(c->db, STR("SELECT brant.renew($1::bigint)"), 1, params, take_renewal, c);
	send_progress(c);
	db_send(c->db, STR("COMMIT"), 0, NULL, ignore, c);
	db_send(c->db, STR("BEGIN ISOLATION LEVEL READ COMMITTED"), 0, NULL, ignore, c);
	db_send(c->db, STR("SELECT pg_catalog.pg_try_advisory_xact_lock(4772108901), pg_catalog.pg_backend_pid()"), 0,
		NULL, take_lock, c);
	db_send(c->db, STR("SET LOCAL idle_in_transaction_session_timeout = 0"), 0, NULL, ignore, c);
	db_sync(c->db);
	c->renewed = clock_now();
}

static void connect_now(struct companion *c)
{
	struct db_options options = { .application = "brant: lease" };
	c->arena = arena_new(c->parent);
	c->db = db_open_start(c->arena, &c->options->target, &options);
	enter_state(c, COMPANION_CONNECTING);
}

static void go_on_connecting(struct companion *c)
{
	switch (db_open_poll(c->db)) {
	case OPEN_CONNECTING:
		if (clock_now() > c->since + give_up_after)
			drop(c, COMPANION_OFF);
		break;
	case OPEN_FAILED:
		drop(c, COMPANION_WAITING);
		break;
	case OPEN_READY:
		send_renewal(c);
		enter_state(c, COMPANION_LOCKING);
		break;
	}
}

static void go_on_locking(struct companion *c)
{
	if (!db_poll(c->db)) {
		drop(c, COMPANION_WAITING);
	} else if (!db_queued(c->db)) {
		/* The run's own backend: the pool has only one, and it is the run's. */
		if (c->backend == c->main_backend)
			drop(c, COMPANION_OFF);
		else
			enter_state(c, COMPANION_ANCHORED);
	}
}

static void stay_anchored(struct companion *c)
{
	if (!db_poll(c->db))
		drop(c, COMPANION_WAITING);
	else if (clock_now() > c->renewed + renew_every && !db_queued(c->db))
		send_renewal(c);
}

static void on_wait(void *ctx)
{
	struct companion *c = ctx;
	const struct run_watcher *watcher = &c->options->watcher;
	if (watcher->tick)
		watcher->tick(watcher->ctx);
	switch (c->state) {
	case COMPANION_WAITING:
		if (clock_now() > c->since + start_after)
			connect_now(c);
		break;
	case COMPANION_CONNECTING:
		go_on_connecting(c);
		break;
	case COMPANION_LOCKING:
		go_on_locking(c);
		break;
	case COMPANION_ANCHORED:
		stay_anchored(c);
		break;
	case COMPANION_OFF:
		break;
	}
}

struct companion *companion_start(struct arena *arena, const struct run_options *options, struct db *db,
				  long long fence)
{
	struct companion *c = arena_alloc(arena, sizeof(*c));
	c->parent = arena;
	c->options = options;
	c->main = db;
	snprintf(c->fence, sizeof(c->fence), "%lld", fence);
	enter_state(c, COMPANION_WAITING);
	db_on_wait(db, 0.1, on_wait, c);
	return c;
}

void companion_yield(struct companion *c)
{
	if (c && (c->state == COMPANION_LOCKING || c->state == COMPANION_CONNECTING)) {
		c->failures--;
		drop(c, COMPANION_WAITING);
	}
}

void companion_set_backend(struct companion *c, long long pid)
{
	if (c)
		c->main_backend = pid;
}

void companion_stop(struct companion *c)
{
	if (!c)
		return;
	db_on_wait(c->main, 1, NULL, NULL);
	drop(c, COMPANION_OFF);
}
