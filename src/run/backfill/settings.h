/*
 * settings.h - how a backfill is to be done: the words behind "-- brant: backfill", which are also the options of `brant backfill`.
 *
 *     batch=2000 pause=20ms target=200ms key=users_email_key workers=4 locked=skip throttle="SELECT ..."
 */
#ifndef BRANT_RUN_BACKFILL_SETTINGS_H
#define BRANT_RUN_BACKFILL_SETTINGS_H

#include "base/err.h"
#include "base/str.h"

struct backfill_settings {
	long long batch; /* rows at the most, 0: as many as fit into the target */
	double target;   /* seconds that a batch may take */
	double pause;    /* seconds between batches */
	const char *key; /* a unique index, or "ctid"; NULL: the primary key */
	long long workers;
	bool skip_locked; /* leave rows that others have locked for the next pass, rather than wait */
	bool once;        /* one pass, whatever is left */
	double lock_timeout;
	long long retries;    /* of one batch, for locks and deadlocks */
	double max_lag;       /* seconds behind which a standby may be, 0: not looked at */
	long long max_active; /* per cent of max_connections that may be at work, 0: not looked at */
	long long max_wal;    /* MB a second that the server may write, 0: not looked at */
	long long max_queue;  /* clients that may wait at the pooler, -1: not looked at */
	const char *throttle; /* a query: wait while it returns true */
};

extern const struct backfill_settings backfill_defaults;

/* Reads the words; what they do not say stays.  Fails with "backfill-option". */
bool backfill_settings_read(struct arena *arena, struct str text, struct backfill_settings *settings, struct err *err);

/* The same as words again. */
char *backfill_settings_text(struct arena *arena, const struct backfill_settings *settings);

#endif
