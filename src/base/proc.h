/*
 * proc.h - other programs: started, waited for, recognised, stopped.
 *
 * A started program gets nothing of ours by accident: no open files beyond its three, no signal that we ignore, no terminal unless it is
 * asked for.  A process that is no child (a server that an earlier run left) is known by what the kernel says about it, never by a number
 * in a file alone: numbers are used again, and a stranger is never signalled.
 *
 * Linux: it reads /proc.  What is read there is open to everybody: root in a container has no right to look at /proc/PID/cwd of others.
 */
#ifndef BRANT_BASE_PROC_H
#define BRANT_BASE_PROC_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* A user of the system to run as. */
struct account {
	uid_t uid;
	gid_t gid;
	const char *name;
};

/*
 * Who servers run as: they refuse to be root.  NULL where we are not root; "postgres", else "nobody" where we are.
 * Fails with "no-unprivileged-user" where there is neither.
 */
bool account_for_servers(struct arena *arena, const struct account **ret_account, struct err *err);

/* Makes the account the owner of a file or folder (not through a link); nothing where account is NULL. */
bool account_own(const struct account *account, const char *path, struct err *err);

enum { PROC_INHERIT = -1 }; /* for the three files: ours; 0 is /dev/null, anything else a file descriptor */

struct program {
	const char *const *argv;       /* ended by NULL; argv[0] is a path, or a name that is looked for in PATH */
	const char *file;              /* what is run, where it is to believe that it is argv[0]; NULL: that */
	const char *const *env;        /* ended by NULL; NULL: ours */
	const char *cwd;               /* NULL: ours */
	const struct account *account; /* NULL: as we are */
	int in, out, error;
	bool detached; /* a session of its own: it outlives us and our terminal; what it makes on disk is for its user only */
	int death_signal; /* what the kernel sends it when we die, 0: nothing */
};

/* Fails with "program-failed" when it cannot even be started: no such file, no right to enter cwd, ... */
bool program_start(const struct program *program, pid_t *ret_pid, struct err *err);

/* Runs it to its end; output is what it wrote to both standard output and error.  Fails with "program-failed" when its status is not 0. */
bool program_run(struct arena *arena, const struct program *program, struct str *ret_output, struct err *err);

/* A pipe that no program inherits, both ends above the three standard files, which may have been closed before we started. */
bool program_pipe(int ret_pipe[2]);

/* Becomes the program, with our process number and our terminal; returns only when that failed ("program-failed"). */
bool program_become(const struct program *program, struct err *err);

/* The environment without variables whose name begins with one of the prefixes, and with more ("NAME=VALUE", ended by NULL) added. */
const char *const *environment(struct arena *arena, const char *const *without, const char *const *more);

/* The path of a program: in the folders (ended by NULL, may be NULL) or in PATH; NULL where there is none. */
char *program_find(struct arena *arena, const char *name, const char *const *folders);

/* Is path a file that can be run? */
bool program_exists(const char *path);

/* The words of a running process's command line, ended by NULL; NULL where there is no such process (or only its remains). */
char **proc_arguments(struct arena *arena, pid_t pid);

/*
 * A hold on a running process, closed with the arena.  From here on its number cannot come to mean another one: take hold first, then
 * look at proc_arguments(), then signal.  NULL where it is not running.
 */
struct proc;
struct proc *proc_hold(struct arena *arena, pid_t pid);
bool proc_signal(const struct proc *proc, int signal);

/* Waits for its end, also when it is no child of ours; false when it still runs after that time. */
bool proc_wait(const struct proc *proc, double seconds);

/* Has this child of ours ended?  Takes its status away. */
bool child_ended(pid_t pid, int *ret_status);

#endif
