/*
 * clock.h - seconds that only go forward.
 */
#ifndef BRANT_BASE_CLOCK_H
#define BRANT_BASE_CLOCK_H

#include "base/arena.h"

double clock_now(void); /* seconds since some fixed moment */

void clock_sleep(double seconds); /* ends early on a signal */

/* "3 ms", "1.2 s", "2 min 5 s": short, for people. */
char *clock_text(struct arena *arena, double seconds);

#endif
