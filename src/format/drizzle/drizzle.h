/*
 * drizzle.h - Drizzle Kit's migrations: what the files of this folder share.
 *
 * drizzle-kit has written two forms of a folder ("lines"), and a project has one of them:
 *
 *     0.x   drizzle/0000_init.sql                     the SQL; pieces are parted by "--> statement-breakpoint"
 *           drizzle/meta/_journal.json                which files there are, in order; "when" is a migration's identity
 *           drizzle/meta/0000_snapshot.json           the schema after it, from which the next one is generated
 *     1.0   drizzle/20261122180023_init/migration.sql
 *           drizzle/20261122180023_init/snapshot.json
 *
 * The ledger is drizzle.__drizzle_migrations(id, hash, created_at), since 1.0 also (name, applied_at).  drizzle-kit 0.x applies what has a
 * younger "when" than the youngest row and silently passes over the rest; brant matches row by row, and says what would be passed over.
 * Sources: drizzle-kit 0.31.11 and 1.0.0-rc.5, drizzle-orm 0.45.4 and 1.0.0-rc.5 (migrator.js, up-migrations/pg.js).
 */
#ifndef BRANT_FORMAT_DRIZZLE_DRIZZLE_H
#define BRANT_FORMAT_DRIZZLE_DRIZZLE_H

#include "base/json.h"
#include "format/drizzle/line.h"
#include "format/format.h"

#define DRIZZLE_BREAKPOINT "--> statement-breakpoint"

/* migration->extra */
struct drizzle_migration {
	enum drizzle_line line;
	const char *tag;      /* "0000_init", or the folder's name: what drizzle-kit calls it */
	const char *folder;   /* the folder's name, or the one that "drizzle-kit up" of the 1.0 line would give it */
	long long when;       /* milliseconds: the journal's, or what the folder's name says */
	const char *snapshot; /* path, whether it is there or not */
	const char *hash;     /* of the text, as drizzle-kit counts it; NULL: not read yet */
};

/* ---- config.c ---- */

/* drizzle.config.*: what brant needs of it.  In settings->extra. */
struct drizzle_config {
	const char *path;    /* as the user would write it; NULL: the project has none */
	struct strs schemas; /* paths and globs, relative to root */
	bool breakpoints;    /* default true */
	const char *casing;  /* "snake_case", "camelCase" or NULL */
	const char *prefix;  /* "index", "timestamp", "supabase", "unix", "none" */
	struct strs schema_filter, tables_filter, extensions_filters; /* empty: not said */
	const struct json *roles;                                     /* entities.roles; NULL: not said */
};

bool drizzle_configure(struct arena *arena, struct format_settings *settings, struct format_url *ret_url,
		       struct err *err);

/* The config file in root, or NULL; one of those that drizzle-kit and its users use. */
const char *drizzle_config_find(struct arena *arena, const char *root);

/* ---- files.c, journal.c, folders.c: the history on disk ---- */

const char *drizzle_folder(struct arena *arena, const struct format_settings *settings);
enum drizzle_line drizzle_line_of(struct arena *arena, const char *root, const char *folder);

/* line.c: of a project without migrations. */
enum drizzle_line drizzle_line_of_kit(struct arena *arena, const char *root);

/* A folder with migrations of drizzle-kit's, in one of the usual places; NULL: there is none. */
const char *drizzle_guess_folder(struct arena *arena, const char *root);

bool drizzle_claims(const char *file);
bool drizzle_detect(struct arena *arena, const char *root, const char **ret_migrations);
bool drizzle_load(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		  struct err *err);

/* "drizzle/meta/_journal.json", checked as far as reading needs it. */
char *drizzle_journal_path(struct arena *arena, const char *folder);
bool drizzle_journal_parse(struct arena *arena, const char *folder, struct str text, struct json *ret_journal,
			   struct err *err);
/* The last migration that the journal names, where it has no snapshot; else NULL. */
const char *drizzle_journal_ahead(struct arena *arena, const char *folder);
bool drizzle_journal_load(struct arena *arena, const char *folder, struct json *ret_journal, struct err *err);
bool drizzle_load_journal(struct arena *arena, const char *folder, struct history *history, struct err *err);
bool drizzle_load_folders(struct arena *arena, const char *folder, struct history *history, struct err *err);

/* Folders whose names begin with a time and that hold migration.sql, in the order in which drizzle-kit sorts them. */
bool drizzle_folder_is_migration(struct arena *arena, const char *folder, const char *name);

/* ---- read.c ---- */

bool drizzle_read(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		  struct script *ret_up, struct err *err);
bool drizzle_read_down(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		       struct script *ret_down, struct err *err);

/* A text cut at breakpoints and semicolons; path is for messages. */
bool drizzle_parse(struct arena *arena, const char *path, struct str text, struct script *ret_script, struct err *err);

/* SHA-256 of the text as JavaScript has it: a byte that is no UTF-8 counts as U+FFFD, a byte order mark stays. */
char *drizzle_hash(struct arena *arena, struct str text);

/* ---- ledger.c, match.c ---- */

/* What the ledger has; ledger->columns. */
enum { DRIZZLE_HAS_NAME = 1, DRIZZLE_HAS_APPLIED_AT = 2 };

const char *drizzle_ledger_schema(struct arena *arena, const struct format_settings *settings);
struct call drizzle_ledger_shape(struct arena *arena, const struct format_settings *settings);
bool drizzle_ledger_shape_take(struct arena *arena, const struct format_settings *settings, const struct result *result,
			       struct ledger *ret_ledger, struct err *err);
struct call drizzle_ledger_rows(struct arena *arena, const struct format_settings *settings,
				const struct ledger *ledger);
void drizzle_ledger_rows_take(struct arena *arena, const struct result *result, struct ledger *ledger);
void drizzle_ledger_create(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements);
struct call drizzle_record(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			   const struct migration *migration, const struct script *script);
struct call drizzle_unrecord(struct arena *arena, const struct ledger *ledger, const struct migration *migration);

/* ledger_entry->extra */
struct drizzle_row {
	const char *id;
	bool has_when;
	long long when;
	const char *name; /* NULL: none */
};

void drizzle_match(struct arena *arena, const struct format_settings *settings, struct history *history,
		   struct ledger *ledger);
bool drizzle_unchanged(struct arena *arena, const struct migration *migration, struct str text);

/* ---- compose.c, create.c ---- */

struct str drizzle_compose(struct arena *arena, const struct format_settings *settings,
			   const struct statements *statements, size_t from, size_t to);

bool drizzle_create(struct arena *arena, const struct format_settings *settings, const struct history *history,
		    const struct new_migration *made, struct strs *ret_files, struct err *err);

#endif
