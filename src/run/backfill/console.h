/*
 * console.h - how many clients wait at the pooler, where it lets us ask.
 */
#ifndef BRANT_RUN_BACKFILL_CONSOLE_H
#define BRANT_RUN_BACKFILL_CONSOLE_H

#include "db/target.h"

/* Asks at most every two seconds, and never again after a refusal; false: not known. */
bool console_waiting(const struct target *target, long long *ret_waiting);

#endif
