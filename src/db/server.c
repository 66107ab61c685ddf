#include "db/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "db/db.h"
#include "db/stand_in.h"

enum { START_SECONDS = 60, STOP_SECONDS = 20, LOG_MAX = 16 * 1024 * 1024 };

/* What the user set for clients (PGOPTIONS, PGDATA, ...) and for his own language is not for our servers. */
static const char *const not_for_servers[] = { "PG", "LC_", "LANG=", "LANGUAGE=", "TZ=", "NOTIFY_SOCKET=", NULL };
static const char *const for_servers[] = { "LC_ALL=C.UTF-8", "TZ=UTC", NULL };

/* ---- logs ---- */

int log_open(struct arena *arena, const char *log, size_t *ret_size)
{
	struct stat st;
	if (stat(log, &st) == 0 && st.st_size > LOG_MAX)
		rename(log, arena_printf(arena, "%s.old", log));
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	*ret_size = fd >= 0 && fstat(fd, &st) == 0 ? (size_t)st.st_size : 0;
	return fd;
}

bool log_detail(struct err *err, const char *log, size_t from)
{
	enum { LINES = 8 };
	struct err ignored = { .arena = err->arena };
	struct str text;
	if (!file_read(err->arena, log, &text, &ignored) || text.len <= from)
		return false;
	text = str_trim(str_slice(text, from, text.len));
	size_t start = text.len;
	for (int lines = 0; start > 0; start--)
		if (text.ptr[start - 1] == '\n' && ++lines == LINES)
			break;
	text = str_slice(text, start, text.len);
	return text.len && err_detail(err, "Its log ends with:\n" STR_FMT, STR_ARG(text));
}

/* ---- creating ---- */

static bool run_initdb(struct arena *arena, const char *bin, const struct account *account, const char *data,
		       const char *locale, struct err *err)
{
	/* Small segments: two of 16 MB would be half of a new cluster, which is copied often. */
	const char *argv[] = { binaries_program(arena, bin, "initdb"),
			       "--pgdata",
			       data,
			       "--username",
			       SERVER_SUPERUSER,
			       "--encoding=UTF8",
			       locale,
			       "--auth=trust",
			       "--no-sync",
			       "--wal-segsize=1",
			       NULL };
	struct program program = {
		.argv = argv, .account = account, .cwd = "/", .env = environment(arena, not_for_servers, for_servers)
	};
	struct str output;
	return program_run(arena, &program, &output, err);
}

bool server_create(struct arena *arena, const char *bin, const struct account *account, const char *data,
		   struct err *err)
{
	struct err first = { .arena = arena };
	if (run_initdb(arena, bin, account, data, "--locale=C.UTF-8", &first))
		return true;
	/* A system without that locale; initdb has removed what it had made. */
	if (!file_exists(data) && run_initdb(arena, bin, account, data, "--locale=C", err))
		return true;
	err_copy(err, &first);
	err->name = "server-failed";
	return err_prefix(err, "could not make a PostgreSQL cluster");
}

bool socket_dir_fits(const char *path)
{
	enum { SOCKET_DIR_MAX = 107 - (int)sizeof("/.s.PGSQL.5432.lock") };
	size_t len = strlen(path);
	return path[0] == '/' && len <= SOCKET_DIR_MAX &&
		strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == len;
}

/* ---- found again ---- */

/* postmaster.pid: process id, data folder, start time, port, socket folder, address, shared memory, state; a line each. */
enum pidfile_line { LINE_PID, LINE_STATE = 7, LINES = 8 };

struct pidfile {
	struct str lines[LINES];
};

static struct pidfile read_pidfile(struct arena *arena, const char *data)
{
	struct pidfile file = { 0 };
	struct err ignored = { .arena = arena };
	struct str rest;
	if (!file_read(arena, path_join(arena, data, "postmaster.pid"), &rest, &ignored))
		return file;
	for (size_t i = 0; i < LINES; i++) {
		bool more = str_cut(rest, '\n', &file.lines[i], &rest);
		file.lines[i] = str_trim(more ? file.lines[i] : rest);
		if (!more)
			break;
	}
	return file;
}

static pid_t pidfile_pid(const struct pidfile *file)
{
	unsigned long long pid;
	return str_to_u64(file->lines[LINE_PID], &pid) && pid < 1 << 30 ? (pid_t)pid : 0;
}

/*
 * Is this command line a postmaster's for this folder?  One whose folder is not there any more counts too: somebody moved it while the
 * server ran, and the server's own lock file, which came along, names that process.
 */
static bool is_postmaster(char **argv, const char *data)
{
	if (!argv || !argv[0] || strcmp(path_base(argv[0]), "postgres") != 0)
		return false;
	for (char **word = argv + 1; word[0] && word[1]; word++)
		if (strcmp(word[0], "-D") == 0)
			return strcmp(word[1], data) == 0 || !file_exists(word[1]);
	return false;
}

struct proc *server_running(struct arena *arena, const char *data, pid_t *ret_pid)
{
	struct pidfile file = read_pidfile(arena, data);
	pid_t pid = pidfile_pid(&file);
	struct proc *proc = pid ? proc_hold(arena, pid) : NULL;
	if (!proc || !is_postmaster(proc_arguments(arena, pid), data))
		return NULL;
	if (ret_pid)
		*ret_pid = pid;
	return proc;
}

/*
 * After a crash the number in a lock file may be that of a dead process whose parent does not look after it (containers often have no init),
 * or have come to mean somebody else.  PostgreSQL would take either for a postmaster and refuse to start.  The data folder's file is not
 * removed but gets a number that nobody can have: by its other lines PostgreSQL finds backends that the crash left behind.
 */
static bool forget_dead(struct arena *arena, const struct server *server, struct err *err)
{
	char *path = path_join(arena, server->data, "postmaster.pid");
	struct str text, number, rest;
	struct err ignored = { .arena = arena };
	unlink(path_join(arena, server->socket_dir, ".s.PGSQL.5432.lock"));
	if (!file_exists(path) || !file_read(arena, path, &text, &ignored) || !str_cut(text, '\n', &number, &rest))
		return true;
	char *changed = arena_printf(arena, "99999999\n" STR_FMT, STR_ARG(rest));
	return file_write(path, str_of(changed), 0600, err) && account_own(server->account, path, err);
}

/* ---- starting ---- */

static bool write_settings(struct arena *arena, const struct server *server, struct err *err)
{
	char *path = path_join(arena, server->data, "postgresql.conf");
	const char *modules = server->root
		? arena_printf(arena, "dynamic_library_path = '$libdir:%s'\n", stand_ins_modules(arena, server->root))
		: "";
	char *text = arena_printf(
		arena,
		"# Written by brant at each start.  ALTER SYSTEM writes to postgresql.auto.conf, which counts more.\n"
		"listen_addresses = ''\nport = 5432\nunix_socket_directories = '%s'\nunix_socket_permissions = 0700\n"
		"log_destination = stderr\nlogging_collector = off\nlog_line_prefix = '%%m [%%p] %%a '\n%s%s",
		server->socket_dir, server->settings, modules);
	return file_write(path, str_of(text), 0600, err) && account_own(server->account, path, err);
}

static bool failed(const struct server *server, size_t log_from, const char *why, struct err *err)
{
	err_set(err, ERR_FAILED, "server-failed", "the PostgreSQL server %s", why);
	return log_detail(err, server->log, log_from);
}

static bool cancelled(struct err *err)
{
	return err_set(err, ERR_CANCELLED, "cancelled", "cancelled while a server was starting");
}

/* The file of an earlier run may still be there and say "ready". */
static bool is_ready(const struct server *server, pid_t pid)
{
	struct arena *scratch = arena_new(NULL);
	struct pidfile file = read_pidfile(scratch, server->data);
	bool ready = pidfile_pid(&file) == pid && str_eq(file.lines[LINE_STATE], STR("ready"));
	arena_free(scratch);
	return ready;
}

/* True when it is ready; *ret_ended when it gave up. */
static bool wait_until_ready(const struct server *server, pid_t pid, bool *ret_ended)
{
	double end = clock_now() + START_SECONDS;
	int status;
	while (clock_now() < end && !db_cancel_flag) {
		if (is_ready(server, pid))
			return true;
		if (child_ended(pid, &status)) {
			*ret_ended = true;
			return false;
		}
		clock_sleep(0.002);
	}
	return false;
}

/* Backends that outlive a postmaster killed with -9 for a moment keep the next one from starting. */
static bool may_try_again(struct arena *arena, const struct server *server, size_t log_from)
{
	struct err ignored = { .arena = arena };
	struct str text;
	return file_read(arena, server->log, &text, &ignored) && text.len > log_from &&
		str_find(str_slice(text, log_from, text.len), STR("shared memory block")) >= 0;
}

static struct program program_of(struct arena *arena, const struct server *server, int log)
{
	const char **argv = arena_alloc(arena, 4 * sizeof(*argv));
	const char *postgres = binaries_program(arena, server->bin, "postgres");
	/* It looks for its files beside what it is called by. */
	argv[0] = server->root ? stand_ins_program(arena, server->root, server->bin) : postgres;
	argv[1] = "-D";
	argv[2] = server->data;
	return (struct program){
		.argv = argv,
		.file = postgres,
		.env = environment(arena, not_for_servers, for_servers),
		.cwd = "/",
		.account = server->account,
		.out = log < 0 ? 0 : log,
		.error = log < 0 ? 0 : log,
		.detached = true,
		/* For a server: an immediate shutdown. */
		.death_signal = server->dies_with_us ? SIGQUIT : 0,
	};
}

static bool start_once(struct arena *arena, const struct server *server, size_t *ret_log_from, bool *ret_ended,
		       struct err *err)
{
	int log = log_open(arena, server->log, ret_log_from);
	struct program program = program_of(arena, server, log);
	pid_t pid;
	bool started = program_start(&program, &pid, err);
	if (log >= 0)
		close(log);
	if (!started || wait_until_ready(server, pid, ret_ended))
		return started;
	if (!*ret_ended) {
		kill(pid, SIGQUIT); /* our own child */
		waitpid(pid, NULL, 0);
	}
	if (db_cancel_flag)
		return cancelled(err);
	return failed(server, *ret_log_from, *ret_ended ? "did not start" : "was not ready in time", err);
}

bool server_start(struct arena *arena, const struct server *server, struct err *err)
{
	enum { TRIES = 25 };
	if (!forget_dead(arena, server, err) || !write_settings(arena, server, err))
		return false;
	for (int i = 0; i < TRIES; i++) {
		bool ended = false;
		size_t log_from = 0;
		err_clear(err);
		if (start_once(arena, server, &log_from, &ended, err))
			return true;
		if (!ended || !may_try_again(arena, server, log_from))
			return false;
		clock_sleep(0.2);
	}
	return false;
}

/* ---- starting beside other work ---- */

struct server_start {
	struct arena *arena;
	struct server server;
	pid_t pid; /* 0: there is no process to wait for any more */
};

/* It may be at any point: an unpacking process dies of the signal, a server shuts down. */
static void give_up(void *ptr)
{
	struct server_start *start = ptr;
	int status;
	if (!start->pid)
		return;
	kill(start->pid, SIGINT);
	for (double end = clock_now() + STOP_SECONDS; clock_now() < end && !child_ended(start->pid, &status);) {
		if (kill(start->pid, 0) != 0)
			break;
		clock_sleep(0.002);
	}
	if (kill(start->pid, 0) == 0) {
		kill(start->pid, SIGKILL);
		waitpid(start->pid, NULL, 0);
	}
	start->pid = 0;
}

/* In the child. */
static void make_and_become(struct server_start *start, pid_t parent, bool (*make)(void *ctx), void *ctx)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	size_t from;
	/* What our parent does on signals is not our business. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
	if (!make(ctx) || !write_settings(arena, &start->server, &err))
		_exit(1);
	struct program program = program_of(arena, &start->server, log_open(arena, start->server.log, &from));
	program_become(&program, &err);
	_exit(1);
}

struct server_start *server_begin(struct arena *arena, const struct server *server, bool (*make)(void *ctx), void *ctx)
{
	struct server_start *start = arena_alloc(arena, sizeof(*start));
	pid_t parent = getpid();
	*start = (struct server_start){ .arena = arena, .server = *server };
	start->pid = fork();
	if (start->pid == 0)
		make_and_become(start, parent, make, ctx);
	if (start->pid < 0)
		start->pid = 0;
	arena_defer(arena, give_up, start);
	return start;
}

bool server_is_ready(const struct server_start *start)
{
	return start->pid && is_ready(&start->server, start->pid);
}

bool server_await(struct server_start *start)
{
	bool ended = false;
	if (!start->pid)
		return false;
	if (wait_until_ready(&start->server, start->pid, &ended)) {
		start->pid = 0;
		return true;
	}
	if (ended)
		start->pid = 0;
	give_up(start);
	return false;
}

/* ---- stopping ---- */

bool server_stop(const char *data, enum server_stop how, struct err *err)
{
	struct arena *scratch = arena_new(NULL);
	pid_t pid = 0;
	int status;
	struct proc *proc = server_running(scratch, data, &pid);
	bool ok = !proc;
	if (proc && how == SERVER_STOP_FAST)
		ok = proc_signal(proc, SIGINT) && proc_wait(proc, STOP_SECONDS);
	if (!ok)
		ok = proc_signal(proc, SIGQUIT) && proc_wait(proc, STOP_SECONDS);
	if (pid)
		child_ended(pid, &status);
	arena_free(scratch);
	return ok ||
		err_set(err, ERR_FAILED, "server-failed", "the PostgreSQL server (process %d) does not stop", (int)pid);
}

bool server_target(struct arena *arena, const char *socket_dir, const char *database, struct target *ret_target,
		   struct err *err)
{
	return target_parse(arena,
			    arena_printf(arena, "host=%s dbname=%s user=%s", socket_dir, database, SERVER_SUPERUSER),
			    "a server of our own", ret_target, err);
}
