/*
 * create.h - writing a migration: what create*.c share.
 *
 * A migration is its SQL, its snapshot and, on the 0.x line, its entry in the journal.  They are written in this order, so that what a crash
 * leaves behind is a file that no journal names.
 */
#ifndef BRANT_FORMAT_DRIZZLE_CREATE_H
#define BRANT_FORMAT_DRIZZLE_CREATE_H

#include "format/drizzle/drizzle.h"
#include "format/drizzle/model.h"

#define DRIZZLE_CUSTOM "-- Custom SQL migration file, put your code below! --"
#define DRIZZLE_ORIGIN "00000000-0000-0000-0000-000000000000"

/* A migration about to be written. */
struct drizzle_draft {
	const char *folder;
	const struct drizzle_config *config;
	const struct history *history;
	const struct new_migration *made;
	const struct drizzle_model *model; /* what the schema is after it; NULL: as before, or */
	const struct json *by_kit;         /* as drizzle-kit itself says it, in a snapshot; NULL: as before */
	const char *name;                  /* fit for a file */
	bool down;
	long long now;     /* milliseconds */
	struct strs files; /* made so far */
};

char *drizzle_uuid(struct arena *arena);

/* YYYYMMDDHHMMSS in UTC. */
char *drizzle_stamp(struct arena *arena, long long when);

bool drizzle_write(struct arena *arena, struct drizzle_draft *draft, const char *path, struct str text,
		   struct err *err);
bool drizzle_write_scripts(struct arena *arena, struct drizzle_draft *draft, const char *up, const char *down,
			   struct err *err);

bool drizzle_create_entry(struct arena *arena, struct drizzle_draft *draft, struct err *err);  /* 0.x */
bool drizzle_create_folder(struct arena *arena, struct drizzle_draft *draft, struct err *err); /* 1.0 */

#endif
