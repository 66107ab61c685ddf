#include "run/retry.h"

#include <stdlib.h>

#include "base/clock.h"
#include "run/blocker.h"

bool retry_helps(const struct err *err)
{
	static const char *const states[] = { "55P03", "40001", "40P01" };
	for (size_t i = 0; i < LEN(states); i++)
		if (strcmp(err->sqlstate, states[i]) == 0)
			return true;
	return false;
}

static double pause_for(long long attempt)
{
	double pause = 0.5;
	for (long long i = 1; i < attempt && pause < 10; i++)
		pause *= 2;
	return (pause < 10 ? pause : 10) * (0.75 + (double)(random() % 500) / 1000);
}

bool retry_pause(const struct retry *retry, const struct migration *migration, const struct stmt *stmt,
		 const struct err *err, long long attempt)
{
	const char *blocker = blocker_of(retry->arena, retry->db, stmt);
	double pause = pause_for(attempt);
	const struct run_watcher *watcher = &retry->options->watcher;
	if (watcher->retrying)
		watcher->retrying(watcher->ctx, migration, err, blocker, pause, attempt, retry->options->lock_retries);
	double until = clock_now() + pause, renewed = clock_now();
	while (clock_now() < until && !db_cancel_flag) {
		clock_sleep(until - clock_now() < 0.1 ? until - clock_now() : 0.1);
		if (watcher->tick)
			watcher->tick(watcher->ctx);
		if (clock_now() > renewed + 1.5) {
			lease_renew(retry->db, retry->lease);
			renewed = clock_now();
		}
	}
	return !db_cancel_flag;
}
