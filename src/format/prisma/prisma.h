/*
 * prisma.h - Prisma Migrate's projects: what the files of this folder share.
 *
 *     prisma/schema.prisma                              the wanted schema
 *     prisma/migrations/migration_lock.toml             provider = "postgresql"
 *     prisma/migrations/20240131120000_init/migration.sql
 *     prisma/migrations/20240131120000_init/down.sql    brant's: how to undo it (optional; Prisma reads over it)
 *
 * A migration is known by the whole name of its folder.  The ledger is _prisma_migrations in the schema that the URL names (?schema=,
 * "public" without it), one row an attempt:
 *
 *     finished_at   rolled_back_at
 *     set           NULL             applied
 *     NULL          NULL             started and failed, or still running: Prisma goes no further until it is settled
 *     any           set              taken back: the migration counts as not applied
 *
 * migration->extra is the checksum of migration.sql once it was read: SHA-256 of its bytes, a byte order mark included.
 *
 * Behaviour was taken from the real engine, 6.12 to 7.10: docs/prisma.md.
 */
#ifndef BRANT_FORMAT_PRISMA_H
#define BRANT_FORMAT_PRISMA_H

#include "format/format.h"

struct prisma_wanted;

/* settings->extra: where things are. */
struct prisma_project {
	const char *schema; /* schema.prisma or a folder of such files, relative to root; NULL: there is none */
	bool says_schemas;  /* schemas = [...] */
	bool own_ledger;    /* brant.yaml names the ledger */
	unsigned major;     /* of the project's own Prisma; 0: not known */
	const char *home;   /* the schema that the URL names: "public" without it */
	struct naming naming;
	const struct prisma_wanted *wanted; /* once it was read */
	/* What prisma.config says of the tables that others make, and what its shadow database begins with; NULL: not said. */
	struct strs external_tables, external_enums;
	const char *shadow;
	struct strs outside;  /* settings->outside */
	bool may_be_external; /* some of what the schema names may be others' */
};

/* What a folder's own configuration says (prisma.config.ts, package.json); NULLs where it says nothing. */
struct prisma_config {
	bool found;                      /* there is a prisma.config */
	struct strs env_files;           /* that it reads: "../../.env" */
	const char *schema, *migrations; /* relative to root */
	struct format_url url;
	struct strs external_tables, external_enums;
	const char *shadow;
};

/* Reads prisma.config.* and package.json in root; what is not a literal is not known. */
bool prisma_config_read(struct arena *arena, const char *root, struct prisma_config *ret_config, struct err *err);

/* 6, or 0 where nothing in root or above says which Prisma it is. */
unsigned prisma_major(struct arena *arena, const char *root);

/* Fills project, settings->migrations and ret_url from all of these and from where Prisma looks by itself. */
bool prisma_find(struct arena *arena, struct format_settings *settings, struct prisma_project *project,
		 struct format_url *ret_url, struct err *err);

bool prisma_detect(struct arena *arena, const char *root, const char **ret_migrations);
bool prisma_is_source(struct arena *arena, const char *path); /* a .prisma file, or a folder of them */
bool prisma_configure(struct arena *arena, struct format_settings *settings, struct format_url *ret_url,
		      struct err *err);
void prisma_targeted(struct arena *arena, struct format_settings *settings, const struct target *target);

/* external.c: SQL that makes what others make, for a server that begins empty; NULL: nothing, or the schema cannot be read. */
const char *prisma_ground(struct arena *arena, const struct format_settings *settings);

/* The order of folders, which is that of JavaScript's localeCompare(). */
int prisma_folder_cmp(struct str a, struct str b);

bool prisma_load(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		 struct err *err);

/* Checks migration_lock.toml where there is one; writes it where there is none. */
bool prisma_lock_check(struct arena *arena, const char *folder, struct err *err);
bool prisma_lock_write(struct arena *arena, const char *folder, struct err *err);

bool prisma_create(struct arena *arena, const struct format_settings *settings, const struct history *history,
		   const struct new_migration *made, struct strs *ret_files, struct err *err);

struct call prisma_ledger_shape(struct arena *arena, const struct format_settings *settings);
bool prisma_ledger_shape_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
			      struct ledger *ret_ledger, struct err *err);
struct call prisma_ledger_rows(struct arena *arena, const struct format_settings *settings,
			       const struct ledger *ledger);
void prisma_ledger_rows_take(struct arena *arena, const struct result *result, struct ledger *ledger);
void prisma_match(struct arena *arena, const struct format_settings *settings, struct history *history,
		  struct ledger *ledger);
void prisma_ledger_create(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements);
struct call prisma_enter(struct arena *arena, const struct ledger *ledger, const struct migration *migration,
			 bool undo);
struct call prisma_record(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			  const struct migration *migration, const struct script *script);
struct call prisma_unrecord(struct arena *arena, const struct ledger *ledger, const struct migration *migration);
struct call prisma_settle(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			  const struct migration *migration, const struct script *script, bool applied);
/* Is it the checksum of this text, as Prisma compares? */
bool prisma_is_checksum(struct arena *arena, struct str text, const char *recorded);
bool prisma_unchanged(struct arena *arena, const struct migration *migration, struct str text);

#endif
