/*
 * state.h - everything that is known before deciding: the files, the ledger, brant's own tables.
 *
 * Reading never writes, needs one round trip where brant has been before, two otherwise (or nearby, where something is pending), and works with
 * read-only rights.
 */
#ifndef BRANT_RUN_STATE_H
#define BRANT_RUN_STATE_H

#include "run/ahead.h"
#include "run/run.h"

/*
 * 2: backfill and backfill_range; 3: the run's row is the fence; 5: the lease's origin; 6: what the run saw of the platform; 7: batches look at the
 * boundary; 8: the lease's row tells the version, too; 9: a batch is one call; 10: it rests between its parts;
 * 11: what looks at the platform comes with the first step that needs it; 12: a run tells what was next.  setup_older.sql brings any earlier version up to it.
 */
enum { BRANT_SCHEMA_VERSION = 12, VERSION_IN_LEASE = 8, BOUNDARY_IN_LEASE = 11, NEXT_IN_RUN = 12 };

struct facts {
	const char *database, *user, *isolation;
	const char *lock_timeout, *statement_timeout; /* the session's, as SHOW prints them */
	bool in_recovery, read_only;
	bool has_schema;         /* schema brant exists */
	int schema_version;      /* of its contents, 0 = not there or unknown */
	bool has_boundary;       /* what looks at the platform is there */
	bool can_create;         /* CREATE on the database */
	bool pooled;             /* the backend is not the one that answered the connection: a pooler is in between */
	bool postgrest;          /* the role authenticator exists */
	bool own_event_triggers; /* the user's code runs with each CREATE TABLE, whatever it does to the table */
	struct strs path;        /* current_schemas(false) */
	struct strs platform;    /* the platform's schemas that exist here */
};

/* A row of brant.checksum. */
struct checksum {
	const char *bytes, *tokens; /* tokens: only asked for where the bytes have changed */
};

/* A row of brant.step: a step of an unfinished migration. */
struct journal_entry {
	unsigned position; /* from 1 */
	const char *digest, *statement;
	const char *started_at, *finished_at; /* finished_at NULL: it was running when something died */
};

struct journal {
	struct journal_entry *ptr; /* by position */
	size_t len, cap;
};

/* What is true of a migration. */
enum standing {
	STANDING_APPLIED,
	STANDING_PENDING,
	STANDING_OUT_OF_ORDER, /* pending, and sorts before one that is applied */
	STANDING_PARTLY,       /* some of its steps are in the database */
	STANDING_FAILED,       /* the ledger says that it failed */
	STANDING_FAILED_GONE,  /* the same, and nothing of it is in the database: failed.h */
	STANDING_EDITED,       /* applied, and its SQL has changed since */
	STANDING_REFORMATTED,  /* applied, and only white space or comments have changed since */
};

struct state {
	struct facts facts;
	struct history history;
	struct ledger ledger;
	const char *
		holder; /* who may apply now: "deploy@host, pid 42, run 5f3a09c1", NULL: nobody; lease_look() tells more */
	struct map checksums;      /* version -> struct checksum */
	struct map journals;       /* version -> struct journal */
	struct map failures;       /* version -> struct failure, from failed_look() */
	struct map platform_names; /* names in platform schemas of the search path; used when facts.path has one */
	bool knows_platform_names;
	enum standing *standings;         /* one a migration of history */
	struct ahead *ahead;              /* files that were read while the server was waited for */
	size_t pending, applied, missing; /* missing: ledger entries without a file */
};

/* Loads all of it.  ahead: what was read of the files so far, NULL: nothing. */
bool state_load(struct arena *arena, const struct run_options *options, struct db *db, struct ahead *ahead,
		struct state *ret_state, struct err *err);

/* The part that another runner may have changed, again: ledger, checksums, journal, lease. */
bool state_reload(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		  struct err *err);

/* Asks the ledger again whether a migration is in it; matches all of it anew. */
bool state_recorded(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		    const struct migration *migration, bool *ret_recorded, struct err *err);

/*
 * The same as a part of a flight: queues the questions; when they were answered, state takes the answers, and asks once more for what was
 * not answered.
 */
struct loading;
struct loading *state_reload_send(struct arena *arena, const struct run_options *options, struct db *db,
				  const struct state *state, struct err *err);
bool state_reload_take(struct loading *loading, struct state *state);

/* Creates or updates schema brant and the ledger where they are missing. */
bool state_setup(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		 struct err *err);

/* The same as a part of a flight; ret_sent: there was something to do. */
bool state_setup_send(struct arena *arena, const struct run_options *options, struct db *db, struct state *state,
		      bool *ret_sent, struct err *err);

/*
 * What makes that which looks at the platform (boundary.sql), as a transaction.  Only for the holder of the lease: it is the lease's row that tells that it is there, and
 * another runner may have it locked for as long as its transaction lasts.
 */
void state_boundary_statements(struct arena *arena, struct strs *ret_statements);

/* Only schema brant, with what backfills need, which is there from the first one on; asks for itself whether there is something to do. */
bool state_setup_own(struct arena *arena, struct db *db, struct err *err);

/*
 * What brant.run keeps of a run (or a baseline): the pending migrations that the project's own tool passes over once those in front of them are applied.  false: there
 * is none, as nearly always.
 */
bool state_next(struct arena *arena, const struct state *state, const char *fence, struct call *ret_call);

const char *standing_text(enum standing standing);
bool standing_is_pending(enum standing standing); /* `up` would apply it, or go on with it */

#endif
