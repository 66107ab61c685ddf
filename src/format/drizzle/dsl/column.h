/*
 * column.h - the kinds of columns, for those who make them and those who write their types.
 */
#ifndef BRANT_FORMAT_DRIZZLE_DSL_COLUMN_H
#define BRANT_FORMAT_DRIZZLE_DSL_COLUMN_H

#include "format/drizzle/dsl/dsl.h"

/* How the options make the type's text. */
enum type_form {
	TYPE_PLAIN,
	TYPE_SERIAL,
	TYPE_LENGTH,     /* varchar(20) */
	TYPE_DIMENSIONS, /* vector(3) */
	TYPE_NUMERIC,
	TYPE_TIME,
	TYPE_TIMESTAMP,
	TYPE_INTERVAL,
	TYPE_GEOMETRY,
	TYPE_ENUM,
	TYPE_CUSTOM
};

struct column_kind {
	const char *function; /* in drizzle-orm/pg-core */
	const char *type;
	enum type_form form;
};

struct custom_thing {
	struct host host;
	struct slot *parameters;
};

#endif
