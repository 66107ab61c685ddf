#include <stdlib.h>

#include "base/file.h"
#include "base/proc.h"
#include "format/alembic/helper.h"

static const char *const *words(struct arena *arena, const char *a, const char *b, const char *c, const char *d)
{
	const char **all = arena_alloc(arena, 5 * sizeof(*all));
	all[0] = a;
	all[1] = b;
	all[2] = b ? c : NULL;
	all[3] = b && c ? d : NULL;
	return all;
}

/* A path that still means the same when the helper has changed its folder. */
static const char *absolute(struct arena *arena, const char *path)
{
	char *cwd = path[0] == '/' ? NULL : realpath(".", NULL);
	const char *full = cwd ? path_join(arena, cwd, path) : path;
	free(cwd);
	return full;
}

static const char *python_in(struct arena *arena, const char *folder)
{
	const char *path = folder && *folder ? path_join(arena, folder, "bin/python") : NULL;
	return path && program_exists(path) ? absolute(arena, path) : NULL;
}

/*
 * Where an environment may lie: beside the configuration, in the project's folder, and above it as far as the repository goes, where a workspace has
 * its own.
 */
static const char *const *places(struct arena *arena, const char *folder, const char *root)
{
	enum { UP_MAX = 6 };
	VEC(const char *) all = { 0 };
	vec_push(arena, &all, folder);
	vec_push(arena, &all, root);
	const char *at = absolute(arena, root);
	for (int i = 0; i < UP_MAX && strcmp(at, "/") != 0 && !file_exists(path_join(arena, at, ".git")); i++) {
		at = path_dir(arena, at);
		vec_push(arena, &all, at);
	}
	/* Without a repository there is no telling whose the folders above are. */
	if (!file_exists(path_join(arena, at, ".git")))
		all.len = 2;
	vec_push(arena, &all, NULL);
	return all.ptr;
}

/* A virtual environment that the shell has entered, or that lies beside the project. */
static const char *environment_python(struct arena *arena, const char *const *folders)
{
	static const char *const entered[] = { "VIRTUAL_ENV", "CONDA_PREFIX" },
				 *const names[] = { ".venv", "venv", "env" };
	const char *uv = getenv("UV_PROJECT_ENVIRONMENT");
	const char *found = python_in(arena, getenv(entered[0]));
	for (size_t i = 0; !found && folders[i]; i++) {
		if (uv && *uv)
			found = python_in(arena, path_join(arena, folders[i], uv));
		for (size_t k = 0; !found && k < LEN(names); k++)
			found = python_in(arena, path_join(arena, folders[i], names[k]));
	}
	return found ? found : python_in(arena, getenv(entered[1]));
}

/* Tools that keep the environment elsewhere, and the file by which one knows that a project is theirs. */
static const struct tool {
	const char *file, *name, *option, *install;
} tools[] = { { "uv.lock", "uv", "--no-sync", "uv sync" },
	      { "poetry.lock", "poetry", NULL, "poetry install" },
	      { "pdm.lock", "pdm", NULL, "pdm install" },
	      { "Pipfile", "pipenv", NULL, "pipenv install" } };

/* The project's one, where the tool is here. */
static const char *const *tool_python(struct arena *arena, const char *const *folders)
{
	for (size_t i = 0; folders[i]; i++)
		for (size_t k = 0; k < LEN(tools); k++) {
			const char *program = program_find(arena, tools[k].name, NULL);
			if (!program || !file_exists(path_join(arena, folders[i], tools[k].file)))
				continue;
			return tools[k].option ? words(arena, program, "run", tools[k].option, "python")
					       : words(arena, program, "run", "python", NULL);
		}
	return NULL;
}

const char *interpreter_advice(struct arena *arena, const struct alembic *alembic, const char *root)
{
	const char *const *folders = places(arena, alembic->folder, root);
	for (size_t i = 0; folders[i]; i++)
		for (size_t k = 0; k < LEN(tools); k++) {
			const char *file = path_join(arena, folders[i], tools[k].file);
			if (!file_exists(file))
				continue;
			bool here = program_find(arena, tools[k].name, NULL) != NULL;
			return arena_printf(arena, "The project has %s: \"%s\" makes its environment%s.", file,
					    tools[k].install,
					    here ? ""
						 : arena_printf(arena, ", but there is no %s in PATH, and no .venv",
								tools[k].name));
		}
	return NULL;
}

/* The command "alembic" on the user's path is a script: its first line names the Python that it runs in. */
static const char *command_python(struct arena *arena)
{
	const char *command = program_find(arena, "alembic", NULL);
	struct err ignored = { .arena = arena };
	struct str text, line, rest;
	if (!command || !file_read(arena, command, &text, &ignored) || !str_starts(text, STR("#!/")))
		return NULL;
	if (!str_cut(text, '\n', &line, &rest))
		line = text;
	line = str_trim(str_slice(line, 2, line.len));
	const char *python = str_dup(arena, line);
	if (strstr(path_base(python), "python") && program_exists(python))
		return python;
	/* A path that is too long for a first line is in a script around it: then the one beside the command. */
	return str_eq(line, STR("/bin/sh")) ? python_in(arena, path_dir(arena, path_dir(arena, command))) : NULL;
}

static const char *path_python(struct arena *arena)
{
	const char *python = command_python(arena);
	if (!python)
		python = program_find(arena, "python3", NULL);
	return python ? python : program_find(arena, "python", NULL);
}

bool interpreter_find(struct arena *arena, const struct alembic *alembic, const char *root,
		      const char *const **ret_words, struct err *err)
{
	const char *const *folders = places(arena, alembic->folder, root);
	const char *said = getenv("BRANT_PYTHON");
	const char *python = said && *said ? program_find(arena, said, NULL) : environment_python(arena, folders);
	if (said && *said && !python && strchr(said, '/') && program_exists(said))
		python = absolute(arena, said);
	const char *const *tool = python || (said && *said) ? NULL : tool_python(arena, folders);
	if (!python && !tool && !(said && *said))
		python = path_python(arena);
	if (!python && !tool) {
		err_set(err, ERR_FAILED, "python-missing", "there is no Python to run this project's code");
		err_detail(err, "The SQL of a revision comes from its own Python code; brant looked for %s.",
			   said && *said ? arena_printf(arena, "\"%s\", which BRANT_PYTHON names", said)
					 : "VIRTUAL_ENV, .venv, venv, uv, poetry, pdm, pipenv and python3");
		return err_hint(err, "Activate the project's environment, or name its Python with BRANT_PYTHON.");
	}
	*ret_words = tool ? tool : words(arena, python, NULL, NULL, NULL);
	return true;
}
