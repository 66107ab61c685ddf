/*
 * config.h - brant.yaml.
 *
 * Few keys, all optional; what is missing keeps its default.  Nothing in the file is a guess: an unknown key, a key that comes twice and
 * a value of the wrong kind are errors with their line and column.  The keys are one table in config.c; docs/configuration.md is its text
 * for people.  Reading never looks at the environment: a url that names a variable stays a name.
 */
#ifndef BRANT_PROJECT_CONFIG_H
#define BRANT_PROJECT_CONFIG_H

#include "base/err.h"
#include "base/map.h"
#include "check/boundary.h"

struct config {
	const char *path;                  /* as shown; NULL where there is no file */
	const char *format, *migrations;   /* NULL: detected */
	const char *ledger, *version_form; /* NULL: the format's default */
	const char *schema;                /* where the wanted schema is; NULL: where the tool keeps it */
	const char *search_path;           /* as SET takes it */
	const char *tool_config;           /* the tool's own configuration, where it is not in its usual place */
	const char *url;                   /* written out; a secret */
	const char *url_variable;          /* url: ${NAME} */
	double lock_timeout, statement_timeout;
	long long lock_retries;
	bool out_of_order, allow_gaps, notify_postgrest;
	struct strs renames;  /* for diff: "users.name=full_name" */
	struct map variables; /* name -> const char * */
	struct boundary boundary;
};

void config_defaults(struct arena *arena, struct config *config);

/* Where the file is in a folder: brant.yaml or brant.yml, NULL for neither.  Both is an error. */
bool config_find(struct arena *arena, const char *root, const char **ret_path, struct err *err);

/* Reads text over what is in config (its defaults).  Errors are named "config-..." and say file:line:column. */
bool config_parse(struct arena *arena, const char *path, struct str text, struct config *config, struct err *err);

/* The same for a file. */
bool config_load(struct arena *arena, const char *path, struct config *config, struct err *err);

#endif
