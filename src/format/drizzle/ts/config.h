/*
 * config.h - a configuration that is a program, as JSON.
 *
 * Its values are what the default export evaluates to, each with the line where it was written.  What cannot be known here (a promise, a value from a
 * package) is left out, and so are functions: a reader of the configuration sees a missing key, and a key that it has to have is missed by name.
 * An environment variable is an object { "$environment": "DATABASE_URL" }, whether it is set or not; one that goes through somebody's check of the environment
 * (env.DATABASE_URL of @t3-oss/env, requireEnv("DATABASE_URL")) is known by its name.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_CONFIG_H
#define BRANT_FORMAT_DRIZZLE_TS_CONFIG_H

#include "base/json.h"

#define CONFIG_ENVIRONMENT "$environment"

/* environment looks variables up where an expression needs them; NULL: the process's own. */
bool typescript_config(struct arena *arena, const char *root, const char *path,
		       const char *(*environment)(const char *name), struct json *ret_value, struct err *err);

/*
 * The .env files that it has dotenv, node or Next.js read, the first that counts in front: dotenv.config({ path: ".env.local" }).  None where that cannot be
 * known.
 */
struct strs typescript_env_files(struct arena *arena, const char *root, const char *path);

#endif
