/*
 * fix_bench.h - where a migration is tried, more than once: what is there before it, copied for each time.
 *
 * A copy of a database is enough for most of them.  Roles, their settings and memberships, tablespaces and databases belong to all databases of a server: what
 * makes a role in one copy finds it there in the next, and cannot drop it while another copy grants it anything.  A migration that says something of them gets
 * a copy of the whole server for each time.
 */
#ifndef BRANT_AUTHOR_FIX_BENCH_H
#define BRANT_AUTHOR_FIX_BENCH_H

#include "workshop/place.h"

struct benches {
	struct workshop *shop;
	const char *base;    /* the database that is copied */
	const char *image;   /* of the server; NULL: a copy of the database is enough */
	struct arena *arena; /* the copies of the server live in it */
	struct strs copies;  /* of the database */
};

struct bench {
	struct workshop *shop; /* the one that it was copied from, or fork */
	const char *database;
	struct workshop fork;
};

/* For this migration. */
bool benches_begin(struct workshop *shop, const char *base, const struct script *script, struct benches *ret_benches,
		   struct err *err);

/* Another copy; it stays where it is while it is used. */
bool bench_open(struct benches *benches, struct bench *ret_bench, struct err *err);

/* All of them go. */
void benches_end(struct benches *benches);

#endif
