/*
 * wanted.h - schema.prisma as the schema that a project wants.
 */
#ifndef BRANT_FORMAT_PRISMA_WANTED_H
#define BRANT_FORMAT_PRISMA_WANTED_H

#include "format/prisma/prisma.h"
#include "format/prisma/psl/psl.h"

/* wanted.extra, scope.extra and prisma_project.wanted. */
struct prisma_wanted {
	struct psl *psl;
	struct str ddl; /* as Prisma writes it for an empty database */
	struct map
		unwritten; /* columns (by prisma_column_key) with dbgenerated() and nothing in it: any default is right */
	struct map unsupported; /* columns of Unsupported("...") */
	bool partial_indexes;   /* some index has "where", or a generator the preview feature */
	const char *home;       /* the schema of what names none */
	const struct prisma_project *project;
	struct strs notes;
	struct scope scope;
};

bool prisma_wanted(struct arena *arena, const struct format_settings *settings, struct wanted *ret_wanted,
		   struct err *err);

struct str prisma_column_key(struct arena *arena, struct str schema, struct str table, struct str column);

bool prisma_schema_in(struct arena *arena, const struct format_settings *settings, const char *path,
		      struct wanted *ret_wanted, struct err *err);

/* scope.c: what Prisma can describe, and what means the same to it. */
bool prisma_describes(const struct scope *scope, const struct object *object);
bool prisma_describes_attribute(const struct scope *scope, const struct object *object, const char *name);
void prisma_same(const struct scope *scope, struct graft *graft);

/* Is an index, or a UNIQUE constraint, of old what is wanted, but for its name? */
bool prisma_same_index(const struct prisma_wanted *wanted, const struct object *old, const struct object *index);

/* keys.c: definitions that mean the same, of indexes, of a UNIQUE constraint and an index, of primary and foreign keys. */
bool prisma_can_say_index(const char *definition);
bool prisma_same_columns(const char *there, const char *wanted);
bool prisma_keeps_unique(const char *constraint, const char *wanted);
bool prisma_same_key(struct arena *arena, const char *there, const char *wanted);

/* external.c: tables and enums that others make, and all that belongs to them. */
void prisma_look_for_external(struct prisma_project *project, const struct psl *psl);
void prisma_tell_external(struct arena *arena, const struct prisma_project *project, const struct psl *psl,
			  struct strs *notes);
void prisma_mark_external(const struct prisma_project *project, const struct psl *psl);
bool prisma_is_external(const struct prisma_project *project, const struct object *object);

/* value.c: are the defaults a and b of a column of this type one value? */
bool prisma_same_default(struct arena *arena, const char *type, const char *a, const char *b);

/* list.c: the same of two arrays, where they are written as PostgreSQL writes them. */
bool prisma_same_list(struct arena *arena, const char *type, const char *a, const char *b);

/* renames.c */
void prisma_renames(const struct scope *scope, struct arena *arena, const struct schema *from, const struct schema *to,
		    struct statements *statements);

/* compose*.c: statements as Prisma writes them. */
struct str prisma_compose(struct arena *arena, const struct format_settings *settings,
			  const struct statements *statements, size_t from, size_t to);

#endif
