#include "base/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { OUTPUT_MAX = 256 * 1024 * 1024, ERRORS_MAX = 256 * 1024, TICK = 200 };
enum { INPUT, OUTPUT, ERRORS, PIPES };

struct dialogue {
	pid_t pid; /* 0: it has ended, and its status was taken */
	int status;
	int fds[PIPES]; /* our ends, -1 where closed */
	struct str input;
	struct buf output, errors;
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(int fds[PIPES])
{
	for (int i = 0; i < PIPES; i++)
		close_end(&fds[i]);
}

static bool open_pipes(int ours[PIPES], int its[PIPES])
{
	for (int i = 0; i < PIPES; i++) {
		int ends[2];
		if (!program_pipe(ends))
			return false;
		ours[i] = ends[i == INPUT];
		its[i] = ends[i != INPUT];
		fcntl(ours[i], F_SETFL, O_NONBLOCK);
	}
	return true;
}

/* With its arena: nobody waits for an answer any more. */
static void end_at_once(void *ptr)
{
	struct ending ignored;
	dialogue_end(ptr, 0, &ignored);
}

bool dialogue_start(struct arena *arena, const struct program *program, struct dialogue **ret_dialogue, struct err *err)
{
	struct dialogue *dialogue = arena_alloc(arena, sizeof(*dialogue));
	struct program piped = *program;
	int its[PIPES] = { -1, -1, -1 };
	*dialogue = (struct dialogue){ .fds = { -1, -1, -1 } };
	bool ok = open_pipes(dialogue->fds, its);
	if (!ok)
		err_set(err, ERR_FAILED, "program-failed", "could not start \"%s\": %s", program->argv[0],
			strerror(errno));
	piped.in = its[INPUT];
	piped.out = its[OUTPUT];
	piped.error = its[ERRORS];
	ok = ok && program_start(&piped, &dialogue->pid, err);
	close_all(its);
	if (!ok) {
		close_all(dialogue->fds);
		return false;
	}
	dialogue->output = buf_init(arena);
	dialogue->errors = buf_init(arena);
	arena_defer(arena, end_at_once, dialogue);
	*ret_dialogue = dialogue;
	return true;
}

static void feed(struct dialogue *dialogue)
{
	ssize_t n = write(dialogue->fds[INPUT], dialogue->input.ptr, dialogue->input.len);
	if (n > 0)
		dialogue->input = str_slice(dialogue->input, (size_t)n, dialogue->input.len);
	else if (n < 0 && errno != EINTR && errno != EAGAIN)
		close_end(&dialogue->fds[INPUT]);
}

/* Of the errors the end counts: the first half goes when they grow too long. */
static void take(struct dialogue *dialogue, int i)
{
	char part[16384];
	struct buf *buf = i == OUTPUT ? &dialogue->output : &dialogue->errors;
	ssize_t n = read(dialogue->fds[i], part, sizeof(part));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0 || (i == OUTPUT && buf->len > OUTPUT_MAX)) {
		close_end(&dialogue->fds[i]);
		return;
	}
	if (i == ERRORS && buf->len > ERRORS_MAX) {
		memmove(buf->ptr, buf->ptr + buf->len / 2, buf->len - buf->len / 2);
		buf->len -= buf->len / 2;
	}
	buf_add(buf, part, (size_t)n);
}

static void turn(struct dialogue *dialogue, int milliseconds)
{
	struct pollfd fds[PIPES];
	for (int i = 0; i < PIPES; i++)
		fds[i] = (struct pollfd){ .fd = dialogue->fds[i], .events = i == INPUT ? POLLOUT : POLLIN };
	if (!dialogue->input.len)
		fds[INPUT].fd = -1;
	int n = poll(fds, PIPES, milliseconds);
	for (int i = 0; n > 0 && i < PIPES; i++)
		if (fds[i].revents && i == INPUT)
			feed(dialogue);
		else if (fds[i].revents)
			take(dialogue, i);
}

bool dialogue_ask(struct dialogue *dialogue, struct str line, void (*tick)(void *ctx), void *ctx, struct str *ret_line)
{
	struct str all, rest;
	struct buf question = buf_init(dialogue->output.arena);
	buf_str(&question, line);
	buf_char(&question, '\n');
	dialogue->input = buf_as_str(&question);
	dialogue->output.len = 0;
	/* A program that ends without reading must not take us along. */
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	size_t seen = 0;
	bool whole = false;
	while (!whole && dialogue->fds[OUTPUT] >= 0) {
		turn(dialogue, TICK);
		if (tick)
			tick(ctx);
		all = buf_as_str(&dialogue->output);
		whole = memchr(all.ptr + seen, '\n', all.len - seen) != NULL;
		seen = all.len;
	}
	signal(SIGPIPE, before);
	return whole && str_cut(buf_as_str(&dialogue->output), '\n', ret_line, &rest);
}

static bool has_ended(struct dialogue *dialogue)
{
	if (dialogue->pid && waitpid(dialogue->pid, &dialogue->status, WNOHANG) == dialogue->pid)
		dialogue->pid = 0;
	return !dialogue->pid;
}

void dialogue_end(struct dialogue *dialogue, double seconds, struct ending *ret_ending)
{
	double until = clock_now() + seconds;
	close_end(&dialogue->fds[INPUT]);
	while (dialogue->fds[ERRORS] >= 0 && clock_now() < until && !has_ended(dialogue))
		turn(dialogue, TICK / 10);
	/* What it wrote before it ended is still in the pipe. */
	if (dialogue->fds[ERRORS] >= 0)
		turn(dialogue, 0);
	while (!has_ended(dialogue) && clock_now() < until)
		clock_sleep(0.005);
	if (!has_ended(dialogue)) {
		kill(dialogue->pid, SIGKILL);
		while (waitpid(dialogue->pid, &dialogue->status, 0) < 0 && errno == EINTR)
			;
		dialogue->pid = 0;
	}
	close_all(dialogue->fds);
	*ret_ending = (struct ending){ .errors = buf_as_str(&dialogue->errors), .status = dialogue->status };
}
