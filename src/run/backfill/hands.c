/*
 * hands.c - more workers.
 *
 * Each is a process with a connection of its own, which finds its work in the database like one on another machine would.  Their parent
 * is a worker itself, so nothing depends on how one of them ends: what a dead one had claimed is claimed again.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/backfill/internal.h"

struct hands {
	pid_t *pids;
	size_t len;
};

/* Never returns: what the parent's arenas would do at the end (close its connection) is not ours to do. */
static void be_a_hand(const struct backfill_job *job, long long id)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct backfill_progress end;
	struct backfill_job mine = {
		.holder = arena_printf(arena, "%s, worker %ld", job->holder, (long)getpid()),
		.lease = job->lease,
		.boundary = job->boundary,
		.target = job->target,
		.settings = { .workers = 1 },
	};
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(backfill_serve(arena, id, &mine, &end, &err) ? 0 : 1);
}

struct hands *hands_start(struct arena *arena, const struct backfill_job *job, long long id, long long n)
{
	struct hands *hands = arena_alloc(arena, sizeof(*hands));
	*hands = (struct hands){ .pids = arena_alloc(arena, (size_t)(n + 1) * sizeof(pid_t)) };
	for (long long i = 0; i < n && job->target; i++) {
		pid_t pid = fork();
		if (pid == 0)
			be_a_hand(job, id);
		if (pid > 0)
			hands->pids[hands->len++] = pid;
	}
	return hands;
}

static bool ended(pid_t pid, double until)
{
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (clock_now() > until)
			return false;
		clock_sleep(0.02);
	}
	return true;
}

/* They find out by themselves that all is done; when it is not, they are told. */
void hands_stop(struct hands *hands, bool done)
{
	double until = clock_now() + (done ? 3 : 0);
	for (size_t i = 0; i < hands->len; i++)
		if (!ended(hands->pids[i], until)) {
			kill(hands->pids[i], SIGKILL);
			waitpid(hands->pids[i], NULL, 0);
		}
}
