/*
 * load_families.h - the catalog queries of load.c: one for each family of objects, and those about all of them.
 *
 * A query that reads nothing still has to be planned, with the caches of a new connection cold: half of the time that a small schema
 * takes.  So the families that most databases lack are asked for first, all in one question.
 */
#ifndef BRANT_SCHEMA_LOAD_FAMILIES_H
#define BRANT_SCHEMA_LOAD_FAMILIES_H

#include <stdbool.h>

struct load_family {
	const char *sql;
	const char *from; /* is there one?  NULL: always read */
	bool unmodelled;  /* its answer are names of what brant has no words for */
	enum {
		PART_NEVER,
		PART_ALWAYS,
		PART_LIKELY,
		PART_ASKED
	} part; /* of some tables; load_tables.sql asks for the last two in this order */
};

enum { LOAD_FAMILIES = 29 };
extern const struct load_family load_families[LOAD_FAMILIES];

/* tables: before some of them are loaded alone. */
extern const char *const load_aliases, *const load_depends, *const load_comments, *const load_unmodelled,
											  *const load_tables;

#endif
