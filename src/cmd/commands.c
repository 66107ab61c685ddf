#include "cmd/commands.h"

static const struct cmd *const project_commands[] = {
	&cmd_explain,
	&cmd_help,
	&cmd_version,
	NULL,
};

static const struct cmd *const hidden_commands[] = { &cmd_docs, NULL };

const struct cmd_group cmd_groups[] = {
	{ "Project", project_commands },
	{ NULL, hidden_commands },
	{ NULL, NULL },
};
