/*
 * watch.h - a run as people see it: lines and bars while it happens, a table of what was applied.
 */
#ifndef BRANT_SESSION_WATCH_H
#define BRANT_SESSION_WATCH_H

#include "run/backfill/backfill.h"
#include "run/up.h"
#include "session/ctx.h"

/* Migrations as they were applied, for --json. */
struct applied_row {
	const struct migration *migration;
	double seconds;
};

/* What was said last about a backfill. */
struct backfill_said {
	const char *why;
	double at, why_at;
};

/*
 * A watcher that prints lines while it happens and remembers what was applied.  On a terminal what takes long is seen going on, and where there
 * are many migrations a bar takes the place of their lines (-v brings them back).  Without a verb there is only the bar: what is done is means to an end.
 */
struct session_watch {
	struct arena *arena;
	const char *doing, *verb; /* "applying", "applied"; "undoing", "undone"; "replaying the history", NULL */
	VEC(struct applied_row) applied;
	const char *last_waiting, *last_locker;
	struct migration *const *planned; /* of the current plan */
	size_t nplanned, before;          /* applied by plans before it */
	bool bar;
	struct backfill_said backfill_said;
};

/* How far a backfill is: on a terminal as it goes, else a line now and then; and, once, why it waits. */
void session_show_backfill(struct arena *arena, struct backfill_said *said, const struct backfill_progress *progress);

struct run_watcher session_watcher(struct session_watch *watch);

/* The table "migrations". */
void session_report_applied(struct ctx *ctx, const struct session_watch *watch);

#endif
