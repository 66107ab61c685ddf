#include "base/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { BLOCK = 512, PIECE = 256 * 1024, AHEAD = 64 * 1024 };

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

/*
 * Of a file's content: a flipped bit in a cache must not become a wrong catalog.  As fast as memory, by four sums beside each other that do not wait for one
 * another; nobody attacks their own cache.  It begins with the length, and goes on by pieces (PIECE) as they are read.
 */
static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
	return sum ^ sum >> 29;
}

static uint64_t add_to_sum(uint64_t sum, struct str piece)
{
	/* Each in a register: an array of them would be in memory. */
	uint64_t a = sum, b = sum + 1, c = sum + 2, d = sum + 3, words[4];
	size_t i = 0;
	for (; i + sizeof(words) <= piece.len; i += sizeof(words)) {
		memcpy(words, piece.ptr + i, sizeof(words));
		a = mix(a, words[0]);
		b = mix(b, words[1]);
		c = mix(c, words[2]);
		d = mix(d, words[3]);
	}
	a = mix(mix(mix(a, b), c), d);
	for (; i < piece.len; i++)
		a = mix(a, (unsigned char)piece.ptr[i]);
	return a;
}

static uint64_t sum_of(struct str content)
{
	uint64_t sum = content.len;
	for (size_t i = 0; i < content.len; i += PIECE)
		sum = add_to_sum(sum, str_slice(content, i, content.len - i < PIECE ? content.len : i + PIECE));
	return sum;
}

/* It stands where tar has a user's name. */
static void put_sum(struct header *header, uint64_t sum)
{
	snprintf(header->user, sizeof(header->user), "%016llx", (unsigned long long)sum);
}

/* Is it this folder, or below it? */
static bool is_below(const char *name, const char *folder)
{
	size_t len = strlen(folder);
	return strncmp(name, folder, len) == 0 && (!name[len] || name[len] == '/');
}

static bool is_left_out(const char *name, const char *const *without)
{
	for (; without && *without; without++)
		if (is_below(name, *without))
			return true;
	return false;
}

/* ---- saving ---- */

struct saving {
	const char *root;
	const char *const *without;
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
	put_sum(&header, sum_of(content));
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
	if (is_left_out(name, saving->without))
		return true;
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

bool archive_save(const char *folder, const char *const *without, const char *path, struct err *err)
{
	static const char end[2 * BLOCK];
	char *temp = arena_printf(err->arena, "%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC); /* mode 0600 */
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out)
		return save_failed(path, err);
	struct saving saving = { folder, without, out, err };
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

/* Read piece by piece: an image has some 40 MB, which need not be in memory. */
struct restoring {
	const char *path, *folder;
	const char *const *without;
	const char *only; /* NULL: all */
	bool found;
	const struct account *account;
	struct err *err;
	int fd;
	unsigned long long at, end; /* in the archive */
	/* What was read ahead, since most files are small. */
	char *ahead;
	unsigned long long ahead_at;
	size_t ahead_len;
};

/* One thing in the archive; without a name at its end. */
struct entry {
	char name[sizeof(((struct header *)NULL)->name) + 1];
	char sum[sizeof(((struct header *)NULL)->user)];
	char type;
	unsigned long long size; /* of its content, which begins at restoring.at */
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

static void close_archive(void *ptr)
{
	const struct restoring *restoring = ptr;
	close(restoring->fd);
}

static bool open_archive(struct arena *arena, struct restoring *restoring)
{
	struct stat st;
	restoring->fd = open(restoring->path, O_RDONLY | O_CLOEXEC);
	if (restoring->fd < 0)
		return err_set(restoring->err, ERR_FAILED, "file-missing", "could not open \"%s\": %s", restoring->path,
			       strerror(errno));
	arena_defer(arena, close_archive, restoring);
	restoring->ahead = arena_alloc(arena, AHEAD);
	if (fstat(restoring->fd, &st) != 0)
		return broken(restoring);
	restoring->end = (unsigned long long)st.st_size;
	return true;
}

static bool read_at(struct restoring *restoring, char *into, size_t most, size_t *ret_len)
{
	ssize_t n;
	do
		n = pread(restoring->fd, into, most, (off_t)restoring->at);
	while (n < 0 && errno == EINTR);
	*ret_len = n > 0 ? (size_t)n : 0;
	return n > 0 || broken(restoring);
}

/* Of what was read ahead, as much as there is up to a number. */
static size_t take_ahead(const struct restoring *restoring, char *into, size_t most)
{
	if (restoring->at < restoring->ahead_at || restoring->at - restoring->ahead_at >= restoring->ahead_len)
		return 0;
	size_t from = (size_t)(restoring->at - restoring->ahead_at), len = restoring->ahead_len - from;
	len = len < most ? len : most;
	memcpy(into, restoring->ahead + from, len);
	return len;
}

static bool take_bytes(struct restoring *restoring, char *into, size_t len)
{
	while (len) {
		size_t n = take_ahead(restoring, into, len);
		if (!n && len >= AHEAD && !read_at(restoring, into, len, &n))
			return false;
		if (!n) {
			restoring->ahead_at = restoring->at;
			if (!read_at(restoring, restoring->ahead, AHEAD, &restoring->ahead_len))
				return false;
		}
		into += n;
		len -= n;
		restoring->at += n;
	}
	return true;
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

static unsigned long long padded(unsigned long long size)
{
	return (size + BLOCK - 1) / BLOCK * BLOCK;
}

/* Leaves restoring->at at its content. */
static bool next_entry(struct restoring *restoring, struct entry *ret_entry)
{
	struct header header;
	if (!take_bytes(restoring, (char *)&header, sizeof(header)))
		return false;
	*ret_entry = (struct entry){ .type = header.type, .size = number(header.size, sizeof(header.size)) };
	memcpy(ret_entry->name, header.name, sizeof(header.name));
	memcpy(ret_entry->sum, header.user, sizeof(header.user));
	if (!header.name[0])
		return true;
	bool whole = number(header.checksum, sizeof(header.checksum)) == checksum(&header) &&
		ret_entry->size <= restoring->end && padded(ret_entry->size) <= restoring->end - restoring->at;
	return (whole && is_inside(str_of(ret_entry->name))) || broken(restoring);
}

/* The content goes to give() piece by piece; the archive is at the next entry afterwards. */
static bool take_content(struct restoring *restoring, const struct entry *entry,
			 bool (*give)(void *ctx, struct str piece), void *ctx)
{
	static char room[PIECE];
	uint64_t sum = entry->size;
	struct header summed;
	unsigned long long next = restoring->at + padded(entry->size), left = entry->size;
	while (left) {
		struct str piece = { room, left < sizeof(room) ? (size_t)left : sizeof(room) };
		if (!take_bytes(restoring, room, piece.len))
			return false;
		sum = add_to_sum(sum, piece);
		left -= piece.len;
		if (!give(ctx, piece))
			return false;
	}
	restoring->at = next;
	put_sum(&summed, sum);
	return memcmp(summed.user, entry->sum, strlen(summed.user) + 1) == 0 || broken(restoring);
}

static bool give_folder(const struct restoring *restoring, const char *path)
{
	return mkdir(path, 0700) == 0 ? account_own(restoring->account, path, restoring->err)
				      : restore_failed(path, restoring->err);
}

struct writing {
	int fd;
	const char *path;
	struct err *err;
};

static bool write_piece(void *ctx, struct str piece)
{
	const struct writing *writing = ctx;
	while (piece.len) {
		ssize_t n = write(writing->fd, piece.ptr, piece.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return restore_failed(writing->path, writing->err);
		piece = str_slice(piece, (size_t)n, piece.len);
	}
	return true;
}

static bool write_file(struct restoring *restoring, const char *path, const struct entry *entry)
{
	struct writing writing = { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), path, restoring->err };
	if (writing.fd < 0)
		return restore_failed(path, restoring->err);
	bool ok = !restoring->account || fchown(writing.fd, restoring->account->uid, restoring->account->gid) == 0 ||
		restore_failed(path, restoring->err);
	ok = ok && take_content(restoring, entry, write_piece, &writing);
	return close(writing.fd) == 0 ? ok : ok && restore_failed(path, restoring->err);
}

static bool ignore_piece(void *ctx, struct str piece)
{
	(void)ctx;
	(void)piece;
	return true;
}

static bool restore_entry(struct restoring *restoring, struct arena *arena, bool *ret_end)
{
	struct entry entry;
	if (!next_entry(restoring, &entry))
		return false;
	*ret_end = !entry.name[0];
	if (*ret_end)
		return true;
	if (restoring->only && !is_below(entry.name, restoring->only)) {
		restoring->at += padded(entry.size);
		return true;
	}
	/* Read all the same: that it is damaged is better known now than when it is needed. */
	if (is_left_out(entry.name, restoring->without))
		return entry.type == TYPE_FOLDER || take_content(restoring, &entry, ignore_piece, NULL);
	restoring->found = true;
	char *path = path_join(arena, restoring->folder, entry.name);
	return entry.type == TYPE_FOLDER ? give_folder(restoring, path) : write_file(restoring, path, &entry);
}

static bool restore_entries(struct arena *arena, struct restoring *restoring)
{
	bool end = false, ok = true;
	while (ok && !end) {
		struct arena *scratch = arena_new(arena);
		ok = restore_entry(restoring, scratch, &end);
		arena_free(scratch);
	}
	return ok;
}

bool archive_restore(const char *path, const char *const *without, const char *folder, const struct account *account,
		     struct err *err)
{
	struct arena *arena = arena_new(NULL);
	struct restoring restoring = {
		.path = path, .folder = folder, .without = without, .account = account, .err = err
	};
	bool ok = open_archive(arena, &restoring) && give_folder(&restoring, folder) &&
		restore_entries(arena, &restoring);
	arena_free(arena);
	return ok;
}

bool archive_restore_one(const char *path, const char *name, const char *folder, const struct account *account,
			 bool *ret_there, struct err *err)
{
	struct arena *arena = arena_new(NULL);
	struct restoring restoring = { .path = path, .folder = folder, .only = name, .account = account, .err = err };
	bool ok = open_archive(arena, &restoring) && restore_entries(arena, &restoring);
	*ret_there = restoring.found;
	arena_free(arena);
	return ok;
}

static bool keep_piece(void *ctx, struct str piece)
{
	buf_str(ctx, piece);
	return true;
}

bool archive_read(struct arena *arena, const char *path, const char *name, struct str *ret_text, struct err *err)
{
	struct arena *scratch = arena_new(NULL);
	struct restoring restoring = { .path = path, .err = err };
	struct buf text = buf_init(arena);
	struct entry entry = { 0 };
	bool ok = open_archive(scratch, &restoring), found = false;
	while (ok && !found) {
		ok = next_entry(&restoring, &entry);
		found = ok && (!entry.name[0] || strcmp(entry.name, name) == 0);
		if (ok && !found)
			restoring.at += padded(entry.size);
	}
	if (ok && !entry.name[0])
		ok = err_set(err, ERR_FAILED, "file-missing", "\"%s\" has no file \"%s\"", path, name);
	ok = ok && take_content(&restoring, &entry, keep_piece, &text);
	arena_free(scratch);
	if (ok)
		*ret_text = buf_as_str(&text);
	return ok;
}
