#include "project/project.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "project/config.h"
#include "project/detect.h"
#include "project/environment.h"

static bool check_root(const char *root, struct err *err)
{
	if (file_is_dir(root))
		return true;
	if (file_exists(root))
		return err_set(err, ERR_USAGE, "directory-unusable", "\"%s\" is not a folder", root);
	return err_set(err, ERR_USAGE, "directory-unusable", "there is no folder \"%s\"", root);
}

static void take_config(struct arena *arena, const struct config *config, struct project *project)
{
	struct map *variables = arena_alloc(arena, sizeof(*variables));
	*variables = config->variables;
	project->config_path = config->path;
	project->boundary = config->boundary;
	project->lock_timeout = config->lock_timeout;
	project->statement_timeout = config->statement_timeout;
	project->lock_retries = config->lock_retries;
	project->out_of_order = config->out_of_order;
	project->allow_gaps = config->allow_gaps;
	project->renames = config->renames;
	project->notify_postgrest = config->notify_postgrest;
	project->url_written = config->url;
	project->url_variable = config->url_variable;
	project->settings = (struct format_settings){
		.root = project->root,
		.migrations = config->migrations,
		.ledger = config->ledger,
		.version_form = config->version_form,
		.variables = variables,
		.wanted = config->schema,
		.search_path = config->search_path,
		.config = config->tool_config,
	};
	if (!project->boundary.off)
		project->settings.outside = project->boundary.schemas;
}

/* A file of a tool's own says which tool it is. */
static const char *claimed(const char *file)
{
	for (size_t i = 0; file && formats[i]; i++)
		if (formats[i]->claims && formats[i]->claims(file))
			return formats[i]->name;
	return NULL;
}

/* The folder in brant.yaml goes before the one that was found. */
static bool choose_format(struct arena *arena, const struct config *config, const char *option, struct project *project,
			  struct err *err)
{
	const char *found;
	const char *name = option ? option : config->format;
	if (!name)
		name = claimed(config->migrations);
	if (!name)
		name = claimed(config->tool_config);
	if (!detect_format(arena, project->root, name, &project->format, &found, err)) {
		if (!option && name)
			err_at(err, config->path, 0, 0);
		return false;
	}
	if (!project->settings.migrations)
		project->settings.migrations = found;
	return true;
}

bool project_load(struct arena *arena, const struct project_options *options, struct project *ret_project,
		  struct err *err)
{
	struct project project = { .root = options->dir && *options->dir ? options->dir : "." };
	struct config config;
	const char *path;
	config_defaults(arena, &config);
	if (!check_root(project.root, err) || !config_find(arena, project.root, &path, err))
		return false;
	if (path && !config_load(arena, path, &config, err))
		return false;
	take_config(arena, &config, &project);
	project.url_option = options->url;
	if (!choose_format(arena, &config, options->format, &project, err))
		return false;
	if (config.search_path && !project.format->takes_path) {
		err_set(err, ERR_USAGE, "config-value", "\"search_path\" is not for projects of %s",
			project.format->title);
		err_hint(err, "There the tool itself says which schema names without one mean.");
		return err_at(err, config.path, 0, 0);
	}
	project.settings.arguments = options->arguments;
	project.settings.only_looks = options->only_looks;
	if (options->arguments.len && !project.format->arguments) {
		err_set(err, ERR_USAGE, "usage", "-x is for projects whose own code is asked, and %s has none",
			project.format->title);
		return err_hint(err, "It hands KEY=VALUE to the env.py of an Alembic project.");
	}
	if (project.format->configure &&
	    !project.format->configure(arena, &project.settings, &project.url_of_format, err))
		return false;
	*ret_project = project;
	return true;
}

/* A URL that goes by another of the usual names: "POSTGRES_URL in .env"; NULL: there is none. */
static const char *find_elsewhere(struct arena *arena, const struct project *project, const char **ret_name)
{
	static const char *const usual[] = { "POSTGRES_URL",
					     "POSTGRESQL_URL",
					     "PG_URL",
					     "DB_URL",
					     "DATABASE_URI",
					     "POSTGRES_URI",
					     "SUPABASE_DB_URL",
					     "POOLER_URL",
					     "NEON_DATABASE_URL",
					     "POSTGRES_PRISMA_URL",
					     "DATABASE_PUBLIC_URL",
					     "database_url",
					     "DIRECT_URL" };
	for (size_t i = 0; i < LEN(usual); i++) {
		const char *value, *origin;
		struct strs looked = { 0 };
		struct err ignored = { .arena = arena };
		if (environment_find(arena, project->root, usual[i], &value, &origin, &looked, &ignored) && value &&
		    str_starts(str_of(value), STR("postgres"))) {
			*ret_name = usual[i];
			return origin;
		}
	}
	return NULL;
}

static bool no_database(struct arena *arena, const struct project *project, const char *name, const struct strs *looked,
			struct err *err)
{
	struct buf places = buf_init(arena);
	for (size_t i = 0; i < looked->len; i++)
		buf_printf(&places, "%s" STR_FMT,
			   !i                             ? ""
				   : i + 1 == looked->len ? " and "
							  : ", ",
			   STR_ARG(looked->ptr[i]));
	err_set(err, ERR_USAGE, "no-database", "no database to work with: %s is not set", name);
	const char *said = project->url_variable ? ", since url in brant.yaml names it"
		: project->url_of_format.instead
		? arena_printf(arena, "; what %s names is %s", project->url_of_format.origin,
			       project->url_of_format.instead)
		: project->url_of_format.variable
		? arena_printf(arena, ", since %s names it", project->url_of_format.origin)
		: project->config_path ? "; brant.yaml has no url"
				       : "";
	err_detail(err, "brant looked for %s in %s%s.", name, places.ptr, said);
	if (project->url_of_format.computed)
		err_detail(err, "%s %s works the URL out by code of its own, which brant does not run.", err->detail,
			   project->url_of_format.computed);
	const char *other = NULL, *origin = project->url_variable ? NULL : find_elsewhere(arena, project, &other);
	if (origin)
		return err_hint(
			err,
			"There is %s: if that is the one, write \"url: ${%s}\" into brant.yaml, or set DATABASE_URL to it.",
			origin, other);
	return err_hint(
		err,
		"Set %s, give --url postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or use --local for a local database.",
		name);
}

static void take_url(struct project *project, const char *url, const char *origin)
{
	project->url = url;
	project->url_origin = origin;
}

/* In the files that the tool's own configuration names, unless the environment has it. */
static bool find_in_files(struct arena *arena, const struct project *project, const char *name, const char **ret_value,
			  const char **ret_origin, struct strs *looked, struct err *err)
{
	const struct strs *files = &project->url_of_format.env_files;
	const char *set = getenv(name);
	*ret_value = NULL;
	for (size_t i = 0; !(set && *set) && !*ret_value && i < files->len; i++) {
		const char *path = path_join(arena, project->root, str_dup(arena, files->ptr[i]));
		if (!environment_find_in(arena, path, name, ret_value, ret_origin, looked, err))
			return false;
	}
	return true;
}

/* A variable in the environment and all .env files, the tool's own last; value stays NULL where it is nowhere. */
static bool find_variable(struct arena *arena, const struct project *project, const char *name, const char **ret_value,
			  const char **ret_origin, struct strs *looked, struct err *err)
{
	const char *folder = project->url_of_format.env_folder;
	if (!find_in_files(arena, project, name, ret_value, ret_origin, looked, err))
		return false;
	if (*ret_value)
		return true;
	if (!environment_find(arena, project->root, name, ret_value, ret_origin, looked, err))
		return false;
	/* Above it is the project, where we have looked. */
	if (*ret_value || !folder || strcmp(folder, ".") == 0)
		return true;
	return environment_find_in(arena, path_join(arena, path_join(arena, project->root, folder), ".env"), name,
				   ret_value, ret_origin, looked, err);
}

static bool is_among(const struct strs *names, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(names->ptr[i], name))
			return true;
	return false;
}

static void add_encoded(struct buf *url, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (isalnum((unsigned char)*c) || strchr("-._~", *c))
			buf_char(url, *c);
		else
			buf_printf(url, "%%%02X", (unsigned char)*c);
	}
}

/* Host, port, user, password and database one by one; what is not said comes from libpq's own places, but a host has to be known. */
static bool find_url_in_parts(struct arena *arena, struct project *project, struct strs *looked, struct err *err)
{
	enum { HOST, PORT, USER, PASSWORD, DATABASE, PARTS };
	const struct format_url *said = &project->url_of_format;
	const char *values[PARTS], *origin;
	struct strs same_places = { 0 };
	struct buf url = buf_init(arena);
	for (size_t i = 0; i < PARTS; i++) {
		values[i] = said->parts[i].written;
		if (!values[i] && said->parts[i].variable &&
		    !find_variable(arena, project, said->parts[i].variable, &values[i], &origin,
				   looked->len ? &same_places : looked, err))
			return false;
	}
	if (!values[HOST] || !values[DATABASE])
		return true;
	buf_text(&url, "postgresql://");
	for (size_t i = USER; i <= PASSWORD && values[USER]; i++) {
		if (i == PASSWORD && values[i])
			buf_char(&url, ':');
		add_encoded(&url, values[i] ? values[i] : "");
	}
	buf_text(&url, values[USER] ? "@" : "");
	add_encoded(&url, values[HOST]);
	if (values[PORT])
		buf_printf(&url, ":%s", values[PORT]);
	buf_char(&url, '/');
	add_encoded(&url, values[DATABASE]);
	take_url(project, url.ptr, said->origin);
	return true;
}

/* What the tool itself would use, where nobody told brant anything else. */
static bool find_url_of_format(struct arena *arena, struct project *project, struct strs *looked, struct err *err)
{
	const struct format_url *said = &project->url_of_format;
	const char *value, *origin;
	struct strs names = { 0 }, same_places = { 0 };
	if (said->variable)
		vec_push(arena, &names, str_of(said->variable));
	for (size_t i = 0; i < said->others.len; i++)
		vec_push(arena, &names, said->others.ptr[i]);
	vec_push(arena, &names, STR("DATABASE_URL"));
	for (size_t i = 0; i < names.len; i++) {
		if (is_among(&names, i, names.ptr[i]))
			continue;
		if (!find_variable(arena, project, str_dup(arena, names.ptr[i]), &value, &origin,
				   looked->len ? &same_places : looked, err))
			return false;
		if (value) {
			take_url(project, value, origin);
			return true;
		}
	}
	if (said->written)
		take_url(project, said->written, said->origin);
	return said->written || find_url_in_parts(arena, project, looked, err);
}

/* DATABASE_URL of the environment comes before a URL in brant.yaml: CI sets it to override what the file says. */
static bool find_url(struct arena *arena, struct project *project, struct err *err)
{
	const char *name = project->url_variable  ? project->url_variable
		: project->url_of_format.variable ? project->url_of_format.variable
						  : "DATABASE_URL";
	const char *value = NULL, *origin = NULL, *overriding = getenv("DATABASE_URL");
	struct strs looked = { 0 };
	project->url = NULL;
	if (project->url_option) {
		take_url(project, project->url_option, "--url");
	} else if (project->url_variable) {
		if (!find_variable(arena, project, name, &value, &origin, &looked, err))
			return false;
		if (value)
			take_url(project, value, origin);
	} else if (project->url_written && !(overriding && *overriding)) {
		take_url(project, project->url_written, arena_printf(arena, "url in %s", project->config_path));
	} else if (!find_url_of_format(arena, project, &looked, err)) {
		return false;
	}
	return project->url || no_database(arena, project, name, &looked, err);
}

bool project_target(struct arena *arena, struct project *project, struct err *err)
{
	if (!find_url(arena, project, err) ||
	    !target_parse(arena, project->url, project->url_origin, &project->target, err))
		return false;
	target_clean_environment(arena, &project->target.notes);
	if (project->url == project->url_written && target_setting(&project->target, "password"))
		vec_push(arena, &project->warnings,
			 STR("brant.yaml holds a password, and it is a file to share: write "
			     "\"url: ${DATABASE_URL}\" and keep the URL in .env or the environment"));
	return true;
}
