/*
 * cmd.h - a command is one file and one const struct; an option is one row.
 *
 * Help, man page, completion and the command reference in docs/ are made from these rows.
 */
#ifndef BRANT_CMD_CMD_H
#define BRANT_CMD_CMD_H

#include "session/ctx.h"

enum option_kind {
	OPTION_FLAG,   /* bool; --no-NAME takes it back */
	OPTION_COUNT,  /* long long, how often it was given: -vv */
	OPTION_TEXT,   /* const char * */
	OPTION_CHOICE, /* const char *, one of the words of argument: "auto|always|never" */
	OPTION_NUMBER, /* long long, not negative */
	OPTION_TIME,   /* double, seconds: "500ms", "2s", "1min", a plain number is seconds */
	OPTION_LIST,   /* struct strs: may be given several times */
};

struct option {
	const char *name; /* "dry-run" */
	char letter;      /* 'n', or 0 */
	enum option_kind kind;
	const char *argument; /* "VERSION", NULL for flags */
	const char *help;     /* one line, without a full stop */
	size_t offset;        /* of the field in the command's options struct */
	long long max;        /* of a number, 0: any */
	bool secret;          /* the value is taken off the process list */
};

struct cmd {
	const char *name;
	const char *aliases[4];
	const char *arguments; /* "[N]", "NAME", "start|stop|..." */
	const char *summary;   /* one line, without a full stop */
	const char *text; /* paragraphs for --help and the man page; lines that begin with a space stay as they are */
	const char *examples; /* lines: a command each, "# ..." explains */
	size_t options_size;
	const void *defaults;               /* options_size bytes that the options start with, NULL: zero */
	const struct option *options;       /* ended by a NULL name; NULL: none */
	size_t min_args, max_args;          /* max_args SIZE_MAX: any number */
	bool needs_project, needs_database; /* either: ctx->project is loaded; the database is found by session.h */
	bool only_looks;                    /* runs none of the project's own code */
	bool dry_run; /* honours --dry-run; elsewhere that option is an error, since ignoring it would do harm */
	bool (*run)(struct ctx *ctx, void *options, size_t nargs, char **args, struct err *err);
	bool hidden;
};

/* The rows of struct common_options (session/ctx.h); ended by a NULL name. */
extern const struct option common_options[];

struct cmd_group {
	const char *title;                 /* NULL: the hidden ones */
	const struct cmd *const *commands; /* ended by NULL */
};

/* Every command, in the order of the overview; ended by NULL commands. */
extern const struct cmd_group cmd_groups[];

/* By its name or an alias; NULL where there is none. */
const struct cmd *cmd_find(const char *name);

#endif
