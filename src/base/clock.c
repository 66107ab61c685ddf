#include "base/clock.h"

#include <time.h>

double clock_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void clock_sleep(double seconds)
{
	if (seconds <= 0)
		return;
	struct timespec left = { .tv_sec = (time_t)seconds };
	left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
	nanosleep(&left, NULL);
}

char *clock_text(struct arena *arena, double seconds)
{
	if (seconds < 0.9995)
		return arena_printf(arena, "%.0f ms", seconds * 1000);
	if (seconds < 59.95)
		return arena_printf(arena, "%.1f s", seconds);
	unsigned long total = (unsigned long)(seconds + 0.5);
	if (total < 3600)
		return arena_printf(arena, "%lu min %lu s", total / 60, total % 60);
	return arena_printf(arena, "%lu h %lu min", total / 3600, total / 60 % 60);
}
