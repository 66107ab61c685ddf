#include "cmd/cmd.h"

const struct option common_options[] = {
#define AT(field) offsetof(struct common_options, field)
	{ "directory", 'C', OPTION_TEXT, "DIR", "run as if started in DIR", AT(dir) },
	{ "url", 0, OPTION_TEXT, "URL", "the database; default: DATABASE_URL from the environment, else from .env",
	  AT(url), .secret = true },
	{ "local", 0, OPTION_FLAG, NULL, "use the local project of \"brant dev\", started where needed", AT(local) },
	{ "format", 0, OPTION_TEXT, "NAME", "the migrations' format; default: as found", AT(format) },
	{ "argument", 'x', OPTION_LIST, "KEY=VALUE", "for the project's own env.py, as \"alembic -x\" hands it on",
	  AT(arguments) },
	{ "dry-run", 'n', OPTION_FLAG, NULL, "say what would be done, and change nothing", AT(dry_run) },
	{ "yes", 'y', OPTION_FLAG, NULL, "answer questions with yes", AT(yes) },
	{ "json", 0, OPTION_FLAG, NULL, "results as one JSON object", AT(json) },
	{ "quiet", 'q', OPTION_FLAG, NULL, "results, warnings and errors only", AT(quiet) },
	{ "verbose", 'v', OPTION_COUNT, NULL, "more about what happens; twice: even more", AT(verbose) },
	{ "color", 0, OPTION_CHOICE, "auto|always|never", "when to use colours", AT(color) },
	{ "help", 'h', OPTION_FLAG, NULL, "explain the command and its options", AT(help) },
	{ "version", 'V', OPTION_FLAG, NULL, "print the version", AT(version) },
#undef AT
	{ 0 },
};

static bool has_name(const struct cmd *cmd, const char *name)
{
	if (strcmp(cmd->name, name) == 0)
		return true;
	for (size_t i = 0; i < LEN(cmd->aliases) && cmd->aliases[i]; i++)
		if (strcmp(cmd->aliases[i], name) == 0)
			return true;
	return false;
}

const struct cmd *cmd_find(const char *name)
{
	for (const struct cmd_group *group = cmd_groups; group->commands; group++)
		for (const struct cmd *const *cmd = group->commands; *cmd; cmd++)
			if (has_name(*cmd, name))
				return *cmd;
	return NULL;
}
