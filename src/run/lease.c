#include "run/lease.h"
#include "run/loading.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"

/*
 * Long enough for a pause of the network, short enough that a holder who died before it had a companion does not keep others waiting.  Each
 * transaction renews it, and what it fences is safe without it: a transaction that has asserted its fence cannot be overtaken.
 */
static const char lease_seconds[] = "6";

const char *lease_holder(struct arena *arena)
{
	char host[256] = "";
	gethostname(host, sizeof(host) - 1);
	const struct passwd *user = getpwuid(getuid());
	unsigned token = 0;
	/* Containers share host names and all have a pid 1: the token is what tells two runs apart. */
	if (getrandom(&token, sizeof(token), GRND_NONBLOCK) < 0)
		token = (unsigned)(clock_now() * 1e6);
	return arena_printf(arena, "%s@%s, pid %ld, run %08x", user ? user->pw_name : "?", host, (long)getpid(), token);
}

struct attempt {
	struct arena *arena;
	bool taken;
	long long fence;
	const char *holder;
	bool own;            /* the holder is this run: it has lost its connection */
	const char *because; /* why the last holder's lease is no obstacle, NULL: it is one, or there is none */
	double seconds_held, seconds_left;
	struct err err;
};

static void take_attempt(void *ctx, const struct result *result)
{
	struct attempt *attempt = ctx;
	if (result->kind == RESULT_ERROR)
		err_copy(&attempt->err, result->err);
	if (result->kind != RESULT_ROWS)
		return;
	struct str fence = result_cell(result, 0, 0), holder = result_cell(result, 0, 1);
	struct str because = result_cell(result, 0, 4);
	attempt->taken = fence.ptr != NULL;
	attempt->fence = result_int(result, 0, 0);
	attempt->holder = holder.ptr ? str_dup(attempt->arena, holder) : NULL;
	attempt->because = because.ptr ? str_dup(attempt->arena, because) : NULL;
	attempt->seconds_held = (double)result_int(result, 0, 2);
	attempt->seconds_left = (double)result_int(result, 0, 3);
}

/* Never longer than half a second: a transaction of the holder may be about to commit, which means that the holder is alive. */
static void send_attempt(struct db *db, const char *holder, const char *command, struct attempt *attempt)
{
	const char *params[] = { holder, lease_seconds, command };
	db_send(db, STR("BEGIN"), 0, NULL, NULL, NULL);
	db_send(db, STR("SELECT set_config('lock_timeout', '500ms', true)"), 0, NULL, NULL, NULL);
	db_send(db,
		STR("SELECT fence, held_by, held_for::bigint, left_seconds::bigint, because FROM brant.acquire($1, $2::float8, $3)"),
		3, params, take_attempt, attempt);
	db_send(db, STR("COMMIT"), 0, NULL, NULL, NULL);
}

static bool run_attempt(struct db *db, const struct facts *facts, const struct attempt *attempt, struct err *err)
{
	db_sync(db);
	bool ok = db_run(db, err);
	db_rollback(db);
	if (!ok || !attempt->err.code || strcmp(attempt->err.sqlstate, "55P03") == 0)
		return ok;
	err_copy(err, &attempt->err);
	return !loading_tell_denied(err, facts, true) && err_prefix(err, "could not take the lease");
}

/* The first try travels with what has to be there before it, and with the questions that the lease makes worth asking. */
static bool try_first(struct arena *arena, const struct run_options *options, struct db *db, const char *holder,
		      struct state *state, struct attempt *attempt, struct err *err)
{
	bool sets_up;
	if (!state_setup_send(arena, options, db, state, &sets_up, err))
		return false;
	send_attempt(db, holder, options->command, attempt);
	struct loading *reload = state_reload_send(arena, options, db, state, err);
	if (!run_attempt(db, &state->facts, attempt, err))
		return sets_up && !err->connection_lost ? err_prefix(err, "could not set up the ledger") : false;
	state->facts.schema_version = BRANT_SCHEMA_VERSION;
	return !err->code && (!attempt->taken || state_reload_take(reload, state));
}

static bool try_again(struct arena *arena, const struct run_options *options, struct db *db, const char *holder,
		      struct state *state, struct attempt *attempt, struct err *err)
{
	send_attempt(db, holder, options->command, attempt);
	return run_attempt(db, &state->facts, attempt, err) &&
		(!attempt->taken || state_reload(arena, options, db, state, err));
}

static bool busy(const struct attempt *attempt, struct err *err)
{
	err_set(err, ERR_BUSY, "busy", "another brant is at work on this database");
	if (attempt->holder && attempt->because)
		err_detail(err, "It is %s: its lease %s, but the server still works on its last transaction.",
			   attempt->holder, attempt->because);
	else if (attempt->holder)
		err_detail(err, "It is %s, since %.0f s.", attempt->holder, attempt->seconds_held);
	return err_hint(err,
			"Without --no-wait brant waits for it to finish. \"brant status\" shows what it is doing.");
}

static bool interrupted(const struct attempt *attempt, struct err *err)
{
	err_set(err, ERR_CANCELLED, "cancelled", "interrupted while waiting for %s",
		attempt->holder ? attempt->holder : "the lease");
	return err_detail(err, "Nothing was changed.");
}

static void wait_a_moment(const struct run_options *options, const struct attempt *attempt)
{
	const char *whom = attempt->holder ? attempt->holder : "another brant";
	if (attempt->own)
		whom = "the last transaction of this run, which the server still works on";
	else if (attempt->because)
		whom = arena_printf(attempt->arena, "the last transaction of %s, whose lease %s", whom,
				    attempt->because);
	if (options->watcher.waiting)
		options->watcher.waiting(options->watcher.ctx, whom, attempt->seconds_left);
	clock_sleep(0.2 + (double)(random() % 100) / 1000);
}

static void tell_takeover(const struct run_options *options, const struct attempt *attempt)
{
	const struct run_watcher *watcher = &options->watcher;
	if (watcher->note && attempt->because)
		watcher->note(watcher->ctx, "takes-over",
			      arena_printf(attempt->arena, "taking over from %s: its lease %s", attempt->holder,
					   attempt->because));
}

bool lease_take(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		struct lease *lease, struct err *err)
{
	const char *holder = lease->holder ? lease->holder : lease_holder(arena);
	for (bool first = true;; first = false) {
		struct attempt attempt = { .arena = arena, .err = { .arena = arena } };
		bool tried = (first ? try_first : try_again)(arena, options, db, holder, state, &attempt, err);
		if (attempt.taken) {
			*lease = (struct lease){ .fence = attempt.fence, .holder = holder };
			tell_takeover(options, &attempt);
		}
		if (db_cancel_flag && !attempt.taken)
			return interrupted(&attempt, err);
		if (!tried || attempt.taken)
			return tried;
		attempt.own = attempt.holder && strcmp(attempt.holder, holder) == 0;
		if (options->no_wait && !attempt.own)
			return busy(&attempt, err);
		wait_a_moment(options, &attempt);
	}
}

/*
 * The companion's lock (4772108901, in two halves) can be seen without being taken: a holder that said it has one, and has not, is dead.  A moment between two
 * of its transactions is no death.
 */
static const char stale_query[] =
	"SELECT COALESCE(brant.stale(l), CASE WHEN l.anchored_at < clock_timestamp() - interval '3 seconds' AND NOT EXISTS ("
	"SELECT FROM pg_catalog.pg_locks k JOIN pg_catalog.pg_database d ON d.oid = k.database AND d.datname = current_database() "
	"WHERE k.locktype = 'advisory' AND k.classid = 1 AND k.objid = 477141605 AND k.granted) "
	"THEN 'is held by nobody: that one has died' END) FROM brant.lease l WHERE l.name = 'migrate' AND l.holder IS NOT NULL";

static const char *text(struct arena *arena, const struct rows *rows, size_t column)
{
	struct str cell = rows->rows ? rows_cell(rows, 0, column) : (struct str){ 0 };
	return cell.ptr ? str_dup(arena, cell) : NULL;
}

/* 0 where the row, which somebody may have written by hand, does not say. */
static double seconds_of(struct arena *arena, const struct rows *rows, size_t column)
{
	const char *cell = text(arena, rows, column);
	return cell ? strtod(cell, NULL) : 0;
}

static bool look_at_row(struct arena *arena, struct db *db, struct lease_info *info, struct err *err)
{
	struct rows rows;
	if (!db_query(
		    db, arena,
		    "SELECT l.holder, l.anchored_at IS NOT NULL, extract(epoch FROM clock_timestamp() - l.acquired_at)::bigint, "
		    "extract(epoch FROM l.expires_at - clock_timestamp())::bigint, r.command, CASE WHEN r.steps > 0 THEN r.doing END "
		    "FROM brant.lease l LEFT JOIN brant.run r ON r.fence = l.fence WHERE l.name = 'migrate' AND l.holder IS NOT NULL",
		    0, NULL, &rows, err))
		return false;
	info->holder = text(arena, &rows, 0);
	if (!info->holder)
		return true;
	info->anchored = str_eq(rows_cell(&rows, 0, 1), STR("t"));
	info->seconds_held = seconds_of(arena, &rows, 2);
	info->seconds_left = seconds_of(arena, &rows, 3);
	info->command = text(arena, &rows, 4);
	info->doing = text(arena, &rows, 5);
	return true;
}

static bool look_for_stale(struct arena *arena, struct db *db, const struct facts *facts, struct lease_info *info,
			   struct err *err)
{
	enum { KNOWS_ORIGIN = 5 };
	struct rows rows;
	if (facts->schema_version < KNOWS_ORIGIN)
		return true;
	if (!db_query(db, arena, stale_query, 0, NULL, &rows, err))
		return false;
	info->stale = text(arena, &rows, 0);
	return true;
}

static bool look_for_activity(struct arena *arena, struct db *db, struct lease_info *info, struct err *err)
{
	struct rows rows;
	/* A transaction says what it does in its application_name (brant.enter); its row in brant.run shows only what is committed. */
	if (!db_query(
		    db, arena,
		    "SELECT substr(application_name, 8), pid, extract(epoch FROM clock_timestamp() - xact_start)::bigint "
		    "FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'brant: %' "
		    "AND application_name NOT IN ('brant: lease', 'brant: schema') AND COALESCE(state, '') <> 'idle' "
		    "AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 1",
		    0, NULL, &rows, err))
		return false;
	if (!rows.rows)
		return true;
	const char *seconds = text(arena, &rows, 2);
	const char *since = seconds ? arena_printf(arena, ", for %s s", seconds) : "";
	info->activity =
		arena_printf(arena, "%s%s (server process %s)", text(arena, &rows, 0), since, text(arena, &rows, 1));
	return true;
}

bool lease_look(struct arena *arena, struct db *db, const struct facts *facts, struct lease_info *ret_info,
		struct err *err)
{
	*ret_info = (struct lease_info){ 0 };
	return look_at_row(arena, db, ret_info, err) &&
		(!ret_info->holder ||
		 (look_for_stale(arena, db, facts, ret_info, err) && look_for_activity(arena, db, ret_info, err)));
}

void lease_renew(struct db *db, const struct lease *lease)
{
	struct arena *scratch = arena_new(NULL);
	struct err ignored = { .arena = scratch };
	const char *params[] = { arena_printf(scratch, "%lld", lease->fence) };
	db_query(
		db, scratch,
		"UPDATE brant.lease SET renewed_at = clock_timestamp(), expires_at = clock_timestamp() + (expires_at - renewed_at) "
		"WHERE fence = $1::bigint",
		1, params, NULL, &ignored);
	arena_free(scratch);
}

void lease_release(struct db *db, const struct lease *lease, const char *outcome, bool notify_postgrest)
{
	struct arena *scratch = arena_new(NULL);
	struct err ignored = { .arena = scratch };
	const char *params[] = { arena_printf(scratch, "%lld", lease->fence), outcome };
	db_rollback(db);
	db_shield(db, true);
	db_send(db, STR("SELECT brant.release($1::bigint, $2)"), 2, params, NULL, NULL);
	if (notify_postgrest) {
		db_send(db, STR("NOTIFY pgrst, 'reload schema'"), 0, NULL, NULL, NULL);
		db_sync(db);
	}
	db_run(db, &ignored);
	arena_free(scratch);
}
