/*
 * export.c - asks the project's own drizzle-kit, where schema.ts is beyond our evaluator.
 */
#include "base/file.h"
#include "base/proc.h"
#include "format/drizzle/wanted.h"

static bool no_kit(const char *what, struct err *err)
{
	err_set(err, ERR_FAILED, "drizzle-kit-missing", "%s", what);
	return err_hint(
		err,
		"Install the project's packages (npm install) on a machine with Node, or change the schema at the place that is named.");
}

/* node_modules/.bin of the folder or of one above it: workspaces keep it at their top. */
static const char *find_kit(struct arena *arena, const char *root)
{
	const char *folder = root;
	for (int level = 0; level < 32; level++) {
		const char *path = path_join(arena, folder, "node_modules/.bin/drizzle-kit");
		if (program_exists(path))
			return path;
		if (strcmp(folder, "/") == 0)
			break;
		folder = strcmp(folder, ".") == 0 || str_ends(str_of(folder), STR(".."))
			? path_join(arena, folder, "..")
			: path_dir(arena, folder);
	}
	return NULL;
}

/* What stands before the first statement is drizzle-kit talking: which configuration it read. */
static struct str after_talk(struct str text)
{
	static const char *const beginnings[] = { "CREATE ", "ALTER ", "DO " };
	struct str rest = text, line;
	while (rest.len) {
		struct str here = rest;
		str_cut(rest, '\n', &line, &rest);
		for (size_t i = 0; i < LEN(beginnings); i++)
			if (str_starts(line, str_of(beginnings[i])))
				return here;
	}
	return (struct str){ "", 0 };
}

bool drizzle_export(struct arena *arena, const struct format_settings *settings, struct str *ret_ddl, struct err *err)
{
	const struct drizzle_config *config = settings->extra;
	const char *kit = find_kit(arena, settings->root);
	if (!program_find(arena, "node", NULL))
		return no_kit("there is no Node here to ask drizzle-kit with", err);
	if (!kit)
		return no_kit("drizzle-kit is not installed in this project", err);
	char *absolute = kit[0] == '/' ? arena_strdup(arena, kit) : realpath(kit, NULL);
	if (absolute && kit[0] != '/')
		arena_defer(arena, free, absolute);
	const char *const argv[] = { absolute ? absolute : kit, "export", config && config->path ? "--config" : NULL,
				     config ? config->path : NULL, NULL };
	const char *const more[] = { "CI=1", "NO_COLOR=1", NULL };
	struct program program = {
		.argv = argv, .cwd = settings->root, .env = environment(arena, NULL, more), .error = PROC_INHERIT
	};
	struct str output;
	if (!program_run(arena, &program, &output, err))
		return err_prefix(err, "drizzle-kit export");
	*ret_ddl = after_talk(output);
	if (ret_ddl->len)
		return true;
	err_set(err, ERR_FAILED, "drizzle-kit-missing", "drizzle-kit export gave no SQL");
	return err_detail(err, "It said: " STR_FMT, STR_ARG(str_trim(output)));
}
