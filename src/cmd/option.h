/*
 * option.h - the command line, read by the tables.
 *
 * Common options may stand before or after the command, a command's own after it, and both between its arguments:
 *
 *     --name VALUE  --name=VALUE  --flag  --no-flag  -x VALUE  -xVALUE  -abc  --
 *
 * Names are never abbreviated, so that a new option cannot change the meaning of a script; an unknown name gets a suggestion.
 * Every error is ERR_USAGE with the name "usage".  No message repeats a value that may be a secret.
 */
#ifndef BRANT_CMD_OPTION_H
#define BRANT_CMD_OPTION_H

#include "cmd/cmd.h"

struct command_line {
	const struct cmd *cmd; /* NULL: none was named */
	struct common_options common;
	void *options; /* of the command */
	char **args;
	size_t nargs;
};

/*
 * Values of secret options are copied and then overwritten in argv.  After a failure ret_line still holds what could be read, so that
 * --json and --color also count for the error.
 */
bool command_line_parse(struct arena *arena, int argc, char **argv, struct command_line *ret_line, struct err *err);

/* The words of "a|b|c". */
struct strs choice_words(struct arena *arena, const char *choices);

/* "brant up [options] [VERSION]"; cmd NULL: of brant itself. */
char *usage_of(struct arena *arena, const struct cmd *cmd);

#endif
