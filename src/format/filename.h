/*
 * filename.h - what a person calls a migration, as part of a file's name.
 */
#ifndef BRANT_FORMAT_FILENAME_H
#define BRANT_FORMAT_FILENAME_H

#include "base/err.h"

/* "Add user bio!" becomes add_user_bio; letters outside ASCII are kept.  Fails with "bad-name". */
bool file_name_from(struct arena *arena, const char *name, const char **ret_name, struct err *err);

#endif
