#include "project/local.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "db/image.h"
#include "db/server.h"
#include "project/local_platform.h"
#include "project/local_pooler.h"
#include "project/local_state.h"

/*
 * Quick before safe: with fsync a stop after 600 migrations takes 5 s in place of 0.1 s.  Only a machine that goes down while the server runs
 * can damage the data; brant notices (see went_down()).  A server that is killed loses nothing: synchronous_commit stays on, and without
 * fsync costs next to nothing.  docs/local.md tells.  search_path is the platform's.
 */
static const char settings[] =
	"fsync = off\nfull_page_writes = off\nwal_level = logical\n"
	"max_connections = 60\nshared_buffers = 32MB\nmax_wal_size = 512MB\nmax_locks_per_transaction = 256\n"
	"autovacuum_naptime = 5min\njit = off\nshared_preload_libraries = ''\n"
	"search_path = '\"$user\", public, extensions'\n"
	"timezone = UTC\nlog_timezone = UTC\nlc_messages = C\ndefault_text_search_config = 'pg_catalog.english'\n";

/* A local project as it is worked on: its place, what is remembered, and the paths that follow. */
struct work {
	struct place place;
	struct local_state state;
	const char *data, *socket_dir;
};

static const char *socket_dir(struct arena *arena, const struct work *work)
{
	return work->state.socket ? work->state.socket : path_join(arena, work->place.home, "run");
}

static bool missing(const struct work *work, struct err *err)
{
	err_set(err, ERR_FAILED, "local-missing", "there is no local project in \"%s\"", work->place.root);
	return err_hint(err, "\"brant dev start\" makes one.");
}

/*
 * Reads what there is.  With lock, an arena, the project stays ours until that arena goes; to look, nobody needs it.  make: of a project that
 * is not there, what a new one begins with.
 */
static bool open_work(struct arena *arena, struct arena *lock, const char *root, bool make, struct work *work,
		      struct err *err)
{
	*work = (struct work){ 0 };
	if (!place_find(arena, root, &work->place, err))
		return false;
	if (!make && !place_exists(&work->place))
		return missing(work, err);
	if (lock && !place_lock(lock, &work->place, err))
		return false;
	bool exists = place_exists(&work->place);
	if (!make && !exists) /* removed while we waited */
		return missing(work, err);
	if (!local_state_load(arena, &work->place, &work->state, err) ||
	    !place_settle(arena, &work->place, exists ? &work->state.outside : NULL, &work->state.outside, err))
		return false;
	work->data = path_join(arena, work->place.home, "data");
	work->socket_dir = socket_dir(arena, work);
	return !make || place_make(arena, &work->place, err);
}

static void describe(struct arena *arena, const struct work *work, struct local *ret_local)
{
	const struct local_state *state = &work->state;
	struct local local = {
		.root = work->place.root,
		.home = work->place.home,
		.ref = state->ref,
		.port = state->port,
		.password = state->password,
		.bin = state->bin,
		.is_outdated = state->platform && strcmp(state->platform, platform_key(arena)) != 0,
		.url = arena_printf(arena, "postgresql://%s:%s@127.0.0.1:%u/%s", state->ref, state->password,
				    state->port, state->ref),
	};
	pid_t pid;
	local.server_runs = server_running(arena, work->data, &pid) != NULL;
	local.server_pid = local.server_runs ? (int)pid : 0;
	local.pooler_runs = pooler_running(arena, &work->place, &pid) != NULL;
	local.pooler_pid = local.pooler_runs ? (int)pid : 0;
	*ret_local = local;
}

/* ---- making ---- */

/* The major version of a cluster, 0 where there is none. */
static int cluster_major(struct arena *arena, const char *data)
{
	struct err ignored = { .arena = arena };
	struct str text;
	if (!file_read(arena, path_join(arena, data, "PG_VERSION"), &text, &ignored))
		return 0;
	return (int)strtol(str_dup(arena, text), NULL, 10);
}

/* The programs of last time, as long as they are there; of a cluster's own version where there is a cluster. */
static bool find_programs(struct arena *arena, struct work *work, struct binaries *ret_binaries, struct err *err)
{
	int major = cluster_major(arena, work->data);
	if (major && work->state.bin && binaries_usable(work->state.bin)) {
		*ret_binaries = (struct binaries){ work->state.bin, major };
		return true;
	}
	if (!binaries_find(arena, major, ret_binaries, err)) {
		if (major)
			err_detail(
				err,
				"The local project's data are of PostgreSQL %d.  \"brant dev reset\" makes new ones with what is "
				"installed.",
				major);
		return false;
	}
	work->state.bin = ret_binaries->dir;
	return true;
}

/* Beside its place first, so that a cluster is whole or not there. */
static bool make_cluster(struct arena *arena, struct work *work, const struct binaries *binaries, struct err *err)
{
	char *half = arena_printf(arena, "%s.new", work->data);
	if (!dir_remove(half, err) || !platform_unpack(arena, binaries, work->place.account, NULL, half, err))
		return false;
	if (rename(half, work->data) != 0)
		return err_set(err, ERR_FAILED, "file-unusable", "could not rename \"%s\": %s", half, strerror(errno));
	work->state.platform = platform_key(arena);
	return true;
}

/* A folder in /tmp that is still the one that we made. */
static bool is_private(const char *path, const struct account *account)
{
	struct stat st;
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 0700 &&
		st.st_uid == (account ? account->uid : geteuid());
}

/* home/run, or, where the path does not do for a socket, a folder in /tmp that is remembered. */
static bool find_socket_dir(struct arena *arena, struct work *work, struct err *err)
{
	struct local_state *state = &work->state;
	char *usual = path_join(arena, work->place.home, "run");
	if (socket_dir_fits(usual)) {
		state->socket = NULL;
	} else if (!state->socket || !is_private(state->socket, work->place.account)) {
		char *dir = arena_strdup(arena, "/tmp/brant-run-XXXXXX");
		if (!mkdtemp(dir))
			return err_set(err, ERR_FAILED, "file-unusable", "could not make a folder in /tmp: %s",
				       strerror(errno));
		if (!account_own(work->place.account, dir, err))
			return false;
		state->socket = dir;
	}
	work->socket_dir = socket_dir(arena, work);
	return true;
}

static void remove_socket_dir(const struct work *work)
{
	struct err ignored = { .arena = arena_new(NULL) };
	if (work->state.socket && is_private(work->state.socket, work->place.account))
		dir_remove(work->state.socket, &ignored);
	arena_free(ignored.arena);
}

/* ---- starting and stopping ---- */

static bool start_server(struct arena *arena, const struct work *work, const struct binaries *binaries, struct err *err)
{
	struct server server = {
		.bin = binaries->dir,
		.account = work->place.account,
		.data = work->data,
		.socket_dir = work->socket_dir,
		.log = path_join(arena, work->place.home, "log/postgres.log"),
		.settings = settings,
	};
	return server_start(arena, &server, err);
}

/* Ends servers whose project is gone.  Those that kept their files inside of it are found by pooler_sweep(). */
static void sweep(const struct place *place)
{
	struct arena *arena = arena_new(NULL);
	struct err ignored = { .arena = arena };
	struct abandoned_homes homes = place->account ? place_abandoned(arena) : (struct abandoned_homes){ 0 };
	for (size_t i = 0; i < homes.len; i++) {
		struct place gone = { .home = homes.ptr[i].home, .account = place->account };
		bool stopped = pooler_stop(&gone, &ignored) &&
			server_stop(path_join(arena, gone.home, "data"), SERVER_STOP_FAST, &ignored);
		if (stopped && homes.ptr[i].is_old)
			dir_remove(gone.home, &ignored);
	}
	pooler_sweep(place);
	arena_free(arena);
}

/* A name for the time since the machine started. */
static const char *boot_name(struct arena *arena)
{
	struct err ignored = { .arena = arena };
	struct str text = { 0 };
	file_read(arena, "/proc/sys/kernel/random/boot_id", &text, &ignored);
	return str_dup(arena, str_trim(text));
}

/* Did the machine stop while the server ran?  It left its lock file, and that was before the last boot. */
static bool went_down(struct arena *arena, const struct work *work)
{
	return work->state.boot && strcmp(work->state.boot, boot_name(arena)) != 0 &&
		file_exists(path_join(arena, work->data, "postmaster.pid"));
}

/* Whatever of the two does not run. */
static bool start_work(struct arena *arena, struct work *work, struct local *local, struct err *err)
{
	struct binaries binaries;
	const char *pooler;
	unsigned port = work->state.port;
	bool is_new = !file_exists(path_join(arena, work->data, "PG_VERSION")), crashed = went_down(arena, work);
	work->state.boot = boot_name(arena);
	if (!find_programs(arena, work, &binaries, err) || !pooler_find(arena, &pooler, err) ||
	    !find_socket_dir(arena, work, err) || (is_new && !make_cluster(arena, work, &binaries, err)) ||
	    !local_state_save(arena, &work->place, &work->state, err))
		return false;
	if (!local->server_runs && !start_server(arena, work, &binaries, err))
		return false;
	if (!local->pooler_runs) {
		sweep(&work->place);
		if (!pooler_start(arena, pooler, &work->place, work->socket_dir, &work->state, err))
			return false;
	}
	if (work->state.port != port && !local_state_save(arena, &work->place, &work->state, err))
		return false;
	describe(arena, work, local);
	local->was_made = is_new;
	local->went_down = crashed;
	local->has_moved = port && work->state.port != port;
	return true;
}

bool local_start(struct arena *arena, const char *root, struct local *ret_local, struct err *err)
{
	struct arena *lock = arena_new(arena);
	struct work work;
	bool ok = open_work(arena, lock, root, true, &work, err);
	if (ok)
		describe(arena, &work, ret_local);
	if (ok && !(ret_local->server_runs && ret_local->pooler_runs))
		ok = start_work(arena, &work, ret_local, err);
	arena_free(lock);
	return ok;
}

static bool stop_work(const struct work *work, enum server_stop how, struct err *err)
{
	return pooler_stop(&work->place, err) && server_stop(work->data, how, err);
}

bool local_stop(struct arena *arena, const char *root, struct local *ret_local, struct err *err)
{
	struct arena *lock = arena_new(arena);
	struct work work;
	bool ok = open_work(arena, lock, root, false, &work, err);
	if (ok) {
		describe(arena, &work, ret_local);
		ok = stop_work(&work, SERVER_STOP_FAST, err);
		remove_socket_dir(&work);
	}
	arena_free(lock);
	return ok;
}

/* Renamed before it is removed: half a cluster must not look like one. */
static bool set_aside(struct arena *arena, const struct work *work, char **ret_old, struct err *err)
{
	*ret_old = arena_printf(arena, "%s.old", work->data);
	if (!dir_remove(*ret_old, err))
		return false;
	return rename(work->data, *ret_old) == 0 || errno == ENOENT ||
		err_set(err, ERR_FAILED, "file-unusable", "could not rename \"%s\": %s", work->data, strerror(errno));
}

bool local_reset(struct arena *arena, const char *root, struct local *ret_local, struct err *err)
{
	struct arena *lock = arena_new(arena);
	struct work work;
	char *old;
	bool ok = open_work(arena, lock, root, true, &work, err) && stop_work(&work, SERVER_STOP_IMMEDIATE, err) &&
		set_aside(arena, &work, &old, err);
	if (ok) {
		work.state.bin = NULL; /* whatever is installed now */
		describe(arena, &work, ret_local);
		ok = start_work(arena, &work, ret_local, err) && dir_remove(old, err);
	}
	arena_free(lock);
	return ok;
}

bool local_remove(struct arena *arena, const char *root, struct err *err)
{
	struct arena *lock = arena_new(arena);
	struct work work;
	bool ok = open_work(arena, lock, root, false, &work, err) && stop_work(&work, SERVER_STOP_IMMEDIATE, err);
	if (ok) {
		remove_socket_dir(&work);
		ok = (!work.state.outside || dir_remove(work.place.home, err)) && dir_remove(work.place.dir, err);
	}
	arena_free(lock);
	return ok;
}

/* ---- looking ---- */

bool local_status(struct arena *arena, const char *root, struct local *ret_local, struct err *err)
{
	struct work work;
	if (!open_work(arena, NULL, root, false, &work, err))
		return false;
	describe(arena, &work, ret_local);
	return true;
}

bool local_ensure(struct arena *arena, const char *root, struct target *ret_target, struct err *err)
{
	struct err looking = { .arena = arena };
	struct local local;
	if (!local_status(arena, root, &local, &looking) || !local.server_runs || !local.pooler_runs) {
		if (!local_start(arena, root, &local, err))
			return false;
	}
	/* There is no TLS to negotiate, whatever PGSSLMODE says. */
	return target_parse(arena, arena_printf(arena, "%s?sslmode=disable&hostaddr=127.0.0.1", local.url),
			    "the local project", ret_target, err);
}

const char *local_server_version(struct arena *arena, const struct local *local)
{
	return local->bin ? binaries_version(arena, local->bin) : NULL;
}

const char *local_pooler_version(struct arena *arena)
{
	struct err ignored = { .arena = arena };
	const char *program;
	return pooler_find(arena, &program, &ignored) ? pooler_version(arena, program) : NULL;
}

static unsigned long long counted; /* nftw() has no argument of ours; nothing here runs in threads */

static int count_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	counted += type == FTW_F ? (unsigned long long)st->st_blocks * 512 : 0;
	return 0;
}

unsigned long long local_data_size(const struct local *local)
{
	struct arena *scratch = arena_new(NULL);
	counted = 0;
	nftw(path_join(scratch, local->home, "data"), count_file, 32, FTW_PHYS);
	arena_free(scratch);
	return counted;
}
