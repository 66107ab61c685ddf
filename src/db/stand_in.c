#include "db/stand_in.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "db/workspace.h"
#include "module.h"
#include "pg_cron.sql.h"
#include "postgis.sql.h"
#include "vector.sql.h"

struct stand_in {
	const char *name, *comment, *version;
	const char *schema; /* the one that its control file names, NULL: the user's choice */
	const char *sql;    /* NULL: nothing but the name */
	bool fixed;         /* it cannot be moved to another schema */
};

static const struct stand_in known[] = {
	{ "vector", "vector data type and ivfflat and hnsw access methods", "0.8.1", .sql = sql_vector },
	{ "postgis", "PostGIS geometry and geography spatial types and functions", "3.5.0", .sql = sql_postgis,
	  .fixed = true },
	{ "pg_cron", "Job scheduler for PostgreSQL", "1.6", .schema = "pg_catalog", .sql = sql_pg_cron, .fixed = true },
	{ "supabase_vault", "Supabase Vault Extension", "0.3.1", .schema = "vault", .fixed = true },
	{ "pgsodium", "Postgres extension for libsodium functions", "3.1.8", .schema = "pgsodium", .fixed = true },
	{ "pg_graphql", "pg_graphql: GraphQL support", "1.5.11", .schema = "graphql", .fixed = true },
	{ "pgmq", "A lightweight message queue", "1.4.4", .schema = "pgmq", .fixed = true },
	{ "postgis_topology", "PostGIS topology spatial types and functions", "3.5.0", .schema = "topology",
	  .fixed = true },
	{ "age", "AGE database extension", "1.5.0", .schema = "ag_catalog", .fixed = true },
};

static const struct stand_in *known_as(struct str name)
{
	for (size_t i = 0; i < LEN(known); i++)
		if (str_eq(name, str_of(known[i].name)))
			return &known[i];
	return NULL;
}

/* "vector 0.5.1" */
static struct str name_of(struct str want)
{
	struct str name, version;
	str_cut(want, ' ', &name, &version);
	return name;
}

static bool has(const struct strs *wants, struct str want)
{
	for (size_t i = 0; i < wants->len; i++)
		if (str_eq(wants->ptr[i], want))
			return true;
	return false;
}

static void add_one(struct arena *arena, struct str want, struct strs *wants)
{
	if (!has(wants, want))
		vec_push(arena, wants, str_of(str_dup(arena, want)));
}

void stand_ins_add(struct arena *arena, const struct strs *more, struct strs *wants)
{
	for (size_t i = 0; i < more->len; i++)
		add_one(arena, more->ptr[i], wants);
}

bool stand_ins_have(const struct strs *wants, struct str extension)
{
	return has(wants, extension);
}

/* ---- PostgreSQL's folders ---- */

/* Where postgres really is: what leads to it may be a link. */
static char *bin_of(struct arena *arena, const char *dir)
{
	char *real = realpath(binaries_program(arena, dir, "postgres"), NULL);
	char *bin = real ? path_dir(arena, real) : NULL;
	free(real);
	return bin;
}

/* BIN/../share/postgresql, as Debian, source builds and packagers of their own have it; the first with that file in it. */
static char *folder_with(struct arena *arena, const char *bin, const char *const *folders, const char *file)
{
	static const char tail[] = "/bin";
	size_t len = strlen(bin);
	if (len <= strlen(tail) || strcmp(bin + len - strlen(tail), tail) != 0)
		return NULL;
	struct str prefix = { bin, len - strlen(tail) }, debian = STR("/lib/postgresql/");
	ptrdiff_t at = str_find(prefix, debian);
	for (size_t i = 0; folders[i]; i++) {
		char *folder = arena_printf(arena, STR_FMT "/%s", STR_ARG(prefix), folders[i]);
		if (file_exists(path_join(arena, folder, file)))
			return folder;
	}
	/* /usr/lib/postgresql/15 and /usr/share/postgresql/15 */
	if (at < 0)
		return NULL;
	struct str major = str_slice(prefix, (size_t)at + debian.len, prefix.len);
	char *folder = arena_printf(arena, "%.*s/share/postgresql/" STR_FMT, (int)at, prefix.ptr, STR_ARG(major));
	return file_exists(path_join(arena, folder, file)) ? folder : NULL;
}

static char *share_of(struct arena *arena, const char *bin)
{
	static const char *const folders[] = { "share/postgresql", "share", "share/pgsql", NULL };
	return folder_with(arena, bin, folders, "extension/plpgsql.control");
}

static char *lib_of(struct arena *arena, const char *bin)
{
	static const char *const folders[] = { "lib/postgresql", "lib", "lib64/pgsql", "lib64", NULL };
	return folder_with(arena, bin, folders, "plpgsql.so");
}

struct strs stand_ins_lacking(struct arena *arena, const struct binaries *binaries, const struct strs *wants)
{
	struct strs lacking = { 0 };
	char *bin = wants->len ? bin_of(arena, binaries->dir) : NULL, *share = bin ? share_of(arena, bin) : NULL;
	if (!share || !lib_of(arena, bin))
		return lacking;
	for (size_t i = 0; i < wants->len; i++) {
		char *control =
			arena_printf(arena, "%s/extension/" STR_FMT ".control", share, STR_ARG(name_of(wants->ptr[i])));
		if (!file_exists(control))
			vec_push(arena, &lacking, wants->ptr[i]);
	}
	return lacking;
}

const char *stand_ins_key(struct arena *arena, const struct strs *wants)
{
	struct sha256 *hash = sha256_new(arena);
	for (size_t i = 0; i < wants->len; i++) {
		const struct stand_in *of = known_as(name_of(wants->ptr[i]));
		sha256_add(hash, wants->ptr[i]);
		sha256_add(hash, of && of->sql ? str_of(of->sql) : STR("-"));
	}
	sha256_add(hash, (struct str){ (const char *)bytes_module, sizeof(bytes_module) });
	return arena_printf(arena, "%.16s", sha256_hex(hash));
}

/* ---- the root ---- */

static bool unusable(struct err *err, const char *path)
{
	return err_set(err, ERR_FAILED, "file-unusable", "could not make \"%s\": %s", path, strerror(errno));
}

/* All of them can be entered by the server's account, whatever umask says. */
static bool make_folders(struct arena *arena, const char *root, const char *below, struct err *err)
{
	for (const char *c = below; *c; c++) {
		if (*c != '/' && c[1])
			continue;
		char *folder = arena_printf(arena, "%s%.*s", root, (int)(c - below) + (*c != '/'), below);
		if ((mkdir(folder, 0755) != 0 && errno != EEXIST) || chmod(folder, 0755) != 0)
			return unusable(err, folder);
	}
	return true;
}

static bool make_file(struct arena *arena, const char *folder, const char *name, struct str text, unsigned mode,
		      struct err *err)
{
	char *path = path_join(arena, folder, name);
	return file_write(path, text, mode, err) && (chmod(path, mode) == 0 || unusable(err, path));
}

/* Links in folder to all that is in there but for one name. */
static bool link_all(struct arena *arena, const char *there, const char *but, const char *folder, struct err *err)
{
	struct names names = { 0 };
	if (!dir_list(arena, there, &names, err))
		return false;
	for (size_t i = 0; i < names.len; i++) {
		char *path = path_join(arena, folder, names.ptr[i]);
		if ((!but || strcmp(names.ptr[i], but) != 0) &&
		    symlink(path_join(arena, there, names.ptr[i]), path) != 0)
			return unusable(err, path);
	}
	return true;
}

/* As a whole: libraries may look for others beside the folder that they are in. */
static bool link_folder(struct arena *arena, const char *folder, const char *root, struct err *err)
{
	char *path = arena_printf(arena, "%s%s", root, folder);
	return symlink(folder, path) == 0 || unusable(err, path);
}

/* vector--0.5.1.sql, and from each version that is named to each other: nothing changes. */
static bool write_versions(struct arena *arena, const char *folder, struct str name, const char *version,
			   const char *sql, const struct strs *wants, struct err *err)
{
	struct strs versions = { 0 };
	vec_push(arena, &versions, str_of(version));
	for (size_t i = 0; i < wants->len; i++) {
		struct str of, named;
		if (str_cut(wants->ptr[i], ' ', &of, &named) && str_eq(of, name) && !has(&versions, named))
			vec_push(arena, &versions, named);
	}
	for (size_t i = 0; i < versions.len; i++)
		for (size_t j = 0; j < versions.len; j++) {
			const char *from = i == j ? "" : arena_printf(arena, "--" STR_FMT, STR_ARG(versions.ptr[i]));
			char *file = arena_printf(arena, STR_FMT "%s--" STR_FMT ".sql", STR_ARG(name), from,
						  STR_ARG(versions.ptr[j]));
			if (!make_file(arena, folder, file, str_of(i == j ? sql : ""), 0644, err))
				return false;
		}
	return true;
}

static bool write_one(struct arena *arena, const char *folder, struct str name, const struct strs *wants,
		      struct err *err)
{
	static const struct stand_in hollow = { .comment = "a stand-in made by brant", .version = "1.0" };
	const struct stand_in *of = known_as(name);
	if (!of)
		of = &hollow;
	const char *schema = of->schema ? arena_printf(arena, "schema = %s\n", of->schema) : "";
	char *control =
		arena_printf(arena, "comment = '%s'\ndefault_version = '%s'\nrelocatable = %s\ntrusted = true\n%s",
			     of->comment, of->version, of->fixed ? "false" : "true", schema);
	return make_file(arena, folder, arena_printf(arena, STR_FMT ".control", STR_ARG(name)), str_of(control), 0644,
			 err) &&
		write_versions(arena, folder, name, of->version, of->sql ? of->sql : "", wants, err);
}

static bool fill(struct arena *arena, const char *root, const char *bin, const struct strs *wants, struct err *err)
{
	const char *share = share_of(arena, bin), *lib = lib_of(arena, bin), *modules = stand_ins_modules(arena, root);
	char *extension = arena_printf(arena, "%s%s/extension", root, share);
	if (!make_folders(arena, root, bin, err) || !make_folders(arena, root, "/module", err) ||
	    !make_folders(arena, root, arena_printf(arena, "%s/extension", share), err) ||
	    !make_folders(arena, root, path_dir(arena, lib), err) || !link_folder(arena, lib, root, err) ||
	    /* Only looked at, never run. */
	    !make_file(arena, arena_printf(arena, "%s%s", root, bin), "postgres", STR(""), 0755, err) ||
	    !link_all(arena, share, "extension", arena_printf(arena, "%s%s", root, share), err) ||
	    !link_all(arena, arena_printf(arena, "%s/extension", share), NULL, extension, err) ||
	    !make_file(arena, modules, "brant_stand_in.so",
		       (struct str){ (const char *)bytes_module, sizeof(bytes_module) }, 0755, err))
		return false;
	for (size_t i = 0; i < wants->len; i++)
		if (str_eq(name_of(wants->ptr[i]), wants->ptr[i]) &&
		    !write_one(arena, extension, wants->ptr[i], wants, err))
			return false;
	return true;
}

static bool may_load_from(const char *folder)
{
	struct statvfs st;
	return statvfs(folder, &st) == 0 && !(st.f_flag & ST_NOEXEC);
}

/* What is in there can be loaded: often not from memory's file system, in a container. */
static const char *place_for(struct arena *arena, const struct account *account, const char *folder)
{
	struct err ignored = { .arena = arena };
	struct workspace workspace;
	if (may_load_from(folder))
		return folder;
	return workspace_new(arena, account, ULLONG_MAX, &workspace, &ignored) && may_load_from(workspace.dir)
		? workspace.dir
		: NULL;
}

static struct {
	const char *names[32];
	size_t len;
} hollow_ones;

static void note_hollow(const struct strs *wants)
{
	for (size_t i = 0; i < wants->len && hollow_ones.len < LEN(hollow_ones.names); i++) {
		const struct stand_in *of = known_as(name_of(wants->ptr[i]));
		bool there = false;
		for (size_t j = 0; j < hollow_ones.len; j++)
			there = there || str_eq(str_of(hollow_ones.names[j]), wants->ptr[i]);
		if (!there && (!of || !of->sql) && str_eq(name_of(wants->ptr[i]), wants->ptr[i]))
			hollow_ones.names[hollow_ones.len++] = strndup(wants->ptr[i].ptr, wants->ptr[i].len);
	}
}

const char *stand_ins_hollow(struct arena *arena)
{
	char *names = NULL;
	for (size_t i = 0; i < hollow_ones.len; i++)
		names = names ? arena_printf(arena, "%s, %s", names, hollow_ones.names[i])
			      : arena_strdup(arena, hollow_ones.names[i]);
	return names;
}

bool stand_ins_make(struct arena *arena, const struct binaries *binaries, const struct account *account,
		    const char *folder, const char **ret_root, struct err *err)
{
	*ret_root = NULL;
	if (!binaries->stand_ins.len)
		return true;
	const char *bin = bin_of(arena, binaries->dir), *place = place_for(arena, account, folder);
	if (!bin || !place)
		return true;
	char *root = path_join(arena, place, "root");
	if ((mkdir(root, 0755) != 0 && errno != EEXIST) || chmod(root, 0755) != 0)
		return unusable(err, root);
	if (!fill(arena, root, bin, &binaries->stand_ins, err))
		return false;
	note_hollow(&binaries->stand_ins);
	*ret_root = root;
	return true;
}

char *stand_ins_program(struct arena *arena, const char *root, const char *bin)
{
	char *real = bin_of(arena, bin);
	return arena_printf(arena, "%s%s/postgres", root, real ? real : bin);
}

char *stand_ins_modules(struct arena *arena, const char *root)
{
	return path_join(arena, root, "module");
}
