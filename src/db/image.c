#include "db/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/file.h"
#include "base/hash.h"
#include "db/server.h"
#include "db/stand_in.h"
#include "db/workspace.h"

/* max_locks_per_transaction: a history of a thousand migrations in one transaction takes more than the default. */
const char image_settings[] =
	"fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nwal_level = minimal\nmax_wal_senders = 0\n"
	"min_wal_size = 2MB\nwal_recycle = off\nwal_init_zero = off\nshared_buffers = 16MB\nmax_connections = 20\nmax_locks_per_transaction = 1024\nautovacuum = off\njit = off\n"
	"max_worker_processes = 0\nmax_parallel_workers = 0\ndynamic_shared_memory_type = mmap\n"
	"timezone = UTC\nlog_timezone = UTC\nlc_messages = C\ndefault_text_search_config = 'pg_catalog.english'\n";

/* A cluster of 40 MB, twice, with the log of its making. */
enum { IMAGE_ROOM = 160 * 1024 * 1024, UNUSED_DAYS = 30 };

/* Another one where image_settings would not fit the clusters that an earlier brant kept, or an archive is written in another way. */
#define IMAGE_FORM "3 "

char *cache_folder(struct arena *arena)
{
	const char *given = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct err ignored = { .arena = arena };
	struct stat st;
	char *dir = given && given[0] == '/' ? path_join(arena, given, "brant")
		: home && home[0] == '/'     ? path_join(arena, home, ".cache/brant")
					     : NULL;
	if (!dir || !dir_make(dir, 0700, &ignored) || lstat(dir, &st) != 0 || !S_ISDIR(st.st_mode) ||
	    st.st_uid != geteuid())
		return NULL;
	return (st.st_mode & 077) == 0 || chmod(dir, 0700) == 0 ? dir : NULL;
}

/* Another version of the server, even a minor one, is another image: its programs have another time or size. */
static const char *image_name(struct arena *arena, const struct image *image, const struct binaries *binaries)
{
	struct stat st = { 0 };
	stat(binaries_program(arena, binaries->dir, "postgres"), &st);
	struct sha256 *hash = sha256_new(arena);
	sha256_add(hash, STR(IMAGE_FORM));
	sha256_add(hash,
		   str_of(arena_printf(arena, "%s %lld %lld %lld ", binaries->dir, (long long)st.st_ino,
				       (long long)st.st_size, (long long)st.st_mtime)));
	sha256_add(hash, str_of(image->key));
	if (binaries->stand_ins.len && image->key[0])
		sha256_add(hash, str_of(stand_ins_key(arena, &binaries->stand_ins)));
	return arena_printf(arena, "%s-%d-%.16s" IMAGE_SUFFIX, image->name, binaries->major, sha256_hex(hash));
}

static bool prepare(struct arena *arena, const struct image *image, const struct server *server, struct err *err)
{
	struct target target;
	struct db *db;
	struct db_options options = { .application = "brant" };
	if (!server_start(arena, server, err) || !server_target(arena, server->socket_dir, "postgres", &target, err) ||
	    !db_open(arena, &target, &options, &db, err))
		return false;
	bool ok = image->prepare(image->ctx, db, err);
	db_close(db);
	if (!server_stop(server->data, SERVER_STOP_FAST, err) || !ok)
		return false;
	/* A cluster that was not shut down would go through a recovery at each start. */
	return !file_exists(path_join(arena, server->data, "postmaster.pid")) ||
		err_set(err, ERR_FAILED, "server-failed", "the PostgreSQL server did not shut down");
}

static bool build(struct arena *arena, const struct image *image, const struct binaries *binaries,
		  const struct account *account, struct workspace *workspace, struct err *err)
{
	if (!workspace_new(arena, account, IMAGE_ROOM, workspace, err) ||
	    !server_create(arena, binaries->dir, account, workspace->data, err))
		return false;
	const char *root = NULL;
	if (image->prepare && !stand_ins_make(arena, binaries, account, workspace->dir, &root, err))
		return false;
	struct server server = {
		.bin = binaries->dir,
		.root = root,
		.account = account,
		.data = workspace->data,
		.socket_dir = workspace->dir,
		.log = workspace->log,
		.settings = image_settings,
		.dies_with_us = true,
	};
	return !image->prepare || prepare(arena, image, &server, err);
}

static void remove_unused(const char *folder)
{
	struct arena *arena = arena_new(NULL);
	struct err ignored = { .arena = arena };
	struct names names = { 0 };
	dir_list(arena, folder, &names, &ignored);
	for (size_t i = 0; i < names.len; i++) {
		struct stat st;
		char *path = path_join(arena, folder, names.ptr[i]);
		bool ours = strstr(names.ptr[i], IMAGE_SUFFIX) || strstr(names.ptr[i], KEPT_SUFFIX);
		if (ours && stat(path, &st) == 0 && time(NULL) - st.st_mtime > UNUSED_DAYS * 86400L)
			unlink(path);
	}
	arena_free(arena);
}

/* A new image into path; where there is no path, or it does not work out, straight into folder. */
static bool unpack_new(const struct image *image, const struct binaries *binaries, const struct account *account,
		       const char *path, const char *const *without, const char *folder, struct err *err)
{
	struct arena *arena = arena_new(NULL);
	struct err ignored = { .arena = arena };
	struct workspace workspace;
	bool ok = build(arena, image, binaries, account, &workspace, err);
	if (ok && (!path || !archive_save(workspace.data, NULL, path, &ignored))) {
		path = path_join(arena, workspace.dir, "image");
		ok = archive_save(workspace.data, NULL, path, err);
	}
	ok = ok && archive_restore(path, without, folder, account, err);
	arena_free(arena);
	return ok;
}

bool image_unpack(struct arena *arena, const struct image *image, const struct binaries *binaries,
		  const struct account *account, const char *const *without, const char *folder, struct err *err)
{
	struct err first = { .arena = arena };
	const char *cache = cache_folder(arena), *path = NULL;
	if (cache) {
		path = path_join(arena, cache, image_name(arena, image, binaries));
		if (file_exists(path)) {
			utimensat(AT_FDCWD, path, NULL, 0); /* in use */
			if (archive_restore(path, without, folder, account, &first))
				return true;
			/* Damaged, or it was removed under our hands: as if it had not been there. */
			if (!dir_remove(folder, err))
				return false;
		}
		remove_unused(cache);
	}
	return unpack_new(image, binaries, account, path, without, folder, err);
}

const char *image_path(struct arena *arena, const char *name, const char *key, const struct binaries *binaries)
{
	const struct image image = { .name = name, .key = key };
	const char *cache = cache_folder(arena);
	return cache ? path_join(arena, cache, image_name(arena, &image, binaries)) : NULL;
}

bool image_is_there(const char *path)
{
	return utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

struct used {
	char *path;
	time_t at;
};

static int compare_use(const void *left, const void *right)
{
	const struct used *a = left, *b = right;
	return a->at < b->at ? 1 : a->at > b->at ? -1 : 0;
}

void image_prune(const char *path, const char *name, size_t keep)
{
	struct arena *arena = arena_new(NULL);
	struct err ignored = { .arena = arena };
	struct names names = { 0 };
	const char *slash = strrchr(path, '/'), *folder = arena_strndup(arena, path, (size_t)(slash - path));
	VEC(struct used) images = { 0 };
	dir_list(arena, folder, &names, &ignored);
	for (size_t i = 0; i < names.len; i++) {
		struct stat st;
		char *one = path_join(arena, folder, names.ptr[i]);
		if (str_starts(str_of(names.ptr[i]), str_of(arena_printf(arena, "%s-", name))) && stat(one, &st) == 0)
			vec_push(arena, &images, (struct used){ one, st.st_mtime });
	}
	if (images.len > keep)
		qsort(images.ptr, images.len, sizeof(*images.ptr), compare_use);
	for (size_t i = keep; i < images.len; i++)
		unlink(images.ptr[i].path);
	arena_free(arena);
}
