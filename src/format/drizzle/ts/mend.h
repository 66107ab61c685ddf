/*
 * mend.h - what the grammar does not know.
 *
 * TypeScript is younger than its grammar.  What means nothing to us is taken out of the text; what does, is taken out of the text that the parser gets
 * to see.  Lengths and lines stay, so that places are what they are.
 */
#ifndef BRANT_FORMAT_DRIZZLE_TS_MEND_H
#define BRANT_FORMAT_DRIZZLE_TS_MEND_H

#include <tree_sitter/api.h>

#include "base/str.h"

/* True where text is another one now, to be parsed again: types in front of templates, exports of types. */
bool mend_text(struct arena *arena, TSNode root, struct str *text);

/* The same for the text that the parser gets to see: escapes of templates with tags, imports as types. */
bool mend_for_parser(struct arena *arena, TSNode root, struct str *text);

#endif
