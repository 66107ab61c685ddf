#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

char *path_join(struct arena *arena, const char *dir, const char *name)
{
	if (!dir || !*dir || strcmp(dir, ".") == 0 || name[0] == '/')
		return arena_strdup(arena, name);
	bool slash = dir[strlen(dir) - 1] == '/';
	return arena_printf(arena, "%s%s%s", dir, slash ? "" : "/", name);
}

char *path_dir(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return arena_strdup(arena, ".");
	return arena_strndup(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

const char *folder_above(struct arena *arena, const char *folder)
{
	const char *base = path_base(folder);
	char real[PATH_MAX];
	if (strcmp(folder, ".") == 0)
		folder = "..";
	else if (strcmp(base, "..") == 0)
		folder = path_join(arena, folder, "..");
	else
		return strcmp(folder, "/") == 0 ? NULL : path_dir(arena, folder);
	/* Above "/" is "/". */
	return realpath(folder, real) && strcmp(real, "/") != 0 ? folder : NULL;
}

long long file_size(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (long long)st.st_size : -1;
}

bool file_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

bool file_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool file_is_link(const char *path)
{
	char target[1];
	return readlink(path, target, sizeof(target)) >= 0;
}

static bool fail(struct err *err, const char *what, const char *path)
{
	int saved = errno;
	char target[1024];
	err_set(err, ERR_FAILED,
		saved == ENOENT           ? "file-missing"
			: saved == EEXIST ? "file-exists"
					  : "file-unusable",
		"could not %s \"%s\": %s", what, path, strerror(saved));
	ssize_t len = saved == ENOENT ? readlink(path, target, sizeof(target)) : -1;
	if (len >= 0)
		err_detail(err, "It is a link to \"%.*s\", which is not there.", (int)len, target);
	return err_at(err, path, 0, 0);
}

static bool read_all(int fd, char *text, size_t len, size_t *ret_len)
{
	size_t got = 0;
	while (got < len) {
		ssize_t n = read(fd, text + got, len - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*ret_len = got;
	return true;
}

/* A pipe or a device has no size: read until it ends. */
static bool read_stream(struct arena *arena, int fd, struct str *ret_text)
{
	struct buf buf = buf_init(arena);
	char part[65536];
	for (;;) {
		size_t got;
		if (!read_all(fd, part, sizeof(part), &got))
			return false;
		if (!got)
			break;
		buf_add(&buf, part, got);
	}
	*ret_text = buf_as_str(&buf);
	return true;
}

/*
 * Not mapped, however large: somebody may save the file anew meanwhile, and what is sent has to be what was hashed.  A mapping shows the new bytes, and of a file that
 * has become shorter its end is a signal (SIGBUS).
 */
static bool read_regular(struct arena *arena, int fd, size_t size, struct str *ret_text)
{
	char *text = arena_alloc(arena, size + 1);
	size_t got;
	if (!read_all(fd, text, size, &got))
		return false;
	*ret_text = (struct str){ text, got };
	return true;
}

bool file_read(struct arena *arena, const char *path, struct str *ret_text, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, "open", path);
	struct stat st;
	bool ok = fstat(fd, &st) == 0;
	if (ok && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		ok = false;
	} else if (ok) {
		/* Files of /proc say that they are empty. */
		ok = S_ISREG(st.st_mode) && st.st_size ? read_regular(arena, fd, (size_t)st.st_size, ret_text)
						       : read_stream(arena, fd, ret_text);
	}
	int saved = errno;
	close(fd);
	errno = saved;
	return ok || fail(err, "read", path);
}

bool file_read_small(const char *path, char *room, size_t size, struct str *ret_text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	/* One read() of what is smaller: a regular file gives all that there is. */
	ssize_t n = fd < 0 ? -1 : read(fd, room, size);
	bool ok = n >= 0 && (size_t)n < size;
	if (fd >= 0)
		close(fd);
	*ret_text = (struct str){ room, ok ? (size_t)n : 0 };
	return ok;
}

bool write_fully(int fd, struct str text)
{
	while (text.len) {
		ssize_t n = write(fd, text.ptr, text.len);
		if (n < 0 && errno == EAGAIN) {
			/* Somebody who shares the terminal made it non-blocking: wait as a blocking one would. */
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text = str_slice(text, (size_t)n, text.len);
	}
	return true;
}

/* A finished file beside path, under a name of its own; ret_temp is that name. */
static bool write_beside(const char *path, struct str text, unsigned mode, char **ret_temp, struct err *err)
{
	char *temp = arena_printf(err->arena, "%s.brant-XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return fail(err, "write", path);
	bool ok = write_fully(fd, text) && fchmod(fd, mode) == 0;
	ok = close(fd) == 0 && ok;
	if (!ok) {
		int saved = errno;
		unlink(temp);
		errno = saved;
		return fail(err, "write", path);
	}
	*ret_temp = temp;
	return true;
}

bool file_write(const char *path, struct str text, unsigned mode, struct err *err)
{
	char *temp;
	if (!write_beside(path, text, mode, &temp, err))
		return false;
	if (rename(temp, path) == 0)
		return true;
	fail(err, "write", path);
	unlink(temp);
	return false;
}

bool file_create(const char *path, struct str text, unsigned mode, struct err *err)
{
	char *temp;
	if (!write_beside(path, text, mode, &temp, err))
		return false;
	/* link() refuses an existing name, rename() would replace it. */
	bool ok = link(temp, path) == 0 || fail(err, "create", path);
	unlink(temp);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whoever opens a pipe waits for its other end, perhaps for ever. */
static bool is_no_file(const struct dirent *entry)
{
	return entry->d_type == DT_FIFO || entry->d_type == DT_SOCK || entry->d_type == DT_CHR ||
		entry->d_type == DT_BLK;
}

bool dir_list(struct arena *arena, const char *path, struct names *ret_names, struct err *err)
{
	DIR *dir = opendir(path);
	if (!dir)
		return fail(err, "open", path);
	struct names names = { 0 };
	errno = 0;
	for (struct dirent *entry; (entry = readdir(dir)); errno = 0)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && !is_no_file(entry))
			vec_push(arena, &names, arena_strdup(arena, entry->d_name));
	int saved = errno;
	closedir(dir);
	errno = saved;
	if (saved)
		return fail(err, "read", path);
	if (names.len)
		qsort(names.ptr, names.len, sizeof(*names.ptr), by_name);
	*ret_names = names;
	return true;
}

bool dir_holds(const char *path, bool (*wanted)(void *ctx, const char *name), void *ctx)
{
	DIR *dir = opendir(path);
	bool found = false;
	for (struct dirent *entry; dir && !found && (entry = readdir(dir));)
		found = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			wanted(ctx, entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}

bool dir_make(const char *path, unsigned mode, struct err *err)
{
	if (mkdir(path, mode) == 0 || (errno == EEXIST && file_is_dir(path)))
		return true;
	if (errno != ENOENT)
		return fail(err, "create", path);
	char *parent = path_dir(err->arena, path);
	if (strcmp(parent, path) == 0 || strcmp(parent, ".") == 0)
		return fail(err, "create", path);
	if (!dir_make(parent, mode, err))
		return false;
	return mkdir(path, mode) == 0 || errno == EEXIST || fail(err, "create", path);
}

static bool remove_at(int folder, const char *name);

/* The entry's type may be unknown. */
static bool remove_entry(int folder, const struct dirent *entry)
{
	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return true;
	if (entry->d_type != DT_DIR && (unlinkat(folder, entry->d_name, 0) == 0 || errno == ENOENT))
		return true;
	return remove_at(folder, entry->d_name) || errno == ENOENT;
}

/*
 * Name by name from an open folder: a cluster has thousands of files, and nftw() looks for each by its whole path, and at it.  What is no folder after all
 * goes, too.
 */
static bool remove_at(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return (errno == ENOTDIR || errno == ELOOP) && unlinkat(folder, name, 0) == 0;
	DIR *dir = fdopendir(fd);
	bool ok = dir != NULL;
	for (struct dirent *entry; ok && (entry = readdir(dir));)
		ok = remove_entry(fd, entry);
	int why = errno;
	if (dir)
		closedir(dir);
	else
		close(fd);
	errno = why;
	return ok && unlinkat(folder, name, AT_REMOVEDIR) == 0;
}

bool dir_remove(const char *path, struct err *err)
{
	return remove_at(AT_FDCWD, path) || errno == ENOENT || fail(err, "remove", path);
}
