/*
 * reader.h - reading a script: what the files script*.c share.
 *
 * A file is read token by token, statements end up in the script as they end.  Variables' values are read in between, included files
 * in the place of their \i.
 */
#ifndef BRANT_SQL_READER_H
#define BRANT_SQL_READER_H

#include "sql/expansion.h"
#include "sql/script.h"
#include "sql/split.h"

enum {
	VALUE_MAX = 256 * 1024,
	VALUES_MAX = 64 * 1024 * 1024
}; /* bytes of one variable's value, and of all that is filled in */

/* What is common to a file and those that it includes. */
struct reader {
	struct arena *arena;
	const struct script_options *options;
	struct script *script;
	struct map variables;
	struct err *err;
	void **stmts_memory; /* where the arena finds what it has to free */
	size_t sql_count;    /* statements that are sent */
	size_t filled_in;    /* bytes of variables' values, which have a limit */
	bool marked;         /* the next statement was marked as no-transaction */

	/* Of the mark behind which the file's way down begins. */
	const struct source *down_source;
	size_t down_offset;
	bool heading_up;
};

/* One file, and its statement that is open. */
struct input {
	const struct source *source;
	struct input *parent;
	unsigned depth;
	struct splitter splitter;

	size_t first, last;          /* offsets of its first byte and behind its last */
	struct expansion *expansion; /* where a variable was filled in */
	size_t copied;               /* up to here the file is in the expansion */

	size_t line_offset; /* a place whose line is known, so that lines are counted once */
	unsigned line;
};

/* Line of an offset that is not in front of the one asked for last. */
unsigned input_line(struct input *in, size_t offset);

/* Adds a statement; its address holds until the next one. */
struct stmt *reader_push(struct reader *r, struct stmt stmt);

/* Ends the open statement, if there is one. */
bool reader_finish(struct reader *r, struct input *in);

/* Reads a file, for the one that includes it or for none. */
bool reader_read(struct reader *r, const struct source *source, struct input *parent);

bool reader_fail_unterminated(struct reader *r, const struct source *source, size_t offset, enum token_kind kind);

/* script_values.c: a TOKEN_VARIABLE, or any value that stands in place of a token. */
bool reader_take_variable(struct reader *r, struct input *in, const struct token *token);
bool reader_take_value(struct reader *r, struct input *in, struct str value, const struct token *reference);
bool reader_fail_too_long(struct reader *r, const struct source *source, size_t offset);

/* script_commands.c: a TOKEN_BACKSLASH. */
bool reader_take_command(struct reader *r, struct input *in, const struct token *token);

#endif
