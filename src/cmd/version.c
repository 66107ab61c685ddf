#include "cmd/commands.h"

static bool run_version(struct ctx *ctx, void *options, size_t nargs, char **args, struct err *err)
{
	(void)options;
	(void)nargs;
	(void)args;
	(void)err;
	report_line(ctx->report, C_PLAIN, "brant %s", BRANT_VERSION);
	report_fact(ctx->report, "version", NULL, C_PLAIN, "%s", BRANT_VERSION);
	return true;
}

const struct cmd cmd_version = {
	.name = "version",
	.summary = "the version of brant",
	.text = "Prints \"brant\" and the version, as \"brant --version\" does. With --json the version alone is the member \"version\".",
	.run = run_version,
};
