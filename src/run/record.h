/*
 * record.h - what is written when a migration counts as applied, or no longer does.
 *
 * The ledger's own row, the checksums of its file, and the end of its journal.  Whoever sends it has a transaction open in which the fence
 * was asserted.
 */
#ifndef BRANT_RUN_RECORD_H
#define BRANT_RUN_RECORD_H

#include "run/state.h"

enum { RECORD_LEDGER, RECORD_CHECKSUM, RECORD_JOURNAL, RECORD_CALLS };

/* The digest of what a file means, as its format counts. */
char *record_tokens(struct arena *arena, const struct format *format, struct str text);

/* script is what was run. */
void record_calls(struct arena *arena, const struct run_options *options, const struct state *state,
		  const struct migration *migration, const struct script *script, bool undo,
		  struct call ret_calls[RECORD_CALLS]);

/* The same for what a person says is true: nothing was run. */
void record_settled(struct arena *arena, const struct run_options *options, const struct state *state,
		    const struct migration *migration, const struct script *script, bool applied,
		    struct call ret_calls[RECORD_CALLS]);

/* Takes the edited files of applied migrations as they are: their checksums are written anew. */
bool record_edited(struct arena *arena, const struct format *format, struct db *db, struct state *state,
		   size_t *ret_accepted, struct err *err);

#endif
