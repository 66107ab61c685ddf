#include "project/local_pooler.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "db/db.h"
#include "db/server.h"
#include "project/local_platform.h"

/* Below the ports that the kernel gives to outgoing connections, which would take ours while the project is stopped. */
enum { PORT_FIRST = 15500, PORT_COUNT = 8000, PORT_TRIES = 50, START_SECONDS = 10 };

/* ---- the program ---- */

bool pooler_find(struct arena *arena, const char **ret_program, struct err *err)
{
	static const char *const folders[] = { "/usr/sbin", "/usr/local/sbin", "/usr/local/bin",
					       NULL }; /* not in every PATH */
	const char *given = getenv("BRANT_PGBOUNCER");
	if (given && *given) {
		*ret_program = given;
		if (program_exists(given))
			return true;
		err_set(err, ERR_FAILED, "pgbouncer-missing", "there is no program \"%s\"", given);
		return err_hint(err, "BRANT_PGBOUNCER names the program pgbouncer.");
	}
	*ret_program = program_find(arena, "pgbouncer", folders);
	if (*ret_program)
		return true;
	err_set(err, ERR_FAILED, "pgbouncer-missing", "PgBouncer is not installed here");
	return err_hint(err, "Install it (apt install pgbouncer), or name the program in BRANT_PGBOUNCER.");
}

const char *pooler_version(struct arena *arena, const char *program)
{
	const char *argv[] = { program, "--version", NULL };
	const struct account *account = NULL;
	struct err ignored = { .arena = arena };
	struct str output, first, rest, version;
	account_for_servers(arena, &account, &ignored);
	struct program run = { .argv = argv, .account = account, .cwd = "/" };
	if (!program_run(arena, &run, &output, &ignored) || !str_cut(output, '\n', &first, &rest) ||
	    !str_cut(first, ' ', &rest, &version))
		return NULL;
	return str_dup(arena, str_trim(version));
}

/* ---- found again ---- */

static char *config_path(struct arena *arena, const char *home)
{
	return path_join(arena, home, "pgbouncer.ini");
}

/* The configuration file in the command line of a PgBouncer of ours, or NULL for any other process. */
static const char *config_of(char **argv)
{
	if (!argv || !argv[0] || !argv[1] || argv[2] || strcmp(path_base(argv[0]), "pgbouncer") != 0)
		return NULL;
	return argv[1][0] == '/' && strcmp(path_base(argv[1]), "pgbouncer.ini") == 0 ? argv[1] : NULL;
}

struct proc *pooler_running(struct arena *arena, const struct place *place, pid_t *ret_pid)
{
	struct err ignored = { .arena = arena };
	struct str text;
	unsigned long long pid;
	if (!file_read(arena, path_join(arena, place->home, "pgbouncer.pid"), &text, &ignored) ||
	    !str_to_u64(str_trim(text), &pid) || pid >= 1 << 30)
		return NULL;
	struct proc *proc = proc_hold(arena, (pid_t)pid);
	const char *config = proc ? config_of(proc_arguments(arena, (pid_t)pid)) : NULL;
	if (!config || strcmp(config, config_path(arena, place->home)) != 0)
		return NULL;
	*ret_pid = (pid_t)pid;
	return proc;
}

/* SIGTERM: at once; from 1.23 on only the second one means that, the first waits for the clients.  It has nothing to lose. */
static bool end_process(const struct proc *proc, pid_t pid)
{
	int status;
	bool ended = proc_signal(proc, SIGTERM) && proc_wait(proc, 0.3);
	ended = ended || (proc_signal(proc, SIGTERM) && proc_wait(proc, 1));
	ended = ended || (proc_signal(proc, SIGKILL) && proc_wait(proc, 5));
	child_ended(pid, &status);
	return ended;
}

bool pooler_stop(const struct place *place, struct err *err)
{
	struct arena *scratch = arena_new(NULL);
	pid_t pid = 0;
	struct proc *proc = pooler_running(scratch, place, &pid);
	bool ok = !proc || end_process(proc, pid);
	unlink(path_join(scratch, place->home, "pgbouncer.pid"));
	arena_free(scratch);
	return ok || err_set(err, ERR_FAILED, "pooler-failed", "PgBouncer (process %d) does not stop", (int)pid);
}

/* One that was started for this project a moment before brant was killed, or one whose project is gone. */
static bool is_stray(const char *config, const char *own_config)
{
	return strcmp(config, own_config) == 0 || (strstr(config, "/.brant/") && !file_exists(config));
}

void pooler_sweep(const struct place *place)
{
	struct arena *arena = arena_new(NULL);
	uid_t owner = place->account ? place->account->uid : geteuid();
	DIR *dir = opendir("/proc");
	unsigned long long pid;
	struct stat st;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		struct arena *scratch = arena_new(arena);
		if (str_to_u64(str_of(entry->d_name), &pid) && fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
		    st.st_uid == owner) {
			struct proc *proc = proc_hold(scratch, (pid_t)pid);
			const char *config = proc ? config_of(proc_arguments(scratch, (pid_t)pid)) : NULL;
			if (config && is_stray(config, config_path(scratch, place->home)))
				end_process(proc, (pid_t)pid);
		}
		arena_free(scratch);
	}
	if (dir)
		closedir(dir);
	arena_free(arena);
}

/* ---- starting ---- */

static struct sockaddr_in loopback(unsigned port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static bool port_is_free(unsigned port)
{
	struct sockaddr_in address = loopback(port);
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* past connections in TIME_WAIT do not count */
	bool is_free = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return is_free;
}

static bool port_answers(unsigned port)
{
	struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return answers;
}

/* The one of before; of a new project one that its path leads to, so that the same folder gets the same port again. */
static unsigned nth_port(struct arena *arena, const struct place *place, unsigned before, unsigned n)
{
	unsigned long from = strtoul(arena_strndup(arena, place_hash(arena, place), 8), NULL, 16) % PORT_COUNT;
	if (before && n == 0)
		return before;
	return PORT_FIRST + (unsigned)((from + n) % PORT_COUNT);
}

/* Newer ones support named prepared statements unless told otherwise; the platform's does not, so ours must not. */
static const char *newer_settings(struct arena *arena, const char *program)
{
	const char *version = pooler_version(arena, program);
	struct str major, minor, rest;
	unsigned long long m, n;
	if (!str_cut(str_of(version), '.', &major, &rest))
		return "";
	str_cut(rest, '.', &minor, &rest);
	if (!str_to_u64(major, &m) || !str_to_u64(minor, &n))
		return "";
	return m > 1 || n >= 21 ? "max_prepared_statements = 0\n" : "";
}

/* No user here needs quotes: see local_state.c.  Paths are relative to the working directory, which is home. */
static bool write_config(struct arena *arena, const char *program, const struct place *place, const char *socket_dir,
			 const struct local_state *state, struct err *err)
{
	char *config = config_path(arena, place->home), *users = path_join(arena, place->home, "userlist.txt");
	char *server =
		arena_printf(arena, "host=%s port=5432 dbname=" PLATFORM_DATABASE " user=" PLATFORM_OWNER, socket_dir);
	char *text = arena_printf(
		arena,
		";; Written by brant at each start.\n[databases]\n%s = %s\n" PLATFORM_DATABASE " = %s\n\n"
		"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %u\nunix_socket_dir =\n"
		"pool_mode = transaction\ndefault_pool_size = 20\nmax_client_conn = 200\n"
		"auth_type = scram-sha-256\nauth_file = userlist.txt\n"
		"ignore_startup_parameters = extra_float_digits\nserver_login_retry = 1\nso_reuseport = 0\n%s",
		state->ref, server, server, state->port, newer_settings(arena, program));
	char *list = arena_printf(arena, "\"%s\" \"%s\"\n", state->ref, state->password);
	return file_write(config, str_of(text), 0600, err) && account_own(place->account, config, err) &&
		file_write(users, str_of(list), 0600, err) && account_own(place->account, users, err);
}

static bool wait_until_ready(pid_t pid, unsigned port, bool *ret_ended)
{
	double end = clock_now() + START_SECONDS;
	int status;
	while (clock_now() < end && !db_cancel_flag) {
		/* Asked in this order: it is he who answers, and not a stranger who was faster on that port. */
		bool answers = port_answers(port);
		*ret_ended = child_ended(pid, &status);
		if (*ret_ended || answers)
			return !*ret_ended;
		clock_sleep(0.002);
	}
	return false;
}

static bool start_failed(const char *log, size_t log_from, struct err *err)
{
	if (db_cancel_flag)
		return err_set(err, ERR_CANCELLED, "cancelled", "cancelled while a server was starting");
	err_set(err, ERR_FAILED, "pooler-failed", "PgBouncer did not start");
	return log_detail(err, log, log_from);
}

static bool start_on_port(struct arena *arena, const char *program, const struct place *place, unsigned port,
			  bool *ret_ended, struct err *err)
{
	char *log = path_join(arena, place->home, "log/pgbouncer.log");
	const char *argv[] = { program, config_path(arena, place->home), NULL };
	static const char *const without[] = { "PG", "NOTIFY_SOCKET=", "LISTEN_", NULL };
	size_t log_from;
	int fd = log_open(arena, log, &log_from);
	struct program run = {
		.argv = argv,
		.env = environment(arena, without, NULL),
		.cwd = place->home,
		.account = place->account,
		.out = fd < 0 ? 0 : fd,
		.error = fd < 0 ? 0 : fd,
		.detached = true,
	};
	pid_t pid;
	bool started = program_start(&run, &pid, err);
	if (fd >= 0)
		close(fd);
	if (!started)
		return false;
	if (wait_until_ready(pid, port, ret_ended))
		return file_write(path_join(arena, place->home, "pgbouncer.pid"),
				  str_of(arena_printf(arena, "%d\n", (int)pid)), 0600, err);
	if (!*ret_ended) {
		kill(pid, SIGKILL); /* our own child */
		waitpid(pid, NULL, 0);
	}
	return start_failed(log, log_from, err);
}

bool pooler_start(struct arena *arena, const char *program, const struct place *place, const char *socket_dir,
		  struct local_state *state, struct err *err)
{
	unsigned before = state->port;
	for (unsigned n = 0; n < PORT_TRIES; n++) {
		bool ended = false;
		state->port = nth_port(arena, place, before, n);
		if (!port_is_free(state->port))
			continue;
		err_clear(err);
		if (!write_config(arena, program, place, socket_dir, state, err))
			return false;
		if (start_on_port(arena, program, place, state->port, &ended, err))
			return true;
		/* It gave up although the port was free: not the port's fault, unless somebody took it just now. */
		if (!ended || port_is_free(state->port))
			return false;
	}
	return err->message ? false : err_set(err, ERR_FAILED, "pooler-failed", "found no free port for PgBouncer");
}
