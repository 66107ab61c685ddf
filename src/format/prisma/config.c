/*
 * config.c - where a project keeps its schema and its migrations, and which variable has the URL.
 *
 *     schema       --schema has no counterpart; prisma.config.ts; package.json "prisma"; prisma/schema.prisma; prisma/schema/; schema.prisma
 *     migrations   prisma.config.ts; "migrations" beside the schema
 *     URL          prisma.config.ts (Prisma 7); the datasource: directUrl, which is what Prisma migrates through, then url
 */
#include "base/file.h"
#include "base/json.h"
#include "format/prisma/literal.h"
#include "format/prisma/prisma.h"
#include "format/prisma/wanted.h"
#include "format/prisma/word.h"

enum { CONFIG_MAX = 1024 * 1024 };

/* In the order in which Prisma looks for them; and each may be a folder with an index. */
static const char *const config_files[] = { "prisma7.config", ".config/prisma7", "prisma.config", ".config/prisma",
					    ".config/prisma.config" };
static const char *const config_endings[] = { ".js", ".ts", ".mjs", ".cjs", ".mts", ".cts" };

static const char *config_with(struct arena *arena, const char *root, const char *base)
{
	for (size_t i = 0; i < LEN(config_endings); i++) {
		const char *file = arena_printf(arena, "%s%s", base, config_endings[i]);
		if (file_exists(path_join(arena, root, file)))
			return file;
	}
	return NULL;
}

/* NULL: there is none. */
static const char *config_file(struct arena *arena, const char *root)
{
	const char *file = NULL;
	for (size_t i = 0; i < LEN(config_files) && !file; i++) {
		file = config_with(arena, root, config_files[i]);
		if (!file && file_is_dir(path_join(arena, root, config_files[i])))
			file = config_with(arena, root, arena_printf(arena, "%s/index", config_files[i]));
	}
	return file;
}

/* "./db/schema.prisma" as db/schema.prisma. */
static const char *plain_path(struct arena *arena, struct str path)
{
	if (!path.len)
		return NULL;
	while (str_starts(path, STR("./")))
		path = str_slice(path, 2, path.len);
	while (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	return str_dup(arena, path);
}

/*
 * A path that file names is relative to the folder that file is in: "../prisma/schema.prisma" of .config/prisma.ts is prisma/schema.prisma.  The first
 * versions of Prisma that read such a file took it as relative to the project, as process.cwd() makes it.
 */
static const char *path_from(struct arena *arena, const char *root, const char *file, const char *path)
{
	struct str folder = str_of(path_dir(arena, file)), rest = str_of(path);
	if (str_eq(folder, STR(".")) || rest.ptr[0] == '/')
		return path;
	while (str_starts(rest, STR("../")) && folder.len) {
		while (folder.len && folder.ptr[folder.len - 1] != '/')
			folder.len--;
		folder.len -= folder.len > 0;
		rest = str_slice(rest, 3, rest.len);
	}
	const char *beside = path_join(arena, str_dup(arena, folder), str_dup(arena, rest));
	return !file_exists(path_join(arena, root, beside)) && file_exists(path_join(arena, root, path)) ? path
													 : beside;
}

static const char *path_at(struct arena *arena, const char *root, const char *file, struct str text,
			   const char *const *path)
{
	struct prisma_values values = prisma_literals(arena, text, path);
	const char *found = values.len ? plain_path(arena, values.ptr[0].text) : NULL;
	return found ? path_from(arena, root, file, found) : NULL;
}

static void add_variable(struct arena *arena, struct format_url *url, struct str variable)
{
	if (!url->variable)
		url->variable = str_dup(arena, variable);
	else
		vec_push(arena, &url->others, variable);
}

/* "placeholder", behind a variable: so that "prisma generate" is content without one. */
static bool is_stand_in(const struct format_url *url, struct str written)
{
	return url->variable && str_find(written, STR(":")) < 0;
}

static void read_url(struct arena *arena, struct str text, const char *const *path, const char *file,
		     struct format_url *url)
{
	struct prisma_values values = prisma_literals(arena, text, path);
	for (size_t i = 0; i < values.len; i++) {
		const struct prisma_value *value = &values.ptr[i];
		for (size_t j = 0; j < value->variables.len; j++)
			add_variable(arena, url, value->variables.ptr[j]);
		if (value->text.len && !url->written && !is_stand_in(url, value->text))
			url->written = str_dup(arena, value->text);
		url->origin = file;
	}
}

static void add_env_file(struct arena *arena, struct str path, struct prisma_config *config)
{
	const char *file = plain_path(arena, path);
	if (file && str_starts(str_of(path_base(file)), STR(".env")))
		vec_push(arena, &config->env_files, str_of(file));
}

/* dotenv.config({ path: "../../.env" }), as workspaces of several packages have it; path: [".env.local", ".env"]. */
static void read_dotenv(struct arena *arena, struct str text, struct prisma_config *config)
{
	static const char *const path[] = { "path", NULL };
	struct prisma_values values = prisma_literals(arena, text, path);
	for (size_t i = 0; i < values.len; i++)
		add_env_file(arena, values.ptr[i].text, config);
}

/* process.loadEnvFile(".env.local"), which is Node's own, and loadEnvConfig(process.cwd()), which is of Next.js. */
static void read_loaded(struct arena *arena, struct str text, struct prisma_config *config)
{
	size_t left = text.len;
	struct word_reader r = { .arena = arena, .text = text, .left = &left };
	for (struct word word = word_next(&r); word.kind != WORD_END; word = word_next(&r)) {
		bool calls = word.kind == WORD_NAME && word_is(word_look(&r), "(");
		if (calls && word_is(word, "loadEnvConfig"))
			add_env_file(arena, STR(".env.local"), config);
		else if (calls && word_is(word, "loadEnvFile") && word_take(&r, "(") && word_look(&r).kind == WORD_TEXT)
			add_env_file(arena, word_look(&r).text, config);
	}
}

static void read_names(struct arena *arena, struct str text, const char *const *path, struct strs *names)
{
	struct prisma_values values = prisma_literals(arena, text, path);
	for (size_t i = 0; i < values.len; i++)
		if (values.ptr[i].text.len)
			vec_push(arena, names, values.ptr[i].text);
}

/* What others make, and what Prisma's shadow database begins with: SQL, or the file with it. */
static void read_external(struct arena *arena, const char *root, struct str text, struct prisma_config *config)
{
	static const char *const tables[] = { "tables", "external", NULL },
				 *const enums[] = { "enums", "external", NULL },
				 *const shadow[] = { "migrations", "initShadowDb", NULL };
	struct prisma_values values = prisma_literals(arena, text, shadow);
	struct err ignored = { .arena = arena };
	struct str sql = { 0 };
	read_names(arena, text, tables, &config->external_tables);
	read_names(arena, text, enums, &config->external_enums);
	if (values.len)
		sql = values.ptr[0].text;
	/* A path alone is no SQL: it is meant as the file. */
	bool is_path = str_ends(sql, STR(".sql")) && str_find(sql, STR(" ")) < 0;
	if (sql.len && (values.ptr[0].is_file || is_path) &&
	    (!file_read(arena, path_join(arena, root, plain_path(arena, sql)), &sql, &ignored) ||
	     sql.len > CONFIG_MAX || str_bad_utf8(sql) >= 0))
		return;
	config->shadow = sql.len ? str_dup(arena, sql) : NULL;
}

static bool read_config_file(struct arena *arena, const char *root, const char *file, struct prisma_config *config,
			     struct err *err)
{
	static const char *const schema[] = { "schema", NULL }, *const folder[] = { "schema", "folderPath", NULL },
				 *const single[] = { "schema", "filePath", NULL }, /* these two in 6.4 to 6.6 */
					 *const migrations[] = { "migrations", "path", NULL },
				 *const direct[] = { "datasource", "directUrl", NULL },
				 *const url[] = { "datasource", "url", NULL };
	const char *const *const schemas[] = { schema, folder, single };
	struct str text;
	if (!file_read(arena, path_join(arena, root, file), &text, err))
		return false;
	if (text.len > CONFIG_MAX || str_bad_utf8(text) >= 0)
		return true; /* not what a person wrote; nothing can be read from it */
	read_dotenv(arena, text, config);
	read_loaded(arena, text, config);
	read_external(arena, root, text, config);
	for (size_t i = 0; i < LEN(schemas) && !config->schema; i++)
		config->schema = path_at(arena, root, file, text, schemas[i]);
	config->migrations = path_at(arena, root, file, text, migrations);
	read_url(arena, text, direct, file, &config->url);
	read_url(arena, text, url, file, &config->url);
	/* It says something of a database, and not where it is: a function of the project's knows. */
	if (!config->url.variable && !config->url.written && str_find(text, STR("datasource")) >= 0)
		config->url.computed = file;
	return true;
}

/* A broken package.json is npm's to complain about. */
static void read_package(struct arena *arena, const char *root, struct prisma_config *config)
{
	struct err ignored = { .arena = arena };
	const char *path = path_join(arena, root, "package.json");
	struct json package;
	if (!file_exists(path) || !json_load(arena, JSON_WITH_COMMENTS, path, &package, &ignored))
		return;
	const struct json *prisma = json_get_kind(&package, "prisma", JS_OBJECT);
	const char *schema = prisma ? json_get_text(prisma, "schema", NULL) : NULL;
	if (schema && !config->schema)
		config->schema = plain_path(arena, str_of(schema));
}

bool prisma_config_read(struct arena *arena, const char *root, struct prisma_config *ret_config, struct err *err)
{
	struct prisma_config config = { 0 };
	const char *file = config_file(arena, root);
	config.found = file != NULL;
	if (file && !read_config_file(arena, root, file, &config, err))
		return false;
	read_package(arena, root, &config);
	*ret_config = config;
	return true;
}

static bool has_models(void *ctx, const char *file)
{
	(void)ctx;
	return str_ends(str_of(file), STR(".prisma"));
}

bool prisma_is_source(struct arena *arena, const char *path)
{
	(void)arena;
	return (has_models(NULL, path) && file_exists(path)) || dir_holds(path, has_models, NULL);
}

/* Where Prisma itself looks when nothing is said; NULL: nowhere. */
static const char *usual_schema(struct arena *arena, const char *root)
{
	static const char *const files[] = { "prisma/schema.prisma", "schema.prisma" },
				 *const folders[] = { "prisma/schema", "prisma" };
	static const char redwood[] = "api/db/schema.prisma";
	for (size_t i = 0; i < LEN(files); i++)
		if (file_exists(path_join(arena, root, files[i])))
			return files[i];
	for (size_t i = 0; i < LEN(folders); i++)
		if (dir_holds(path_join(arena, root, folders[i]), has_models, NULL))
			return folders[i];
	/* RedwoodJS hands Prisma this one. */
	if (file_exists(path_join(arena, root, "redwood.toml")) && file_exists(path_join(arena, root, redwood)))
		return redwood;
	return NULL;
}

bool prisma_detect(struct arena *arena, const char *root, const char **ret_migrations)
{
	struct prisma_config config;
	struct err ignored = { .arena = arena };
	*ret_migrations = NULL; /* prisma_configure() finds it */
	if (usual_schema(arena, root) || file_exists(path_join(arena, root, "prisma/migrations")))
		return true;
	return prisma_config_read(arena, root, &config, &ignored) && (config.found || config.schema);
}

/*
 * Beside the file with the datasource, says Prisma, which may be deep in a folder of files; older versions had the folder itself or the one above.
 * Where none of them is there, it will be the first.  psl: NULL where the schema cannot be read.
 */
static const char *usual_migrations(struct arena *arena, const char *root, const char *schema, const struct psl *psl)
{
	const struct psl_file *file;
	unsigned line, column;
	bool folder = file_is_dir(path_join(arena, root, schema));
	bool placed = psl && psl_place(psl, psl->datasource.at, &file, &line, &column);
	const char *const folders[] = { placed           ? path_dir(arena, file->path)
						: folder ? schema
							 : path_dir(arena, schema),
					folder ? schema : NULL, folder ? path_dir(arena, schema) : NULL };
	for (size_t i = 0; i < LEN(folders) && folders[i]; i++) {
		const char *migrations = path_join(arena, folders[i], "migrations");
		if (file_exists(path_join(arena, root, migrations)))
			return migrations;
	}
	return path_join(arena, folders[0], "migrations");
}

/* directUrl is what Prisma migrates through; where it is not set, url will do. */
static void url_of_datasource(struct arena *arena, const struct psl_datasource *datasource, const char *origin,
			      struct format_url *url)
{
	const struct psl_url *both[] = { &datasource->direct_url, &datasource->url };
	url->origin = origin;
	for (size_t i = 0; i < LEN(both); i++) {
		if (both[i]->variable.len)
			add_variable(arena, url, both[i]->variable);
		if (both[i]->written.len && !url->written)
			url->written = str_dup(arena, both[i]->written);
	}
}

static bool refuse_provider(const struct psl *psl, struct str provider, struct err *err)
{
	const struct psl_file *file;
	unsigned line, column;
	err_set(err, ERR_USAGE, "provider-unknown", "the datasource is of \"" STR_FMT "\", not PostgreSQL",
		STR_ARG(provider));
	err_hint(
		err,
		"brant works with PostgreSQL only. Where the project has another schema for it, name that with \"schema:\" in brant.yaml; if brant's migrations are other files than Prisma's, say \"format: plain\".");
	return psl_place(psl, provider, &file, &line, &column) ? err_at(err, file->path, line, column) : false;
}

/* A schema that cannot be read is told of when somebody needs it; migrations can be applied without. */
static bool read_datasource(struct arena *arena, struct psl *psl, struct prisma_project *project,
			    struct format_url *url, struct err *err)
{
	if (!psl)
		return true;
	project->says_schemas = psl->datasource.says_schemas;
	prisma_look_for_external(project, psl);
	struct str provider = psl->datasource.provider;
	if (provider.len && !str_eq(provider, STR("postgresql")) && !str_eq(provider, STR("postgres")))
		return refuse_provider(psl, provider, err);
	if (!url->variable && !url->written)
		url_of_datasource(arena, &psl->datasource, project->schema, url);
	return true;
}

bool prisma_find(struct arena *arena, struct format_settings *settings, struct prisma_project *project,
		 struct format_url *ret_url, struct err *err)
{
	struct prisma_config config;
	struct err ignored = { .arena = arena };
	struct psl *psl = NULL;
	if (!prisma_config_read(arena, settings->root, &config, err))
		return false;
	project->schema = settings->wanted ? settings->wanted
		: config.schema            ? config.schema
					   : usual_schema(arena, settings->root);
	if (project->schema && !psl_load(arena, settings->root, project->schema, &psl, &ignored))
		psl = NULL;
	if (!settings->migrations)
		settings->migrations = config.migrations ? config.migrations
			: project->schema                ? usual_migrations(arena, settings->root, project->schema, psl)
							 : format_prisma.default_migrations;
	project->external_tables = config.external_tables;
	project->external_enums = config.external_enums;
	project->shadow = config.shadow;
	project->major = prisma_major(arena, settings->root);
	*ret_url = config.url;
	ret_url->env_files = config.env_files;
	ret_url->env_folder = path_dir(arena, project->schema ? project->schema : "prisma/schema.prisma");
	return read_datasource(arena, psl, project, ret_url, err);
}
