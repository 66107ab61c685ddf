/*
 * cmd.h - a command is one file and one const struct; an option is one row.
 *
 * Help, man page, completion and the command reference in docs/ are made from these rows.
 */
#ifndef BRANT_CMD_CMD_H
#define BRANT_CMD_CMD_H

#include "base/err.h"
#include "project/project.h"
#include "term/term.h"

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_TEXT,   /* const char * */
	OPTION_NUMBER, /* long long, not negative */
	OPTION_TIME,   /* double, seconds: "500ms", "2s", "1min", a plain number is seconds */
	OPTION_LIST,   /* struct strs: may be given several times */
};

struct option {
	const char *name;  /* "dry-run" */
	char letter;       /* 'n', or 0 */
	enum option_kind kind;
	const char *argument; /* "VERSION", NULL for flags */
	const char *help;  /* one line, without a full stop */
	size_t offset;     /* of the field in the command's options struct */
};

struct cmd {
	const char *name;
	const char *aliases[4];
	const char *arguments; /* "[N]", "NAME", "start|stop|..." */
	const char *summary;   /* one line */
	const char *text;      /* paragraphs for --help and the man page */
	const char *examples;  /* lines */
	size_t options_size;
	const struct option *options; /* ended by a NULL name */
	size_t min_args, max_args;
	bool needs_database, needs_project;
	bool (*run)(struct ctx *ctx, void *options, size_t nargs, char **args, struct err *err);
	bool hidden;
};

/* Options that every command has. */
struct common_options {
	const char *dir, *url, *color;
	bool local, json, dry_run, quiet, yes, help, version;
	const char *format;
	long long verbose;
};

/* What a command works with: made by main.c, passed down no further than cmd/. */
struct ctx {
	struct arena *arena;
	const struct common_options *common;
	struct project *project;
	struct report *report;
};

extern const struct cmd *const commands[]; /* in the order of the overview, ended by NULL */
const struct cmd *cmd_find(const char *name);

#endif
