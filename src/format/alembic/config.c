/*
 * config.c - where an Alembic project keeps what: alembic.ini, pyproject.toml, and for both what stands in neither.
 *
 * In brant.yaml "migrations:" may name the configuration and its section, as alembic's -c and -n do: "backend/alembic.ini#tenants".
 */
#include <stdlib.h>

#include "base/file.h"
#include "format/alembic/alembic.h"
#include "format/alembic/python.h"

static const char table_header[] = "[tool.alembic]";

/* The lines of [tool.alembic]; .ptr NULL where there is no such table. */
static struct str tool_table(struct str text)
{
	struct str rest = text, line;
	const char *start = NULL;
	while (rest.len) {
		if (!str_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest.len = 0;
		}
		if (start && line.len && line.ptr[0] == '[')
			return (struct str){ start, (size_t)(line.ptr - start) };
		if (str_eq(str_trim(line), STR(table_header)))
			start = rest.ptr;
	}
	return (struct str){ start, start ? (size_t)(text.ptr + text.len - start) : 0 };
}

static bool has_tool_table(struct arena *arena, const char *path)
{
	struct arena *scratch = arena_new(arena);
	struct err ignored = { .arena = scratch };
	struct str text;
	bool has = file_exists(path) && file_read(scratch, path, &text, &ignored) && tool_table(text).ptr;
	arena_free(scratch);
	return has;
}

/* "conf/alembic.ini", "alembic.ini#tenants", "backend/pyproject.toml" */
bool alembic_claims(const char *migrations)
{
	struct str file, section;
	if (!str_cut(str_of(migrations), '#', &file, &section))
		file = str_of(migrations);
	return str_ends(file, STR(".ini")) || str_eq(file, STR("pyproject.toml")) ||
		str_ends(file, STR("/pyproject.toml"));
}

/*
 * Alembic's own folder, of which no configuration tells: it was left out of the repository, or it is elsewhere.  NULL: there is none, or "migrations" is
 * another tool's.
 */
static const char *lone_scripts(struct arena *arena, const char *root)
{
	static const char *const places[] = { "migrations", "alembic" };
	for (size_t i = 0; i < LEN(places); i++) {
		const char *folder = path_join(arena, root, places[i]);
		if (file_exists(path_join(arena, folder, "env.py")) &&
		    (file_exists(path_join(arena, folder, "script.py.mako")) ||
		     file_is_dir(path_join(arena, folder, "versions"))))
			return folder;
		if (file_is_dir(folder))
			return NULL;
	}
	return NULL;
}

bool alembic_detect(struct arena *arena, const char *root, const char **ret_migrations)
{
	static const char *const places[] = { "alembic.ini",         "pyproject.toml",      "migrations/alembic.ini",
					      "alembic/alembic.ini", "backend/alembic.ini", "src/alembic.ini",
					      "app/alembic.ini",     "server/alembic.ini",  "db/alembic.ini" };
	const char *said = getenv("ALEMBIC_CONFIG");
	if (said && *said && file_exists(path_join(arena, root, said))) {
		*ret_migrations = arena_strdup(arena, said);
		return true;
	}
	for (size_t i = 0; i < LEN(places); i++) {
		const char *path = path_join(arena, root, places[i]);
		bool toml = str_ends(str_of(path), STR(".toml"));
		if (toml ? has_tool_table(arena, path) : file_exists(path)) {
			*ret_migrations = places[i];
			return true;
		}
	}
	if (lone_scripts(arena, root))
		*ret_migrations = places[0]; /* which is not there, and is what has to be said */
	return *ret_migrations != NULL;
}

struct configuring {
	struct arena *arena;
	struct format_settings *settings;
	struct alembic *alembic;
	struct ini ini;
	struct source toml;
	struct py_module table; /* [tool.alembic]: its strings and lists are written as Python's are */
	struct err *err;
};

/* %(here)s in pyproject.toml, and %% as in the other file. */
static struct str fill_here(struct configuring *c, struct str text)
{
	const char *here = path_dir(c->arena, c->alembic->project);
	struct buf buf = buf_init(c->arena);
	for (size_t i = 0; i < text.len; i++) {
		if (str_starts(str_slice(text, i, text.len), STR("%(here)s"))) {
			buf_text(&buf, here);
			i += strlen("%(here)s") - 1;
		} else {
			i += text.ptr[i] == '%' && i + 1 < text.len && text.ptr[i + 1] == '%';
			buf_char(&buf, text.ptr[i]);
		}
	}
	return buf_as_str(&buf);
}

/* A setting as a text; of a list in pyproject.toml its first item.  pyproject.toml goes before alembic.ini, as in Alembic. */
static bool get(struct configuring *c, const char *key, const char **ret_value)
{
	const struct py_value *value = map_get(&c->table.names, str_of(key));
	*ret_value = NULL;
	if (value && value->items.len) {
		*ret_value = fill_here(c, value->items.ptr[0]).ptr;
		return true;
	}
	return !c->alembic->config || ini_get(c->arena, &c->ini, c->alembic->section, key, ret_value, c->err);
}

static bool is_true(struct configuring *c, const char *key)
{
	struct err ignored = { .arena = c->arena };
	const char *text = NULL;
	const struct py_value *value = map_get(&c->table.names, str_of(key));
	if (value)
		return str_starts(str_slice(c->toml.text, value->offset, c->toml.text.len), STR("true"));
	return c->alembic->config && ini_get(c->arena, &c->ini, c->alembic->section, key, &text, &ignored) && text &&
		(strcmp(text, "true") == 0 || strcmp(text, "True") == 0);
}

/* ---- lists of folders ---- */

/* What parts the folders of a list, where the configuration says it; NULL: commas and spaces. */
static bool separators(struct configuring *c, const char **ret_marks)
{
	static const struct {
		const char *name, *marks;
	} known[] = { { "space", " \n" }, { "newline", "\n" }, { "os", ":\n" }, { ":", ":" }, { ";", ";" } };
	const char *said;
	*ret_marks = NULL;
	if (!get(c, "path_separator", &said) || (!said && !get(c, "version_path_separator", &said)))
		return false;
	for (size_t i = 0; said && i < LEN(known); i++)
		if (strcmp(said, known[i].name) == 0)
			*ret_marks = known[i].marks;
	return true;
}

static void split(struct arena *arena, const char *text, const char *marks, struct strs *ret_parts)
{
	for (const char *c = text; *c;) {
		size_t n = strcspn(c, marks);
		struct str part = str_trim((struct str){ c, n });
		if (part.len)
			vec_push(arena, ret_parts, str_of(str_dup(arena, part)));
		c += n + (c[n] != '\0');
	}
}

static bool get_list(struct configuring *c, const char *key, const char *default_marks, struct strs *ret_parts)
{
	const struct py_value *value = map_get(&c->table.names, str_of(key));
	const char *text, *marks;
	*ret_parts = (struct strs){ 0 };
	for (size_t i = 0; value && i < value->items.len; i++)
		vec_push(c->arena, ret_parts, fill_here(c, value->items.ptr[i]));
	if (value)
		return true;
	if (!get(c, key, &text) || !separators(c, &marks))
		return false;
	if (text)
		split(c->arena, text, marks ? marks : default_marks, ret_parts);
	return true;
}

/* "package:folder" is looked for where the package is: in the folder itself, in src, and where prepend_sys_path says. */
static const char *package_folder(struct configuring *c, const char *said)
{
	struct str package, inner;
	const struct alembic *alembic = c->alembic;
	str_cut(str_of(said), ':', &package, &inner);
	char *name = str_dup(c->arena, package);
	for (char *dot = name; *dot; dot++)
		*dot = *dot == '.' ? '/' : *dot;
	const char *path = path_join(c->arena, name, str_dup(c->arena, inner));
	for (size_t i = 0; i < alembic->paths.len + 2; i++) {
		const char *base = i == 0 ? "." : i == 1 ? "src" : alembic->paths.ptr[i - 2].ptr;
		const char *found = path_join(c->arena, alembic->folder, path_join(c->arena, base, path));
		if (file_is_dir(found))
			return found;
	}
	return path_join(c->arena, alembic->folder, path);
}

static const char *resolve(struct configuring *c, const char *said)
{
	struct str path = str_of(said);
	while (str_starts(path, STR("./")))
		path = str_slice(path, 2, path.len);
	while (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	if (path.len && path.ptr[0] != '/' && strchr(said, ':'))
		return package_folder(c, said);
	return path_join(c->arena, c->alembic->folder, str_dup(c->arena, path));
}

/* ---- finding and reading ---- */

static bool no_config(struct configuring *c, const char *named)
{
	const char *scripts = lone_scripts(c->arena, c->settings->root);
	err_set(c->err, ERR_USAGE, "alembic-config", "there is %s%s%sno Alembic configuration \"%s\"",
		scripts ? "\"" : "", scripts ? scripts : "", scripts ? "/env.py\", but " : "", named);
	return err_hint(
		c->err, "Name it with \"migrations:\" in brant.yaml: alembic.ini, or alembic.ini#SECTION.%s",
		scripts ? " Where Alembic is only called from code, alembic.ini needs no more than [alembic] and script_location."
			: "");
}

/* The file and the section that brant.yaml or the look around named: a folder means the file in it. */
static bool find_config(struct configuring *c)
{
	struct alembic *alembic = c->alembic;
	const char *root = c->settings->root, *said = c->settings->migrations ? c->settings->migrations : "alembic.ini";
	struct str file, section;
	if (!str_cut(str_of(said), '#', &file, &section))
		file = str_of(said);
	alembic->section = section.ptr && section.len && section.ptr != said ? str_dup(c->arena, section) : "alembic";
	char *path = path_join(c->arena, root, str_dup(c->arena, file));
	if (file_is_dir(path))
		path = path_join(c->arena, path, "alembic.ini");
	if (!file_exists(path))
		return no_config(c, path);
	const char *folder = path_dir(c->arena, path);
	const char *project = path_join(c->arena, folder, "pyproject.toml");
	bool toml = str_ends(str_of(path), STR(".toml"));
	const char *ini = path_join(c->arena, folder, "alembic.ini");
	alembic->config = !toml ? path : file_exists(ini) ? ini : NULL;
	alembic->project = has_tool_table(c->arena, project) ? project : NULL;
	if (toml && !alembic->project)
		return no_config(c, path);
	return true;
}

static bool read_files(struct configuring *c)
{
	struct alembic *alembic = c->alembic;
	if (alembic->config &&
	    !ini_load(c->arena, alembic->config, path_dir(c->arena, alembic->config), &c->ini, c->err))
		return false;
	if (alembic->config && strcmp(alembic->section, "alembic") != 0 &&
	    !map_get(&c->ini.sections, str_of(alembic->section))) {
		err_set(c->err, ERR_USAGE, "alembic-config", "there is no section [%s]", alembic->section);
		return err_at(c->err, alembic->config, 0, 0);
	}
	if (!alembic->project)
		return true;
	if (!source_load(c->arena, alembic->project, &c->toml, c->err))
		return false;
	c->toml.text = tool_table(c->toml.text);
	return py_module_read(c->arena, &c->toml, &c->table, c->err);
}

static bool holds_env(struct configuring *c, const char *folder, const char *scripts)
{
	struct alembic at = *c->alembic;
	struct configuring there = *c;
	at.folder = folder;
	there.alembic = &at;
	return file_exists(path_join(c->arena, resolve(&there, scripts), "env.py"));
}

/* Does this env.py ask an application of Flask's?  Then "flask db" is what runs it, from the project's folder, whatever script_location says. */
static bool asks_flask(struct arena *arena, const char *scripts)
{
	struct arena *scratch = arena_new(arena);
	struct err ignored = { .arena = scratch };
	struct str text;
	const char *path = path_join(scratch, scripts, "env.py");
	bool asks = file_exists(path) && file_read(scratch, path, &text, &ignored) &&
		str_find(text, STR("current_app")) >= 0;
	arena_free(scratch);
	return asks;
}

/* Alembic is run from the project's folder, or from where its configuration is: whichever leads to an env.py. */
static bool find_scripts(struct configuring *c)
{
	struct alembic *alembic = c->alembic;
	const char *here = path_dir(c->arena, alembic->config ? alembic->config : alembic->project), *scripts;
	alembic->folder = c->settings->root;
	if (!get_list(c, "prepend_sys_path", ", :", &alembic->paths) || !get(c, "script_location", &scripts))
		return false;
	alembic->flask = !scripts || asks_flask(c->arena, here);
	if (alembic->flask) {
		alembic->scripts = here;
		return true;
	}
	if (!holds_env(c, alembic->folder, scripts) && holds_env(c, here, scripts))
		alembic->folder = here;
	alembic->scripts = resolve(c, scripts);
	return true;
}

static bool find_versions(struct configuring *c)
{
	struct alembic *alembic = c->alembic;
	struct strs said;
	alembic->recursive = is_true(c, "recursive_version_locations");
	if (!get_list(c, "version_locations", ", ", &said))
		return false;
	for (size_t i = 0; i < said.len; i++)
		vec_push(c->arena, &alembic->versions, str_of(resolve(c, said.ptr[i].ptr)));
	if (!said.len)
		vec_push(c->arena, &alembic->versions, str_of(path_join(c->arena, alembic->scripts, "versions")));
	return true;
}

/* The URL of the template, "driver://user:pass@localhost/dbname", and one that somebody fills in later, are no URLs. */
static void take_url(struct configuring *c, struct format_url *url)
{
	struct err ignored = { .arena = c->arena };
	const char *written = NULL;
	const struct alembic *alembic = c->alembic;
	url->env_folder = alembic->folder;
	if (!alembic->config || !ini_get(c->arena, &c->ini, alembic->section, "sqlalchemy.url", &written, &ignored) ||
	    !written)
		return;
	if (!str_starts(str_of(written), STR("postgres")) || strstr(written, "${") || strchr(written, '{'))
		return;
	url->written = written;
	url->origin = alembic->config;
}

/* brant.yaml's own word for the ledger goes before what env.py says. */
static void name_ledger(struct arena *arena, struct format_settings *settings, struct alembic *alembic)
{
	if (!settings->ledger)
		settings->ledger =
			arena_printf(arena, "%s.%s", alembic->schema ? alembic->schema : "public", alembic->table);
}

bool alembic_configure(struct arena *arena, struct format_settings *settings, struct format_url *ret_url,
		       struct err *err)
{
	struct alembic *alembic = arena_alloc(arena, sizeof(*alembic));
	settings->extra = alembic;
	alembic->arena = arena;
	alembic->root = settings->root;
	alembic->arguments = settings->arguments;
	struct configuring c = { .arena = arena, .settings = settings, .alembic = alembic, .err = err };
	if (!find_config(&c) || !read_files(&c) || !find_scripts(&c) || !find_versions(&c) ||
	    !alembic_read_env(arena, settings, alembic, ret_url, err))
		return false;
	take_url(&c, ret_url);
	name_ledger(arena, settings, alembic);
	settings->migrations = alembic->versions.ptr[0].ptr;
	return true;
}
