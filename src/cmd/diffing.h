/*
 * diffing.h - one `brant diff` while it is made: what diff.c and renaming.c share.
 */
#ifndef BRANT_CMD_DIFFING_H
#define BRANT_CMD_DIFFING_H

#include "cmd/cmd.h"
#include "cmd/place.h"

struct cmd_diff_options {
	const char *from, *to, *drift;
	bool print, plain, safe, up, down, up_only, in_place, merge, allow_data_loss;
	struct strs renames;
};

struct diffing {
	struct ctx *ctx;
	const struct cmd_diff_options *wanted;
	struct diff_options options;
	struct workshop shop;
	struct schema_place places[2];
	struct schema from, to;
	const char *from_database, *to_database;
	struct statements renamed, renamed_back; /* statements that come first, and those that undo them */
	struct statements named;                 /* by the format: what only has another name */
	struct server_changes server;
	struct diff diff;
};

/* A database that is like the old schema; a real one is built again from its dump. */
bool diffing_copy(struct diffing *d, const char **ret_copy, struct err *err);

/* Renames what --rename and brant.yaml name, and loads the old schema again.  Fails with "rename-unknown", "rename-in-steps". */
bool renames_apply_given(struct diffing *d, struct err *err);

/*
 * Nobody was asked yet: is it a rename, or did one thing go and another come?  Asks on a terminal, and then ret_renamed says that the old schema
 * is another one now; else fails with "rename-or-drop", and the questions are in the report.
 */
bool renames_ask(struct diffing *d, bool *ret_renamed, struct err *err);

#endif
