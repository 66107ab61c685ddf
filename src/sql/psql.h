/*
 * psql.h - psql's meta-commands, as far as migration files use them, and its variables.
 *
 * Reads a command line into name and arguments (quotes, variables and \\ separators as in psql).  What a command does is script.c's
 * business.  Backquotes, which run a shell, are refused.
 */
#ifndef BRANT_SQL_PSQL_H
#define BRANT_SQL_PSQL_H

#include "base/map.h"
#include "sql/lex.h"
#include "sql/source.h"

struct command {
	struct str name; /* without the backslash */
	struct strs arguments;
	size_t to; /* offset behind it, where SQL or the next command goes on */
};

/* pos is behind the backslash, line_end the end of what may be read. */
bool command_parse(struct arena *arena, const struct source *source, const struct map *variables, size_t pos,
		   size_t line_end, struct command *ret_command, struct err *err);

/* Does the command `name` exist for us? */
bool command_known(struct str name);

/* The error for a command that is refused, with what to do instead; offset is the backslash's. */
bool command_refuse(struct err *err, const struct source *source, size_t offset, struct str name);

/* May a variable be called so? */
bool variable_name_valid(struct str name);

/*
 * What a TOKEN_VARIABLE stands for.  false: it is no variable, the text stays as it is.  *ret_plain: it is a :name, whose value is
 * read as SQL; otherwise the value is a finished constant or name.
 */
bool variable_value(struct arena *arena, const struct map *variables, struct str reference, struct str *ret_value,
		    bool *ret_plain);

#endif
