/*
 * style.h - the words of Prisma's SQL: what compose.c puts together.
 */
#ifndef BRANT_FORMAT_PRISMA_STYLE_H
#define BRANT_FORMAT_PRISMA_STYLE_H

#include "format/prisma/wanted.h"

/* The texts that Prisma has for what a schema makes, by object: kind and identity, as style_key() has it. */
struct style {
	struct arena *arena;
	const char *home; /* the schema of what names none */
	struct map
		texts; /* of CREATE TABLE, CREATE TYPE, CREATE INDEX, ADD CONSTRAINT, with their places: struct style_text */
	struct map columns; /* "schema.table.column" -> "\"name\" TEXT NOT NULL DEFAULT ''" */
};

/* Reads them from the DDL for an empty database; wanted may be NULL: nothing is known. */
void style_read(struct arena *arena, const struct prisma_wanted *wanted, struct style *ret_style);

struct style_text {
	const char *text; /* without semicolon */
	size_t place;     /* in the DDL for an empty database */
};

/* Prisma's text for creating the object, NULL where there is none. */
const struct style_text *style_find(const struct style *style, const struct object *object);
const char *style_text(const struct style *style, const struct object *object);

/* The column as CREATE TABLE and ADD COLUMN have it; its default alone.  NULL where there is none. */
const char *style_column(const struct style *style, const struct object *part);
const char *style_default(const struct style *style, const struct object *part);

/* "-- CreateTable" without the dashes. */
const char *style_heading(struct arena *arena, const struct statement *statement);

/* Types as Prisma writes them: TIMESTAMP(3) for timestamp(3) without time zone. */
const char *style_types(struct arena *arena, const char *sql);

/* warnings.c: the comment on what a migration loses or may stumble over, ended by an empty line; "" where there is nothing. */
struct str style_warnings(struct arena *arena, const struct statements *statements, size_t from, size_t to);

#endif
