/*
 * session.h - from a project and a command line to a run: what the commands that talk to a database share.
 */
#ifndef BRANT_CMD_SESSION_H
#define BRANT_CMD_SESSION_H

#include "cmd/cmd.h"
#include "run/backfill/backfill.h"
#include "run/up.h"

/* Fills what the project and the common options say; finds (or, with --local, starts) the database. */
bool session_options(struct ctx *ctx, const char *command, struct run_options *ret_options, struct err *err);

/* For what needs no database: settings that the URL alone decides.  Without a URL they stay as they are. */
void session_look_at_url(struct ctx *ctx);

/* Writes a migration, also the first one of a project; the files made become rows of a table with one column. */
bool session_create(struct ctx *ctx, const struct new_migration *made, struct table *files, struct err *err);

/* "database: app on 127.0.0.1:6432 as app, through a pooler". */
void session_report_target(struct ctx *ctx, const struct run_options *options, const struct facts *facts);

/* What would be run, as SQL that psql could run too. */
void session_report_plan(struct ctx *ctx, const struct run_options *options, const struct state *state,
			 const struct plan *plan);

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

/* Has the last migration of the folder a script that undoes it? */
bool session_last_has_down(struct ctx *ctx);

/* Statements as the text of a migration of the project's tool. */
const char *session_text(struct ctx *ctx, const struct statements *statements);

/* What one command applies in several runs: it is reported once, with the last of them or the one that fails. */
struct session_run {
	struct session_watch watch;
	size_t migrations;
	double seconds;
};

/* Applies what is pending, as `brant up` does, and reports it; not the last: there is another run to come. */
bool session_apply(struct ctx *ctx, struct run_options *run, struct session_run *all, bool last, struct err *err);

struct run_watcher session_watcher(struct session_watch *watch);
/* Files in the folder that brant does not run although another tool would. */
void session_report_repeatable(struct ctx *ctx, const struct history *history);

void session_report_applied(struct ctx *ctx, const struct session_watch *watch);

#endif
