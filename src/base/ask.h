/*
 * ask.h - a program that answers questions: a line to its standard input, a line from its standard output, as often as one likes.
 *
 * What it writes to standard error is kept apart, and only the end of it: that is where the reason of a failure stands.  It is ended with its arena at
 * the latest, and the kernel ends it when we die.
 */
#ifndef BRANT_BASE_ASK_H
#define BRANT_BASE_ASK_H

#include "base/proc.h"

struct dialogue;

/* Starts it; program's three files are set here.  Fails as program_start() does. */
bool dialogue_start(struct arena *arena, const struct program *program, struct dialogue **ret_dialogue,
		    struct err *err);

/*
 * Sends a line (without its end) and waits for one.  tick is called some five times a second meanwhile (NULL: nothing).  false: the program closed
 * its output first, or said too much; dialogue_end() tells how it ended.  ret_line lives as long as the dialogue, until the next question.
 */
bool dialogue_ask(struct dialogue *dialogue, struct str line, void (*tick)(void *ctx), void *ctx, struct str *ret_line);

/* How a program ended. */
struct ending {
	struct str errors; /* the end of what it wrote to standard error */
	int status;        /* as waitpid() gives it */
};

/* Closes its input, and waits for its end; a program that does not end by itself within seconds is killed. */
void dialogue_end(struct dialogue *dialogue, double seconds, struct ending *ret_ending);

#endif
