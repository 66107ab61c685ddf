/*
 * layout.h - the texts of the tables, laid out for help, man page and reference.
 */
#ifndef BRANT_CMD_LAYOUT_H
#define BRANT_CMD_LAYOUT_H

#include "cmd/cmd.h"

/*
 * Lines of at most width columns.  Lines that follow each other are one paragraph, an empty line parts paragraphs, and lines that begin
 * with a space or a "#" stay as they are.
 */
struct strs wrap(struct arena *arena, const char *text, size_t width);

/* "-C, --directory DIR", "    --to VERSION". */
char *option_label(struct arena *arena, const struct option *option);

/* "deploy, migrate", or NULL where there are none. */
char *alias_list(struct arena *arena, const struct cmd *cmd);

struct exit_status {
	int status;
	const char *meaning;
};
extern const struct exit_status exit_statuses[]; /* ended by a NULL meaning */

struct named {
	const char *name, *meaning;
};
extern const struct named variables[]; /* of the environment; ended by a NULL name */
extern const struct named files[];     /* that are read or made; likewise */

extern const char brant_summary[], brant_text[];

#endif
