/*
 * commands.h - the commands, one struct in a file of its own each.
 */
#ifndef BRANT_CMD_COMMANDS_H
#define BRANT_CMD_COMMANDS_H

#include "cmd/cmd.h"

extern const struct cmd cmd_backfill;
extern const struct cmd cmd_baseline;
extern const struct cmd cmd_dev;
extern const struct cmd cmd_check;
extern const struct cmd cmd_diff;
extern const struct cmd cmd_docs;
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_down;
extern const struct cmd cmd_drift;
extern const struct cmd cmd_dump;
extern const struct cmd cmd_explain;
extern const struct cmd cmd_help;
extern const struct cmd cmd_init;
extern const struct cmd cmd_new;
extern const struct cmd cmd_rename;
extern const struct cmd cmd_resolve;
extern const struct cmd cmd_retype;
extern const struct cmd cmd_status;
extern const struct cmd cmd_up;
extern const struct cmd cmd_version;

#endif
