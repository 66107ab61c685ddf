/*
 * help.h - the overview, and what a command can do.
 */
#ifndef BRANT_CMD_HELP_H
#define BRANT_CMD_HELP_H

#include "cmd/cmd.h"

/* The commands; full: with the common options and the exit statuses. */
void help_overview(struct report *report, struct arena *arena, bool full);

void help_command(struct report *report, struct arena *arena, const struct cmd *cmd);

#endif
