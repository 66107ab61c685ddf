/*
 * move.h - what rename and retype share: reading what is meant, and writing the migrations.
 */
#ifndef BRANT_AUTHOR_MOVE_H
#define BRANT_AUTHOR_MOVE_H

#include "schema/move.h"
#include "session/ctx.h"

/* "users.name", "shop.users.name", "users", "\"My Table\".id": table and column; which of the two a dot means is settled by what is there. */
bool move_target(struct arena *arena, const char *text, struct move_request *request, struct err *err);

/* A name as SQL has it: folded, or in double quotes. */
bool move_new_name(struct arena *arena, const char *text, struct move_request *request, struct err *err);

/* A type and nothing else. */
bool move_new_type(struct arena *arena, const char *text, struct move_request *request, struct err *err);

/* Reads the schema of the place (NULL: the history) on a throwaway server, writes the migrations or prints them. */
bool move_write(struct ctx *ctx, struct move_request *request, const char *from, bool print, struct err *err);

#endif
