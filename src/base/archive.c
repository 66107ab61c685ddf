#include "base/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { BLOCK = 512 };

/* POSIX.1-1988's header; numbers are octal digits. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, linked[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

enum { TYPE_FILE = '0', TYPE_FOLDER = '5' };

static void put_number(char *field, size_t size, unsigned long long value)
{
	snprintf(field, size, "%0*llo", (int)size - 1, value);
}

static unsigned long checksum(const struct header *header)
{
	struct header copy = *header;
	const unsigned char *bytes = (const unsigned char *)&copy;
	unsigned long sum = 0;
	memset(copy.checksum, ' ', sizeof(copy.checksum));
	for (size_t i = 0; i < sizeof(copy); i++)
		sum += bytes[i];
	return sum;
}

static unsigned long long number(const char *field, size_t size)
{
	unsigned long long value = 0;
	for (size_t i = 0; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		value = value * 8 + (unsigned long long)(field[i] - '0');
	return value;
}

/* Of a file's content: a flipped bit in a cache must not become a wrong catalog.  As fast as memory; nobody attacks their own cache. */
static uint64_t content_sum(struct str text)
{
	uint64_t sum = text.len, word;
	size_t i = 0;
	for (; i + sizeof(word) <= text.len; i += sizeof(word)) {
		memcpy(&word, text.ptr + i, sizeof(word));
		sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
		sum ^= sum >> 29;
	}
	for (; i < text.len; i++)
		sum = (sum ^ (unsigned char)text.ptr[i]) * 0x9e3779b97f4a7c15u;
	return sum;
}

/* It stands where tar has a user's name. */
static void put_sum(struct header *header, struct str content)
{
	snprintf(header->user, sizeof(header->user), "%016llx", (unsigned long long)content_sum(content));
}

/* ---- saving ---- */

struct saving {
	const char *root;
	FILE *out;
	struct err *err;
};

static bool save_failed(const char *path, struct err *err)
{
	return err_set(err, ERR_FAILED, "file-unusable", "could not archive \"%s\": %s", path, strerror(errno));
}

static bool put_header(struct saving *saving, const char *name, char type, struct str content)
{
	struct header header = { .type = type, .magic = "ustar", .version = { '0', '0' } };
	if (strlen(name) > sizeof(header.name))
		return err_set(saving->err, ERR_FAILED, "file-unusable",
			       "could not archive \"%s\": its name is too long", name);
	memcpy(header.name, name, strlen(name));
	put_number(header.mode, sizeof(header.mode), type == TYPE_FOLDER ? 0700 : 0600);
	put_number(header.uid, sizeof(header.uid), 0);
	put_number(header.gid, sizeof(header.gid), 0);
	put_number(header.size, sizeof(header.size), content.len);
	put_sum(&header, content);
	put_number(header.mtime, sizeof(header.mtime), 0);
	put_number(header.checksum, sizeof(header.checksum) - 1, checksum(&header));
	header.checksum[7] = ' ';
	return fwrite(&header, sizeof(header), 1, saving->out) == 1 || save_failed(name, saving->err);
}

static bool put_file(struct saving *saving, struct arena *arena, const char *path, const char *name)
{
	static const char zeros[BLOCK];
	struct str text;
	if (!file_read(arena, path, &text, saving->err) || !put_header(saving, name, TYPE_FILE, text))
		return false;
	size_t padding = (BLOCK - text.len % BLOCK) % BLOCK;
	if (fwrite(text.ptr, 1, text.len, saving->out) != text.len || fwrite(zeros, 1, padding, saving->out) != padding)
		return save_failed(path, saving->err);
	return true;
}

static bool put_folder(struct saving *saving, const char *name);

static bool put_entry(struct saving *saving, struct arena *arena, const char *name)
{
	char *path = path_join(arena, saving->root, name);
	struct stat st;
	if (lstat(path, &st) != 0)
		return save_failed(path, saving->err);
	if (S_ISDIR(st.st_mode))
		return put_header(saving, name, TYPE_FOLDER, (struct str){ 0 }) && put_folder(saving, name);
	return !S_ISREG(st.st_mode) || put_file(saving, arena, path, name);
}

static bool put_folder(struct saving *saving, const char *name)
{
	struct arena *arena = arena_new(NULL);
	struct names names;
	bool ok = dir_list(arena, *name ? path_join(arena, saving->root, name) : saving->root, &names, saving->err);
	for (size_t i = 0; ok && i < names.len; i++) {
		struct arena *scratch = arena_new(arena);
		ok = put_entry(saving, scratch, *name ? path_join(scratch, name, names.ptr[i]) : names.ptr[i]);
		arena_free(scratch);
	}
	arena_free(arena);
	return ok;
}

bool archive_save(const char *folder, const char *path, struct err *err)
{
	static const char end[2 * BLOCK];
	char *temp = arena_printf(err->arena, "%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC); /* mode 0600 */
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out)
		return save_failed(path, err);
	struct saving saving = { folder, out, err };
	bool ok = put_folder(&saving, "");
	if (ok && fwrite(end, sizeof(end), 1, out) != 1)
		ok = save_failed(path, err);
	if (fclose(out) != 0 && ok)
		ok = save_failed(path, err);
	if (ok && rename(temp, path) != 0)
		ok = save_failed(path, err);
	if (!ok)
		unlink(temp);
	return ok;
}

/* ---- restoring ---- */

struct restoring {
	const char *path, *folder;
	const struct account *account;
	struct err *err;
};

static bool restore_failed(const char *path, struct err *err)
{
	return err_set(err, ERR_FAILED, "file-unusable", "could not write \"%s\": %s", path, strerror(errno));
}

static bool broken(const struct restoring *restoring)
{
	err_set(restoring->err, ERR_FAILED, "archive-broken", "the archive \"%s\" is damaged", restoring->path);
	return err_hint(restoring->err, "Remove it; it is made again when it is needed.");
}

static bool give_folder(const struct restoring *restoring, const char *path)
{
	return mkdir(path, 0700) == 0 ? account_own(restoring->account, path, restoring->err)
				      : restore_failed(path, restoring->err);
}

static bool write_file(const struct restoring *restoring, const char *path, struct str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return restore_failed(path, restoring->err);
	bool ok = !restoring->account || fchown(fd, restoring->account->uid, restoring->account->gid) == 0;
	while (ok && text.len) {
		ssize_t n = write(fd, text.ptr, text.len);
		ok = n > 0 || (n < 0 && errno == EINTR);
		text = n > 0 ? str_slice(text, (size_t)n, text.len) : text;
	}
	return (close(fd) == 0 && ok) || restore_failed(path, restoring->err);
}

/* A name from the archive never leads out of the folder. */
static bool is_inside(struct str name)
{
	struct str part, rest = name;
	bool more = true;
	if (!name.len || name.ptr[0] == '/')
		return false;
	while (more) {
		more = str_cut(rest, '/', &part, &rest);
		if (str_eq(more ? part : rest, STR("..")))
			return false;
	}
	return true;
}

/* The next entry of an archive. */
struct entry {
	char type;
	struct str name, content;
};

/* The one at *at, and moves behind it; without a name at the archive's end.  Its content is looked at only where wanted is NULL, or its name. */
static bool next_entry(const struct restoring *restoring, struct arena *arena, struct str text, size_t *at,
		       const char *wanted, struct entry *ret_entry)
{
	struct header header;
	if (text.len - *at < BLOCK)
		return broken(restoring);
	memcpy(&header, text.ptr + *at, BLOCK);
	*at += BLOCK;
	struct str name = { header.name, strnlen(header.name, sizeof(header.name)) };
	*ret_entry = (struct entry){ .type = header.type };
	if (!name.len)
		return true;
	unsigned long long size = number(header.size, sizeof(header.size));
	if (number(header.checksum, sizeof(header.checksum)) != checksum(&header) || size > text.len - *at ||
	    !is_inside(name))
		return broken(restoring);
	struct str content = str_slice(text, *at, *at + size);
	struct header summed = header;
	*at += (size + BLOCK - 1) / BLOCK * BLOCK;
	if (!wanted || str_eq(name, str_of(wanted)))
		put_sum(&summed, content);
	if (*at > text.len || memcmp(summed.user, header.user, sizeof(header.user)) != 0)
		return broken(restoring);
	ret_entry->name = str_of(str_dup(arena, name));
	ret_entry->content = content;
	return true;
}

/* One entry at *at, and moves behind it; *ret_end at the archive's end. */
static bool restore_entry(const struct restoring *restoring, struct arena *arena, struct str text, size_t *at,
			  bool *ret_end)
{
	struct entry entry;
	if (!next_entry(restoring, arena, text, at, NULL, &entry))
		return false;
	*ret_end = !entry.name.len;
	if (*ret_end)
		return true;
	char *path = path_join(arena, restoring->folder, entry.name.ptr);
	return entry.type == TYPE_FOLDER ? give_folder(restoring, path) : write_file(restoring, path, entry.content);
}

bool archive_read(struct arena *arena, const char *path, const char *name, struct str *ret_text, struct err *err)
{
	struct restoring restoring = { .path = path, .err = err };
	struct entry entry;
	struct str text;
	size_t at = 0;
	if (!file_read(arena, path, &text, err))
		return false;
	do {
		if (!next_entry(&restoring, arena, text, &at, name, &entry))
			return false;
	} while (entry.name.len && !str_eq(entry.name, str_of(name)));
	*ret_text = entry.content;
	return entry.name.len || err_set(err, ERR_FAILED, "file-missing", "\"%s\" has no file \"%s\"", path, name);
}

bool archive_restore(const char *path, const char *folder, const struct account *account, struct err *err)
{
	struct arena *arena = arena_new(NULL);
	struct restoring restoring = { path, folder, account, err };
	struct str text;
	size_t at = 0;
	bool end = false, ok = file_read(arena, path, &text, err) && give_folder(&restoring, folder);
	while (ok && !end) {
		struct arena *scratch = arena_new(arena);
		ok = restore_entry(&restoring, scratch, text, &at, &end);
		arena_free(scratch);
	}
	arena_free(arena);
	return ok;
}
