/*
 * ctx.h - what a command works with.
 */
#ifndef BRANT_SESSION_CTX_H
#define BRANT_SESSION_CTX_H

#include "base/err.h"
#include "project/project.h"
#include "term/term.h"

/* The options that every command has, as they were given. */
struct common_options {
	const char *dir, *url, *color;
	bool local, json, dry_run, quiet, yes, help, version;
	const char *format;
	struct strs arguments;
	long long verbose;
};

/* Made by main.c, passed down no further than session/. */
struct ctx {
	struct arena *arena;
	const struct common_options *common;
	struct project *project; /* NULL where the command does not need one */
	struct report *report;
};

#endif
