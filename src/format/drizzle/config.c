/*
 * config.c - drizzle.config.ts and its kin: what of it matters here.
 *
 * Whatever the language of the file is, its value is looked at as JSON.  Keys that brant has no use for (verbose, strict, ...) are not
 * read, as drizzle-kit ignores those that it does not know.
 */
#include <stdlib.h>

#include "base/file.h"
#include "format/drizzle/drizzle.h"
#include "format/drizzle/ts/config.h"
#include "sql/quote.h"

/* drizzle-kit looks for the first two and .json by itself; the others are given to it with --config. */
static const char *const extensions[] = { ".ts", ".js", ".json", ".mjs", ".cjs", ".mts", ".cts" };

static bool has_extension(struct str name)
{
	for (size_t i = 0; i < LEN(extensions); i++)
		if (str_ends(name, str_of(extensions[i])))
			return true;
	return false;
}

static bool is_config_name(struct str name)
{
	return str_starts(name, STR("drizzle")) && str_find(name, STR("config")) >= 0 && has_extension(name);
}

bool drizzle_claims(const char *file)
{
	return is_config_name(str_of(path_base(file)));
}

/* drizzle-dev.config.ts, drizzle.config.prod.ts: projects with several databases have several. */
static struct strs other_configs(struct arena *arena, const char *root)
{
	struct strs found = { 0 };
	struct names names;
	struct err ignored = { .arena = arena };
	if (!dir_list(arena, root, &names, &ignored))
		return found;
	for (size_t i = 0; i < names.len; i++) {
		struct str name = str_of(names.ptr[i]);
		if (is_config_name(name))
			vec_push(arena, &found, name);
	}
	return found;
}

/* "drizzle-kit generate --config=db/drizzle.config.ts" in a script of package.json: where that is always the same one, it is the project's. */
static const char *config_in_scripts(struct arena *arena, const char *root)
{
	struct json package;
	struct err ignored = { .arena = arena };
	const char *found = NULL, *path = path_join(arena, root, "package.json");
	if (!file_exists(path) || !json_load(arena, JSON_PLAIN, path, &package, &ignored))
		return NULL;
	const struct json *scripts = json_get_kind(&package, "scripts", JS_OBJECT);
	for (size_t i = 0; scripts && i < scripts->len; i++) {
		struct str script = scripts->ptr[i].kind == JS_STRING ? scripts->ptr[i].text : STR("");
		ptrdiff_t kit = str_find(script, STR("drizzle-kit")), at = str_find(script, STR("--config"));
		if (kit < 0 || at < kit)
			continue;
		const char *name = script.ptr + at + strlen("--config");
		name += strspn(name, "= \"'");
		name = arena_strndup(arena, name, strcspn(name, " \"'"));
		if (!has_extension(str_of(name)) || !file_exists(path_join(arena, root, name)))
			continue;
		if (found && strcmp(found, name) != 0)
			return NULL;
		found = name;
	}
	return found;
}

const char *drizzle_config_find(struct arena *arena, const char *root)
{
	for (size_t i = 0; i < LEN(extensions); i++) {
		const char *name = arena_printf(arena, "drizzle.config%s", extensions[i]);
		if (file_exists(path_join(arena, root, name)))
			return name;
	}
	struct strs others = other_configs(arena, root);
	return others.len ? str_dup(arena, others.ptr[0]) : config_in_scripts(arena, root);
}

/* Which of several is meant, only a person knows: they are for different databases. */
static bool refuse_several(struct arena *arena, const char *root, const char *name, struct err *err)
{
	struct strs others = other_configs(arena, root);
	struct buf list = buf_init(arena);
	if (others.len < 2 || str_starts(str_of(name), STR("drizzle.config.")))
		return true;
	for (size_t i = 0; i < others.len; i++)
		buf_printf(&list, "%s" STR_FMT, i ? ", " : "", STR_ARG(others.ptr[i]));
	err_set(err, ERR_DECISION, "config-ambiguous",
		"there are several configs of drizzle-kit, and none is drizzle.config.ts");
	err_detail(err, "They are: %s.", list.ptr);
	return err_hint(err, "Say which one with \"config:\" in brant.yaml.");
}

struct reading {
	struct arena *arena;
	const char *root, *path;
	const struct json *object;
	struct err *err;
};

static bool fail_at(const struct reading *r, const struct json *at, const char *message)
{
	err_set(r->err, ERR_USAGE, "config-value", "%s", message);
	return err_at(r->err, r->path, at->line, at->column);
}

/* The variable that a value is read from, or NULL. */
static const char *variable_of(const struct json *value)
{
	return json_get_text(value, CONFIG_ENVIRONMENT, NULL);
}

/* A text, or what the environment has for it; NULL: neither. */
static const char *text_of(const struct json *value)
{
	if (value->kind == JS_STRING)
		return value->text.ptr;
	return variable_of(value) ? getenv(variable_of(value)) : NULL;
}

/* An optional text; *ret_text stays as it is where the key is missing. */
static bool take_text(const struct reading *r, const struct json *object, const char *key, const char **ret_text)
{
	const struct json *value = json_get(object, key);
	if (!value || value->kind == JS_NULL)
		return true;
	if (value->kind != JS_STRING && !variable_of(value))
		return fail_at(
			r, value,
			arena_printf(r->arena, "\"%s\" is %s, and a text is expected", key, json_kind_text(value)));
	if (text_of(value))
		*ret_text = text_of(value);
	return true;
}

/* A text or an array of texts. */
static bool take_texts(const struct reading *r, const char *key, struct strs *ret_texts)
{
	const struct json *value = json_get(r->object, key);
	if (!value || value->kind == JS_NULL)
		return true;
	if (text_of(value)) {
		vec_push(r->arena, ret_texts, str_of(text_of(value)));
		return true;
	}
	for (size_t i = 0; value->kind == JS_ARRAY && i < value->len; i++) {
		if (!text_of(&value->ptr[i]))
			return fail_at(r, &value->ptr[i],
				       arena_printf(r->arena, "\"%s\" holds something else than texts", key));
		vec_push(r->arena, ret_texts, str_of(text_of(&value->ptr[i])));
	}
	return value->kind == JS_ARRAY ||
		fail_at(r, value, arena_printf(r->arena, "\"%s\" is neither a text nor an array of texts", key));
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

static bool take_word(const struct reading *r, const struct json *object, const char *key, const char *const *words,
		      const char **ret_word)
{
	if (!take_text(r, object, key, ret_word))
		return false;
	const struct json *value = json_get_kind(object, key, JS_STRING);
	return !value || is_one_of(*ret_word, words) ||
		fail_at(r, value,
			arena_printf(r->arena, "\"%s\" is no value of \"%s\" that drizzle-kit knows", *ret_word, key));
}

static bool check_dialect(const struct reading *r)
{
	const char *dialect = NULL;
	if (!take_text(r, r->object, "dialect", &dialect))
		return false;
	if (!dialect || strcmp(dialect, "postgresql") == 0)
		return true;
	const struct json *value = json_get(r->object, "dialect");
	err_set(r->err, ERR_USAGE, "dialect-unsupported", "the project is for \"%s\", and brant is for PostgreSQL",
		dialect);
	err_hint(r->err, "If there is another config for PostgreSQL, name it with \"config:\" in brant.yaml.");
	return err_at(r->err, r->path, value->line, value->column);
}

/* "migrations": { table, schema, prefix } */
static bool take_migrations(const struct reading *r, struct format_settings *settings, struct drizzle_config *config)
{
	static const char *const prefixes[] = { "index", "timestamp", "supabase", "unix", "none", NULL };
	const struct json *said = json_get_kind(r->object, "migrations", JS_OBJECT);
	const char *schema = "drizzle", *table = "__drizzle_migrations";
	if (!take_text(r, said, "schema", &schema) || !take_text(r, said, "table", &table) ||
	    !take_word(r, said, "prefix", prefixes, &config->prefix))
		return false;
	if (!settings->ledger)
		settings->ledger = sql_qualified(r->arena, str_of(schema), str_of(table));
	return true;
}

/* "driver": databases that are no server which speaks PostgreSQL's protocol. */
static const char *driver_instead(const struct reading *r)
{
	static const char *const drivers[][2] = {
		{ "pglite", "a folder of PGlite, a database without a server" },
		{ "aws-data-api", "the AWS Data API, which is no PostgreSQL connection" },
	};
	const char *said = json_get_text(r->object, "driver", "");
	for (size_t i = 0; i < LEN(drivers); i++)
		if (strcmp(said, drivers[i][0]) == 0)
			return drivers[i][1];
	return NULL;
}

static void take_url(const struct reading *r, struct format_url *ret_url)
{
	const struct json *credentials = json_get_kind(r->object, "dbCredentials", JS_OBJECT);
	const char *url = json_get_text(credentials, "url", NULL);
	static const char *const parts[] = { "host", "port", "user", "password", "database" };
	*ret_url = (struct format_url){ .variable = variable_of(json_get(credentials, "url")),
					.written = url && *url ? url : NULL,
					.origin = r->path };
	for (size_t i = 0; i < LEN(parts) && !json_get(credentials, "url"); i++) {
		const struct json *value = json_get(credentials, parts[i]);
		if (value && (value->kind == JS_STRING || value->kind == JS_NUMBER))
			ret_url->parts[i].written = value->text.ptr;
		else if (value)
			ret_url->parts[i].variable = variable_of(value);
	}
	if (driver_instead(r))
		*ret_url = (struct format_url){ .instead = driver_instead(r), .origin = r->path };
	if (!str_ends(str_of(r->path), STR(".json")))
		ret_url->env_files = typescript_env_files(r->arena, r->root, r->path);
}

/* "./drizzle" and "drizzle/" are "drizzle". */
static const char *tidy_path(struct arena *arena, const char *path)
{
	struct str text = str_of(path);
	while (str_starts(text, STR("./")))
		text = str_slice(text, 2, text.len);
	while (text.len > 1 && text.ptr[text.len - 1] == '/')
		text.len--;
	return text.len ? str_dup(arena, text) : ".";
}

/*
 * Where "out" is missing, or is computed from what only Node knows (import.meta.url): drizzle-kit's default, or where there are
 * migrations.
 */
static const char *folder_unsaid(struct arena *arena, const char *root)
{
	const char *usual = format_drizzle.default_migrations, *found = NULL;
	if (!file_is_dir(path_join(arena, root, usual)))
		found = drizzle_guess_folder(arena, root);
	return found ? found : usual;
}

static bool take_all(const struct reading *r, struct format_settings *settings, struct drizzle_config *config,
		     struct format_url *ret_url)
{
	static const char *const casings[] = { "snake_case", "camelCase", NULL };
	const char *out = folder_unsaid(r->arena, settings->root);
	const struct json *breakpoints = json_get_kind(r->object, "breakpoints", JS_BOOL);
	if (!check_dialect(r) || !take_text(r, r->object, "out", &out) || !take_texts(r, "schema", &config->schemas) ||
	    !take_word(r, r->object, "casing", casings, &config->casing) ||
	    !take_texts(r, "schemaFilter", &config->schema_filter) ||
	    !take_texts(r, "tablesFilter", &config->tables_filter) ||
	    !take_texts(r, "extensionsFilters", &config->extensions_filters) || !take_migrations(r, settings, config))
		return false;
	config->breakpoints = !breakpoints || breakpoints->truth;
	config->roles = json_get(json_get_kind(r->object, "entities", JS_OBJECT), "roles");
	if (!settings->migrations)
		settings->migrations = tidy_path(r->arena, out);
	take_url(r, ret_url);
	return true;
}

static bool load_config(struct arena *arena, const char *root, const char *path, struct json *ret_value,
			struct err *err)
{
	if (str_ends(str_of(path), STR(".json")))
		return json_load(arena, JSON_PLAIN, path, ret_value, err);
	return typescript_config(arena, root, path, NULL, ret_value, err);
}

/* "users"."id"; what is in public stands without its schema. */
static const struct naming like_drizzle_kit = { .always_quoted = true, .leave_out = "public" };

bool drizzle_configure(struct arena *arena, struct format_settings *settings, struct format_url *ret_url,
		       struct err *err)
{
	struct drizzle_config *config = arena_alloc(arena, sizeof(*config));
	const char *name = settings->config ? settings->config : drizzle_config_find(arena, settings->root);
	struct json value;
	*config = (struct drizzle_config){ .breakpoints = true, .prefix = "index" };
	settings->extra = config;
	settings->naming = &like_drizzle_kit;
	if (!name)
		return true;
	if (!settings->config && !refuse_several(arena, settings->root, name, err))
		return false;
	config->path = path_join(arena, settings->root, name);
	if (!load_config(arena, settings->root, config->path, &value, err))
		return false;
	struct reading reading = {
		.arena = arena, .root = settings->root, .path = config->path, .object = &value, .err = err
	};
	if (value.kind != JS_OBJECT)
		return fail_at(&reading, &value, "a config is an object, and this is none");
	return take_all(&reading, settings, config, ret_url);
}
