/*
 * format.h - what differs from one migration tool to the next.
 *
 * A format is a const table: facts first, then the few functions in which tools truly differ.  All that is particular to one tool is behind
 * it; nowhere else does a line ask which format it is dealing with.
 */
#ifndef BRANT_FORMAT_FORMAT_H
#define BRANT_FORMAT_FORMAT_H

#include "db/db.h"
#include "db/target.h"
#include "format/history.h"
#include "format/ledger.h"
#include "schema/graft.h"
#include "schema/naming.h"
#include "schema/plan.h"

/* What a project says about its migrations; NULL fields take the format's defaults. */
struct format_settings {
	const char *root;            /* the project's folder */
	const char *migrations;      /* folder, relative to root */
	const char *ledger;          /* "public.schema_migrations" */
	const char *version_form;    /* plain: "prefix", "name" or "file"; NULL: as found */
	const struct map *variables; /* psql variables */
	const char *wanted;          /* where the wanted schema is, relative to root; NULL: where the tool keeps it */
	const char *config;          /* the tool's own configuration, relative to root; NULL: in its usual place */
	const char *search_path;     /* of every transaction of a migration, as SET takes it; NULL: the session's */
	struct strs arguments;       /* KEY=VALUE, for code of the project's own that is run */
	bool only_looks;             /* no code of the project's own may run */
	const char *home;            /* the schema that search_path begins with, made where it is missing; NULL: none */
	struct strs
		outside;    /* schemas of the platform, or prefixes that end in "*": nothing in them is the project's */
	const char *ground; /* SQL that a replay begins with, as far as it runs: what others make; NULL: none */
	const struct naming *naming; /* how diff writes names in new migrations; NULL: as brant does */
	void *extra;                 /* the format's own, from configure */
};

/* Where the tool's own configuration says that the database is: a variable's name or a URL written out; NULLs where it does not say. */
struct format_url {
	const char *variable;
	struct strs others;   /* variables to look for where that one is not set, in this order */
	const char *written;  /* a secret */
	const char *computed; /* the file that works one out by code of its own; else NULL */
	const char *instead;  /* what the tool uses in place of a URL, where that is nothing to connect to; else NULL */
	struct format_url_part {
		const char *variable, *written; /* either or none */
	} parts[5];                             /* said one by one instead: host, port, user, password, database */
	const char *origin;                     /* "prisma/schema.prisma", for messages */
	struct strs env_files; /* relative to root, that the configuration names: they go before the project's .env */
	const char *
		env_folder; /* a folder, relative to root, with a .env of the tool's own beside the project's; NULL: none */
};

/* The schema that a project wants, as its tool's source describes it. */
struct wanted {
	const char *said;          /* "prisma/schema.prisma", for people */
	struct str ddl;            /* what makes it in an empty database */
	const struct scope *scope; /* what such a source can describe: what else there is, stays; NULL: everything */
	const struct strs *notes;  /* for people, once a difference was taken; NULL: none */
	void *extra;               /* the format's own, for create */
};

/* A statement with its parameters. */
struct call {
	const char *sql;
	const char *params[8];
	size_t nparams;
};

/* What a new migration shall hold. */
struct new_migration {
	const char *name;            /* as the user typed it */
	const char *version;         /* NULL: the next one */
	const char *up, *down;       /* SQL, or NULL for an empty file */
	const struct wanted *wanted; /* what it leads to, together with those after it; NULL: nobody knows */
	const char *head;   /* the version that it stands on, "base": none; NULL: the only end of the history */
	bool splice;        /* head may be one that others stand on */
	bool merge;         /* nothing but a common child of all ends of branches */
	size_t part, parts; /* of several that are made at once, from 0; parts is 0 for one that stands alone */
	enum { DOWN_AS_FOLDER, DOWN_YES, DOWN_NO } with_down;
};

/* Called now and then while a program of the user's runs. */
struct run_tick {
	void (*fn)(void *ctx);
	void *ctx;
};

/* What brant says in each transaction of a program of the user's: SQL, a statement each. */
struct run_guard {
	const char *begin;  /* its first statement */
	const char *commit; /* its last one, which may fail */
	const char *failed; /* set by run: the statement that the server refused, NULL: not known */
	bool pooled;        /* what its session is told reaches others */

	/*
	 * Runs a statement that the program means to run outside of any transaction, where neither of the two reaches it, under these settings (SET
	 * statements).  ret_taken false: it is none that could be run for the program, which runs it itself.
	 */
	bool (*aside)(void *ctx, struct str sql, const struct strs *settings, bool *ret_taken, struct err *err);
	void *aside_ctx;
};

/* What stands around a name in the source of the wanted schema: @map("...") */
struct around {
	const char *before, *behind;
};

struct format {
	const char *name;               /* "plain" */
	const char *title;              /* "plain SQL" */
	const char *default_migrations; /* "migrations" */
	const char *default_ledger;     /* "public.schema_migrations" */
	const char *down_file; /* what undoes a migration, in its folder; NULL: NAME.down.sql beside NAME.sql */
	const char *separator; /* behind the semicolon of each statement but the last; NULL: none is wanted */
	struct around column_name,
		table_name;         /* as the source gives them where its own words differ; NULLs: as they are */
	const char *no_table_steps; /* why a table is not renamed in steps by itself; NULL: it is */
	bool short_forms; /* its own migrations have no CONCURRENTLY and the like: diff writes such on request only */
	bool one_message; /* the tool itself sends a file as one message: what refuses a transaction stands there alone */
	bool down_as_last; /* a new migration has a way back only where the last one has one, or it is asked for */
	bool any_order;    /* the tool itself applies what sorts before what is applied */
	bool whole; /* its migrations can leave their transaction and enter another: diff writes one, whatever is in it */
	bool all_in_file;    /* a migration's script is what its file says, and no program's */
	bool read_ahead;     /* reading a script costs no more than its file: it may be done on the off chance */
	bool arguments;      /* code of the project's own is run, which takes arguments */
	bool by_url;         /* what the URL says (?schema=) counts also where the database is asked for nothing */
	bool ledger_on_path; /* a ledger without a schema is in the first one of the search_path */
	bool takes_path;     /* where names without a schema lead, brant.yaml or the URL may say; else the tool does */
	bool heads; /* the ledger has rows for the ends of branches only: one that is on no file hides what is applied */

	/* Is what brant.yaml says for migrations or config a file of this tool's, so that the project is one of its?  NULL: it has none. */
	bool (*claims)(const char *file);

	/* Does root look like a project of this tool?  ret_migrations: the folder found, relative to root. */
	bool settles_gone; /* settle() takes back a row by its version alone: the file may be gone */
	bool (*detect)(struct arena *arena, const char *root, const char **ret_migrations);

	/*
	 * Reads the tool's own configuration and fills in what the settings leave open (migrations, ledger, wanted, search_path, extra).  Called
	 * once, before all others; needs no database.  NULL: the tool has none.
	 */
	bool (*configure)(struct arena *arena, struct format_settings *settings, struct format_url *ret_url,
			  struct err *err);

	/* The database is known now: what its URL says (?schema=) may change the settings.  NULL: nothing. */
	void (*targeted)(struct arena *arena, struct format_settings *settings, const struct target *target);

	/* All migrations on disk, in the order in which they would be applied.  Scripts are not read yet. */
	bool (*load)(struct arena *arena, const struct format_settings *settings, struct history *ret_history,
		     struct err *err);

	/*
	 * Puts some of the history, which all stand on each other or on what is applied, in the order in which the tool applies just these.  NULL: that of
	 * the history.
	 */
	void (*arrange)(struct arena *arena, const struct history *history, struct migration **some, size_t n);

	/* Before several of them are read: a format that has to ask somebody asks once.  NULL: read() is all. */
	bool (*prepare)(struct arena *arena, const struct format_settings *settings,
			struct migration *const *migrations, size_t n, bool down, struct err *err);

	/* Reads a migration's text and statements; once per migration that is needed. */
	bool (*read)(struct arena *arena, const struct format_settings *settings, struct migration *migration,
		     struct script *ret_up, struct err *err);
	bool (*read_down)(struct arena *arena, const struct format_settings *settings, struct migration *migration,
			  struct script *ret_down, struct err *err);

	/*
	 * Runs a migration that only its own tool can run (script->by_tool), or undoes it; the tool writes its ledger itself.  tick is called while it
	 * runs.  An error that has the server's sqlstate is one after which nothing of it is in the database.
	 */
	bool (*run)(struct arena *arena, const struct format_settings *settings, const struct target *target,
		    const struct migration *migration, bool undo, struct run_guard *guard, const struct run_tick *tick,
		    struct err *err);

	/* The digest of a file's meaning, without layout and comments.  NULL: as SQL, script_digest_tokens(). */
	char *(*digest_tokens)(struct arena *arena, struct str text);

	/*
	 * The ledger.  Two questions, each one message, so that they can travel with others: does it exist and in which shape (never
	 * fails), then its rows (not asked when there is no table).
	 */
	struct call (*ledger_shape)(struct arena *arena, const struct format_settings *settings);
	bool (*ledger_shape_take)(struct arena *arena, const struct format_settings *settings,
				  const struct result *result, struct ledger *ret_ledger, struct err *err);
	struct call (*ledger_rows)(struct arena *arena, const struct format_settings *settings,
				   const struct ledger *ledger);
	void (*ledger_rows_take)(struct arena *arena, const struct result *result, struct ledger *ledger);

	/*
	 * The ledger as it mostly is, with which ledger_rows can be asked before its shape is known.  false: that cannot be told.  NULL: never.
	 */
	bool (*ledger_usual)(struct arena *arena, const struct format_settings *settings, struct ledger *ret_ledger);

	/* Which entry belongs to which migration: sets migration->entry and ledger_entry->migration. */
	void (*match)(struct arena *arena, const struct format_settings *settings, struct history *history,
		      struct ledger *ledger);

	/* Statements that create the ledger where it is missing and shut out the roles of the API. */
	void (*ledger_create)(struct arena *arena, const struct format_settings *settings, struct strs *ret_statements);

	/*
	 * The statement at the start of each transaction of a migration that keeps off the tool itself, should it be at the same work; it fails with
	 * SQLSTATE BR004 where the tool has been there.  NULL: none.
	 */
	struct call (*enter)(struct arena *arena, const struct ledger *ledger, const struct migration *migration,
			     bool undo);

	const char *
		at_work; /* a query with a row (a pid) where the tool itself is applying migrations right now; NULL: nobody knows */

	/*
	 * The statement that records that a migration was applied, run in its last transaction; it must do nothing where the
	 * migration's own SQL has recorded it already.  unrecord: the same for undoing.
	 */
	struct call (*record)(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			      const struct migration *migration, const struct script *script);
	struct call (*unrecord)(struct arena *arena, const struct ledger *ledger, const struct migration *migration);

	/*
	 * The statement that settles a migration by hand: as applied (resolve --applied, baseline) or as rolled back.  NULL: record and
	 * unrecord.
	 */
	struct call (*settle)(struct arena *arena, const struct format_settings *settings, const struct ledger *ledger,
			      const struct migration *migration, const struct script *script, bool applied);

	/*
	 * Is text what was applied, as far as the tool's own ledger can tell (migration->entry->checksum)?  Asked where brant has no
	 * checksum of its own.  NULL: the tool keeps none.
	 */
	bool (*unchanged)(struct arena *arena, const struct migration *migration, struct str text);

	/* The wanted schema.  NULL: schema.sql or the folder schema/. */
	bool (*wanted)(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		       struct err *err);

	/* Is path, a file or a folder that the user named, one of the tool's own that holds a schema?  NULL: none is read but the project's. */
	bool (*is_source)(struct arena *arena, const char *path);

	/* What such a source says, as a wanted schema. */
	bool (*schema_in)(struct arena *arena, const struct format_settings *settings, const char *path,
			  struct wanted *ret_wanted, struct err *err);

	/* Statements [from, to) as the text of a migration file of the tool's.  NULL: statements_script(). */
	struct str (*compose)(struct arena *arena, const struct format_settings *settings,
			      const struct statements *statements, size_t from, size_t to);

	/* Writes a new migration; ret_files are the paths made. */
	bool (*create)(struct arena *arena, const struct format_settings *settings, const struct history *history,
		       const struct new_migration *made, struct strs *ret_files, struct err *err);
};

extern const struct format format_alembic, format_drizzle, format_plain, format_prisma;

/* All formats, the most telling first, ended by NULL. */
extern const struct format *const formats[];

const struct format *format_find(const char *name);

/* Adds to err where below the root projects are, as in a repository of several packages; false: nowhere near. */
bool format_tell_below(const struct format_settings *settings, struct err *err);

/* format->prepare() for these of the history, in one question (chosen NULL: all of them). */
bool format_prepare(struct arena *arena, const struct format *format, const struct format_settings *settings,
		    struct history *history, const bool *chosen, bool down, struct err *err);

/* The ledger's schema and table: what the settings say, else the tool's default; a name without a schema is where the default one is. */
void format_ledger_name(struct arena *arena, const struct format *format, const struct format_settings *settings,
			struct str *ret_schema, struct str *ret_table);

/* The same as SQL refers to it. */
char *format_ledger_table(struct arena *arena, const struct format *format, const struct format_settings *settings);

#endif
