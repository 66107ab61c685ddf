/*
 * texts.h - the texts of docs/explain/, built into the program.
 *
 * The table is made by tools/embed-texts.py: one entry a file, sorted by name.
 */
#ifndef BRANT_CMD_TEXTS_H
#define BRANT_CMD_TEXTS_H

struct text {
	const char *name;    /* of the file, without .txt */
	const char *summary; /* its first line */
	const char *body;    /* what follows the blank line behind it */
};

extern const struct text explain_texts[]; /* ended by a NULL name */

#endif
