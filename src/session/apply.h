/*
 * apply.h - pending migrations applied and reported, for the commands that do so.
 */
#ifndef BRANT_SESSION_APPLY_H
#define BRANT_SESSION_APPLY_H

#include "session/watch.h"

/* What one command applies in several runs: it is reported once, with the last of them or the one that fails. */
struct session_run {
	struct session_watch watch;
	size_t migrations;
	double seconds;
};

/* How many steps that take away what old code still uses wait for --contract. */
void session_report_held(struct ctx *ctx, const struct plan *plan);

/* Applies what is pending, as `brant up` does, and reports it; not the last: there is another run to come. */
bool session_apply(struct ctx *ctx, struct run_options *run, struct session_run *all, bool last, struct err *err);

#endif
