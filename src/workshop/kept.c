#include "workshop/kept.h"

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

struct str kept_script(struct arena *arena, const struct schema_place *place)
{
	struct err ignored = { .arena = arena };
	struct str text = { 0 };
	if (place->kind == PLACE_WANTED)
		return place->wanted.ddl;
	if (place->kind == PLACE_FILES && place->files.len == 1)
		file_read(arena, str_dup(arena, place->files.ptr[0]), &text, &ignored);
	return text;
}

/* instead: of the place's script, or NULL. */
static const char *path_of(struct workshop *shop, const struct schema_place *place, const struct str *instead)
{
	struct arena *arena = shop->ctx->arena;
	struct err ignored = { .arena = arena };
	struct binaries binaries;
	if ((place->kind != PLACE_WANTED && place->kind != PLACE_FILES) || !shop->replay.name ||
	    !binaries_find(arena, shop->major, &binaries, &ignored))
		return NULL;
	struct sha256 *hash = sha256_new(arena);
	add(hash, STR("2 " BRANT_VERSION));
	add(hash, str_of(schema_load_key(arena)));
	add(hash, str_of(place->kind == PLACE_WANTED ? "wanted" : "files"));
	add(hash, str_of(shop->with_platform ? platform_key(arena) : ""));
	add(hash, str_of(arena_printf(arena, "%lld", extensions_time(arena, &binaries))));
	add(hash, place->prelude);
	if (instead)
		add(hash, *instead);
	else if (place->kind == PLACE_WANTED)
		add(hash, place->wanted.ddl);
	else if (!add_files(arena, hash, &place->files))
		return NULL;
	binaries.stand_ins = shop->replay.stand_ins;
	const char *name = arena_printf(arena, "wanted%s", strchr(shop->replay.name, '-'));
	const char *path = image_path(arena, name, sha256_hex(hash), &binaries);
	if (!path)
		return NULL;
	path = arena_printf(arena, "%.*s" KEPT_SUFFIX, (int)(strlen(path) - strlen(IMAGE_SUFFIX)), path);
	return path;
}

const char *kept_path(struct workshop *shop, const struct schema_place *place)
{
	const char *path = path_of(shop, place, NULL);
	if (path)
		image_is_there(path); /* in use */
	return path;
}

/* ---- files ---- */

/* How long the parts are, in one line; then the parts. */
static bool take(struct str *rest, size_t len, struct str *ret_part)
{
	if (len > rest->len)
		return false;
	*ret_part = str_slice(*rest, 0, len);
	*rest = str_slice(*rest, len, rest->len);
	return true;
}

static bool take_parts(struct str head, struct str rest, struct kept *kept)
{
	struct str *const parts[] = { &kept->prelude, &kept->ddl, &kept->base, &kept->tables, &kept->answers };
	for (size_t i = 0; i < LEN(parts); i++) {
		struct str number;
		unsigned long long len;
		if (!str_cut(head, ' ', &number, &head) || !str_to_u64(number, &len) || !take(&rest, len, parts[i]))
			return false;
	}
	return !rest.len;
}

bool kept_read(struct arena *arena, const char *path, struct kept *ret_kept)
{
	struct kept kept = { 0 };
	struct str text, head, rest;
	struct err ignored = { .arena = arena };
	if (!path || !file_read(arena, path, &text, &ignored) || !str_cut(text, '\n', &head, &rest) ||
	    !take_parts(head, rest, &kept))
		return false;
	*ret_kept = kept;
	return true;
}

/* wanted-abc-15-...: those of the project begin alike. */
static const char *project_of(struct arena *arena, const char *path)
{
	const char *base = path_base(path);
	return arena_strndup(arena, base, (size_t)(strchr(strchr(base, '-') + 1, '-') - base));
}

void kept_write(struct arena *arena, const char *path, const struct kept *kept)
{
	const struct str parts[] = { kept->prelude, kept->ddl, kept->base, kept->tables, kept->answers };
	struct err ignored = { .arena = arena };
	struct buf text = buf_init(arena);
	for (size_t i = 0; i < LEN(parts); i++)
		buf_printf(&text, "%zu ", parts[i].len);
	buf_char(&text, '\n');
	for (size_t i = 0; i < LEN(parts); i++)
		buf_str(&text, parts[i]);
	if (file_write(path, buf_as_str(&text), 0600, &ignored))
		image_prune(path, project_of(arena, path), KEPT_OF_A_PROJECT);
}

/* ---- others of the project ---- */

static const char *beside(struct arena *arena, const char *path, struct str name)
{
	return path_join(arena, path_dir(arena, path), str_dup(arena, name));
}

bool kept_base(struct arena *arena, const char *path, const struct kept *part, struct kept *ret_kept)
{
	const char *base = beside(arena, path, part->base);
	return image_is_there(base) && kept_read(arena, base, ret_kept) && !ret_kept->base.len;
}

static size_t alike(struct str a, struct str b)
{
	size_t most = a.len < b.len ? a.len : b.len, start = 0, end = 0;
	while (start < most && a.ptr[start] == b.ptr[start])
		start++;
	while (end < most - start && a.ptr[a.len - 1 - end] == b.ptr[b.len - 1 - end])
		end++;
	return start + end;
}

/* What it is called says what else it depends on. */
static bool is_current(struct workshop *shop, const struct schema_place *place, const char *path,
		       const struct kept *kept)
{
	const char *expected = path_of(shop, place, &kept->ddl);
	return expected && strcmp(expected, path) == 0;
}

bool kept_nearest(struct workshop *shop, const struct schema_place *place, const char *path, const char **ret_name,
		  struct kept *ret_kept)
{
	struct arena *arena = shop->ctx->arena;
	struct err ignored = { .arena = arena };
	const char *project = arena_printf(arena, "%s-", project_of(arena, path));
	struct names names = { 0 };
	struct str script = kept_script(arena, place);
	size_t best = 0;
	dir_list(arena, path_dir(arena, path), &names, &ignored);
	for (size_t i = 0; i < names.len; i++) {
		struct kept kept;
		const char *other = beside(arena, path, str_of(names.ptr[i]));
		if (!str_starts(str_of(names.ptr[i]), str_of(project)) || !kept_read(arena, other, &kept) ||
		    kept.base.len || !kept.ddl.len || !str_eq(kept.prelude, place->prelude))
			continue;
		size_t measure = alike(kept.ddl, script);
		if (measure <= best || !is_current(shop, place, other, &kept))
			continue;
		best = measure;
		*ret_name = names.ptr[i];
		*ret_kept = kept;
	}
	return best > 0;
}
