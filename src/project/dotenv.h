/*
 * dotenv.h - a .env file, as the dotenv package of Node and python-dotenv read it.
 *
 *     NAME=value                    up to the end of the line, without white space at its ends; " #" begins a comment
 *     export NAME="two\nlines"      \n \r \t \" \\ \$ mean what they say; may run over several lines
 *     NAME='as it is'               no escapes but \'
 *     NAME=`as it is`
 *     URL=postgres://${USER}@h      ${NAME}, ${NAME:-default} and $NAME, where NAME is in the environment or stands above
 *
 * Where the two packages differ, the reading that a database URL survives is taken: an unquoted "#" without white space before it is
 * part of the value, and a reference to a variable that does not exist stays as it is.  Nothing is executed, and nothing is put into
 * the environment.  Lines that are no assignment are skipped, as both do.
 *
 * Values are secrets: no message contains one.
 */
#ifndef BRANT_PROJECT_DOTENV_H
#define BRANT_PROJECT_DOTENV_H

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"

struct dotenv_entry {
	const char *name, *value;
	unsigned line;
	const char *problem; /* why the value cannot be trusted, or NULL: "has no closing quote" */
};

struct dotenv {
	const char *path;   /* as shown */
	struct map entries; /* name -> struct dotenv_entry *; of a name that comes twice the last */
};

/* Where a reference is looked up first; may be NULL.  getenv() outside of tests. */
typedef const char *dotenv_lookup(const char *name);

/* Fails only for a text that cannot be a .env file at all: NUL bytes, invalid UTF-8, more than a megabyte ("dotenv-invalid"). */
bool dotenv_parse(struct arena *arena, const char *path, struct str text, dotenv_lookup *environment,
		  struct dotenv *ret_dotenv, struct err *err);

/* The same for a file. */
bool dotenv_load(struct arena *arena, const char *path, struct dotenv *ret_dotenv, struct err *err);

/* The value of a name; ret_value is NULL where it is not there or empty.  Fails with "dotenv-invalid" at the line of a bad value. */
bool dotenv_get(const struct dotenv *dotenv, const char *name, const char **ret_value, struct err *err);

#endif
