#include "format/alembic/cache.h"

#include "base/file.h"
#include "base/hash.h"
#include "db/image.h"
#include "format/alembic/helper.h"

/* A file's bytes, or that it is not there, into the hash. */
static void hash_file(struct arena *scratch, struct sha256 *hash, const char *path)
{
	struct str text = { 0 };
	struct err ignored = { .arena = scratch };
	if (path && file_exists(path))
		file_read(scratch, path, &text, &ignored);
	sha256_add(hash, str_of(arena_printf(scratch, "%s:%zu:", path ? path : "", text.len)));
	sha256_add(hash, text);
}

struct rendered rendered_open(struct arena *arena, const struct format_settings *settings)
{
	const struct alembic *alembic = settings->extra;
	const char *const *python, *folder = cache_folder(arena);
	struct err ignored = { .arena = arena };
	if (!folder || !interpreter_find(arena, alembic, settings->root, &python, &ignored))
		return (struct rendered){ 0 };
	struct arena *scratch = arena_new(arena);
	struct sha256 *hash = sha256_new(scratch);
	const char *const paths[] = { alembic->config, alembic->project,
				      path_join(scratch, alembic->scripts, "env.py") };
	for (size_t i = 0; i < LEN(paths); i++)
		hash_file(scratch, hash, paths[i]);
	sha256_add(hash,
		   str_of(arena_printf(scratch, "%s:%s:%s:%s", helper_version(), python[0], alembic->section,
				       alembic->folder)));
	for (size_t i = 0; i < alembic->arguments.len; i++)
		sha256_add(hash, str_of(arena_printf(scratch, ":" STR_FMT, STR_ARG(alembic->arguments.ptr[i]))));
	struct rendered cache = { folder, arena_strdup(arena, sha256_hex(hash)) };
	arena_free(scratch);
	return cache;
}

/* NULL: there is no place for it, or the revision is one that must not be kept. */
static const char *path_of(struct arena *arena, const struct rendered *cache, const struct migration *migration,
			   bool down)
{
	const struct revision *revision = migration->extra;
	if (!cache->folder || !revision->pure)
		return NULL;
	struct arena *scratch = arena_new(arena);
	struct sha256 *hash = sha256_new(scratch);
	hash_file(scratch, hash, migration->path);
	sha256_add(hash, str_of(arena_printf(scratch, "%s:%d", cache->common, down)));
	const char *path = path_join(arena, cache->folder, arena_printf(arena, "alembic-%.32s.json", sha256_hex(hash)));
	arena_free(scratch);
	return path;
}

/* Are the modules that it was made with still what they were? */
static bool still_true(struct arena *arena, const struct alembic *alembic, const struct json *entry)
{
	const struct json *needs = json_get_kind(entry, "needs", JS_ARRAY);
	struct arena *scratch = arena_new(arena);
	struct err ignored = { .arena = scratch };
	bool ok = true;
	for (size_t i = 0; ok && needs && i < needs->len; i++) {
		const struct json *need = &needs->ptr[i];
		struct str text;
		ok = need->len == 2 &&
			file_read(scratch, path_join(scratch, alembic->folder, need->ptr[0].text.ptr), &text,
				  &ignored) &&
			str_eq(str_of(sha256_of(scratch, text)), need->ptr[1].text);
	}
	arena_free(scratch);
	return ok;
}

struct json *rendered_find(struct arena *arena, const struct alembic *alembic, const struct rendered *cache,
			   const struct migration *migration, bool down)
{
	const char *path = path_of(arena, cache, migration, down);
	struct json *entry = arena_alloc(arena, sizeof(*entry));
	struct err ignored = { .arena = arena };
	if (!path || !file_exists(path) || !json_load(arena, JSON_PLAIN, path, entry, &ignored) ||
	    !still_true(arena, alembic, entry))
		return NULL;
	return entry;
}

void rendered_keep(struct arena *arena, const struct rendered *cache, const struct migration *migration, bool down,
		   const struct json *entry)
{
	struct err ignored = { .arena = arena };
	bool lasting = !json_get(entry, "error") && !json_get_true(entry, "volatile");
	const char *path = !lasting ? NULL : path_of(arena, cache, migration, down);
	if (path)
		file_write(path, json_print(arena, entry, 0), 0600, &ignored);
}
