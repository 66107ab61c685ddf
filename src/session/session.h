/*
 * session.h - from a project and a command line to a run: what the commands that talk to a database share.
 */
#ifndef BRANT_SESSION_SESSION_H
#define BRANT_SESSION_SESSION_H

#include "run/up.h"
#include "session/ctx.h"

/* Finds the project's database (with --local: starts it where needed): ctx->project->target. */
bool session_target(struct ctx *ctx, struct err *err);

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

/* Has the last migration of the folder a script that undoes it? */
bool session_last_has_down(struct ctx *ctx);

/* Statements as the text of a migration of the project's tool. */
const char *session_text(struct ctx *ctx, const struct statements *statements);

/* Files in the folder that brant does not run although another tool would, or somebody thinks that it does; all: also SQL that is no migration. */
void session_report_unused(struct ctx *ctx, const struct history *history, bool all);

#endif
