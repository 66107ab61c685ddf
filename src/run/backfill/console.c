#include "run/backfill/console.h"

#include "base/clock.h"
#include "db/pooler.h"

static const double ask_every = 2;

/* Of this process: it asks one pooler. */
static struct {
	bool refused;
	double asked;
	long long waiting;
} console;

bool console_waiting(const struct target *target, long long *ret_waiting)
{
	if (console.asked <= 0) /* most backfills are over before it matters */
		console.asked = clock_now();
	if (!console.refused && clock_now() > console.asked + ask_every) {
		console.refused = !pooler_waiting(target, &console.waiting);
		console.asked = clock_now();
	}
	*ret_waiting = console.waiting;
	return !console.refused;
}
