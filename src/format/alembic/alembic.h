/*
 * alembic.h - SQLAlchemy and Alembic projects: what the files of this folder share.
 *
 *     alembic.ini, or [tool.alembic] in pyproject.toml     where the rest is
 *     alembic/env.py                                       the project's own code: how to connect, the models
 *     alembic/script.py.mako                               the template of a revision
 *     alembic/versions/ae1027a6acf_add_users.py            a revision: its parents, upgrade(), downgrade()
 *
 * The ledger, alembic_version, has a row for each head of what is applied: the revisions that nothing applied stands on.  What stands above them
 * is applied too.
 *
 * The graph is read from the files without Python.  SQL comes from the project's own Python, which runs the modules in helper/: see python.h for the
 * one, helper.h for the other.
 */
#ifndef BRANT_FORMAT_ALEMBIC_ALEMBIC_H
#define BRANT_FORMAT_ALEMBIC_ALEMBIC_H

#include "format/format.h"
#include "format/graph.h"

/* settings->extra: what the project's configuration says.  Paths are as the user would write them, from where brant runs. */
struct alembic {
	const char *config;    /* "alembic.ini", NULL: there is none */
	const char *project;   /* "pyproject.toml" where it has a [tool.alembic] */
	const char *section;   /* "alembic" */
	const char *root;      /* the project's folder */
	const char *folder;    /* where alembic is run from */
	const char *scripts;   /* where env.py is */
	struct strs versions;  /* folders of revisions */
	struct strs paths;     /* prepend_sys_path */
	struct strs arguments; /* -x KEY=VALUE */
	size_t longest;        /* characters of a revision id, of those that were loaded */
	bool recursive;        /* folders in these folders too */
	bool flask;            /* Flask-Migrate: the application tells Alembic where its scripts are */

	const char *variable;        /* that env.py reads the URL from, NULL: not known */
	const char *python;          /* what ran last, for messages */
	const struct target *target; /* NULL: not known yet */
	struct arena *arena;         /* that all of this lives in */
	struct dialogue *helper;     /* the project's Python, NULL: it was not needed yet */
	bool helper_runs;            /* it is running Alembic itself, and answers nothing else */

	const char *table;            /* the ledger's name */
	const char *schema;           /* and schema, NULL: the first of the search path */
	bool table_open, schema_open; /* env.py computes it, and was not asked: the database is searched for it */
};

/* migration->extra */
struct revision {
	struct strs parents, needs, labels; /* as written: needs may name labels */
	size_t rank;                        /* of its file among all, by their names */
	struct json *up_sql, *down_sql;     /* the helper's answers, once it was asked */
	bool pure; /* its SQL depends on nothing but itself and env.py, as far as reading can tell */
};

/* ini.c: a section of a file as Python's configparser reads it, %(name)s filled in. */
struct ini {
	const char *path;
	struct map sections; /* name -> struct map of key -> const char * */
};
bool ini_load(struct arena *arena, const char *path, const char *here, struct ini *ret_ini, struct err *err);
/* ret_value NULL: not there. */
bool ini_get(struct arena *arena, const struct ini *ini, const char *section, const char *key, const char **ret_value,
	     struct err *err);

/* config.c */
bool alembic_claims(const char *migrations);
bool alembic_detect(struct arena *arena, const char *root, const char **ret_migrations);
bool alembic_configure(struct arena *arena, struct format_settings *settings, struct format_url *ret_url,
		       struct err *err);

/* env.c: where env.py says that the ledger is. */
bool alembic_read_env(struct arena *arena, const struct format_settings *settings, struct alembic *alembic,
		      struct format_url *url, struct err *err);

/* revision.c, history.c */
char *alembic_digest_tokens(struct arena *arena, struct str text);
bool revision_read(struct arena *arena, const char *path, struct migration *ret_migration, struct err *err);
bool alembic_load(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		  struct err *err);

/* order.c: parents first, each branch in one piece; refuses missing parents and circles. */
bool alembic_order(struct arena *arena, struct history *history, struct err *err);
void alembic_arrange(struct arena *arena, const struct history *history, struct migration **some, size_t n);

/* render.c */
bool alembic_prepare(struct arena *arena, const struct format_settings *settings, struct migration *const *migrations,
		     size_t n, bool down, struct err *err);
bool alembic_read(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		  struct script *ret_up, struct err *err);
bool alembic_read_down(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		       struct script *ret_down, struct err *err);
bool alembic_run(struct arena *arena, const struct format_settings *settings, const struct target *target,
		 const struct migration *migration, bool undo, struct run_guard *guard, const struct run_tick *tick,
		 struct err *err);

/* models.c, create.c */
bool alembic_wanted(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		    struct err *err);
bool alembic_create(struct arena *arena, const struct format_settings *settings, const struct history *history,
		    const struct new_migration *made, struct strs *ret_files, struct err *err);

/* ledger.c */
struct call alembic_ledger_shape(struct arena *arena, const struct format_settings *settings);
bool alembic_ledger_shape_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
			       struct ledger *ret_ledger, struct err *err);
struct call alembic_ledger_rows(struct arena *arena, const struct format_settings *settings,
				const struct ledger *ledger);
void alembic_ledger_rows_take(struct arena *arena, const struct result *result, struct ledger *ledger);
/* seek.c: where it is, by what is in the database. */
struct call alembic_seek(struct arena *arena, const struct format_settings *settings);
bool alembic_seek_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
		       struct ledger *ledger, struct err *err);

void alembic_match(struct arena *arena, const struct format_settings *settings, struct history *history,
		   struct ledger *ledger);
void alembic_ledger_create(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements);
struct call alembic_record(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			   const struct migration *migration, const struct script *script);
struct call alembic_unrecord(struct arena *arena, const struct ledger *ledger, const struct migration *migration);
struct call alembic_settle(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			   const struct migration *migration, const struct script *script, bool applied);

#endif
