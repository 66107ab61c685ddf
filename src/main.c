/*
 * main.c - reads the command line, runs one command, prints its report and ends with its status.
 *
 * Nothing below this file exits.  The first Ctrl-C asks: what runs on the server is cancelled and rolled back, and the command ends in
 * its own way.  The second ends the program at once, or as soon as the request to cancel is through; the database then rolls back by itself.
 */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/help.h"
#include "cmd/option.h"
#include "db/db.h"

static volatile int exit_status, ticks_left = 40;

static void on_tick(int signal)
{
	(void)signal;
	if (!db_cancels || --ticks_left < 0)
		_exit(exit_status);
}

/* Looks twenty times a second, for two seconds. */
static void exit_soon(int status)
{
	const struct itimerval often = { { 0, 50000 }, { 0, 50000 } };
	if (!db_cancels)
		_exit(status);
	exit_status = status;
	setitimer(ITIMER_REAL, &often, NULL);
}

static void on_interrupt(int signal)
{
	int saved = errno;
	if (db_cancel_flag) {
		exit_soon(128 + signal);
		errno = saved;
		return;
	}
	db_cancel_flag = 1;
	static const char text[] = "\r\x1b[Kcancelling; press Ctrl-C again to stop at once\n";
	ssize_t ignored = isatty(STDERR_FILENO) ? write(STDERR_FILENO, text, sizeof(text) - 1) : 0;
	(void)ignored;
	errno = saved;
}

static void on_pipe(int signal)
{
	(void)signal;
}

/* What nohup or a shell's background job has switched off stays off. */
static void handle(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags }, before;
	if (sigaction(signal, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(signal, &action, NULL);
}

static void handle_signals(void)
{
	/* Without SA_RESTART, so that a wait for the server or for an answer ends. */
	handle(SIGINT, on_interrupt, 0);
	handle(SIGTERM, on_interrupt, 0);
	handle(SIGHUP, on_interrupt, 0);
	handle(SIGALRM, on_tick, SA_RESTART);
	/* A handler and not SIG_IGN: programs that brant starts would inherit that, but get the default in place of a handler. */
	handle(SIGPIPE, on_pipe, SA_RESTART);
}

static void init_terminal(const struct common_options *common)
{
	struct term_options options = { .json = common->json, .quiet = common->quiet, .verbose = (int)common->verbose };
	if (common->color && strcmp(common->color, "always") == 0)
		options.colour = TERM_COLOUR_ALWAYS;
	else if (common->color && strcmp(common->color, "never") == 0)
		options.colour = TERM_COLOUR_NEVER;
	term_init(&options);
}

static bool enter_directory(const char *dir, struct err *err)
{
	if (!dir || chdir(dir) == 0)
		return true;
	return err_set(err, ERR_USAGE, "directory-unusable", "could not go to \"%s\": %s", dir, strerror(errno));
}

/* Which database it is, the command asks itself: --local and the project's URL are two ways to one. */
static bool load_project(struct ctx *ctx, const struct cmd *cmd, struct err *err)
{
	const struct common_options *common = ctx->common;
	struct project_options options = {
		.dir = ".",
		.url = common->url,
		.format = common->format,
		.arguments = common->arguments,
		.only_looks = cmd->only_looks,
	};
	if (!cmd->needs_project && !cmd->needs_database)
		return true;
	ctx->project = arena_alloc(ctx->arena, sizeof(*ctx->project));
	return project_load(ctx->arena, &options, ctx->project, err);
}

static bool run_command(struct ctx *ctx, const struct command_line *line, struct err *err)
{
	const struct cmd *cmd = line->cmd;
	if (line->common.version)
		return cmd_version.run(ctx, NULL, 0, NULL, err);
	if (line->common.help) {
		char *name[] = { cmd ? arena_strdup(ctx->arena, cmd->name) : NULL };
		return cmd_help.run(ctx, NULL, cmd ? 1 : 0, name, err);
	}
	if (!cmd) {
		/* The overview says what is missing; like git, this is not a success. */
		help_overview(ctx->report, ctx->arena, false);
		err->code = ERR_USAGE;
		return false;
	}
	if (!enter_directory(line->common.dir, err) || !load_project(ctx, cmd, err))
		return false;
	return cmd->run(ctx, line->options, line->nargs, line->args, err);
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(NULL);
	struct err err = { .arena = arena };
	struct command_line line;
	handle_signals();
	bool ok = command_line_parse(arena, argc, argv, &line, &err);
	init_terminal(&line.common);
	struct ctx ctx = { .arena = arena,
			   .common = &line.common,
			   .report = report_new(arena, line.cmd ? line.cmd->name : "brant") };
	ok = ok && run_command(&ctx, &line, &err);
	if (!ok && err.message && err.code != ERR_PENDING)
		report_error(ctx.report, &err);
	struct err output = { .arena = arena };
	if (!report_print(ctx.report, &output)) {
		term_error(&output, (struct str){ 0 });
		err = ok ? output : err;
		ok = false;
	}
	if (!ok && err.name && strcmp(err.name, "usage") == 0)
		term_line(C_DIM, "Usage: %s", usage_of(arena, line.cmd));
	int status = ok ? 0 : err_exit_status(err.code ? err.code : ERR_FAILED);
	arena_free(arena);
	return status;
}
