#include "cmd/commands.h"

static const struct cmd *const everyday_commands[] = { &cmd_status, &cmd_new, &cmd_up, &cmd_down, NULL };

static const struct cmd *const schema_commands[] = { &cmd_diff, &cmd_drift, &cmd_dump, NULL };

static const struct cmd *const data_commands[] = { &cmd_backfill, &cmd_rename, &cmd_retype, NULL };

static const struct cmd *const check_commands[] = { &cmd_check, NULL };

static const struct cmd *const repair_commands[] = { &cmd_resolve, &cmd_baseline, NULL };

static const struct cmd *const project_commands[] = {
	&cmd_dev, &cmd_init, &cmd_doctor, &cmd_explain, &cmd_help, &cmd_version, NULL,
};

static const struct cmd *const hidden_commands[] = { &cmd_docs, NULL };

const struct cmd_group cmd_groups[] = {
	{ "Everyday", everyday_commands }, { "Schema", schema_commands },
	{ "Data", data_commands },         { "Check", check_commands },
	{ "Repair", repair_commands },     { "Project", project_commands },
	{ NULL, hidden_commands },         { NULL, NULL },
};
