/*
 * environment.h - variables by name, from the process or from .env.
 *
 * Two .env files are read, and only when a variable is not in the environment: the one in the project's folder, then the one at the top
 * of the git repository that the folder is in.  No .env.local, no .env.production, unless the tool's own
 * configuration names it: which of them counts is a framework's matter, and a wrong guess would migrate the wrong database.
 */
#ifndef BRANT_PROJECT_ENVIRONMENT_H
#define BRANT_PROJECT_ENVIRONMENT_H

#include "base/err.h"
#include "base/str.h"

/*
 * ret_value is NULL where the variable is nowhere or empty; ret_origin is "NAME in the environment" or "NAME in .env".  looked gets the
 * places, for a hint.  Fails where a .env file cannot be read.
 */
bool environment_find(struct arena *arena, const char *root, const char *name, const char **ret_value,
		      const char **ret_origin, struct strs *looked, struct err *err);

/* The same in one file only; ret_value is NULL also where there is no such file. */
bool environment_find_in(struct arena *arena, const char *path, const char *name, const char **ret_value,
			 const char **ret_origin, struct strs *looked, struct err *err);

#endif
