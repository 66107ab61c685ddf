#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

/* ---- accounts ---- */

bool account_for_servers(struct arena *arena, const struct account **ret_account, struct err *err)
{
	static const char *const names[] = { "postgres", "nobody" };
	*ret_account = NULL;
	if (geteuid() != 0)
		return true;
	for (size_t i = 0; i < LEN(names); i++) {
		const struct passwd *entry = getpwnam(names[i]);
		if (!entry || !entry->pw_uid)
			continue;
		struct account *account = arena_alloc(arena, sizeof(*account));
		*account = (struct account){ entry->pw_uid, entry->pw_gid, names[i] };
		*ret_account = account;
		return true;
	}
	err_set(err, ERR_FAILED, "no-unprivileged-user", "there is no user that a server could run as");
	err_detail(
		err,
		"PostgreSQL and PgBouncer refuse to run as root, and neither user \"postgres\" nor \"nobody\" exists.");
	return err_hint(
		err,
		"Run brant as an ordinary user, or install the package postgresql, which makes the user \"postgres\".");
}

bool account_own(const struct account *account, const char *path, struct err *err)
{
	if (!account || lchown(path, account->uid, account->gid) == 0)
		return true;
	return err_set(err, ERR_FAILED, "file-unusable", "could not give \"%s\" to user \"%s\": %s", path,
		       account->name, strerror(errno));
}

/* ---- starting ---- */

enum step { STEP_FILES, STEP_ACCOUNT, STEP_FOLDER, STEP_RUN };

/* What a child that could not become the program tells its parent. */
struct failure {
	enum step step;
	int reason;
};

static bool place_file(int fd, int place)
{
	if (fd == PROC_INHERIT)
		return true;
	if (fd == place) /* we were started without it; dup2() would leave it to be closed by exec */
		return fcntl(fd, F_SETFD, 0) == 0;
	if (fd)
		return dup2(fd, place) >= 0;
	int null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, place) < 0)
		return false;
	return null == place || close(null) == 0;
}

static bool become(const struct account *account)
{
	if (!account)
		return true;
	return setgroups(1, &account->gid) == 0 && setgid(account->gid) == 0 && setuid(account->uid) == 0;
}

/* Handlers are gone with exec, but what is ignored or blocked would stay so. */
static void reset_signals(void)
{
	sigset_t none;
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: becomes the program, or says at which step it failed. */
static enum step become_program(const struct program *program, pid_t parent)
{
	reset_signals();
	if (program->detached) {
		setsid();
		umask(077);
	}
	if (!place_file(program->in, STDIN_FILENO) || !place_file(program->out, STDOUT_FILENO) ||
	    !place_file(program->error, STDERR_FILENO))
		return STEP_FILES;
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) /* an old kernel: one by one, as far as anybody goes */
		for (int fd = 3; fd < 1024; fd++)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (!become(program->account))
		return STEP_ACCOUNT;
	/* Behind the change of user, which the kernel answers by forgetting the signal; and the parent may be gone already. */
	if (program->death_signal && (prctl(PR_SET_PDEATHSIG, program->death_signal) != 0 || getppid() != parent))
		_exit(1);
	if (program->cwd && chdir(program->cwd) != 0)
		return STEP_FOLDER;
	/* The casts are exec's: it does not write. */
	char *const *argv = (char *const *)(uintptr_t)program->argv;
	const char *file = program->file ? program->file : argv[0];
	if (program->env)
		execvpe(file, argv, (char *const *)(uintptr_t)program->env);
	else
		execvp(file, argv);
	return STEP_RUN;
}

static bool start_failed(const struct program *program, const struct failure *failure, struct err *err)
{
	const char *name = program->argv[0], *reason = strerror(failure->reason);
	switch (failure->step) {
	case STEP_FILES:
		break;
	case STEP_ACCOUNT:
		return err_set(err, ERR_FAILED, "program-failed", "could not start \"%s\" as user \"%s\": %s", name,
			       program->account->name, reason);
	case STEP_FOLDER:
		return err_set(err, ERR_FAILED, "program-failed", "could not start \"%s\" in \"%s\": %s", name,
			       program->cwd, reason);
	case STEP_RUN:
		break;
	}
	return err_set(err, ERR_FAILED, "program-failed", "could not start \"%s\": %s", name, reason);
}

bool program_pipe(int ret_pipe[2])
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		ret_pipe[i] = ends[i] > STDERR_FILENO ? ends[i] : fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (ret_pipe[i] != ends[i])
			close(ends[i]);
	}
	return ret_pipe[0] >= 0 && ret_pipe[1] >= 0;
}

bool program_start(const struct program *program, pid_t *ret_pid, struct err *err)
{
	int report[2];
	struct failure failure = { STEP_FILES, 0 };
	if (!program_pipe(report)) {
		failure.reason = errno;
		return start_failed(program, &failure, err);
	}
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		failure.step = become_program(program, parent);
		failure.reason = errno;
		ssize_t ignored = write(report[1], &failure, sizeof(failure));
		(void)ignored;
		_exit(127);
	}
	failure.reason = errno;
	close(report[1]);
	ssize_t got = 0;
	while (pid > 0 && (got = read(report[0], &failure, sizeof(failure))) < 0 && errno == EINTR)
		;
	close(report[0]);
	if (pid > 0 && got == 0) {
		*ret_pid = pid;
		return true;
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return start_failed(program, &failure, err);
}

bool program_become(const struct program *program, struct err *err)
{
	struct failure failure = { .step = become_program(program, getppid()) };
	failure.reason = errno;
	return start_failed(program, &failure, err);
}

static bool run_failed(const struct program *program, int status, struct str output, struct err *err)
{
	const char *name = path_base(program->argv[0]);
	if (WIFSIGNALED(status))
		err_set(err, ERR_FAILED, "program-failed", "\"%s\" was killed by signal %d", name, WTERMSIG(status));
	else
		err_set(err, ERR_FAILED, "program-failed", "\"%s\" failed with status %d", name, WEXITSTATUS(status));
	output = str_trim(output);
	return output.len && err_detail(err, STR_FMT, STR_ARG(output));
}

bool program_run(struct arena *arena, const struct program *program, struct str *ret_output, struct err *err)
{
	int pipes[2], status = 0;
	if (!program_pipe(pipes))
		return err_set(err, ERR_FAILED, "program-failed", "could not start \"%s\": %s", program->argv[0],
			       strerror(errno));
	struct program piped = *program;
	piped.out = piped.error = pipes[1];
	pid_t pid;
	bool started = program_start(&piped, &pid, err);
	close(pipes[1]);
	struct buf buf = buf_init(arena);
	char part[4096];
	for (ssize_t n = 1; started && n != 0;) {
		n = read(pipes[0], part, sizeof(part));
		if (n > 0)
			buf_add(&buf, part, (size_t)n);
		else if (n < 0 && errno != EINTR)
			break;
	}
	close(pipes[0]);
	if (!started)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		return run_failed(program, status, buf_as_str(&buf), err);
	*ret_output = buf_as_str(&buf);
	return true;
}

/* ---- finding ---- */

const char *const *environment(struct arena *arena, const char *const *without, const char *const *more)
{
	VEC(const char *) all = { 0 };
	for (char **variable = environ; variable && *variable; variable++) {
		bool wanted = true;
		for (const char *const *prefix = without; prefix && *prefix; prefix++)
			wanted = wanted && !str_starts(str_of(*variable), str_of(*prefix));
		if (wanted)
			vec_push(arena, &all, *variable);
	}
	for (const char *const *variable = more; variable && *variable; variable++)
		vec_push(arena, &all, *variable);
	vec_push(arena, &all, NULL);
	return all.ptr;
}

bool program_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *program_find(struct arena *arena, const char *name, const char *const *folders)
{
	for (; folders && *folders; folders++) {
		char *path = path_join(arena, *folders, name);
		if (program_exists(path))
			return path;
	}
	const char *given = getenv("PATH");
	struct str rest = str_of(given ? given : "/usr/bin:/bin"), folder;
	for (bool more = true; more;) {
		more = str_cut(rest, ':', &folder, &rest);
		if (!more)
			folder = rest;
		/* A relative folder in PATH is somebody's mistake or trap. */
		char *path = folder.len && folder.ptr[0] == '/' ? path_join(arena, str_dup(arena, folder), name) : NULL;
		if (path && program_exists(path))
			return path;
	}
	return NULL;
}

/* ---- processes that are no children ---- */

char **proc_arguments(struct arena *arena, pid_t pid)
{
	struct err ignored = { .arena = arena };
	struct str text;
	if (!file_read(arena, arena_printf(arena, "/proc/%d/cmdline", (int)pid), &text, &ignored) || !text.len)
		return NULL;
	VEC(char *) words = { 0 };
	for (size_t from = 0, i = 0; i < text.len; i++)
		if (!text.ptr[i] || i + 1 == text.len) {
			vec_push(arena, &words, arena_strndup(arena, text.ptr + from, i - from + (text.ptr[i] != 0)));
			from = i + 1;
		}
	vec_push(arena, &words, NULL);
	return words.ptr;
}

struct proc {
	pid_t pid;
	int fd; /* -1 where the kernel has no such thing: then by the number */
};

static void proc_close(void *ptr)
{
	close(((struct proc *)ptr)->fd);
}

struct proc *proc_hold(struct arena *arena, pid_t pid)
{
	if (pid <= 0 || (kill(pid, 0) != 0 && errno == ESRCH))
		return NULL;
	struct proc *proc = arena_alloc(arena, sizeof(*proc));
	*proc = (struct proc){ pid, pidfd_open(pid, 0) };
	if (proc->fd < 0)
		return errno == ESRCH ? NULL : proc;
	fcntl(proc->fd, F_SETFD, FD_CLOEXEC);
	arena_defer(arena, proc_close, proc);
	return proc;
}

bool proc_signal(const struct proc *proc, int signal)
{
	return (proc->fd >= 0 ? pidfd_send_signal(proc->fd, signal, NULL, 0) : kill(proc->pid, signal)) == 0;
}

/* Not there, or dead and waiting for its parent to notice. */
static bool is_gone(pid_t pid)
{
	struct arena *scratch = arena_new(NULL);
	bool gone = !proc_arguments(scratch, pid);
	arena_free(scratch);
	return gone;
}

bool proc_wait(const struct proc *proc, double seconds)
{
	double end = clock_now() + seconds;
	while (clock_now() < end) {
		struct pollfd poll_fd = { .fd = proc->fd, .events = POLLIN };
		double left = end - clock_now();
		if (proc->fd < 0)
			clock_sleep(0.005);
		if (proc->fd < 0 ? is_gone(proc->pid) : poll(&poll_fd, 1, (int)(left * 1000) + 1) > 0)
			return true;
	}
	return false;
}

bool child_ended(pid_t pid, int *ret_status)
{
	return waitpid(pid, ret_status, WNOHANG) == pid;
}
