/*
 * archive.h - a folder as one file, and back.
 *
 * The file is a plain tar archive (ustar), so that `tar tf` can look into it, of folders and regular files only: owners, times and links
 * are not kept.  It is complete or it does not exist: it is written beside its place and renamed.
 */
#ifndef BRANT_BASE_ARCHIVE_H
#define BRANT_BASE_ARCHIVE_H

#include "base/proc.h"

/* Everything below folder, but for the folders below it whose names are in without (ended by NULL, may be NULL): "base/1". */
bool archive_save(const char *folder, const char *const *without, const char *path, struct err *err);

/*
 * Makes folder (mode 0700; its parent exists) with what is in the archive, each file 0600, owned by account where that is not NULL; folders in without
 * are left out.  Fails with "archive-broken" where the file is not what archive_save() wrote.
 */
bool archive_restore(const char *path, const char *const *without, const char *folder, const struct account *account,
		     struct err *err);

/* Puts one folder of it, left out before, into what was restored.  *ret_there: it was there. */
bool archive_restore_one(const char *path, const char *name, const char *folder, const struct account *account,
			 bool *ret_there, struct err *err);

/* One file of it, by its name below the folder. */
bool archive_read(struct arena *arena, const char *path, const char *name, struct str *ret_text, struct err *err);

#endif
