/*
 * file.h - files and folders, with errors that name them.
 *
 * Paths are taken and returned as the user wrote them, so that messages can repeat them.
 */
#ifndef BRANT_BASE_FILE_H
#define BRANT_BASE_FILE_H

#include "base/err.h"
#include "base/str.h"

/* "dir/name", or name where dir is "." or empty or name is absolute. */
char *path_join(struct arena *arena, const char *dir, const char *name);

/* The folder of a path ("." where it has none); the last part of a path. */
char *path_dir(struct arena *arena, const char *path);
const char *path_base(const char *path);

/* The folder that a folder is in, also of a relative one ("." is in ".."); NULL at the top. */
const char *folder_above(struct arena *arena, const char *folder);

long long file_size(const char *path); /* in bytes, -1: it cannot be told */
bool file_exists(const char *path);    /* a file or a folder; a dangling link does not */
bool file_is_dir(const char *path);
bool file_is_link(const char *path); /* also where what it leads to is not there */

/* The whole file as it is now; it lives as long as the arena.  Bytes as they are. */
bool file_read(struct arena *arena, const char *path, struct str *ret_text, struct err *err);

/* A small one into room: false where it is larger than that, or cannot be read. */
bool file_read_small(const char *path, char *room, size_t size, struct str *ret_text);

/* All of it to an open file, a pipe or a terminal, however small its pieces; false with errno set. */
bool write_fully(int fd, struct str text);

/* Writes beside the file and renames, so that a reader sees the old text or the new; mode as for open(2). */
bool file_write(const char *path, struct str text, unsigned mode, struct err *err);

/* Like file_write(), but fails with "file-exists" where the path is taken. */
bool file_create(const char *path, struct str text, unsigned mode, struct err *err);

/* Names of files, folders and links in a folder, sorted by bytes, without "." and ".."; which of them it is, is not told. */
struct names {
	char **ptr;
	size_t len, cap;
};
bool dir_list(struct arena *arena, const char *path, struct names *ret_names, struct err *err);

/* Is one of the names wanted?  Asked in no order, until one is; false where the folder cannot be read. */
bool dir_holds(const char *path, bool (*wanted)(void *ctx, const char *name), void *ctx);

/* mkdir -p. */
bool dir_make(const char *path, unsigned mode, struct err *err);

/* rm -rf, never through a link; a missing path is no error. */
bool dir_remove(const char *path, struct err *err);

#endif
