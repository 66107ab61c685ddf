/*
 * plain.h - hand-written SQL files: what the files of this folder share.
 *
 *     migrations/0001_create_users.sql         version 0001, name create_users
 *     migrations/0001_create_users.down.sql    how to undo it (optional)
 *     migrations/0002_posts.up.sql, 0002_posts.down.sql
 *     migrations/V1.2__add_bio.sql             the names of Flyway: version 1.2
 *
 * The version is what stands before the first '_'.  Versions are compared as people number things: runs of digits as numbers, so that
 * 10 comes after 9.  The ledger is public.schema_migrations(version text PRIMARY KEY, applied_at timestamptz), as the platform documents it.
 */
#ifndef BRANT_FORMAT_PLAIN_H
#define BRANT_FORMAT_PLAIN_H

#include "format/format.h"

/* In which form a migration is written down in the ledger. */
enum version_form {
	FORM_PREFIX, /* 0001 */
	FORM_NAME,   /* 0001_create_users */
	FORM_FILE,   /* 0001_create_users.sql */
	FORM_COUNT,
};

enum file_role { ROLE_UP, ROLE_UP_OF_PAIR, ROLE_DOWN };

/* A file name taken apart. */
struct plain_name {
	struct str version, name; /* 0001, create_users */
	struct str stem;          /* 0001_create_users */
	enum file_role role;
};

/* migration->extra */
struct plain_extra {
	const char *forms[FORM_COUNT];
	bool pair; /* .up.sql */
};

/* R__NAME.sql, afterMigrate.sql and the like: Flyway runs it again whenever it has changed, or each time. */
bool plain_name_repeatable(const char *file);

/* false when the file is no migration: no .sql, or no version in front. */
bool plain_name_parse(const char *file, struct plain_name *ret_name);

/* Order of versions: digits as numbers, the rest by bytes. */
int plain_version_cmp(struct str a, struct str b);

bool plain_form_parse(const char *text, enum version_form *ret_form);

bool plain_load(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		struct err *err);
bool plain_detect(struct arena *arena, const char *root, const char **ret_migrations);
bool plain_create(struct arena *arena, const struct format_settings *settings, const struct history *history,
		  const struct new_migration *made, struct strs *ret_files, struct err *err);

struct call plain_ledger_shape(struct arena *arena, const struct format_settings *settings);
bool plain_ledger_shape_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
			     struct ledger *ret_ledger, struct err *err);
bool plain_ledger_usual(struct arena *arena, const struct format_settings *settings, struct ledger *ret_ledger);
struct call plain_ledger_rows(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger);
void plain_ledger_rows_take(struct arena *arena, const struct result *result, struct ledger *ledger);
void plain_match(struct arena *arena, const struct format_settings *settings, struct history *history,
		 struct ledger *ledger);
void plain_ledger_create(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements);
struct call plain_record(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			 const struct migration *migration, const struct script *script);
struct call plain_unrecord(struct arena *arena, const struct ledger *ledger, const struct migration *migration);

#endif
