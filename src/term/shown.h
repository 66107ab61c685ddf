/*
 * shown.h - other people's text, made safe to look at.
 *
 * Names of files, messages of servers and words of the command line may hold anything: escape sequences that recolour or retitle
 * a terminal, carriage returns that overwrite what stands there, marks that turn the direction of text, broken UTF-8.  All of
 * these are written out (\x1b, \r, \u202e); everything else stays.  The result is one line unless lines are asked for.
 */
#ifndef BRANT_TERM_SHOWN_H
#define BRANT_TERM_SHOWN_H

#include "base/str.h"

enum shown {
	SHOWN_LINE, /* line feeds and tabs are written out as well */
	SHOWN_TEXT, /* line feeds and tabs stay */
};

void shown_add(struct buf *buf, struct str text, enum shown shown);

/* One character (or one bad byte) from the front of text, as SHOWN_LINE shows it; returns how many bytes it was. */
size_t shown_add_one(struct buf *buf, struct str text);

/* As many characters from the front of text, which is safe already, as fit into width columns. */
struct str shown_cut(struct str text, size_t width);

#endif
