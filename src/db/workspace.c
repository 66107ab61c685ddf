#include "db/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "db/server.h"

#define PREFIX "brant-work-"

enum { TMPFS = 0x01021994, ABANDONED_SECONDS = 60 };

static bool has_memory(const char *path, unsigned long long bytes)
{
	struct statfs st;
	return statfs(path, &st) == 0 && st.f_type == TMPFS &&
		(unsigned long long)st.f_bavail * (unsigned long long)st.f_bsize >= bytes &&
		access(path, W_OK | X_OK) == 0;
}

/* Can the folder hold a workspace?  Root's own TMPDIR may be closed to the account that servers run as. */
static bool suits(const char *folder, const struct account *account)
{
	return folder && !account && socket_dir_fits(folder) && strlen(folder) < 60 && access(folder, W_OK | X_OK) == 0;
}

static const char *choose_folder(const struct account *account, unsigned long long bytes)
{
	const char *given = getenv("TMPDIR");
	if (has_memory("/dev/shm", bytes))
		return "/dev/shm";
	return suits(given, account) ? given : "/tmp";
}

static void remove_with_server(const char *dir)
{
	struct arena *arena = arena_new(NULL);
	struct err ignored = { .arena = arena };
	server_stop(path_join(arena, dir, "data"), SERVER_STOP_IMMEDIATE, &ignored);
	dir_remove(dir, &ignored);
	arena_free(arena);
}

/*
 * Removes a workspace that is ours and whose lock nobody holds, and holds the lock meanwhile: its owner may be just about to take it.  One
 * without a lock file may be one that is being made.
 */
static void sweep_one(struct arena *arena, const char *dir, const struct account *account)
{
	struct stat st;
	uid_t owner = account ? account->uid : geteuid();
	if (lstat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || (st.st_uid != owner && st.st_uid != geteuid()))
		return;
	int fd = open(path_join(arena, dir, "lock"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 ? flock(fd, LOCK_EX | LOCK_NB) == 0
		    : errno == ENOENT && time(NULL) - st.st_mtime > ABANDONED_SECONDS)
		remove_with_server(dir);
	if (fd >= 0)
		close(fd);
}

static void sweep(const char *folder, const struct account *account)
{
	struct arena *arena = arena_new(NULL);
	struct err ignored = { .arena = arena };
	struct names names = { 0 };
	dir_list(arena, folder, &names, &ignored);
	for (size_t i = 0; i < names.len; i++) {
		if (str_starts(str_of(names.ptr[i]), STR(PREFIX)))
			sweep_one(arena, path_join(arena, folder, names.ptr[i]), account);
	}
	arena_free(arena);
}

static void remove_workspace(void *dir)
{
	remove_with_server(dir);
}

static void close_lock(void *fd)
{
	close(*(int *)fd);
}

/* Held until the arena goes or we die.  False where a sweeper was faster, who took it for an abandoned one. */
static bool take_lock(struct arena *arena, const char *dir)
{
	struct stat st;
	int *fd = arena_alloc(arena, sizeof(*fd));
	*fd = open(path_join(arena, dir, "lock"), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd < 0)
		return false;
	arena_defer(arena, close_lock, fd);
	return flock(*fd, LOCK_EX | LOCK_NB) == 0 && fstat(*fd, &st) == 0 && st.st_nlink == 1;
}

bool workspace_new(struct arena *arena, const struct account *account, unsigned long long bytes,
		   struct workspace *ret_workspace, struct err *err)
{
	enum { TRIES = 5 };
	const char *folder = choose_folder(account, bytes);
	char *dir = NULL;
	sweep(folder, account);
	for (int i = 0; i < TRIES; i++) {
		dir = path_join(arena, folder, PREFIX "XXXXXX");
		if (!mkdtemp(dir))
			break;
		if (!take_lock(arena, dir))
			continue;
		/* Behind the lock, so that it is removed before the lock goes. */
		arena_defer(arena, remove_workspace, dir);
		*ret_workspace = (struct workspace){ dir, path_join(arena, dir, "data"), path_join(arena, dir, "log") };
		return account_own(account, dir, err);
	}
	return err_set(err, ERR_FAILED, "file-unusable", "could not make a folder in \"%s\": %s", folder,
		       strerror(errno));
}
