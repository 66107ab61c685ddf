/*
 * export.c - asks the project's own drizzle-kit, where schema.ts is beyond our evaluator.
 */
#include <stdlib.h>
#include <unistd.h>

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
	enum { MAX_LEVELS = 32 };
	const char *folder = root;
	for (int level = 0; level < MAX_LEVELS && folder; level++, folder = folder_above(arena, folder)) {
		const char *path = path_join(arena, folder, "node_modules/.bin/drizzle-kit");
		if (program_exists(path))
			return path;
	}
	return NULL;
}

static bool run_kit(struct arena *arena, const struct format_settings *settings, const char *command,
		    const char *config, struct str *ret_output, struct err *err)
{
	const char *kit = find_kit(arena, settings->root);
	if (!program_find(arena, "node", NULL))
		return no_kit("there is no Node here to ask drizzle-kit with", err);
	if (!kit)
		return no_kit("drizzle-kit is not installed in this project", err);
	char *absolute = kit[0] == '/' ? arena_strdup(arena, kit) : realpath(kit, NULL);
	if (absolute && kit[0] != '/')
		arena_defer(arena, free, absolute);
	const char *const argv[] = { absolute ? absolute : kit, command, config ? "--config" : NULL, config, NULL };
	const char *const more[] = { "CI=1", "NO_COLOR=1", NULL };
	struct program program = {
		.argv = argv, .cwd = settings->root, .env = environment(arena, NULL, more), .error = PROC_INHERIT
	};
	return program_run(arena, &program, ret_output, err) || err_prefix(err, "drizzle-kit %s", command);
}

/* ---- its snapshot ---- */

/* The same schema for a folder of migrations that does not exist: its first snapshot is the whole schema, and nothing is asked. */
static struct str config_for(struct arena *arena, const struct format_settings *settings, const struct strs *paths,
			     const char *out)
{
	const struct drizzle_config *config = settings->extra;
	struct json object = json_new(JS_OBJECT), schemas = json_new(JS_ARRAY);
	for (size_t i = 0; i < paths->len; i++)
		json_add(arena, &schemas, json_of_str(paths->ptr[i]));
	json_put(arena, &object, "dialect", json_of_text("postgresql"));
	json_put(arena, &object, "schema", schemas);
	json_put(arena, &object, "out", json_of_text(out));
	if (config->casing)
		json_put(arena, &object, "casing", json_of_text(config->casing));
	return str_of(arena_printf(arena, "export default %s;\n", json_print(arena, &object, 0).ptr));
}

static const char *snapshot_in(struct arena *arena, const char *out)
{
	const char *old = path_join(arena, out, "meta/0000_snapshot.json");
	struct names names;
	struct err ignored = { .arena = arena };
	if (file_exists(old) || !dir_list(arena, out, &names, &ignored) || !names.len)
		return old;
	return path_join(arena, path_join(arena, out, names.ptr[0]), "snapshot.json");
}

static bool no_snapshot(struct str said, struct err *err)
{
	err_set(err, ERR_FAILED, "drizzle-kit-missing", "drizzle-kit generate wrote no snapshot");
	return err_detail(err, "It said: " STR_FMT, STR_ARG(str_trim(said)));
}

bool drizzle_kit_snapshot(struct arena *arena, const struct format_settings *settings, const struct strs *paths,
			  struct json *ret_snapshot, struct err *err)
{
	const char *work = arena_printf(arena, ".brant/drizzle-kit-%d", (int)getpid());
	const char *folder = path_join(arena, settings->root, work), *out = arena_printf(arena, "%s/out", work);
	const char *config = arena_printf(arena, "%s/kit.config.mjs", work);
	struct err ignored = { .arena = arena };
	struct str output, text;
	bool ok = dir_make(folder, 0755, err) &&
		file_create(path_join(arena, settings->root, config), config_for(arena, settings, paths, out), 0644,
			    err) &&
		run_kit(arena, settings, "generate", config, &output, err) &&
		(file_read(arena, snapshot_in(arena, path_join(arena, settings->root, out)), &text, &ignored) ||
		 no_snapshot(output, err)) &&
		json_parse(arena, JSON_PLAIN, "drizzle-kit's snapshot", text, ret_snapshot, err);
	dir_remove(folder, &ignored);
	rmdir(path_join(arena, settings->root, ".brant")); /* where it holds nothing else */
	return ok;
}
