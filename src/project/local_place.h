/*
 * local_place.h - where the local project keeps its files, and who may touch them.
 *
 * ROOT/.brant belongs to who made it, and nobody else can look into it.  Servers do not run as root: for root they run as an unprivileged
 * user, who must be able to get to his files.  Where the project's folder is closed to him (/root is), they are in /var/lib/brant/NAME-HASH,
 * with the path of the project in a file there; HASH stands for that path.
 */
#ifndef BRANT_PROJECT_LOCAL_PLACE_H
#define BRANT_PROJECT_LOCAL_PLACE_H

#include "base/proc.h"

struct place {
	const char *root;              /* absolute */
	const char *dir;               /* ROOT/.brant */
	const char *home;              /* dir or /var/lib/brant/NAME-HASH; NULL before place_settle() */
	const struct account *account; /* who the servers run as, NULL: us */
};

/* Where it would be.  Fails with "local-owner" where .brant is somebody else's. */
bool place_find(struct arena *arena, const char *root, struct place *ret_place, struct err *err);

/* Is there a local project? */
bool place_exists(const struct place *place);

/* Makes .brant where it is missing, and holds its lock until the arena goes.  Waits for who has it; "local-busy" when that takes too long. */
bool place_lock(struct arena *arena, const struct place *place, struct err *err);

/* Inside of dir or outside: as it was, or, was_outside being NULL, as it has to be.  Sets home. */
bool place_settle(struct arena *arena, struct place *place, const bool *was_outside, bool *ret_outside,
		  struct err *err);

/* Makes what is missing below home: log/ and run/. */
bool place_make(struct arena *arena, const struct place *place, struct err *err);

/*
 * Homes outside whose project's folder is gone: its servers are of no use to anybody.  is_old: nobody started it for two weeks; until then
 * the folder may only be not mounted.
 */
struct abandoned {
	const char *home;
	bool is_old;
};
struct abandoned_homes {
	struct abandoned *ptr;
	size_t len, cap;
};
struct abandoned_homes place_abandoned(struct arena *arena);

/* A name for a project, from its folder's: "my shop" is my_shop.  Letters, digits and underscores; not one that PgBouncer keeps. */
char *place_ref(struct arena *arena, const char *root);

/* SHA-256 of the path, in hexadecimal. */
char *place_hash(struct arena *arena, const struct place *place);

#define PLACE_OUTSIDE "/var/lib/brant"

#endif
