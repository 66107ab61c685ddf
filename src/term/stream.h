/*
 * stream.h - with --json, what goes on while it goes on: an object on a line of its own, on standard output, before the report's.
 */
#ifndef BRANT_TERM_STREAM_H
#define BRANT_TERM_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct stream_field {
	const char *key;
	const char *text; /* NULL: null, unless it is a number */
	long long number;
	bool is_number;
};

/* Nothing without --json. */
void stream_object(const struct stream_field *fields, size_t nfields);

#endif
