/*
 * measure - run one command and say what it cost.
 *
 *     measure COMMAND ARG...        (one line of JSON on file descriptor 3)
 *
 * A small parent of its own, since the peak memory that the kernel reports for a child starts with that of the process
 * it was forked from: under an interpreter of 20 MB nothing would ever seem to take less.
 *
 * rss_kb is the kernel's peak of the largest process, with the pages of libraries that all programs on the machine share.
 * own_kb is what the largest process had for itself (RssAnon), the most that was seen in a look every two milliseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static long own_memory(long pid)
{
	char path[64], line[256];
	long kb = 0;

	snprintf(path, sizeof(path), "/proc/%ld/status", pid);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kb = strtol(line + 8, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

/* Of a process and its descendants, the largest one's. */
static long largest(long pid, int depth)
{
	char path[64];
	long most = own_memory(pid), child;

	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", pid, pid);
	FILE *f = depth < 8 ? fopen(path, "re") : NULL;
	while (f && fscanf(f, "%ld", &child) == 1) {
		long kb = largest(child, depth + 1);
		most = kb > most ? kb : most;
	}
	if (f)
		fclose(f);
	return most;
}

/* Looks until the child has ended, and leaves it to wait4(). */
static long watch(pid_t pid)
{
	static const struct timespec pause = { .tv_nsec = 2000000 };
	sigset_t ended;
	long most = 0;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	do {
		long kb = largest(pid, 0);
		most = kb > most ? kb : most;
	} while (sigtimedwait(&ended, NULL, &pause) < 0);
	return most;
}

static void hold_back(int how)
{
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(how, &ended, NULL);
}

int main(int argc, char **argv)
{
	struct rusage used;
	int status;

	if (argc < 2)
		return 2;
	fcntl(3, F_SETFD, FD_CLOEXEC);

	hold_back(SIG_BLOCK);
	double start = now();
	pid_t pid = fork();

	if (pid == 0) {
		hold_back(SIG_UNBLOCK);
		execvp(argv[1], argv + 1);
		fprintf(stderr, "measure: %s: %s\n", argv[1], strerror(errno));
		_exit(127);
	}
	long own = pid > 0 ? watch(pid) : 0;
	while (pid > 0 && wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	double wall = now() - start;

	if (pid < 0)
		return 2;
	dprintf(3, "{\"wall\": %.6f, \"cpu\": %.6f, \"rss_kb\": %ld, \"own_kb\": %ld, \"exit\": %d}\n", wall,
		seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss, own,
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
