/*
 * internal.h - what the files of a backfill share.
 */
#ifndef BRANT_RUN_BACKFILL_INTERNAL_H
#define BRANT_RUN_BACKFILL_INTERNAL_H

#include "run/backfill/backfill.h"

enum { RANGES_MAX = 64, BATCH_MIN = 10, BATCH_MAX = 100000, BATCH_FIRST = 1000 };

/* The backfill as its row says it. */
struct backfill {
	long long id, pass;
	const char *name, *relation, *search_path, *state;
	struct strs key,
		types; /* of the columns that it is walked by; one column ctid of type tid where there is no key */
	struct backfill_settings settings;
	struct cut cut;
	struct script *script; /* owns the statement of cut */
	long long estimated;
	bool by_ctid;
};

/* A claimed range; bounds are texts, one a key column, len 0: open. */
struct range {
	long long position, fence;
	struct strs low, high, reached;
	bool finished;
};

/* What the server said about itself at the end of a batch; -1: may not be seen. */
struct measured {
	long long waiting, active, connections;
	double wal_bytes, lag, at;
};

struct worker {
	struct arena *home, *arena; /* arena: of one turn of the loop */
	struct db *db;
	const struct backfill_job *job;
	struct backfill *b;
	const char *owner;
	struct range range;
	struct strs upper;  /* the next batch goes up to here; len 0: to the end of the range */
	bool bounded;       /* upper is known */
	long long expected; /* rows up to upper */
	long long size;     /* rows that the next upper shall be away */
	double rate;        /* rows a second, of batches alone */
	struct measured before, now;
	double told, beaten;          /* when progress was told, and the claim renewed */
	const char *platform, *allow; /* arrays for the look at the boundary; platform NULL: nothing to look at */
	bool thorough;                /* batches write to the catalog */
};

/* table.c: looks at the table, begins the backfill. */
bool backfill_begin(struct arena *arena, struct db *db, const struct backfill_job *job, struct backfill *ret_backfill,
		    struct err *err);
bool backfill_load(struct arena *arena, struct db *db, long long id, struct backfill *ret_backfill, struct err *err);

/* ranges.c: texts of the conditions, and where to cut. */
void range_condition(struct buf *buf, const struct backfill *b, const struct strs *after, const struct strs *upto);
char *range_columns(struct arena *arena, const struct backfill *b, const char *qualifier, const char *form);
char *array_value(struct arena *arena, const struct strs *values); /* NULL where there are none */
struct strs array_split(struct arena *arena, struct str cell);
bool ranges_cut(struct arena *arena, struct db *db, const struct backfill *b, long long pages, long long workers,
		struct err *err);

/* guard.c: false: it could not be asked.  The error of a batch that reached the platform (BR003), in words; always false. */
bool guard_load(struct worker *w, struct err *err);
bool guard_explain(struct worker *w, struct err *err);

/* claim.c */
extern const char claim_seconds[];
bool range_claim(struct worker *w, bool *ret_claimed, struct err *err);
void range_release(struct worker *w);
void range_heartbeat(struct worker *w, const char *waits_for);

/* batch.c: one transaction; false with err->sqlstate. */
bool batch_first_bound(struct worker *w, struct err *err);
bool batch_run(struct worker *w, struct err *err);

/* throttle.c: waits as long as something says so; the reason is told and written down. */
bool throttle(struct worker *w, double batch_seconds, struct err *err);
bool backfill_pause(struct worker *w, double seconds, const char *why); /* false: interrupted */

/* pass.c: nothing is left to claim.  Done, begun again, or others are at work. */
enum pass_end { PASS_DONE, PASS_AGAIN, PASS_OTHERS };
bool pass_finish(struct worker *w, enum pass_end *ret_end, struct err *err);

/* progress.c */
bool progress_load(struct arena *arena, struct db *db, long long id, struct backfill_progress *ret_progress,
		   struct err *err);
void progress_tell(struct worker *w);

/* work.c: until it is done. */
bool work(struct worker *w, struct err *err);

/* hands.c: more workers, each a process with a connection of its own. */
struct hands;
struct hands *hands_start(struct arena *arena, const struct backfill_job *job, long long id, long long n);
void hands_stop(struct hands *hands, bool done);

#endif
