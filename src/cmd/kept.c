#include "cmd/kept.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/file.h"
#include "base/hash.h"
#include "project/local_platform.h"

enum { KEPT_OF_A_PROJECT = 8 };

struct str kept_history(struct arena *arena, const struct replay *replay)
{
	struct str text = { 0 };
	struct err ignored = { .arena = arena };
	if (replay->image && replay->kept == replay->keys.len)
		archive_read(arena, replay->image, KEPT_SCHEMA, &text, &ignored);
	return text;
}

/* An extension of another version makes other objects. */
static long long extensions_time(struct arena *arena, const struct binaries *binaries)
{
	struct stat st;
	const char *packaged = arena_printf(arena, "/usr/share/postgresql/%d/extension", binaries->major);
	const char *relocated = path_join(arena, binaries->dir, "../share/postgresql/extension");
	return stat(packaged, &st) == 0 || stat(relocated, &st) == 0 ? (long long)st.st_mtime : 0;
}

static void add(struct sha256 *hash, struct str text)
{
	sha256_add(hash, text);
	sha256_add(hash, (struct str){ "", 1 });
}

/* What a file includes is not in its text. */
static bool add_files(struct arena *arena, struct sha256 *hash, const struct strs *files)
{
	struct err ignored = { .arena = arena };
	struct str text;
	for (size_t i = 0; i < files->len; i++) {
		if (!file_read(arena, str_dup(arena, files->ptr[i]), &text, &ignored) ||
		    str_find(text, STR("\\i")) >= 0)
			return false;
		add(hash, text);
	}
	return true;
}

const char *kept_path(struct workshop *shop, const struct schema_place *place)
{
	struct arena *arena = shop->ctx->arena;
	struct err ignored = { .arena = arena };
	struct binaries binaries;
	if ((place->kind != PLACE_WANTED && place->kind != PLACE_FILES) || !shop->replay.name ||
	    !binaries_find(arena, shop->major, &binaries, &ignored))
		return NULL;
	struct sha256 *hash = sha256_new(arena);
	add(hash, STR("1 " BRANT_VERSION));
	add(hash, str_of(shop->with_platform ? platform_key(arena) : ""));
	add(hash, str_of(arena_printf(arena, "%lld", extensions_time(arena, &binaries))));
	add(hash, place->prelude);
	add(hash, place->wanted.ddl);
	if (!add_files(arena, hash, &place->files))
		return NULL;
	const char *name = arena_printf(arena, "wanted%s", strchr(shop->replay.name, '-'));
	const char *path = image_path(arena, name, sha256_hex(hash), &binaries);
	if (!path)
		return NULL;
	path = arena_printf(arena, "%.*s" KEPT_SUFFIX, (int)(strlen(path) - strlen(IMAGE_SUFFIX)), path);
	image_is_there(path); /* in use */
	return path;
}

struct str kept_read(struct arena *arena, const char *path)
{
	struct str text = { 0 };
	struct err ignored = { .arena = arena };
	if (path)
		file_read(arena, path, &text, &ignored);
	return text;
}

void kept_write(struct arena *arena, const char *path, struct str text)
{
	struct err ignored = { .arena = arena };
	const char *base = path_base(path);
	/* wanted-abc-15-...: those of the project begin alike. */
	const char *name = arena_strndup(arena, base, (size_t)(strchr(strchr(base, '-') + 1, '-') - base));
	if (file_write(path, text, 0600, &ignored))
		image_prune(path, name, KEPT_OF_A_PROJECT);
}
