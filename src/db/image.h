/*
 * image.h - new clusters, made once and copied from then on.
 *
 * initdb takes from a third of a second to several.  A cluster that was made and prepared is kept as an archive in the user's cache
 * ($XDG_CACHE_HOME/brant or ~/.cache/brant, mode 0700), which is unpacked for each new server.  What an image is made from is in its name:
 * change the binaries or the preparation, and there is another.  Images that nobody used for a month are removed when a new one is made.
 */
#ifndef BRANT_DB_IMAGE_H
#define BRANT_DB_IMAGE_H

#include "base/proc.h"
#include "db/binaries.h"
#include "db/db.h"

struct image {
	const char *name; /* for people who look into the cache: "platform" */
	const char *key;  /* what the preparation depends on, such as its SQL */
	/* What is done to the new cluster, over a connection to its database "postgres" as the superuser; may be NULL. */
	bool (*prepare)(void *ctx, struct db *db, struct err *err);
	void *ctx;
};

/*
 * Makes folder a cluster like the image, which is made first where it is not there.  Where no cache can be kept, all is done anew each time.
 * The folder's parent exists and can be entered by the account.  without: as for archive_restore().
 */
bool image_unpack(struct arena *arena, const struct image *image, const struct binaries *binaries,
		  const struct account *account, const char *const *without, const char *folder, struct err *err);

/* $XDG_CACHE_HOME/brant, made where it is missing; NULL where there is no place that is ours alone. */
char *cache_folder(struct arena *arena);

/*
 * Images that are no preparation's but what a throwaway server came to hold (scratch_save()).  Where one of that name and key is, or would be; NULL
 * where no cache can be kept.
 */
const char *image_path(struct arena *arena, const char *name, const char *key, const struct binaries *binaries);

#define IMAGE_SUFFIX ".image.tar"

/* Other files of the cache that go when nobody uses them. */
#define KEPT_SUFFIX ".schema"

/* Is it there?  Then it counts as used. */
bool image_is_there(const char *path);

/* Removes images of that name but the newest few. */
void image_prune(const char *path, const char *name, size_t keep);

/* Settings for servers whose data may be lost, one line each. */
extern const char image_settings[];

#endif
