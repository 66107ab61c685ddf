/*
 * project.h - a folder with migrations, its settings, and its database.
 *
 * Settings come from brant.yaml (all keys optional), the environment and .env; what is not said is detected.
 *
 * The database's URL is the first of: --url; the variable that `url:` in brant.yaml names (and then no other); a URL written out in
 * brant.yaml, unless DATABASE_URL is in the environment; the variable that the tool's own configuration names; DATABASE_URL; a URL written
 * out in the tool's configuration.  A variable is looked for in the environment, then in files that the
 * tool's configuration names, then in .env of the project, then in .env at the top of the git
 * repository, then where the tool keeps its own.
 */
#ifndef BRANT_PROJECT_PROJECT_H
#define BRANT_PROJECT_PROJECT_H

#include "check/boundary.h"
#include "db/target.h"
#include "format/format.h"

struct project {
	const char *root;        /* the folder, "." when brant runs in it */
	const char *config_path; /* brant.yaml as shown, NULL where there is none */
	const struct format *format;
	struct format_settings settings;
	struct boundary boundary;
	double lock_timeout;      /* seconds, for each transaction; default 2 */
	double statement_timeout; /* seconds, 0 = off */
	long long lock_retries;
	bool notify_postgrest; /* default true: where PostgREST is seen */
	bool out_of_order, allow_gaps;

	struct strs renames; /* renames: in brant.yaml, for diff */

	struct strs warnings; /* about the settings, for people */

	/* What project_target() starts from; secrets. */
	const char *url_option;          /* --url */
	const char *url_written;         /* url: in brant.yaml */
	const char *url_variable;        /* url: ${NAME} in brant.yaml */
	struct format_url url_of_format; /* what the tool's own configuration says */

	/* Where the database is; target.keywords is NULL until project_target() found one. */
	const char *url;        /* as given; a secret */
	const char *url_origin; /* "DATABASE_URL in .env" */
	struct target target;
};

struct project_options {
	const char *dir;       /* -C */
	const char *url;       /* --url */
	const char *format;    /* --format */
	struct strs arguments; /* -x */
	bool only_looks;       /* none of the project's own code may run */
};

/* Reads brant.yaml and detects the format.  A folder without migrations is no error yet. */
bool project_load(struct arena *arena, const struct project_options *options, struct project *ret_project,
		  struct err *err);

/* Finds the URL in the environment and .env.  Fails with "no-database" and a hint that says where it looked. */
bool project_target(struct arena *arena, struct project *project, struct err *err);

#endif
