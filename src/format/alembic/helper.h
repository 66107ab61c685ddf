/*
 * helper.h - the project's own Python, asked through the modules in helper/.
 *
 * The interpreter is the one that the user's shell would find: BRANT_PYTHON, VIRTUAL_ENV, .venv or venv beside the project, conda, uv, poetry,
 * pdm, pipenv, the one of the command "alembic", python3.  One process loads Alembic and SQLAlchemy and stays as long as the project does; a fork of it answers
 * each request, so that none sees what another has left behind.  What the project prints is kept apart and shown only where something fails.
 */
#ifndef BRANT_FORMAT_ALEMBIC_HELPER_H
#define BRANT_FORMAT_ALEMBIC_HELPER_H

#include "base/json.h"
#include "format/alembic/alembic.h"

/* What runs Python, ended by NULL: { ".venv/bin/python" }, { "uv", "run", "--no-sync", "python" }.  Fails with "python-missing". */
bool interpreter_find(struct arena *arena, const struct alembic *alembic, const char *root,
		      const char *const **ret_words, struct err *err);

/* What would make the environment that the project's own files speak of, as a sentence; NULL: they speak of none. */
const char *interpreter_advice(struct arena *arena, const struct alembic *alembic, const char *root);

/* The version of the modules, by their text. */
const char *helper_version(void);

/* A request with what every question needs; the verb's own members are added to it. */
struct json helper_request(struct arena *arena, const struct alembic *alembic, const char *verb);

/* Names the database; without it the project sees a place holder, which nobody connects to. */
void helper_add_database(struct arena *arena, struct json *request, const struct target *target);

/* What the answer's "error" means; always false. */
bool helper_error(const struct alembic *alembic, const struct json *error, struct err *err);

/* Fails with "python-missing", "alembic-missing", "module-missing", "env-failed", "revision-failed", "python-failed". */
bool helper_ask(struct arena *arena, const struct format_settings *settings, const struct json *request,
		const struct run_tick *tick, struct json *ret_answer, struct err *err);

/*
 * The same for the verb "run": a step each.  One run of env.py does for all of them, where each is committed when it is done and env.py has told its
 * session nothing that a pooler would forget; else it is run again for the next one, and where it does not bear to be run again by a process that has run it,
 * and nothing has happened yet, another process does it.  What it means to run outside of any transaction is run by guard->aside.
 */
bool helper_run(struct arena *arena, const struct format_settings *settings, const struct json *request,
		const struct run_tick *tick, struct run_guard *guard, struct err *err);

#endif
