/*
 * docs.h - what is generated from the option tables at build time.
 *
 * Each writes a whole file.  They know nothing but the tables, so that a new command or option is everywhere at once.
 */
#ifndef BRANT_CMD_DOCS_H
#define BRANT_CMD_DOCS_H

#include "cmd/cmd.h"

void man_page(struct buf *out);          /* brant.1, for groff -man */
void command_reference(struct buf *out); /* docs/commands.md */
void bash_completion(struct buf *out);
void zsh_completion(struct buf *out);
void fish_completion(struct buf *out);

/* What a command's first argument may be, for completions. */
struct argument_words {
	struct strs words;
	bool files, commands, texts;
};
struct argument_words argument_words(struct arena *arena, const struct cmd *cmd);

/* Calls fn for every visible command. */
void each_command(void (*fn)(struct buf *out, const struct cmd *cmd), struct buf *out);

#endif
