/*
 * fixture.h - the arena of a test: a new one for each.
 */
#ifndef BRANT_TESTS_FIXTURE_H
#define BRANT_TESTS_FIXTURE_H

#include "base/arena.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#endif
